//! Actions on an argument: `track sk`, `untrack args[0]`, `set #1 = 5`.

use super::only_operand;
use crate::diagnostic::{Finding, did_you_mean};
use crate::parse::dsl::argument::{Reading, position};
use crate::parse::dsl::grammar::Rule;
use crate::parse::dsl::hook::number;
use crate::parse::dsl::pairs::Pair;
use crate::parse::dsl::rule::Scope;
use crate::parse::dsl::subject::place;
use crate::parse::dsl::{Text, report};
use crate::policy::{ActionKind, ArgumentReference};
use crate::source::Spanned;

/// The place of the socket that is tracked. Without an operand, TracingPolicy takes the first.
#[expect(clippy::option_option, reason = "the socket may be left out, or wrong")]
pub(super) fn socket(pair: &Pair, scope: &Scope, text: &mut Text) -> Option<Option<Spanned<u32>>> {
    if pair.child(Rule::action_operand).is_none() {
        return Some(None);
    }
    let operand = only_operand(pair, "the argument with the socket", text)?;
    let span = operand.span(text);
    if let Some(written) = operand.child(Rule::place) {
        if let ArgumentReference::Place(place) = place(&written, text)? {
            return Some(Some(place));
        }
    } else if let Some(Reading::Argument(place)) = scope.names.get(operand.text()) {
        return Some(Some(Spanned::new(place, span)));
    }
    let help = did_you_mean(operand.text(), scope.names.iter());
    let help = help.unwrap_or_else(|| {
        "write the name of an argument, or `args[0]` for the first of the hook".to_owned()
    });
    let finding = Finding::at(span, format!("`{}` is no argument of this hook", operand.text()))
        .label("not an argument")
        .help(help);
    report::wrong_value(text, finding);
    None
}

/// `set #1 = 5`
pub(super) fn set(pair: &Pair, text: &mut Text) -> Option<ActionKind> {
    let operands: Vec<Pair> = pair.all(Rule::action_operand).collect();
    let parts: Vec<Pair> = operands.iter().flat_map(Pair::children).collect();
    let rules: Vec<Rule> = parts.iter().map(Pair::rule).collect();
    let ([argument, _, value], [Rule::position, Rule::equals, Rule::number]) =
        (parts.as_slice(), rules.as_slice())
    else {
        let finding = Finding::at(pair.span(text), "`set` takes an argument and a number")
            .label("not of this form")
            .help("write `set #1 = 5`".to_owned());
        report::wrong_value(text, finding);
        return None;
    };
    let argument = position(argument, text);
    let span = value.span(text);
    let number = number(value, text)?;
    let Ok(number) = u32::try_from(number.value) else {
        let finding = Finding::at(span, format!("`{}` does not fit into 32 bits", value.text()))
            .label("too large")
            .help("write a number below 2^32".to_owned());
        report::wrong_value(text, finding);
        return None;
    };
    Some(ActionKind::Set { argument: Some(argument), value: Some(Spanned::new(number, span)) })
}

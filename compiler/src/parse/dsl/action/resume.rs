//! `resume at symbol "f"`, `resume registers ["rax=1"]`: where and how a program goes on after a
//! uprobe.

use super::returned;
use crate::diagnostic::Finding;
use crate::parse::dsl::grammar::Rule;
use crate::parse::dsl::hook::number;
use crate::parse::dsl::pairs::Pair;
use crate::parse::dsl::{Text, report};
use crate::policy::ActionKind;
use crate::policy::action::Replacement;
use crate::source::{Span, Spanned};

/// Reads a replacement.
pub(super) fn resume(pair: &Pair, text: &mut Text) -> Option<ActionKind> {
    let operands: Vec<Pair> = pair.all(Rule::action_operand).collect();
    let mut replacement = Replacement::default();
    let mut error: Option<Spanned<i64>> = None;
    let mut rest = operands.as_slice();
    if rest.is_empty() {
        return wrong(pair.span(text), text);
    }
    while let [first, others @ ..] = rest {
        let (first_place, after) = match (first.text(), others) {
            ("at", [kind, operand, after @ ..]) => {
                (at(kind, operand, &mut replacement, text)?, after)
            }
            ("registers", [operand, after @ ..]) => {
                let known = replacement.registers.first().map(|register| register.span);
                replacement.registers = registers(operand, text)?;
                (known, after)
            }
            ("return", [operand, after @ ..]) => {
                (error.replace(returned(operand, text)?).map(|first| first.span), after)
            }
            _ => return wrong(first.span(text), text),
        };
        if let Some(place) = first_place {
            report::declared_twice(text, "this", first.span(text), place);
            return None;
        }
        rest = after;
    }
    Some(ActionKind::Override { error, replacement: Some(Box::new(replacement)) })
}

/// `at symbol "f"`: where that was said before, if it was.
#[expect(clippy::option_option, reason = "nothing may have been said before, or this be wrong")]
fn at(
    kind: &Pair,
    operand: &Pair,
    replacement: &mut Replacement,
    text: &mut Text,
) -> Option<Option<Span>> {
    let first = match (kind.text(), operand.child(Rule::string), operand.child(Rule::number)) {
        ("symbol", Some(name), _) => {
            replacement.symbol.replace(name.content(text)).map(|first| first.span)
        }
        ("address", _, Some(digits)) => {
            replacement.address.replace(number(&digits, text)?).map(|first| first.span)
        }
        ("offset", _, Some(digits)) => {
            replacement.offset.replace(number(&digits, text)?).map(|first| first.span)
        }
        _ => {
            wrong(kind.span(text).to(operand.span(text)), text);
            return None;
        }
    };
    Some(first)
}

fn registers(operand: &Pair, text: &mut Text) -> Option<Vec<Spanned<String>>> {
    let list = operand.child(Rule::list);
    let Some(list) = list else {
        wrong(operand.span(text), text);
        return None;
    };
    let mut registers = Vec::new();
    for value in list.all(Rule::value) {
        let Some(register) = value.string(text) else {
            wrong(value.span(text), text);
            return None;
        };
        registers.push(register);
    }
    Some(registers)
}

fn wrong(span: Span, text: &mut Text) -> Option<ActionKind> {
    let finding = Finding::at(span, "`resume` takes a place or registers")
        .label("neither of them")
        .help("write `resume at symbol \"f\"` or `resume registers [\"rax=1\"]`".to_owned())
        .note("a place is a `symbol`, an `address` or an `offset`");
    report::wrong_value(text, finding);
    None
}

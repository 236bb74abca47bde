//! `notify kill`, `notify deny EPERM and signal SIGTERM`: what the policy's enforcer is to do.

use super::{deny, returned, signal};
use crate::diagnostic::Finding;
use crate::parse::dsl::grammar::Rule;
use crate::parse::dsl::pairs::Pair;
use crate::parse::dsl::{Text, report};
use crate::policy::ActionKind;
use crate::policy::signal_table::signal_number;
use crate::source::{Span, Spanned};

/// Reads what the enforcer is told. Nothing at all is legal, and does nothing.
pub(super) fn notify(pair: &Pair, text: &mut Text) -> Option<ActionKind> {
    let operands: Vec<Pair> = pair.all(Rule::action_operand).collect();
    let (mut error, mut killing) = (None, None);
    let mut rest = operands.as_slice();
    while let [first, others @ ..] = rest {
        let (place, value, after): (&mut Option<Spanned<i64>>, _, _) = match (first.text(), others)
        {
            ("kill", _) => {
                let kill = signal_number("SIGKILL").unwrap_or(9);
                (&mut killing, Spanned::new(kill, first.span(text)), others)
            }
            ("signal", [operand, after @ ..]) => (&mut killing, signal(operand, text)?, after),
            ("deny", [operand, after @ ..]) => (&mut error, deny(operand, text)?, after),
            ("return", [operand, after @ ..]) => (&mut error, returned(operand, text)?, after),
            _ => return wrong(first.span(text), text),
        };
        if let Some(first) = place.replace(value) {
            let what = "what the enforcer does";
            report::declared_twice(text, what, value.span, first.span);
            return None;
        }
        rest = match after {
            [and, more @ ..] if and.text() == "and" && !more.is_empty() => more,
            [] => after,
            [other, ..] => return wrong(other.span(text), text),
        };
    }
    Some(ActionKind::NotifyEnforcer { error, signal: killing })
}

fn wrong(span: Span, text: &mut Text) -> Option<ActionKind> {
    let finding = Finding::at(span, "the enforcer cannot do this")
        .label("not an order to the enforcer")
        .help("write `notify kill`, `notify signal SIGTERM` or `notify deny EPERM`".to_owned())
        .note("`notify deny EPERM and kill` does both");
    report::wrong_value(text, finding);
    None
}

//! Tests of the process's capabilities.

use super::{Comparison, Verb, wrong_operator};
use crate::diagnostic::Finding;
use crate::parse::dsl::value::{Form, Operand};
use crate::parse::dsl::{Text, report};
use crate::policy::{CapabilitySet, Condition, Expression, Operator};
use crate::source::{Span, Spanned};

/// `cap.effective has CAP_SYS_ADMIN`: the set has one of these.
pub(super) fn has(
    set: CapabilitySet,
    set_span: Option<Span>,
    comparison: &Comparison,
    operand: Operand,
    text: &mut Text,
) -> Option<Expression> {
    if comparison.verb != Verb::Has {
        wrong_operator(comparison, "a set of capabilities", "`has` or `not has`", text);
        return None;
    }
    let operator = if comparison.is_negated { Operator::NotIn } else { Operator::In };
    Some(Expression::Test(Condition::Capability {
        span: comparison.whole,
        set,
        set_span,
        operator: Spanned::new(operator, comparison.span),
        values: names(operand, text)?,
        is_namespace_capability: comparison.followers.map(|namespaced| namespaced.span),
    }))
}

/// The names of capabilities. They stand bare, or as texts.
pub(super) fn names(operand: Operand, text: &mut Text) -> Option<Vec<Spanned<String>>> {
    let before = text.mistakes;
    let mut names = Vec::new();
    for value in operand.values {
        match value.form {
            Form::Text | Form::Word => names.push(value.into_spanned()),
            Form::Number | Form::Range | Form::Address => {
                let finding = Finding::at(value.span, "capabilities are named")
                    .label("not a name")
                    .help("write a name such as `CAP_SYS_ADMIN`".to_owned());
                report::wrong_value(text, finding);
            }
        }
    }
    (text.mistakes == before).then_some(names)
}

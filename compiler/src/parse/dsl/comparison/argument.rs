//! Tests of an argument or of one of its fields.

use super::{Comparison, Verb, capability, has_range, negate_if, wrong_operator};
use crate::diagnostic::Finding;
use crate::parse;
use crate::parse::dsl::rule::Scope;
use crate::parse::dsl::value::{Form, Operand, Value, without_words};
use crate::parse::dsl::{Text, report};
use crate::policy::field_table::{FIELDS, PRIVILEGED};
use crate::policy::{ArgumentReference, Condition, Expression, Operator, cel};
use crate::source::{Span, Spanned};

/// A test of an argument as a whole, or of its path.
pub(super) fn whole(
    argument: &ArgumentReference,
    comparison: &Comparison,
    operand: Operand,
    scope: &Scope,
    text: &mut Text,
) -> Option<Expression> {
    let (operator, is_negated_outside) = operator(comparison, &operand, text)?;
    let values = without_words(operand, scope.constants, text);
    let ask = |operator, values| {
        let operator = Spanned::new(operator, comparison.span);
        let argument = argument.clone();
        Expression::Test(Condition::Argument { span: comparison.whole, argument, operator, values })
    };
    if comparison.verb == Verb::AtMost || comparison.verb == Verb::AtLeast {
        return Some(bound(values, |value| ask(operator, vec![value])));
    }
    let asked = ask(operator, values);
    Some(if is_negated_outside { negate_if(asked, comparison) } else { asked })
}

/// `<=` is "not greater". With several values, one of them is enough.
fn bound(values: Vec<Spanned<String>>, test: impl Fn(Spanned<String>) -> Expression) -> Expression {
    let mut parts: Vec<Expression> =
        values.into_iter().map(|value| Expression::Not(Box::new(test(value)))).collect();
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            Expression::Any(parts)
        }
    }
}

/// TracingPolicy's operator, and whether it has no negative form, so that `not` goes around it.
fn operator(
    comparison: &Comparison,
    operand: &Operand,
    text: &mut Text,
) -> Option<(Operator, bool)> {
    let (operator, negated) = match comparison.verb {
        Verb::Equals => {
            if let Some(range) = has_range(operand) {
                range_needs_in(range, text);
                return None;
            }
            (Operator::Equal, Some(Operator::NotEqual))
        }
        Verb::In => membership(operand),
        Verb::InMap => (Operator::InMap, Some(Operator::NotInMap)),
        Verb::InRange => (Operator::InRange, Some(Operator::NotInRange)),
        Verb::Less | Verb::AtLeast => (Operator::LessThan, None),
        Verb::Greater | Verb::AtMost => (Operator::GreaterThan, None),
        Verb::StartsWith => (Operator::Prefix, Some(Operator::NotPrefix)),
        Verb::EndsWith => (Operator::Postfix, Some(Operator::NotPostfix)),
        Verb::Contains if comparison.ignores_case.is_some() => {
            (Operator::SubStringIgnoreCase, None)
        }
        Verb::Contains => (Operator::SubString, None),
        Verb::HasBits => (Operator::Mask, None),
        Verb::Is | Verb::Has | Verb::Gains | Verb::Matches => {
            let legal = "`==`, `!=`, `<`, `in`, `starts_with`, `ends_with` or `has_bits`";
            wrong_operator(comparison, "an argument", legal, text);
            return None;
        }
    };
    Some(match (comparison.is_negated, negated) {
        (true, Some(negated)) => (negated, false),
        (true, None) => (operator, true),
        (false, _) => (operator, false),
    })
}

/// `new gains CAP_SYS_ADMIN over old`.
pub(super) fn gains(
    new: ArgumentReference,
    over: Option<(ArgumentReference, Span)>,
    comparison: &Comparison,
    operand: Operand,
    text: &mut Text,
) -> Option<Expression> {
    let values = capability::names(operand, text)?;
    let asked = Expression::Test(Condition::CapabilitiesGained {
        span: comparison.whole,
        operator: Spanned::new(Operator::CapabilitiesGained, comparison.span),
        new,
        old: over.map(|(old, _)| old),
        values,
    });
    Some(negate_if(asked, comparison))
}

/// `x matches "arg0 == 1"`.
pub(super) fn matches(
    argument: ArgumentReference,
    comparison: &Comparison,
    operand: Operand,
    text: &mut Text,
) -> Option<Expression> {
    let before = text.mistakes;
    let mut values = Vec::new();
    for value in operand.values {
        if value.form == Form::Text {
            values.push(value.into_spanned());
        } else {
            let finding = Finding::at(value.span, "a formula is a text")
                .label("not a text")
                .help("write it in double quotes: `matches \"arg0 == 1\"`".to_owned());
            report::wrong_value(text, finding);
        }
    }
    if text.mistakes > before {
        return None;
    }
    let formula = match values.first() {
        Some(written) => Some(formula(written, text)?),
        None => None,
    };
    let asked = Expression::Test(Condition::Cel {
        span: comparison.whole,
        operator: Spanned::new(Operator::CelExpression, comparison.span),
        argument,
        values,
        formula,
    });
    Some(negate_if(asked, comparison))
}

fn formula(written: &Spanned<String>, text: &mut Text) -> Option<cel::Expression> {
    let in_source = text.content.get(written.span.range()).unwrap_or("");
    let formula = parse::cel::parse(written, in_source, text.diagnostics);
    text.mistakes += usize::from(formula.is_none());
    formula
}

/// Plain values are `Equal`, ranges are `InRange`, and only `InMap` takes both.
fn membership(operand: &Operand) -> (Operator, Option<Operator>) {
    let ranges = operand.values.iter().filter(|value| value.form == Form::Range).count();
    if ranges == 0 {
        (Operator::Equal, Some(Operator::NotEqual))
    } else if ranges == operand.values.len() {
        (Operator::InRange, Some(Operator::NotInRange))
    } else {
        (Operator::InMap, Some(Operator::NotInMap))
    }
}

fn range_needs_in(range: Span, text: &mut Text) {
    let finding = Finding::at(range, "nothing equals a range")
        .label("a range")
        .help("write `in [low..high]`, or `not in`".to_owned());
    report::wrong_value(text, finding);
}

/// A test of a field that has operators of its own. Words such as `AF_INET` are values there.
pub(super) fn field(
    argument: ArgumentReference,
    name: &Spanned<String>,
    comparison: &Comparison,
    operand: Operand,
    text: &mut Text,
) -> Option<Expression> {
    let is_privileged = comparison.verb == Verb::Is;
    let table = if is_privileged { PRIVILEGED.as_slice() } else { FIELDS.as_slice() };
    let found = table.iter().find(|field| field.name == name.value);
    let (Some(field), Verb::Equals | Verb::In | Verb::Is) = (found, comparison.verb) else {
        let legal = "`==`, `!=`, `in` or `not in`";
        wrong_operator(comparison, &format!("the field `{}`", name.value), legal, text);
        return None;
    };
    let values: Vec<Spanned<String>> = if is_privileged {
        only_privileged(&operand, text)?;
        Vec::new()
    } else {
        operand.values.into_iter().map(Value::into_spanned).collect()
    };
    let negated = field.negated.filter(|_| comparison.is_negated);
    let operator = Spanned::new(negated.unwrap_or(field.operator), comparison.span);
    let asked = Expression::Test(Condition::Argument {
        span: comparison.whole,
        argument,
        operator,
        values,
    });
    Some(if negated.is_some() { asked } else { negate_if(asked, comparison) })
}

fn only_privileged(operand: &Operand, text: &mut Text) -> Option<()> {
    let is_word = matches!(operand.values.as_slice(), [only] if only.text == "privileged");
    if !is_word {
        let finding = Finding::at(operand.span, "a port can be `privileged`, nothing else")
            .label("not `privileged`")
            .help("write `is privileged`, or `==` and a number".to_owned());
        report::wrong_value(text, finding);
    }
    is_word.then_some(())
}

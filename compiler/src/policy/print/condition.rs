//! Conditions as text.

use super::text::{is_number, quoted};
use crate::policy::field_table::{FIELDS, PRIVILEGED};
use crate::policy::{ArgumentReference, Condition, Expression, Operator, Selector};
use crate::source::Spanned;

/// How tightly what stands around an expression binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Around {
    Nothing,
    Or,
    And,
    Not,
}

/// When the expression that is printed is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Time {
    Entry,
    Return,
}

/// The conditions of a rule, as one. `None`: nothing is asked.
pub(super) fn condition(selector: &Selector) -> Option<String> {
    let sides = [(&selector.condition, Time::Entry), (&selector.return_condition, Time::Return)];
    let asked: Vec<(Expression, Time)> = sides
        .into_iter()
        .map(|(side, time)| (side.simplified(), time))
        .filter(|(side, _)| *side != Expression::always())
        .collect();
    let around = if asked.len() > 1 { Around::And } else { Around::Nothing };
    let parts: Vec<String> =
        asked.iter().map(|(side, time)| expression(side, around, *time)).collect();
    (!parts.is_empty()).then(|| parts.join(" and "))
}

fn expression(one: &Expression, around: Around, time: Time) -> String {
    let (text, own) = match one {
        Expression::All(parts) if parts.is_empty() => return "always".to_owned(),
        Expression::Any(parts) if parts.is_empty() => return "never".to_owned(),
        Expression::All(parts) => (join(parts, " and ", Around::And, time), Around::And),
        Expression::Any(parts) => (join(parts, " or ", Around::Or, time), Around::Or),
        Expression::Not(inner) => return negation(inner, time),
        Expression::Test(test) => return condition_text(test, time),
    };
    // `and` in `and` needs no parentheses: it means the same.
    if around > own { format!("({text})") } else { text }
}

fn join(parts: &[Expression], word: &str, around: Around, time: Time) -> String {
    let parts: Vec<String> = parts.iter().map(|part| expression(part, around, time)).collect();
    parts.join(word)
}

/// `<=` and `>=` are how the language writes "not greater" and "not less".
fn negation(inner: &Expression, time: Time) -> String {
    if let Expression::Test(Condition::Argument { argument, operator, values, .. }) = inner
        && let ([value], Some(sign)) = (values.as_slice(), bound(operator.value))
    {
        return format!("{} {sign} {}", reference(argument, time), literal(&value.value));
    }
    match inner {
        Expression::Test(test) => format!("not ({})", condition_text(test, time)),
        Expression::All(_) | Expression::Any(_) | Expression::Not(_) => {
            format!("not {}", expression(inner, Around::Not, time))
        }
    }
}

fn bound(operator: Operator) -> Option<&'static str> {
    if operator == Operator::GreaterThan {
        Some("<=")
    } else if operator == Operator::LessThan {
        Some(">=")
    } else {
        None
    }
}

fn condition_text(condition: &Condition, time: Time) -> String {
    match condition {
        Condition::Argument { argument, operator, values, .. } => {
            let values: Vec<&str> = values.iter().map(|value| value.value.as_str()).collect();
            argument_text(&reference(argument, time), operator.value, &values)
        }
        Condition::Binary { operator, values, .. } => {
            let values: Vec<String> = values.iter().map(|value| quoted(&value.value)).collect();
            compare("process.binary", operator.value, &values)
        }
        Condition::Pid { operator, values, is_namespace_pid, follow_forks, .. } => {
            let subject = if *is_namespace_pid { "process.nspid" } else { "process.pid" };
            let values: Vec<String> = values.iter().map(|value| value.value.to_string()).collect();
            let suffix = if *follow_forks { " and descendants" } else { "" };
            format!("{}{suffix}", compare(subject, operator.value, &values))
        }
        Condition::Cel { .. }
        | Condition::CapabilitiesGained { .. }
        | Condition::NamespaceChange { .. }
        | Condition::Capability { .. }
        | Condition::CapabilityChange { .. }
        | Condition::Workload { .. } => String::new(),
        Condition::Namespace { kind, operator, values, .. } => {
            let values: Vec<String> = values.iter().map(namespace).collect();
            compare(&format!("ns.{}", kind.value.word()), operator.value, &values)
        }
    }
}

fn namespace(value: &Spanned<String>) -> String {
    if value.value == "host_ns" { "host".to_owned() } else { literal(&value.value) }
}

/// A reference by number in a condition of return says so, since entry may have the same number.
fn reference(argument: &ArgumentReference, time: Time) -> String {
    let prefix = if time == Time::Return { "return " } else { "" };
    match argument {
        ArgumentReference::Index(index) => format!("{prefix}#{}", index.value),
        ArgumentReference::Place(place) => format!("{prefix}args[{}]", place.value),
        ArgumentReference::Data(place) => format!("data[{}]", place.value),
        ArgumentReference::Name { name, field: None } => name.value.clone(),
        ArgumentReference::Name { name, field: Some(field) } => {
            format!("{}.{}", name.value, field.value)
        }
    }
}

fn argument_text(subject: &str, operator: Operator, values: &[&str]) -> String {
    let privileged = PRIVILEGED.iter().find_map(|field| match operator {
        found if found == field.operator => Some(format!("{subject}.{} is privileged", field.name)),
        found if Some(found) == field.negated => {
            Some(format!("{subject}.{} is not privileged", field.name))
        }
        _ => None,
    });
    if let Some(text) = privileged {
        return text;
    }
    if let Some(field) = FIELDS.iter().find(|field| field.operator == operator) {
        return field_text(subject, field.name, Operator::In, values);
    }
    if let Some(field) = FIELDS.iter().find(|field| field.negated == Some(operator)) {
        return field_text(subject, field.name, Operator::NotIn, values);
    }
    let literals: Vec<String> = match range_form(operator, values) {
        Some(ranges) => return format!("{subject} {} [{}]", in_word(operator), ranges.join(", ")),
        None => values.iter().map(|value| literal(value)).collect(),
    };
    let suffix = if operator == Operator::SubStringIgnoreCase { " ignoring case" } else { "" };
    format!("{}{suffix}", compare(subject, operator, &literals))
}

fn field_text(subject: &str, name: &str, operator: Operator, values: &[&str]) -> String {
    let values: Vec<String> =
        values.iter().map(|value| range(value).unwrap_or_else(|| literal(value))).collect();
    let subject = format!("{subject}.{name}");
    // `==` takes no ranges, so a list is written whenever there is one.
    if values.iter().any(|value| value.contains("..")) {
        return format!("{subject} {} [{}]", word(operator), values.join(", "));
    }
    compare(&subject, operator, &values)
}

/// The values of `InRange`, or of `InMap`, if plain `in` chooses this operator for them.
fn range_form(operator: Operator, values: &[&str]) -> Option<Vec<String>> {
    let is_map = [Operator::InMap, Operator::NotInMap].contains(&operator);
    let is_range = [Operator::InRange, Operator::NotInRange].contains(&operator);
    let ranges = values.iter().filter(|value| range(value).is_some()).count();
    let numbers = values.iter().filter(|value| is_number(value)).count();
    let fits = (is_range && ranges > 0 && ranges == values.len())
        || (is_map && ranges > 0 && numbers > 0 && ranges + numbers == values.len());
    fits.then(|| {
        values.iter().map(|value| range(value).unwrap_or_else(|| literal(value))).collect()
    })
}

fn in_word(operator: Operator) -> &'static str {
    let is_negated = [Operator::NotInMap, Operator::NotInRange].contains(&operator);
    if is_negated { "not in" } else { "in" }
}

/// `low..high` for `low:high`.
fn range(value: &str) -> Option<String> {
    let (low, high) = value.split_once(':')?;
    (is_number(low) && is_number(high)).then(|| format!("{low}..{high}"))
}

fn literal(value: &str) -> String {
    if is_number(value) { value.to_owned() } else { quoted(value) }
}

/// `==` for one value of an operator that asks for one of a list.
fn compare(subject: &str, operator: Operator, values: &[String]) -> String {
    let operator_word = word(operator);
    match (values, operator_word) {
        ([only], "in") => format!("{subject} == {only}"),
        ([only], "not in") => format!("{subject} != {only}"),
        ([only], _) => format!("{subject} {operator_word} {only}"),
        _ => format!("{subject} {operator_word} [{}]", values.join(", ")),
    }
}

/// The word or sign for an operator, where no field stands for it.
fn word(operator: Operator) -> &'static str {
    match operator {
        Operator::Prefix => "starts_with",
        Operator::NotPrefix => "not starts_with",
        Operator::Postfix => "ends_with",
        Operator::NotPostfix => "not ends_with",
        Operator::GreaterThan => ">",
        Operator::LessThan => "<",
        Operator::Mask => "has_bits",
        Operator::InMap => "in_map",
        Operator::NotInMap => "not in_map",
        Operator::InRange => "in_range",
        Operator::NotInRange => "not in_range",
        Operator::SubString | Operator::SubStringIgnoreCase => "contains",
        Operator::CapabilitiesGained => "gains",
        Operator::CelExpression => "matches",
        Operator::In
        | Operator::Equal
        | Operator::SPort
        | Operator::SPortPriv
        | Operator::DPort
        | Operator::DPortPriv
        | Operator::SAddr
        | Operator::DAddr
        | Operator::Protocol
        | Operator::Family
        | Operator::State
        | Operator::FileType => "in",
        Operator::NotIn
        | Operator::NotEqual
        | Operator::NotSPort
        | Operator::NotSPortPriv
        | Operator::NotDPort
        | Operator::NotDPortPriv
        | Operator::NotSAddr
        | Operator::NotDAddr
        | Operator::NotFileType => "not in",
    }
}

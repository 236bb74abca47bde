//! Conditions as text.

use super::text::{is_number, is_word, quoted, symbol};
use super::workload;
use crate::policy::field_table::{FIELDS, PRIVILEGED};
use crate::policy::{
    ArgumentReference, CapabilitySet, Condition, Expression, NamespaceKind, Operator, Selector,
    Whose,
};
use crate::source::{Span, Spanned};

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
    let mut parts: Vec<String> =
        selector.macros.iter().map(|name| format!("use {}", symbol(&name.value))).collect();
    let is_alone = asked.len() + parts.len() == 1;
    let around = if is_alone { Around::Nothing } else { Around::And };
    parts.extend(asked.iter().map(|(side, time)| expression(side, around, *time)));
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
        Condition::Binary { whose, operator, values, follow_children, .. } => {
            let subject = match whose {
                Whose::Process => "process.binary",
                Whose::Parent => "parent.binary",
            };
            let values: Vec<String> = values.iter().map(|value| quoted(&value.value)).collect();
            let suffix = if follow_children.is_some() { " and children" } else { "" };
            format!("{}{suffix}", compare(subject, operator.value, &values))
        }
        Condition::Pid { operator, values, is_namespace_pid, follow_forks, .. } => {
            let subject = if *is_namespace_pid { "process.nspid" } else { "process.pid" };
            let values: Vec<String> = values.iter().map(|value| value.value.to_string()).collect();
            let suffix = if *follow_forks { " and descendants" } else { "" };
            format!("{}{suffix}", compare(subject, operator.value, &values))
        }
        Condition::Cel { operator, argument, values, .. } => {
            let values: Vec<String> = values.iter().map(|value| quoted(&value.value)).collect();
            compare(&reference(argument, time), operator.value, &values)
        }
        Condition::CapabilitiesGained { operator, new, old, values, .. } => {
            let old = old.as_ref().map(|old| format!(" over {}", reference(old, time)));
            let gained = compare(&reference(new, time), operator.value, &capabilities(values));
            format!("{gained}{}", old.unwrap_or_default())
        }
        Condition::NamespaceChange { operator, values, .. } => {
            namespace_change(operator.value, values)
        }
        Condition::Capability {
            set, set_span, operator, values, is_namespace_capability, ..
        } => {
            let word = if operator.value == Operator::NotIn { "not has" } else { "has" };
            let values = one_or_list(&capabilities(values));
            let suffix = namespaced(*is_namespace_capability);
            format!("{} {word} {values}{suffix}", capability_set(*set, *set_span))
        }
        Condition::CapabilityChange {
            set,
            set_span,
            operator,
            values,
            is_namespace_capability,
            ..
        } => {
            let subject = capability_set(*set, *set_span);
            let values = capabilities(values);
            let asked = match (operator.value, values.as_slice()) {
                (Operator::NotIn, _) => format!("not in {}", one_or_list(&values)),
                (_, [only]) => only.clone(),
                _ => format!("in {}", one_or_list(&values)),
            };
            format!("changed {subject} {asked}{}", namespaced(*is_namespace_capability))
        }
        Condition::Workload { workloads, .. } => workload::workloads(workloads),
        Condition::Namespace { kind, operator, values, .. } => {
            let values: Vec<String> = values.iter().map(namespace).collect();
            compare(&format!("ns.{}", kind.value.word()), operator.value, &values)
        }
    }
}

/// `cap.effective`, or `cap` where the set is left to the default.
fn capability_set(set: CapabilitySet, written: Option<Span>) -> String {
    if written.is_some() { format!("cap.{}", set.word()) } else { "cap".to_owned() }
}

fn capabilities(values: &[Spanned<String>]) -> Vec<String> {
    let is_bare = |value: &str| value.starts_with("CAP_") && is_word(value);
    let text = |value: &str| if is_bare(value) { value.to_owned() } else { quoted(value) };
    values.iter().map(|value| text(&value.value)).collect()
}

fn namespaced(written: Option<Span>) -> &'static str {
    if written.is_some() { " and namespaced" } else { "" }
}

fn one_or_list(values: &[String]) -> String {
    if let [only] = values { only.clone() } else { format!("[{}]", values.join(", ")) }
}

fn namespace_change(operator: Operator, kinds: &[Spanned<NamespaceKind>]) -> String {
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.value.word()).collect();
    match (operator, kinds.as_slice()) {
        (Operator::NotIn, _) => format!("changed ns not in [{}]", kinds.join(", ")),
        (_, [only]) => format!("changed ns.{only}"),
        _ => format!("changed ns in [{}]", kinds.join(", ")),
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

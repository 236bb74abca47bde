//! Binds what a selector asks.

use super::number::{LeadingZero, range};
use super::operator::{OfNumber, is_not_yet, of_number, sense};
use super::selector::Scope;
use super::{not_yet, number, text, value};
use crate::diagnostic::{Diagnostics, Finding, Reported, code};
use crate::policy::{self, ArgumentReference, Condition, NamespaceKind, Operator, Whose};
use crate::resolved::{
    self, Argument, ArgumentId, Expression, NamespaceValue, Question, Reader, Test,
};
use crate::set::IntegerSet;
use crate::source::{Span, Spanned};

/// When a condition is decided, which says what it can ask about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// When the hook is hit.
    Entry,
    /// When the call returns.
    Return,
}

/// An expression of a selector. Front ends bound its depth.
pub(super) fn expression(
    from: &policy::Expression,
    moment: Moment,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Expression, Reported> {
    let mut all = |parts: &[policy::Expression]| {
        let parts: Vec<Result<Expression, Reported>> =
            parts.iter().map(|part| expression(part, moment, scope, diagnostics)).collect();
        parts.into_iter().collect::<Result<Vec<_>, _>>()
    };
    Ok(match from {
        policy::Expression::All(parts) => Expression::All(all(parts)?),
        policy::Expression::Any(parts) => Expression::Any(all(parts)?),
        policy::Expression::Not(part) => {
            Expression::Not(Box::new(expression(part, moment, scope, diagnostics)?))
        }
        policy::Expression::Test(condition) => {
            Expression::Test(test(condition, moment, scope, diagnostics)?)
        }
    })
}

fn test(
    from: &Condition,
    moment: Moment,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Test, Reported> {
    let (operator, question) = match from {
        Condition::Argument { span, argument, operator, values } => {
            let id = scope.argument(argument, moment, diagnostics)?;
            let argument = (argument, id);
            (operator, of_argument(argument, *operator, values, *span, scope, diagnostics)?)
        }
        Condition::Cel { operator, .. } => {
            return Err(not_yet("the operator `CelExpr`", operator.span, diagnostics));
        }
        Condition::CapabilitiesGained { operator, .. } => {
            return Err(not_yet("the operator `CapabilitiesGained`", operator.span, diagnostics));
        }
        Condition::NamespaceChange { span, .. } => {
            return Err(not_yet("conditions on changed namespaces", *span, diagnostics));
        }
        Condition::Capability { span, .. } | Condition::CapabilityChange { span, .. } => {
            return Err(not_yet("conditions on capabilities", *span, diagnostics));
        }
        Condition::Workload { span, .. } => {
            return Err(not_yet("conditions on workloads", *span, diagnostics));
        }
        Condition::Binary { span, whose: Whose::Parent, .. } => {
            return Err(not_yet("conditions on the parent process", *span, diagnostics));
        }
        Condition::Binary { follow_children: Some(span), .. } => {
            return Err(not_yet("`followChildren`", *span, diagnostics));
        }
        Condition::Binary {
            span,
            whose: Whose::Process,
            operator,
            values,
            follow_children: None,
        } => {
            value::not_empty(values, *operator, *span, diagnostics)?;
            let Some(pattern) = text::pattern_of(operator.value) else {
                return Err(misfit(
                    *operator,
                    "the path of an executable",
                    "`In`, `NotIn`, `Prefix`, `NotPrefix`, `Postfix` or `NotPostfix`",
                    diagnostics,
                ));
            };
            (operator, Question::Binary { set: text::set(values, pattern, diagnostics)? })
        }
        Condition::Pid { span, operator, values, is_namespace_pid, follow_forks } => {
            value::not_empty(values, *operator, *span, diagnostics)?;
            value::warn_duplicates(values, diagnostics);
            let mut pids: Vec<u32> = values.iter().map(|value| value.value).collect();
            pids.sort_unstable();
            pids.dedup();
            let (is_namespace_pid, follow_forks) = (*is_namespace_pid, *follow_forks);
            (operator, Question::Pid { pids, is_namespace_pid, follow_forks })
        }
        Condition::Namespace { span, kind, operator, values } => {
            value::not_empty(values, *operator, *span, diagnostics)?;
            let values = namespaces(kind.value, values, diagnostics)?;
            (operator, Question::Namespace { kind: kind.value, values })
        }
    };
    Ok(Test { span: from.span(), sense: sense(operator.value), question })
}

fn of_argument(
    (reference, id): (&ArgumentReference, ArgumentId),
    operator: Spanned<Operator>,
    values: &[Spanned<String>],
    span: Span,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Question, Reported> {
    if is_not_yet(operator.value) {
        let what = format!("the operator `{}`", operator.value.name());
        return Err(not_yet(&what, operator.span, diagnostics));
    }
    let Some(argument) = scope.resolved(id) else {
        return Err(scope.unknown(reference, diagnostics));
    };
    let type_name = argument.type_.name();
    match argument.reader {
        Reader::Nothing => {
            let what = format!("an argument of type `{type_name}`, which is not read");
            Err(misfit(operator, &what, "none: give the argument another type", diagnostics))
        }
        Reader::Integer { .. } => {
            let Some(asked) = of_number(operator.value) else {
                let legal = "`Equal`, `NotEqual`, `GT`, `LT`, `Mask`, `InMap`, `NotInMap`, \
                             `InRange` or `NotInRange`";
                let what = format!("a number (`{type_name}`)");
                return Err(misfit(operator, &what, legal, diagnostics));
            };
            value::not_empty(values, operator, span, diagnostics)?;
            if let Some(list) = values.iter().find(|value| value.value.starts_with("list:")) {
                return Err(not_yet("lists as values", list.span, diagnostics));
            }
            of_integer(id, argument, asked, values, diagnostics)
        }
        Reader::File
        | Reader::Path
        | Reader::Binprm
        | Reader::Filename
        | Reader::Descriptor
        | Reader::Text => {
            let Some(pattern) = text::pattern_of(operator.value) else {
                let legal = "`Equal`, `NotEqual`, `Prefix`, `NotPrefix`, `Postfix` or `NotPostfix`";
                let what = format!("a text (`{type_name}`)");
                return Err(misfit(operator, &what, legal, diagnostics));
            };
            value::not_empty(values, operator, span, diagnostics)?;
            Ok(Question::Text { argument: id, set: text::set(values, pattern, diagnostics)? })
        }
    }
}

fn of_integer(
    id: ArgumentId,
    argument: &Argument,
    asked: OfNumber,
    values: &[Spanned<String>],
    diagnostics: &mut Diagnostics,
) -> Result<Question, Reported> {
    let (least, most) = argument.reader.limits().unwrap_or((0, 0));
    let zero = match asked {
        OfNumber::OneOfDecimal => LeadingZero::Nothing,
        OfNumber::OneOf | OfNumber::Greater | OfNumber::Less | OfNumber::Bits => LeadingZero::Octal,
    };
    if asked == OfNumber::Bits {
        return Ok(Question::Bits { argument: id, mask: mask(argument, values, diagnostics)? });
    }
    let name = argument.type_.name();
    let ranges: Vec<Result<Spanned<(i128, i128)>, Reported>> = values
        .iter()
        .map(|value| {
            range(value, zero, argument.reader, name, diagnostics)
                .map(|range| Spanned::new(range, value.span))
        })
        .collect();
    let ranges = ranges.into_iter().collect::<Result<Vec<_>, _>>()?;
    value::warn_duplicates(&ranges, diagnostics);
    let set = IntegerSet::from_ranges(ranges.iter().map(|range| {
        let (low, high) = range.value;
        match asked {
            OfNumber::Greater => (low + 1, most),
            OfNumber::Less => (least, high - 1),
            OfNumber::OneOf | OfNumber::OneOfDecimal | OfNumber::Bits => (low, high),
        }
    }));
    if set.is_empty() {
        let span = values.first().map_or(argument.span, |value| value.span);
        let finding = Finding::at(span, "this comparison can never hold")
            .label(format!("an argument of type `{name}` never goes beyond this"))
            .note(format!("here the argument is between {least} and {most}"));
        return Err(diagnostics.error(&code::IMPOSSIBLE_COMPARISON, finding));
    }
    Ok(Question::Integer { argument: id, set })
}

/// All bits that `Mask` asks about: several values are joined, as any bit of any value suffices.
fn mask(
    argument: &Argument,
    values: &[Spanned<String>],
    diagnostics: &mut Diagnostics,
) -> Result<u64, Reported> {
    let (least, most) = argument.reader.limits().unwrap_or((0, 0));
    let all_bits = u64::try_from(most - least).unwrap_or(u64::MAX);
    let mut mask = 0;
    for value in values {
        // As bits, `0xffffffff` fits in four signed bytes as well as `-1` does.
        let bits = match number::parse(&value.value, LeadingZero::Octal) {
            Some(bits) if (0..=i128::from(all_bits)).contains(&bits) => bits,
            Some(_) | None => {
                range(
                    value,
                    LeadingZero::Octal,
                    argument.reader,
                    argument.type_.name(),
                    diagnostics,
                )?
                .0
            }
        };
        if bits == 0 {
            let finding = Finding::at(value.span, "a mask of 0 has no bit to ask for")
                .label("never matches")
                .help("name the bits to look for, such as `0x2`".to_owned());
            return Err(diagnostics.error(&code::ZERO_MASK, finding));
        }
        mask |= u64::try_from(bits & i128::from(all_bits)).unwrap_or(0);
    }
    Ok(mask)
}

fn misfit(
    operator: Spanned<Operator>,
    what: &str,
    legal: &str,
    diagnostics: &mut Diagnostics,
) -> Reported {
    let message = format!("`{}` cannot be asked of {what}", operator.value.name());
    let finding = Finding::at(operator.span, message)
        .label("does not fit")
        .help(format!("operators that fit: {legal}"));
    diagnostics.error(&code::OPERATOR_TYPE, finding)
}

/// What a namespace is compared with: the host's, or inode numbers.
fn namespaces(
    kind: NamespaceKind,
    values: &[Spanned<String>],
    diagnostics: &mut Diagnostics,
) -> Result<Vec<NamespaceValue>, Reported> {
    let values: Vec<Result<Spanned<NamespaceValue>, Reported>> =
        values.iter().map(|value| namespace(kind, value, diagnostics)).collect();
    let values = values.into_iter().collect::<Result<Vec<_>, _>>()?;
    value::warn_duplicates(&values, diagnostics);
    let mut plain: Vec<NamespaceValue> = values.into_iter().map(|value| value.value).collect();
    plain.sort_unstable();
    plain.dedup();
    Ok(plain)
}

fn namespace(
    kind: NamespaceKind,
    value: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Result<Spanned<NamespaceValue>, Reported> {
    if value.value == "host_ns" {
        return Ok(Spanned::new(NamespaceValue::Host, value.span));
    }
    if let Ok(inode @ 1..) = value.value.parse() {
        return Ok(Spanned::new(NamespaceValue::Inode(inode), value.span));
    }
    let message = format!("`{}` names no namespace of kind `{}`", value.value, kind.name());
    let finding = Finding::at(value.span, message)
        .label("neither `host_ns` nor an inode number")
        .help("write `host_ns`, or the number that `ls -l /proc/<pid>/ns` shows".to_owned());
    Err(diagnostics.error(&code::NAMESPACE_VALUE, finding))
}

/// The part of an argument that a name asks for; only the path of what has one.
pub(super) fn field(
    argument: &resolved::Argument,
    field: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Result<(), Reported> {
    let has_path = match argument.reader {
        Reader::File | Reader::Path | Reader::Binprm | Reader::Descriptor => true,
        Reader::Nothing | Reader::Integer { .. } | Reader::Filename | Reader::Text => false,
    };
    if has_path && field.value == "path" {
        return Ok(());
    }
    let name = argument.type_.name();
    let help = if has_path { "it has `path`" } else { "name the argument alone" };
    let finding =
        Finding::at(field.span, format!("an argument of type `{name}` has no `{}`", field.value))
            .label("unknown part")
            .help(help.to_owned());
    Err(diagnostics.error(&code::UNKNOWN_FIELD, finding))
}

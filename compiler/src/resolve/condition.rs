//! Binds what a selector asks.

use super::family::Family;
use super::number::{LeadingZero, range};
use super::operator::{OfNumber, of_number, sense};
use super::selector::Scope;
use super::{capability, cel, list, number, socket, text, value};
use crate::diagnostic::{Diagnostics, Finding, Reported, code, did_you_mean};
use crate::policy::{self, ArgumentReference, Condition, NamespaceKind, Operator, Whose};
use crate::resolved::{
    self, Argument, ArgumentId, Case, Expression, FileType, HostProcesses, NamespaceValue,
    Question, Reach, Reader, Sense, Structure, Test,
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
            match test(condition, moment, scope, diagnostics)? {
                Some(test) => Expression::Test(test),
                // Reported as unreadable; the policy goes no further than the gate.
                None => Expression::All(Vec::new()),
            }
        }
    })
}

fn test(
    from: &Condition,
    moment: Moment,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Test>, Reported> {
    let (operator, question) = match from {
        Condition::Argument { span, argument, operator, values } => {
            let id = scope.argument(argument, moment, diagnostics)?;
            let argument = (argument, id);
            (operator, of_argument(argument, *operator, values, *span, scope, diagnostics)?)
        }
        Condition::Cel { span, operator, argument, values, formula } => {
            scope.argument(argument, moment, diagnostics)?;
            let formula = cel::formula(values, formula.as_ref(), *span, scope, diagnostics)?;
            let Some(formula) = formula else { return Ok(None) };
            (operator, Question::Cel { formula })
        }
        Condition::CapabilitiesGained { span, operator, new, old, values } => {
            let asked = (*span, *operator, new, old.as_ref());
            (operator, gained(asked, values, moment, scope, diagnostics)?)
        }
        Condition::NamespaceChange { span, operator, values } => {
            value::not_empty(values, *operator, *span, diagnostics)?;
            value::warn_duplicates(values, diagnostics);
            let mut kinds: Vec<NamespaceKind> = values.iter().map(|value| value.value).collect();
            kinds.sort_unstable();
            kinds.dedup();
            (operator, Question::NamespaceChange { kinds })
        }
        Condition::Capability { span, set, operator, values, is_namespace_capability, .. } => {
            value::not_empty(values, *operator, *span, diagnostics)?;
            let mask = capability::mask_of_names(values, diagnostics)?;
            let hosts = hosts(*is_namespace_capability);
            (operator, Question::Capability { set: *set, mask, hosts })
        }
        Condition::CapabilityChange {
            span,
            set,
            operator,
            values,
            is_namespace_capability,
            ..
        } => {
            value::not_empty(values, *operator, *span, diagnostics)?;
            let mask = capability::mask_of_names(values, diagnostics)?;
            let hosts = hosts(*is_namespace_capability);
            (operator, Question::CapabilityChange { set: *set, mask, hosts })
        }
        Condition::Workload { span, workloads } => {
            let question = Question::Workload { workloads: workloads.clone() };
            return Ok(Some(Test { span: *span, sense: Sense::Is, question }));
        }
        Condition::Binary { span, whose, operator, values, follow_children } => {
            value::not_empty(values, *operator, *span, diagnostics)?;
            let Some(pattern) = text::pattern_of(operator.value) else {
                return Err(misfit(
                    *operator,
                    "the path of an executable",
                    "`In`, `NotIn`, `Prefix`, `NotPrefix`, `Postfix` or `NotPostfix`",
                    diagnostics,
                ));
            };
            let set = text::set(values, pattern, diagnostics)?;
            let question = match (whose, follow_children) {
                (Whose::Process, None) => Question::Binary { set },
                (whose, None) => Question::Lineage { whose: *whose, reach: Reach::Itself, set },
                (whose, Some(_)) => {
                    Question::Lineage { whose: *whose, reach: Reach::Descendants, set }
                }
            };
            (operator, question)
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
    Ok(Some(Test { span: from.span(), sense: sense(operator.value), question }))
}

fn hosts(is_namespace_capability: Option<Span>) -> HostProcesses {
    match is_namespace_capability {
        Some(_) => HostProcesses::FailTheRule,
        None => HostProcesses::Count,
    }
}

/// `CapabilitiesGained`: two sets of capabilities, and which ones matter.
fn gained(
    (span, operator, new, old): (
        Span,
        Spanned<Operator>,
        &ArgumentReference,
        Option<&ArgumentReference>,
    ),
    values: &[Spanned<String>],
    moment: Moment,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Question, Reported> {
    let Some(old) = old else {
        let finding = Finding::at(operator.span, "`CapabilitiesGained` compares two arguments")
            .label("only one is named")
            .help("name both by their place in the list: `args: [0, 1]`".to_owned());
        return Err(missing_second(finding, diagnostics));
    };
    let mut ids = Vec::new();
    for reference in [new, old] {
        let id = scope.argument(reference, moment, diagnostics)?;
        let argument = scope.resolved(id)?;
        if let Some(argument) = argument.filter(|one| !is_capabilities(one.reader)) {
            let what = format!("an argument of type `{}`", argument.type_.name());
            return Err(misfit(operator, &what, "none of this", diagnostics));
        }
        ids.push(id);
    }
    value::not_empty(values, operator, span, diagnostics)?;
    let mask = capability::mask(values, diagnostics)?;
    let [new, old] = ids.as_slice() else { return Err(scope.unknown(new, diagnostics)) };
    Ok(Question::CapabilitiesGained { new: *new, old: *old, mask })
}

fn is_capabilities(reader: Reader) -> bool {
    matches!(reader, Reader::Capabilities(_))
}

fn missing_second(finding: Finding, diagnostics: &mut Diagnostics) -> Reported {
    diagnostics.error(&code::SECOND_ARGUMENT, finding)
}

fn of_argument(
    (reference, id): (&ArgumentReference, ArgumentId),
    operator: Spanned<Operator>,
    values: &[Spanned<String>],
    span: Span,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Question, Reported> {
    let Some(argument) = scope.resolved(id)? else {
        return Err(scope.unknown(reference, diagnostics));
    };
    let type_name = argument.type_.name();
    let family = Family::of(argument.reader);
    if !family.takes(operator.value) {
        return Err(misfit(operator, &family.describe(type_name), family.legal(), diagnostics));
    }
    if let Some(question) = socket::question(id, operator, values, span, diagnostics)? {
        return Ok(question);
    }
    value::not_empty(values, operator, span, diagnostics)?;
    if matches!(operator.value, Operator::FileType | Operator::NotFileType) {
        return Ok(Question::FileType { argument: id, types: file_types(values, diagnostics)? });
    }
    if let Some(case) = substring_case(operator.value) {
        let texts = text::texts(values, diagnostics)?;
        return Ok(Question::Substring { argument: id, texts, case });
    }
    if let Some(asked) = of_number(operator.value).filter(|_| argument.reader.limits().is_some()) {
        if values.iter().any(|value| list::name_of(&value.value).is_some()) {
            let set = of_lists(id, argument, asked, values, scope, diagnostics)?;
            return Ok(Question::Integer { argument: id, set });
        }
        if is_capabilities(argument.reader) {
            return of_capabilities(id, argument, asked, values, diagnostics);
        }
        return of_integer(id, argument, asked, values, diagnostics);
    }
    match text::pattern_of(operator.value) {
        Some(pattern) => {
            Ok(Question::Text { argument: id, set: text::set(values, pattern, diagnostics)? })
        }
        None => Err(misfit(operator, &family.describe(type_name), family.legal(), diagnostics)),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "two operators look for a part")]
fn substring_case(operator: Operator) -> Option<Case> {
    match operator {
        Operator::SubString => Some(Case::Matters),
        Operator::SubStringIgnoreCase => Some(Case::Ignored),
        _ => None,
    }
}

/// The numbers of lists, and those that stand beside them.
fn of_lists(
    id: ArgumentId,
    argument: &Argument,
    asked: OfNumber,
    values: &[Spanned<String>],
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<IntegerSet, Reported> {
    let (lists, numbers): (Vec<_>, Vec<_>) =
        values.iter().cloned().partition(|value| list::name_of(&value.value).is_some());
    let mut ranges = Vec::new();
    for list in &lists {
        let set = list::syscalls_of_value(list, argument, scope.lists(), diagnostics)?;
        ranges.extend_from_slice(set.ranges());
    }
    if !numbers.is_empty()
        && let Question::Integer { set, .. } =
            of_integer(id, argument, asked, &numbers, diagnostics)?
    {
        ranges.extend_from_slice(set.ranges());
    }
    Ok(IntegerSet::from_ranges(ranges))
}

/// A set of capabilities as a number: names may stand for its bits.
fn of_capabilities(
    id: ArgumentId,
    argument: &Argument,
    asked: OfNumber,
    values: &[Spanned<String>],
    diagnostics: &mut Diagnostics,
) -> Result<Question, Reported> {
    let numbers: Vec<Result<Spanned<String>, Reported>> = values
        .iter()
        .map(|value| {
            let mask = capability::mask(std::slice::from_ref(value), diagnostics)?;
            Ok(Spanned::new(mask.to_string(), value.span))
        })
        .collect();
    let numbers = numbers.into_iter().collect::<Result<Vec<_>, _>>()?;
    of_integer(id, argument, asked, &numbers, diagnostics)
}

/// The types that `FileType` is given.
fn file_types(
    values: &[Spanned<String>],
    diagnostics: &mut Diagnostics,
) -> Result<Vec<FileType>, Reported> {
    let found: Vec<Result<Spanned<FileType>, Reported>> = values
        .iter()
        .map(|value| {
            let known = FileType::NAMES.iter().find(|(_, names)| names.contains(&&*value.value));
            match known {
                Some((type_, _)) => Ok(Spanned::new(*type_, value.span)),
                None => Err(unknown_file_type(value, diagnostics)),
            }
        })
        .collect();
    let found = found.into_iter().collect::<Result<Vec<_>, _>>()?;
    value::warn_duplicates(&found, diagnostics);
    let mut types: Vec<FileType> = found.into_iter().map(|one| one.value).collect();
    types.sort_unstable();
    types.dedup();
    Ok(types)
}

fn unknown_file_type(value: &Spanned<String>, diagnostics: &mut Diagnostics) -> Reported {
    let names = || FileType::NAMES.iter().flat_map(|(_, names)| names.iter().copied());
    let own: Vec<&str> = FileType::NAMES.iter().map(|(type_, _)| type_.name()).collect();
    let help = did_you_mean(&value.value, names())
        .unwrap_or_else(|| format!("write one of `{}`", own.join("`, `")));
    let finding = Finding::at(value.span, format!("`{}` is no type of files", value.value))
        .label("unknown type")
        .help(help);
    diagnostics.error(&code::FILE_TYPE, finding)
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
        Reader::File
        | Reader::Path
        | Reader::Binprm
        | Reader::Descriptor
        | Reader::Structure(Structure::Dentry | Structure::Kiocb | Structure::SockaddrUn { .. }) => {
            true
        }
        Reader::Nothing
        | Reader::Integer { .. }
        | Reader::Filename
        | Reader::Text
        | Reader::Buffer { .. }
        | Reader::Vectors { .. }
        | Reader::RecordText
        | Reader::Bytes { .. }
        | Reader::SyscallNumber
        | Reader::Capability
        | Reader::Capabilities(_)
        | Reader::Structure(_) => false,
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

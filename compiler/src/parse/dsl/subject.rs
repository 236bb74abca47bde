//! What a condition asks about: the left side of a comparison.

use super::argument::{position, small_number};
use super::condition::Time;
use super::grammar::Rule;
use super::pairs::Pair;
use super::rule::Scope;
use super::{Text, report};
use crate::diagnostic::{Finding, did_you_mean};
use crate::policy::field_table::FIELDS;
use crate::policy::{ArgumentReference, NamespaceKind};
use crate::source::Spanned;

/// What is asked about.
#[derive(Debug)]
pub(super) enum Subject {
    Argument {
        reference: ArgumentReference,
        /// A part with operators of its own, as [`FIELDS`] lists them.
        field: Option<Spanned<String>>,
        time: Time,
    },
    Binary,
    Pid,
    NamespacePid,
    Namespace(Spanned<NamespaceKind>),
    /// Legal, but not done by the engine yet.
    NotYet(String),
}

/// Reads a subject. `None`: there is no such thing, and that is reported.
pub(super) fn subject(pair: &Pair, scope: &Scope, text: &mut Text) -> Option<Subject> {
    let words: Vec<Spanned<String>> = pair.all(Rule::word).map(|word| word.spanned(text)).collect();
    if let Some(position_) = pair.child(Rule::position) {
        let index = position(&position_, text);
        return argument(pair, ArgumentReference::Index(index), words.first(), text);
    }
    if let Some(place) = pair.child(Rule::place) {
        let number = place.child(Rule::number)?;
        let span = number.span(text);
        let place = Spanned::new(small_number(number.text(), span, text), span);
        return argument(pair, ArgumentReference::Place(place), words.first(), text);
    }
    let (first, rest) = words.split_first()?;
    match (first.value.as_str(), rest) {
        ("process", [field]) => process(field, text),
        ("ns", [kind]) => namespace(kind, text),
        ("parent", [_]) => Some(Subject::NotYet("conditions on the parent process".into())),
        ("cap", [_]) => Some(Subject::NotYet("conditions on capabilities".into())),
        ("pod", [_]) => Some(Subject::NotYet("conditions on pods".into())),
        ("container", [_]) => Some(Subject::NotYet("conditions on containers".into())),
        ("task" | "regs", [_, ..]) => {
            Some(Subject::NotYet("the current task's fields and registers".into()))
        }
        _ => named(first, rest, scope, text),
    }
}

fn named(
    name: &Spanned<String>,
    rest: &[Spanned<String>],
    scope: &Scope,
    text: &mut Text,
) -> Option<Subject> {
    let time = if scope.names.is_returned(&name.value) {
        Time::Return
    } else if scope.names.has_argument(&name.value) {
        Time::Entry
    } else {
        unknown_argument(name, scope, text);
        return None;
    };
    let reference = |field| ArgumentReference::Name { name: name.clone(), field };
    match rest {
        [] => Some(Subject::Argument { reference: reference(None), field: None, time }),
        [path] if path.value == "path" => {
            let reference = reference(Some(path.clone()));
            Some(Subject::Argument { reference, field: None, time })
        }
        [field, ..] => {
            let field = known_field(field, text)?;
            Some(Subject::Argument { reference: reference(None), field: Some(field), time })
        }
    }
}

/// `#0` and `args[0]`, with `return` before them when the return value is meant.
fn argument(
    pair: &Pair,
    reference: ArgumentReference,
    field: Option<&Spanned<String>>,
    text: &mut Text,
) -> Option<Subject> {
    let time = if pair.child(Rule::returned).is_some() { Time::Return } else { Time::Entry };
    let field = match field {
        Some(field) if field.value != "path" => Some(known_field(field, text)?),
        Some(_) | None => None,
    };
    Some(Subject::Argument { reference, field, time })
}

fn known_field(field: &Spanned<String>, text: &mut Text) -> Option<Spanned<String>> {
    if FIELDS.iter().any(|known| known.name == field.value) {
        return Some(field.clone());
    }
    let legal = FIELDS.iter().map(|known| known.name).chain(["path"]);
    report::unknown_word(text, "field", &field.value, field.span, legal);
    None
}

fn process(field: &Spanned<String>, text: &mut Text) -> Option<Subject> {
    const LATER: [&str; 4] = ["uid", "gid", "cwd", "arguments"];
    match field.value.as_str() {
        "binary" => Some(Subject::Binary),
        "pid" => Some(Subject::Pid),
        "nspid" => Some(Subject::NamespacePid),
        later if LATER.contains(&later) => {
            Some(Subject::NotYet(format!("conditions on `process.{later}`")))
        }
        other => {
            let legal = ["binary", "pid", "nspid"].into_iter().chain(LATER);
            report::unknown_word(text, "field of a process", other, field.span, legal);
            None
        }
    }
}

fn namespace(kind: &Spanned<String>, text: &mut Text) -> Option<Subject> {
    let known = NamespaceKind::ALL.into_iter().find(|known| known.word() == kind.value);
    if known.is_none() {
        let legal = NamespaceKind::ALL.iter().map(|known| known.word());
        report::unknown_word(text, "kind of namespace", &kind.value, kind.span, legal);
    }
    known.map(|known| Subject::Namespace(Spanned::new(known, kind.span)))
}

fn unknown_argument(name: &Spanned<String>, scope: &Scope, text: &mut Text) {
    const OTHERS: [&str; 2] = ["process", "ns"];
    let word = &name.value;
    let help = did_you_mean(word, scope.names.iter().chain(OTHERS)).unwrap_or_else(|| {
        format!("name it in the hook's list of arguments: `on kprobe name({word})`")
    });
    let finding = Finding::at(name.span, format!("this hook has no argument `{word}`"))
        .label("not declared by the hook")
        .help(help);
    report::unknown_name(text, finding);
}

/// Names a subject in a message.
pub(super) fn describe(subject: &Subject) -> &'static str {
    match subject {
        Subject::Argument { field: Some(_), .. } => "this field",
        Subject::Argument { field: None, .. } => "an argument",
        Subject::Binary => "`process.binary`",
        Subject::Pid | Subject::NamespacePid => "a process id",
        Subject::Namespace(_) => "a namespace",
        Subject::NotYet(_) => "this",
    }
}

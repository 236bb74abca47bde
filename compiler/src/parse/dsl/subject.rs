//! What a condition asks about: the left side of a comparison.

use super::argument::{Reading, SOURCES, implicit, path, position, small_number};
use super::condition::Time;
use super::grammar::Rule;
use super::pairs::Pair;
use super::rule::{Around, Scope};
use super::workload::{self, Label, Owner};
use super::{Text, report};
use crate::diagnostic::{Finding, did_you_mean};
use crate::policy::field_table::FIELDS;
use crate::policy::{
    ArgumentReference, ArgumentType, CapabilitySet, FieldPath, NamespaceKind, Source, Step, Whose,
};
use crate::source::{Span, Spanned};

/// What is asked about.
#[derive(Debug)]
pub(super) enum Subject {
    Argument {
        reference: ArgumentReference,
        /// A part with operators of its own, as [`FIELDS`] lists them.
        field: Option<Spanned<String>>,
        time: Time,
    },
    Binary(Whose),
    Pid,
    NamespacePid,
    Namespace(Spanned<NamespaceKind>),
    Capabilities {
        set: CapabilitySet,
        span: Option<Span>,
    },
    Label(Label),
}

/// What is read of the calling process from its `task_struct`, with the fields that lead there.
const OF_TASK: [(&str, &[&str], ArgumentType); 5] = [
    ("uid", &["cred", "uid", "val"], ArgumentType::Uint32),
    ("gid", &["cred", "gid", "val"], ArgumentType::Uint32),
    ("euid", &["cred", "euid", "val"], ArgumentType::Uint32),
    ("egid", &["cred", "egid", "val"], ArgumentType::Uint32),
    ("cwd", &["fs", "pwd"], ArgumentType::Path),
];

/// Reads a subject. `None`: there is no such thing, and that is reported.
pub(super) fn subject(pair: &Pair, scope: &mut Scope, text: &mut Text) -> Option<Subject> {
    if let Some(position_) = pair.child(Rule::position) {
        let index = position(&position_, text);
        let fields = fields(pair, text)?;
        return argument(pair, ArgumentReference::Index(index), &fields, text);
    }
    if let Some(place) = pair.child(Rule::place) {
        let reference = self::place(&place, text)?;
        let fields = fields(pair, text)?;
        return argument(pair, reference, &fields, text);
    }
    let first = pair.child(Rule::word)?.spanned(text);
    let is_declared = scope.names.get(&first.value).is_some();
    if let Some(&(_, source)) =
        SOURCES.iter().find(|(word, _)| !is_declared && *word == first.value)
    {
        return of_source(source, pair, scope, text);
    }
    if let Some(owner) = Owner::from_word(&first.value).filter(|_| !is_declared) {
        return of_workload(owner, pair, text);
    }
    let fields = fields(pair, text)?;
    match (first.value.as_str(), fields.as_slice()) {
        ("process", [field]) => process(field, pair, scope, text),
        ("parent", [field]) => parent(field, text),
        ("ns", [kind]) => namespace(kind, text).map(Subject::Namespace),
        ("cap", [set]) => {
            let set = capability_set(set, text)?;
            Some(Subject::Capabilities { set: set.value, span: Some(set.span) })
        }
        ("cap", []) if !is_declared => {
            Some(Subject::Capabilities { set: CapabilitySet::Effective, span: None })
        }
        _ => named(&first, &fields, scope, text),
    }
}

/// The words after the first, where only words can follow.
fn fields(pair: &Pair, text: &mut Text) -> Option<Vec<Spanned<String>>> {
    let mut fields = Vec::new();
    for child in pair.children() {
        let word = child.child(Rule::word).filter(|_| child.rule() == Rule::step);
        if let Some(word) = word {
            fields.push(word.spanned(text));
        } else if child.rule() == Rule::step || child.rule() == Rule::key {
            let finding = Finding::at(child.span(text), "this has no elements to choose from")
                .label("not possible here")
                .help("name what is read in the hook: `(x: int = name.field[2])`".to_owned());
            report::wrong_value(text, finding);
            return None;
        }
    }
    Some(fields)
}

/// `args[0]`, or `data[0]`.
pub(super) fn place(place: &Pair, text: &mut Text) -> Option<ArgumentReference> {
    let number = place.child(Rule::number)?;
    let span = number.span(text);
    let at = Spanned::new(small_number(number.text(), span, text), span);
    let is_data = place.child(Rule::data_word).is_some();
    Some(if is_data { ArgumentReference::Data(at) } else { ArgumentReference::Place(at) })
}

/// `task.…` or `regs.…`.
fn of_source(source: Source, pair: &Pair, scope: &mut Scope, text: &mut Text) -> Option<Subject> {
    if pair.child(Rule::key).is_some() {
        fields(pair, text)?;
    }
    let span = pair.span(text);
    let Some(path) = path(pair, text) else {
        let finding = Finding::at(span, "this names nothing that is read")
            .label("no field follows")
            .help("write `task.comm`, or `regs.rdi`".to_owned());
        report::wrong_value(text, finding);
        return None;
    };
    undeclared(source, None, path, span, scope, text)
}

/// What the hook has to read because a condition asks about it.
fn undeclared(
    source: Source,
    type_: Option<ArgumentType>,
    path: FieldPath,
    span: Span,
    scope: &mut Scope,
    text: &mut Text,
) -> Option<Subject> {
    let reference = scope.implicit(|place| implicit(place, source, type_, path, span));
    if reference.is_none() {
        let finding = Finding::at(span, "a macro reads nothing itself")
            .label("read by no hook")
            .help("name it in the hooks that use the macro: `(x: int = task.field)`".to_owned());
        report::wrong_value(text, finding);
    }
    Some(Subject::Argument { reference: reference?, field: None, time: Time::Entry })
}

fn of_workload(owner: Owner, pair: &Pair, text: &mut Text) -> Option<Subject> {
    if owner == Owner::Node {
        let finding = Finding::at(pair.span(text), "a rule cannot ask about the node")
            .label("only for a whole policy")
            .help("write `for nodes { … }` among the policy's settings".to_owned());
        report::wrong_value(text, finding);
        return None;
    }
    workload::label(owner, pair, text).map(Subject::Label)
}

fn named(
    name: &Spanned<String>,
    rest: &[Spanned<String>],
    scope: &mut Scope,
    text: &mut Text,
) -> Option<Subject> {
    if let Around::Macro { asked } = &mut scope.around {
        asked.push(name.clone());
    }
    let is_macro = matches!(scope.around, Around::Macro { .. });
    let reading = scope.names.get(&name.value).or(is_macro.then_some(Reading::Argument(0)));
    let Some(reading) = reading else {
        unknown_argument(name, scope, text);
        return None;
    };
    let time = if reading == Reading::Return { Time::Return } else { Time::Entry };
    let reference = |field| match reading {
        Reading::Data(place) => ArgumentReference::Data(Spanned::new(place, name.span)),
        Reading::Argument(_) | Reading::Return => {
            ArgumentReference::Name { name: name.clone(), field }
        }
    };
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
    fields: &[Spanned<String>],
    text: &mut Text,
) -> Option<Subject> {
    let time = if pair.child(Rule::returned).is_some() { Time::Return } else { Time::Entry };
    let field = match fields.first() {
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

fn process(
    field: &Spanned<String>,
    pair: &Pair,
    scope: &mut Scope,
    text: &mut Text,
) -> Option<Subject> {
    match field.value.as_str() {
        "binary" => return Some(Subject::Binary(Whose::Process)),
        "pid" => return Some(Subject::Pid),
        "nspid" => return Some(Subject::NamespacePid),
        _ => {}
    }
    let Some(&(_, steps, type_)) = OF_TASK.iter().find(|(name, ..)| *name == field.value) else {
        let legal = ["binary", "pid", "nspid"].into_iter().chain(OF_TASK.map(|(name, ..)| name));
        report::unknown_word(text, "field of a process", &field.value, field.span, legal);
        return None;
    };
    let steps: Vec<Spanned<Step>> = steps
        .iter()
        .map(|step| Spanned::new(Step::Field((*step).to_owned()), field.span))
        .collect();
    let path = FieldPath { text: Spanned::new(FieldPath::written(&steps), field.span), steps };
    undeclared(Source::CurrentTask, Some(type_), path, pair.span(text), scope, text)
}

fn parent(field: &Spanned<String>, text: &mut Text) -> Option<Subject> {
    if field.value == "binary" {
        return Some(Subject::Binary(Whose::Parent));
    }
    report::unknown_word(text, "field of a parent", &field.value, field.span, ["binary"]);
    None
}

/// A kind of namespace, by its word.
pub(super) fn namespace(kind: &Spanned<String>, text: &mut Text) -> Option<Spanned<NamespaceKind>> {
    let known = NamespaceKind::ALL.into_iter().find(|known| known.word() == kind.value);
    if known.is_none() {
        let legal = NamespaceKind::ALL.iter().map(|known| known.word());
        report::unknown_word(text, "kind of namespace", &kind.value, kind.span, legal);
    }
    known.map(|known| Spanned::new(known, kind.span))
}

/// A set of capabilities, by its word.
pub(super) fn capability_set(
    set: &Spanned<String>,
    text: &mut Text,
) -> Option<Spanned<CapabilitySet>> {
    let known = CapabilitySet::ALL.into_iter().find(|known| known.word() == set.value);
    if known.is_none() {
        let legal = CapabilitySet::ALL.iter().map(|known| known.word());
        report::unknown_word(text, "set of capabilities", &set.value, set.span, legal);
    }
    known.map(|known| Spanned::new(known, set.span))
}

fn unknown_argument(name: &Spanned<String>, scope: &Scope, text: &mut Text) {
    const OTHERS: [&str; 8] =
        ["process", "parent", "ns", "cap", "task", "regs", "pod", "container"];
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
        Subject::Binary(Whose::Process) => "`process.binary`",
        Subject::Binary(Whose::Parent) => "`parent.binary`",
        Subject::Pid | Subject::NamespacePid => "a process id",
        Subject::Namespace(_) => "a namespace",
        Subject::Capabilities { .. } => "a set of capabilities",
        Subject::Label(_) => "a label",
    }
}

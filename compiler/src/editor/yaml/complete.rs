//! What could stand at a place of a policy.

use super::place::{At, Frame, KeyForm, Place};
use super::tree::{self, Content, Node};
use super::{hook_at, hook_of, name};
use crate::editor::hook::{self, Hook, Root};
use crate::editor::kernels::beginning;
use crate::editor::offer::Offer;
use crate::editor::{Completion, CompletionKind, Kernels, Question, word_table};
use crate::parse::yaml::schema::{Key, Presence, Shape};
use crate::policy::{ArgumentType, Operator, OverrideMethod, Source};

/// Keys, words of enumerations, hooks, parameters, fields, and names that the policy defines.
pub(in crate::editor) fn complete(question: &Question<'_>, kernels: &Kernels) -> Vec<Completion> {
    let mut text = question.text.to_owned();
    text.insert(question.offset, tree::CURSOR);
    let root = tree::document(&text, question.offset);
    let Some(place) = Place::find(&root, question.offset) else { return Vec::new() };
    let node = match &place.at {
        At::Key { entry, .. } => &entry.key_range,
        At::Value { node, .. } => &node.range,
    };
    let quotes = text.get(node.start..).is_some_and(|rest| rest.starts_with(['"', '\'']));
    let start = node.start + usize::from(quotes);
    let word = question.text.get(start..question.offset).unwrap_or("");
    let written = text.get(start..node.end).unwrap_or("").trim_end_matches(['"', '\'']);
    let end = start + written.len().saturating_sub(tree::CURSOR.len_utf8());
    let mut offer = Offer::new(word, start..end.max(start));
    match &place.at {
        At::Key { form, .. } => keys(&place, *form, &mut offer),
        At::Value { key, shape, node } => {
            let place = Asked { place: &place, root: &root, key, kernels };
            place.values(shape, node, &mut offer);
        }
    }
    offer.into_list()
}

/// The keys of the innermost record that it does not have yet, those that it needs first.
fn keys(place: &Place<'_>, form: KeyForm, offer: &mut Offer<'_>) {
    let Some(frame) = place.frames.last() else { return };
    let At::Key { entry: own, .. } = &place.at else { return };
    let is_new = |key: &&Key| {
        !frame.entries.iter().any(|entry| entry.key == key.name && entry.key_range != own.key_range)
    };
    let keys: Vec<&'static Key> = frame.record.keys.iter().filter(is_new).collect();
    for presence in [Presence::Required, Presence::Optional, Presence::Nullable] {
        for key in keys.iter().filter(|key| key.presence == presence) {
            let inserts = match (form, own.has_colon) {
                (_, true) => key.name.to_owned(),
                (KeyForm::Plain, false) => format!("{}: ", key.name),
                (KeyForm::NeedsDash, false) => format!("- {}: ", key.name),
            };
            offer.add_as(CompletionKind::Key, key.name, &inserts);
            if presence == Presence::Required {
                offer.detail(key.name, "required");
            }
            if let Some(documentation) = frame.record.documentation(key) {
                offer.document(key.name, documentation.text);
            }
        }
    }
}

/// A value that is asked for.
struct Asked<'p, 'n> {
    place: &'p Place<'n>,
    root: &'n Node,
    key: &'static Key,
    kernels: &'p Kernels,
}

impl Asked<'_, '_> {
    fn values(&self, shape: &Shape, node: &Node, offer: &mut Offer<'_>) {
        // A colon may follow: then this is a key that stands in the wrong place.
        if matches!(node.content, Content::List(_)) {
            return;
        }
        match shape {
            Shape::Boolean => offer.names(CompletionKind::Word, ["true", "false"]),
            Shape::Word(words) if words.name == "operator" => self.operators((words.list)(), offer),
            Shape::Word(words) => offer.words((words.list)()),
            Shape::Text | Shape::Integer { .. } => self.names(offer),
            Shape::List { .. } | Shape::Record(_) | Shape::Dictionary(_) | Shape::Anything => {}
        }
    }

    /// The operators that fit the type of the argument, where it is known.
    fn operators(&self, words: Vec<&'static str>, offer: &mut Offer<'_>) {
        let type_ = self.argument_type();
        let fits = |word: &&str| match (type_, Operator::from_name(word)) {
            (Some(type_), Some(operator)) => word_table::fits(operator, type_),
            (None, _) | (_, None) => true,
        };
        offer.words(words.into_iter().filter(fits));
    }

    /// The type that the hook declares for the argument that a condition is about.
    fn argument_type(&self) -> Option<ArgumentType> {
        let test = self.place.frame("a condition on an argument")?;
        let hook =
            self.place.frames.iter().rev().find(|frame| frame.record.key("selectors").is_some())?;
        let argument = declared(hook, test)?;
        ArgumentType::from_name(argument.get("type")?.scalar()?)
    }

    fn names(&self, offer: &mut Offer<'_>) {
        let record = self.place.frames.last().map_or("", |frame| frame.record.name);
        match (record, self.key.name) {
            ("a policy", "kind") => {
                let kinds = ["TracingPolicy", "TracingPolicyNamespaced"];
                offer.names(CompletionKind::Word, kinds);
            }
            ("a policy", "apiVersion") => offer.names(CompletionKind::Word, ["cilium.io/v1alpha1"]),
            ("a kprobe" | "a fentry hook", "call") => self.calls(offer),
            ("an enforcer", "calls") => {
                self.lists(offer);
                self.syscalls(offer);
            }
            ("a list of functions", "values") => self.syscalls(offer),
            ("an LSM hook", "hook") => {
                let hooks = beginning(self.kernels.lsm_hooks(), offer.start());
                offer.names(CompletionKind::Hook, hooks);
            }
            ("a tracepoint", "subsystem") => self.subsystems(offer),
            ("a tracepoint", "event") => self.events(offer),
            ("an argument", "index") => self.parameters(offer),
            ("an argument", "resolve") => self.fields(offer),
            ("an argument", "source") => {
                offer.names(CompletionKind::Word, Source::ALL.map(Source::name));
            }
            ("a condition on an argument", "index") => self.declared_arguments(offer),
            ("a condition on an argument", "values") => self.lists(offer),
            ("a condition on namespaces", "values") => {
                offer.names(CompletionKind::Word, ["host_ns"]);
            }
            ("a selector", "macros") => self.macros(offer),
            ("an option", "name") => offer.names(CompletionKind::Word, OPTIONS),
            ("an option", "value") => self.option_values(offer),
            (_, "returnArgAction") => offer.words(["TrackSock", "UntrackSock"]),
            _ => {}
        }
    }

    fn calls(&self, offer: &mut Offer<'_>) {
        self.lists(offer);
        let frame = self.place.frames.last();
        let syscall = frame.and_then(|frame| tree::get(frame.entries, "syscall")?.scalar());
        if syscall == Some("false") {
            let functions = beginning(self.kernels.functions(), offer.start());
            offer.names(CompletionKind::Hook, functions);
        } else {
            self.syscalls(offer);
        }
    }

    /// System calls as `sys_openat`, since Tetragon finds that form on every architecture.
    fn syscalls(&self, offer: &mut Offer<'_>) {
        for name in self.kernels.syscalls() {
            offer.add(CompletionKind::Hook, &format!("sys_{name}"));
        }
    }

    fn subsystems(&self, offer: &mut Offer<'_>) {
        for name in self.kernels.tracepoints() {
            if let Some((subsystem, _)) = name.split_once(':') {
                offer.add(CompletionKind::Hook, subsystem);
            }
        }
    }

    fn events(&self, offer: &mut Offer<'_>) {
        let frame = self.place.frames.last();
        let subsystem = frame.and_then(|frame| tree::get(frame.entries, "subsystem")?.scalar());
        let start = format!("{}:", subsystem.unwrap_or(""));
        for name in beginning(self.kernels.tracepoints(), &start) {
            offer.add(CompletionKind::Hook, name.get(start.len()..).unwrap_or(""));
        }
    }

    /// Places of the hook's arguments, with their names.
    fn parameters(&self, offer: &mut Offer<'_>) {
        let Some(hook) = hook_at(self.place) else { return };
        for one in hook::common_places(&hook, self.kernels) {
            let label = one.index.to_string();
            offer.add(CompletionKind::Parameter, &label).detail(&label, one.text);
        }
    }

    /// The places of the arguments that the hook declares.
    fn declared_arguments(&self, offer: &mut Offer<'_>) {
        let Some(hook) = self.place.frames.iter().rev().find(|frame| hook_of(frame).is_some())
        else {
            return;
        };
        let arguments = tree::get(hook.entries, "args").map_or(&[][..], Node::items);
        for argument in arguments {
            let Some(index) = argument.get("index").and_then(Node::scalar) else { continue };
            let type_ = argument.get("type").and_then(Node::scalar).unwrap_or("auto");
            offer.add(CompletionKind::Parameter, index).detail(index, type_);
        }
    }

    /// The fields that can come next in a path, step by step.
    fn fields(&self, offer: &mut Offer<'_>) {
        let steps: Vec<&str> = offer.start().split('.').collect();
        let Some((last, before)) = steps.split_last() else { return };
        let hook = hook_at(self.place);
        let Some(root) = self.root_of_path(hook.as_ref()) else { return };
        let path = offer.start().get(..offer.start().len() - last.len()).unwrap_or("").to_owned();
        for field in hook::fields(&root, before, self.kernels) {
            let label = format!("{path}{}", field.name);
            offer.add(CompletionKind::Field, &label).detail(&label, field.text);
        }
    }

    fn root_of_path<'h>(&'h self, hook: Option<&'h Hook>) -> Option<Root<'h>> {
        let argument = self.place.frame("an argument")?;
        let text = |key| tree::get(argument.entries, key).and_then(Node::scalar);
        if let Some(structure) = text("btfType") {
            return Some(Root::Struct(structure));
        }
        match text("source") {
            Some("current_task") => Some(Root::Struct("task_struct")),
            Some(_) => None,
            None => Some(Root::Place(hook?, text("index")?.parse().ok()?)),
        }
    }

    fn lists(&self, offer: &mut Offer<'_>) {
        let lists = self.root.get("spec").and_then(|spec| spec.get("lists"));
        for list in lists.map_or(&[][..], Node::items) {
            if let Some(list) = list.get("name").and_then(Node::scalar) {
                offer.add(CompletionKind::Name, &format!("list:{}", name(list)));
            }
        }
    }

    fn macros(&self, offer: &mut Offer<'_>) {
        let macros = self.root.get("spec").and_then(|spec| spec.get("selectorsMacros"));
        for entry in macros.map_or(&[][..], Node::entries) {
            offer.add(CompletionKind::Name, &entry.key);
        }
    }

    fn option_values(&self, offer: &mut Offer<'_>) {
        let frame = self.place.frames.last();
        let option = frame.and_then(|frame| tree::get(frame.entries, "name")?.scalar());
        match option {
            Some("policy-mode") => offer.names(CompletionKind::Word, ["enforce", "monitor"]),
            Some("override-method") => {
                offer.names(CompletionKind::Word, OverrideMethod::ALL.map(OverrideMethod::name));
            }
            Some("disable-kprobe-multi" | "disable-uprobe-multi") => {
                offer.names(CompletionKind::Word, ["\"true\"", "\"false\""]);
            }
            Some(_) | None => {}
        }
    }
}

/// The options that an engine knows.
const OPTIONS: [&str; 5] = [
    "policy-mode",
    "override-method",
    "disable-kprobe-multi",
    "disable-uprobe-multi",
    "sleepable-preload-size",
];

/// The argument of a hook that a condition is about.
fn declared<'n>(hook: &Frame<'n>, test: &Frame<'n>) -> Option<&'n Node> {
    if test.holder == "matchReturnArgs" {
        return tree::get(hook.entries, "returnArg");
    }
    let list = if test.holder == "matchData" { "data" } else { "args" };
    let arguments = tree::get(hook.entries, list)?.items();
    if let Some(place) = tree::get(test.entries, "args").and_then(|args| args.items().first()) {
        return arguments.get(place.scalar()?.parse::<usize>().ok()?);
    }
    let index = tree::get(test.entries, "index").and_then(Node::scalar).unwrap_or("0");
    if test.holder == "matchData" {
        return arguments.get(index.parse::<usize>().ok()?);
    }
    arguments.iter().find(|argument| argument.get("index").and_then(Node::scalar) == Some(index))
}

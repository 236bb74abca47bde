//! TracingPolicy documents in an editor.

mod complete;
mod place;
mod tree;

use std::ops::Range;

pub(super) use complete::complete;

use super::hook::{self, Hook};
use super::{Hover, Kernels, Question, word_table};
use crate::parse::yaml::schema::{Key, Record, Shape};
use place::{At, Frame, Place};
use tree::{Content, Node};

/// What is to be said about a key, a word of an enumeration, a hook or an argument.
pub(super) fn hover(question: &Question<'_>, kernels: &Kernels) -> Option<Hover> {
    let root = tree::document(question.text, question.offset);
    let place = Place::find(&root, question.offset)?;
    match place.at {
        At::Key { entry, key, .. } => {
            let frame = place.frames.last()?;
            let text = describe_key(frame.record, key?);
            Some(Hover { range: entry.key_range.clone(), text })
        }
        At::Value { key, node, .. } => {
            let text = describe_value(&place, key, node.scalar()?, kernels)?;
            Some(Hover { range: node.range.clone(), text })
        }
    }
}

/// Where the list or macro is defined whose name stands at the place.
pub(super) fn definition(question: &Question<'_>) -> Option<Range<usize>> {
    let root = tree::document(question.text, question.offset);
    let place = Place::find(&root, question.offset)?;
    let At::Value { key, node, .. } = place.at else { return None };
    let text = node.scalar()?;
    let spec = root.get("spec")?;
    if key.name == "macros" {
        let macros = spec.get("selectorsMacros")?.entries();
        return macros.iter().find(|entry| entry.key == text).map(|entry| entry.key_range.clone());
    }
    let name = text.strip_prefix("list:")?;
    let lists = spec.get("lists")?.items().iter();
    let mut names = lists.filter_map(|list| list.get("name"));
    names.find(|list| list.scalar() == Some(name)).map(|list| list.range.clone())
}

fn describe_key(record: &Record, key: &Key) -> String {
    let mut text = format!("`{}`: {}", key.name, takes(&key.shape));
    let Some(documentation) = record.documentation(key) else { return text };
    text.push_str("\n\n");
    text.push_str(documentation.text);
    if let Some(default) = documentation.default {
        text.push_str("\n\nDefault: `");
        text.push_str(default.trim_matches('"'));
        text.push('`');
    }
    text
}

/// What a key takes: `text`, `a list of mappings`.
fn takes(shape: &Shape) -> String {
    match shape {
        Shape::List { of, most } => {
            let most =
                if *most == usize::MAX { String::new() } else { format!(" with at most {most}") };
            format!("a list{most} ({})", takes(of))
        }
        Shape::Word(words) => {
            let list = (words.list)();
            if list.len() > 8 {
                format!("one {}", words.name)
            } else {
                format!("`{}`", list.join("`, `"))
            }
        }
        Shape::Text
        | Shape::Boolean
        | Shape::Integer { .. }
        | Shape::Record(_)
        | Shape::Dictionary(_)
        | Shape::Anything => shape.name().to_owned(),
    }
}

fn describe_value(place: &Place<'_>, key: &Key, text: &str, kernels: &Kernels) -> Option<String> {
    let is_hook = matches!(key.name, "call" | "hook" | "event" | "subsystem");
    if is_hook && !text.starts_with("list:") {
        return hook::describe(&hook_at(place)?, kernels);
    }
    if key.name == "index" {
        let index: usize = text.parse().ok()?;
        let places = hook::common_places(&hook_at(place)?, kernels);
        let found = places.into_iter().find(|one| one.index == index)?;
        return Some(format!("```c\n{}\n```", found.text));
    }
    if let Shape::Word(_) = key.shape {
        return word_table::summary(text).map(|summary| format!("`{text}`: {summary}"));
    }
    None
}

/// The hook that the place stands in.
fn hook_at(place: &Place<'_>) -> Option<Hook> {
    place.frames.iter().rev().find_map(hook_of)
}

fn hook_of(frame: &Frame<'_>) -> Option<Hook> {
    let text = |key| tree::get(frame.entries, key).and_then(Node::scalar).map(name);
    match frame.record.name {
        "a kprobe" | "a fentry hook" => {
            let call = text("call")?;
            let is_syscall = text("syscall").is_none_or(|flag| flag != "false");
            Some(if is_syscall { Hook::Syscall(call) } else { Hook::Function(call) })
        }
        "an LSM hook" => Some(Hook::Lsm(text("hook")?)),
        "a tracepoint" if text("raw").is_some_and(|flag| flag == "true") => {
            Some(Hook::RawTracepoint { event: text("event")? })
        }
        "a tracepoint" => {
            Some(Hook::Tracepoint { subsystem: text("subsystem")?, event: text("event")? })
        }
        _ => None,
    }
}

/// A name as it will be once the cursor is not in it.
fn name(text: &str) -> String {
    text.replace(tree::CURSOR, "")
}

/// Whether a document is a policy, or may become one.
fn is_policy(root: &Node) -> bool {
    match root.get("kind").map(|kind| &kind.content) {
        Some(Content::Scalar(kind)) => {
            name(kind).starts_with("Tracing") || kind.contains(tree::CURSOR)
        }
        Some(Content::Empty | Content::List(_) | Content::Mapping(_)) | None => true,
    }
}

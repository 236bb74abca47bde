//! Where in a policy an offset is: the records around it, and the key or value it stands at.

use super::tree::{Content, Entry, Node};
use crate::parse::yaml::schema::{Key, Record, Shape, document};

/// A place in a document.
#[derive(Debug)]
pub(super) struct Place<'n> {
    /// The records around it, from the outside in.
    pub(super) frames: Vec<Frame<'n>>,
    pub(super) at: At<'n>,
}

/// A record that a place stands in.
#[derive(Debug)]
pub(super) struct Frame<'n> {
    pub(super) record: &'static Record,
    /// The key that holds it, directly or in a list.
    pub(super) holder: &'static str,
    pub(super) entries: &'n [Entry],
}

/// What stands at a place.
#[derive(Debug)]
pub(super) enum At<'n> {
    /// A key of the innermost record, which may not be known.
    Key { entry: &'n Entry, key: Option<&'static Key>, form: KeyForm },
    /// A value of `key`, or an item of its list.
    Value { key: &'static Key, shape: &'static Shape, node: &'n Node },
}

/// How a key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyForm {
    Plain,
    /// It begins an item whose dash is still to come.
    NeedsDash,
}

impl<'n> Place<'n> {
    /// The place of an offset; `None` where the language says nothing.
    pub(super) fn find(root: &'n Node, offset: usize) -> Option<Self> {
        if !super::is_policy(root) {
            return None;
        }
        let mut frames = Vec::new();
        let at = record(document(), "", root, offset, &mut frames)?;
        Some(Self { frames, at })
    }

    /// The innermost record of that name.
    pub(super) fn frame(&self, record: &str) -> Option<&Frame<'n>> {
        self.frames.iter().rev().find(|frame| frame.record.name == record)
    }
}

fn record<'n>(
    record: &'static Record,
    holder: &'static str,
    node: &'n Node,
    offset: usize,
    frames: &mut Vec<Frame<'n>>,
) -> Option<At<'n>> {
    let entries = node.entries();
    frames.push(Frame { record, holder, entries });
    for entry in entries {
        if touches(&entry.key_range, offset) {
            return Some(At::Key { entry, key: record.key(&entry.key), form: KeyForm::Plain });
        }
        if touches(&entry.value.range, offset) {
            let key = record.key(&entry.key)?;
            return value(key, &key.shape, &entry.value, offset, frames);
        }
    }
    None
}

fn value<'n>(
    key: &'static Key,
    shape: &'static Shape,
    node: &'n Node,
    offset: usize,
    frames: &mut Vec<Frame<'n>>,
) -> Option<At<'n>> {
    match (shape, &node.content) {
        (Shape::Record(inner), Content::Mapping(_)) => {
            record(inner, key.name, node, offset, frames)
        }
        (Shape::List { of, .. }, Content::List(items)) => {
            let item = items.iter().find(|item| touches(&item.range, offset))?;
            value(key, of, item, offset, frames)
        }
        (Shape::Dictionary(of), Content::Mapping(entries)) => {
            let entry = entries.iter().find(|entry| touches(&entry.value.range, offset))?;
            value(key, of, &entry.value, offset, frames)
        }
        (Shape::List { of: Shape::Record(inner), .. }, Content::Mapping(entries)) => {
            let [entry @ Entry { has_colon: false, .. }] = entries.as_slice() else { return None };
            frames.push(Frame { record: inner, holder: key.name, entries });
            Some(At::Key { entry, key: None, form: KeyForm::NeedsDash })
        }
        _ => Some(At::Value { key, shape, node }),
    }
}

fn touches(range: &std::ops::Range<usize>, offset: usize) -> bool {
    range.start <= offset && offset <= range.end
}

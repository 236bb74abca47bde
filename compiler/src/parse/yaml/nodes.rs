//! YAML as a tree in which every key and every value knows where it stands.

use crate::source::{Span, Spanned};

/// A value, and the bytes that it was written with: without anchor, tag and comment.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) content: Content,
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    Scalar(Scalar),
    List(Vec<Node>),
    Mapping(Vec<Entry>),
}

/// A single value, with quotes and escapes undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scalar {
    pub(super) text: String,
    pub(super) style: Style,
}

/// Whether a scalar's form decides its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// It does: a plain `5` is a number, a plain `yes` is a truth value.
    Plain,
    /// It is text: quoted, a block, or tagged `!!str`.
    Text,
}

/// A key of a mapping and its value. A value that was left out stands where its key stands.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: Spanned<String>,
    pub(super) value: Node,
}

impl Node {
    /// The value of `key`, when this is a mapping that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        let Content::Mapping(entries) = &self.content else { return None };
        entries.iter().find(|entry| entry.key.value == key).map(|entry| &entry.value)
    }

    /// Where to point when the node as a whole is meant: the first key of a mapping, since a
    /// mapping can be as long as the document.
    pub(super) fn head(&self) -> Span {
        match &self.content {
            Content::Mapping(entries) => entries.first().map_or(self.span, |entry| entry.key.span),
            Content::List(_) | Content::Scalar(_) => self.span,
        }
    }

    /// Whether it is the same value as another one, written in the same style.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        match (&self.content, &other.content) {
            (Content::Scalar(one), Content::Scalar(other)) => one == other,
            (Content::List(one), Content::List(other)) => {
                one.len() == other.len()
                    && one.iter().zip(other).all(|(one, other)| one.says_the_same(other))
            }
            (Content::Mapping(one), Content::Mapping(other)) => {
                one.len() == other.len()
                    && one.iter().zip(other).all(|(one, other)| {
                        one.key.value == other.key.value && one.value.says_the_same(&other.value)
                    })
            }
            (Content::Scalar(_) | Content::List(_) | Content::Mapping(_), _) => false,
        }
    }

    /// How many nodes it consists of, itself included, and how many levels deep they are. A long
    /// text counts as several nodes, since a copy of it takes as much memory.
    pub(super) fn extent(&self) -> (usize, usize) {
        let children: &mut dyn Iterator<Item = (usize, &Node)> = match &self.content {
            Content::Scalar(scalar) => return (1 + weight(&scalar.text), 1),
            Content::List(items) => &mut items.iter().map(|item| (0, item)),
            Content::Mapping(entries) => {
                &mut entries.iter().map(|entry| (weight(&entry.key.value), &entry.value))
            }
        };
        let (mut count, mut depth) = (1, 0);
        for (key, child) in children {
            let (child_count, child_depth) = child.extent();
            count += key + child_count;
            depth = depth.max(child_depth);
        }
        (count, depth + 1)
    }
}

/// For how many nodes a text counts beside its own.
fn weight(text: &str) -> usize {
    const BYTES_OF_A_NODE: usize = 128;
    text.len() / BYTES_OF_A_NODE
}

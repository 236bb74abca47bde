//! The form of the language: which keys there are and what they take.

pub use super::schema_table::Documentation;
use super::schema_table::documentation;

/// A document that holds a policy.
pub fn document() -> &'static Record {
    &super::schema_table::DOCUMENT
}

/// A mapping with fixed keys.
#[derive(Debug)]
pub struct Record {
    /// With its article, as in a message: `a kprobe`.
    pub name: &'static str,
    pub keys: &'static [Key],
}

/// A key of a record.
#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    pub shape: Shape,
    pub presence: Presence,
}

/// Whether a key must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Required,
    Optional,
    /// As optional, and without a value it counts as left out.
    Nullable,
}

/// What a key or a list takes.
#[derive(Debug)]
pub enum Shape {
    Text,
    Boolean,
    Integer {
        least: i128,
        most: i128,
    },
    /// One of a few words.
    Word(&'static Words),
    /// A list with at most so many items.
    List {
        of: &'static Shape,
        most: usize,
    },
    Record(&'static Record),
    /// A mapping whose keys the user chooses.
    Dictionary(&'static Shape),
    /// Not looked at: it is for Kubernetes.
    Anything,
}

/// The legal words of an enumeration.
#[derive(Debug)]
pub struct Words {
    /// What a word of it is called: `operator`.
    pub name: &'static str,
    pub list: fn() -> Vec<&'static str>,
}

impl Key {
    /// A key that must be there.
    pub const fn required(name: &'static str, shape: Shape) -> Self {
        Self { name, shape, presence: Presence::Required }
    }

    /// A key that may be left out.
    pub const fn optional(name: &'static str, shape: Shape) -> Self {
        Self { name, shape, presence: Presence::Optional }
    }

    /// The same key, which counts as left out when it has no value.
    #[must_use]
    pub const fn nullable(self) -> Self {
        Self { presence: Presence::Nullable, ..self }
    }
}

impl Shape {
    /// A list of any length.
    pub const fn list(of: &'static Shape) -> Self {
        Self::List { of, most: usize::MAX }
    }

    /// What it takes, as in a message.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Boolean => "`true` or `false`",
            Self::Integer { .. } => "an integer",
            Self::Word(_) => "a word",
            Self::List { .. } => "a list",
            Self::Record(_) | Self::Dictionary(_) => "a mapping",
            Self::Anything => "anything",
        }
    }

    /// The record that it holds, directly or as the items of a list.
    pub fn record(&self) -> Option<&'static Record> {
        match self {
            Self::Record(record) => Some(record),
            Self::List { of, .. } => of.record(),
            Self::Text
            | Self::Boolean
            | Self::Integer { .. }
            | Self::Word(_)
            | Self::Dictionary(_)
            | Self::Anything => None,
        }
    }
}

impl Record {
    /// The key with this name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The first record, from the outside in, that has a key with this name.
    pub fn with_key(&'static self, name: &str) -> Option<&'static Record> {
        if self.key(name).is_some() {
            return Some(self);
        }
        self.keys.iter().find_map(|key| key.shape.record()?.with_key(name))
    }

    /// What is said about one of its keys.
    pub fn documentation(&self, key: &Key) -> Option<Documentation> {
        documentation(self.name, key.name)
    }

    /// The names of its keys.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().map(|key| key.name)
    }
}

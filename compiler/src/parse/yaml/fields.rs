//! A mapping whose keys are legal and whose values have their types: what the schema made of a
//! node. What was wrong has been reported and is left out.

use crate::source::{Span, Spanned};

/// A record's entries.
#[derive(Debug)]
pub(super) struct Fields {
    /// The whole mapping.
    pub(super) span: Span,
    /// Where to point when the mapping as a whole is meant.
    pub(super) head: Span,
    pub(super) entries: Vec<Field>,
    /// Whether nothing of its own was wrong, apart from keys that were certainly misspelt. Records
    /// inside it speak for themselves.
    pub(super) is_intact: bool,
    /// The keys that are there, but whose values were not understood.
    pub(super) lost: Vec<&'static str>,
}

/// A key and its value.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) key: Spanned<&'static str>,
    pub(super) value: Value,
}

/// A value and where it was written.
pub(super) type Value = Spanned<Checked>;

#[derive(Debug)]
pub(super) enum Checked {
    Text(String),
    Boolean(bool),
    Integer(i128),
    Word(&'static str),
    List(Vec<Value>),
    Fields(Fields),
    /// A mapping whose keys the user chose.
    Dictionary(Vec<(Spanned<String>, Value)>),
    /// Legal, and nothing more is asked of it.
    Opaque,
}

impl Fields {
    /// The entry with this key.
    pub(super) fn field(&self, key: &str) -> Option<&Field> {
        self.entries.iter().find(|field| field.key.value == key)
    }

    /// Where `key` stands.
    pub(super) fn key(&self, key: &str) -> Option<Span> {
        self.field(key).map(|field| field.key.span)
    }

    /// Whether `key` is there and its value was not understood.
    pub(super) fn is_lost(&self, key: &str) -> bool {
        self.lost.contains(&key)
    }

    pub(super) fn text(&self, key: &str) -> Option<Spanned<String>> {
        text(&self.field(key)?.value)
    }

    /// The text, unless it is empty, which says what leaving it out says too.
    pub(super) fn some_text(&self, key: &str) -> Option<Spanned<String>> {
        self.text(key).filter(|text| !text.value.is_empty())
    }

    pub(super) fn flag(&self, key: &str) -> Option<Spanned<bool>> {
        let value = &self.field(key)?.value;
        let Checked::Boolean(flag) = value.value else { return None };
        Some(Spanned::new(flag, value.span))
    }

    /// Where `key` stands, if it is true.
    pub(super) fn set(&self, key: &str) -> Option<Span> {
        self.flag(key).filter(|flag| flag.value).and_then(|_| self.key(key))
    }

    /// Whether `key` is there and true.
    pub(super) fn is_set(&self, key: &str) -> bool {
        self.set(key).is_some()
    }

    pub(super) fn integer<T: TryFrom<i128>>(&self, key: &str) -> Option<Spanned<T>> {
        integer(&self.field(key)?.value)
    }

    pub(super) fn word(&self, key: &str) -> Option<Spanned<&'static str>> {
        let value = &self.field(key)?.value;
        let Checked::Word(word) = value.value else { return None };
        Some(Spanned::new(word, value.span))
    }

    pub(super) fn fields(&self, key: &str) -> Option<&Fields> {
        fields(&self.field(key)?.value)
    }

    /// The items of a list; none when it is not there.
    pub(super) fn items(&self, key: &str) -> &[Value] {
        match self.field(key).map(|field| &field.value.value) {
            Some(Checked::List(items)) => items,
            _ => &[],
        }
    }

    /// The entries of a mapping whose keys the user chose; none when it is not there.
    pub(super) fn dictionary(&self, key: &str) -> &[(Spanned<String>, Value)] {
        match self.field(key).map(|field| &field.value.value) {
            Some(Checked::Dictionary(entries)) => entries,
            _ => &[],
        }
    }

    pub(super) fn texts(&self, key: &str) -> Vec<Spanned<String>> {
        self.items(key).iter().filter_map(text).collect()
    }

    pub(super) fn integers<T: TryFrom<i128>>(&self, key: &str) -> Vec<Spanned<T>> {
        self.items(key).iter().filter_map(integer).collect()
    }

    pub(super) fn records(&self, key: &str) -> impl Iterator<Item = &Fields> {
        self.items(key).iter().filter_map(fields)
    }
}

impl Checked {
    /// Whether it says what leaving the key out says too: nothing, nought, no.
    pub(super) fn is_neutral(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Boolean(flag) => !flag,
            Self::Integer(number) => *number == 0,
            Self::List(items) => items.is_empty(),
            Self::Dictionary(entries) => entries.is_empty(),
            Self::Word(_) | Self::Fields(_) | Self::Opaque => false,
        }
    }
}

pub(super) fn text(value: &Value) -> Option<Spanned<String>> {
    let Checked::Text(text) = &value.value else { return None };
    Some(Spanned::new(text.clone(), value.span))
}

fn integer<T: TryFrom<i128>>(value: &Value) -> Option<Spanned<T>> {
    let Checked::Integer(number) = value.value else { return None };
    Some(Spanned::new(T::try_from(number).ok()?, value.span))
}

pub(super) fn fields(value: &Value) -> Option<&Fields> {
    let Checked::Fields(fields) = &value.value else { return None };
    Some(fields)
}

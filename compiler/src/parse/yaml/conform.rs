//! Nodes to fields: compares a tree with the schema and reports every difference.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::fields::{Checked, Field, Fields, Value};
use super::nodes::{Content, Entry, Node, Scalar};
use super::scalar::{Typed, typed};
use super::schema::{Key, Presence, Record, Shape, Words};
use super::{Report, findings};
use crate::diagnostic::{did_you_mean, nearest};
use crate::source::{Span, Spanned};

/// What `node` says as a `record`, unless it is no mapping at all. `place` is where to point when a
/// key is missing.
pub(super) fn conform(
    record: &'static Record,
    node: &Node,
    place: Span,
    report: &mut Report<'_>,
) -> Option<Fields> {
    Conformer { report, is_broken: false }.record(record, node, place)
}

struct Conformer<'a, 'd> {
    report: &'a mut Report<'d>,
    /// Whether something was wrong in the record that is being read, records inside it aside.
    is_broken: bool,
}

/// The keys of one mapping. Only a wrong one asks for the others, but there may be thousands.
struct Written<'a> {
    entries: &'a [Entry],
    names: OnceCell<BTreeSet<&'a str>>,
}

impl Written<'_> {
    fn has(&self, name: &str) -> bool {
        let names = || self.entries.iter().map(|entry| entry.key.value.as_str()).collect();
        self.names.get_or_init(names).contains(name)
    }
}

impl Conformer<'_, '_> {
    fn record(&mut self, record: &'static Record, node: &Node, place: Span) -> Option<Fields> {
        let Content::Mapping(entries) = &node.content else {
            return self.misshapen(record.name, node, &Shape::Record(record));
        };
        let outer = std::mem::replace(&mut self.is_broken, false);
        let written = Written { entries, names: OnceCell::new() };
        let (mut read, mut lost) = (Vec::with_capacity(entries.len()), Vec::new());
        for entry in entries {
            match self.entry(record, entry, &written) {
                Read::Field(field) => read.push(field),
                Read::Lost(key) => lost.push(key),
                Read::Nothing => {}
            }
        }
        self.required_keys(record, entries, place);
        let is_intact = !std::mem::replace(&mut self.is_broken, outer);
        Some(Fields { span: node.span, head: node.head(), entries: read, is_intact, lost })
    }

    fn entry(&mut self, record: &'static Record, entry: &Entry, written: &Written<'_>) -> Read {
        let Some(key) = record.key(&entry.key.value).or_else(|| self.meant(record, entry, written))
        else {
            self.is_broken = true;
            return Read::Nothing;
        };
        if key.presence == Presence::Nullable && is_null(&entry.value) {
            return Read::Nothing;
        }
        let name = format!("`{}`", key.name);
        match self.value(&name, &key.shape, &entry.value, entry.key.span) {
            Some(value) => {
                Read::Field(Field { key: Spanned::new(key.name, entry.key.span), value })
            }
            None => Read::Lost(key.name),
        }
    }

    /// Reports a key that the record does not have, and finds the one that was meant, so that what
    /// it says is read all the same.
    fn meant(
        &mut self,
        record: &'static Record,
        entry: &Entry,
        written: &Written<'_>,
    ) -> Option<&'static Key> {
        let name = nearest(&entry.key.value, record.names());
        let is_free = |name: &&str| !written.has(name);
        let meant = name.filter(is_free).and_then(|name| record.key(name));
        findings::unknown_key(self.report, &entry.key, record, meant);
        meant.filter(|key| fits(&key.shape, &entry.value))
    }

    fn required_keys(&mut self, record: &'static Record, entries: &[Entry], place: Span) {
        // Without one legal key this is something else, and that has been reported.
        let is_known = |entry: &Entry| {
            let name = entry.key.value.as_str();
            record.key(name).is_some() || nearest(name, record.names()).is_some()
        };
        if !entries.is_empty() && !entries.iter().any(is_known) {
            self.is_broken = true;
            return;
        }
        let missing: Vec<&str> = record
            .keys
            .iter()
            .filter(|key| key.presence == Presence::Required)
            .map(|key| key.name)
            .filter(|name| !entries.iter().any(|entry| is_meant(record, &entry.key.value, name)))
            .collect();
        if !missing.is_empty() {
            self.is_broken = true;
            findings::missing_keys(self.report.diagnostics, place, record.name, &missing, "and");
        }
    }

    /// What `node` says as a `shape`. `name` is what holds it, as in a message.
    fn value(
        &mut self,
        name: &str,
        shape: &'static Shape,
        node: &Node,
        place: Span,
    ) -> Option<Value> {
        let checked = match (shape, &node.content) {
            (Shape::Anything, _) => Checked::Opaque,
            (Shape::List { of, most }, Content::List(items)) => self.list(name, of, *most, items),
            (Shape::Record(record), Content::Mapping(_)) => {
                Checked::Fields(self.record(record, node, place)?)
            }
            (Shape::Dictionary(of), Content::Mapping(entries)) => {
                Checked::Dictionary(self.dictionary(of, entries))
            }
            (_, Content::Scalar(scalar)) => self.scalar(name, shape, node, scalar)?,
            (_, Content::List(_) | Content::Mapping(_)) => {
                return self.misshapen(name, node, shape);
            }
        };
        Some(Spanned::new(checked, node.span))
    }

    fn list(&mut self, name: &str, of: &'static Shape, most: usize, items: &[Node]) -> Checked {
        if let Some(extra) = items.get(most) {
            self.is_broken = true;
            let place = extra.head();
            findings::too_many(self.report.diagnostics, place, name, most, items.len());
        }
        let entry = format!("an entry of {name}");
        let values = items.iter().filter_map(|item| self.value(&entry, of, item, item.head()));
        Checked::List(values.collect())
    }

    fn dictionary(
        &mut self,
        of: &'static Shape,
        entries: &[Entry],
    ) -> Vec<(Spanned<String>, Value)> {
        let mut read = Vec::with_capacity(entries.len());
        for Entry { key, value } in entries {
            let name = format!("`{}`", findings::shown(&key.value));
            let value = self.value(&name, of, value, key.span);
            read.extend(value.map(|value| (key.clone(), value)));
        }
        read
    }

    fn scalar(
        &mut self,
        name: &str,
        shape: &'static Shape,
        node: &Node,
        scalar: &Scalar,
    ) -> Option<Checked> {
        match (shape, typed(scalar)) {
            (Shape::Text, Typed::Text) => Some(Checked::Text(scalar.text.clone())),
            (Shape::Boolean, Typed::Boolean(flag)) => Some(Checked::Boolean(flag)),
            (Shape::Word(words), Typed::Text) => self.word(words, node.span, &scalar.text),
            (Shape::Integer { least, most }, Typed::Integer(number)) => {
                findings::octal(self.report.diagnostics, node.span, &scalar.text, number);
                self.integer(name, node.span, number, *least, *most)
            }
            _ => self.misshapen(name, node, shape),
        }
    }

    fn integer(
        &mut self,
        name: &str,
        span: Span,
        number: i128,
        least: i128,
        most: i128,
    ) -> Option<Checked> {
        if (least..=most).contains(&number) {
            return Some(Checked::Integer(number));
        }
        self.is_broken = true;
        findings::out_of_range(self.report.diagnostics, span, name, number, least, most);
        None
    }

    fn word(&mut self, words: &'static Words, span: Span, text: &str) -> Option<Checked> {
        let legal = (words.list)();
        if let Some(&word) = legal.iter().find(|&&word| word == text) {
            return Some(Checked::Word(word));
        }
        self.is_broken = true;
        findings::unknown_word(self.report, span, words.name, text, &legal);
        None
    }

    fn misshapen<T>(&mut self, name: &str, node: &Node, shape: &Shape) -> Option<T> {
        self.is_broken = true;
        findings::wrong_type(self.report.diagnostics, name, node, shape);
        None
    }
}

/// What became of an entry of a mapping.
enum Read {
    Field(Field),
    /// The value of this key was not understood.
    Lost(&'static str),
    /// It says nothing, or its key is unknown.
    Nothing,
}

/// Whether `node` is the sort of thing that `shape` asks for.
fn fits(shape: &Shape, node: &Node) -> bool {
    match (shape, &node.content) {
        (Shape::Anything, _)
        | (Shape::List { .. }, Content::List(_))
        | (Shape::Record(_) | Shape::Dictionary(_), Content::Mapping(_)) => true,
        (_, Content::Scalar(scalar)) => matches!(
            (shape, typed(scalar)),
            (Shape::Text | Shape::Word(_), Typed::Text)
                | (Shape::Boolean, Typed::Boolean(_))
                | (Shape::Integer { .. }, Typed::Integer(_))
        ),
        (_, Content::List(_) | Content::Mapping(_)) => false,
    }
}

fn is_null(node: &Node) -> bool {
    matches!(&node.content, Content::Scalar(scalar) if typed(scalar) == Typed::Null)
}

/// Whether `written` is the key `name` of `record`, or was meant to be. The latter has been
/// reported already.
fn is_meant(record: &Record, written: &str, name: &str) -> bool {
    written == name || record.key(written).is_none() && did_you_mean(written, [name]).is_some()
}

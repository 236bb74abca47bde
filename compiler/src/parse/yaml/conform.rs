//! Nodes to fields: compares a tree with the schema and reports every difference.

use super::fields::{Checked, Field, Fields, Value};
use super::nodes::{Content, Entry, Node, Scalar};
use super::scalar::{Typed, typed};
use super::schema::{Key, Presence, Record, Shape, Support, Words};
use super::{Report, findings};
use crate::diagnostic::did_you_mean;
use crate::policy::NotYet;
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

impl Conformer<'_, '_> {
    fn record(&mut self, record: &'static Record, node: &Node, place: Span) -> Option<Fields> {
        let Content::Mapping(entries) = &node.content else {
            return self.misshapen(record.name, node, &Shape::Record(record));
        };
        let outer = std::mem::replace(&mut self.is_broken, false);
        let read = entries.iter().filter_map(|entry| self.entry(record, entry)).collect();
        self.required_keys(record, entries, place);
        let is_intact = !std::mem::replace(&mut self.is_broken, outer);
        Some(Fields { span: node.span, head: node.head(), entries: read, is_intact })
    }

    fn entry(&mut self, record: &'static Record, entry: &Entry) -> Option<Field> {
        let Some(key) = record.key(&entry.key.value) else {
            self.is_broken = true;
            findings::unknown_key(self.report.diagnostics, &entry.key, record);
            return None;
        };
        if key.presence == Presence::Nullable && is_null(&entry.value) {
            return None;
        }
        let before = self.report.not_yet.len();
        let name = format!("`{}`", key.name);
        let value = self.value(&name, &key.shape, &entry.value, entry.key.span)?;
        self.note_support(key, &value, entry.key.span, before);
        Some(Field { key: Spanned::new(key.name, entry.key.span), value })
    }

    /// Says that the engine does not do `key` yet. Once that is said, what is inside it (noted
    /// since `before`) need not be.
    fn note_support(&mut self, key: &Key, value: &Value, span: Span, before: usize) {
        let Support::NotYet(what) = key.support else { return };
        self.report.not_yet.truncate(before);
        if !value.value.is_neutral() {
            self.report.not_yet.push(NotYet { what: what.to_owned(), span });
        }
    }

    fn required_keys(&mut self, record: &'static Record, entries: &[Entry], place: Span) {
        // Without one legal key this is something else, and that has been reported.
        if !entries.is_empty() && entries.iter().all(|entry| record.key(&entry.key.value).is_none())
        {
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
            findings::missing_keys(self.report.diagnostics, place, record, &missing);
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
            (Shape::Dictionary(of), Content::Mapping(entries)) => self.dictionary(of, entries),
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

    fn dictionary(&mut self, of: &'static Shape, entries: &[Entry]) -> Checked {
        for entry in entries {
            // What it says is for others; that it is well-formed is all that is asked.
            let _: Option<Value> = self.value(
                &format!("`{}`", findings::shown(&entry.key.value)),
                of,
                &entry.value,
                entry.key.span,
            );
        }
        Checked::Opaque
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
        findings::unknown_word(self.report.diagnostics, span, words.name, text, &legal);
        None
    }

    fn misshapen<T>(&mut self, name: &str, node: &Node, shape: &Shape) -> Option<T> {
        self.is_broken = true;
        findings::wrong_type(self.report.diagnostics, name, node, shape);
        None
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

//! What becomes of a mapping's entries: keys are scalars, each stands once, and `<<` takes entries
//! over from another mapping.

use crate::diagnostic::{Diagnostics, Finding, Fix, TetragonAnswer, code};
use crate::parse::yaml::findings;
use crate::parse::yaml::nodes::{Content, Entry, Node};
use crate::source::{Span, Spanned};
use std::collections::BTreeMap;

/// The key that `node` is, unless it is a list or a mapping.
pub(super) fn key(node: Node, diagnostics: &mut Diagnostics) -> Option<Spanned<String>> {
    match node.content {
        Content::Scalar(scalar) => Some(Spanned::new(scalar.text, node.span)),
        Content::List(_) | Content::Mapping(_) => {
            findings::syntax(diagnostics, node.span, "a key must be a single word", None);
            None
        }
    }
}

/// The entries of a mapping that has ended.
pub(super) fn close(written: Vec<Entry>, diagnostics: &mut Diagnostics) -> Vec<Entry> {
    let mut places: BTreeMap<String, Span> = BTreeMap::new();
    let mut entries: Vec<Entry> = Vec::with_capacity(written.len());
    let mut merged = Vec::new();
    for entry in written {
        if entry.key.value == "<<" {
            merge(entry.value, &mut merged, diagnostics);
        } else if let Some(&first) = places.get(&entry.key.value) {
            let answer = TetragonAnswer::Refuses;
            let before = entries.iter().find(|before| before.key.span == first);
            let fix = without(&entry, before);
            findings::duplicate(diagnostics, "the key", &entry.key, first, answer, fix);
        } else {
            places.insert(entry.key.value.clone(), entry.key.span);
            entries.push(entry);
        }
    }
    // What is written here wins; of several merged mappings the first does.
    for entry in merged {
        if places.insert(entry.key.value.clone(), entry.key.span).is_none() {
            entries.push(entry);
        }
    }
    entries
}

/// Takes out the second one, which is as good as the first where both say the same.
fn without(second: &Entry, first: Option<&Entry>) -> Fix {
    let is_same = first.is_some_and(|first| first.value.says_the_same(&second.value));
    let fix = if is_same { Fix::safe } else { Fix::not_safe };
    fix("remove the second one".to_owned()).remove_entry(second.key.span.to(second.value.span))
}

fn merge(value: Node, merged: &mut Vec<Entry>, diagnostics: &mut Diagnostics) {
    let sources = match value {
        Node { content: Content::List(items), .. } => items,
        single => vec![single],
    };
    for source in sources {
        match source.content {
            Content::Mapping(entries) => merged.extend(entries),
            Content::List(_) | Content::Scalar(_) => diagnostics.add(
                &code::MERGE_KEY,
                Finding::at(source.span, "`<<` takes over the entries of a mapping")
                    .label("not a mapping")
                    .help("write the alias of a mapping, as in `<<: *name`".to_owned()),
            ),
        }
    }
}

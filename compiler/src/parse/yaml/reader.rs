//! Text to trees: one node a document, with aliases expanded, and every mistake in the YAML itself
//! reported.

mod mapping;

use super::nodes::{Content, Entry, Node, Scalar, Style};
use super::position::{Offsets, Positions};
use crate::diagnostic::{Diagnostics, Finding, code};
use crate::source::{SourceId, Span, Spanned};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Tag};
use std::collections::BTreeMap;

/// How deep lists and mappings may be nested. A policy needs about twelve levels.
const DEPTH_MAX: usize = 64;

/// How many nodes anchors and aliases may copy in one source. Without a limit, nine lines of nested
/// aliases expand to gigabytes.
const COPIED_MAX: usize = 100_000;

/// How many bytes of YAML are read. A cluster takes objects of one and a half megabytes.
pub(super) const TEXT_MAX: usize = 16 << 20;

/// How many values a source may hold: keys, scalars, lists and mappings. Each takes some hundred
/// bytes of memory.
const VALUES_MAX: usize = 500_000;

/// How many documents a source may hold.
const DOCUMENTS_MAX: usize = 10_000;

/// After how many broken documents the rest of a source is left alone.
pub(super) const BROKEN_MAX: usize = 100;

/// Every document of `text` that is well-formed and not empty.
///
/// After a mistake in the syntax, reading goes on with the next document.
pub(super) fn documents(source: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Vec<Node> {
    let mut documents = Vec::new();
    let (mut copied, mut values) = (0, 0);
    let mut base = 0;
    if text.len() > TEXT_MAX {
        let start = Span::new(source, 0..text.lines().next().map_or(0, str::len).min(80));
        too_large(
            start,
            format!("there are more than {} MiB of YAML", TEXT_MAX >> 20),
            diagnostics,
        );
        return documents;
    }
    let offsets = Offsets::of(text);
    for _ in 0..BROKEN_MAX {
        let piece = text.get(base..).unwrap_or("");
        let mut reader = Reader {
            positions: Positions::new(source, base, piece, &offsets),
            diagnostics,
            documents: &mut documents,
            open: Vec::new(),
            anchors: BTreeMap::new(),
            copied,
            values,
        };
        let Err(stopped) = reader.read(piece) else { break };
        (copied, values) = (reader.copied, reader.values);
        if values > VALUES_MAX || documents.len() >= DOCUMENTS_MAX {
            break;
        }
        let Some(next) = next_document(piece, stopped) else { break };
        base += next;
    }
    documents
}

/// Where the next document begins, at or after the byte at which reading stopped.
pub(super) fn next_document(piece: &str, stopped: usize) -> Option<usize> {
    let is_marker = |at: &usize| {
        let rest = piece.get(at + 3..).unwrap_or("");
        rest.is_empty() || rest.starts_with(char::is_whitespace)
    };
    let markers = piece.match_indices("\n---").map(|(at, _)| at + 1);
    markers.filter(is_marker).find(|&at| at >= stopped)
}

/// Builds documents out of the scanner's events.
struct Reader<'a> {
    positions: Positions<'a>,
    diagnostics: &'a mut Diagnostics,
    documents: &'a mut Vec<Node>,
    /// The lists and mappings that have begun and not ended, outermost first.
    open: Vec<Open>,
    /// The anchored values of this document.
    anchors: BTreeMap<usize, Node>,
    /// How many nodes were copied so far.
    copied: usize,
    /// How many were read so far.
    values: usize,
}

/// A list or mapping that has begun.
struct Open {
    start: Span,
    anchor: usize,
    children: Children,
}

enum Children {
    Items(Vec<Node>),
    Entries(Vec<Entry>, Expected),
}

/// What comes next in a mapping.
enum Expected {
    Key,
    /// The value of this key. What is no key was reported, and its value is dropped.
    Value(Option<Spanned<String>>),
}

impl Reader<'_> {
    /// Reads all of `piece`, or says at which byte it had to stop.
    fn read(&mut self, piece: &str) -> Result<(), usize> {
        for event in Parser::new_from_str(piece) {
            let (event, span) = event.map_err(|error| {
                self.syntax(&error);
                self.positions.byte(*error.marker())
            })?;
            self.event(event, span).map_err(|TooLarge| self.positions.byte(span.start))?;
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, at: saphyr_parser::Span) -> Result<(), TooLarge> {
        let span = self.positions.span(at);
        match event {
            Event::DocumentStart(_) => self.anchors.clear(),
            Event::Alias(anchor) => self.alias(anchor, span)?,
            Event::Scalar(text, style, anchor, tag) => {
                let style = self.scalar_style(style, tag.as_deref(), span);
                let span = if span.range().is_empty() { self.absent(at) } else { span };
                let scalar = Scalar { text: text.into_owned(), style };
                self.value(Node { span, content: Content::Scalar(scalar) }, anchor)?;
            }
            Event::SequenceStart(anchor, tag) => {
                self.collection_tag(tag.as_deref(), "seq", span);
                self.begin(span, anchor, Children::Items(Vec::new()))?;
            }
            Event::MappingStart(anchor, tag) => {
                self.collection_tag(tag.as_deref(), "map", span);
                self.begin(span, anchor, Children::Entries(Vec::new(), Expected::Key))?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span)?,
            Event::DocumentEnd | Event::Nothing | Event::StreamStart | Event::StreamEnd => {}
        }
        Ok(())
    }

    /// Where a value is that was left out: at its key, or at the `-` before it.
    fn absent(&self, at: saphyr_parser::Span) -> Span {
        match self.open.last().map(|open| &open.children) {
            Some(Children::Entries(_, Expected::Value(Some(key)))) => key.span,
            _ => self.positions.word(at.start),
        }
    }

    fn begin(&mut self, start: Span, anchor: usize, children: Children) -> Result<(), TooLarge> {
        if self.open.len() >= DEPTH_MAX {
            return Err(self.too_large(
                start,
                format!("lists and mappings are nested more than {DEPTH_MAX} levels deep"),
            ));
        }
        self.open.push(Open { start, anchor, children });
        Ok(())
    }

    fn end(&mut self, end: Span) -> Result<(), TooLarge> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let span = whole(open.start, end, &open.children);
        let content = match open.children {
            Children::Items(items) => Content::List(items),
            Children::Entries(entries, _) => {
                Content::Mapping(mapping::close(entries, self.diagnostics))
            }
        };
        self.value(Node { span, content }, open.anchor)
    }

    /// Puts a finished node where it belongs.
    fn value(&mut self, node: Node, anchor: usize) -> Result<(), TooLarge> {
        self.values += 1;
        if self.values > VALUES_MAX {
            let message = format!("there are more than {VALUES_MAX} values");
            return Err(self.too_large(node.head(), message));
        }
        if anchor != 0 {
            let copy = self.copy(&node)?;
            self.anchors.insert(anchor, copy);
        }
        match self.open.last_mut().map(|open| &mut open.children) {
            Some(Children::Items(items)) => items.push(node),
            Some(Children::Entries(entries, expected)) => {
                *expected = match std::mem::replace(expected, Expected::Key) {
                    Expected::Key => Expected::Value(mapping::key(node, self.diagnostics)),
                    Expected::Value(key) => {
                        entries.extend(key.map(|key| Entry { key, value: node }));
                        Expected::Key
                    }
                };
            }
            None if is_nothing(&node) => {}
            None if self.documents.len() >= DOCUMENTS_MAX => {
                let message = format!("there are more than {DOCUMENTS_MAX} documents");
                return Err(self.too_large(node.head(), message));
            }
            None => self.documents.push(node),
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), TooLarge> {
        let Some(node) = self.anchors.remove(&anchor) else {
            self.unknown_anchor(span);
            let scalar = Scalar { text: String::new(), style: Style::Plain };
            return self.value(Node { span, content: Content::Scalar(scalar) }, 0);
        };
        let (_, depth) = node.extent();
        if self.open.len() + depth > DEPTH_MAX {
            return Err(self.too_large(
                span,
                format!("with this alias, values are nested more than {DEPTH_MAX} levels deep"),
            ));
        }
        let copy = self.copy(&node)?;
        self.anchors.insert(anchor, node);
        self.value(copy, 0)
    }

    fn copy(&mut self, node: &Node) -> Result<Node, TooLarge> {
        self.copied = self.copied.saturating_add(node.extent().0);
        if self.copied > COPIED_MAX {
            return Err(self.too_large(
                node.span,
                format!("anchors and aliases expand to more than {COPIED_MAX} values"),
            ));
        }
        Ok(node.clone())
    }

    /// The style of a scalar with this tag.
    fn scalar_style(&mut self, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> Style {
        match tag.map(|tag| (tag.is_yaml_core_schema(), tag.suffix.as_str())) {
            None if style == ScalarStyle::Plain => Style::Plain,
            Some((true, "int" | "bool" | "null" | "float")) => Style::Plain,
            None | Some((true, "str")) => Style::Text,
            Some(_) => {
                self.unknown_tag(tag, span);
                Style::Text
            }
        }
    }

    fn collection_tag(&mut self, tag: Option<&Tag>, plain: &str, span: Span) {
        if tag.is_some_and(|tag| !tag.is_yaml_core_schema() || tag.suffix != plain) {
            self.unknown_tag(tag, span);
        }
    }

    fn unknown_tag(&mut self, tag: Option<&Tag>, span: Span) {
        let name = tag.map_or("", |tag| tag.suffix.as_str());
        let name = super::findings::shown(name.trim_start_matches('!'));
        self.diagnostics.add(
            &code::YAML_TAG,
            Finding::at(span, format!("the tag `!{name}` means nothing in a policy"))
                .label("tagged value")
                .help("remove the tag".to_owned()),
        );
    }

    fn too_large(&mut self, span: Span, message: String) -> TooLarge {
        too_large(span, message, self.diagnostics)
    }

    fn unknown_anchor(&mut self, span: Span) {
        super::findings::syntax(
            self.diagnostics,
            span,
            "this alias has no anchor before it in the same document",
            None,
        );
    }

    fn syntax(&mut self, error: &ScanError) {
        let span = self.positions.word(*error.marker());
        let info = error.info();
        let wanted = info.rsplit_once(", ").map_or(info, |(_, wanted)| wanted);
        let help = info.contains("tab").then(|| "indent with spaces; YAML forbids tabs".to_owned());
        super::findings::syntax(self.diagnostics, span, wanted, help);
    }
}

/// Reading cannot go on: a limit was passed, and that was reported.
struct TooLarge;

fn too_large(span: Span, message: String, diagnostics: &mut Diagnostics) -> TooLarge {
    diagnostics.add(
        &code::YAML_LIMIT,
        Finding::at(span, message)
            .label("reading stopped here")
            .note("what follows was not checked"),
    );
    TooLarge
}

/// The span of a list or mapping: from bracket to bracket, or from the first child to the last.
fn whole(start: Span, end: Span, children: &Children) -> Span {
    let children = match children {
        Children::Items(items) => items.first().zip(items.last()).map(|(a, b)| a.span.to(b.span)),
        Children::Entries(entries, _) => {
            entries.first().zip(entries.last()).map(|(a, b)| a.key.span.to(b.value.span))
        }
    };
    match children {
        Some(children) if start.range().is_empty() => children,
        Some(_) | None => start.to(end),
    }
}

/// Whether a document holds nothing, as between two `---`.
fn is_nothing(node: &Node) -> bool {
    match &node.content {
        Content::Scalar(scalar) => scalar.text.is_empty() && scalar.style == Style::Plain,
        Content::List(_) | Content::Mapping(_) => false,
    }
}

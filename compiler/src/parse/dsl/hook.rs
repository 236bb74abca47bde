//! An `on` block: what is hooked, what is read there, and its rules.

mod point;
mod program;

pub(crate) use point::KINDS;
pub(super) use program::number;

use super::argument::{self, Declared, Names, Section};
use super::grammar::Rule;
use super::outline::{HookOutline, Piece};
use super::pairs::{Pair, parse};
use super::rule::{self, Around, Scope};
use super::setting::{Described, Settings, describe};
use super::{Text, report};
use crate::policy::{Argument, Hook, Point, TrackAction};
use crate::source::{Span, Spanned};

/// What the header of a hook says.
struct Header {
    points: Vec<Point>,
    section: Section,
    declared: Declared,
    return_argument: Option<Argument>,
    return_action: Option<Spanned<TrackAction>>,
    ignore_missing: Option<Span>,
    names: Names,
}

/// Reads a hook: one for each name that it lists. A hook with a bad header or a bad rule is left
/// out, but the syntax of all its rules is checked.
pub(super) fn hooks(outline: &HookOutline, settings: &Settings, text: &mut Text) -> Vec<Hook> {
    let before = text.mistakes;
    let header =
        parse(Rule::hook_header_piece, &outline.header, text).and_then(|pair| header(&pair, text));
    let described = described(&outline.settings, text);
    let Some(mut header) = header else {
        check_syntax(&outline.rules, text);
        return Vec::new();
    };
    let list = match header.section {
        Section::Arguments => &mut header.declared.arguments,
        Section::Data => &mut header.declared.data,
    };
    let around =
        Around::Hook { section: header.section, declared: list.len(), implicit: Vec::new() };
    let mut scope = Scope {
        names: &header.names,
        constants: &settings.constants,
        macros: &settings.macros,
        around,
    };
    let mut selectors = Vec::new();
    for piece in &outline.rules {
        selectors.extend(rule::rule(piece, &mut scope, text));
    }
    if let Around::Hook { implicit, .. } = scope.around {
        list.extend(implicit);
    }
    let size = outline.range.len().saturating_mul(header.points.len().saturating_sub(1));
    let Some(left) = text.copies_left.checked_sub(size) else {
        let span = text.span(outline.header.range.clone());
        report::too_large(text, span, "the hook");
        return Vec::new();
    };
    text.copies_left = left;
    if text.mistakes > before {
        return Vec::new();
    }
    let own_tags = described.tags.or_else(|| settings.described.tags.clone());
    let hook = |point| Hook {
        span: text.span(outline.range.clone()),
        point,
        arguments: header.declared.arguments.clone(),
        data: header.declared.data.clone(),
        return_argument: header.return_argument.clone(),
        return_action: header.return_action,
        ignore_missing: header.ignore_missing,
        is_whole: true,
        selectors: selectors.clone(),
        message: described.message.clone().or_else(|| settings.described.message.clone()),
        tags: own_tags.clone().map_or_else(Vec::new, |tags| tags.value),
    };
    header.points.into_iter().map(hook).collect()
}

fn described(pieces: &[Piece], text: &mut Text) -> Described {
    let mut described = Described::default();
    for piece in pieces {
        if let Some(pair) = parse(Rule::hook_setting_piece, piece, text) {
            describe(&pair, &mut described, text);
        }
    }
    described
}

fn check_syntax(rules: &[Piece], text: &mut Text) {
    for piece in rules {
        parse(Rule::rule_piece, piece, text);
    }
}

/// Reads a header. `None`: it has a mistake.
fn header(pair: &Pair, text: &mut Text) -> Option<Header> {
    let points = match pair.child(Rule::program) {
        Some(program) => vec![program::point(&program, text)?],
        None => point::points(pair, text)?,
    };
    let section = section(points.first()?);
    let mut names = Names::default();
    let declared = argument::arguments(pair, section, &mut names, text)?;
    let return_argument = match pair.child(Rule::returns) {
        Some(returns) => Some(argument::returns(&returns, &mut names, text)?),
        None => None,
    };
    let return_action = match pair.child(Rule::then) {
        Some(then) => Some(return_action(&then, text)?),
        None => None,
    };
    let ignore_missing = pair.child(Rule::ignore).map(|ignore| ignore.span(text));
    Some(Header {
        points,
        section,
        declared,
        return_argument,
        return_action,
        ignore_missing,
        names,
    })
}

/// Only functions have `data` beside their arguments in TracingPolicy.
fn section(point: &Point) -> Section {
    if point.has_data() { Section::Data } else { Section::Arguments }
}

/// `then track`
fn return_action(then: &Pair, text: &mut Text) -> Option<Spanned<TrackAction>> {
    let word = then.child(Rule::word)?;
    let span = word.span(text);
    match word.text() {
        "track" => Some(Spanned::new(TrackAction::Track, span)),
        "untrack" => Some(Spanned::new(TrackAction::Untrack, span)),
        other => {
            let kind = "action on what is returned";
            report::unknown_word(text, kind, other, span, ["track", "untrack"]);
            None
        }
    }
}

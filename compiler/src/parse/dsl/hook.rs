//! An `on` block: what is hooked, what is read there, and its rules.

use super::argument::{self, Names};
use super::grammar::Rule;
use super::outline::{HookOutline, Piece};
use super::pairs::{Pair, parse};
use super::rule::{self, Scope};
use super::setting::{Described, Settings, describe};
use super::{Text, report};
use crate::diagnostic::Finding;
use crate::policy::{Argument, Hook, NotYet, Point};
use crate::source::{Span, Spanned};

/// The kinds of hook. The writ engine does not do the last three yet.
const KINDS: [&str; 8] =
    ["kprobe", "syscall", "lsm", "tracepoint", "raw_tracepoint", "fentry", "uprobe", "usdt"];

/// What the header of a hook says.
struct Header {
    points: Vec<Point>,
    arguments: Vec<Argument>,
    return_argument: Option<Argument>,
    names: Names,
}

/// Reads a hook: one for each name that it lists. A hook with a bad header or a bad rule is left
/// out, but the syntax of all its rules is checked.
pub(super) fn hooks(outline: &HookOutline, settings: &mut Settings, text: &mut Text) -> Vec<Hook> {
    let before = text.mistakes;
    let header = parse(Rule::hook_header_piece, &outline.header, text)
        .and_then(|pair| header(&pair, settings, text));
    let described = described(&outline.settings, text);
    let Some(header) = header else {
        check_syntax(&outline.rules, text);
        return Vec::new();
    };
    let mut scope =
        Scope { names: &header.names, constants: &settings.constants, not_yet: Vec::new() };
    let mut selectors = Vec::new();
    for piece in &outline.rules {
        selectors.extend(rule::selector(piece, &mut scope, text));
    }
    let found = scope.not_yet;
    settings.not_yet.extend(found);
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
        arguments: header.arguments.clone(),
        data: Vec::new(),
        return_argument: header.return_argument.clone(),
        return_action: None,
        ignore_missing: None,
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

/// Reads a header. `None`: it has a mistake, or the engine does not do this kind of hook yet.
fn header(pair: &Pair, settings: &mut Settings, text: &mut Text) -> Option<Header> {
    let program = pair.child(Rule::program).and_then(|program| program.child(Rule::program_kind));
    let kind = program.or_else(|| pair.child(Rule::hook_kind))?;
    let span = kind.span(text);
    let what = match kind.text() {
        "fentry" => Some("fentry hooks"),
        "uprobe" => Some("uprobes"),
        "usdt" => Some("user-space tracepoints (USDT)"),
        _ => None,
    };
    if let Some(what) = what {
        settings.not_yet.push(NotYet { what: what.to_owned(), span: pair.span(text) });
        return None;
    }
    if !KINDS.contains(&kind.text()) {
        report::unknown_word(text, "hook kind", kind.text(), span, KINDS);
        return None;
    }
    let points = points(pair, kind.text(), text)?;
    let mut names = Names::default();
    let arguments = argument::arguments(pair, &mut names, &mut settings.not_yet, text)?;
    let return_argument = match pair.child(Rule::returns) {
        Some(returns) => Some(argument::returns(&returns, &mut names, text)?),
        None => None,
    };
    Some(Header { points, arguments, return_argument, names })
}

fn points(pair: &Pair, kind: &str, text: &mut Text) -> Option<Vec<Point>> {
    let mut targets: Vec<Pair> = pair.all(Rule::target).collect();
    targets.extend(pair.child(Rule::targets).iter().flat_map(|list| list.all(Rule::target)));
    let mut points = Vec::new();
    for target in targets {
        points.push(point(&target, kind, text)?);
    }
    Some(points)
}

fn point(target: &Pair, kind: &str, text: &mut Text) -> Option<Point> {
    let parts: Vec<Pair> = target.children().collect();
    let is_pair = kind == "tracepoint" || kind == "raw_tracepoint";
    match parts.as_slice() {
        [name] if !is_pair => {
            let name = point_name(name, text);
            Some(match kind {
                "kprobe" => Point::Function(name),
                "syscall" => Point::Syscall(name),
                _ => Point::Lsm(name),
            })
        }
        [subsystem, colon, event] if is_pair && colon.rule() == Rule::colon => {
            let subsystem = point_name(subsystem, text);
            let event = point_name(event, text);
            Some(if kind == "tracepoint" {
                Point::Tracepoint { subsystem, event }
            } else {
                Point::RawTracepoint { subsystem, event }
            })
        }
        _ => {
            wrong_target(target.span(text), kind, is_pair, text);
            None
        }
    }
}

fn point_name(part: &Pair, text: &mut Text) -> Spanned<String> {
    part.string(text).unwrap_or_else(|| part.spanned(text))
}

fn wrong_target(span: Span, kind: &str, is_pair: bool, text: &mut Text) {
    let (what, help) = if is_pair {
        ("a subsystem and an event", format!("write `on {kind} syscalls:sys_enter_openat`"))
    } else {
        ("one name", format!("write `on {kind} name(…)`, or `on {kind} [one, two](…)`"))
    };
    let finding = Finding::at(span, format!("a {kind} is named by {what}"))
        .label("not such a name")
        .help(help);
    report::wrong_value(text, finding);
}

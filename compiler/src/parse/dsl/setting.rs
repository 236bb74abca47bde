//! A `policy` block: its name, its settings, and the hooks in it.

use super::constant::Constants;
use super::grammar::Rule;
use super::hook;
use super::outline::{Piece, PolicyOutline};
use super::pairs::{Pair, parse};
use super::{Text, report};
use crate::policy::{Hook, Mode, NotYet, Policy, Workloads};
use crate::source::{Span, Spanned};

/// What the settings of a policy say.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) described: Described,
    mode: Option<Spanned<Mode>>,
    pub(super) constants: Constants,
    pub(super) not_yet: Vec<NotYet>,
}

/// What a policy or a hook says about itself in its events.
#[derive(Debug, Default)]
pub(super) struct Described {
    pub(super) message: Option<Spanned<String>>,
    pub(super) tags: Option<Spanned<Vec<Spanned<String>>>>,
}

/// Reads a policy. One without a readable name is left out, once its mistakes are reported.
pub(super) fn policy(outline: &PolicyOutline, text: &mut Text) -> Option<Policy> {
    let header = parse(Rule::policy_header_piece, &outline.header, text);
    let mut names = Vec::new();
    for string in header.iter().flat_map(|header| header.all(Rule::string)) {
        names.push(string.content(text));
    }
    let mut settings = Settings::default();
    for piece in &outline.settings {
        setting(piece, &mut settings, text);
    }
    let mut hooks: Vec<Hook> = Vec::new();
    for one in &outline.hooks {
        hooks.extend(hook::hooks(one, &mut settings, text));
    }
    let mut names = names.into_iter();
    Some(Policy {
        span: text.span(outline.range.clone()),
        name: names.next()?,
        namespace: names.next(),
        mode: settings.mode,
        hooks,
        lists: Vec::new(),
        enforcers: Vec::new(),
        options: Vec::new(),
        macros: Vec::new(),
        workloads: Workloads::default(),
        nodes: None,
        loader: None,
        not_yet: settings.not_yet,
    })
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the grammar leaves only enforcers here")]
fn setting(piece: &Piece, settings: &mut Settings, text: &mut Text) {
    let Some(pair) = parse(Rule::setting_piece, piece, text) else { return };
    let Some(pair) = pair.children().next() else { return };
    let span = pair.span(text);
    match pair.rule() {
        Rule::message | Rule::tags => describe(&pair, &mut settings.described, text),
        Rule::mode => mode(&pair, settings, text),
        Rule::constant => settings.constants.declare(&pair, text),
        Rule::option => {
            let name = pair.child(Rule::option_part).map_or("", |name| name.text());
            not_yet(settings, format!("the option `{name}`"), span);
        }
        Rule::workload => workload(&pair, settings, text),
        Rule::named_list => not_yet(settings, "lists of system calls or functions".into(), span),
        _ => not_yet(settings, "enforcers".into(), span),
    }
}

fn not_yet(settings: &mut Settings, what: String, span: Span) {
    settings.not_yet.push(NotYet { what, span });
}

/// Takes in `message` or `tags`.
pub(super) fn describe(pair: &Pair, described: &mut Described, text: &mut Text) {
    let span = pair.span(text);
    if pair.rule() == Rule::message {
        let message = pair.string(text);
        if let Some(first) = &described.message {
            return report::declared_twice(text, "the message", span, first.span);
        }
        described.message = message;
    } else {
        let mut tags = Vec::new();
        for tag in pair.all(Rule::string) {
            tags.push(tag.content(text));
        }
        if let Some(first) = &described.tags {
            return report::declared_twice(text, "the list of tags", span, first.span);
        }
        described.tags = Some(Spanned::new(tags, span));
    }
}

fn mode(pair: &Pair, settings: &mut Settings, text: &mut Text) {
    let Some(word) = pair.child(Rule::word) else { return };
    let span = word.span(text);
    if let Some(first) = settings.mode {
        return report::declared_twice(text, "the mode", pair.span(text), first.span);
    }
    match word.text() {
        "enforce" => settings.mode = Some(Spanned::new(Mode::Enforce, span)),
        "monitor" => settings.mode = Some(Spanned::new(Mode::Monitor, span)),
        other => report::unknown_word(text, "mode", other, span, ["enforce", "monitor"]),
    }
}

fn workload(pair: &Pair, settings: &mut Settings, text: &mut Text) {
    const KINDS: [&str; 3] = ["pods", "containers", "host"];
    let Some(word) = pair.child(Rule::word) else { return };
    if KINDS.contains(&word.text()) {
        not_yet(settings, format!("policies for {} only", word.text()), pair.span(text));
    } else {
        report::unknown_word(text, "kind of workload", word.text(), word.span(text), KINDS);
    }
}

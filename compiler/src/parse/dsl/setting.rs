//! A `policy` block: its name, its settings, and the hooks in it.

mod list;
mod option;

use super::constant::Constants;
use super::definition::Macros;
use super::grammar::Rule;
use super::hook;
use super::outline::{Piece, PolicyOutline};
use super::pairs::{Pair, parse};
use super::workload::{self, Owner};
use super::{Text, report};
use crate::diagnostic::{Finding, did_you_mean};
use crate::policy::{
    Enforcer, Hook, LabelSelector, List, Mode, Policy, ProgramTypes, Setting, Workloads,
};
use crate::source::{Span, Spanned};

/// What the settings of a policy say.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) described: Described,
    mode: Option<Spanned<Mode>>,
    pub(super) constants: Constants,
    pub(super) macros: Macros,
    lists: Vec<List>,
    enforcers: Vec<Enforcer>,
    options: Vec<Spanned<Setting>>,
    workloads: Workloads,
    nodes: Option<LabelSelector>,
    loader: Option<Span>,
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
        hooks.extend(hook::hooks(one, &settings, text));
    }
    let mut names = names.into_iter();
    let policy = Policy {
        span: text.span(outline.range.clone()),
        name: names.next()?,
        namespace: names.next(),
        mode: settings.mode,
        hooks,
        lists: settings.lists,
        enforcers: settings.enforcers,
        options: settings.options,
        macros: settings.macros.into_list(),
        workloads: settings.workloads,
        nodes: settings.nodes,
        loader: settings.loader,
        program_types: ProgramTypes::default(),
    };
    check_lists(&policy, text);
    Some(policy)
}

/// Refuses names of lists that the policy does not have. After other mistakes a list may have been
/// left out.
fn check_lists(policy: &Policy, text: &mut Text) {
    if text.mistakes > 0 {
        return;
    }
    let known = || policy.lists.iter().map(|list| list.name.value.as_str());
    let references = policy.list_references();
    for name in references.iter().filter(|name| !known().any(|known| known == name.value)) {
        let help = did_you_mean(name.value, known()).unwrap_or_else(|| {
            format!("write `list {} = [\"…\"]` among the policy's settings", name.value)
        });
        let finding = Finding::at(name.span, format!("the policy has no list `{}`", name.value))
            .label("not defined by the policy")
            .help(help);
        report::unknown_name(text, finding);
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the grammar leaves only enforcers here")]
fn setting(piece: &Piece, settings: &mut Settings, text: &mut Text) {
    let Some(pair) = parse(Rule::setting_piece, piece, text) else {
        // It may have been a macro that hooks use.
        return settings.macros.lose();
    };
    let Some(pair) = pair.children().next() else { return };
    match pair.rule() {
        Rule::message | Rule::tags => describe(&pair, &mut settings.described, text),
        Rule::mode => mode(&pair, settings, text),
        Rule::constant => settings.constants.declare(&pair, text),
        Rule::definition => settings.macros.define(&pair, &settings.constants, text),
        Rule::option => option::option(&pair, &mut settings.options, text),
        Rule::workload => workload(&pair, settings, text),
        Rule::named_list => list::list(&pair, settings, text),
        Rule::loader => loader(&pair, settings, text),
        _ => settings.enforcers.push(list::enforcer(&pair, text)),
    }
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

fn loader(pair: &Pair, settings: &mut Settings, text: &mut Text) {
    let span = pair.span(text);
    if let Some(first) = settings.loader.replace(span) {
        report::declared_twice(text, "`loader`", span, first);
    }
}

/// `for pods { … }`
fn workload(pair: &Pair, settings: &mut Settings, text: &mut Text) {
    const KINDS: [&str; 4] = ["pods", "containers", "host", "nodes"];
    let Some(word) = pair.child(Rule::word) else { return };
    let span = pair.span(text);
    let owner = match word.text() {
        "pods" => Owner::Pod,
        "containers" => Owner::Container,
        "nodes" => Owner::Node,
        "host" => return host(pair, settings, text),
        other => {
            return report::unknown_word(text, "kind of workload", other, word.span(text), KINDS);
        }
    };
    let labels = pair.child(Rule::labels);
    let labels = workload::labels(labels.as_ref(), owner, span, &settings.constants, text);
    let place = match owner {
        Owner::Pod => &mut settings.workloads.pods,
        Owner::Container => &mut settings.workloads.containers,
        Owner::Node => &mut settings.nodes,
    };
    if let Some(first) = place.replace(labels) {
        let what = format!("`for {}`", word.text());
        report::declared_twice(text, &what, span, first.span);
    }
}

fn host(pair: &Pair, settings: &mut Settings, text: &mut Text) {
    let span = pair.span(text);
    if let Some(braces) = pair.child(Rule::open_brace) {
        let finding = crate::diagnostic::Finding::at(braces.span(text), "the host has no labels")
            .label("nothing can be asked here")
            .help("write `for host`".to_owned());
        report::wrong_value(text, finding);
    }
    if let Some(first) = settings.workloads.hosts.replace(span) {
        report::declared_twice(text, "`for host`", span, first);
    }
}

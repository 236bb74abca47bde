//! What could stand at a place of a Writ text.

use super::header::{Argument, Header};
use super::header_around;
use super::scan::{Block, Scan};
use crate::editor::hook::{self, Root};
use crate::editor::kernels::beginning;
use crate::editor::offer::Offer;
use crate::editor::word_table::fits;
use crate::editor::{Completion, CompletionKind, Kernels, Question};
use crate::parse::dsl::token::{Token, TokenKind};
use crate::parse::dsl::{ACTIONS, HOOK_KINDS, HOOK_WORDS, POLICY_WORDS};
use crate::policy::error_table::ERRORS;
use crate::policy::field_table::{FIELDS, PRIVILEGED};
use crate::policy::signal_table::SIGNALS;
use crate::policy::{ArgumentType, NamespaceKind, Operator};

/// Keywords, hooks, parameters, fields, types, operators, actions and constants.
pub(in crate::editor) fn complete(question: &Question<'_>, kernels: &Kernels) -> Vec<Completion> {
    let text = question.text;
    let scan = Scan::up_to(text, question.offset);
    let range = scan.word().map_or(question.offset..question.offset, |word| word.range.clone());
    let quote = usize::from(text.get(range.clone()).is_some_and(|word| word.starts_with('"')));
    let start = (range.start + quote).min(question.offset);
    let end = if quote == 1 { question.offset } else { range.end };
    let mut offer = Offer::new(text.get(start..question.offset).unwrap_or(""), start..end);
    let asked = Asked { header: header_around(&scan, text), text, kernels, scan: &scan };
    match (scan.block, quote) {
        // Nothing is known about texts, but hooks may stand in quotes.
        (Block::File | Block::Hook | Block::Workload, 1) => {}
        (Block::File, _) => asked.file(&mut offer),
        (Block::Policy, _) => asked.setting(&mut offer),
        (Block::Hook, _) => asked.rule(&mut offer),
        (Block::Workload, _) => {
            offer.names(CompletionKind::Keyword, ["pod", "container", "label", "name"]);
        }
    }
    offer.into_list()
}

struct Asked<'s, 't> {
    scan: &'s Scan<'t>,
    text: &'t str,
    /// The header around the place, as far as it is written.
    header: Option<Header<'t>>,
    kernels: &'s Kernels,
}

impl<'t> Asked<'_, 't> {
    fn file(&self, offer: &mut Offer<'_>) {
        match self.words(self.scan.statement()).as_slice() {
            [.., "namespace"] => {}
            [.., "in"] => offer.words(["namespace"]),
            ["policy", _, ..] if !self.scan.is_first_on_line => offer.words(["in"]),
            _ => offer.words(["policy"]),
        }
    }

    fn setting(&self, offer: &mut Offer<'_>) {
        let statement = self.scan.statement();
        let words = self.words(statement);
        let is_new = self.scan.is_first_on_line && open_brackets(&words).is_empty();
        match words.as_slice() {
            _ if is_new => offer.words(POLICY_WORDS),
            [] => offer.words(POLICY_WORDS),
            ["on", ..] => self.in_header(statement, offer),
            ["mode"] => offer.names(CompletionKind::Word, ["enforce", "monitor"]),
            ["for"] => offer.names(CompletionKind::Word, ["pods", "containers", "host"]),
            ["enforce"] => offer.words(["on"]),
            ["let", _, "=", ..] => self.constants(offer),
            _ => {}
        }
    }

    /// `on KIND NAME(ARGUMENTS) -> RETURN`
    fn in_header(&self, statement: &[Token], offer: &mut Offer<'_>) {
        let words = self.words(statement);
        let is_in_arguments = open_brackets(&words).contains(&"(");
        match words.as_slice() {
            ["on"] => offer.words(HOOK_KINDS),
            [.., "->"] => {}
            [.., "list"] => self.constants(offer),
            _ if is_in_arguments => self.argument(&words, offer),
            [.., "->", _, ":"] => offer.words(types()),
            [.., ")"] | [.., "->", _] => {}
            ["on", "tracepoint" | "raw_tracepoint", .., subsystem, ":"] => {
                self.events(subsystem, offer);
            }
            ["on", kind, rest @ ..]
                if rest.is_empty() || matches!(rest.last(), Some(&("[" | ","))) =>
            {
                self.hooks(kind, offer);
            }
            _ => {}
        }
    }

    fn hooks(&self, kind: &str, offer: &mut Offer<'_>) {
        let kernels = self.kernels;
        let start = offer.start();
        match kind {
            "kprobe" | "fentry" => {
                offer.names(CompletionKind::Hook, beginning(kernels.functions(), start));
            }
            "syscall" => offer.names(CompletionKind::Hook, beginning(kernels.syscalls(), start)),
            "lsm" => offer.names(CompletionKind::Hook, beginning(kernels.lsm_hooks(), start)),
            "tracepoint" | "raw_tracepoint" => {
                for name in kernels.tracepoints() {
                    let subsystem = name.split(':').next().unwrap_or("");
                    offer.add(CompletionKind::Hook, subsystem);
                }
            }
            _ => {}
        }
    }

    fn events(&self, subsystem: &str, offer: &mut Offer<'_>) {
        let is_raw = self.header.as_ref().is_some_and(|header| header.kind == "raw_tracepoint");
        let start = format!("{subsystem}:");
        for name in beginning(self.kernels.tracepoints(), &start) {
            let event = name.get(start.len()..).unwrap_or("");
            let raw = self.kernels.raw_tracepoints();
            if !is_raw || raw.binary_search_by(|known| known.as_str().cmp(event)).is_ok() {
                offer.add(CompletionKind::Hook, event);
            }
        }
    }

    /// One argument between its commas.
    fn argument(&self, words: &[&'t str], offer: &mut Offer<'_>) {
        let start = words.iter().rposition(|word| matches!(*word, "(" | ","));
        let own = words.get(start.map_or(0, |start| start + 1)..).unwrap_or_default();
        let path = own.iter().position(|word| *word == "=");
        match own {
            [] => self.parameters(offer),
            _ if path.is_some() => {
                self.fields(own.get(path.map_or(0, |path| path + 1)..).unwrap_or_default(), offer);
            }
            [.., ":"] => offer.words(types()),
            [.., "as" | "size" | "label"] => {}
            [.., ":", _] => {
                offer.names(CompletionKind::Keyword, ["size", "returned", "max", "label"]);
            }
            _ => offer.names(CompletionKind::Keyword, ["as", "label"]),
        }
    }

    /// The parameters of the hook that are not declared yet.
    fn parameters(&self, offer: &mut Offer<'_>) {
        let Some(header) = &self.header else { return };
        let Some(hook) = header.names.first().and_then(|name| header.hook(name)) else { return };
        let own = self.scan.word().map(|word| word.range.clone());
        let declared = |name: &str| {
            header.arguments.iter().any(|one| one.name == name && Some(&one.range) != own.as_ref())
        };
        for one in hook::common_names(&hook, self.kernels) {
            if !one.name.is_empty() && !declared(&one.name) {
                offer.add(CompletionKind::Parameter, &one.name).detail(&one.name, one.text);
            }
        }
    }

    /// The next step of a path: `bprm.cred.`
    fn fields(&self, path: &[&'t str], offer: &mut Offer<'_>) {
        let Some(header) = &self.header else { return };
        let Some(hook) = header.names.first().and_then(|name| header.hook(name)) else { return };
        let is_step =
            |word: &&&str| word.starts_with(|one: char| one.is_alphabetic() || one == '_');
        let steps: Vec<&str> = path.iter().filter(is_step).copied().collect();
        let Some((first, steps)) = steps.split_first() else {
            self.parameters_of_path(offer);
            return;
        };
        let root =
            if *first == "task" { Root::Struct("task_struct") } else { Root::Name(&hook, first) };
        for field in hook::fields(&root, steps, self.kernels) {
            offer.add(CompletionKind::Field, &field.name).detail(&field.name, field.text);
        }
    }

    /// Where a path can begin.
    fn parameters_of_path(&self, offer: &mut Offer<'_>) {
        let Some(header) = &self.header else { return };
        let Some(hook) = header.names.first().and_then(|name| header.hook(name)) else { return };
        for one in hook::common_names(&hook, self.kernels) {
            offer.add(CompletionKind::Parameter, &one.name).detail(&one.name, one.text);
        }
        offer.names(CompletionKind::Keyword, ["task", "regs"]);
    }

    /// A rule or a setting of a hook.
    fn rule(&self, offer: &mut Offer<'_>) {
        let words = self.words(self.scan.statement());
        if words.is_empty() || self.scan.is_first_on_line && open_brackets(&words).is_empty() {
            offer.words(HOOK_WORDS);
        }
        let arrow = words.iter().rposition(|word| *word == "=>");
        match (words.first(), arrow) {
            (Some(_), Some(arrow)) => {
                action(words.get(arrow + 1..).unwrap_or_default(), offer);
            }
            (Some(&"when"), None) => self.condition(&words, offer),
            (Some(&"rule"), None) if words.len() > 1 => offer.words(["when", "otherwise"]),
            _ => {}
        }
    }

    fn condition(&self, words: &[&'t str], offer: &mut Offer<'_>) {
        let is_start = |word: &&str| matches!(*word, "when" | "and" | "or" | "(");
        let start = words.iter().rposition(is_start).map_or(0, |start| start + 1);
        let test = words.get(start..).unwrap_or_default();
        let test = if let ["not", rest @ ..] = test { rest } else { test };
        let operator = test.iter().position(|word| is_operator(word));
        match (test, operator) {
            (["use"], _) => self.constants(offer),
            (["changed"], _) => offer.names(CompletionKind::Keyword, ["ns", "cap"]),
            ([], _) => self.subjects(offer),
            ([subject @ .., "."], None) => self.parts(subject, offer),
            (subject, None) => self.operators(subject, offer),
            ([.., "not"], _) => offer.words(OPERATOR_WORDS),
            (_, Some(at)) if at + 1 == test.len() || open_brackets(test).contains(&"[") => {
                self.values(test, offer);
            }
            _ => offer.names(CompletionKind::Keyword, ["and", "or", "ignoring"]),
        }
    }

    fn subjects(&self, offer: &mut Offer<'_>) {
        for argument in self.arguments() {
            let type_ = argument.type_.map_or("", ArgumentType::name);
            offer.add(CompletionKind::Parameter, argument.name).detail(argument.name, type_);
        }
        offer.names(CompletionKind::Keyword, SUBJECTS);
    }

    fn arguments(&self) -> &[Argument<'t>] {
        self.header.as_ref().map_or(&[], |header| &header.arguments)
    }

    /// What can follow a dot.
    fn parts(&self, subject: &[&str], offer: &mut Offer<'_>) {
        match subject {
            [.., "process"] => {
                offer.names(CompletionKind::Field, ["binary", "pid", "nspid", "uid"]);
            }
            [.., "parent"] => offer.names(CompletionKind::Field, ["binary"]),
            [.., "ns"] => {
                offer.names(CompletionKind::Field, NamespaceKind::ALL.map(NamespaceKind::word));
            }
            [.., "cap"] => {
                offer.names(CompletionKind::Field, ["effective", "permitted", "inheritable"]);
            }
            [.., "pod"] => offer.names(CompletionKind::Field, ["label"]),
            [.., "container"] => offer.names(CompletionKind::Field, ["name", "label"]),
            [.., name] => {
                let type_ = self.type_of(name);
                let fit = FIELDS
                    .iter()
                    .filter(|field| type_.is_none_or(|type_| fits(field.operator, type_)));
                let has_path = type_.is_none_or(|type_| fits(Operator::Prefix, type_));
                offer.names(CompletionKind::Field, has_path.then_some("path"));
                offer.names(CompletionKind::Field, fit.map(|field| field.name));
            }
            [] => {}
        }
    }

    fn type_of(&self, name: &str) -> Option<ArgumentType> {
        self.arguments().iter().find(|argument| argument.name == name)?.type_
    }

    /// The operators that fit what is asked about.
    fn operators(&self, subject: &[&str], offer: &mut Offer<'_>) {
        let equality = ["==", "!=", "in", "not"];
        match subject {
            ["process" | "parent", ".", "binary"] => {
                offer.words(equality.into_iter().chain(["starts_with", "ends_with"]));
            }
            ["process" | "parent" | "ns" | "pod" | "container", ..] => offer.words(equality),
            ["cap", ..] => offer.words(["has"]),
            [_, ".", "path"] => operators_of(Some(ArgumentType::Path), offer),
            [_, ".", field] => {
                offer.words(equality);
                if PRIVILEGED.iter().any(|one| one.name == *field) {
                    offer.words(["is"]);
                }
            }
            [name] => operators_of(self.type_of(name), offer),
            _ => operators_of(None, offer),
        }
    }

    fn values(&self, test: &[&str], offer: &mut Offer<'_>) {
        match test {
            ["ns", ..] => offer.names(CompletionKind::Word, ["host"]),
            [.., "is"] => offer.names(CompletionKind::Word, ["privileged", "not"]),
            _ => {}
        }
        self.constants(offer);
    }

    fn constants(&self, offer: &mut Offer<'_>) {
        let names: Vec<&str> = self.scan.declared().map(|name| name.text(self.text)).collect();
        offer.names(CompletionKind::Name, names);
    }

    /// The texts of tokens; a quoted text stands as it is.
    fn words(&self, tokens: &[Token]) -> Vec<&'t str> {
        let known = tokens.iter().filter(|token| token.kind != TokenKind::OpenText);
        known.map(|token| token.text(self.text)).collect()
    }
}

fn action(words: &[&str], offer: &mut Offer<'_>) {
    let start = words.iter().rposition(|word| *word == ",").map_or(0, |comma| comma + 1);
    match words.get(start..).unwrap_or_default() {
        [] => offer.words(ACTIONS),
        ["signal"] => offer.names(CompletionKind::Word, SIGNALS.iter().map(|(name, _)| *name)),
        ["deny"] | ["notify", "deny"] => {
            offer.names(CompletionKind::Word, ERRORS.iter().map(|(name, _)| *name));
        }
        ["notify"] => offer.words(["kill", "deny"]),
        ["track" | "untrack"] => offer.names(CompletionKind::Word, ["sock"]),
        ["post"] => {
            offer.words(["rate", "every"]);
            offer.names(CompletionKind::Keyword, ["with", "returning"]);
        }
        [.., "per"] => offer.names(CompletionKind::Word, ["thread", "process", "all"]),
        [.., "/"] => offer.names(CompletionKind::Word, ["s", "min", "h"]),
        [.., "with"] => {
            offer.names(CompletionKind::Word, ["kernel_stack", "user_stack", "ima_hash"]);
        }
        ["post", "rate" | "every", _, ..] => {
            offer.names(CompletionKind::Keyword, ["per", "with"]);
        }
        _ => offer.names(CompletionKind::Keyword, ["returning"]),
    }
}

fn operators_of(type_: Option<ArgumentType>, offer: &mut Offer<'_>) {
    for (word, operator) in OPERATORS {
        if type_.is_none_or(|type_| fits(operator, type_)) {
            offer.words([word]);
        }
    }
}

/// The brackets that are open at the end.
fn open_brackets<'w>(words: &[&'w str]) -> Vec<&'w str> {
    let mut open = Vec::new();
    for word in words {
        match *word {
            "(" | "[" => open.push(*word),
            ")" | "]" => {
                open.pop();
            }
            _ => {}
        }
    }
    open
}

fn types() -> impl Iterator<Item = &'static str> {
    ArgumentType::ALL.iter().map(|type_| type_.name())
}

fn is_operator(word: &str) -> bool {
    word == "not"
        || word == "is"
        || word == "has"
        || OPERATORS.iter().any(|(known, _)| *known == word)
}

/// What can be asked about beside arguments.
const SUBJECTS: [&str; 12] = [
    "process",
    "ns",
    "parent",
    "cap",
    "task",
    "pod",
    "container",
    "changed",
    "use",
    "not",
    "always",
    "never",
];

/// The operators, each with one of TracingPolicy that fits the same types.
const OPERATORS: [(&str, Operator); 16] = [
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("in", Operator::Equal),
    ("not", Operator::NotEqual),
    ("<", Operator::LessThan),
    ("<=", Operator::LessThan),
    (">", Operator::GreaterThan),
    (">=", Operator::GreaterThan),
    ("starts_with", Operator::Prefix),
    ("ends_with", Operator::Postfix),
    ("contains", Operator::SubString),
    ("has_bits", Operator::Mask),
    ("in_map", Operator::InMap),
    ("in_range", Operator::InRange),
    ("gains", Operator::CapabilitiesGained),
    ("matches", Operator::CelExpression),
];

/// Those that can follow `not`.
const OPERATOR_WORDS: [&str; 6] =
    ["in", "starts_with", "ends_with", "contains", "in_map", "in_range"];

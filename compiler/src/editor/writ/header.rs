//! The header of a hook, read as far as it is written: `on kprobe f(file: file, #1 as mask) -> ret`.

use std::ops::Range;

use crate::editor::hook::Hook;
use crate::parse::dsl::token::{Token, TokenKind};
use crate::policy::ArgumentType;

/// What a header says.
#[derive(Debug)]
pub(super) struct Header<'t> {
    pub(super) kind: &'t str,
    /// What is hooked: one name, or those of a list. Of a tracepoint, both parts, one by one.
    pub(super) names: Vec<&'t str>,
    pub(super) arguments: Vec<Argument<'t>>,
}

/// An argument or the return value.
#[derive(Debug)]
pub(super) struct Argument<'t> {
    /// What conditions call it.
    pub(super) name: &'t str,
    pub(super) range: Range<usize>,
    /// Its position, when it is not by name.
    pub(super) place: Option<usize>,
    pub(super) type_: Option<ArgumentType>,
}

impl<'t> Header<'t> {
    /// Reads a header that begins with the first token, `on`.
    pub(super) fn read(tokens: &[Token], text: &'t str) -> Option<Self> {
        let end = tokens.iter().skip(1).position(|token| {
            ["{", "}", ";", "=>"].contains(&token.text(text))
                || token.is_first_on_line && token.text(text) == "on"
        });
        let tokens = tokens.get(1..end.map_or(tokens.len(), |end| end + 1))?;
        let (kind, rest) = tokens.split_first()?;
        let open = rest.iter().position(|token| ["(", "->"].contains(&token.text(text)));
        let (names, rest) = rest.split_at_checked(open.unwrap_or(rest.len()))?;
        let names = names.iter().filter(|token| token.kind != TokenKind::Sign);
        let names = names.map(|token| token.text(text).trim_matches('"')).collect();
        let arguments = arguments(rest, text);
        Some(Self { kind: kind.text(text), names, arguments })
    }

    /// One of its hooks.
    pub(super) fn hook(&self, name: &str) -> Option<Hook> {
        let name = name.to_owned();
        let both = || {
            let at = self.names.iter().position(|known| *known == name)?;
            let pair = self.names.get(at - at % 2..)?;
            let [subsystem, event, ..] = pair else { return None };
            Some(((*subsystem).to_owned(), (*event).to_owned()))
        };
        match self.kind {
            "kprobe" | "fentry" => Some(Hook::Function(name)),
            "syscall" => Some(Hook::Syscall(name)),
            "lsm" => Some(Hook::Lsm(name)),
            "tracepoint" => both().map(|(subsystem, event)| Hook::Tracepoint { subsystem, event }),
            "raw_tracepoint" => both().map(|(_, event)| Hook::RawTracepoint { event }),
            _ => None,
        }
    }
}

fn arguments<'t>(tokens: &[Token], text: &'t str) -> Vec<Argument<'t>> {
    let is_end = |token: &Token| ["(", ",", ")", "->"].contains(&token.text(text));
    tokens.split(is_end).filter_map(|tokens| argument(tokens, text)).collect()
}

/// `file`, `file: file`, `#1 as mask: int`, `uid: int = bprm.cred.uid.val`.
fn argument<'t>(tokens: &[Token], text: &'t str) -> Option<Argument<'t>> {
    let word = |at: usize| tokens.get(at).map(|token| token.text(text));
    let first = word(0)?;
    let place = first.strip_prefix('#').and_then(|number| number.parse().ok());
    let named = if word(1) == Some("as") { 2 } else { 0 };
    let name = tokens.get(named)?;
    let type_ = (word(named + 1) == Some(":")).then(|| word(named + 2)).flatten();
    Some(Argument {
        name: name.text(text),
        range: name.range.clone(),
        place,
        type_: type_.and_then(ArgumentType::from_name),
    })
}

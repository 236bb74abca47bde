//! Which tokens of a line are parted by a blank.

use super::lexeme::Lexeme;
use crate::parse::dsl::token::TokenKind;

/// Where a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// `policy "…"` or a setting.
    Setting,
    /// `on …`
    Hook,
    /// `when …`
    Rule,
}

/// Signs with a blank on both sides.
const APART: [&str; 11] = ["=", "==", "!=", "<", "<=", ">", ">=", "=>", "->", "{", "}"];
/// Signs without blanks on either side. In addresses and ranges none may stand there.
const CLOSE: [&str; 4] = [".", "..", "/", "+"];
/// Words before a list; other words before `[` are indexed.
const BEFORE_LISTS: [&str; 11] = [
    "tags",
    "on",
    "in",
    "starts_with",
    "ends_with",
    "contains",
    "has_bits",
    "in_map",
    "in_range",
    "has",
    "gains",
];
/// Words before a parenthesis that groups.
const BEFORE_GROUPS: [&str; 5] = ["when", "and", "or", "not", "rule"];

/// For each token of a statement, whether a blank stands before it.
pub(super) fn spaces(statement: &[Lexeme], place: Place) -> Vec<bool> {
    let mut types = Types { place, depth: 0, is_after_arrow: false };
    let mut list = vec![false];
    for (at, pair) in statement.windows(2).enumerate() {
        let [before, after] = pair else { continue };
        types.step(before);
        list.push(match (before.text, after.text) {
            (":", _) | (_, ":") => types.is_parted(at, before, after),
            (_, "[") if place == Place::Hook && at == 1 => true,
            _ => is_parted(before, after, place),
        });
    }
    list
}

fn is_parted(before: &Lexeme, after: &Lexeme, place: Place) -> bool {
    let is_text = |lexeme: &Lexeme| lexeme.kind != TokenKind::Sign;
    match (before.text, after.text) {
        ("(" | "[", _) | (_, ")" | "]" | "," | ";") => false,
        (",", _) => true,
        (sign, _) | (_, sign) if APART.contains(&sign) => true,
        (sign, _) | (_, sign) if CLOSE.contains(&sign) => false,
        (word, "(") if place == Place::Hook => word == "on",
        (word, "(") if BEFORE_GROUPS.contains(&word) => true,
        (word, "[") if BEFORE_LISTS.contains(&word) => true,
        (")" | "]", _) if is_text(after) => true,
        _ if is_text(before) && is_text(after) => true,
        _ => !after.is_adjacent,
    }
}

/// Tells a colon before a type from one inside a name or an address.
struct Types {
    place: Place,
    depth: usize,
    is_after_arrow: bool,
}

impl Types {
    fn step(&mut self, lexeme: &Lexeme) {
        match lexeme.text {
            "(" => self.depth += 1,
            ")" => self.depth = self.depth.saturating_sub(1),
            "->" => self.is_after_arrow = true,
            _ => {}
        }
    }

    fn is_parted(&self, at: usize, before: &Lexeme, after: &Lexeme) -> bool {
        let is_before = after.text == ":";
        match self.place {
            Place::Hook => !is_before && (self.depth > 0 || self.is_after_arrow),
            // `list name: type`; the name is the second token.
            Place::Setting if at <= 2 => !is_before,
            Place::Setting | Place::Rule => is_parted(before, after, self.place),
        }
    }
}

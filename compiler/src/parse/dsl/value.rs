//! Values: texts, numbers, ranges, and the constants that stand for them.

use super::constant::Constants;
use super::grammar::Rule;
use super::pairs::Pair;
use super::{Text, report};
use crate::diagnostic::{Finding, did_you_mean};
use crate::source::{Span, Spanned};

/// A value as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) form: Form,
    /// As TracingPolicy writes it.
    pub(super) text: String,
    pub(super) span: Span,
}

/// The form of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Number,
    /// `low..high`; the text is `low:high`.
    Range,
    /// A word that is no constant.
    Word,
    Address,
}

impl Value {
    pub(super) fn into_spanned(self) -> Spanned<String> {
        Spanned::new(self.text, self.span)
    }
}

/// A right-hand side: its values with constants replaced, and where it stands.
#[derive(Debug)]
pub(super) struct Operand {
    pub(super) values: Vec<Value>,
    pub(super) span: Span,
}

/// Reads an operand.
pub(super) fn operand(pair: &Pair, constants: &Constants, text: &mut Text) -> Operand {
    let span = pair.span(text);
    let mut values = Vec::new();
    let list = pair.child(Rule::list);
    let elements: Vec<Pair> = match &list {
        Some(list) => list.all(Rule::value).collect(),
        None => pair.all(Rule::value).collect(),
    };
    for element in elements {
        value(&element, constants, &mut values, text);
    }
    Operand { values, span }
}

/// Appends what one element stands for.
#[expect(clippy::wildcard_enum_match_arm, reason = "the grammar leaves only words here")]
fn value(pair: &Pair, constants: &Constants, values: &mut Vec<Value>, text: &mut Text) {
    let Some(inner) = pair.children().next() else { return };
    let span = inner.span(text);
    let found = inner.text();
    let (form, value) = match inner.rule() {
        Rule::string => (Form::Text, inner.content(text).value),
        Rule::address => (Form::Address, found.to_owned()),
        Rule::range => (Form::Range, found.replacen("..", ":", 1)),
        Rule::number => (Form::Number, found.to_owned()),
        _ => match constants.get(found) {
            Some(constant) => return expand(constant, values, span, text),
            None => (Form::Word, found.to_owned()),
        },
    };
    values.push(Value { form, text: value, span });
}

fn expand(constant: &[Value], values: &mut Vec<Value>, span: Span, text: &mut Text) {
    // Once the limit is passed, it is reported, and nothing is expanded any more.
    let Some(left) = text.values_left else { return values.extend(stand_in(constant)) };
    text.values_left = left.checked_sub(constant.iter().map(size).sum());
    if text.values_left.is_none() {
        values.extend(stand_in(constant));
        return report::too_large(text, span, "the list");
    }
    values.extend_from_slice(constant);
}

/// For how many values one counts: a copy of a long text takes as much memory as several.
fn size(value: &Value) -> usize {
    const BYTES_OF_A_VALUE: usize = 128;
    1 + value.text.len() / BYTES_OF_A_VALUE
}

/// One short value in place of all, so that the list does not look empty to later phases.
fn stand_in(constant: &[Value]) -> Option<Value> {
    let Value { form, text, span } = constant.first()?;
    Some(Value { form: *form, text: text.chars().take(64).collect(), span: *span })
}

/// Words stand for constants only, unless their comparison knows words. Returns the rest.
pub(super) fn without_words(
    operand: Operand,
    constants: &Constants,
    text: &mut Text,
) -> Vec<Spanned<String>> {
    let mut values = Vec::new();
    for value in operand.values {
        if value.form == Form::Word {
            unknown_constant(&value, constants, text);
        } else {
            values.push(value.into_spanned());
        }
    }
    values
}

/// Reports a word that stands for nothing.
pub(super) fn unknown_constant(value: &Value, constants: &Constants, text: &mut Text) {
    let word = &value.text;
    let help = did_you_mean(word, constants.names())
        .unwrap_or_else(|| format!("write a number, a text in quotes, or `let {word} = …` first"));
    let finding = Finding::at(value.span, format!("`{word}` stands for no value"))
        .label("no `let` gives it a value")
        .help(help);
    report::unknown_name(text, finding);
}

/// The content of a quoted text. Other words come back as they are.
pub(super) fn unescape(quoted: &str, span: Span, text: &mut Text) -> String {
    let Some(inner) = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return quoted.to_owned();
    };
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        out.push_str(rest.get(..at).unwrap_or(""));
        let escape = rest.get(at..).unwrap_or("");
        let Some((character, length)) = escaped(escape) else {
            bad_escape(inner.len() - rest.len() + at, escape, span, text);
            return out;
        };
        out.push(character);
        rest = escape.get(length..).unwrap_or("");
    }
    out + rest
}

/// The character that an escape stands for, and the escape's length.
fn escaped(escape: &str) -> Option<(char, usize)> {
    match escape.chars().nth(1)? {
        '"' => Some(('"', 2)),
        '\\' => Some(('\\', 2)),
        'n' => Some(('\n', 2)),
        'r' => Some(('\r', 2)),
        't' => Some(('\t', 2)),
        '0' => Some(('\0', 2)),
        'u' => {
            let digits = escape.get(3..)?.split('}').next()?;
            let is_number = escape.get(2..3) == Some("{") && digits.len() <= 6;
            let number = u32::from_str_radix(digits, 16).ok().filter(|_| is_number)?;
            escape.get(3 + digits.len()..).filter(|rest| rest.starts_with('}'))?;
            Some((char::from_u32(number)?, digits.len() + 4))
        }
        _ => None,
    }
}

fn bad_escape(at: usize, escape: &str, span: Span, text: &mut Text) {
    let start = span.range().start + 1 + at;
    let length = escape.chars().take(2).map(char::len_utf8).sum::<usize>();
    let span = text.span(start..start + length);
    let help =
        r#"write `\\` for a backslash; `\"`, `\n`, `\r`, `\t`, `\0` and `\u{…}` are escapes"#;
    report::bad_text(text, span, "this escape has no meaning", help.to_owned());
}

//! Texts that arguments and executables are compared with.

use writ_bundle::Pattern;

use super::value;
use crate::diagnostic::{Diagnostics, Finding, Reported, code};
use crate::policy::Operator;
use crate::set::{TextPattern, TextSet};
use crate::source::Spanned;

/// The longest text that is compared, in bytes: paths and strings are read up to here.
pub(super) const LONGEST: usize = 4095;

/// How a text is compared with a value.
pub(super) type MakePattern = fn(String) -> Pattern;

/// The patterns that an operator makes of its values; `None` when it is no operator on texts.
pub(super) fn pattern_of(operator: Operator) -> Option<MakePattern> {
    match operator {
        Operator::Equal | Operator::NotEqual | Operator::In | Operator::NotIn => {
            Some(Pattern::Equal)
        }
        Operator::Prefix | Operator::NotPrefix => Some(Pattern::Prefix),
        Operator::Postfix | Operator::NotPostfix => Some(Pattern::Postfix),
        Operator::GreaterThan
        | Operator::LessThan
        | Operator::Mask
        | Operator::InMap
        | Operator::NotInMap
        | Operator::InRange
        | Operator::NotInRange
        | Operator::SPort
        | Operator::NotSPort
        | Operator::SPortPriv
        | Operator::NotSPortPriv
        | Operator::DPort
        | Operator::NotDPort
        | Operator::DPortPriv
        | Operator::NotDPortPriv
        | Operator::SAddr
        | Operator::NotSAddr
        | Operator::DAddr
        | Operator::NotDAddr
        | Operator::Protocol
        | Operator::Family
        | Operator::State
        | Operator::CapabilitiesGained
        | Operator::SubString
        | Operator::SubStringIgnoreCase
        | Operator::CelExpression
        | Operator::FileType
        | Operator::NotFileType => None,
    }
}

/// The set of texts that a condition names.
pub(super) fn set(
    values: &[Spanned<String>],
    pattern: MakePattern,
    diagnostics: &mut Diagnostics,
) -> Result<TextSet, Reported> {
    let patterns = texts(values, diagnostics)?
        .into_iter()
        .map(|text| TextPattern { pattern: pattern(text.value), span: text.span })
        .collect();
    Ok(TextSet { patterns })
}

/// The texts that a condition names.
pub(super) fn texts(
    values: &[Spanned<String>],
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Spanned<String>>, Reported> {
    let texts: Vec<Result<Spanned<String>, Reported>> =
        values.iter().map(|value| text(value, diagnostics)).collect();
    let texts = texts.into_iter().collect::<Result<Vec<_>, _>>()?;
    value::warn_duplicates(&texts, diagnostics);
    Ok(texts)
}

/// A text without the zero bytes at its end, which Tetragon drops too.
fn text(
    value: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Result<Spanned<String>, Reported> {
    let trimmed = value.value.trim_end_matches('\0');
    if trimmed.is_empty() {
        let finding = Finding::at(value.span, "a text to compare with is empty")
            .label("empty")
            .help("leave it out, or name a text".to_owned());
        return Err(diagnostics.error(&code::EMPTY_TEXT, finding));
    }
    if trimmed.len() > LONGEST {
        let finding = Finding::at(value.span, "a text to compare with is too long")
            .label(format!("{} bytes", trimmed.len()))
            .note(format!("texts are read up to {LONGEST} bytes, so this could never match"));
        return Err(diagnostics.error(&code::VALUE_TOO_LONG, finding));
    }
    Ok(Spanned::new(trimmed.to_owned(), value.span))
}

//! Numbers and ranges as policies write them.

use crate::diagnostic::{Diagnostics, Finding, Fix, Reported, code};
use crate::resolved::Reader;
use crate::source::Spanned;

/// How a number without `0x`, `0o` or `0b` is read when it begins with `0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeadingZero {
    /// It is octal, as for Go's `ParseInt` with base 0.
    Octal,
    /// It means nothing: Tetragon reads the values of `InMap` as decimal.
    Nothing,
}

/// A number or a range with both ends included, within what `reader` can give.
pub(super) fn range(
    value: &Spanned<String>,
    zero: LeadingZero,
    reader: Reader,
    type_name: &str,
    diagnostics: &mut Diagnostics,
) -> Result<(i128, i128), Reported> {
    let (low, high) = match value.value.split_once(':') {
        Some((low, high)) => (parse(low, zero), parse(high, zero)),
        None => (parse(&value.value, zero), parse(&value.value, zero)),
    };
    let (Some(low), Some(high)) = (low, high) else {
        let finding = Finding::at(value.span, format!("`{}` is not a number", value.value))
            .label(format!("compared with a number of type `{type_name}`"))
            .help("write a number, such as `10`, `0x1f` or `-1`".to_owned());
        return Err(diagnostics.error(&code::NOT_A_NUMBER, finding));
    };
    within(low, value, reader, type_name, diagnostics)?;
    within(high, value, reader, type_name, diagnostics)?;
    if low > high {
        let finding = Finding::at(value.span, format!("the range `{}` is empty", value.value))
            .label("it begins after its end")
            .help(format!("write `{high}:{low}`"))
            .fix(turned(value));
        return Err(diagnostics.error(&code::REVERSED_RANGE, finding));
    }
    Ok((low, high))
}

/// The range from its end to its beginning, each as it was written, where it is written with a
/// colon: plainly or in quotes.
fn turned(range: &Spanned<String>) -> Option<Fix> {
    let (low, high) = range.value.split_once(':')?;
    if ![range.value.len(), range.value.len() + 2].contains(&range.span.range().len()) {
        return None;
    }
    let turned = format!("{high}:{low}");
    Some(Fix::safe(format!("write `{turned}`")).rewrite(range.span, turned))
}

/// Refuses a number that the value can never be.
fn within(
    number: i128,
    value: &Spanned<String>,
    reader: Reader,
    type_name: &str,
    diagnostics: &mut Diagnostics,
) -> Result<(), Reported> {
    let Some((least, most)) = reader.limits() else { return Ok(()) };
    if (least..=most).contains(&number) {
        return Ok(());
    }
    let finding = Finding::at(value.span, format!("`{number}` is no value of type `{type_name}`"))
        .label("the argument can never be this")
        .note(format!("here the argument is between {least} and {most}"));
    Err(diagnostics.error(&code::VALUE_OUT_OF_RANGE, finding))
}

/// A number with an optional sign, base prefix and `_` between digits; `None` when it is none or
/// larger than 64 bits.
pub(super) fn parse(text: &str, zero: LeadingZero) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let (base, digits) = match lower.get(..2) {
        Some("0x") => (16, lower.get(2..)?),
        Some("0o") => (8, lower.get(2..)?),
        Some("0b") => (2, lower.get(2..)?),
        _ if zero == LeadingZero::Octal && lower.len() > 1 && lower.starts_with('0') => {
            (8, lower.get(1..)?)
        }
        _ => (10, lower.as_str()),
    };
    let digits = digits.strip_prefix('_').filter(|_| base != 10).unwrap_or(digits);
    if digits.ends_with('_') || digits.starts_with(['_', '+', '-']) || digits.contains("__") {
        return None;
    }
    let magnitude = u64::from_str_radix(&digits.replace('_', ""), base).ok()?;
    Some(if negative { -i128::from(magnitude) } else { i128::from(magnitude) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_go_reads_them() {
        let cases = [
            ("10", Some(10)),
            ("-1", Some(-1)),
            ("0x1F", Some(31)),
            ("0o17", Some(15)),
            ("017", Some(15)),
            ("0b101", Some(5)),
            ("1_000", Some(1000)),
            ("0x_ff", Some(255)),
            ("0", Some(0)),
            ("18446744073709551615", Some(u64::MAX.into())),
            ("18446744073709551616", None),
            ("", None),
            ("-", None),
            ("0x", None),
            ("--1", None),
            ("1__0", None),
            ("_1", None),
            ("1_", None),
            ("09", None),
            ("1.5", None),
            ("ä", None),
        ];
        for (text, number) in cases {
            assert_eq!(parse(text, LeadingZero::Octal), number, "{text}");
        }
    }

    #[test]
    fn a_leading_zero_can_mean_nothing() {
        assert_eq!(parse("010", LeadingZero::Nothing), Some(10));
    }
}

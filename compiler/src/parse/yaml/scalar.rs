//! What type a plain scalar has. Tetragon reads YAML 1.1 (sigs.k8s.io/yaml, which wraps go-yaml 2),
//! where `yes` is a truth value and `010` is eight.

use super::nodes::{Scalar, Style};

/// A scalar by its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Typed {
    Null,
    Boolean(bool),
    Integer(i128),
    /// A number that is not whole. No key of a policy takes one.
    Fraction,
    Text,
}

impl Typed {
    /// What to call it in a message.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Fraction => "a number",
            Self::Text => "text",
        }
    }
}

/// The type of `scalar`.
pub(super) fn typed(scalar: &Scalar) -> Typed {
    match scalar.style {
        Style::Text => Typed::Text,
        Style::Plain => plain(&scalar.text),
    }
}

fn plain(text: &str) -> Typed {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Typed::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => {
            Typed::Boolean(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => {
            Typed::Boolean(false)
        }
        _ => number(text),
    }
}

fn number(text: &str) -> Typed {
    if !text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) {
        return Typed::Text;
    }
    let digits = text.replace('_', "");
    match integer(&digits) {
        Some(value) => Typed::Integer(value),
        None if is_fraction(&digits) => Typed::Fraction,
        None => Typed::Text,
    }
}

/// A whole number with Go's prefixes, if it fits 64 bits.
fn integer(digits: &str) -> Option<i128> {
    let (sign, magnitude) = match digits.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, digits.strip_prefix('+').unwrap_or(digits)),
    };
    let lower = magnitude.to_ascii_lowercase();
    let (radix, magnitude) = [("0x", 16), ("0o", 8), ("0b", 2)]
        .iter()
        .find_map(|&(prefix, radix)| Some((radix, lower.strip_prefix(prefix)?)))
        .or_else(|| Some((8, lower.strip_prefix('0').filter(|rest| !rest.is_empty())?)))
        .unwrap_or((10, &lower));
    let value = sign * i128::from(u64::from_str_radix(magnitude, radix).ok()?);
    (value >= i128::from(i64::MIN) && !magnitude.starts_with('+')).then_some(value)
}

fn is_fraction(digits: &str) -> bool {
    let unsigned = digits.strip_prefix(['-', '+']).unwrap_or(digits);
    let special = [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(&unsigned);
    // Rust also reads words such as `inf`, which YAML does not.
    special
        || !unsigned.contains(|c: char| c.is_alphabetic() && c != 'e' && c != 'E')
            && unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && unsigned.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_scalar_has_the_type_that_yaml_1_1_gives_it() {
        let cases = [
            ("yes", Typed::Boolean(true)),
            ("y", Typed::Boolean(true)),
            ("Off", Typed::Boolean(false)),
            ("yEs", Typed::Text),
            ("010", Typed::Integer(8)),
            ("0x1F", Typed::Integer(31)),
            ("0o17", Typed::Integer(15)),
            ("0b101", Typed::Integer(5)),
            ("1_000", Typed::Integer(1000)),
            ("-1", Typed::Integer(-1)),
            ("+7", Typed::Integer(7)),
            ("0", Typed::Integer(0)),
            ("18446744073709551615", Typed::Integer(18_446_744_073_709_551_615)),
            ("18446744073709551616", Typed::Fraction),
            ("08", Typed::Fraction),
            ("1.5", Typed::Fraction),
            ("1e3", Typed::Fraction),
            (".inf", Typed::Fraction),
            ("-", Typed::Text),
            ("+-1", Typed::Text),
            ("0x", Typed::Text),
            ("1.2.3.4", Typed::Text),
            ("10.0.0.0/8", Typed::Text),
            ("~", Typed::Null),
            ("", Typed::Null),
        ];
        for (text, expected) in cases {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn a_quoted_scalar_is_text() {
        let scalar = Scalar { text: "1".into(), style: Style::Text };
        assert_eq!(typed(&scalar), Typed::Text);
    }
}

//! Whether a text may stand for several places: then what mends one of them may spoil another.

use crate::source::{Shared, Source};

/// Whether what stands at `at` may be used elsewhere too. What only looks like it costs a fix, not a
/// policy.
pub(super) fn is_shared(source: &Source, at: usize) -> bool {
    let text = source.text.as_str();
    // A large text has many findings, and each is asked about.
    let shared = source.shared.get_or_init(|| Shared {
        has_alias: has_alias(text),
        has_constant: text.lines().any(is_let),
    });
    shared.has_alias || shared.has_constant && is_constant(text.get(..at).unwrap_or_default())
}

/// Whether YAML uses an alias anywhere, as in `values: *shells`.
fn has_alias(text: &str) -> bool {
    text.lines().any(|line| {
        !line.trim_start().starts_with('#')
            && line.match_indices('*').any(|(at, _)| {
                let (before, after) = line.split_at_checked(at).unwrap_or_default();
                let begins_value = before.trim_end().ends_with([':', '-', '[', ',']);
                let has_name = after.chars().nth(1).is_some_and(char::is_alphanumeric);
                begins_value && has_name
            })
    })
}

/// Whether what comes after `before` is in a constant of the Writ language: `let shells = […]`.
fn is_constant(before: &str) -> bool {
    let is_let = |before: &str| is_let(last_line(before));
    is_let(before) || before.rfind('[').and_then(|at| before.get(..at)).is_some_and(is_let)
}

fn is_let(line: &str) -> bool {
    line.trim_start().starts_with("let ")
}

fn last_line(text: &str) -> &str {
    text.rsplit('\n').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_is_known() {
        for (text, expected) in [
            ("values: *shells", true),
            ("- *shells", true),
            ("values: [*a, b]", true),
            ("values: [\"*a\"]", false),
            ("# all: *a", false),
            ("a * b", false),
        ] {
            assert_eq!(has_alias(text), expected, "{text}");
        }
    }

    #[test]
    fn a_constant_is_known() {
        for (text, expected) in [
            ("let one = \"x", true),
            ("  let some = [\n    \"a\",\n    \"x", true),
            ("let one = 1\nwhen a in [\"b\", \"x", false),
        ] {
            assert_eq!(is_constant(text), expected, "{text}");
        }
    }
}

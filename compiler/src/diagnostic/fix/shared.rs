//! Whether a text may stand for several places: then what mends one of them may spoil another.

/// Whether what stands at `at` may be used elsewhere too. What only looks like it costs a fix, not a
/// policy.
pub(super) fn is_shared(text: &str, at: usize) -> bool {
    has_alias(text) || is_constant(text.get(..at).unwrap_or_default())
}

/// Whether YAML uses an alias anywhere, as in `values: *shells`.
fn has_alias(text: &str) -> bool {
    text.match_indices('*').any(|(at, _)| {
        let (before, after) = text.split_at_checked(at).unwrap_or_default();
        let line = last_line(before);
        let begins_value = line.trim_end().ends_with([':', '-', '[', ',']);
        let is_comment = line.trim_start().starts_with('#');
        let has_name = after.chars().nth(1).is_some_and(|next| next.is_alphanumeric());
        begins_value && has_name && !is_comment
    })
}

/// Whether what comes after `before` is in a constant of the Writ language: `let shells = […]`.
fn is_constant(before: &str) -> bool {
    let is_let = |before: &str| last_line(before).trim_start().starts_with("let ");
    is_let(before) || before.rfind('[').and_then(|at| before.get(..at)).is_some_and(is_let)
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

//! How a value is written in place of another one.

/// `value` with the quotes that `old` has; `None` when `old` is written in another way, as in
/// several lines.
pub(super) fn like(old: &str, value: &str) -> Option<String> {
    if old.contains('\n') || old.starts_with(['|', '>']) || value.contains(char::is_control) {
        return None;
    }
    let quoted = || format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
    Some(if old.starts_with('"') {
        quoted()
    } else if old.starts_with('\'') {
        format!("'{}'", value.replace('\'', "''"))
    } else if can_be_plain(value) {
        value.to_owned()
    } else {
        quoted()
    })
}

/// Whether YAML and the Writ language read `value` as text, a word or a path without quotes.
fn can_be_plain(value: &str) -> bool {
    const OTHERS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    value.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/' || first == '_')
        && value.chars().all(|one| one.is_ascii_alphanumeric() || "_-./".contains(one))
        && !OTHERS.contains(&value.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_keeps_its_quotes_or_gets_those_it_needs() {
        for (old, value, new) in [
            ("\"a\"", "b\"", Some("\"b\\\"\"")),
            ("'a'", "it's", Some("'it''s'")),
            ("a", "NotEqual", Some("NotEqual")),
            ("a", "/etc/x-y.z", Some("/etc/x-y.z")),
            ("a", "no", Some("\"no\"")),
            ("a", "5", Some("\"5\"")),
            ("|\n  a", "b", None),
        ] {
            assert_eq!(like(old, value).as_deref(), new, "{old} {value}");
        }
    }
}

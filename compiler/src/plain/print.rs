//! Plain data as YAML text, in one style.
//!
//! Every reader must take a text for a text. YAML 1.1, which Kubernetes' readers speak, takes `y`
//! for true and `0o7`, `1e3` and `12:30` for numbers, so whatever is not plainly a word is quoted.

use std::fmt::Write as _;

use super::Value;

/// The document that holds `value`. It ends with a newline.
pub fn print(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::List(items) if !items.is_empty() => list(items, 0, &mut out),
        Value::Record(fields) if !fields.is_empty() => record(fields, 0, &mut out),
        Value::Text(_) | Value::Integer(_) | Value::Flag(_) | Value::List(_) | Value::Record(_) => {
            out.push_str(&scalar(value));
            out.push('\n');
        }
    }
    out
}

/// The first line of a record goes on where the text stands.
fn record(fields: &[(String, Value)], depth: usize, out: &mut String) {
    for (at, (key, value)) in fields.iter().enumerate() {
        if at > 0 {
            indent(depth, out);
        }
        out.push_str(&text(key));
        out.push(':');
        below(value, depth, out);
    }
}

/// What stands after a key. Lists are not indented below theirs.
fn below(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::List(items) if !items.is_empty() => {
            out.push('\n');
            indent(depth, out);
            list(items, depth, out);
        }
        Value::Record(fields) if !fields.is_empty() => {
            out.push('\n');
            indent(depth + 1, out);
            record(fields, depth + 1, out);
        }
        Value::Text(_) | Value::Integer(_) | Value::Flag(_) | Value::List(_) | Value::Record(_) => {
            out.push(' ');
            out.push_str(&scalar(value));
            out.push('\n');
        }
    }
}

fn list(items: &[Value], depth: usize, out: &mut String) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            indent(depth, out);
        }
        out.push('-');
        match item {
            Value::Record(fields) if !fields.is_empty() => {
                out.push(' ');
                record(fields, depth + 1, out);
            }
            Value::Text(_)
            | Value::Integer(_)
            | Value::Flag(_)
            | Value::List(_)
            | Value::Record(_) => below(item, depth + 1, out),
        }
    }
}

fn indent(depth: usize, out: &mut String) {
    out.push_str(&"  ".repeat(depth));
}

/// What stands on one line.
fn scalar(value: &Value) -> String {
    match value {
        Value::Text(written) => text(written),
        Value::Integer(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::List(_) => "[]".to_owned(),
        Value::Record(_) => "{}".to_owned(),
    }
}

fn text(written: &str) -> String {
    if is_word(written) { written.to_owned() } else { quoted(written) }
}

fn is_word(text: &str) -> bool {
    const OTHERS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    text.starts_with(|first: char| first.is_ascii_alphabetic() || "/_".contains(first))
        && text.chars().all(|one| one.is_ascii_alphanumeric() || "/_.-".contains(one))
        && !OTHERS.iter().any(|other| text.eq_ignore_ascii_case(other))
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            // Two of these begin an action of Helm's templates.
            '{' if out.ends_with('{') => escape(character, &mut out),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            // These are line breaks or marks to some readers, and the last two are no characters.
            '\u{85}' | '\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}'
            | '\u{ffff}' => escape(character, &mut out),
            other if other.is_control() => escape(other, &mut out),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

fn escape(character: char, out: &mut String) {
    // Writing to a text cannot fail.
    let _ = write!(out, "\\u{:04x}", u32::from(character));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_records_nest_in_one_style() {
        let text = |text: &str| Value::Text(text.to_owned());
        let field = |name: &str, value| (name.to_owned(), value);
        let value = Value::Record(vec![
            field("a", Value::List(vec![text("x"), Value::Integer(-1), Value::List(Vec::new())])),
            field(
                "b",
                Value::List(vec![Value::Record(vec![
                    field("c", Value::Flag(true)),
                    field("d", Value::Record(vec![field("e f", Value::Record(Vec::new()))])),
                ])]),
            ),
        ]);
        let expected = "a:\n- x\n- -1\n- []\nb:\n- c: true\n  d:\n    \"e f\": {}\n";
        assert_eq!(print(&value), expected);
    }

    #[test]
    fn what_is_no_word_is_quoted() {
        let cases = [
            ("/etc/shadow", "/etc/shadow"),
            ("kernel.func-1", "kernel.func-1"),
            ("Y", "\"Y\""),
            ("no", "\"no\""),
            ("12:30", "\"12:30\""),
            ("", "\"\""),
            ("a: b", "\"a: b\""),
            ("{{.x", "\"{\\u007b.x\""),
            ("a\"\\\n\u{85}", "\"a\\\"\\\\\\n\\u0085\""),
        ];
        for (written, expected) in cases {
            assert_eq!(print(&Value::Text(written.to_owned())), format!("{expected}\n"));
        }
    }
}

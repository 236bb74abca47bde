//! Lines with indentation, and texts in quotes.

/// Collects lines.
#[derive(Debug, Default)]
pub(super) struct Printer {
    out: String,
    depth: usize,
    /// Whether a blank line would separate two things.
    has_content: bool,
}

impl Printer {
    pub(super) fn line(&mut self, line: &str) {
        self.out.push_str(&"  ".repeat(self.depth));
        self.out.push_str(line);
        self.out.push('\n');
        self.has_content = true;
    }

    /// Lines from here on stand in a block.
    pub(super) fn indent(&mut self) {
        self.depth += 1;
        self.has_content = false;
    }

    pub(super) fn outdent(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.has_content = true;
    }

    /// A blank line, unless a block begins here.
    pub(super) fn paragraph(&mut self) {
        if self.has_content {
            self.out.push('\n');
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }
}

/// A text in double quotes, on one line.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            other if other.is_control() => {
                out.extend(other.escape_unicode());
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// Whether the language takes this text as a number without quotes.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// Whether the language takes this text as a word that is not reserved.
pub(super) fn is_word(text: &str) -> bool {
    const RESERVED: [&str; 6] = ["and", "or", "not", "when", "otherwise", "returning"];
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
        && !RESERVED.contains(&text)
}

/// A name: bare where the language takes it so.
pub(super) fn symbol(name: &str) -> String {
    if is_word(name) { name.to_owned() } else { quoted(name) }
}

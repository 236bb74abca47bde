//! How much of a text goes when an item of a list or an entry of a mapping is taken out.

use std::ops::Range;

use super::Extent;

/// The bytes that an edit of `range` takes away, or `None` when what is left would not be
/// well-formed, or when the text around it is none of the usual forms.
pub(super) fn range(text: &str, range: Range<usize>, extent: Extent) -> Option<Range<usize>> {
    text.get(range.clone())?;
    match extent {
        Extent::Exact | Extent::Value => Some(range),
        Extent::Item => in_flow(text, &range).or_else(|| block_item(text, &range)),
        Extent::Entry => in_flow(text, &range).or_else(|| block_entry(text, &range)),
    }
}

/// Between brackets or braces: with the comma after it, or else the one before it.
fn in_flow(text: &str, range: &Range<usize>) -> Option<Range<usize>> {
    let (before, after) = (text.get(..range.start)?, text.get(range.end..)?);
    let next = after.trim_start();
    if let Some(rest) = next.strip_prefix(',') {
        let rest = rest.trim_start_matches(' ');
        return Some(range.start..text.len() - rest.len());
    }
    if !next.starts_with([']', '}']) {
        return None;
    }
    let previous = before.trim_end().strip_suffix(',')?;
    Some(previous.len()..range.end)
}

/// A line, or several, of which the first begins with `- `, next to others of the kind.
fn block_item(text: &str, range: &Range<usize>) -> Option<Range<usize>> {
    let lines = lines_of(text, range)?;
    let indent = indent_of(text.get(lines.start..range.start)?.strip_suffix("- ")?)?;
    let is_item = |line: &str| {
        line.get(indent..).is_some_and(|rest| rest.starts_with("- ")) && is_blank(line, indent)
    };
    has_sibling(text, &lines, indent, is_item).then_some(lines)
}

/// A key with its value on lines of their own, next to other keys of the same mapping.
fn block_entry(text: &str, range: &Range<usize>) -> Option<Range<usize>> {
    let lines = lines_of(text, range)?;
    let before = text.get(lines.start..range.start)?;
    let is_key = |line: &str| {
        let rest = line.get(before.len()..).unwrap_or_default();
        is_blank(line, before.len()) && !rest.starts_with([' ', '-', '#']) && !rest.is_empty()
    };
    if before.trim_end_matches("- ").len() < before.len() {
        // The first key of an item: the next one takes its place behind the dash.
        let next = text.get(lines.end..)?.lines().next()?;
        return is_key(next).then_some(range.start..lines.end + before.len());
    }
    let indent = indent_of(before)?;
    let is_key_or_first = |line: &str| {
        is_key(line)
            || line.get(..indent).is_some_and(|start| {
                start.ends_with("- ") && indent_of(start.trim_end_matches("- ")).is_some()
            })
    };
    has_sibling(text, &lines, indent, is_key_or_first).then_some(lines)
}

/// The whole lines of `range`, when nothing but a comment comes after it.
fn lines_of(text: &str, range: &Range<usize>) -> Option<Range<usize>> {
    let start = text.get(..range.start)?.rfind('\n').map_or(0, |end| end + 1);
    let after = text.get(range.end..)?;
    let end = after.find('\n').map_or(text.len(), |end| range.end + end + 1);
    let rest = text.get(range.end..end)?.trim();
    (rest.is_empty() || rest.starts_with('#')).then_some(start..end)
}

/// The length of `text`, when it is all spaces.
fn indent_of(text: &str) -> Option<usize> {
    text.bytes().all(|byte| byte == b' ').then_some(text.len())
}

fn is_blank(line: &str, indent: usize) -> bool {
    line.get(..indent).and_then(indent_of).is_some()
}

/// Whether a line before or after `lines`, with none less indented between, is of the kind asked
/// for.
fn has_sibling(
    text: &str,
    lines: &Range<usize>,
    indent: usize,
    is_sibling: impl Fn(&str) -> bool,
) -> bool {
    let (before, after) =
        (text.get(..lines.start).unwrap_or_default(), text.get(lines.end..).unwrap_or_default());
    let nearest = |line: &&str| {
        let content = line.trim_start();
        if content.is_empty() || content.starts_with('#') {
            return false;
        }
        let depth = line.len() - content.len();
        // A dash as far in as a key begins an item of that key's list.
        is_sibling(line) || depth < indent || (depth == indent && !content.starts_with("- "))
    };
    before.lines().rev().find(nearest).is_some_and(&is_sibling)
        || after.lines().find(nearest).is_some_and(&is_sibling)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `text` without what stands between `<` and `>` in it.
    fn without(text: &str, extent: Extent) -> Option<String> {
        let (start, end) = (text.find('<').unwrap(), text.find('>').unwrap());
        let mut plain = text.replace(['<', '>'], "");
        plain.replace_range(range(&plain, start..end - 1, extent)?, "");
        Some(plain)
    }

    #[test]
    fn an_item_goes_with_its_line_or_its_comma() {
        for (text, expected) in [
            ("v: [<1>, 2]", Some("v: [2]")),
            ("v: [1, <2>]", Some("v: [1]")),
            ("v: [1, <2>, 3]", Some("v: [1, 3]")),
            ("v: [\n  1,\n  <2>\n]", Some("v: [\n  1\n]")),
            ("v: [<1>]", None),
            ("v:\n- <1>\n- 2\n", Some("v:\n- 2\n")),
            ("v:\n- 1\n- <2> # two\nw: 3\n", Some("v:\n- 1\nw: 3\n")),
            ("v:\n- 1\n- <2>", Some("v:\n- 1\n")),
            ("- v:\n  - <1>\n- w:\n", None),
            ("v:\n- <1>\nw:\n- 2\n", None),
            ("v:\n- <a: 1\n  b: 2>\n- c\n", Some("v:\n- c\n")),
            ("v:\n- &x <1>\n- 2\n", None),
        ] {
            assert_eq!(without(text, Extent::Item).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn an_entry_goes_with_its_lines_or_its_comma() {
        for (text, expected) in [
            ("{<a: 1>, b: 2}", Some("{b: 2}")),
            ("{a: 1, <b: 2>}", Some("{a: 1}")),
            ("- {<a: 1>}", None),
            ("- <a: 1>\n  b: 2\n", Some("- b: 2\n")),
            ("- a: 1\n  <b: 2>\n", Some("- a: 1\n")),
            ("- <a: 1>\n- b: 2\n", None),
            ("x:\n  <a: 1>\n  b:\n  - 2\n", Some("x:\n  b:\n  - 2\n")),
            ("x:\n  b:\n  - 2\n  <a:\n    c: 1>\n", Some("x:\n  b:\n  - 2\n")),
            ("x:\n  <a: 1>\ny: 2\n", None),
        ] {
            assert_eq!(without(text, Extent::Entry).as_deref(), expected, "{text}");
        }
    }
}

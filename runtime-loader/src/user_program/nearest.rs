//! Which names are like one that is missing.

/// Names in a message.
const SHOWN: usize = 3;

/// Longer names are not compared: what is wanted was written by hand.
const LENGTH_MAX: usize = 128;

/// Names are looked at no further than this: the file can have as many as it likes.
const NAMES_MAX: usize = 1 << 20;

/// The names nearest to `wanted`, in backticks, best first.
pub(crate) fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let limit = (wanted.len() / 3).max(1);
    let mut best: Vec<(usize, &str)> = Vec::new();
    if wanted.len() > LENGTH_MAX {
        return Vec::new();
    }
    for name in names.take(NAMES_MAX) {
        let is_plain = name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'`');
        if !is_plain || name.len().abs_diff(wanted.len()) > limit {
            continue;
        }
        let distance = distance(wanted.as_bytes(), name.as_bytes());
        if distance <= limit && best.iter().all(|(_, known)| *known != name) {
            best.push((distance, name));
            best.sort_unstable();
            best.truncate(SHOWN);
        }
    }
    best.into_iter().map(|(_, name)| format!("`{name}`")).collect()
}

/// How many bytes must be put in, taken out or replaced (Levenshtein).
fn distance(left: &[u8], right: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, from) in left.iter().enumerate() {
        let mut corner = line;
        let mut beside = line + 1;
        if let Some(first) = row.first_mut() {
            *first = beside;
        }
        for (cell, to) in row.iter_mut().skip(1).zip(right) {
            let replaced = corner + usize::from(from != to);
            corner = *cell;
            beside = replaced.min(corner + 1).min(beside + 1);
            *cell = beside;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_levenshteins() {
        for (left, right, wanted) in
            [("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("readlin", "readline", 1)]
        {
            assert_eq!(distance(left.as_bytes(), right.as_bytes()), wanted, "{left} {right}");
        }
        assert_eq!(distance(b"kitten", b"sitting"), 3);
    }

    #[test]
    fn the_nearest_names_come_first_and_strange_ones_never() {
        let names = ["malloc", "mallocx", "calloc", "mal\nloc", "free", "malloc"];
        assert_eq!(nearest("maloc", names.into_iter()), ["`malloc`"]);
        assert_eq!(nearest("mallocy", names.into_iter()), ["`malloc`", "`mallocx`", "`calloc`"]);
        assert!(nearest("printf", names.into_iter()).is_empty());
    }
}

//! Which legal words a mistyped one is nearest to.

use super::{Fix, Safety};
use crate::source::Span;

/// Help that names the legal words nearest to `word`, or nothing when none is near.
pub fn did_you_mean<'a>(word: &str, legal: impl IntoIterator<Item = &'a str>) -> Option<String> {
    Near::to(word, legal).help()
}

/// The legal word that was certainly meant by `word`: the only one that is as near as it is.
pub fn nearest<'a>(word: &str, legal: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    Near::to(word, legal).meant().map(|(_, word)| word)
}

/// More edits than these are never between a mistyped word and the one that was meant.
pub const MOST_EDITS: usize = 4;

/// The legal words that are near to a mistyped one, the nearest first.
#[derive(Debug)]
pub struct Near<'a> {
    /// With the number of edits that make them of the mistyped word.
    words: Vec<(usize, &'a str)>,
}

impl<'a> Near<'a> {
    /// The words of `legal` that are near to `word`.
    pub fn to(word: &str, legal: impl IntoIterator<Item = &'a str>) -> Self {
        let word = Word::of(word);
        let mut limit = most_edits(word.letters.len());
        let mut words: Vec<(usize, &str)> = Vec::new();
        let mut comparison = Comparison::default();
        for candidate in legal {
            if !word.may_be_near(candidate, limit) {
                continue;
            }
            let distance = comparison.distance(&word.letters, candidate, limit);
            if distance <= limit {
                words.push((distance, candidate));
                // What is much farther away than the nearest was not meant.
                limit = limit.min(distance + 1);
            }
        }
        words.retain(|&(distance, _)| distance <= limit);
        words.sort_unstable();
        words.dedup();
        // A word that differs in case alone leaves no doubt.
        if words.first().is_some_and(|&(distance, _)| distance == 0) {
            words.truncate(1);
        }
        Self { words }
    }

    /// Names them, or says nothing when there is none.
    pub fn help(&self) -> Option<String> {
        let names: Vec<String> =
            self.words.iter().take(3).map(|(_, name)| format!("`{name}`")).collect();
        let (last, rest) = names.split_last()?;
        let joined =
            if rest.is_empty() { last.clone() } else { format!("{} or {last}", rest.join(", ")) };
        Some(format!("did you mean {joined}?"))
    }

    /// Writes the word that was meant at `span`, when one is nearer than all others. `safety` says whether a word
    /// of few letters more or less can be nothing else; one of another case never can.
    pub fn fix(&self, span: Span, safety: Safety) -> Option<Fix> {
        let (distance, word) = self.meant()?;
        let safety = if distance == 0 { Safety::Safe } else { safety };
        Some(Fix { safety, ..Fix::safe(format!("write `{word}`")).rewrite(span, word) })
    }

    /// The only word that is as near as it is, and how near.
    fn meant(&self) -> Option<(usize, &'a str)> {
        match self.words.as_slice() {
            [only] => Some(*only),
            [first, second, ..] if first.0 < second.0 => Some(*first),
            _ => None,
        }
    }
}

/// How many edits a word of so many letters may be away from the one that was meant. Beyond four,
/// names of functions are near to one another by chance.
fn most_edits(letters: usize) -> usize {
    (letters / 3).clamp(1, MOST_EDITS)
}

/// A word without its case, so that `Syscall` is nearest to `syscall`.
struct Word {
    letters: Vec<char>,
    counts: Counts,
    /// Which letters it has; `None` when it has others than ASCII.
    mask: Option<u32>,
}

/// How often each letter and digit is in a word, whatever its case; all others count as one.
type Counts = [u8; 37];

impl Word {
    fn of(word: &str) -> Self {
        let letters: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
        let mask = word.is_ascii().then(|| mask(word));
        Self { counts: counts(letters.iter().copied()), letters, mask }
    }

    /// Whether the distance to `candidate` can be at most `limit`. A kernel has 60,000 functions,
    /// and this is quickly asked: each edit adds at most one letter and takes at most one away.
    fn may_be_near(&self, candidate: &str, limit: usize) -> bool {
        if candidate.is_ascii() {
            if self.letters.len().abs_diff(candidate.len()) > limit {
                return false;
            }
            let missing = self.mask.map_or(0, |mine| (mine & !mask(candidate)).count_ones());
            if missing as usize > limit {
                return false;
            }
        }
        let other = if candidate.is_ascii() {
            counts(candidate.bytes().map(|byte| char::from(byte.to_ascii_lowercase())))
        } else {
            counts(candidate.chars().flat_map(char::to_lowercase))
        };
        let (mut added, mut taken) = (0usize, 0usize);
        for (here, there) in self.counts.iter().zip(&other) {
            added += usize::from(there.saturating_sub(*here));
            taken += usize::from(here.saturating_sub(*there));
        }
        added.max(taken) <= limit
    }
}

/// A bit for each letter that occurs, whatever its case; some share a bit.
fn mask(word: &str) -> u32 {
    word.bytes().fold(0, |mask, byte| mask | 1 << (byte & 31))
}

fn counts(letters: impl Iterator<Item = char>) -> Counts {
    let mut counts = [0; 37];
    for letter in letters {
        let place = match letter {
            'a'..='z' => letter as usize - 'a' as usize,
            '0'..='9' => letter as usize - '0' as usize + 26,
            _ => 36,
        };
        if let Some(count) = counts.get_mut(place) {
            *count = u8::saturating_add(*count, 1);
        }
    }
    counts
}

/// Where words are compared. A kernel's 60,000 functions are compared in one place, so that memory
/// is asked for once.
#[derive(Default)]
struct Comparison {
    right: Vec<char>,
    before_last: Vec<usize>,
    last: Vec<usize>,
    row: Vec<usize>,
}

impl Comparison {
    /// Edits between two words, whatever the case of the second: insertions, deletions,
    /// substitutions and swaps of neighbours. Once it is certain that there are more than `limit`,
    /// any number above `limit`.
    fn distance(&mut self, left: &[char], right: &str, limit: usize) -> usize {
        let Self { right: letters, before_last, last, row } = self;
        letters.clear();
        letters.extend(right.chars().flat_map(char::to_lowercase));
        before_last.clear();
        last.clear();
        last.extend(0..=letters.len());
        for (i, a) in left.iter().enumerate() {
            row.clear();
            row.push(i + 1);
            let mut least = i + 1;
            for (j, b) in letters.iter().enumerate() {
                let cell =
                    |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
                let mut cost = (cell(last, j) + usize::from(a != b))
                    .min(cell(last, j + 1) + 1)
                    .min(cell(row, j) + 1);
                let swapped =
                    i > 0 && j > 0 && left.get(i - 1) == Some(b) && letters.get(j - 1) == Some(a);
                if swapped {
                    cost = cost.min(cell(before_last, j - 1) + 1);
                }
                least = least.min(cost);
                row.push(cost);
            }
            // A swap reaches back over one row, so two in sequence must be beyond the limit.
            if least > limit && last.iter().all(|&cost| cost > limit) {
                return limit + 1;
            }
            std::mem::swap(before_last, last);
            std::mem::swap(last, row);
        }
        last.last().copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_words_are_named_nearest_first() {
        let legal = ["matchArgs", "matchBinaries", "matchActions"];
        assert_eq!(did_you_mean("matchArg", legal), Some("did you mean `matchArgs`?".into()));
        assert_eq!(did_you_mean("something", legal), None);
    }

    #[test]
    fn a_word_is_replaced_when_one_is_nearer_than_all_others() {
        let span = Span::new(crate::source::SourceMap::default().add("a", "b"), 0..1);
        let safety = |word, legal: &[&'static str]| {
            let near = Near::to(word, legal.iter().copied());
            near.fix(span, Safety::Unsafe).map(|fix| fix.safety)
        };
        assert_eq!(safety("vfs_raed", &["vfs_read", "security"]), Some(Safety::Unsafe));
        assert_eq!(safety("VFS_read", &["vfs_read", "vfs_readv"]), Some(Safety::Safe));
        assert_eq!(safety("vfs_rea", &["vfs_read", "vfs_real"]), None);
    }

    #[test]
    fn distances_are_counted_up_to_the_limit() {
        let cases = [
            ("Prefxi", "Prefix", 1),
            ("abc", "abc", 0),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("abcdefghijkl", "mnopqrstuvwx", 5),
        ];
        for (left, right, expected) in cases {
            let from = Word::of(left).letters;
            let distance = Comparison::default().distance(&from, right, 4);
            assert_eq!(distance, expected, "{left} {right}");
        }
    }

    #[test]
    fn what_is_passed_over_is_not_near() {
        let words =
            ["security_file_open", "Sicherheit", "sys_opne", "é", "", "vfs_read", "ab", "ba"];
        for left in words {
            for right in words {
                let from = Word::of(left);
                let far = Comparison::default().distance(&from.letters, right, usize::MAX - 1);
                assert!(from.may_be_near(right, far), "{left} {right}");
            }
        }
    }
}

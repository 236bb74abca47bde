//! What GitHub code scanning takes of one report: 25,000 results, of which it shows the 5,000 most
//! severe, in at most 10 MB after gzip ("SARIF support for code scanning", section on limits).

use std::cmp::Reverse;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::Found;

/// More results than this in one run are refused.
pub(super) const RESULTS_MAX: usize = 25_000;

/// Of more results than this only the most severe are shown.
const SHOWN_MAX: usize = 5_000;

/// A longer file is refused; in bytes after gzip.
const FILE_MAX: usize = 10_000_000;

/// The `most` most severe of `all`, in their own order.
pub(super) fn most_severe<'a>(all: &[Found<'a>], most: usize) -> Vec<Found<'a>> {
    let mut places: Vec<usize> = (0..all.len()).collect();
    places.sort_by_key(|&place| Reverse(all.get(place).map(|(found, _)| found.severity)));
    places.truncate(most);
    places.sort_unstable();
    places.into_iter().filter_map(|place| all.get(place).copied()).collect()
}

/// Whether the file can be uploaded. Nothing grows in gzip by more than a few bytes.
pub(super) fn is_small_enough(text: &str) -> bool {
    if text.len() < FILE_MAX {
        return true;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let packed = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish());
    packed.is_ok_and(|packed| packed.len() < FILE_MAX)
}

/// What whoever opens the report should know about what is not in it, or not shown.
pub(super) fn notifications(kept: usize, all: usize) -> Vec<Value> {
    let mut list = Vec::new();
    if kept < all {
        list.push(format!(
            "{kept} of {all} results are in this report, the most severe, since GitHub refuses \
             more than {RESULTS_MAX} results or 10 MB; another format has them all"
        ));
    }
    if kept > SHOWN_MAX {
        list.push(format!("GitHub shows the {SHOWN_MAX} most severe of these {kept} results"));
    }
    list.into_iter()
        .map(|text| json!({ "level": "warning", "message": { "text": text } }))
        .collect()
}

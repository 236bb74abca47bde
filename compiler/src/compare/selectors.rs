//! Selectors, matched up by what they say and then by their place, since the first match wins.

use writ_bundle::Selector;

use super::field;
use crate::difference::{Change, Field, SelectorDifference};

/// What differs between two lists of selectors.
pub(super) fn compare(old: &[Selector], new: &[Selector]) -> Vec<SelectorDifference> {
    let mut differences = Vec::new();
    let (mut old_at, mut new_at) = (0, 0);
    let kept = unchanged(old, new);
    // Between two selectors that stayed, what went is paired with what came.
    for (old_kept, new_kept) in kept.into_iter().chain([(old.len(), new.len())]) {
        while old_at < old_kept || new_at < new_kept {
            let left = (old_at < old_kept).then_some(old_at);
            let right = (new_at < new_kept).then_some(new_at);
            differences.push(difference(old, left, new, right));
            old_at += usize::from(left.is_some());
            new_at += usize::from(right.is_some());
        }
        old_at = old_kept + 1;
        new_at = new_kept + 1;
    }
    differences
}

/// Places of the longest common subsequence.
fn unchanged(old: &[Selector], new: &[Selector]) -> Vec<(usize, usize)> {
    // lengths[i][j]: the longest common subsequence of old[i..] and new[j..].
    let mut lengths = vec![vec![0usize; new.len() + 1]; old.len() + 1];
    let at = |lengths: &[Vec<usize>], i: usize, j: usize| {
        lengths.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0)
    };
    for (i, left) in old.iter().enumerate().rev() {
        for (j, right) in new.iter().enumerate().rev() {
            let longest = if is_same(left, right) {
                at(&lengths, i + 1, j + 1) + 1
            } else {
                at(&lengths, i + 1, j).max(at(&lengths, i, j + 1))
            };
            if let Some(cell) = lengths.get_mut(i).and_then(|row| row.get_mut(j)) {
                *cell = longest;
            }
        }
    }
    let (mut i, mut j, mut kept) = (0, 0, Vec::new());
    while let (Some(left), Some(right)) = (old.get(i), new.get(j)) {
        if is_same(left, right) {
            kept.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if at(&lengths, i + 1, j) >= at(&lengths, i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    kept
}

/// Whether two selectors ask and do the same, wherever they stand.
fn is_same(left: &Selector, right: &Selector) -> bool {
    fields(Some(left), Some(right)).is_empty()
}

fn difference(
    old: &[Selector],
    old_place: Option<usize>,
    new: &[Selector],
    new_place: Option<usize>,
) -> SelectorDifference {
    let left = old_place.and_then(|place| old.get(place));
    let right = new_place.and_then(|place| new.get(place));
    SelectorDifference {
        old_place: old_place.map(|place| place + 1),
        new_place: new_place.map(|place| place + 1),
        change: match (left, right) {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            _ => Change::Changed,
        },
        fields: fields(left, right),
    }
}

fn fields(old: Option<&Selector>, new: Option<&Selector>) -> Vec<Field> {
    let both =
        |name, of: fn(&Selector) -> Option<String>| field(name, old.and_then(of), new.and_then(of));
    let actions = |actions: &[String]| (!actions.is_empty()).then(|| actions.join(", "));
    let new_actions = new.and_then(|selector| actions(&selector.actions));
    let new_return_actions = new.and_then(|selector| actions(&selector.return_actions));
    [
        both("condition", |selector| Some(selector.condition.clone())),
        field("actions", old.and_then(|selector| actions(&selector.actions)), new_actions),
        both("return condition", |selector| selector.return_condition.clone()),
        field(
            "return actions",
            old.and_then(|selector| actions(&selector.return_actions)),
            new_return_actions,
        ),
        both("label", |selector| selector.label.clone()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selector(condition: &str) -> Selector {
        Selector {
            label: None,
            condition: condition.into(),
            actions: vec!["post".into()],
            return_condition: None,
            return_actions: Vec::new(),
            requests: Vec::new(),
            return_requests: Vec::new(),
            at: writ_bundle::SourceRange { source: 0, line: 1, column: 1 },
        }
    }

    fn places(old: &[&str], new: &[&str]) -> Vec<(Option<usize>, Option<usize>)> {
        let list = |texts: &[&str]| texts.iter().map(|text| selector(text)).collect::<Vec<_>>();
        let differences = compare(&list(old), &list(new));
        differences.iter().map(|one| (one.old_place, one.new_place)).collect()
    }

    #[test]
    fn a_selector_put_in_front_does_not_change_the_others() {
        assert_eq!(places(&["b", "c"], &["a", "b", "c"]), [(None, Some(1))]);
    }

    #[test]
    fn a_changed_selector_is_paired_with_what_it_became() {
        assert_eq!(places(&["a", "b", "c"], &["a", "x", "c"]), [(Some(2), Some(2))]);
    }

    #[test]
    fn exchanging_two_selectors_is_a_difference() {
        assert!(!places(&["a", "b"], &["b", "a"]).is_empty());
    }
}

//! In which ways programs can be attached to a function, and what speaks against it.

use super::answer::Answer;
use super::profile::{Part, Profile};

/// Whether ftrace can trace `function`.
pub(super) fn traceable(profile: &Profile, function: &str) -> Answer {
    match profile.traceable_count(function) {
        Err(reason) => Answer::unknown(reason),
        Ok(_) => Answer::unknown("not asked"),
    }
}

/// Whether `function` is in the error-injection list.
pub(super) fn error_injectable(profile: &Profile, function: &str) -> Answer {
    match profile.lines(Part::ErrorInjection) {
        Err(reason) => Answer::unknown(reason),
        Ok(lines) => match lines.after(&format!("{function}\t")) {
            Some(kind) => Answer::shown(format!("the error-injection list has it as `{kind}`")),
            None => Answer::absent("the error-injection list lacks it"),
        },
    }
}

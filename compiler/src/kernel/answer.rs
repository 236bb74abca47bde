//! What a profile answers to a question about its kernel: yes, no or cannot tell, and why.

use std::fmt;

/// Whether something is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is there.
    Present(Evidence),
    /// It is not there.
    Absent(Evidence),
    /// The profile does not tell; the text says which source is missing.
    Unknown(String),
}

/// What an answer rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub strength: Strength,
    /// A clause without final period that fits behind "since", kernel words in backticks.
    pub text: String,
}

/// How good evidence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Concluded from something that usually, but not always, goes with it.
    Inferred,
    /// The kernel said so itself.
    Shown,
}

impl Answer {
    /// Present, as the kernel itself shows.
    pub fn shown(text: impl Into<String>) -> Self {
        Self::Present(Evidence { strength: Strength::Shown, text: text.into() })
    }

    /// Present, as far as can be concluded.
    pub fn inferred(text: impl Into<String>) -> Self {
        Self::Present(Evidence { strength: Strength::Inferred, text: text.into() })
    }

    /// Absent, as the kernel itself shows.
    pub fn absent(text: impl Into<String>) -> Self {
        Self::Absent(Evidence { strength: Strength::Shown, text: text.into() })
    }

    /// Absent, as far as can be concluded.
    pub fn inferred_absent(text: impl Into<String>) -> Self {
        Self::Absent(Evidence { strength: Strength::Inferred, text: text.into() })
    }

    /// The profile does not tell, since `reason`.
    pub fn unknown(reason: impl Into<String>) -> Self {
        Self::Unknown(reason.into())
    }

    /// Whether it is certain, or nearly so, that it is there.
    pub fn is_present(&self) -> bool {
        matches!(self, Self::Present(_))
    }

    /// Whether it is certain, or nearly so, that it is not there.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent(_))
    }

    /// Whether the profile does not tell.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// The evidence or the reason why there is none.
    pub fn because(&self) -> &str {
        match self {
            Self::Present(evidence) | Self::Absent(evidence) => &evidence.text,
            Self::Unknown(reason) => reason,
        }
    }

    /// The answer to "both": the first that is absent, else the first that is unknown, else the
    /// one that rests on less, else the second, which is to be the more special one.
    #[must_use]
    pub fn and(self, other: impl FnOnce() -> Self) -> Self {
        if self.is_absent() {
            return self;
        }
        let other = other();
        match (&self, &other) {
            (Self::Absent(_), _) => self,
            (_, Self::Absent(_)) => other,
            (Self::Unknown(_), _) => self,
            (_, Self::Unknown(_)) => other,
            (Self::Present(left), Self::Present(right)) => {
                if left.strength < right.strength {
                    self
                } else {
                    other
                }
            }
        }
    }

    /// The answer to "either": the first that is present, else the first that is unknown.
    #[must_use]
    pub fn or(self, other: impl FnOnce() -> Self) -> Self {
        if self.is_present() {
            return self;
        }
        let other = other();
        if other.is_present() || (self.is_absent() && other.is_unknown()) { other } else { self }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Self::Present(Evidence { strength: Strength::Shown, .. }) => "present",
            Self::Present(Evidence { strength: Strength::Inferred, .. }) => "present (inferred)",
            Self::Absent(Evidence { strength: Strength::Shown, .. }) => "absent",
            Self::Absent(Evidence { strength: Strength::Inferred, .. }) => "absent (inferred)",
            Self::Unknown(_) => "unknown",
        };
        write!(f, "{word}: {}", self.because())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_wins_over_unknown_and_unknown_over_present() {
        let present = || Answer::shown("p");
        let unknown = || Answer::unknown("u");
        let absent = || Answer::absent("a");
        assert!(unknown().and(absent).is_absent());
        assert!(present().and(unknown).is_unknown());
        assert!(unknown().and(present).is_unknown());
        assert!(absent().and(unknown).is_absent());
    }

    #[test]
    fn two_present_answers_are_as_good_as_the_weaker() {
        let answer = Answer::shown("p").and(|| Answer::inferred("i"));
        assert_eq!(answer, Answer::inferred("i"));
    }

    #[test]
    fn either_is_unknown_when_one_is_unknown_and_none_present() {
        assert!(Answer::absent("a").or(|| Answer::unknown("u")).is_unknown());
        assert!(Answer::absent("a").or(|| Answer::shown("p")).is_present());
    }
}

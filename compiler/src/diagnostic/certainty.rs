//! How sure a finding is.

/// What a finding rests on, from the best to the worst.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// The policy's own text, the kernel's BTF or its configuration says so.
    #[default]
    Proven,
    /// A list of names or something that is usually, but not always, so.
    Inferred,
    /// The kernel's profile lacks the fact that would decide it.
    Unknown,
}

impl Certainty {
    /// The word for it in every output form.
    pub fn word(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Inferred => "inferred",
            Self::Unknown => "unknown",
        }
    }

    /// Of the same finding on two kernels no more is claimed than holds on both.
    #[must_use]
    pub fn weaker(self, other: Self) -> Self {
        self.max(other)
    }
}

//! What Tetragon itself would say to what a finding is about.

/// Tetragon's answer to a policy that has a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TetragonAnswer {
    /// It loads the policy, and then perhaps does something else than was meant.
    Accepts,
    /// It refuses the policy, or its agent crashes on it.
    Refuses,
}

impl TetragonAnswer {
    /// The word for it in every output form.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepts => "accepts",
            Self::Refuses => "refuses",
        }
    }
}

//! Who runs a policy, and what that engine can do at most.

pub mod answer_table;
pub mod cost_table;
pub mod limit_table;
pub mod load;

pub use load::LoadBudget;

/// An engine that policies are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Engine {
    /// This project: policies are compiled.
    #[default]
    Writ,
    /// Tetragon: an agent interprets them.
    Tetragon(TetragonVersion),
}

/// A version of Tetragon whose answers are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TetragonVersion {
    /// 1.7 (CRD schema 1.8.13).
    V1_7,
}

impl Engine {
    /// Every engine, by the name that `--engine` takes. `tetragon` alone is the newest.
    pub const NAMES: [(&'static str, Self); 3] = [
        ("writ", Self::Writ),
        ("tetragon", Self::Tetragon(TetragonVersion::V1_7)),
        ("tetragon@1.7", Self::Tetragon(TetragonVersion::V1_7)),
    ];

    /// The engine with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.into_iter().find(|(known, _)| *known == name).map(|(_, engine)| engine)
    }

    /// The name with the version.
    pub fn name(self) -> &'static str {
        match self {
            Self::Writ => "writ",
            Self::Tetragon(TetragonVersion::V1_7) => "tetragon@1.7",
        }
    }
}

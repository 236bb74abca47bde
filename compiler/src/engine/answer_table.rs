//! What Tetragon says to the findings of the phases that know nothing of it, by code.
//!
//! A finding can know better ([`TetragonAnswer`](crate::diagnostic::TetragonAnswer)); this is for
//! those that do not say.

/// What Tetragon says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeAnswer {
    /// It refuses such a policy.
    Refuses,
    /// It takes such a policy.
    Accepts,
    /// The finding is about this project's engine only.
    OnlyOurs,
    /// A TP08 code decides; where that has a finding at the same place, this one explains it.
    Explains,
}

/// Codes that differ from what their range says.
pub const EXCEPTIONS: &[(&str, CodeAnswer)] = &[
    // Tetragon reads nothing but the first document of a file.
    ("TP0107", CodeAnswer::Accepts),
    ("TP0118", CodeAnswer::Accepts),
    ("TP0119", CodeAnswer::Accepts),
    ("TP0121", CodeAnswer::Accepts),
    ("TP0122", CodeAnswer::Accepts),
    ("TP0127", CodeAnswer::Accepts),
    ("TP0128", CodeAnswer::Accepts),
    // Nobody gives Tetragon a template before it is filled in.
    ("TP0158", CodeAnswer::Accepts),
    ("TP0201", CodeAnswer::Explains),
    ("TP0202", CodeAnswer::Explains),
    ("TP0203", CodeAnswer::Explains),
    ("TP0204", CodeAnswer::Explains),
    ("TP0205", CodeAnswer::Explains),
    ("TP0207", CodeAnswer::Explains),
    // Tetragon compiles formulas when it reads them.
    ("TP0350", CodeAnswer::Refuses),
    ("TP0401", CodeAnswer::OnlyOurs),
    ("TP0502", CodeAnswer::OnlyOurs),
    ("TP0503", CodeAnswer::OnlyOurs),
    ("TP0590", CodeAnswer::OnlyOurs),
    ("TP0601", CodeAnswer::OnlyOurs),
    ("TP0655", CodeAnswer::OnlyOurs),
    ("TP0701", CodeAnswer::OnlyOurs),
];

/// What Tetragon says to a finding with this code.
pub fn answer(code: &str) -> CodeAnswer {
    if let Some((_, answer)) = EXCEPTIONS.iter().find(|(known, _)| *known == code) {
        return *answer;
    }
    // Texts that cannot be read and documents that break the schema are refused. What names and
    // types mean, Tetragon finds out by itself, and then the TP08 codes say so.
    if code.starts_with("TP00") || code.starts_with("TP01") {
        CodeAnswer::Refuses
    } else {
        CodeAnswer::Accepts
    }
}

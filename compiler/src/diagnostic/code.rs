//! The catalogue of diagnostic codes. A code is never renumbered or used again.
//!
//! Ranges: TP00 files, TP01 syntax and schema, TP02 names, TP03 types and values, TP04 kernel
//! features, TP05 limits, TP06 actions, TP07 bundle, TP08 Tetragon compatibility, TP09 lints.

/// How bad a finding is, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Probably not what was meant.
    Warning,
    /// The policy cannot be compiled, or would not do what it says.
    Error,
}

/// One kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `TP` and four digits.
    pub id: &'static str,
    /// Readable after "allow": `unknown-hook`.
    pub name: &'static str,
    pub severity: Severity,
    /// One line for lists.
    pub summary: &'static str,
    /// The page that `writ explain` prints.
    pub page: &'static str,
}

macro_rules! catalogue {
    ($($constant:ident = $id:literal $name:literal $severity:ident $summary:literal;)*) => {
        $(
            #[doc = $summary]
            pub static $constant: Code = Code {
                id: $id,
                name: $name,
                severity: Severity::$severity,
                summary: $summary,
                page: include_str!(concat!("../../codes/", $id, ".md")),
            };
        )*
        /// Every code, ordered by id.
        pub static ALL: &[&Code] = &[$(&$constant),*];
    };
}

catalogue! {
    SYNTAX = "TP0101" "syntax" Error "the text is not well-formed YAML";
}

/// The code with this id or name.
pub fn find(id_or_name: &str) -> Option<&'static Code> {
    ALL.iter()
        .copied()
        .find(|code| code.id.eq_ignore_ascii_case(id_or_name) || code.name == id_or_name)
}

//! How severe a project takes each rule to be.

use crate::diagnostic::{Code, Diagnostic, Severity, code, did_you_mean};
use crate::source::SourceId;

/// What becomes of the findings of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Error,
    Warning,
    Note,
    /// They are not shown, and do not count.
    Off,
}

impl Level {
    /// Every word that a level can be written with.
    pub const WORDS: [&str; 4] = ["error", "warning", "note", "off"];

    /// The level with this word.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "error" => Some(Self::Error),
            "warning" => Some(Self::Warning),
            "note" => Some(Self::Note),
            "off" => Some(Self::Off),
            _ => None,
        }
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
            Self::Off => "off",
        }
    }

    /// The severity of what is shown.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Note => Some(Severity::Note),
            Self::Off => None,
        }
    }
}

/// What a level is set for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    /// One code.
    One(&'static Code),
    /// All codes that begin with this, as `TP09`.
    Family(&'static str),
}

impl Rules {
    /// The rules with this id, name, or beginning of ids.
    pub fn find(name: &str) -> Option<Self> {
        code::find(name).map(Self::One).or_else(|| family(name).map(Self::Family))
    }

    /// Help that names what is near to a name that means nothing.
    pub fn near(name: &str) -> Option<String> {
        did_you_mean(name, code::ALL.iter().flat_map(|code| [code.id, code.name]))
    }

    /// Whether a code is one of them.
    pub fn has(self, code: &Code) -> bool {
        match self {
            Self::One(one) => one.id == code.id,
            Self::Family(start) => code.id.starts_with(start),
        }
    }
}

/// The ranges of codes, as `diagnostic/code.rs` divides them.
const FAMILIES: [&str; 10] =
    ["TP00", "TP01", "TP02", "TP03", "TP04", "TP05", "TP06", "TP07", "TP08", "TP09"];

fn family(name: &str) -> Option<&'static str> {
    FAMILIES.into_iter().find(|start| start.eq_ignore_ascii_case(name))
}

/// The levels that one table sets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels(Vec<(Rules, Level)>);

impl Levels {
    /// Sets a level.
    pub fn set(&mut self, rules: Rules, level: Level) {
        self.0.push((rules, level));
    }

    /// What this table says about a code: for the code itself, or else for its family.
    pub fn get(&self, code: &Code) -> Option<Level> {
        let of = |wanted: fn(&Rules) -> bool| {
            let mut all = self.0.iter().rev();
            all.find(|(rules, _)| wanted(rules) && rules.has(code)).map(|&(_, level)| level)
        };
        of(|rules| matches!(rules, Rules::One(_)))
            .or_else(|| of(|rules| matches!(rules, Rules::Family(_))))
    }

    /// Whether no level is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything that is set, in the order in which it was.
    pub fn iter(&self) -> impl Iterator<Item = &(Rules, Level)> {
        self.0.iter()
    }
}

/// Gives findings the severity that `level` says for their source and code, and leaves out those that
/// are off. What was found as an error stops a compilation, and stays one.
pub fn set_levels(
    findings: Vec<Diagnostic>,
    level: impl Fn(SourceId, &Code) -> Option<Level>,
) -> Vec<Diagnostic> {
    let set = |mut diagnostic: Diagnostic| {
        if diagnostic.severity == Severity::Error {
            return Some(diagnostic);
        }
        if let Some(level) = level(diagnostic.finding.span.source, diagnostic.code) {
            diagnostic.severity = level.severity()?;
        }
        Some(diagnostic)
    };
    findings.into_iter().filter_map(set).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_and_its_level_belong_together() {
        for word in Level::WORDS {
            assert_eq!(Level::of(word).map(Level::word), Some(word));
        }
        assert_eq!(Level::of("Error"), None);
    }

    #[test]
    fn rules_are_found_by_id_name_and_family() {
        assert_eq!(Rules::find("tp0904"), Some(Rules::One(&code::PREFIX_BOUNDARY)));
        assert_eq!(Rules::find("prefix-boundary"), Some(Rules::One(&code::PREFIX_BOUNDARY)));
        assert_eq!(Rules::find("TP09"), Some(Rules::Family("TP09")));
        assert_eq!(Rules::find("TP99"), None);
        assert_eq!(Rules::find("prefix"), None);
    }

    #[test]
    fn a_code_is_stronger_than_its_family_wherever_it_stands() {
        let mut levels = Levels::default();
        levels.set(Rules::One(&code::PREFIX_BOUNDARY), Level::Error);
        levels.set(Rules::Family("TP09"), Level::Off);
        assert_eq!(levels.get(&code::PREFIX_BOUNDARY), Some(Level::Error));
        assert_eq!(levels.get(&code::HOT_HOOK), Some(Level::Off));
        assert_eq!(levels.get(&code::SYNTAX), None);
    }
}

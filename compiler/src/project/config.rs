//! `writ.toml`: what a project asks of `writ check` and `writ compile`.

mod read;
#[cfg(test)]
mod tests;
mod value;

pub use read::read;

use std::collections::BTreeMap;

use super::level::{Level, Levels};
use super::pattern::Patterns;
use crate::diagnostic::{Code, Diagnostics, Finding, Severity};
use crate::engine::Engine;
use crate::kernel::Way;
use crate::source::{Span, Spanned};

/// Everything that a `writ.toml` says. What it does not say is `None` or empty.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Names of kernels, or files relative to the folder of `writ.toml`.
    pub kernels: Option<Vec<Spanned<String>>>,
    /// The engine that runs the policies.
    pub engine: Option<Engine>,
    /// The least severe finding that makes the exit code 1.
    pub fail_level: Option<Severity>,
    /// The file of known findings, relative to the folder of `writ.toml`.
    pub baseline: Option<Spanned<String>>,
    /// Levels for every path.
    pub rules: Levels,
    /// What differs for some paths. Where several match, each is stronger than those before it.
    pub paths: Vec<PathRules>,
    pub budgets: Budgets,
    /// Hooks, named as in policies, and the way in which each is to be attached.
    pub attach: BTreeMap<String, Way>,
}

/// One `[[path]]`.
#[derive(Debug, Clone)]
pub struct PathRules {
    /// Paths relative to the folder of `writ.toml`.
    pub files: Patterns,
    /// Where it says `exclude = true`.
    pub exclude: Option<Span>,
    pub rules: Levels,
}

/// The most that a program may cost, as `writ compile --max-…` says it too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budgets {
    pub max_instructions: Option<u32>,
    pub max_path: Option<u32>,
    pub max_image_bytes: Option<u64>,
    /// The most that enforcement at one hook may take, in percent of a processor.
    pub max_load: Option<u32>,
}

impl Config {
    /// What is said about one path, which is relative to the folder of `writ.toml`.
    pub fn at(&self, path: &str) -> AtPath<'_> {
        let matching = self.paths.iter().filter(|rules| rules.files.has(path));
        let mut here = AtPath { layers: vec![&self.rules], exclude: None };
        for rules in matching {
            here.layers.push(&rules.rules);
            here.exclude = here.exclude.or(rules.exclude);
        }
        here
    }
}

/// What a project says about one path.
#[derive(Debug, Clone)]
pub struct AtPath<'a> {
    /// From the weakest to the strongest.
    pub layers: Vec<&'a Levels>,
    /// Where the path is excluded, if it is.
    pub exclude: Option<Span>,
}

impl AtPath<'_> {
    /// The level of a code, if one is set.
    pub fn level(&self, code: &Code) -> Option<Level> {
        self.layers.iter().rev().find_map(|levels| levels.get(code))
    }
}

/// Adds the finding that a setting has a value that it cannot have, when only who uses it can tell:
/// whether there is such a kernel, for one.
pub fn refuse(finding: Finding, diagnostics: &mut Diagnostics) {
    value::wrong(finding, diagnostics);
}

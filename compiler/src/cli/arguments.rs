//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{compile, completions, diff, explain, inspect, kernel, schema};
use crate::diagnostic::Severity;
use crate::engine::Engine;
use crate::parse;

/// Check runtime-security policies and compile them to eBPF, for kernels that need not be here.
///
/// Exit codes: 0 clean, 1 findings, 2 wrong usage, 3 failure of a file or the system.
#[derive(Debug, Parser)]
#[command(name = "writ", version, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find mistakes in policies, for one or several kernels
    Check(super::check::Arguments),
    /// Compile policies to one bundle for each kernel
    Compile(compile::Arguments),
    /// Show what a policy or a bundle consists of
    Inspect(inspect::Arguments),
    /// Show what changed between two sets of policies or two bundles
    Diff(diff::Arguments),
    /// Explain a diagnostic code
    Explain(explain::Arguments),
    /// List, show, capture and import kernel profiles
    Kernel(kernel::Arguments),
    /// Print the JSON Schema of policies, or of what writ prints
    Schema(schema::Arguments),
    /// Format policies in the Writ language
    Fmt(super::format::Arguments),
    /// Print a completion script for a shell
    Completions(completions::Arguments),
}

/// Which policies, and for which kernels.
#[derive(Debug, Clone, Args)]
pub struct PolicyArguments {
    /// Policy files, directories (walked as .gitignore says), or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The language of the files, where their names do not tell
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub language: Option<LanguageArgument>,
    #[command(flatten)]
    pub report: ReportArguments,
}

/// What `--engine` names.
pub(super) fn engine(name: &str) -> Result<Engine, String> {
    Engine::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = Engine::NAMES.iter().map(|(name, _)| *name).collect();
        format!("there is no such engine; known are {}", names.join(", "))
    })
}

/// How findings are shown.
#[derive(Debug, Clone, Args)]
pub struct ReportArguments {
    /// How findings are printed
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    /// The least severe finding that makes the exit code 1
    #[arg(long, value_enum, default_value = "error", value_name = "LEVEL")]
    pub fail_level: Level,
    /// Whether to use colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub color: ColorArgument,
}

/// `--language`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LanguageArgument {
    /// TracingPolicy
    Yaml,
    /// The Writ language
    Writ,
}

impl From<LanguageArgument> for parse::Language {
    fn from(language: LanguageArgument) -> Self {
        match language {
            LanguageArgument::Yaml => Self::Yaml,
            LanguageArgument::Writ => Self::Writ,
        }
    }
}

/// `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Source lines with underlines
    Human,
    /// One line a finding
    Short,
    /// One JSON document
    Json,
}

/// `--fail-level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Level {
    Error,
    Warning,
    Note,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warning => Self::Warning,
            Level::Note => Self::Note,
        }
    }
}

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorArgument {
    /// When the output is a terminal and `NO_COLOR` is not set
    Auto,
    Always,
    Never,
}

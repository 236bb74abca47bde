//! The command line.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{Failure, compile, completions, diff, explain, inspect, kernel, manual, schema};
use crate::diagnostic::{Severity, did_you_mean};
use crate::engine::Engine;
use crate::kernel::{Profile, Way};
use crate::parse;
use crate::policy::Policy;

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
    /// Serve an editor: diagnostics, hover, completion, formatting
    Lsp(super::lsp::Arguments),
    /// Turn YAML into the Writ language, or the Writ language into YAML
    Convert(super::convert::Arguments),
    /// Print a completion script for a shell
    Completions(completions::Arguments),
    /// Write manual pages, one for each command
    Manual(manual::Arguments),
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
    /// How findings are printed; several, separated by commas, are printed one after the other
    #[arg(long, value_enum, default_value = "human", value_delimiter = ',')]
    pub format: Vec<Format>,
    /// Also write findings to a file, as in `sarif=report.sarif`; may be given several times.
    /// Without `FORMAT=` the file gets what would be printed, and nothing is printed
    #[arg(long, value_name = "[FORMAT=]PATH")]
    pub output_file: Vec<OutputFile>,
    /// The least severe finding that makes the exit code 1; `error` unless `writ.toml` says otherwise
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub fail_level: Option<Level>,
    /// Whether to use colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub color: ColorArgument,
}

impl ReportArguments {
    /// For commands in which findings are not the result: they are read by people.
    pub(super) fn for_people() -> Self {
        Self {
            format: vec![Format::Human],
            output_file: Vec::new(),
            fail_level: None,
            color: ColorArgument::Auto,
        }
    }
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
    /// One JSON document, whose schema `writ schema report` prints
    Json,
    /// SARIF 2.1.0, for GitHub code scanning
    Sarif,
    /// Workflow commands, which GitHub Actions shows as annotations: 10 errors, 10 warnings and
    /// 10 notices of each step
    Github,
    /// A code quality report for GitLab
    Gitlab,
    /// `JUnit` XML
    Junit,
}

/// `--output-file`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// None when it is that of `--format`.
    pub format: Option<Format>,
    pub path: PathBuf,
}

impl FromStr for OutputFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = match text.split_once('=') {
            None => (None, text),
            // A path may have an equals sign in it too.
            Some((word, _)) if word.contains(['/', '.']) => (None, text),
            Some((word, path)) => (Some(Format::from_str(word, false)?), path),
        };
        if path.is_empty() {
            return Err("there is no path".into());
        }
        Ok(Self { format, path: path.into() })
    }
}

/// `--fail-level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Level {
    Error,
    Warning,
    Note,
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
            Severity::Note => Self::Note,
        }
    }
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

/// `--attach`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct AttachArguments {
    /// Attach a hook in this way and no other: `sys_openat=kprobe`. Hooks are named as the policies
    /// name them (`list:NAME`, `SUBSYSTEM/EVENT`); ways are `fentry`, `kprobe`, `kprobe.multi`,
    /// `fmod_ret`, `lsm`, `tracepoint`, `tp_btf` and `raw_tp`. May be given several times
    #[arg(long, value_name = "HOOK=WAY")]
    pub attach: Vec<Attachment>,
}

/// A hook and the way in which it is to be attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub hook: String,
    pub way: Way,
}

impl FromStr for Attachment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (hook, way) = text.rsplit_once('=').ok_or("write a hook and a way: `HOOK=WAY`")?;
        let way = Way::from_name(way).ok_or_else(|| {
            let names: Vec<&str> = Way::ALL.into_iter().map(Way::name).collect();
            format!("`{way}` is no way to attach; there are {}", names.join(", "))
        })?;
        Ok(Self { hook: hook.to_owned(), way })
    }
}

impl AttachArguments {
    /// Refuses a hook that no policy has: a mistyped name must not pass for the compiler's choice.
    pub(super) fn validate<'a>(
        &self,
        policies: impl Iterator<Item = &'a Policy>,
    ) -> Result<(), Failure> {
        let points = policies.flat_map(|policy| &policy.hooks).map(|hook| hook.point.name());
        let names: BTreeSet<String> = points.collect();
        match self.attach.iter().find(|one| !names.contains(&one.hook)) {
            None => Ok(()),
            Some(Attachment { hook, .. }) => {
                let near = did_you_mean(hook, names.iter().map(String::as_str));
                let near = near.map_or_else(String::new, |near| format!("; {near}"));
                Err(Failure::Usage(format!("`--attach`: no policy has a hook `{hook}`{near}")))
            }
        }
    }

    /// The kernel, on which hooks are attached as asked for.
    pub(super) fn apply(&self, kernel: Profile) -> Profile {
        self.attach.iter().fold(kernel, |kernel, one| kernel.attaching(&one.hook, one.way))
    }
}

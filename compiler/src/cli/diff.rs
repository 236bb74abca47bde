//! `writ diff`: what changed between two bundles, policy files or directories.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use writ_bundle::Manifest;

use super::arguments::ReportArguments;
use super::{ExitCode, Failure, compile, input, kernel, report};
use crate::compare;
use crate::diagnostic::Diagnostics;
use crate::engine::LoadBudget;
use crate::render::difference;

/// Show what changed between two sets of policies or two bundles.
///
/// Only meaning is compared: comments, the order of values, and the language make no difference.
/// The exit code is 1 when there is a difference.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A bundle, a policy file or a directory
    pub old: PathBuf,
    /// A bundle, a policy file or a directory
    pub new: PathBuf,
    /// The kernel to compile policies for
    #[arg(long, short, value_name = "KERNEL", default_value = "6.12")]
    pub kernel: String,
    /// How the difference is printed
    #[arg(long, value_enum, default_value = "text")]
    pub format: DiffFormat,
}

/// `--format` of `diff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    Text,
    Json,
    Markdown,
}

/// Prints the difference.
pub(super) fn run(
    arguments: &Arguments,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    let old = manifest(&arguments.old, &arguments.kernel, stderr)?;
    let new = manifest(&arguments.new, &arguments.kernel, stderr)?;
    let differences = compare::compare(&old, &new);
    let text = match arguments.format {
        DiffFormat::Text => difference::text(&differences),
        DiffFormat::Json => difference::json(&differences),
        DiffFormat::Markdown => difference::markdown(&differences),
    };
    stdout.write_all(text.as_bytes())?;
    Ok(if differences.is_empty() { ExitCode::Clean } else { ExitCode::Findings })
}

/// What stands at `path`: a bundle's manifest, or that of the policies compiled for `kernel`.
fn manifest(path: &Path, kernel: &str, stderr: &mut dyn Write) -> Result<Manifest, Failure> {
    if path.is_file() {
        let bytes = input::read_file(path)?;
        if bytes.starts_with(b"\x7fELF") {
            return writ_bundle::read(&bytes)
                .map_err(|error| Failure::file("cannot read the bundle", path, &error));
        }
    }
    let mut input = input::read(&[path.to_owned()], None)?;
    let parsed = input.take_diagnostics();
    let profiles = kernel::load(kernel)?;
    let [profile] = &profiles[..] else {
        return Err(Failure::Usage("`diff` compares for one kernel at a time".into()));
    };
    let mut diagnostics = Diagnostics::default();
    if let Some(compiled) =
        compile::compile(&input, &parsed, profile, LoadBudget::default(), &mut diagnostics)?
    {
        return Ok(compiled.manifest);
    }
    let findings = report::merge(parsed, vec![(profile.name().to_owned(), diagnostics)]);
    let shown = ReportArguments::for_people();
    report::print(&findings, &input.sources, &shown, stderr)?;
    let why = format!("its policies do not compile for {}", profile.name());
    Err(Failure::file("cannot compare", path, &why))
}

//! Reads and writes baselines.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use super::input::Input;
use super::project::{ProjectId, Projects, absolute, name_in};
use super::{Failure, input};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::project::Baseline;
use crate::source::SourceId;

/// Which findings are known.
#[derive(Debug, Clone, Default, Args)]
pub struct BaselineArguments {
    /// Show only findings that this file does not know; without it, the file that `baseline` in
    /// `writ.toml` names
    #[arg(long, value_name = "FILE", conflicts_with = "write_baseline")]
    pub baseline: Option<PathBuf>,
    /// Write everything that is found to this file, as known
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
}

/// The findings of a run, once baselines were looked at.
#[derive(Debug, Default)]
pub(super) struct Compared {
    pub(super) shown: Vec<Diagnostic>,
    /// How many are not shown.
    pub(super) known: usize,
    /// How many were written.
    pub(super) written: Option<usize>,
}

/// Writes the baseline, or hides what those that apply know.
pub(super) fn apply(
    findings: Vec<Diagnostic>,
    input: &mut Input,
    projects: &mut Projects,
    arguments: &BaselineArguments,
    diagnostics: &mut Diagnostics,
) -> Result<Compared, Failure> {
    if let Some(path) = &arguments.write_baseline {
        return write(&findings, input, path);
    }
    if let Some(path) = &arguments.baseline {
        let every = |_: Option<ProjectId>| true;
        return compare(findings, input, path, every, None, projects, diagnostics);
    }
    let mut all = Compared { shown: findings, ..Compared::default() };
    for (id, path) in projects.baselines() {
        // A pipe would be waited for, and who runs writ did not name it.
        if path.exists() && !path.is_file() {
            return Err(Failure::file("cannot read the baseline", &path, &"it is no file"));
        }
        let is_its_own = |project| project == Some(id);
        let next = compare(all.shown, input, &path, is_its_own, Some(id), projects, diagnostics)?;
        all = Compared { known: all.known + next.known, ..next };
    }
    Ok(all)
}

/// Everything found is known from now on. What is known of files that are there and were not asked
/// for stays; the rest goes.
fn write(findings: &[Diagnostic], input: &Input, path: &Path) -> Result<Compared, Failure> {
    let folder = folder_of(path);
    let file = |source: SourceId| name_in(&folder, source, &input.sources);
    let mut anew = Baseline::of(findings, file, &input.sources);
    if path.exists() {
        let mut scratch = crate::source::SourceMap::default();
        let source = scratch.add(path.display().to_string(), text(path)?);
        // What cannot be read in the old file is not carried over, and so mends itself.
        let old = Baseline::read(source, &scratch, &mut Diagnostics::default());
        let searched = searched(&folder, input, |_| true);
        anew.keep(old, |file| !searched.contains(file) && folder.join(file).exists());
    }
    std::fs::write(path, anew.write())
        .map_err(|error| Failure::file("cannot write", path, &error))?;
    Ok(Compared { written: Some(anew.count()), ..Compared::default() })
}

fn compare(
    findings: Vec<Diagnostic>,
    input: &mut Input,
    path: &Path,
    is_about: impl Fn(Option<ProjectId>) -> bool,
    owner: Option<ProjectId>,
    projects: &mut Projects,
    diagnostics: &mut Diagnostics,
) -> Result<Compared, Failure> {
    let text = text(path)?;
    let source = input.sources.add(super::project::shown(path), text);
    projects.own(source, owner);
    let baseline = Baseline::read(source, &input.sources, diagnostics);
    let folder = folder_of(path);
    let mut searched = searched(&folder, input, &is_about);
    let gone = baseline.files().into_iter().filter(|file| !folder.join(file).exists());
    searched.extend(gone.map(str::to_owned));
    let about = |diagnostic: &Diagnostic| {
        is_about(input.file(diagnostic.finding.span.source).and_then(|file| file.project))
    };
    let (asked, mut shown): (Vec<_>, Vec<_>) = findings.into_iter().partition(about);
    let file = |source: SourceId| name_in(&folder, source, &input.sources);
    let compared = baseline.compare(asked, file, &searched, &input.sources, diagnostics);
    shown.extend(compared.shown);
    Ok(Compared { shown, known: compared.known.len(), written: None })
}

/// The files of the run, as a baseline in `folder` names them.
fn searched(
    folder: &Path,
    input: &Input,
    is_about: impl Fn(Option<ProjectId>) -> bool,
) -> BTreeSet<String> {
    let files = input.files.iter().filter(|file| is_about(file.project));
    files.map(|file| name_in(folder, file.source, &input.sources)).collect()
}

fn folder_of(path: &Path) -> PathBuf {
    let path = absolute(path);
    path.parent().unwrap_or(&path).to_owned()
}

fn text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(input::read_file(path)?)
        .map_err(|_| Failure::file("cannot read the baseline", path, &"it is not UTF-8 text"))
}

//! `writ check --show-config`: what applies to a path, and where it is said.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::arguments::ReportArguments;
use super::project::{Project, ProjectArguments, ProjectId, Projects};
use super::{ExitCode, Failure, report};
use crate::diagnostic::{Severity, code};
use crate::project::config::{AtPath, Budgets};
use crate::project::{Config, Level};
use crate::render::json;
use crate::source::SourceMap;

/// Prints TOML for each path; what is wrong with the settings stands before it.
pub(super) fn run(
    paths: &[PathBuf],
    arguments: &ProjectArguments,
    shown: &ReportArguments,
    stdout: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    let mut sources = SourceMap::default();
    let mut projects = Projects::new(arguments, &mut sources)?;
    let mut ids = Vec::new();
    for path in paths {
        let id = projects.of(path, &mut sources)?;
        projects.kernels(id)?;
        ids.push((path, id));
    }
    let findings = projects.take_diagnostics().into_sorted();
    let code = report::print(&findings, &sources, shown, stdout)?;
    for (path, id) in ids {
        stdout.write_all(settings(path, id, &projects).as_bytes())?;
    }
    Ok(code)
}

fn settings(path: &Path, id: Option<ProjectId>, projects: &Projects) -> String {
    let at = projects.at(id, path);
    let mut lines = vec![format!("# {}", path.display())];
    match projects.get(id) {
        Some(project) => {
            lines.push(format!("# as `{}` says", super::project::shown(&project.path)));
            lines.extend(said(project));
        }
        None => lines.push("# no `writ.toml` applies".to_owned()),
    }
    lines.push(format!("engine = {}", quoted(projects.engine(id).name())));
    let fail_level = projects.fail_level(id);
    lines.push(format!("fail-level = {}", quoted(word(fail_level))));
    if at.exclude.is_some() {
        lines.push("exclude = true".to_owned());
    }
    lines.extend(levels(&at, projects));
    if let Some(project) = projects.get(id) {
        lines.extend(budgets(project.config.budgets));
        lines.extend(attach(&project.config));
    }
    lines.join("\n") + "\n\n"
}

fn said(project: &Project) -> Vec<String> {
    let config = &project.config;
    let mut lines = Vec::new();
    if let Some(kernels) = &config.kernels {
        let names: Vec<String> = kernels.iter().map(|name| quoted(&name.value)).collect();
        lines.push(format!("kernels = [{}]", names.join(", ")));
    }
    let baseline = config.baseline.iter();
    lines.extend(baseline.map(|file| format!("baseline = {}", quoted(&file.value))));
    lines
}

/// Every code whose level differs from its own.
fn levels(at: &AtPath<'_>, projects: &Projects) -> Vec<String> {
    let differs = |code: &&&'static code::Code| code.severity != Severity::Error;
    let set = code::ALL.iter().filter(differs).filter_map(|code| {
        let level =
            projects.level(at, code).filter(|level| level.severity() != Some(code.severity))?;
        Some(format!(
            "{} = {} # {}, was {}",
            code.name,
            quoted(Level::word(level)),
            code.id,
            word(code.severity)
        ))
    });
    let mut lines: Vec<String> = set.collect();
    if !lines.is_empty() {
        lines.insert(0, "\n[rules]".to_owned());
    }
    lines
}

fn budgets(budgets: Budgets) -> Vec<String> {
    let all = [
        ("max-instructions", budgets.max_instructions.map(u64::from)),
        ("max-path", budgets.max_path.map(u64::from)),
        ("max-image-bytes", budgets.max_image_bytes),
        ("max-load", budgets.max_load.map(u64::from)),
    ];
    let set = all.iter().filter_map(|(key, value)| Some(format!("{key} = {}", (*value)?)));
    let mut lines: Vec<String> = set.collect();
    if !lines.is_empty() {
        lines.insert(0, "\n[budgets]".to_owned());
    }
    lines
}

fn attach(config: &Config) -> Vec<String> {
    let set = config.attach.iter();
    let mut lines: Vec<String> =
        set.map(|(hook, way)| format!("{} = {}", quoted(hook), quoted(way.name()))).collect();
    if !lines.is_empty() {
        lines.insert(0, "\n[attach]".to_owned());
    }
    lines
}

fn word(severity: Severity) -> &'static str {
    json::severity(severity)
}

/// A TOML text; JSON's escapes are TOML's too.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

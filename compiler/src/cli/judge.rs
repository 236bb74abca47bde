//! From what was found to what is shown: suppressions, levels, baseline, and the exit code.

use std::collections::BTreeMap;
use std::path::Path;

use super::ExitCode;
use super::Failure;
use super::arguments::{Level as LevelArgument, ReportArguments};
use super::baseline::{self, BaselineArguments};
use super::input::Input;
use super::project::{ProjectArguments, Projects};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::parse;
use crate::project::config::AtPath;
use crate::project::suppression;
use crate::project::{Level, Suppression, set_levels, suppress};
use crate::render::Hidden;
use crate::source::{SourceId, SourceMap};

/// What is to be shown, and how often something is not.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// Ordered by place.
    pub(super) findings: Vec<Diagnostic>,
    /// What is not shown.
    pub(super) hidden: Hidden,
    /// How many findings were written to a baseline.
    pub(super) written: Option<usize>,
    /// The level at which findings fail, where the policies' projects say one.
    fail_level: Option<Severity>,
    pub(super) code: ExitCode,
}

impl Judged {
    /// How it is to be printed: as asked for, with what the project says where nothing is asked.
    pub(super) fn shown(&self, asked: &ReportArguments) -> ReportArguments {
        let level = asked.fail_level.or(self.fail_level.map(Into::into));
        ReportArguments { fail_level: level, ..asked.clone() }
    }
}

/// What the command line says about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Options<'a> {
    pub(super) project: &'a ProjectArguments,
    /// Where a command knows baselines.
    pub(super) baseline: Option<&'a BaselineArguments>,
    pub(super) fail_level: Option<LevelArgument>,
}

/// Judges the findings of a run over `input`.
pub(super) fn judge(
    findings: Vec<Diagnostic>,
    input: &mut Input,
    projects: &mut Projects,
    options: Options<'_>,
) -> Result<Judged, Failure> {
    let mut own = projects.take_diagnostics();
    let suppressions = suppressions(input, &mut own);
    let result = suppress(findings, &suppressions, options.project.today(), &mut own);
    let mut judged = Judged::default();
    judged.hidden.suppressed = result.hidden.len();
    let findings = with_levels(result.shown, input, projects);
    judged.findings = match options.baseline {
        Some(arguments) => {
            let compared = baseline::apply(findings, input, projects, arguments, &mut own)?;
            judged.hidden.known = compared.known;
            judged.written = compared.written;
            compared.shown
        }
        None => findings,
    };
    judged.findings.extend(with_levels(own.into_sorted(), input, projects));
    judged.findings.sort_by(|a, b| (a.finding.span, a.code.id).cmp(&(b.finding.span, b.code.id)));
    let fails = |diagnostic: &Diagnostic| {
        let asked = options.fail_level.map(Severity::from);
        let project = project_of(diagnostic.finding.span.source, input, projects);
        diagnostic.severity >= asked.unwrap_or_else(|| projects.fail_level(project))
    };
    judged.fail_level = input.projects().first().map(|&project| projects.fail_level(project));
    judged.code =
        if judged.findings.iter().any(fails) { ExitCode::Findings } else { ExitCode::Clean };
    Ok(judged)
}

/// The suppressions of every file, those that cannot be read reported.
fn suppressions(input: &Input, diagnostics: &mut Diagnostics) -> Vec<Suppression> {
    let mut list = Vec::new();
    for file in &input.files {
        let text = input.sources.get(file.source).map_or("", |source| source.text.as_str());
        // Reading a file twice is worth it only where there is a word for writ.
        if memchr::memmem::find(text.as_bytes(), b"writ:").is_some() {
            let comments = parse::comments(file.source, file.language, &input.sources);
            list.extend(suppression::read(&comments, &input.sources, diagnostics));
        }
    }
    list
}

fn with_levels(findings: Vec<Diagnostic>, input: &Input, projects: &Projects) -> Vec<Diagnostic> {
    let mut places: BTreeMap<SourceId, AtPath<'_>> = BTreeMap::new();
    for diagnostic in &findings {
        let source = diagnostic.finding.span.source;
        places.entry(source).or_insert_with(|| {
            let name = name(source, &input.sources);
            projects.at(project_of(source, input, projects), Path::new(name))
        });
    }
    let level = |source: SourceId, code: &Code| -> Option<Level> {
        projects.level(places.get(&source)?, code)
    };
    set_levels(findings, level)
}

/// The project of a policy file, or else of a file that belongs to a project.
fn project_of(
    source: SourceId,
    input: &Input,
    projects: &Projects,
) -> Option<super::project::ProjectId> {
    match input.file(source) {
        Some(file) => file.project,
        None => projects.owner(source),
    }
}

fn name(source: SourceId, sources: &SourceMap) -> &str {
    sources.get(source).map_or("", |source| source.name.as_str())
}

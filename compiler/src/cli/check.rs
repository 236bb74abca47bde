//! `writ check`: every mistake of every policy, for every kernel asked for, in one run.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::arguments::{AttachArguments, PolicyArguments};
use super::baseline::BaselineArguments;
use super::fix::{self, FixArguments};
use super::input::{self, Input};
use super::judge::{self, Judged, Options};
use super::project::{ProjectArguments, ProjectId, Projects};
use super::sweep::{self, Outline, Target, Terms};
use super::{ExitCode, Failure, arguments, kernel, report, show_config, table};
use crate::diagnostic::{Diagnostic, Severity, visible};
use crate::engine::Engine;
use crate::kernel::Profile;
use crate::source::SourceMap;

/// Find mistakes in policies, for one or several kernels.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub policies: PolicyArguments,
    /// Who is to run the policies: `writ`, which is the default unless `writ.toml` says otherwise,
    /// `tetragon` (the newest known) or
    /// `tetragon@1.7`. For Tetragon an error means that it refuses a policy or crashes on it
    #[arg(long, value_parser = arguments::engine, value_name = "ENGINE")]
    pub engine: Option<Engine>,
    /// Kernels to check against, separated by commas: names, profile files, `host`, or `all`
    /// embedded profiles, which is the default unless `writ.toml` names some. `5.10+lsm=bpf` is a 5.10
    /// that boots with `bpf` among its LSMs, `6.1+avoid=fentry` a 6.1 that refuses fentry, so that
    /// kprobes are used
    #[arg(long, short, value_name = "KERNELS")]
    pub kernel: Option<String>,
    #[command(flatten)]
    pub attach: AttachArguments,
    #[command(flatten)]
    pub fixes: FixArguments,
    #[command(flatten)]
    pub project: ProjectArguments,
    #[command(flatten)]
    pub baseline: BaselineArguments,
    /// Print what applies to the paths, and check nothing
    #[arg(long)]
    pub show_config: bool,
}

/// Prints the findings; for several kernels also a table of policies and kernels.
pub(super) fn run(
    arguments: &Arguments,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    let PolicyArguments { paths, report: shown, .. } = &arguments.policies;
    let fixes = &arguments.fixes;
    fixes.validate(paths.iter().map(PathBuf::as_path))?;
    if arguments.show_config {
        return show_config::run(paths, &arguments.project, shown, stdout);
    }
    let mut checked = check(arguments)?;
    if fixes.diff {
        let Checked { input, judged, .. } = &checked;
        return fix::diff(&judged.findings, &input.sources, fixes, stdout, stderr);
    }
    if fixes.fix {
        checked = mended(arguments, checked, stderr)?;
    }
    let Checked { input, targets, outlines, judged } = &checked;
    let shown = judged.shown(shown);
    report::print_with(&judged.findings, judged.hidden, &input.sources, &shown, stdout, || {
        let several = targets.iter().filter(|(_, target)| target.kernels.len() > 1);
        let table = |(project, target): (&Option<ProjectId>, &Target)| {
            let policies = outlines.iter().filter(|outline| outline.project == *project);
            matrix(policies, target, &judged.findings, &input.sources)
        };
        several.map(table).collect()
    })?;
    if let (Some(count), Some(path)) = (judged.written, &arguments.baseline.write_baseline) {
        writeln!(stderr, "wrote {count} known findings to `{}`", path.display())?;
    }
    Ok(judged.code)
}

/// Mends the files until nothing changes: what a fix leaves can have a fix of its own. Gives what was
/// found last.
fn mended(
    arguments: &Arguments,
    mut checked: Checked,
    stderr: &mut dyn Write,
) -> Result<Checked, Failure> {
    let mut done = fix::Done::default();
    for _ in 0..fix::ROUNDS_MAX {
        let Checked { input, judged, .. } = &checked;
        if !fix::apply(&judged.findings, &input.sources, &arguments.fixes, &mut done)? {
            break;
        }
        checked = check(arguments)?;
    }
    writeln!(stderr, "{}", done.words())?;
    Ok(checked)
}

/// What was read and what was found.
struct Checked {
    input: Input,
    /// What the policies of each project were checked for.
    targets: BTreeMap<Option<ProjectId>, Target>,
    outlines: Vec<Outline>,
    judged: Judged,
}

fn check(arguments: &Arguments) -> Result<Checked, Failure> {
    let PolicyArguments { paths, language, report: shown } = &arguments.policies;
    let mut input = Input::default();
    let mut projects = Projects::new(&arguments.project, &mut input.sources)?;
    let mut input = input::collect(&mut projects, input, paths, language.map(Into::into))?;
    let mut targets = BTreeMap::new();
    for project in input.projects() {
        let engine = arguments.engine.unwrap_or_else(|| projects.engine(project));
        let kernels = kernels(arguments, project, &mut projects)?;
        let kernels = projects.attaching(project, kernels).into_iter();
        let kernels = kernels.map(|kernel| arguments.attach.apply(kernel)).collect();
        let terms = Terms { engine, load: projects.load_budget(project) };
        targets.insert(project, Target { terms, kernels });
    }
    let sweep::Swept { findings, outlines } = sweep::sweep(&input, &targets);
    let options = Options {
        project: &arguments.project,
        baseline: Some(&arguments.baseline),
        fail_level: shown.fail_level,
    };
    let judged = judge::judge(findings, &mut input, &mut projects, options)?;
    Ok(Checked { input, targets, outlines, judged })
}

/// The kernels of the command line, or else of the project, or else all.
fn kernels(
    arguments: &Arguments,
    project: Option<ProjectId>,
    projects: &mut Projects,
) -> Result<Vec<Profile>, Failure> {
    if let Some(names) = &arguments.kernel {
        return Ok(kernel::load(names)?);
    }
    match projects.kernels(project)? {
        Some(kernels) => Ok(kernels),
        None => Ok(kernel::load("all")?),
    }
}

/// One row a policy, one column a kernel.
fn matrix<'a>(
    policies: impl Iterator<Item = &'a Outline>,
    target: &Target,
    findings: &[Diagnostic],
    sources: &SourceMap,
) -> String {
    let kernels: Vec<&str> = target.kernels.iter().map(Profile::name).collect();
    let head = std::iter::once("policy").chain(kernels.iter().copied());
    let mut rows: Vec<Vec<String>> = vec![head.map(str::to_owned).collect()];
    for policy in policies {
        let file = sources.get(policy.span.source).map_or("", |source| source.name.as_str());
        let mut row = vec![visible::escaped(format!("{} ({file})", policy.name))];
        row.extend(kernels.iter().map(|kernel| verdict(policy, kernel, findings)));
        rows.push(row);
    }
    table::columns(&rows)
}

/// The worst that was found in `policy` on `kernel`; `findings` are ordered by place.
fn verdict(policy: &Outline, kernel: &str, findings: &[Diagnostic]) -> String {
    let start = (policy.span.source, policy.span.start);
    let first = findings.partition_point(|diagnostic| {
        let span = diagnostic.finding.span;
        (span.source, span.start) < start
    });
    let from_here = findings.iter().skip(first).take_while(|diagnostic| {
        let span = diagnostic.finding.span;
        span.source == policy.span.source && span.start < policy.span.end
    });
    let here = from_here.filter(|diagnostic| {
        let on = &diagnostic.finding.kernels;
        diagnostic.finding.span.end <= policy.span.end
            && (on.is_empty() || on.iter().any(|name| name == kernel))
    });
    match here.map(|diagnostic| diagnostic.severity).max() {
        Some(Severity::Error) => "refused",
        Some(Severity::Warning) => "warnings",
        Some(Severity::Note) | None => "ok",
    }
    .into()
}

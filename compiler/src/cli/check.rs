//! `writ check`: every mistake of every policy, for every kernel asked for, in one run.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::arguments::PolicyArguments;
use super::fix::{self, FixArguments};
use super::input::{self, Input};
use super::{ExitCode, Failure, arguments, kernel, report, table};
use crate::diagnostic::{Diagnostic, Severity};
use crate::driver;
use crate::engine::Engine;
use crate::kernel::Profile;
use crate::policy::Policy;
use crate::source::SourceMap;

/// Find mistakes in policies, for one or several kernels.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub policies: PolicyArguments,
    /// Who is to run the policies: `writ`, which is the default, `tetragon` (the newest known) or
    /// `tetragon@1.7`. For Tetragon an error means that it refuses a policy or crashes on it
    #[arg(long, value_parser = arguments::engine, value_name = "ENGINE")]
    pub engine: Option<Engine>,
    /// Kernels to check against, separated by commas: names, profile files, `host`, or `all`
    /// embedded profiles, which is the default. `5.10+lsm=bpf` is a 5.10 that boots with `bpf` among
    /// its LSMs, `6.1+avoid=fentry` a 6.1 that refuses fentry, so that kprobes are used
    #[arg(long, short, value_name = "KERNELS")]
    pub kernel: Option<String>,
    #[command(flatten)]
    pub fixes: FixArguments,
}

/// Prints the findings; for several kernels also a table of policies and kernels.
pub(super) fn run(
    arguments: &Arguments,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    let fixes = &arguments.fixes;
    fixes.validate(arguments.policies.paths.iter().map(PathBuf::as_path))?;
    let kernels = kernel::load(arguments.kernel.as_deref().unwrap_or("all"))?;
    let mut checked = check(arguments, &kernels)?;
    if fixes.diff {
        return fix::diff(&checked.findings, &checked.input.sources, fixes, stdout, stderr);
    }
    if fixes.fix {
        fix::apply(&checked.findings, &checked.input.sources, fixes, stderr)?;
        checked = check(arguments, &kernels)?;
    }
    let Checked { input, findings } = &checked;
    let shown = &arguments.policies.report;
    report::print_with(findings, &input.sources, shown, stdout, || {
        if kernels.len() < 2 {
            return String::new();
        }
        let policies: Vec<&Policy> = input.policies().collect();
        let names: Vec<String> = kernels.iter().map(|kernel| kernel.name().to_owned()).collect();
        matrix(&policies, &names, findings, &input.sources)
    })
}

/// What was read and what was found.
struct Checked {
    input: Input,
    findings: Vec<Diagnostic>,
}

fn check(arguments: &Arguments, kernels: &[Profile]) -> Result<Checked, Failure> {
    let mut input =
        input::read(&arguments.policies.paths, arguments.policies.language.map(Into::into))?;
    let engine = arguments.engine.unwrap_or_default();
    let parsed = driver::weigh(engine, std::mem::take(&mut input.diagnostics));
    let per_kernel = kernels
        .iter()
        .map(|kernel| {
            let ours = driver::check(input.policies(), kernel);
            let all = driver::check_tetragon(engine, input.yaml(), kernel, ours);
            (kernel.name().to_owned(), all)
        })
        .collect();
    let findings = report::merge(parsed, per_kernel);
    Ok(Checked { input, findings })
}

/// One row a policy, one column a kernel.
fn matrix(
    policies: &[&Policy],
    kernels: &[String],
    findings: &[Diagnostic],
    sources: &SourceMap,
) -> String {
    let mut rows =
        vec![["policy".to_owned()].into_iter().chain(kernels.iter().cloned()).collect::<Vec<_>>()];
    for policy in policies {
        let file = sources.get(policy.span.source).map_or("", |source| source.name.as_str());
        let mut row = vec![format!("{} ({file})", policy.name.value)];
        row.extend(kernels.iter().map(|kernel| verdict(policy, kernel, findings)));
        rows.push(row);
    }
    table::columns(&rows)
}

/// The worst that was found in `policy` on `kernel`; `findings` are ordered by place.
fn verdict(policy: &Policy, kernel: &str, findings: &[Diagnostic]) -> String {
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

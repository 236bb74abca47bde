//! `writ compile`: policies to one bundle for each kernel, with what it costs.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::arguments::{AttachArguments, PolicyArguments};
use super::input::Input;
use super::judge::{self, Options};
use super::project::{ProjectArguments, ProjectId, Projects};
use super::{ExitCode, Failure, arguments, cost, input, kernel, report, write};
use crate::diagnostic::{Diagnostics, Stop};
use crate::driver::{self, Compiled};
use crate::engine::{Engine, LoadBudget};
use crate::kernel::Profile;

/// Compile policies to one bundle for each kernel.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub policies: PolicyArguments,
    /// Who is to run the policies. Only `writ` compiles them
    #[arg(long, value_parser = arguments::engine, value_name = "ENGINE")]
    pub engine: Option<Engine>,
    /// Kernels to compile for, separated by commas: names, profile files, `host`, or `all` embedded
    /// profiles. `5.10+lsm=bpf` is a 5.10 that boots with `bpf` among its LSMs, `6.1+avoid=fentry` a
    /// 6.1 that refuses fentry, so that kprobes are used. The default is `host`, unless `writ.toml`
    /// names kernels
    #[arg(long, short, value_name = "KERNELS")]
    pub kernel: Option<String>,
    #[command(flatten)]
    pub attach: AttachArguments,
    #[command(flatten)]
    pub project: ProjectArguments,
    /// Where to write the bundle. With several kernels, each name gets the kernel before its
    /// ending: `node.bpf.o` becomes `node-5.10.bpf.o`
    #[arg(long, short, value_name = "FILE", default_value = "writ.bpf.o")]
    pub output: PathBuf,
    #[command(flatten)]
    pub budget: cost::Budget,
    /// Do not print the cost report
    #[arg(long, short)]
    pub quiet: bool,
}

/// Writes the bundles. Findings go to standard error, so that the cost report can be kept.
pub(super) fn run(
    arguments: &Arguments,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    let PolicyArguments { paths, language, report: shown } = &arguments.policies;
    let mut input = Input::default();
    let mut projects = Projects::new(&arguments.project, &mut input.sources)?;
    let mut input = input::read_in(&mut projects, input, paths, language.map(Into::into))?;
    let parsed = input.take_diagnostics();
    let project = only(&input)?;
    if arguments.engine.unwrap_or_else(|| projects.engine(project)) != Engine::Writ {
        return Err(Failure::Usage(
            "only the engine `writ` compiles; Tetragon runs the YAML itself, and `writ check --engine \
             tetragon` tells what it says to it"
                .into(),
        ));
    }
    let kernels = kernels(arguments.kernel.as_deref(), project, &mut projects)?;
    arguments.attach.validate(input.policies())?;
    let kernels = projects.attaching(project, kernels).into_iter();
    let kernels: Vec<Profile> = kernels.map(|kernel| arguments.attach.apply(kernel)).collect();
    let asked = projects.get(project).map(|project| project.config.budgets);
    let budget = arguments.budget.clone().or(asked.unwrap_or_default());
    let mut per_kernel = Vec::new();
    let mut bundles = Vec::new();
    for profile in &kernels {
        let mut diagnostics = Diagnostics::default();
        if let Some(compiled) = compile(&input, &parsed, profile, budget.load(), &mut diagnostics)?
        {
            budget.check(&compiled, &mut diagnostics);
            bundles.push((profile, compiled));
        }
        per_kernel.push((profile.name().to_owned(), diagnostics));
    }
    let findings = report::merge(parsed, per_kernel);
    let options =
        Options { project: &arguments.project, baseline: None, fail_level: shown.fail_level };
    let judged = judge::judge(findings, &mut input, &mut projects, options)?;
    let shown = judged.shown(shown);
    report::print_with(
        &judged.findings,
        judged.hidden,
        &input.sources,
        &shown,
        stderr,
        String::new,
    )?;
    if bundles.len() < kernels.len() || judged.code != ExitCode::Clean {
        // All or nothing: a rollout must not pick up half of what was asked for.
        return Ok(ExitCode::Findings);
    }
    for (profile, compiled) in &bundles {
        let path = name(&arguments.output, profile.name(), kernels.len());
        write::whole(&path, &compiled.bundle)?;
        if !arguments.quiet {
            writeln!(stdout, "{}: {} bytes", path.display(), compiled.bundle.len())?;
            stdout.write_all(cost::report(&compiled.manifest).as_bytes())?;
        }
    }
    Ok(ExitCode::Clean)
}

/// The project of all policies.
fn only(input: &Input) -> Result<Option<ProjectId>, Failure> {
    match input.projects()[..] {
        [] => Ok(None),
        [project] => Ok(project),
        [..] => {
            let message = "the policies belong to several `writ.toml`; choose one with `--config`";
            Err(Failure::Usage(message.into()))
        }
    }
}

/// The kernels of the command line, or else of the project, or else that which runs here.
fn kernels(
    named: Option<&str>,
    project: Option<ProjectId>,
    projects: &mut Projects,
) -> Result<Vec<Profile>, Failure> {
    let of_project = if named.is_none() { projects.kernels(project)? } else { None };
    match of_project {
        Some(kernels) => Ok(kernels),
        None => Ok(kernel::load(named.unwrap_or("host"))?),
    }
}

/// Compiles what was read, unless something is wrong with it on any kernel.
pub(super) fn compile(
    input: &Input,
    parsed: &Diagnostics,
    profile: &Profile,
    load: LoadBudget,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Compiled>, Failure> {
    if parsed.gate(()).is_err() {
        // What was understood is still checked, so that one run shows every mistake.
        diagnostics.append(driver::check(input.policies(), profile, load));
        return Ok(None);
    }
    match driver::compile(input.policies(), profile, load, &input.sources, diagnostics) {
        Ok(compiled) => Ok(Some(compiled)),
        Err(Stop::Reported(_)) => Ok(None),
        Err(Stop::Defect(defect)) => Err(Failure::Defect(defect.0)),
    }
}

/// `node.bpf.o` for one kernel; `node-5.10.bpf.o` for one of several.
fn name(output: &Path, kernel: &str, kernels: usize) -> PathBuf {
    if kernels == 1 {
        return output.to_owned();
    }
    let file = output.file_name().unwrap_or_default().to_string_lossy();
    let (stem, ending) = match file.find('.') {
        Some(dot) => file.split_at(dot),
        None => (&*file, ""),
    };
    output.with_file_name(format!("{stem}-{kernel}{ending}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_several_bundles_is_named_after_its_kernel() {
        assert_eq!(name(Path::new("out/node.bpf.o"), "5.10", 2), Path::new("out/node-5.10.bpf.o"));
        assert_eq!(name(Path::new("node"), "6.1", 2), Path::new("node-6.1"));
        assert_eq!(name(Path::new("node.bpf.o"), "6.1", 1), Path::new("node.bpf.o"));
    }
}

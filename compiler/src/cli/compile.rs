//! `writ compile`: policies to one bundle for each kernel, with what it costs.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::arguments::PolicyArguments;
use super::input::Input;
use super::{ExitCode, Failure, arguments, cost, input, kernel, report, write};
use crate::diagnostic::{Diagnostics, Stop};
use crate::driver::{self, Compiled};
use crate::engine::Engine;
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
    /// 6.1 that refuses fentry, so that kprobes are used
    #[arg(long, short, value_name = "KERNELS", default_value = "host")]
    pub kernel: String,
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
    if arguments.engine.unwrap_or_default() != Engine::Writ {
        return Err(Failure::Usage(
            "only the engine `writ` compiles; Tetragon runs the YAML itself, and `writ check --engine \
             tetragon` tells what it says to it"
                .into(),
        ));
    }
    let mut input =
        input::read(&arguments.policies.paths, arguments.policies.language.map(Into::into))?;
    let parsed = std::mem::take(&mut input.diagnostics);
    let kernels = kernel::load(&arguments.kernel)?;
    let mut per_kernel = Vec::new();
    let mut bundles = Vec::new();
    for profile in &kernels {
        let mut diagnostics = Diagnostics::default();
        if let Some(compiled) = compile(&input, &parsed, profile, &mut diagnostics)? {
            arguments.budget.check(&compiled, &mut diagnostics);
            bundles.push((profile, compiled));
        }
        per_kernel.push((profile.name().to_owned(), diagnostics));
    }
    let findings = report::merge(parsed, per_kernel);
    let shown = &arguments.policies.report;
    let code = report::print(&findings, &input.sources, shown, stderr)?;
    if bundles.len() < kernels.len() || code != ExitCode::Clean {
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

/// Compiles what was read, unless something is wrong with it on any kernel.
pub(super) fn compile(
    input: &Input,
    parsed: &Diagnostics,
    profile: &Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Compiled>, Failure> {
    if parsed.gate(()).is_err() {
        // What was understood is still checked, so that one run shows every mistake.
        diagnostics.append(driver::check(input.policies(), profile));
        return Ok(None);
    }
    match driver::compile(input.policies(), profile, &input.sources, diagnostics) {
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

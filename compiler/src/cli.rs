//! The `writ` command: arguments in, text and an exit code out. One command a file.
#![expect(
    clippy::disallowed_methods,
    reason = "reading files and asking the host is the command's own job; the phases never do"
)]

mod arguments;
mod baseline;
mod check;
mod compile;
mod completions;
mod convert;
mod cost;
mod diff;
mod exit_code;
mod explain;
mod failure;
mod fix;
mod format;
mod input;
mod inspect;
mod judge;
pub mod kernel;
mod lsp;
mod manual;
pub mod program_types;
mod project;
mod report;
mod schema;
mod show_config;
mod sweep;
mod table;
mod write;

use std::io::{self, Write};

use clap::Parser as _;

pub use arguments::{Arguments, Command};
pub use exit_code::ExitCode;
pub use failure::Failure;

use crate::diagnostic::visible;

/// Runs the command with the arguments of this process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version come this way too, and are no mistake.
            let code = if error.use_stderr() { ExitCode::Usage } else { ExitCode::Clean };
            return if error.print().is_ok() { code } else { ExitCode::Environment };
        }
    };
    let mut stdout = io::stdout().lock();
    let mut stderr = io::stderr();
    let result = run(arguments, &mut stdout, &mut stderr).and_then(|code| {
        stdout.flush()?;
        Ok(code)
    });
    match result {
        Ok(code) => code,
        Err(failure) if failure.is_broken_pipe() => ExitCode::Clean,
        Err(failure) => {
            // There is nowhere left to say that standard error is closed.
            let failed = visible::escaped(failure.to_string());
            let _ = writeln!(io::stderr(), "error: {failed}");
            failure.exit_code()
        }
    }
}

/// Runs one command, printing its result to `stdout`. Where the result is something else, findings
/// go to `stderr`.
///
/// # Errors
///
/// When the environment fails (a file, a kernel profile, an output) or writ has a defect. What is
/// wrong with the policies is no error here: it is printed, and the exit code says so.
pub fn run(
    arguments: Arguments,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    match arguments.command {
        Command::Check(arguments) => check::run(&arguments, stdout, stderr),
        Command::Compile(arguments) => compile::run(&arguments, stdout, stderr),
        Command::Inspect(arguments) => inspect::run(&arguments, stdout, stderr),
        Command::Diff(arguments) => diff::run(&arguments, stdout, stderr),
        Command::Explain(arguments) => explain::run(&arguments, stdout),
        Command::Kernel(arguments) => kernel::run(&arguments, stdout),
        Command::Schema(arguments) => schema::run(&arguments, stdout),
        Command::Lsp(arguments) => lsp::run(&arguments, stdout),
        Command::Fmt(arguments) => format::run(&arguments, stdout, stderr),
        Command::Convert(arguments) => convert::run(&arguments, stdout, stderr),
        Command::Completions(arguments) => completions::run(&arguments, stdout),
        Command::Manual(arguments) => manual::run(&arguments, stdout),
    }
}

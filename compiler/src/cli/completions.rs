//! `writ completions`: a completion script for a shell.

use std::io::Write;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::{ExitCode, Failure};

/// Print a completion script, to be sourced by the shell.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Prints the script.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    let mut command = super::Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "writ", &mut script);
    stdout.write_all(&script)?;
    Ok(ExitCode::Clean)
}

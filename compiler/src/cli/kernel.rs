//! `writ kernel`: makes profiles of kernels and shows what is in them.

mod capture;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::kernel::{Profile, ProfileError};

/// `writ kernel …`
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a profile of the kernel that is running here (as root)
    Capture(Capture),
}

#[derive(Debug, Args)]
struct Capture {
    /// Where to write the profile
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What to call the kernel; its release when nothing is given
    #[arg(long, default_value = "")]
    name: String,
}

/// Why a command about kernels could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot read `{}`: {error}", path.display())]
    Read { path: PathBuf, error: std::io::Error },
    #[error("cannot write `{}`: {error}", path.display())]
    Write { path: PathBuf, error: std::io::Error },
    #[error("cannot print: {0}")]
    Print(#[from] std::io::Error),
    #[error("cannot use `{name}` as a kernel: {error}")]
    Profile { name: String, error: ProfileError },
}

/// Carries out a command and prints to `stdout`.
///
/// # Errors
///
/// When a file cannot be read or written, or is not what it should be.
pub fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<(), Error> {
    match &arguments.command {
        Command::Capture(command) => capture(command, stdout),
    }
}

fn capture(command: &Capture, stdout: &mut dyn Write) -> Result<(), Error> {
    let profile = capture::host(&command.name)?;
    let output = command.output.clone();
    let path = output.unwrap_or_else(|| format!("{}.wprofile", profile.name()).into());
    write(&profile, &path)?;
    writeln!(stdout, "{}: {}", path.display(), profile.name())?;
    Ok(())
}

fn write(profile: &Profile, path: &std::path::Path) -> Result<(), Error> {
    let bytes = profile
        .write()
        .map_err(|error| Error::Profile { name: profile.name().to_owned(), error })?;
    #[expect(clippy::disallowed_methods, reason = "the command line does the IO")]
    std::fs::write(path, bytes).map_err(|error| Error::Write { path: path.to_owned(), error })
}

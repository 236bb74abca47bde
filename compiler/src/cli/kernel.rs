//! `writ kernel`: makes profiles of kernels and shows what is in them.

mod capture;
mod diff;
mod import;
mod load;
mod show;

use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{ExitCode, Failure};
use crate::kernel::image::ImageError;
use crate::kernel::{Profile, ProfileError};
pub use load::load;
pub(super) use load::load_entry;

/// `writ kernel …`
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the kernels whose profiles come with writ
    List,
    /// Show what a profile says about its kernel, or about hooks
    Show(Show),
    Diff(diff::Arguments),
    /// Make a profile of the kernel that is running here (as root)
    Capture(Capture),
    /// Make a profile from raw BTF, a vmlinux, a vmlinuz or a Debian package
    Import(Import),
}

#[derive(Debug, Args)]
struct Show {
    /// A kernel such as `6.1`, a profile, a raw BTF file, or `host`
    #[arg(value_name = "KERNEL")]
    kernel: String,
    /// Functions, system calls, LSM hooks or tracepoints such as `sched/sched_process_exec`
    #[arg(value_name = "HOOK")]
    hooks: Vec<String>,
}

#[derive(Debug, Args)]
struct Capture {
    /// Where to write the profile; `<name>.wprofile` when nothing is given
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What to call the kernel; its release when nothing is given
    #[arg(long, default_value = "", hide_default_value = true)]
    name: String,
}

#[derive(Debug, Args)]
struct Import {
    /// Files of one kernel; what the first lacks is looked for in the next
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The kernel's configuration, as `/boot/config-*`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where to write the profile; `<name>.wprofile` when nothing is given
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What to call the kernel; its release when nothing is given
    #[arg(long, default_value = "", hide_default_value = true)]
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
    #[error("cannot use `{name}` as a kernel: {error}")]
    Image { name: String, error: ImageError },
    #[error(
        "there is no kernel `{name}`{help}; `writ kernel list` lists those that come with writ, and a file or `host` will do too"
    )]
    NoKernel { name: String, help: String },
    #[error(
        "`+{change}` cannot follow a kernel's name, but `+lsm=NAME`, `+avoid=fentry`, `+avoid=large-programs` and `+without=CONFIG_OPTION` can"
    )]
    NoChange { change: String },
    #[error("kernel {kernel} has no function, system call, LSM hook or tracepoint `{hook}`{help}")]
    NoHook { kernel: String, hook: String, help: String },
}

impl Error {
    /// Whether a kernel was named that there is not, rather than one that cannot be read.
    pub(super) fn is_about_name(&self) -> bool {
        matches!(self, Self::NoKernel { .. } | Self::NoChange { .. })
    }
}

/// Carries out a command and prints to `stdout`.
///
/// # Errors
///
/// When a file cannot be read or written, or is not what it should be.
pub fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<ExitCode, Failure> {
    match &arguments.command {
        Command::Diff(arguments) => return diff::run(arguments, stdout),
        Command::List => show::list(stdout)?,
        Command::Show(Show { kernel, hooks }) => {
            load(kernel)?.iter().try_for_each(|profile| show::show(profile, hooks, stdout))?;
        }
        Command::Capture(Capture { output, name }) => {
            save(&capture::host(name)?, output.as_deref(), stdout)?;
        }
        Command::Import(Import { files, config, output, name }) => {
            let profile = import::import(files, config.as_deref(), name)?;
            save(&profile, output.as_deref(), stdout)?;
        }
    }
    Ok(ExitCode::Clean)
}

/// Writes a profile to a file and says what is in it.
fn save(profile: &Profile, output: Option<&Path>, stdout: &mut dyn Write) -> Result<(), Error> {
    let own_name = || format!("{}.wprofile", profile.name()).into();
    let path: PathBuf = output.map_or_else(own_name, Path::to_owned);
    let name = profile.name().to_owned();
    let bytes = profile.write().map_err(|error| Error::Profile { name, error })?;
    #[expect(clippy::disallowed_methods, reason = "the command line does the IO")]
    std::fs::write(&path, bytes).map_err(|error| Error::Write { path: path.clone(), error })?;
    writeln!(stdout, "wrote `{}`", path.display())?;
    show::show(profile, &[], stdout)
}

/// The largest file that a kernel is read from: images with all debug information are half of it.
const FILE_MAX: u64 = 2 << 30;

/// The bytes of a file.
fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |error| Error::Read { path: path.to_owned(), error };
    let mut bytes = Vec::new();
    #[expect(clippy::disallowed_methods, reason = "the command line does the IO")]
    let file = std::fs::File::open(path).map_err(failed)?;
    let length = file.take(FILE_MAX).read_to_end(&mut bytes).map_err(failed)?;
    if length as u64 == FILE_MAX {
        return Err(failed(std::io::ErrorKind::FileTooLarge.into()));
    }
    Ok(bytes)
}

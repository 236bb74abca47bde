//! `writ manual`: manual pages, made from the command line's own descriptions.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, CommandFactory as _};

use super::{ExitCode, Failure};

/// Write manual pages: `writ.1`, and one for each command, such as `writ-check.1`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Where to write them; it is made if it is not there
    #[arg(value_name = "DIRECTORY")]
    pub directory: PathBuf,
}

/// Writes the pages and says where.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<ExitCode, Failure> {
    let directory = &arguments.directory;
    std::fs::create_dir_all(directory)
        .and_then(|()| clap_mangen::generate_to(super::Arguments::command(), directory))
        .map_err(|error| Failure::file("cannot write to", directory, &error))?;
    writeln!(stdout, "wrote manual pages to `{}`", directory.display())?;
    Ok(ExitCode::Clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page() {
        let folder = std::env::temp_dir().join(format!("writ-manual-{}", std::process::id()));
        let mut out = Vec::new();
        run(&Arguments { directory: folder.clone() }, &mut out).unwrap();
        for command in super::super::Arguments::command().get_subcommands() {
            let page = folder.join(format!("writ-{}.1", command.get_name()));
            let text = std::fs::read_to_string(&page).unwrap();
            assert!(text.contains(".SH SYNOPSIS"), "{}", page.display());
        }
        assert!(std::fs::read_to_string(folder.join("writ.1")).unwrap().contains("Exit codes"));
        std::fs::remove_dir_all(folder).unwrap();
    }
}

//! From the command line to an exit code.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use clap_complete::Shell;

use crate::arguments::{Arguments, Command, Explain, LogLevel, Preflight, ReportFormat};
use crate::bundle_file;
use crate::code::{self, Code, Fault, Problem};
use crate::output::Messages;
use crate::policy::policy;
use crate::preflight::{Report, preflight};
use crate::run::run;
use crate::running_kernel;

/// Does what the command line says.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match &arguments.command {
        Command::Run(arguments) => run(arguments),
        Command::Preflight(arguments) => check(arguments),
        Command::Policy(command) => policy(command).and_then(|text| print(&text)),
        Command::Explain(arguments) => return explain(arguments),
        Command::Completions(arguments) => print(&completions(arguments.shell)),
        Command::Manual(arguments) => manual(&arguments.directory),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            Messages { level: LogLevel::Error }.problem(&problem);
            match problem.code.fault {
                Fault::Bundle | Fault::Request => ExitCode::from(1),
                Fault::Environment => ExitCode::from(3),
            }
        }
    }
}

fn check(arguments: &Preflight) -> Result<(), Problem> {
    let kernel = running_kernel::read()?;
    let mut reports = Vec::new();
    for path in &arguments.bundles {
        reports.push(preflight(&bundle_file::read(path)?, &kernel));
    }
    let text = match arguments.format {
        ReportFormat::Table => reports.iter().map(Report::table).collect(),
        ReportFormat::Json => serde_json::to_string_pretty(&reports).unwrap_or_default() + "\n",
    };
    print(&text)?;
    reports.iter().try_for_each(Report::verdict)
}

fn explain(arguments: &Explain) -> ExitCode {
    let Some(name) = &arguments.code else {
        let line = |code: &&Code| format!("{}  {}\n", code.id, code.name);
        return printed(&code::ALL.iter().map(line).collect::<String>());
    };
    let Some(code) = code::find(name) else {
        let _ = writeln!(io::stderr(), "error: no code is named `{name}`");
        return ExitCode::from(2);
    };
    printed(&format!("{}: {}\n\n{}\n", code.id, code.name, code.explanation))
}

fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "writ-loader", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

fn manual(directory: &Path) -> Result<(), Problem> {
    let written = std::fs::create_dir_all(directory)
        .and_then(|()| clap_mangen::generate_to(Arguments::command(), directory));
    written.map_err(|error| Problem::new(&code::FILE, format!("{}: {error}", directory.display())))
}

fn printed(text: &str) -> ExitCode {
    match print(text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(3),
    }
}

fn print(text: &str) -> Result<(), Problem> {
    let result = io::stdout().write_all(text.as_bytes());
    result.map_err(|error| Problem::new(&code::FILE, format!("standard output: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_manual_page_and_is_completed() {
        let folder =
            std::env::temp_dir().join(format!("writ-loader-manual-{}", std::process::id()));
        manual(&folder).unwrap();
        let script = completions(Shell::Bash);
        for command in Arguments::command().get_subcommands() {
            let name = command.get_name();
            assert!(folder.join(format!("writ-loader-{name}.1")).is_file(), "{name}");
            assert!(script.contains(&format!("__{name}")), "{name}");
        }
        assert!(folder.join("writ-loader.1").is_file());
        std::fs::remove_dir_all(folder).unwrap();
    }
}

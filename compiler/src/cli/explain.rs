//! `writ explain`: the page of a diagnostic code.

use std::io::Write;

use clap::Args;

use super::{ExitCode, Failure, table};
use crate::diagnostic::{code, did_you_mean};
use crate::render::json;

/// Explain a diagnostic code: what it means, why it matters, and what to write instead.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The code or its name, such as TP0201 or unknown-hook
    #[arg(required_unless_present = "list")]
    pub code: Option<String>,
    /// List every code
    #[arg(long, conflicts_with = "code")]
    pub list: bool,
}

/// Prints a page, or the list of all.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<ExitCode, Failure> {
    let Some(wanted) = &arguments.code else {
        let rows: Vec<Vec<String>> = code::ALL
            .iter()
            .map(|code| {
                [code.id, json::severity(code.severity), code.name, code.summary]
                    .map(String::from)
                    .to_vec()
            })
            .collect();
        stdout.write_all(table::columns(&rows).as_bytes())?;
        return Ok(ExitCode::Clean);
    };
    let Some(code) = code::find(wanted) else {
        let names = code::ALL.iter().flat_map(|code| [code.id, code.name]);
        let near = did_you_mean(wanted, names).map_or(String::new(), |text| format!("; {text}"));
        let message = format!("there is no code `{wanted}`{near} (`writ explain --list` has all)");
        return Err(Failure::Usage(message));
    };
    stdout.write_all(code.page.as_bytes())?;
    Ok(ExitCode::Clean)
}

//! What `writ check` prints and writes: every form over real policies, and what `--fix` does.

mod fixes;
mod forms;

use std::path::PathBuf;

use clap::Parser as _;
use writ::cli::{self, Arguments, ExitCode, Failure};

use crate::files;

/// What a command did.
struct Done {
    code: ExitCode,
    stdout: String,
    stderr: String,
}

/// Runs a command that does not fail.
fn writ(arguments: &[&str]) -> Done {
    attempt(arguments).unwrap_or_else(|failure| panic!("{arguments:?}: {failure}"))
}

fn attempt(arguments: &[&str]) -> Result<Done, Failure> {
    let words = std::iter::once("writ").chain(arguments.iter().copied());
    let arguments = Arguments::try_parse_from(words).unwrap();
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let code = cli::run(arguments, &mut stdout, &mut stderr)?;
    let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    Ok(Done { code, stdout, stderr })
}

/// The case folders: policies with findings of every sort.
fn policies() -> String {
    files::top().join("tests/cases").display().to_string()
}

/// A folder of its own for one test, empty.
fn folder(test: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("writ-{test}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

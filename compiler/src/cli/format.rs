//! `writ fmt`: the Writ language in its one style.

use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use similar::TextDiff;

use super::arguments::ReportArguments;
use super::{ExitCode, Failure, input, report, write};
use crate::diagnostic::{Diagnostics, Stop};
use crate::parse::{Language, dsl};
use crate::source::{SOURCE_MAX, SourceMap};

/// Format policies in the Writ language. There is one style, and it has no options.
#[derive(Debug, Args)]
pub struct Arguments {
    /// `.writ` files, or directories to look for them (walked as .gitignore says)
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Change nothing: print what would change, and exit with 1 when anything would
    #[arg(long)]
    pub check: bool,
    /// Read a policy from standard input and print it formatted
    #[arg(long, conflicts_with = "paths")]
    pub stdin: bool,
}

/// Formats files in place, or shows what that would change. Files with mistakes are left alone.
pub(super) fn run(
    arguments: &Arguments,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    let mut run = Run { arguments, stdout, stderr, code: ExitCode::Clean };
    if arguments.stdin {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().take(SOURCE_MAX as u64).read_to_end(&mut bytes);
        read.map_err(|error| Failure::file("cannot read", Path::new("<stdin>"), &error))?;
        run.text(None, bytes)?;
        return Ok(run.code);
    }
    for path in files(&arguments.paths)? {
        let bytes = input::read_file(&path)?;
        run.text(Some(&path), bytes)?;
    }
    Ok(run.code)
}

/// How long the smallest difference is looked for.
const DIFF_TIME: Duration = Duration::from_secs(2);

struct Run<'r> {
    arguments: &'r Arguments,
    stdout: &'r mut dyn Write,
    stderr: &'r mut dyn Write,
    code: ExitCode,
}

impl Run<'_> {
    /// Formats a file, or standard input when there is no `path`.
    fn text(&mut self, path: Option<&Path>, bytes: Vec<u8>) -> Result<(), Failure> {
        let name = path.map_or("<stdin>".to_owned(), |path| path.display().to_string());
        let mut sources = SourceMap::default();
        let mut diagnostics = Diagnostics::default();
        let formatted = formatted(&name, bytes, &mut sources, &mut diagnostics);
        let formatted = match formatted {
            Ok(formatted) => formatted,
            Err(Stop::Defect(defect)) => return Err(Failure::Defect(format!("{name}: {defect}"))),
            Err(Stop::Reported(_)) => {
                let findings = diagnostics.into_sorted();
                report::print(&findings, &sources, &ReportArguments::for_people(), self.stderr)?;
                self.code = ExitCode::Findings;
                return Ok(());
            }
        };
        let written = sources.iter().next().map_or("", |(_, source)| source.text.as_str());
        match path {
            _ if self.arguments.check => self.difference(&name, written, &formatted)?,
            Some(path) if formatted != written => write::whole(path, formatted.as_bytes())?,
            Some(_) => {}
            None => self.stdout.write_all(formatted.as_bytes())?,
        }
        Ok(())
    }

    fn difference(&mut self, name: &str, written: &str, formatted: &str) -> Result<(), Failure> {
        if written == formatted {
            return Ok(());
        }
        self.code = ExitCode::Findings;
        // Of texts with many differences a coarser one is soon found.
        let difference = TextDiff::configure().timeout(DIFF_TIME).diff_lines(written, formatted);
        let headed = format!("{name} (formatted)");
        write!(self.stdout, "{}", difference.unified_diff().header(name, &headed))?;
        Ok(())
    }
}

fn formatted(
    name: &str,
    bytes: Vec<u8>,
    sources: &mut SourceMap,
    diagnostics: &mut Diagnostics,
) -> Result<String, Stop> {
    match String::from_utf8(bytes) {
        Ok(text) => {
            let source = sources.add(name, text);
            dsl::format(source, sources, diagnostics)
        }
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let source = sources.add(name, String::from_utf8_lossy(error.as_bytes()));
            Err(input::not_utf8(source, good, diagnostics).into())
        }
    }
}

/// The `.writ` files that `paths` name, each once. Files that are named are taken whatever their
/// ending.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let walk =
            ignore::WalkBuilder::new(path).require_git(false).sort_by_file_path(Path::cmp).build();
        for entry in walk {
            let entry = entry.map_err(|error| Failure::file("cannot walk", path, &error))?;
            let is_policy = Language::of(&entry.path().to_string_lossy()) == Language::Writ;
            if is_policy && entry.path().is_file() {
                files.push(entry.into_path());
            }
        }
    }
    Ok(files)
}

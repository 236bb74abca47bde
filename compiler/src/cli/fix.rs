//! `--fix` and `--diff`: what the fixes of the findings make of the files.

mod plan;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use clap::Args;
use similar::TextDiff;

use super::{ExitCode, Failure, input, write};
use crate::diagnostic::{Diagnostic, Safety};
use crate::source::SourceMap;
use plan::Plan;

/// Whether and how files are mended.
#[derive(Debug, Clone, Args)]
pub struct FixArguments {
    /// Mend what can be mended safely, again until nothing changes, then print the findings that remain
    #[arg(long, help_heading = "Fixes")]
    pub fix: bool,
    /// Show as a unified diff what `--fix` would do, and change nothing. The exit code is 1 when
    /// there is a difference
    #[arg(long, help_heading = "Fixes")]
    pub diff: bool,
    /// Also use fixes after which a policy may mean something else
    #[arg(long, help_heading = "Fixes")]
    pub unsafe_fixes: bool,
}

impl FixArguments {
    /// What the fixes may do that are used.
    fn safety(&self) -> Safety {
        if self.unsafe_fixes { Safety::Unsafe } else { Safety::Safe }
    }

    /// Refuses what cannot be done.
    ///
    /// # Errors
    ///
    /// When standard input is to be changed, or `--unsafe-fixes` stands alone.
    pub(super) fn validate<'a>(
        &self,
        mut paths: impl Iterator<Item = &'a Path>,
    ) -> Result<(), Failure> {
        if self.unsafe_fixes && !self.fix && !self.diff {
            let message = "`--unsafe-fixes` needs `--fix` or `--diff`";
            return Err(Failure::Usage(message.into()));
        }
        if self.fix && !self.diff && paths.any(|path| path.as_os_str() == "-") {
            let message = "`--fix` changes files, and standard input is none: `--diff` shows what \
                           it would do";
            return Err(Failure::Usage(message.into()));
        }
        Ok(())
    }
}

/// Prints what would be changed, and changes nothing.
///
/// # Errors
///
/// When nothing can be printed.
pub(super) fn diff(
    findings: &[Diagnostic],
    sources: &SourceMap,
    arguments: &FixArguments,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    let plan = Plan::of(findings, sources, arguments.safety());
    for (source, new) in &plan.texts {
        let Some(old) = sources.get(*source) else { continue };
        let name = old.name.as_str();
        // Of texts with many differences a coarser one is soon found.
        let diff = TextDiff::configure().timeout(DIFF_TIME).diff_lines(old.text.as_str(), new);
        let name = name.trim_start_matches("./").trim_start_matches('/');
        let (before, after) = (format!("a/{name}"), format!("b/{name}"));
        write!(stdout, "{}", diff.unified_diff().context_radius(3).header(&before, &after))?;
    }
    writeln!(stderr, "{}", plan.words("would be applied"))?;
    Ok(if plan.texts.is_empty() { ExitCode::Clean } else { ExitCode::Findings })
}

/// How long the smallest difference is looked for.
const DIFF_TIME: Duration = Duration::from_secs(2);

/// How often files are mended and looked at again at most.
pub(super) const ROUNDS_MAX: usize = 10;

/// What several rounds of mending have done.
#[derive(Debug, Default)]
pub(super) struct Done {
    made: usize,
    files: BTreeSet<String>,
    postponed: usize,
}

impl Done {
    /// `3 fixes applied in 2 files`.
    pub(super) fn words(&self) -> String {
        plan::words(self.made, self.files.len(), self.postponed, "applied")
    }
}

/// Changes the files, and says whether there was anything to change.
///
/// # Errors
///
/// When a file cannot be written, or is not any more what was checked. Files before it are changed
/// then.
pub(super) fn apply(
    findings: &[Diagnostic],
    sources: &SourceMap,
    arguments: &FixArguments,
    done: &mut Done,
) -> Result<bool, Failure> {
    let plan = Plan::of(findings, sources, arguments.safety());
    for (source, new) in &plan.texts {
        let Some(old) = sources.get(*source) else { continue };
        let path = Path::new(&old.name);
        if input::read_file(path)? != old.text.as_bytes() {
            let why = "it was changed while it was checked";
            return Err(Failure::file("cannot mend", path, &why));
        }
        write::whole(path, new.as_bytes())?;
        done.files.insert(old.name.clone());
    }
    done.made += plan.made;
    done.postponed = plan.postponed;
    Ok(!plan.texts.is_empty())
}

//! `writ kernel diff`: what hooks there are, and what they pass, on two kernels.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{Error, load};
use crate::cli::{ExitCode, Failure, input};
use crate::driver;
use crate::kernel::difference::{Difference, Traceable, What, differences, differences_of};
use crate::kernel::{HookName, Profile, Signature};

/// Show which hooks appear, vanish or change from one kernel to another.
///
/// Exit codes: 0 when nothing differs, 1 when something does, 2 wrong usage, 3 failure of a file or
/// the system.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A kernel such as `6.1`, a profile, a raw BTF file, or `host`
    #[arg(value_name = "OLD")]
    old: String,
    /// The same
    #[arg(value_name = "NEW")]
    new: String,
    /// Only the hooks that these policies use: files or directories
    #[arg(long, value_name = "PATH", num_args = 1..)]
    policy: Vec<PathBuf>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How the differences are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Prints what differs.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<ExitCode, Failure> {
    let (old, new) = (one(&arguments.old)?, one(&arguments.new)?);
    let found = if arguments.policy.is_empty() {
        differences(&old, &new)
    } else {
        let mut input = input::read(&arguments.policy, None)?;
        if input.take_diagnostics().gate(()).is_err() {
            let why = "they have mistakes; `writ check` shows them".to_owned();
            return Err(Failure::Environment { what: "cannot read the policies".into(), why });
        }
        let hooks: BTreeSet<HookName> = input.policies().flat_map(driver::hooks).collect();
        differences_of(&hooks, &old, &new)
    };
    match arguments.format {
        Format::Text => text(&found, &old, &new, stdout)?,
        Format::Json => {
            let value = document(&found, &old, &new);
            let text = serde_json::to_string_pretty(&value).map_err(std::io::Error::from)?;
            writeln!(stdout, "{text}")?;
        }
    }
    Ok(if found.is_empty() { ExitCode::Clean } else { ExitCode::Findings })
}

fn one(kernel: &str) -> Result<Profile, Error> {
    let no_kernel = || Error::NoKernel { name: kernel.to_owned(), help: String::new() };
    let [profile] = <[Profile; 1]>::try_from(load(kernel)?).map_err(|_| no_kernel())?;
    Ok(profile)
}

/// A line for each hook, `+`, `-` or `~` before it, and below it a line for each change.
fn text(
    found: &[Difference],
    old: &Profile,
    new: &Profile,
    stdout: &mut dyn Write,
) -> std::io::Result<()> {
    for Difference { hook, what } in found {
        let kind = hook.kind();
        match what {
            What::Appeared(signature) => writeln!(stdout, "+ {kind} {}", shown(hook, signature))?,
            What::Vanished(signature) => writeln!(stdout, "- {kind} {}", shown(hook, signature))?,
            What::Traceable { signature, now } => {
                writeln!(stdout, "~ {kind} {}", shown(hook, signature))?;
                writeln!(stdout, "    {}", traceable(*now))?;
            }
            What::Changed { from, to, changes } => {
                writeln!(stdout, "~ {kind} {}", shown(hook, to))?;
                writeln!(stdout, "    was {}", shown(hook, from))?;
                for change in changes {
                    writeln!(stdout, "    {change}")?;
                }
            }
        }
    }
    let [appeared, vanished, changed] = counts(found);
    let (old, new) = (old.name(), new.name());
    writeln!(stdout, "{old} to {new}: {appeared} appear, {vanished} vanish, {changed} change")
}

fn shown(hook: &HookName, signature: &Signature) -> String {
    signature.text(&hook.name())
}

fn traceable(now: Traceable) -> &'static str {
    match now {
        Traceable::Yes => "can be traced now",
        Traceable::No => "cannot be traced any more",
    }
}

fn counts(found: &[Difference]) -> [usize; 3] {
    let count =
        |wanted: &dyn Fn(&What) -> bool| found.iter().filter(|one| wanted(&one.what)).count();
    [
        count(&|what| matches!(what, What::Appeared(_))),
        count(&|what| matches!(what, What::Vanished(_))),
        count(&|what| matches!(what, What::Changed { .. } | What::Traceable { .. })),
    ]
}

/// The same as data. `format` changes when a reader of the older form would misread the newer.
fn document(found: &[Difference], old: &Profile, new: &Profile) -> Value {
    let hooks: Vec<Value> = found.iter().map(entry).collect();
    json!({ "format": 1, "old": old.name(), "new": new.name(), "hooks": hooks })
}

fn entry(difference: &Difference) -> Value {
    let Difference { hook, what } = difference;
    let text = |signature: &Signature| shown(hook, signature);
    let (word, from, to, changes) = match what {
        What::Appeared(signature) => ("appeared", None, Some(text(signature)), Vec::new()),
        What::Vanished(signature) => ("vanished", Some(text(signature)), None, Vec::new()),
        What::Changed { from, to, changes } => {
            let changes = changes.iter().map(ToString::to_string).collect();
            ("changed", Some(text(from)), Some(text(to)), changes)
        }
        What::Traceable { signature, now } => {
            let same = text(signature);
            ("changed", Some(same.clone()), Some(same), vec![traceable(*now).to_owned()])
        }
    };
    json!({
        "kind": hook.kind(),
        "name": hook.name(),
        "what": word,
        "from": from,
        "to": to,
        "changes": changes,
    })
}

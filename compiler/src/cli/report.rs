//! Prints findings in the forms that were asked for, and says what the exit code is.

mod merge;

use std::io::{IsTerminal as _, Write};

use super::arguments::{ColorArgument, Format, ReportArguments};
use super::{ExitCode, Failure, write};
use crate::diagnostic::{Diagnostic, Safety, Severity};
use crate::render::human::{self, Color};
use crate::render::{Hidden, github, gitlab, json, junit, sarif, short};
use crate::source::SourceMap;

pub(super) use merge::merge;

/// Prints `findings` in every form that was asked for and gives the exit code.
///
/// # Errors
///
/// When a file cannot be written, or what is printed has nowhere to go.
pub(super) fn print(
    findings: &[Diagnostic],
    sources: &SourceMap,
    arguments: &ReportArguments,
    stdout: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    print_with(findings, Hidden::default(), sources, arguments, stdout, String::new)
}

/// As [`print()`], with a text that the form for people ends with.
pub(super) fn print_with(
    findings: &[Diagnostic],
    hidden: Hidden,
    sources: &SourceMap,
    arguments: &ReportArguments,
    stdout: &mut dyn Write,
    ending: impl Fn() -> String,
) -> Result<ExitCode, Failure> {
    let form = |format: Format, color: Color| {
        let mut text = form(format, findings, hidden, sources, arguments, color);
        if format == Format::Human {
            text.push_str(&ending());
        }
        text
    };
    let forms = |color| {
        let forms = arguments.format.iter().map(|&format| form(format, color));
        forms.collect::<String>()
    };
    for file in &arguments.output_file {
        let color = in_file(arguments.color);
        let text = file.format.map_or_else(|| forms(color), |format| form(format, color));
        write::whole(&file.path, text.as_bytes())?;
    }
    let goes_to_file = arguments.output_file.iter().any(|file| file.format.is_none());
    if !goes_to_file {
        stdout.write_all(forms(in_terminal(arguments.color)).as_bytes())?;
    }
    Ok(exit_code(findings, arguments))
}

fn form(
    format: Format,
    findings: &[Diagnostic],
    hidden: Hidden,
    sources: &SourceMap,
    arguments: &ReportArguments,
    color: Color,
) -> String {
    match format {
        Format::Human => {
            let mut text = human::render(findings, sources, human::Style { color, width: WIDTH });
            text.push_str(&summary(findings, hidden, sources));
            text
        }
        Format::Short => short::render(findings, sources),
        Format::Json => json::render(findings, hidden, sources),
        Format::Sarif => sarif::render(findings, sources),
        Format::Github => github::render(findings, sources),
        Format::Gitlab => gitlab::render(findings, sources),
        Format::Junit => junit::render(findings, sources, fail_level(arguments)),
    }
}

/// Columns of the form for people.
const WIDTH: usize = 100;

fn fail_level(arguments: &ReportArguments) -> Severity {
    arguments.fail_level.map_or(Severity::Error, Severity::from)
}

/// 1 when a finding is at or above the fail level.
pub(super) fn exit_code(findings: &[Diagnostic], arguments: &ReportArguments) -> ExitCode {
    let level = fail_level(arguments);
    if findings.iter().any(|finding| finding.severity >= level) {
        ExitCode::Findings
    } else {
        ExitCode::Clean
    }
}

/// ``2 errors, 1 warning, 3 suppressed; `writ check --fix` mends 1``, ended by a line end; nothing
/// when there is nothing to say.
fn summary(findings: &[Diagnostic], hidden: Hidden, sources: &SourceMap) -> String {
    let counts = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| {
        let count = findings.iter().filter(|finding| finding.severity == severity).count();
        (count, json::severity(severity))
    });
    let mut parts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
        .collect();
    let hidden = [(hidden.suppressed, "suppressed"), (hidden.known, "known")];
    let hidden = hidden.iter().filter(|(count, _)| *count > 0);
    parts.extend(hidden.map(|(count, word)| format!("{count} {word}")));
    if parts.is_empty() {
        return String::new();
    }
    let mut text = parts.join(", ");
    let is_mended = |finding: &&Diagnostic| {
        let fixes = &finding.finding.fixes;
        fixes.iter().any(|fix| fix.safety == Safety::Safe && fix.edits_in(sources).is_some())
    };
    let mended = findings.iter().filter(is_mended).count();
    if mended > 0 {
        text.push_str("; `writ check --fix` mends ");
        text.push_str(&mended.to_string());
    }
    text.push('\n');
    text
}

fn in_terminal(color: ColorArgument) -> Color {
    let terminal = std::io::stdout().is_terminal();
    match color {
        ColorArgument::Never => Color::Never,
        ColorArgument::Auto if !terminal || std::env::var("NO_COLOR").is_ok() => Color::Never,
        ColorArgument::Auto | ColorArgument::Always => Color::Always,
    }
}

fn in_file(color: ColorArgument) -> Color {
    match color {
        ColorArgument::Auto | ColorArgument::Never => Color::Never,
        ColorArgument::Always => Color::Always,
    }
}

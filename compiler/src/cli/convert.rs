//! `writ convert`: policies in the other language.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::arguments::{LanguageArgument, PolicyArguments};
use super::input::{File, Input};
use super::{ExitCode, Failure, input, kernel, report, write};
use crate::diagnostic::{Diagnostics, Stop};
use crate::driver;
use crate::kernel::Profile;
use crate::parse::{Language, dsl};
use crate::plain;
use crate::policy::print;
use crate::source::SourceMap;

/// Turn YAML into the Writ language, or the Writ language into YAML. Comments are not taken along.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub policies: PolicyArguments,
    /// The language to write. The default is the one that the first file is not in
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub to: Option<LanguageArgument>,
    /// The kernel that tells the indexes of arguments which a policy calls by name: a name, a profile
    /// file, or `host`
    #[arg(long, short, value_name = "KERNEL")]
    pub kernel: Option<String>,
    /// Where to write the policies, instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Prints the policies, unless one of them has a mistake or cannot be said. Findings go to standard
/// error.
pub(super) fn run(
    arguments: &Arguments,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    let PolicyArguments { paths, language, report: shown } = &arguments.policies;
    let mut input = input::read(paths, language.map(Into::into))?;
    let mut diagnostics = input.take_diagnostics();
    let to = arguments.to.map_or_else(|| other(input.files.first()), Into::into);
    let kernel = kernel(arguments.kernel.as_deref())?;
    let text = match diagnostics.gate(()) {
        Ok(()) => converted(&input, to, kernel.as_ref(), &mut diagnostics)?,
        Err(_) => None,
    };
    let code = report::print(&diagnostics.into_sorted(), &input.sources, shown, stderr)?;
    let Some(text) = text else { return Ok(ExitCode::Findings) };
    match &arguments.output {
        Some(path) => write::whole(path, text.as_bytes())?,
        None => stdout.write_all(text.as_bytes())?,
    }
    Ok(code)
}

/// The language that a file is not in.
fn other(file: Option<&File>) -> Language {
    match file.map(|file| file.language) {
        Some(Language::Writ) => Language::Yaml,
        Some(Language::Yaml) | None => Language::Writ,
    }
}

fn kernel(name: Option<&str>) -> Result<Option<Profile>, Failure> {
    let Some(name) = name else { return Ok(None) };
    let mut profiles = kernel::load(name)?;
    match (profiles.pop(), profiles.is_empty()) {
        (Some(only), true) => Ok(Some(only)),
        _ => Err(Failure::Usage("`--kernel` takes one kernel here".to_owned())),
    }
}

fn converted(
    input: &Input,
    to: Language,
    kernel: Option<&Profile>,
    diagnostics: &mut Diagnostics,
) -> Result<Option<String>, Failure> {
    match to {
        Language::Yaml => Ok(to_yaml(input, kernel, diagnostics)),
        Language::Writ => to_writ(input).map(Some),
    }
}

/// Every policy as a document.
fn to_yaml(
    input: &Input,
    kernel: Option<&Profile>,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let mut documents = Vec::new();
    for policy in input.policies() {
        if let Some(document) = driver::convert(policy, kernel, diagnostics) {
            documents.push(plain::print(&document));
        }
    }
    diagnostics.gate(documents.join("---\n")).ok()
}

/// Every policy in the one style of the language.
fn to_writ(input: &Input) -> Result<String, Failure> {
    let policies: Vec<String> = input.policies().map(print::print).collect();
    let mut sources = SourceMap::default();
    let source = sources.add("converted.writ", policies.join("\n"));
    match dsl::format(source, &sources, &mut Diagnostics::default()) {
        Ok(formatted) => Ok(formatted),
        Err(Stop::Defect(defect)) => Err(Failure::Defect(defect.to_string())),
        Err(Stop::Reported(_)) => {
            Err(Failure::Defect("a printed policy does not read as one".to_owned()))
        }
    }
}

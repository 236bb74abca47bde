//! `writ schema`: the JSON Schemas of what writ reads and prints.

use std::io::Write;

use clap::{Args, ValueEnum};

use super::{ExitCode, Failure};
use crate::editor;
use crate::render::json;

/// Print a JSON Schema.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The schema of what
    #[arg(value_enum, default_value = "policy")]
    pub document: Document,
}

/// What has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Document {
    /// TracingPolicy, for the language server of YAML
    Policy,
    /// What `--format json` prints
    Report,
}

/// Prints the schema.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<ExitCode, Failure> {
    let schema = match arguments.document {
        Document::Policy => editor::json_schema::policy(),
        Document::Report => json::SCHEMA.to_owned(),
    };
    stdout.write_all(schema.as_bytes())?;
    Ok(ExitCode::Clean)
}

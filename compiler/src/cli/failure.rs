//! Why a command could not do its work, though the policies may be fine.

use std::fmt;
use std::io;
use std::path::Path;

use super::ExitCode;

/// A failure of the environment, or a defect of writ.
#[derive(Debug)]
pub enum Failure {
    /// The command line asks for something impossible.
    Usage(String),
    /// A file, a kernel profile or an output failed: what was tried, and why it failed.
    Environment { what: String, why: String },
    /// Writing the result failed.
    Output(io::Error),
    /// Writ broke one of its own rules.
    Defect(String),
}

impl Failure {
    /// A failure to do something with a file.
    pub fn file(what: &str, path: &Path, why: &dyn fmt::Display) -> Self {
        Self::Environment { what: format!("{what} `{}`", path.display()), why: why.to_string() }
    }

    /// The exit code that says so.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::Usage,
            Self::Environment { .. } | Self::Output(_) => ExitCode::Environment,
            Self::Defect(_) => ExitCode::Defect,
        }
    }

    /// Whether the reader of our output went away, as `writ check | head` does.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) => write!(f, "{message}"),
            Self::Environment { what, why } => write!(f, "{what}: {why}"),
            Self::Output(error) => write!(f, "cannot write the result: {error}"),
            Self::Defect(message) => {
                write!(f, "this is a bug in writ, please report it with the policy: {message}")
            }
        }
    }
}

impl std::error::Error for Failure {}

impl From<super::kernel::Error> for Failure {
    fn from(error: super::kernel::Error) -> Self {
        if let super::kernel::Error::Print(error) = error {
            return Self::Output(error);
        }
        Self::Environment { what: "cannot use the kernel".into(), why: error.to_string() }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

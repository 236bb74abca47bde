//! What the exit code of the command means.

/// The exit code. Users' scripts rely on it, so its numbers never change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ExitCode {
    /// Nothing to complain about.
    #[default]
    Clean = 0,
    /// A finding at or above the fail level; for `diff`, a difference.
    Findings = 1,
    /// The command line is wrong.
    Usage = 2,
    /// A file, a kernel or an output failed.
    Environment = 3,
    /// A bug in writ.
    Defect = 70,
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}

//! What happens when a selector matches.

use crate::source::{Span, Spanned};

/// One action and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub span: Span,
    pub kind: ActionKind,
}

/// An action that the writ engine knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionKind {
    /// Report the event. It is what a selector without actions does.
    Post { rate_limit: Option<RateLimit> },
    /// Do not report the event, whatever else happens.
    NoPost,
    /// Kill the calling process.
    Sigkill,
    /// Send a signal to the calling process.
    Signal { signal: Spanned<i64> },
    /// Make the call fail with this value instead of running it: `-1` is `EPERM`.
    Override { error: Spanned<i64> },
}

/// At most one event in an interval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// As TracingPolicy writes it: a number, then nothing or `s` for seconds, `m` or `h`.
    pub interval: Spanned<String>,
    /// `None` means [`RateScope::Thread`].
    pub scope: Option<Spanned<RateScope>>,
}

/// Whose events count together. The value is what the runtime library is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RateScope {
    Thread = 0,
    Process = 1,
    Global = 2,
}

impl RateScope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Thread, Self::Process, Self::Global];

    /// The name in TracingPolicy.
    pub fn name(self) -> &'static str {
        match self {
            Self::Thread => "thread",
            Self::Process => "process",
            Self::Global => "global",
        }
    }
}

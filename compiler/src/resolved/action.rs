//! An action that this kernel can carry out at its hook.

use crate::policy::RateScope;
use crate::source::Span;

/// What happens, and where it was written. For a selector without actions that is the selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    Post {
        span: Span,
        rate_limit: Option<RateLimit>,
    },
    NoPost {
        span: Span,
    },
    /// Send a signal to the calling process; 1 to 64.
    Signal {
        span: Span,
        number: u32,
    },
    /// Make the call fail. -4095 to 0: `-1` is `EPERM`, 0 pretends success.
    Override {
        span: Span,
        error: i32,
    },
}

/// At most one event in an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RateLimit {
    /// Never 0.
    pub milliseconds: u32,
    pub scope: RateScope,
}

impl Action {
    /// Where it was written.
    pub fn span(&self) -> Span {
        match self {
            Self::Post { span, .. }
            | Self::NoPost { span }
            | Self::Signal { span, .. }
            | Self::Override { span, .. } => *span,
        }
    }

    /// Whether it does something to the caller, so that monitor mode leaves it out.
    pub fn is_enforcement(&self) -> bool {
        match self {
            Self::Signal { .. } | Self::Override { .. } => true,
            Self::Post { .. } | Self::NoPost { .. } => false,
        }
    }
}

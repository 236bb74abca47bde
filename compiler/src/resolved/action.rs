//! An action that this kernel can carry out at its hook.

use super::ArgumentId;
use crate::policy::{RateScope, Replacement};
use crate::source::Span;

/// What happens, and where it was written. For a selector without actions that is the selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    Post {
        span: Span,
        rate_limit: Option<RateLimit>,
        extras: Extras,
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
    /// Have the program go on elsewhere, or with other registers.
    Redirect {
        span: Span,
        to: Replacement,
    },
    /// Fetch an address, from the agent.
    GetUrl {
        span: Span,
        url: String,
    },
    /// Look a name up, from the agent.
    DnsLookup {
        span: Span,
        name: String,
    },
    /// Remember which process a socket belongs to.
    TrackSock {
        span: Span,
        argument: ArgumentId,
    },
    /// Forget it.
    UntrackSock {
        span: Span,
        argument: ArgumentId,
    },
    /// Have the policy's enforcer act: return `error`, send `signal`, or both.
    NotifyEnforcer {
        span: Span,
        error: Option<i32>,
        signal: Option<u32>,
    },
    /// Have the enforcer forget what it was told.
    CleanupEnforcerNotification {
        span: Span,
    },
    /// Write a number where an argument of a USDT probe points.
    Set {
        span: Span,
        argument: ArgumentId,
        value: u32,
    },
}

/// What an event carries besides its values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Extras {
    /// Where the kernel's stack is asked for.
    pub kernel_stack: Option<Span>,
    /// Where the program's stack is asked for.
    pub user_stack: Option<Span>,
    /// Where the digest that the kernel's integrity measurement knows is asked for.
    pub ima_hash: Option<Span>,
}

/// At most one event in an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RateLimit {
    /// Never 0.
    pub milliseconds: u32,
    pub scope: RateScope,
}

impl Action {
    /// A plain `Post`.
    pub fn post(span: Span) -> Self {
        Self::Post { span, rate_limit: None, extras: Extras::default() }
    }

    /// Where it was written.
    pub fn span(&self) -> Span {
        match self {
            Self::Post { span, .. }
            | Self::NoPost { span }
            | Self::Signal { span, .. }
            | Self::Override { span, .. }
            | Self::Redirect { span, .. }
            | Self::GetUrl { span, .. }
            | Self::DnsLookup { span, .. }
            | Self::TrackSock { span, .. }
            | Self::UntrackSock { span, .. }
            | Self::NotifyEnforcer { span, .. }
            | Self::CleanupEnforcerNotification { span }
            | Self::Set { span, .. } => *span,
        }
    }

    /// Whether it does something to the caller, so that monitor mode leaves it out.
    pub fn is_enforcement(&self) -> bool {
        match self {
            Self::Signal { .. }
            | Self::Override { .. }
            | Self::Redirect { .. }
            | Self::NotifyEnforcer { .. }
            | Self::Set { .. } => true,
            Self::Post { .. }
            | Self::NoPost { .. }
            | Self::GetUrl { .. }
            | Self::DnsLookup { .. }
            | Self::TrackSock { .. }
            | Self::UntrackSock { .. }
            | Self::CleanupEnforcerNotification { .. } => false,
        }
    }
}

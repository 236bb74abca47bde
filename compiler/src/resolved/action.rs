//! An action that this kernel can carry out at its hook.

use writ_bundle::UserPoint;

use super::{ArgumentId, Assignment};
use crate::policy::RateScope;
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
        /// In order: each sees those before it.
        registers: Vec<Assignment>,
        /// A place of the same file where it goes on.
        to: Option<UserPoint>,
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
    /// The digest that the kernel's integrity measurement has of the hook's file.
    pub ima_hash: Option<Digest>,
}

/// A digest that events show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest {
    /// Where it is asked for.
    pub span: Span,
    pub of: DigestOf,
}

/// Of which file a digest is shown. What leads to it is the hook's first argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DigestOf {
    /// `struct file *`
    File,
    /// `struct linux_binprm *`: the file to be executed.
    Executable,
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

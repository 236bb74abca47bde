//! What happens when a selector matches.

use crate::source::{Span, Spanned};

/// One action and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub span: Span,
    pub kind: ActionKind,
}

/// What is to happen. Arguments that the author left out are `None`, whether they may be or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionKind {
    /// Report the event. It is what a selector without actions does.
    Post {
        rate_limit: Option<RateLimit>,
        /// Where `kernelStackTrace: true` stands.
        kernel_stack: Option<Span>,
        /// Where `userStackTrace: true` stands.
        user_stack: Option<Span>,
        /// Where `imaHash: true` stands: the digest that the kernel's integrity measurement knows of
        /// the file is reported.
        ima_hash: Option<Span>,
    },
    /// Do not report the event, whatever else happens.
    NoPost,
    /// Kill the calling process.
    Sigkill,
    /// Send a signal to the calling process.
    Signal { signal: Option<Spanned<i64>> },
    /// Make the call fail with this value instead of running it: `-1` is `EPERM`. A uprobe can have
    /// the program go on elsewhere, or with other registers.
    Override { error: Option<Spanned<i64>>, replacement: Option<Box<Replacement>> },
    /// Fetch this address, from the agent.
    GetUrl { url: Option<Spanned<String>> },
    /// Look this name up, from the agent.
    DnsLookup { name: Option<Spanned<String>> },
    /// Remember which process a socket belongs to; the number is the place of the argument in the
    /// hook's list.
    TrackSock { argument: Option<Spanned<u32>> },
    /// Forget it.
    UntrackSock { argument: Option<Spanned<u32>> },
    /// Have the policy's enforcer act on the system call or function that the process is in.
    NotifyEnforcer { error: Option<Spanned<i64>>, signal: Option<Spanned<i64>> },
    /// Have it forget what it was told about the process.
    CleanupEnforcerNotification,
    /// Write a number into the program's memory, where an argument of a USDT probe points.
    Set { argument: Option<Spanned<u32>>, value: Option<Spanned<u32>> },
}

/// What a uprobe's `Override` does instead of giving an error. At most one of the three new places
/// should be there; that is checked, not given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replacement {
    /// `argRegs`: assignments such as `rax=11` or `rip=(%rsp)`.
    pub registers: Vec<Spanned<String>>,
    /// `argNewSymbol`
    pub symbol: Option<Spanned<String>>,
    /// `argNewAddr`
    pub address: Option<Spanned<u64>>,
    /// `argNewOffset`
    pub offset: Option<Spanned<u64>>,
}

impl ActionKind {
    /// The plain `Post`.
    pub fn post() -> Self {
        Self::Post { rate_limit: None, kernel_stack: None, user_stack: None, ima_hash: None }
    }

    /// The name in TracingPolicy.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Post { .. } => "Post",
            Self::NoPost => "NoPost",
            Self::Sigkill => "Sigkill",
            Self::Signal { .. } => "Signal",
            Self::Override { .. } => "Override",
            Self::GetUrl { .. } => "GetUrl",
            Self::DnsLookup { .. } => "DnsLookup",
            Self::TrackSock { .. } => "TrackSock",
            Self::UntrackSock { .. } => "UntrackSock",
            Self::NotifyEnforcer { .. } => "NotifyEnforcer",
            Self::CleanupEnforcerNotification => "CleanupEnforcerNotification",
            Self::Set { .. } => "Set",
        }
    }
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

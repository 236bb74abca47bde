//! A hook and how it is attached on this kernel.

use writ_bundle::{Attach, HookKind, Requirement};

use super::{Action, Argument, Expression};
use crate::policy::TrackAction;
use crate::source::{Span, Spanned};

/// One hook of one policy. A policy's hook on a list of functions is several of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    pub span: Span,
    /// Where its function, event or LSM hook is named.
    pub point_span: Span,
    /// What its events are called: the policy's words.
    pub kind: HookKind,
    /// Whether it shares a program with the other hooks on its list.
    pub sharing: Sharing,
    /// With [`Sharing::Calls`], the numbers of the system calls that it is on, with
    /// [`writ_bundle::SYSCALL_32_BIT`] when they are those of 32-bit programs.
    pub calls: Vec<u32>,
    /// Where conditions are decided.
    pub attachment: Attachment,
    /// Where the return value is seen, when the policy asks for it.
    pub return_attachment: Option<Attachment>,
    pub arguments: Vec<Argument>,
    /// What is read from the current task or the registers (`data`).
    pub data: Vec<Argument>,
    pub return_argument: Option<Argument>,
    /// The first that matches wins. None at all: every hit is posted.
    pub selectors: Vec<Selector>,
    pub message: Option<String>,
    pub tags: Vec<String>,
    /// What is done with a returned socket.
    pub return_action: Option<Spanned<TrackAction>>,
}

/// How hooks on one list that read, ask and do the same share programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sharing {
    /// Each has a program of its own.
    Own,
    /// One program, attached to all functions at once (kprobe.multi).
    Multi,
    /// One program, attached to each function by a kprobe that has a cookie.
    Cookies,
    /// One program that runs when any system call is entered, and tells them apart by their numbers.
    Calls,
}

/// Functions on which an enforcer can act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enforcer {
    pub span: Span,
    pub functions: Vec<EnforcedFunction>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnforcedFunction {
    /// Where the policy names it, or its list.
    pub span: Span,
    pub attachment: Attachment,
    pub acts: Acts,
}

/// What an enforcer can do to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Acts {
    /// Signal the caller.
    Signals,
    /// Signal the caller and make the call fail.
    FailsAndSignals,
}

/// How a program gets to run at a hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub attach: Attach,
    /// Why this way and no other, for people: ``fentry: `security_file_open` has BTF and can be
    /// traced``.
    pub reason: String,
    pub needs: Vec<Need>,
}

/// A kernel feature that is needed, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Its `at` is `None`: the span says where.
    pub requirement: Requirement,
    pub span: Span,
}

/// Conditions and what happens when they hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    pub span: Span,
    pub label: Option<String>,
    pub condition: Expression,
    pub return_condition: Expression,
    /// Never empty: a selector without actions posts.
    pub actions: Vec<Action>,
    /// Never empty when the hook has a return argument.
    pub return_actions: Vec<Action>,
}

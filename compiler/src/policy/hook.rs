//! Where a policy looks: hooks and their selectors.

use super::{Action, Argument, Expression};
use crate::source::{Span, Spanned};

/// A point in the kernel, what is read there, and what is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    pub span: Span,
    pub point: Point,
    pub arguments: Vec<Argument>,
    /// What is read besides the hook's own arguments (`data`): from the current task or registers.
    pub data: Vec<Argument>,
    /// The return value, when the hook reports it (`return: true` and `returnArg`).
    pub return_argument: Option<Argument>,
    /// What is done with a returned socket (`returnArgAction`).
    pub return_action: Option<Spanned<TrackAction>>,
    /// The first that matches wins. None at all: every hit is posted.
    pub selectors: Vec<Selector>,
    pub message: Option<Spanned<String>>,
    pub tags: Vec<Spanned<String>>,
    /// Where it says that a function that the kernel lacks, or a binary with another digest, is
    /// passed over (`ignore.callNotFound`, `ignore.digestVerificationFailure`).
    pub ignore_missing: Option<Span>,
    /// Whether all of its selectors and conditions are here. Where one was not understood, and that
    /// was reported, nothing follows from what the others leave out.
    pub is_whole: bool,
}

/// What a hook hooks. The names are as written: `sys_openat`, `openat` and `__x64_sys_openat` may
/// all mean the same system call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Point {
    /// A kernel function (`kprobes` with `syscall: false`).
    Function(Spanned<String>),
    /// A system call (`kprobes` with `syscall: true`).
    Syscall(Spanned<String>),
    /// The functions of a list (`kprobes` with `call: list:NAME`). The name is without `list:`.
    List { name: Spanned<String>, kind: CallKind },
    /// The same as an entry of `fentries`.
    Fentry(Call),
    /// An LSM hook (`lsmhooks`), without `security_` or `bpf_lsm_`.
    Lsm(Spanned<String>),
    /// A tracepoint, by the fields of its format.
    Tracepoint { subsystem: Spanned<String>, event: Spanned<String> },
    /// A tracepoint, by the arguments that the kernel passes to it (`raw: true`).
    RawTracepoint { subsystem: Spanned<String>, event: Spanned<String> },
    /// A function of a program or library (`uprobes`).
    Uprobe(Uprobe),
    /// A static probe of a program or library (`usdts`).
    Usdt {
        path: Spanned<String>,
        provider: Spanned<String>,
        name: Spanned<String>,
        btf_path: Option<Spanned<String>>,
    },
}

/// What an entry of `fentries` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// One function or system call.
    One { name: Spanned<String>, kind: CallKind },
    /// Those of a list. The name is without `list:`.
    List { name: Spanned<String>, kind: CallKind },
}

/// How the name of a function is meant (`syscall`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallKind {
    Function,
    Syscall,
}

/// Which section of TracingPolicy hooks kernel functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Probe {
    /// `kprobes`
    Kprobe,
    /// `fentries`
    Fentry,
}

/// An entry of `uprobes`. Exactly one of `symbols`, `offsets` and `addresses` should say something;
/// that is checked, not given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uprobe {
    pub path: Spanned<String>,
    /// `main`, or `main+0x10`.
    pub symbols: Vec<Spanned<String>>,
    /// Offsets in the file, in bytes.
    pub offsets: Vec<Spanned<u64>>,
    /// Virtual addresses.
    pub addresses: Vec<Spanned<u64>>,
    /// Offsets of the semaphores, one for each symbol or offset.
    pub reference_counter_offsets: Vec<Spanned<u64>>,
    /// Where BTF of the program is, for `resolve`.
    pub btf_path: Option<Spanned<String>>,
    /// `sha256:…` and so on: which builds of the program are meant.
    pub digests: Vec<Spanned<String>>,
}

/// What happens to the socket that a function returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrackAction {
    /// `TrackSock`
    Track,
    /// `UntrackSock`
    Untrack,
}

/// A selector to be used by others (`selectorsMacros`). It uses no macros itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Macro {
    pub name: Spanned<String>,
    pub selector: Selector,
}

impl Point {
    /// The file with the types of the program that is hooked, when the policy names one.
    pub fn type_file(&self) -> Option<&Spanned<String>> {
        match self {
            Self::Uprobe(uprobe) => uprobe.btf_path.as_ref(),
            Self::Usdt { btf_path, .. } => btf_path.as_ref(),
            Self::Function(_)
            | Self::Syscall(_)
            | Self::List { .. }
            | Self::Fentry(_)
            | Self::Lsm(_)
            | Self::Tracepoint { .. }
            | Self::RawTracepoint { .. } => None,
        }
    }

    /// Whether a hook here has `data` beside its arguments. At the others, an argument can be read
    /// from the current task instead.
    pub fn has_data(&self) -> bool {
        match self {
            Self::Function(_)
            | Self::Syscall(_)
            | Self::List { .. }
            | Self::Fentry(_)
            | Self::Uprobe(_) => true,
            Self::Lsm(_)
            | Self::Tracepoint { .. }
            | Self::RawTracepoint { .. }
            | Self::Usdt { .. } => false,
        }
    }

    /// What a command line calls it: `sys_openat`, `list:calls`, `sched/sched_process_exec`.
    pub fn name(&self) -> String {
        match self {
            Self::Function(name)
            | Self::Syscall(name)
            | Self::Lsm(name)
            | Self::Fentry(Call::One { name, .. })
            | Self::Usdt { name, .. } => name.value.clone(),
            Self::List { name, .. } | Self::Fentry(Call::List { name, .. }) => {
                format!("{}{}", super::list::PREFIX, name.value)
            }
            Self::Tracepoint { subsystem, event } | Self::RawTracepoint { subsystem, event } => {
                format!("{}/{}", subsystem.value, event.value)
            }
            Self::Uprobe(uprobe) => uprobe.path.value.clone(),
        }
    }

    /// Where the name of what is hooked stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Function(name)
            | Self::Syscall(name)
            | Self::Lsm(name)
            | Self::List { name, .. }
            | Self::Fentry(Call::One { name, .. } | Call::List { name, .. })
            | Self::Usdt { name, .. } => name.span,
            Self::Uprobe(uprobe) => uprobe.span(),
            Self::Tracepoint { subsystem, event } | Self::RawTracepoint { subsystem, event } => {
                // The two may stand in either order, on lines of their own.
                if subsystem.span.start <= event.span.start { event.span } else { subsystem.span }
            }
        }
    }
}

impl Uprobe {
    /// Where the function is named, or the program when no function is.
    pub fn span(&self) -> Span {
        let symbols = self.symbols.iter().map(|symbol| symbol.span);
        let numbers = self.offsets.iter().chain(&self.addresses).map(|number| number.span);
        symbols.chain(numbers).reduce(Span::to).unwrap_or(self.path.span)
    }
}

/// Conditions, and what happens when all of them hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    pub span: Span,
    pub label: Option<Spanned<String>>,
    /// Names of [`Macro`]s whose conditions and actions are added to these.
    pub macros: Vec<Spanned<String>>,
    /// Decided when the hook is hit. `Expression::All(vec![])` always holds.
    pub condition: Expression,
    /// Decided when the call returns (`matchReturnArgs`); only with a return argument.
    pub return_condition: Expression,
    /// Empty: the event is posted.
    pub actions: Vec<Action>,
    /// Carried out when the call returns (`matchReturnActions`).
    pub return_actions: Vec<Action>,
}

//! What a selector asks.

use super::{Operator, Workloads, cel};
use crate::source::{Span, Spanned};

/// Conditions joined by `and`, `or` and `not`.
///
/// TracingPolicy knows only [`Self::All`] of tests; the Writ language knows every form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// Every part holds. Empty: it always holds.
    All(Vec<Expression>),
    /// At least one part holds. Empty: it never holds.
    Any(Vec<Expression>),
    /// The part does not hold. A part that rests on an argument which cannot be read fails the
    /// whole rule, also here.
    Not(Box<Expression>),
    Test(Condition),
}

impl Expression {
    /// The expression that always holds.
    pub fn always() -> Self {
        Self::All(Vec::new())
    }

    /// Whether it holds for every event, by its form alone.
    pub fn is_always(&self) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(Self::is_always),
            Self::Any(parts) => parts.iter().any(Self::is_always),
            Self::Not(_) | Self::Test(_) => false,
        }
    }

    /// The same meaning with `and` in `and` and `or` in `or` taken apart, and single parts bare.
    #[must_use]
    pub fn simplified(&self) -> Self {
        match self {
            Self::All(parts) => {
                let mut flat = Vec::new();
                for part in parts {
                    match part.simplified() {
                        Self::All(inner) => flat.extend(inner),
                        other @ (Self::Any(_) | Self::Not(_) | Self::Test(_)) => flat.push(other),
                    }
                }
                only(&mut flat).unwrap_or(Self::All(flat))
            }
            Self::Any(parts) => {
                let mut flat = Vec::new();
                for part in parts {
                    match part.simplified() {
                        Self::Any(inner) => flat.extend(inner),
                        other @ (Self::All(_) | Self::Not(_) | Self::Test(_)) => flat.push(other),
                    }
                }
                only(&mut flat).unwrap_or(Self::Any(flat))
            }
            Self::Not(part) => Self::Not(Box::new(part.simplified())),
            Self::Test(condition) => Self::Test(condition.clone()),
        }
    }
}

/// Takes the element of a list of one.
fn only(parts: &mut Vec<Expression>) -> Option<Expression> {
    if parts.len() == 1 { parts.pop() } else { None }
}

/// One question about an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// About an argument (`matchArgs`, `matchReturnArgs`).
    Argument {
        span: Span,
        argument: ArgumentReference,
        operator: Spanned<Operator>,
        /// As written; what they mean depends on the argument's type. A range of numbers is
        /// `low:high` in both languages.
        values: Vec<Spanned<String>>,
    },
    /// A formula over arguments (the operator `CelExpr`).
    Cel {
        span: Span,
        operator: Spanned<Operator>,
        /// The argument that the condition names, which the formula need not use.
        argument: ArgumentReference,
        /// The values as written. Exactly one is legal; that is checked, not given.
        values: Vec<Spanned<String>>,
        /// The first value, when it could be read.
        formula: Option<cel::Expression>,
    },
    /// Whether a capability set gained one of these over another (`CapabilitiesGained`).
    CapabilitiesGained {
        span: Span,
        operator: Spanned<Operator>,
        new: ArgumentReference,
        /// `None`: the second argument that the operator needs was not given.
        old: Option<ArgumentReference>,
        values: Vec<Spanned<String>>,
    },
    /// About the file that the calling process or its parent executes (`matchBinaries`,
    /// `matchParentBinaries`).
    Binary {
        span: Span,
        whose: Whose,
        /// `In`, `NotIn`, `Prefix`, `NotPrefix`, `Postfix` or `NotPostfix`.
        operator: Spanned<Operator>,
        values: Vec<Spanned<String>>,
        /// Where it says that descendants of such a process count as it (`followChildren`).
        follow_children: Option<Span>,
    },
    /// About the calling process's id (`matchPIDs`).
    Pid {
        span: Span,
        /// `In` or `NotIn`.
        operator: Spanned<Operator>,
        values: Vec<Spanned<u32>>,
        /// Whether the ids are those in the process's own PID namespace.
        is_namespace_pid: bool,
        /// Whether descendants of the listed processes count as them.
        follow_forks: bool,
    },
    /// About a namespace of the calling process (`matchNamespaces`).
    Namespace {
        span: Span,
        kind: Spanned<NamespaceKind>,
        /// `In` or `NotIn`.
        operator: Spanned<Operator>,
        /// Inode numbers in decimal, or `host_ns`.
        values: Vec<Spanned<String>>,
    },
    /// Whether the process is about to be in another namespace than when it was started
    /// (`matchNamespaceChanges`).
    NamespaceChange {
        span: Span,
        /// `In` or `NotIn`.
        operator: Spanned<Operator>,
        values: Vec<Spanned<NamespaceKind>>,
    },
    /// About the capabilities of the calling process (`matchCapabilities`).
    Capability {
        span: Span,
        set: CapabilitySet,
        /// Where the set is named; `None` when it is left to the default.
        set_span: Option<Span>,
        /// `In` or `NotIn`.
        operator: Spanned<Operator>,
        /// As written: `CAP_SYS_ADMIN`.
        values: Vec<Spanned<String>>,
        /// Where it says that only processes in another user namespace than the host's are meant.
        is_namespace_capability: Option<Span>,
    },
    /// Whether capabilities of the process differ from those it was started with
    /// (`matchCapabilityChanges`).
    CapabilityChange {
        span: Span,
        set: CapabilitySet,
        /// Where the set is named; `None` when it is left to the default.
        set_span: Option<Span>,
        /// `In` or `NotIn`.
        operator: Spanned<Operator>,
        values: Vec<Spanned<String>>,
        is_namespace_capability: Option<Span>,
    },
    /// Whether the process belongs to one of these workloads (`matchWorkloads`).
    Workload { span: Span, workloads: Workloads },
}

/// Whose executable is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whose {
    /// The calling process's.
    Process,
    /// Its parent's.
    Parent,
}

/// A capability set of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CapabilitySet {
    Effective,
    Inheritable,
    Permitted,
}

impl CapabilitySet {
    /// Every set; the first is the default.
    pub const ALL: [Self; 3] = [Self::Effective, Self::Inheritable, Self::Permitted];

    /// The name in TracingPolicy.
    pub fn name(self) -> &'static str {
        match self {
            Self::Effective => "Effective",
            Self::Inheritable => "Inheritable",
            Self::Permitted => "Permitted",
        }
    }

    /// The name in the Writ language.
    pub fn word(self) -> &'static str {
        match self {
            Self::Effective => "effective",
            Self::Inheritable => "inheritable",
            Self::Permitted => "permitted",
        }
    }
}

impl Condition {
    /// The whole condition.
    pub fn span(&self) -> Span {
        match self {
            Self::Argument { span, .. }
            | Self::Binary { span, .. }
            | Self::Cel { span, .. }
            | Self::CapabilitiesGained { span, .. }
            | Self::Pid { span, .. }
            | Self::Namespace { span, .. }
            | Self::NamespaceChange { span, .. }
            | Self::Capability { span, .. }
            | Self::CapabilityChange { span, .. }
            | Self::Workload { span, .. } => *span,
        }
    }
}

/// Which argument of the hook a condition is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArgumentReference {
    /// The first argument that declares this index (YAML's `index`; the field number of a
    /// tracepoint).
    Index(Spanned<u32>),
    /// By its place in the hook's list (YAML's `args: [0]`).
    Place(Spanned<u32>),
    /// By its place in the hook's `data` (`index` in `matchData`).
    Data(Spanned<u32>),
    /// By name, with the part that is meant: `file.path`. TracingPolicy compares the path of
    /// whatever has one, so `file` alone means the same.
    Name { name: Spanned<String>, field: Option<Spanned<String>> },
}

impl ArgumentReference {
    /// Where it was written.
    pub fn span(&self) -> Span {
        match self {
            Self::Index(index) | Self::Place(index) | Self::Data(index) => index.span,
            Self::Name { name, field } => {
                field.as_ref().map_or(name.span, |field| name.span.to(field.span))
            }
        }
    }
}

/// A kind of namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NamespaceKind {
    Uts,
    Ipc,
    Mnt,
    Pid,
    PidForChildren,
    Net,
    Time,
    TimeForChildren,
    Cgroup,
    User,
}

impl NamespaceKind {
    /// Every kind, in the order in which Tetragon numbers them.
    pub const ALL: [Self; 10] = [
        Self::Uts,
        Self::Ipc,
        Self::Mnt,
        Self::Pid,
        Self::PidForChildren,
        Self::Net,
        Self::Time,
        Self::TimeForChildren,
        Self::Cgroup,
        Self::User,
    ];

    /// The name in TracingPolicy.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uts => "Uts",
            Self::Ipc => "Ipc",
            Self::Mnt => "Mnt",
            Self::Pid => "Pid",
            Self::PidForChildren => "PidForChildren",
            Self::Net => "Net",
            Self::Time => "Time",
            Self::TimeForChildren => "TimeForChildren",
            Self::Cgroup => "Cgroup",
            Self::User => "User",
        }
    }

    /// The name in the Writ language and in events.
    pub fn word(self) -> &'static str {
        match self {
            Self::Uts => "uts",
            Self::Ipc => "ipc",
            Self::Mnt => "mnt",
            Self::Pid => "pid",
            Self::PidForChildren => "pid_for_children",
            Self::Net => "net",
            Self::Time => "time",
            Self::TimeForChildren => "time_for_children",
            Self::Cgroup => "cgroup",
            Self::User => "user",
        }
    }
}

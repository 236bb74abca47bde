//! What must happen at each hook, on no particular machine.
//!
//! A [`Module`] is everything that one bundle does: the programs, and the words with which their
//! events are reported. All policies that use a hook share one [`Program`], a graph of blocks
//! without cycles. `interpret` says what it means; generated code must agree with that.

mod extra;
pub mod interpret;
pub mod print;
pub mod program;
pub mod verify;

pub use extra::Extra;
pub use program::{
    Block, Branch, HookFunction, Jump, Kin, Operation, OperationKind, Pairing, Program, Report,
    ReturnedTo, Role, Test, Value, ValueOrigin,
};

use writ_bundle::{FollowSet, HookKind, LabelSelector, Mode, Moment, Request, WorkloadSet};

use crate::set::TextSet;
use crate::source::Span;

/// Everything that one bundle does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    pub policies: Vec<Policy>,
    /// The hooks of all policies; [`Report::hook`] is an index into it.
    pub hooks: Vec<Hook>,
    /// Process tracking first, then in the order in which policies name the hooks.
    pub programs: Vec<Program>,
    /// Each is different; [`Test::Binary`] has the index.
    pub binary_sets: Vec<TextSet>,
    /// Each is different; [`Test::Descends`] has the index.
    pub follow_sets: Vec<FollowSet>,
    /// Each is different; [`Test::Workload`] has the index.
    pub workload_sets: Vec<WorkloadSet>,
    /// Each is different; [`Test::Listed`] and [`HookFunction::ByCall`] have the index.
    pub call_lists: Vec<CallList>,
}

/// The system calls of a hook whose program sees all calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallList {
    /// For each of the hook's functions the numbers of the calls that it serves, with
    /// [`writ_bundle::SYSCALL_32_BIT`] for those of 32-bit programs.
    pub numbers: Vec<Vec<u32>>,
}

impl CallList {
    /// Which of the hook's functions serves a call.
    pub fn place(&self, number: u32) -> Option<u16> {
        let place = self.numbers.iter().position(|one| one.contains(&number))?;
        u16::try_from(place).ok()
    }
}

/// A policy, as far as its events and its mode need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub name: String,
    pub namespace: Option<String>,
    pub mode: Mode,
    /// Index into [`Module::workload_sets`], unless it is for every process.
    pub workloads: Option<u32>,
    /// The nodes that it is for.
    pub nodes: Option<LabelSelector>,
    pub span: Span,
}

/// A hook of one policy: what its events hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Index into [`Module::policies`].
    pub policy: u32,
    pub kind: HookKind,
    /// The further functions of a hook on a list; `kind` names the first.
    pub further_functions: Vec<String>,
    pub message: Option<String>,
    pub tags: Vec<String>,
    pub arguments: Vec<Argument>,
    /// What is read from the calling task or the registers (`data`).
    pub data: Vec<Argument>,
    pub return_argument: Option<Argument>,
    pub selectors: Vec<Selector>,
    pub span: Span,
}

/// An argument in a hook's events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// [`Value::item`] of the value.
    pub item: u16,
    /// The argument type's name in TracingPolicy.
    pub type_name: &'static str,
    pub label: Option<String>,
    /// Which of the call's records shows it.
    pub moment: Moment,
}

/// A selector in a hook's events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    pub label: Option<String>,
    /// What it asks and does, as [`crate::resolved::print`] writes it.
    pub words: crate::resolved::print::SelectorWords,
    /// What the loader does when it is told of an event, and of the return of its call.
    pub requests: Vec<Request>,
    pub return_requests: Vec<Request>,
    pub span: Span,
}

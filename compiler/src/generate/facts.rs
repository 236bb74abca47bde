//! What is asked about the calling process and its files: each routine once in a run where it pays.

use std::collections::{BTreeMap, BTreeSet};

use super::coder::Coder;
use super::library::{self, Workspace};
use super::registers::{FRAME, RESULT, SCRATCH};
use super::stack::Slot;
use super::state::Done;
use crate::ids::Id;
use crate::ir::{Jump, Program, Test, Value};
use crate::machine::{Arithmetic, Comparison, Register, Size};
use crate::policy::{CapabilitySet, NamespaceKind};

/// Something that does not change in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    /// Its entry in the process map, 0 when it has none.
    Process,
    /// Its first binary sets: see [`library::BINARIES_KNOWN`].
    Binaries,
    /// The sets of workloads that it belongs to, 0 when none of its cgroups is known.
    Workload,
    /// Its thread group id.
    Pid,
    /// Its thread group id in its own PID namespace.
    NamespacePid,
    /// The inode number of a namespace, 0 when it is unknown.
    Namespace(NamespaceKind),
    /// Its entry in the map of lineages, 0 when it has none.
    Lineage,
    /// A set of capabilities.
    Capability(CapabilitySet),
    /// What of a set of capabilities changed: see [`library::CAPABILITY_CHANGES_KNOWN`].
    CapabilityChanges(CapabilitySet),
    /// Which namespaces changed: see [`library::NAMESPACE_CHANGES_KNOWN`].
    NamespaceChanges,
    /// The start of the first name of a path, 0 when only its text tells. That of the second one
    /// comes into [`Slot::SecondName`].
    Top(Id<Value>),
    /// The type of a file, 0 when it has no inode.
    FileType(Id<Value>),
}

/// What a test asks.
fn fact(test: &Test) -> Option<Fact> {
    match test {
        Test::Binary { set } if library::is_first_binary_set(*set) => Some(Fact::Binaries),
        Test::Binary { .. } | Test::Descends { .. } => Some(Fact::Process),
        Test::Workload { .. } => Some(Fact::Workload),
        Test::Pid { is_namespace_pid: true, .. } => Some(Fact::NamespacePid),
        Test::Pid { is_namespace_pid: false, .. } => Some(Fact::Pid),
        Test::Namespace { kind, .. } => Some(Fact::Namespace(*kind)),
        Test::Lineage { .. } => Some(Fact::Lineage),
        Test::Capability { set, .. } => Some(Fact::Capability(*set)),
        Test::CapabilityChange { set, .. } => Some(Fact::CapabilityChanges(*set)),
        Test::NamespaceChange { .. } => Some(Fact::NamespaceChanges),
        Test::Text { value, .. } => Some(Fact::Top(*value)),
        Test::FileType { value, .. } => Some(Fact::FileType(*value)),
        Test::Substring { .. }
        | Test::Integer { .. }
        | Test::Bits { .. }
        | Test::Socket { .. }
        | Test::Address { .. }
        | Test::Gained { .. }
        | Test::Listed { .. }
        | Test::Formula { .. }
        | Test::Enforcing { .. }
        | Test::Enabled { .. } => None,
    }
}

/// The facts that more than one test of the program asks for. Only they are kept.
pub(super) fn shared(program: &Program) -> BTreeSet<Fact> {
    let mut counts: BTreeMap<Fact, usize> = BTreeMap::new();
    for block in program.order() {
        if let Jump::Branch(branch) = &program.blocks[block].jump
            && let Some(fact) = fact(&branch.test)
        {
            *counts.entry(fact).or_default() += 1;
        }
    }
    counts.into_iter().filter(|(_, count)| *count > 1).map(|(fact, _)| fact).collect()
}

impl Coder<'_> {
    /// Brings a fact into the result register. An answer of 0 is asked for again, which only costs.
    pub(super) fn fact(&mut self, fact: Fact) {
        if !self.shared.contains(&fact) {
            return self.ask(fact);
        }
        let slot = Slot::Fact(fact);
        let offset = self.frame.offset(slot);
        let done = self.state.facts.insert(fact, Done::Surely).unwrap_or_default();
        match done {
            Done::Surely => self.emitter.load(Size::Double, RESULT, FRAME, offset),
            Done::Never => {
                self.ask(fact);
                self.emitter.store(Size::Double, FRAME, offset, RESULT);
            }
            Done::Maybe => {
                self.must_be_zeroed(slot);
                let known = self.emitter.label();
                self.emitter.load(Size::Double, RESULT, FRAME, offset);
                self.emitter.jump_if(RESULT, Comparison::NotEqual, 0, known);
                self.ask(fact);
                self.emitter.store(Size::Double, FRAME, offset, RESULT);
                self.emitter.place(known);
            }
        }
    }

    fn ask(&mut self, fact: Fact) {
        match fact {
            Fact::Process => self.emitter.call("writ_process"),
            Fact::Binaries => self.emitter.call("writ_binaries"),
            Fact::Workload => self.emitter.call("writ_workload"),
            Fact::NamespacePid => self.emitter.call("writ_namespace_pid_number"),
            Fact::Namespace(kind) => self.emitter.call(library::namespace(kind)),
            Fact::Lineage => self.emitter.call("writ_lineage"),
            Fact::Capability(set) => self.emitter.call(library::capability(set)),
            Fact::CapabilityChanges(set) => self.emitter.call(library::capability_changes(set)),
            Fact::NamespaceChanges => self.emitter.call("writ_namespace_changes"),
            Fact::Pid => {
                self.emitter.call_helper(library::PID);
                self.emitter.arithmetic(Arithmetic::ShiftRight, RESULT, 32);
            }
            Fact::FileType(value) => {
                let reader = self.program.values[value].reader;
                let Some(routine) = library::file_type(reader, self.flavour_of(value)) else {
                    return;
                };
                self.load_start(value, Register::R1);
                self.emitter.call(routine);
            }
            Fact::Top(value) => {
                let reader = self.program.values[value].reader;
                let Some(top) = library::top(reader, self.flavour) else { return };
                if top.workspace == Workspace::Scratch {
                    self.scratch();
                }
                self.load_start(value, Register::R1);
                let second = self.frame.offset(Slot::SecondName(value));
                self.emitter.copy(Register::R2, FRAME);
                self.emitter.arithmetic(Arithmetic::Add, Register::R2, i32::from(second));
                if top.workspace == Workspace::Scratch {
                    self.emitter.copy(Register::R3, SCRATCH);
                }
                self.emitter.call(top.routine);
            }
        }
    }
}

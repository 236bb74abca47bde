//! Tests as jumps.

use writ_bundle::Mode;

use super::coder::Coder;
use super::facts::Fact;
use super::integer;
use super::library;
use super::registers::{CURRENT, FRAME, KEPT, RESULT};
use super::stack::Slot;
use crate::ir::{Kin, Test};
use crate::machine::{Arithmetic, Comparison, Instruction, Label, Register, Size};
use crate::policy::NamespaceKind;
use crate::resolved::{NamespaceValue, Reader, Signedness};

impl Coder<'_> {
    /// Goes on at one of the labels, as the answer is.
    pub(super) fn test(&mut self, test: &Test, yes: Label, no: Label, unknown: Label) {
        match test {
            Test::Listed { list } => self.listed(*list, yes, no),
            Test::Integer { value, set } => {
                self.integer(*value, unknown);
                let reader = self.program.values[*value].reader;
                integer::member(&mut self.emitter, CURRENT, reader, set, yes, no);
            }
            Test::Bits { value, mask } => {
                self.integer(*value, unknown);
                self.any_bit(CURRENT, *mask, yes, no);
            }
            Test::Text { value, set } => {
                self.located(*value, unknown);
                let reader = self.program.values[*value].reader;
                self.text_in(set, reader, yes, no);
            }
            Test::Socket { value, field, set } => {
                self.located(*value, unknown);
                self.socket(*value, *field, set, yes, no, unknown);
            }
            Test::Address { value, end, networks } => {
                self.located(*value, unknown);
                self.address(*end, networks, yes, no, unknown);
            }
            Test::Gained { new, old, mask } => {
                let offset = self.frame.offset(Slot::Operand(*old));
                self.integer(*old, unknown);
                self.emitter.store(Size::Double, FRAME, offset, CURRENT);
                self.integer(*new, unknown);
                self.emitter.load(Size::Double, KEPT, FRAME, offset);
                self.emitter.arithmetic(Arithmetic::Xor, KEPT, -1);
                self.emitter.arithmetic(Arithmetic::And, KEPT, CURRENT);
                self.any_bit(KEPT, *mask, yes, no);
            }
            Test::Substring { value, texts, case } => {
                self.located(*value, unknown);
                self.text_has(texts, *case, yes, no);
            }
            Test::FileType { value, types } => {
                self.fact(Fact::FileType(*value));
                self.emitter.jump_if(RESULT, Comparison::Equal, 0, unknown);
                let numbers = types.iter().map(|type_| type_.number());
                integer::one_of(&mut self.emitter, RESULT, numbers, yes, no);
            }
            Test::Binary { set } => self.binary(*set, yes, no, unknown),
            Test::Descends { set } => self.descends(*set, yes, no),
            Test::Pid { pids, is_namespace_pid } => {
                self.fact(if *is_namespace_pid { Fact::NamespacePid } else { Fact::Pid });
                integer::one_of(&mut self.emitter, RESULT, pids.iter().copied(), yes, no);
            }
            Test::Namespace { kind, values } => self.namespace(*kind, values, yes, no, unknown),
            Test::Lineage { kin, set } => self.lineage(*kin, *set, yes, no, unknown),
            Test::Formula { formula } => self.formula(formula, yes, no, unknown),
            Test::Capability { set, mask } => {
                self.fact(Fact::Capability(*set));
                self.any_bit(RESULT, *mask, yes, no);
            }
            Test::CapabilityChange { set, mask } => {
                self.fact(Fact::CapabilityChanges(*set));
                self.emitter.jump_if(RESULT, Comparison::Equal, 0, unknown);
                self.any_bit(RESULT, *mask & !library::CAPABILITY_CHANGES_KNOWN, yes, no);
            }
            Test::NamespaceChange { kinds } => {
                self.fact(Fact::NamespaceChanges);
                self.emitter.jump_if(RESULT, Comparison::Equal, 0, unknown);
                self.any_bit(RESULT, kind_mask(kinds), yes, no);
            }
            Test::Workload { set, hosts } => self.workload(*set, *hosts, yes, no),
            Test::Enforcing { policy } => self.mode_is(*policy, Mode::Enforce, yes, no),
            Test::Enabled { policy } => self.mode_is(*policy, Mode::Disabled, no, yes),
        }
    }

    /// The mode stands in a global, which is loaded without a lookup.
    fn mode_is(&mut self, policy: u32, mode: Mode, yes: Label, no: Label) {
        let symbol = library::MODES.to_owned();
        let to = Register::R1;
        self.emitter.emit(Instruction::LoadGlobalAddress { to, symbol, offset: policy });
        self.emitter.load(Size::Byte, to, to, 0);
        self.emitter.jump_if(to, Comparison::Equal, i32::from(mode as u8), yes);
        self.emitter.jump(no);
    }

    fn binary(&mut self, set: u32, yes: Label, no: Label, unknown: Label) {
        if library::is_first_binary_set(set) {
            self.fact(Fact::Binaries);
            self.emitter.jump_if(RESULT, Comparison::Equal, 0, unknown);
            return self.any_bit(RESULT, 1 << set, yes, no);
        }
        self.fact(Fact::Process);
        self.emitter.jump_if(RESULT, Comparison::Equal, 0, unknown);
        let word = i16::try_from(set / 64 * 8).unwrap_or(0);
        let offset = library::PROCESS_BINARY_SETS.saturating_add(word);
        self.emitter.load(Size::Double, RESULT, RESULT, offset);
        self.any_bit(RESULT, 1 << (set % 64), yes, no);
    }

    fn lineage(&mut self, kin: Kin, set: u32, yes: Label, no: Label, unknown: Label) {
        self.fact(Fact::Lineage);
        self.emitter.jump_if(RESULT, Comparison::Equal, 0, unknown);
        match kin {
            Kin::Line => {}
            Kin::Parent | Kin::ParentLine => {
                let known = library::LINEAGE_HAS_PARENT;
                self.emitter.load(Size::Double, Register::R1, RESULT, known);
                self.emitter.jump_if(Register::R1, Comparison::Equal, 0, unknown);
            }
        }
        let word = i16::try_from(set / 64 * 8).unwrap_or(0);
        let offset = library::lineage(kin).saturating_add(word);
        self.emitter.load(Size::Double, RESULT, RESULT, offset);
        self.any_bit(RESULT, 1 << (set % 64), yes, no);
    }

    fn descends(&mut self, set: u32, yes: Label, no: Label) {
        self.fact(Fact::Process);
        self.emitter.jump_if(RESULT, Comparison::Equal, 0, no);
        self.emitter.load(Size::Double, RESULT, RESULT, library::PROCESS_DESCENDS);
        self.any_bit(RESULT, 1 << (set % 64), yes, no);
    }

    /// A process in no known cgroup is one of the host's.
    fn workload(&mut self, set: u32, hosts: bool, yes: Label, no: Label) {
        self.fact(Fact::Workload);
        self.emitter.jump_if(RESULT, Comparison::Equal, 0, if hosts { yes } else { no });
        let word = i16::try_from(set / 64 * 8).unwrap_or(0);
        self.emitter.load(Size::Double, RESULT, RESULT, word);
        self.any_bit(RESULT, 1 << (set % 64), yes, no);
    }

    fn any_bit(&mut self, register: Register, mask: u64, yes: Label, no: Label) {
        let any = Comparison::AnyBitSet;
        self.emitter.jump_if_number(register, any, mask, Register::R1, yes);
        self.emitter.jump(no);
    }

    fn namespace(
        &mut self,
        kind: NamespaceKind,
        values: &[NamespaceValue],
        yes: Label,
        no: Label,
        unknown: Label,
    ) {
        self.fact(Fact::Namespace(kind));
        self.emitter.jump_if(RESULT, Comparison::Equal, 0, unknown);
        if values.contains(&NamespaceValue::Host) {
            let to = Register::R1;
            let symbol = library::HOST_NAMESPACES.to_owned();
            let offset = library::host_namespace(kind);
            self.emitter.emit(Instruction::LoadGlobalAddress { to, symbol, offset });
            self.emitter.load(Size::Word, to, to, 0);
            self.emitter.jump_if(RESULT, Comparison::Equal, to, yes);
        }
        let inodes = values.iter().filter_map(|value| match value {
            NamespaceValue::Host => None,
            NamespaceValue::Inode(inode) => Some(*inode),
        });
        integer::one_of(&mut self.emitter, RESULT, inodes, yes, no);
    }
}

/// The bits of these kinds among the namespaces that changed.
fn kind_mask(kinds: &[NamespaceKind]) -> u64 {
    let places = NamespaceKind::ALL.iter().enumerate();
    let bits = places.filter(|(_, kind)| kinds.contains(kind)).map(|(place, _)| 1_u64 << place);
    bits.fold(0, |mask, bit| mask | bit) & (library::NAMESPACE_CHANGES_KNOWN - 1)
}

/// Unsigned numbers of 32 bits.
pub(super) const NUMBER: Reader = Reader::Integer { bytes: 4, signedness: Signedness::Unsigned };

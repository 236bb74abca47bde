//! Programs that see all system calls: which of a hook's functions serves one, by its number.

use std::collections::BTreeMap;

use writ_bundle::{MapImage, SYSCALL_32_BIT, hexadecimal};

use super::coder::Coder;
use super::library;
use super::registers::{CONTEXT, FRAME, RESULT, SCRATCH};
use super::report::FUNCTION_SHIFT;
use super::stack::Slot;
use crate::ir::{CallList, Role};
use crate::machine::{
    Arithmetic, Comparison, Instruction, Label, MapDefinition, MapKind, Register, Size, map_flag,
};

/// `CALLS`: more than there are.
const CALLS: u32 = 512;

/// Where the number of the call is in the context, behind its caller's registers.
const NUMBER: i16 = 8;

impl Coder<'_> {
    /// Looks the system call up, and keeps its place.
    pub(super) fn listed(&mut self, list: u32, yes: Label, no: Label) {
        let slot = self.frame.offset(Slot::Listed(list));
        self.emitter.emit(Instruction::LoadMapAddress { to: Register::R1, map: name(list) });
        self.emitter.load(Size::Double, Register::R2, CONTEXT, NUMBER);
        self.emitter.call("writ_listed_call");
        self.emitter.jump_if(RESULT, Comparison::Equal, 0, no);
        self.emitter.store(Size::Double, FRAME, slot, RESULT);
        self.emitter.jump(yes);
    }

    /// Brings the function into `to`, where it stands in the word for hook and function.
    pub(super) fn listed_function(&mut self, list: u32, to: Register) {
        match self.program.role {
            Role::Return => self.emitter.load(Size::Double, to, SCRATCH, library::FUNCTION),
            Role::Entry | Role::Enforce | Role::Exec | Role::Fork | Role::Exit => {
                let slot = self.frame.offset(Slot::Listed(list));
                self.emitter.load(Size::Double, to, FRAME, slot);
                self.emitter.arithmetic(Arithmetic::Add, to, -1);
            }
        }
        self.emitter.arithmetic(Arithmetic::ShiftLeft, to, FUNCTION_SHIFT);
    }
}

/// The map of each list, and what it holds: an entry for each number, the place counted from 1.
pub(super) fn maps(lists: &[CallList]) -> Vec<(MapDefinition, MapImage)> {
    (0..).zip(lists).map(|(number, list)| map(number, list)).collect()
}

fn name(list: u32) -> String {
    format!("calls{list}")
}

fn map(number: u32, list: &CallList) -> (MapDefinition, MapImage) {
    let (map, key_size, value_size) = (name(number), 4, 2);
    let definition = MapDefinition {
        name: map.clone(),
        kind: MapKind::Array,
        key_size,
        value_size,
        max_entries: 2 * CALLS,
        flags: map_flag::READ_ONLY_FOR_PROGRAMS,
    };
    let entry = |number: u32, place: u16| {
        let call = number & !SYSCALL_32_BIT;
        let key = if call == number { call } else { call + CALLS };
        (hexadecimal(key.to_le_bytes()), hexadecimal(place.to_le_bytes()))
    };
    let places = (1..).zip(&list.numbers);
    let entries: BTreeMap<String, String> =
        places.flat_map(|(place, all)| all.iter().map(move |one| entry(*one, place))).collect();
    (definition, MapImage { map, key_size, value_size, entries })
}

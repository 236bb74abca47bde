//! The way from a value's bits to what is read, through structures of the kernel or the program.
//!
//! Pointers are followed by helper, also where the verifier knows their types: a read by helper
//! fails where the verifier would let a null pointer read as zeros.

use super::coder::Coder;
use super::context::Place;
use super::library;
use super::registers::{CURRENT, FRAME, KEPT, RESULT};
use super::stack::Slot;
use crate::ids::Id;
use crate::ir::Value;
use crate::kernel::Form;
use crate::machine::{
    Arithmetic, Comparison, Field, FieldFact, FieldStep, Instruction, Label, Register, Size,
};
use crate::resolved::{AddressSpace, Memory, Reader, Signedness, Walk, WalkStep};

/// What is done with an address.
#[derive(Debug, PartialEq, Eq)]
enum Stage {
    /// It becomes what stands there.
    Follow,
    /// It grows by this many bytes.
    Bytes(u32),
    /// It grows by the offset of a field.
    Field(Field),
}

impl Coder<'_> {
    /// Brings what the reader of a value starts from into `to`: its bits, or what is at the end of
    /// its walk. There it is the address of a structure or an array, and the value of anything
    /// else. Where the way cannot be gone, it is what no reader can read.
    ///
    /// R1 to R5 are lost.
    pub(super) fn load_start(&mut self, value: Id<Value>, to: Register) {
        let Some(place) = self.place(value) else { return };
        let program = self.program;
        let reader = program.values[value].reader;
        let Some(walk) = &program.values[value].walk else {
            self.load_bits(place, to);
            if place.can_fail() && unreadable(reader) != 0 {
                // The helper left a 0, which is a descriptor.
                let read = self.emitter.label();
                self.emitter.jump_if(RESULT, Comparison::Equal, 0, read);
                self.emitter.constant(to, unreadable(reader));
                self.emitter.place(read);
            }
            return;
        };
        let (failed, done) = (self.emitter.label(), self.emitter.label());
        let memory = program.values[value].memory;
        self.walk(walk, memory, place, failed);
        if let Some(size) = size_at_end(walk) {
            self.read_number(size, memory, failed);
            self.emitter.load(size, KEPT, FRAME, self.frame.offset(Slot::Buffer));
        }
        self.emitter.jump(done);
        self.emitter.place(failed);
        self.emitter.constant(KEPT, unreadable(reader));
        self.emitter.place(done);
        self.emitter.copy(to, KEPT);
    }

    /// Brings the number at the end of a walk into [`CURRENT`], as wide as `reader` says.
    pub(super) fn walked_number(
        &mut self,
        walk: &Walk,
        memory: Memory,
        place: Place,
        reader: Reader,
        failed: Label,
    ) {
        let bit_field = self.walk(walk, memory, place, failed);
        let (bytes, signedness) = reader.number().unwrap_or((8, Signedness::Unsigned));
        if let Some(field) = bit_field {
            return self.bit_field(&field, signedness, (memory, walk.memory), failed);
        }
        let there = walk.end().map_or(8, Form::bytes);
        let size = Size::from_bytes(u32::from(bytes).min(there)).unwrap_or(Size::Double);
        self.read_number(size, memory, failed);
        self.emitter.load(size, CURRENT, FRAME, self.frame.offset(Slot::Buffer));
        self.extend(CURRENT, size, signedness);
    }

    /// Brings the address at the end of a walk into [`KEPT`]. The answer is the bit-field that
    /// stands there, if it is one.
    fn walk(&mut self, walk: &Walk, memory: Memory, place: Place, failed: Label) -> Option<Field> {
        self.load_bits(place, KEPT);
        if place.can_fail() {
            self.emitter.jump_if(RESULT, Comparison::NotEqual, 0, failed);
        }
        let mut last = None;
        for stage in stages(walk) {
            match &stage {
                Stage::Follow => {
                    self.read_number(Size::Double, memory, failed);
                    self.emitter.load(Size::Double, KEPT, FRAME, self.frame.offset(Slot::Buffer));
                }
                Stage::Bytes(0) => {}
                Stage::Bytes(bytes) => {
                    let bytes = i32::try_from(*bytes).unwrap_or(i32::MAX);
                    self.emitter.arithmetic(Arithmetic::Add, KEPT, bytes);
                }
                Stage::Field(field) => {
                    self.fact_of(field, FieldFact::ByteOffset, walk.memory, Register::R1);
                    self.emitter.arithmetic(Arithmetic::Add, KEPT, Register::R1);
                }
            }
            last = Some(stage);
        }
        match last {
            Some(Stage::Field(field)) if field.bit_size() > 0 => Some(field),
            _ => None,
        }
    }

    /// Reads as many bytes at [`KEPT`] into the buffer.
    fn read_number(&mut self, size: Size, memory: Memory, failed: Label) {
        self.emitter.constant(Register::R2, u64::from(size.bytes()));
        self.read_into_buffer(memory, failed);
    }

    /// Reads R2 bytes at [`KEPT`] into the buffer.
    fn read_into_buffer(&mut self, memory: Memory, failed: Label) {
        let buffer = self.frame.offset(Slot::Buffer);
        self.emitter.copy(Register::R3, KEPT);
        self.emitter.copy(Register::R1, FRAME);
        self.emitter.arithmetic(Arithmetic::Add, Register::R1, i32::from(buffer));
        self.emitter.call_helper(library::probe_read(memory));
        self.emitter.jump_if(RESULT, Comparison::NotEqual, 0, failed);
    }

    /// Brings the bit-field in the number at [`KEPT`] into [`CURRENT`].
    fn bit_field(
        &mut self,
        field: &Field,
        signedness: Signedness,
        (memory, space): (Memory, AddressSpace),
        failed: Label,
    ) {
        let buffer = self.frame.offset(Slot::Buffer);
        self.emitter.constant(RESULT, 0);
        self.emitter.store(Size::Double, FRAME, buffer, RESULT);
        self.fact_of(field, FieldFact::ByteSize, space, Register::R2);
        self.read_into_buffer(memory, failed);
        self.emitter.load(Size::Double, CURRENT, FRAME, buffer);
        let right = match signedness {
            Signedness::Signed => Arithmetic::ShiftRightSigned,
            Signedness::Unsigned => Arithmetic::ShiftRight,
        };
        self.fact_of(field, FieldFact::ShiftLeft, space, Register::R1);
        self.emitter.arithmetic(Arithmetic::ShiftLeft, CURRENT, Register::R1);
        self.fact_of(field, FieldFact::ShiftRight, space, Register::R1);
        self.emitter.arithmetic(right, CURRENT, Register::R1);
    }

    /// A structure without a name, which loaders cannot look up, is as it is in the kernel for
    /// which the code is made, and one of a program as it is in the file with its types.
    fn fact_of(&mut self, field: &Field, fact: FieldFact, memory: AddressSpace, to: Register) {
        let is_named = matches!(&field.root, Form::Structure { name, .. } if !name.is_empty());
        if is_named && memory == AddressSpace::Kernel {
            let field = Box::new(field.clone());
            self.emitter.emit(Instruction::LoadFieldFact { to, fact, field });
        } else {
            self.emitter.constant(to, u64::from(field.value(fact)));
        }
    }
}

/// How many bytes are read at the end of a walk; `None` when the address is wanted.
fn size_at_end(walk: &Walk) -> Option<Size> {
    match walk.end()? {
        Form::Structure { .. } | Form::Array { .. } | Form::Other => None,
        form @ (Form::Integer { .. }
        | Form::Float { .. }
        | Form::Enumeration { .. }
        | Form::Pointer) => Size::from_bytes(form.bytes()),
    }
}

/// What a routine is given for a value that cannot be got at: no pointer, and no descriptor.
fn unreadable(reader: Reader) -> u64 {
    if reader == Reader::Descriptor { u64::MAX } else { 0 }
}

/// The stages of a walk. Members inside one another are one field. The first pointer is the value
/// itself, which needs no stage.
fn stages(walk: &Walk) -> Vec<Stage> {
    let mut stages = Vec::new();
    for (place, step) in walk.steps.iter().enumerate() {
        match step {
            WalkStep::Follow if place == 0 => {}
            WalkStep::Follow => stages.push(Stage::Follow),
            WalkStep::Member { holder, name, bit_offset, bit_size, form } => {
                let (name, form) = (name.clone(), form.clone());
                let (bit_offset, bit_size) = (*bit_offset, *bit_size);
                let step = FieldStep::Member { name, bit_offset, bit_size, form };
                if let Some(Stage::Field(field)) = stages.last_mut() {
                    field.steps.push(step);
                } else {
                    let (root, steps) = (holder.clone(), vec![step]);
                    stages.push(Stage::Field(Field { root, steps }));
                }
            }
            WalkStep::Element { index, form } => match stages.last_mut() {
                // aya 0.14 miscounts an index of the structure in which a way begins, and a
                // flexible array has no elements that a loader would believe.
                Some(Stage::Field(field)) if has_elements(field.form()) => {
                    field.steps.push(FieldStep::Element { index: *index, form: form.clone() });
                }
                _ => stages.push(Stage::Bytes(index.saturating_mul(form.bytes()))),
            },
        }
    }
    stages
}

fn has_elements(form: &Form) -> bool {
    matches!(form, Form::Array { count, .. } if *count > 0)
}

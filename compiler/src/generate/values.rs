//! How values come into registers and into the record, each when it is first needed.

use writ_bundle::record::status;

use super::coder::Coder;
use super::context::{self, Place};
use super::library::{self, Flavour};
use super::registers::{CONTEXT, CURRENT, FRAME, RESULT, SCRATCH};
use super::stack::Slot;
use super::state::Done;
use crate::diagnostic::Defect;
use crate::ids::Id;
use crate::ir::{Value, ValueOrigin};
use crate::kernel::Form;
use crate::machine::{Arithmetic, Comparison, Instruction, Label, Register, Size, Width};
use crate::resolved::{BufferLength, Memory, Origin, Reader, Signedness, Structure, Walk};

impl Coder<'_> {
    /// Brings an integer, extended to 64 bits, into [`CURRENT`]. It needs no scratch area.
    pub(super) fn integer(&mut self, value: Id<Value>, unknown: Label) {
        if self.state.current == Some(value) {
            return;
        }
        let Some(place) = self.place(value) else { return };
        let (program, reader) = (self.program, self.program.values[value].reader);
        let walk = program.values[value].walk.as_ref();
        match walk {
            Some(_) if matches!(reader, Reader::Capabilities(_)) => self.load_start(value, CURRENT),
            Some(walk) => {
                let memory = program.values[value].memory;
                self.walked_number(walk, memory, place, reader, unknown);
            }
            None => {
                self.load_bits(place, CURRENT);
                if place.can_fail() {
                    self.emitter.jump_if(RESULT, Comparison::NotEqual, 0, unknown);
                }
            }
        }
        match reader {
            Reader::Capabilities(_) => self.follow(program.values[value].memory, unknown),
            Reader::SyscallNumber => {
                self.emitter.copy(Register::R1, CURRENT);
                self.emitter.call("writ_syscall_number");
                self.emitter.copy(CURRENT, RESULT);
            }
            Reader::Integer { .. }
            | Reader::Capability
            | Reader::Nothing
            | Reader::File
            | Reader::Path
            | Reader::Binprm
            | Reader::Filename
            | Reader::Descriptor
            | Reader::Text
            | Reader::Buffer { .. }
            | Reader::Vectors { .. }
            | Reader::RecordText
            | Reader::Bytes { .. }
            | Reader::Structure(_) => {
                if walk.is_none()
                    && let Some((bytes, signedness)) = reader.number()
                    && let Some(size) = Size::from_bytes(u32::from(bytes))
                {
                    self.extend(CURRENT, size.min(loaded(place)), signedness);
                }
            }
        }
        self.state.current = Some(value);
    }

    /// Loads the 64 bits to which [`CURRENT`] points.
    fn follow(&mut self, memory: Memory, unknown: Label) {
        let buffer = self.frame.offset(Slot::Buffer);
        self.emitter.copy(Register::R3, CURRENT);
        self.emitter.constant(Register::R2, 8);
        self.emitter.copy(Register::R1, FRAME);
        self.emitter.arithmetic(Arithmetic::Add, Register::R1, i32::from(buffer));
        self.emitter.call_helper(library::probe_read(memory));
        self.emitter.load(Size::Double, CURRENT, FRAME, buffer);
        self.emitter.jump_if(RESULT, Comparison::NotEqual, 0, unknown);
    }

    pub(super) fn extend(&mut self, register: Register, size: Size, signedness: Signedness) {
        let (to, width) = (register, Width::Bits32);
        match (signedness, size) {
            (_, Size::Double) => {}
            (Signedness::Signed, _) => self.emitter.sign_extend(register, size),
            (Signedness::Unsigned, Size::Word) => {
                self.emitter.emit(Instruction::Move { width, to, from: register.into() });
            }
            (Signedness::Unsigned, Size::Half) => {
                self.emitter.arithmetic(Arithmetic::And, register, 0xffff);
            }
            (Signedness::Unsigned, Size::Byte) => {
                self.emitter.arithmetic(Arithmetic::And, register, 0xff);
            }
        }
    }

    /// Brings the place of a located value into [`CURRENT`], so that its payload begins
    /// [`library::FIRST_PAYLOAD`] behind it.
    ///
    /// The comparison bounds the offset for the verifier, which on 5.10 knows nothing of a number
    /// that was on the stack. A negative offset, which means that there is no value, fails it too.
    pub(super) fn located(&mut self, value: Id<Value>, unknown: Label) {
        if self.state.current == Some(value) {
            return;
        }
        let span = library::span(self.program.values[value].reader);
        self.places.entry(value).or_default().asked +=
            usize::from(self.done(value) != Done::Surely);
        self.read(value);
        self.emitter.copy(CURRENT, RESULT);
        self.emitter.arithmetic(Arithmetic::Add, CURRENT, -i32::from(library::FIRST_PAYLOAD));
        self.emitter.jump_if(CURRENT, Comparison::Greater, span, unknown);
        self.emitter.arithmetic(Arithmetic::Add, CURRENT, SCRATCH);
        self.state.current = Some(value);
    }

    /// Loads what stands `offset` bytes behind the start of the payload that [`Self::located`]
    /// brought.
    pub(super) fn load_part(&mut self, size: Size, to: Register, offset: usize) {
        let offset = i16::try_from(offset).unwrap_or(i16::MAX);
        self.emitter.load(size, to, CURRENT, library::FIRST_PAYLOAD.saturating_add(offset));
    }

    /// Sees to it that a located value is read, and brings its offset into the result register.
    pub(super) fn read(&mut self, value: Id<Value>) {
        let slot = Slot::Value(value);
        let offset = self.frame.offset(slot);
        match self.done(value) {
            Done::Surely => self.emitter.load(Size::Double, RESULT, FRAME, offset),
            Done::Never => self.read_now(value, offset),
            Done::Maybe => {
                self.must_be_zeroed(slot);
                let known = self.emitter.label();
                self.emitter.load(Size::Double, RESULT, FRAME, offset);
                self.emitter.jump_if(RESULT, Comparison::NotEqual, 0, known);
                self.read_now(value, offset);
                self.emitter.place(known);
            }
        }
        self.state.values.insert(value, Done::Surely);
    }

    fn read_now(&mut self, value: Id<Value>, offset: i16) {
        let Value { item, .. } = self.program.values[value];
        let Some((routine, extent)) = self.reading(value) else { return };
        self.scratch();
        if let Extent::Buffer(length) = extent {
            self.load_length(length);
        }
        self.load_start(value, Register::R2);
        let memory = self.memory_of(value);
        match extent {
            Extent::Own => {}
            Extent::Ended => self.emitter.constant(Register::R4, memory),
            Extent::Bytes(bytes) => {
                self.emitter.constant(Register::R4, u64::from(bytes));
                self.emitter.constant(Register::R5, memory);
            }
            Extent::Buffer(_) => {
                let length = self.frame.offset(Slot::Length);
                self.emitter.load(Size::Double, Register::R4, FRAME, length);
                self.emitter.constant(Register::R5, memory);
            }
            Extent::Record => {
                // The bits say where in the record the text is.
                self.emitter.copy(Register::R4, Register::R2);
                self.emitter.copy(Register::R2, CONTEXT);
            }
        }
        self.emitter.copy(Register::R1, SCRATCH);
        self.emitter.constant(Register::R3, u64::from(item));
        self.emitter.call(routine);
        self.emitter.store(Size::Double, FRAME, offset, RESULT);
    }

    /// The routine that reads a located value, and what tells how much.
    fn reading(&self, value: Id<Value>) -> Option<(String, Extent)> {
        let Value { reader, walk, .. } = &self.program.values[value];
        let at_end = walk.as_ref().and_then(Walk::end);
        let extent = match (*reader, at_end) {
            (Reader::Text, Some(form @ Form::Array { .. })) => {
                let extent = Extent::Bytes(form.bytes());
                return Some((library::READ_CHARACTERS.to_owned(), extent));
            }
            (Reader::Bytes { bytes }, _) => Extent::Bytes(bytes),
            (Reader::Buffer { length, .. } | Reader::Vectors { length, .. }, _) => {
                Extent::Buffer(length)
            }
            (Reader::Structure(Structure::SockaddrUn { length }), _) => Extent::Buffer(length),
            (Reader::RecordText, _) => Extent::Record,
            (Reader::Text | Reader::Structure(Structure::Sockaddr | Structure::BpfAttr), _) => {
                Extent::Ended
            }
            _ => Extent::Own,
        };
        Some((library::read(*reader, self.flavour_of(value))?, extent))
    }

    /// Keeps the length of a buffer. One that cannot be had is 0.
    fn load_length(&mut self, length: BufferLength) {
        let slot = self.frame.offset(Slot::Length);
        let BufferLength::Number { origin, bytes, signedness } = length else {
            self.emitter.constant(RESULT, 0);
            return self.emitter.store(Size::Double, FRAME, slot, RESULT);
        };
        let Some(place) = context::place(&self.program.attach, origin) else { return };
        self.load_bits(place, RESULT);
        if let Some(size) = Size::from_bytes(u32::from(bytes)) {
            self.extend(RESULT, size.min(loaded(place)), signedness);
        }
        self.emitter.store(Size::Double, FRAME, slot, RESULT);
    }

    /// Sees to it that the record has an item for the value, and for a file its flags and mode.
    pub(super) fn show(&mut self, value: Id<Value>) {
        if self.program.values[value].reader.is_located() {
            self.places.entry(value).or_default().shown +=
                usize::from(self.done(value) != Done::Surely);
            self.read(value);
            self.describe(value);
        } else {
            self.show_integer(value);
        }
    }

    /// Adds flags and mode. Doing it again changes nothing.
    fn describe(&mut self, value: Id<Value>) {
        let described = self.state.described.insert(value, Done::Surely).unwrap_or_default();
        let reader = self.program.values[value].reader;
        let flavour = self.flavour_of(value);
        let routine = library::describe(reader, flavour).filter(|_| described != Done::Surely);
        let Some(routine) = routine else { return };
        self.load_start(value, Register::R2);
        let offset = self.frame.offset(Slot::Value(value));
        self.emitter.copy(Register::R1, SCRATCH);
        self.emitter.load(Size::Double, Register::R3, FRAME, offset);
        if matches!(reader, Reader::Buffer { .. }) {
            let memory = self.memory_of(value);
            self.emitter.constant(Register::R4, memory);
        }
        self.emitter.call(routine);
    }

    fn show_integer(&mut self, value: Id<Value>) {
        let slot = Slot::Value(value);
        match self.done(value) {
            Done::Surely => {}
            Done::Never => self.put_integer(value),
            Done::Maybe => {
                self.must_be_zeroed(slot);
                let shown = self.emitter.label();
                let before = self.state.current;
                let offset = self.frame.offset(slot);
                self.emitter.load(Size::Double, RESULT, FRAME, offset);
                self.emitter.jump_if(RESULT, Comparison::NotEqual, 0, shown);
                self.put_integer(value);
                self.emitter.place(shown);
                self.state.current = before.filter(|before| *before == value);
            }
        }
        self.state.values.insert(value, Done::Surely);
    }

    fn put_integer(&mut self, value: Id<Value>) {
        self.scratch();
        let item = u64::from(self.program.values[value].item);
        let unreadable = self.emitter.label();
        let done = self.emitter.label();
        self.integer(value, unreadable);
        self.emitter.copy(Register::R1, SCRATCH);
        self.emitter.constant(Register::R2, item);
        self.emitter.copy(Register::R3, CURRENT);
        self.emitter.call("writ_put_integer");
        self.emitter.jump(done);
        self.emitter.place(unreadable);
        self.emitter.copy(Register::R1, SCRATCH);
        self.emitter.constant(Register::R2, item);
        self.emitter.constant(Register::R3, u64::from(status::UNREADABLE));
        self.emitter.call("writ_put_unreadable");
        self.emitter.place(done);
        if self.is_asked(Slot::Value(value)) {
            let offset = self.frame.offset(Slot::Value(value));
            self.emitter.store(Size::Double, FRAME, offset, 1);
        }
        if self.can_fail(value) {
            self.state.current = None;
        }
    }

    /// Whether the bits of a value may be out of reach.
    fn can_fail(&mut self, value: Id<Value>) -> bool {
        let Value { reader, walk, .. } = &self.program.values[value];
        walk.is_some()
            || matches!(reader, Reader::Capabilities(_))
            || self.place(value).is_some_and(Place::can_fail)
    }

    /// The verifier knows pointers of the context only: what stands at the end of a walk is a
    /// number.
    pub(super) fn flavour_of(&self, value: Id<Value>) -> Flavour {
        match self.program.values[value].walk {
            Some(_) => Flavour::Probe,
            None => self.flavour,
        }
    }

    /// What routines are told of the memory in which the value is.
    fn memory_of(&self, value: Id<Value>) -> u64 {
        let Value { reader, walk, memory, .. } = &self.program.values[value];
        match (reader, walk) {
            // In a tracepoint's record.
            (Reader::Bytes { .. }, None) => library::MEMORY_OF_KERNEL,
            _ => library::memory(*memory),
        }
    }

    pub(super) fn done(&self, value: Id<Value>) -> Done {
        self.state.values.get(&value).copied().unwrap_or_default()
    }

    /// Loads the 64 bits of a value, or as many as there are. R1 to R5 are lost where they are read
    /// by helper; then the result register is not 0 when they cannot be read.
    pub(super) fn load_bits(&mut self, place: Place, to: Register) {
        match place {
            Place::Memory { offset, size } => self.emitter.load(size, to, CONTEXT, offset),
            Place::Word { offset } => self.load_word(offset, to),
            Place::Registers { pointer, offset } => {
                self.emitter.load(Size::Double, to, CONTEXT, pointer);
                self.emitter.load(Size::Double, to, to, offset);
            }
            Place::Saved { offset } => {
                self.scratch();
                self.emitter.load(Size::Double, to, SCRATCH, offset);
            }
            Place::Inside { offset } => {
                self.emitter.copy(to, CONTEXT);
                self.emitter.arithmetic(Arithmetic::Add, to, i32::from(offset));
            }
            Place::CurrentTask => {
                self.emitter.call_helper(library::CURRENT_TASK);
                self.emitter.copy(to, RESULT);
            }
            Place::ProbedRegisters { pointer, offset } => {
                let buffer = self.frame.offset(Slot::Buffer);
                self.emitter.load(Size::Double, Register::R3, CONTEXT, pointer);
                self.emitter.arithmetic(Arithmetic::Add, Register::R3, i32::from(offset));
                self.emitter.constant(Register::R2, 8);
                self.emitter.copy(Register::R1, FRAME);
                self.emitter.arithmetic(Arithmetic::Add, Register::R1, i32::from(buffer));
                self.emitter.call_helper(library::PROBE_READ);
                self.emitter.load(Size::Double, to, FRAME, buffer);
            }
            Place::UserStack { offset } => {
                let buffer = self.frame.offset(Slot::Buffer);
                self.emitter.load(Size::Double, Register::R3, CONTEXT, context::STACK_POINTER);
                self.emitter.arithmetic(Arithmetic::Add, Register::R3, i32::from(offset));
                self.emitter.constant(Register::R2, 8);
                self.emitter.copy(Register::R1, FRAME);
                self.emitter.arithmetic(Arithmetic::Add, Register::R1, i32::from(buffer));
                self.emitter.call_helper(library::PROBE_READ_USER);
                self.emitter.load(Size::Double, to, FRAME, buffer);
            }
            Place::Usdt { argument } => self.load_usdt_argument(argument, to),
        }
    }

    /// What may be a null pointer is a number where it is one, which may be added to.
    fn load_word(&mut self, offset: i16, to: Register) {
        self.emitter.load(Size::Double, to, CONTEXT, offset);
        if !library::has_null_pointers(&self.program.attach) {
            return;
        }
        let is_good = self.emitter.label();
        self.emitter.jump_if(to, Comparison::NotEqual, 0, is_good);
        self.emitter.constant(to, 0);
        self.emitter.place(is_good);
    }

    /// Where the value's bits are. That they are nowhere is a defect.
    pub(super) fn place(&mut self, value: Id<Value>) -> Option<Place> {
        let Value { origin, item, reader, walk, .. } = &self.program.values[value];
        let (origin, item) = (*origin, *item);
        let is_inside = match walk {
            Some(walk) => !walk.begins_with_pointer(),
            None => matches!(reader, Reader::Bytes { .. }),
        };
        let place = match origin {
            ValueOrigin::Hook(Origin::Field { offset, .. }) if is_inside => context::inside(offset),
            ValueOrigin::Hook(origin) => context::place(&self.program.attach, origin),
            ValueOrigin::Executable => None,
        };
        if place.is_none() {
            let name = &self.program.name;
            self.defect = Some(Defect(format!("program `{name}` cannot get at value {item}")));
        }
        place
    }
}

/// What tells a routine how much it reads.
#[derive(Debug, Clone, Copy)]
enum Extent {
    /// The kernel's own structure.
    Own,
    /// What stands there, in whosever memory that is.
    Ended,
    /// It is always as much.
    Bytes(u32),
    Buffer(BufferLength),
    /// The value's bits, which are no address.
    Record,
}

/// How many bytes are loaded from a place.
fn loaded(place: Place) -> Size {
    match place {
        Place::Memory { size, .. } => size,
        Place::Word { .. }
        | Place::Registers { .. }
        | Place::ProbedRegisters { .. }
        | Place::Saved { .. }
        | Place::Inside { .. }
        | Place::CurrentTask
        | Place::UserStack { .. }
        | Place::Usdt { .. } => Size::Double,
    }
}

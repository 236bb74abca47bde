//! Where the values of an event stand when a program starts: in its context, in registers to which
//! that points, and in memory at the ends of ways.

use std::collections::{BTreeMap, BTreeSet};

use writ::ir::interpret::{Event, Raw};
use writ::ir::{OperationKind, Program, Role, Value, ValueOrigin};
use writ::kernel::Form;
use writ::machine::{Field, FieldFact, FieldStep};
use writ::resolved::{BufferLength, Caller, Origin, Reader, Signedness, Structure, Walk, WalkStep};
use writ_bundle::{Attach, SYSCALL_32_BIT};

use super::memory::Memory;

/// Bytes of `struct pt_regs` on x86-64.
const REGISTERS: usize = 168;

/// Words of a context: a raw tracepoint has twelve parameters, a function six and a result.
const WORDS: usize = 16;

/// Bytes of a tracepoint's record.
const RECORD: usize = 128;

/// Where in `struct pt_regs` the parameters of functions are, of system calls, and of system calls
/// of 32-bit programs; then the result and the stack pointer.
const OF_FUNCTIONS: [usize; 6] = [112, 104, 96, 88, 72, 64];
const OF_SYSTEM_CALLS: [usize; 6] = [112, 104, 96, 56, 72, 64];
const OF_32_BIT_CALLS: [usize; 6] = [40, 88, 96, 104, 112, 32];
const RESULT: usize = 80;
const STACK: usize = 152;
const CODE_SEGMENT: usize = 136;

/// Where a system call's caller has its registers, for a program that cannot load them itself.
const CALLER: u64 = 0xffff_c900_0000_0000;

/// Where a program's stack is.
const USER_STACK: u64 = 0x7ffd_0000_0000;

/// Where structures are to which pointers lead.
const STRUCTURES: u64 = 0xffff_8881_0000_0000;

/// All that a program can find.
#[derive(Debug)]
pub(super) struct Layout {
    /// What the program is given.
    pub context: Vec<u8>,
    /// The registers to which the first word of the context points, when it does.
    pub registers: Vec<u8>,
    pub memory: Memory,
    /// What routines are given of each value with a way: what is at its end.
    ends: BTreeMap<u16, u64>,
    /// The bits of every origin.
    origins: BTreeMap<Origin, u64>,
    /// Those that cannot be read, where that can be.
    holes: BTreeSet<Origin>,
    context_at: u64,
    /// Where the stack pointer is when the call begins.
    pub stack: u64,
}

impl Layout {
    pub(super) fn new(program: &Program, event: &Event) -> Self {
        let mut layout = Self {
            context: vec![0x5a; context_size(&program.attach)],
            registers: Vec::new(),
            memory: Memory::default(),
            ends: BTreeMap::new(),
            origins: BTreeMap::new(),
            holes: BTreeSet::new(),
            context_at: 0,
            stack: USER_STACK + 0x1_0000 * event.frame,
        };
        layout.context_at = layout.context.as_ptr() as u64;
        let mut structures = Structures::default();
        for (_, value) in program.values.iter() {
            let ValueOrigin::Hook(origin) = value.origin else { continue };
            let raw = event.values.get(&value.item).unwrap_or(&Raw::Unreadable);
            let bits = match &value.walk {
                Some(walk) => {
                    let start = structures.of(&[], origin);
                    let end = layout.walk((origin, start), walk, value, raw, &mut structures);
                    layout.ends.insert(value.item, end);
                    start
                }
                None => layout.plain(origin, value, raw),
            };
            // What a routine cannot read may be out of reach already.
            let is_hole = !value.reader.is_located() || event.time & 1 == 0;
            if value.walk.is_none() && *raw == Raw::Unreadable && is_hole {
                layout.holes.insert(origin);
            }
            layout.origins.insert(origin, bits);
        }
        for origin in unread(program) {
            layout.origins.entry(origin).or_insert_with(|| anything(origin, event.time));
        }
        layout.place(program, event);
        layout
    }

    /// The bits of a value without a way.
    fn plain(&mut self, origin: Origin, value: &Value, raw: &Raw) -> u64 {
        match (raw, value.reader) {
            (Raw::Bits(bits), Reader::Capabilities(_)) => {
                self.memory.write(token(origin), &bits.to_le_bytes());
                token(origin)
            }
            (Raw::Bits(bits), _) => *bits,
            (_, _) => token(origin),
        }
    }

    /// Lays out the way to a value, as far as it can be read. The answer is what its routine is
    /// given.
    fn walk(
        &mut self,
        (origin, start): (Origin, u64),
        walk: &Walk,
        value: &Value,
        raw: &Raw,
        structures: &mut Structures,
    ) -> u64 {
        let is_there = *raw != Raw::Unreadable;
        let mut at = start;
        let mut field: Option<(u64, Field)> = None;
        for (place, step) in walk.steps.iter().enumerate() {
            match step {
                WalkStep::Follow if place == 0 => {}
                WalkStep::Follow => {
                    let target = structures.of(&walk.steps[..=place], origin);
                    if is_there {
                        self.memory.write(at, &target.to_le_bytes());
                    }
                    at = target;
                    field = None;
                }
                WalkStep::Member { holder, name, bit_offset, bit_size, form } => {
                    let (name, form) = (name.clone(), form.clone());
                    let (bit_offset, bit_size) = (*bit_offset, *bit_size);
                    let step = FieldStep::Member { name, bit_offset, bit_size, form };
                    let (_, known) = field.get_or_insert_with(|| {
                        (at, Field { root: holder.clone(), steps: Vec::new() })
                    });
                    known.steps.push(step);
                    at += u64::from(bit_offset / 8);
                }
                WalkStep::Element { index, form } => {
                    at += u64::from(index * form.bytes());
                    field = None;
                }
            }
        }
        let bit_field = field.filter(|(_, field)| field.bit_size() > 0);
        match (raw, bit_field) {
            (Raw::Bits(bits), Some((root, field))) => {
                self.bit_field(root, &field, *bits);
                at
            }
            _ => self.end(at, walk, value, raw, origin),
        }
    }

    /// Puts the bits into the number in which the bit-field is.
    fn bit_field(&mut self, root: u64, field: &Field, bits: u64) {
        let at = root + u64::from(field.value(FieldFact::ByteOffset));
        let bytes = u64::from(field.value(FieldFact::ByteSize));
        let mut number = [0; 8];
        let known = self.memory.bytes_or_zeros(at, bytes);
        number[..known.len()].copy_from_slice(&known);
        let (left, right) = (field.value(FieldFact::ShiftLeft), field.value(FieldFact::ShiftRight));
        let number = u64::from_le_bytes(number) | bits << right >> left;
        self.memory.write(at, &number.to_le_bytes()[..usize::try_from(bytes).unwrap()]);
    }

    /// Puts the value where the way ends.
    fn end(&mut self, at: u64, walk: &Walk, value: &Value, raw: &Raw, origin: Origin) -> u64 {
        let is_pointer = match walk.end() {
            None | Some(Form::Structure { .. } | Form::Array { .. } | Form::Other) => false,
            Some(_) => true,
        };
        let bytes = walk.end().map_or(8, Form::bytes).min(8) as usize;
        match (raw, value.reader) {
            (Raw::Bits(bits), Reader::Capabilities(_)) => {
                let target = if is_pointer { token(origin) + u64::from(value.item) } else { at };
                if is_pointer {
                    self.memory.write(at, &target.to_le_bytes());
                }
                self.memory.write(target, &bits.to_le_bytes());
                target
            }
            (Raw::Bits(bits), _) => {
                self.memory.write(at, &bits.to_le_bytes()[..bytes]);
                *bits
            }
            (Raw::Unreadable, _) if is_pointer => nowhere(value.reader),
            (_, _) if is_pointer => {
                let target = token(origin) + u64::from(value.item);
                self.memory.write(at, &target.to_le_bytes()[..bytes]);
                low_bytes(target, bytes)
            }
            (_, _) => at,
        }
    }

    /// Puts the bits of every origin where the program finds them.
    fn place(&mut self, program: &Program, event: &Event) {
        let origins = self.origins.clone();
        match &program.attach {
            Attach::Tracepoint { .. } => {
                for (origin, bits) in origins {
                    let Origin::Field { offset, bytes } = origin else { continue };
                    put(&mut self.context, offset as usize, bits, bytes as usize);
                }
            }
            Attach::Fentry { .. }
            | Attach::Fexit { .. }
            | Attach::FmodRet { .. }
            | Attach::Lsm { .. }
            | Attach::RawTracepoint { .. }
            | Attach::BtfTracepoint { .. } => {
                self.words(&origins);
                if enters_calls(program) {
                    let number = u64::from(event.call & !SYSCALL_32_BIT);
                    put(&mut self.context, 8, number, 8);
                }
            }
            Attach::Kprobe { .. }
            | Attach::Kretprobe { .. }
            | Attach::KprobeMulti { .. }
            | Attach::KretprobeMulti { .. }
            | Attach::Kprobes { .. }
            | Attach::Kretprobes { .. }
            | Attach::Uprobe { .. }
            | Attach::Uretprobe { .. }
            | Attach::Usdt { .. } => {
                let (above, segment) = at_end(&program.attach, event);
                put(&mut self.context, STACK, self.stack + above, 8);
                put(&mut self.context, CODE_SEGMENT, segment, 8);
                for (origin, bits) in origins {
                    self.register(&program.attach, origin, bits);
                }
            }
        }
    }

    fn words(&mut self, origins: &BTreeMap<Origin, u64>) {
        for (origin, bits) in origins {
            match origin {
                Origin::Parameter(place) => put(&mut self.context, *place as usize * 8, *bits, 8),
                Origin::Return { parameters } => {
                    put(&mut self.context, *parameters as usize * 8, *bits, 8);
                }
                Origin::SyscallParameter(place, caller) => {
                    self.registers.resize(REGISTERS, 0x5a);
                    let at = passed(*caller)[*place as usize];
                    put(&mut self.registers, at, *bits, 8);
                }
                Origin::CurrentTask => {}
                Origin::Field { .. }
                | Origin::Register { .. }
                | Origin::UserParameter(_)
                | Origin::UsdtArgument(_) => panic!("{origin:?} is not in words"),
            }
        }
        if !self.registers.is_empty() {
            let pointer = self.registers.as_ptr() as u64;
            put(&mut self.context, 0, pointer, 8);
        }
    }

    fn register(&mut self, attach: &Attach, origin: Origin, bits: u64) {
        let is_there = !self.holes.contains(&origin);
        match origin {
            Origin::Parameter(place) => {
                put(&mut self.context, OF_FUNCTIONS[place as usize], bits, 8);
            }
            Origin::UserParameter(place) => match OF_FUNCTIONS.get(place as usize) {
                Some(at) => put(&mut self.context, *at, bits, 8),
                None if is_there => {
                    let at = self.stack + 8 * u64::from(place - 5);
                    self.memory.write(at, &bits.to_le_bytes());
                }
                None => {}
            },
            Origin::SyscallParameter(place, caller) => {
                let is_entry = !matches!(attach, Attach::Kretprobe { .. });
                if is_entry {
                    put(&mut self.context, OF_FUNCTIONS[0], CALLER, 8);
                }
                if is_there {
                    let at = CALLER + passed(caller)[place as usize] as u64;
                    self.memory.write(at, &bits.to_le_bytes());
                }
            }
            Origin::Return { .. } => put(&mut self.context, RESULT, bits, 8),
            Origin::Register { offset, bytes } => {
                put(&mut self.context, offset as usize, bits, bytes as usize);
            }
            Origin::CurrentTask | Origin::UsdtArgument(_) => {}
            Origin::Field { .. } => panic!("{origin:?} is in no register"),
        }
    }

    /// What a routine that reads this value is given.
    pub(super) fn start(&self, value: &Value) -> u64 {
        if let Some(end) = self.ends.get(&value.item) {
            return *end;
        }
        let ValueOrigin::Hook(origin) = value.origin else { return 0 };
        if let (Reader::Bytes { .. }, Origin::Field { offset, .. }) = (value.reader, origin) {
            return self.context_at + u64::from(offset);
        }
        self.bits(origin)
    }

    /// The bits of an origin, or as many as there are.
    pub(super) fn bits(&self, origin: Origin) -> u64 {
        let bits = self.origins.get(&origin).copied().unwrap_or(0);
        match origin {
            Origin::Field { bytes, .. } | Origin::Register { bytes, .. } => {
                low_bytes(bits, bytes as usize)
            }
            Origin::Parameter(_)
            | Origin::SyscallParameter(..)
            | Origin::Return { .. }
            | Origin::CurrentTask
            | Origin::UserParameter(_)
            | Origin::UsdtArgument(_) => bits,
        }
    }

    /// How much a routine is told to read, when it is told.
    pub(super) fn extent(&self, value: &Value) -> Option<u64> {
        match value.reader {
            Reader::Bytes { bytes } => Some(u64::from(bytes)),
            Reader::Buffer { length, .. }
            | Reader::Vectors { length, .. }
            | Reader::Structure(Structure::SockaddrUn { length }) => Some(self.length(length)),
            Reader::Text => match value.walk.as_ref().and_then(Walk::end) {
                Some(form @ Form::Array { .. }) => Some(u64::from(form.bytes())),
                Some(_) | None => None,
            },
            Reader::RecordText => match value.origin {
                ValueOrigin::Hook(origin) => Some(self.bits(origin)),
                ValueOrigin::Executable => None,
            },
            _ => None,
        }
    }

    fn length(&self, length: BufferLength) -> u64 {
        let BufferLength::Number { origin, bytes, signedness } = length else { return 0 };
        if self.holes.contains(&origin) {
            return 0;
        }
        let unused = 64 - u32::from(bytes) * 8;
        let high = self.bits(origin) << unused;
        match signedness {
            Signedness::Signed => (high.cast_signed() >> unused).cast_unsigned(),
            Signedness::Unsigned => high >> unused,
        }
    }

    /// Whether the bits cannot be read.
    pub(super) fn is_hole(&self, origin: Origin) -> bool {
        self.holes.contains(&origin)
    }

    /// The parameters are these: an entry kept them.
    pub(super) fn restore(&mut self, parameters: &BTreeMap<u32, u64>) {
        for (origin, bits) in &mut self.origins {
            if let Some(place) = parameter(*origin) {
                *bits = parameters.get(&place).copied().unwrap_or(0);
            }
        }
    }

    /// The parameters that the return of this call may want.
    pub(super) fn parameters(&self) -> BTreeMap<u32, u64> {
        // Of what cannot be read, zeros are kept.
        let bits = |origin: &Origin, bits: &u64| if self.is_hole(*origin) { 0 } else { *bits };
        let known =
            |(origin, word): (&Origin, &u64)| Some((parameter(*origin)?, bits(origin, word)));
        self.origins.iter().filter_map(known).collect()
    }
}

/// Addresses of structures: the same wherever the same way leads.
#[derive(Debug, Default)]
struct Structures(Vec<(Origin, Vec<WalkStep>)>);

impl Structures {
    fn of(&mut self, steps: &[WalkStep], origin: Origin) -> u64 {
        let known = self.0.iter().position(|(from, way)| *from == origin && way == steps);
        let place = known.unwrap_or_else(|| {
            self.0.push((origin, steps.to_vec()));
            self.0.len() - 1
        });
        STRUCTURES + 0x10_0000 * place as u64
    }
}

/// Whether the program runs when system calls are entered.
fn enters_calls(program: &Program) -> bool {
    let is_there = program.attach.names().first().is_some_and(|name| *name == "sys_enter");
    is_there && program.role == Role::Entry
}

fn context_size(attach: &Attach) -> usize {
    match attach {
        Attach::Tracepoint { .. } => RECORD,
        Attach::Fentry { .. }
        | Attach::Fexit { .. }
        | Attach::FmodRet { .. }
        | Attach::Lsm { .. }
        | Attach::RawTracepoint { .. }
        | Attach::BtfTracepoint { .. } => WORDS * 8,
        Attach::Kprobe { .. }
        | Attach::Kretprobe { .. }
        | Attach::KprobeMulti { .. }
        | Attach::KretprobeMulti { .. }
        | Attach::Kprobes { .. }
        | Attach::Kretprobes { .. }
        | Attach::Uprobe { .. }
        | Attach::Uretprobe { .. }
        | Attach::Usdt { .. } => REGISTERS,
    }
}

fn passed(caller: Caller) -> [usize; 6] {
    match caller {
        Caller::Bits64 => OF_SYSTEM_CALLS,
        Caller::Bits32 => OF_32_BIT_CALLS,
    }
}

/// How far the stack pointer is from where the call began, and the code segment of the program.
fn at_end(attach: &Attach, event: &Event) -> (u64, u64) {
    match attach {
        Attach::Kretprobe { .. } | Attach::KretprobeMulti { .. } | Attach::Kretprobes { .. } => {
            (8, 0x10)
        }
        Attach::Uretprobe { .. } if event.time & 2 == 0 => (4, 0x23),
        Attach::Uretprobe { .. } => (8, 0x33),
        _ => (0, 0x33),
    }
}

/// The number of a parameter.
fn parameter(origin: Origin) -> Option<u32> {
    match origin {
        Origin::Parameter(place)
        | Origin::SyscallParameter(place, _)
        | Origin::UserParameter(place) => Some(place),
        Origin::Field { .. }
        | Origin::Return { .. }
        | Origin::CurrentTask
        | Origin::Register { .. }
        | Origin::UsdtArgument(_) => None,
    }
}

/// Origins that matter although no policy reads them: lengths, and what is kept for a return.
fn unread(program: &Program) -> BTreeSet<Origin> {
    let lengths = program.values.iter().filter_map(|(_, value)| length_origin(value.reader));
    let operations = program.blocks.iter().flat_map(|(_, block)| &block.operations);
    let saved = operations.flat_map(|one| match &one.kind {
        OperationKind::Post(report) => report.saved.as_slice(),
        _ => &[],
    });
    lengths.chain(saved.copied()).collect()
}

fn length_origin(reader: Reader) -> Option<Origin> {
    let (Reader::Buffer { length, .. }
    | Reader::Vectors { length, .. }
    | Reader::Structure(Structure::SockaddrUn { length })) = reader
    else {
        return None;
    };
    match length {
        BufferLength::Number { origin, .. } => Some(origin),
        BufferLength::Unknown => None,
    }
}

/// The bits of what no policy reads.
fn anything(origin: Origin, time: u64) -> u64 {
    (token(origin) ^ time).wrapping_mul(0x2545_f491_4f6c_dd1d)
}

/// What no routine can read.
pub(super) fn nowhere(reader: Reader) -> u64 {
    if reader == Reader::Descriptor { u64::MAX } else { 0 }
}

/// What stands for a value that is no number: an address that is different for each origin.
fn token(origin: Origin) -> u64 {
    let number = match origin {
        Origin::Parameter(place) => place,
        Origin::SyscallParameter(place, Caller::Bits64) => 0x100 + place,
        Origin::SyscallParameter(place, Caller::Bits32) => 0x180 + place,
        Origin::Field { offset, .. } => 0x200 + offset,
        Origin::Return { .. } => 0x300,
        Origin::CurrentTask => 0x400,
        Origin::Register { offset, .. } => 0x500 + offset,
        Origin::UserParameter(place) => 0x600 + place,
        Origin::UsdtArgument(argument) => 0x700 + argument,
    };
    0xffff_8880_0100_0000 | u64::from(number) << 12
}

fn low_bytes(bits: u64, bytes: usize) -> u64 {
    let unused = 64 - 8 * u32::try_from(bytes).unwrap();
    bits << unused >> unused
}

fn put(area: &mut [u8], offset: usize, bits: u64, bytes: usize) {
    let bytes = bytes.min(8);
    area[offset..offset + bytes].copy_from_slice(&bits.to_le_bytes()[..bytes]);
}

//! Runs generated code in user space: the eBPF machine is `rbpf`, and the runtime library is played
//! by functions that do what its routines promise.

mod entries;
mod routines;
mod world;

use std::rc::Rc;

use writ::ir::interpret::{Event, Outcome};
use writ::ir::{Module, Value, ValueOrigin};
use writ::machine::{Object, RelocationKind};
use writ::resolved::Origin;
use writ_bundle::Attach;

pub(crate) use entries::{baseline_entry, lineage_entry, process_entry, workload_entry};
use world::World;
pub(crate) use world::{HOST_NAMESPACES, State, extras, shown};

/// A generated program, ready to run as often as one likes.
pub(crate) struct Machine {
    module: Rc<Module>,
    object: Rc<Object>,
    /// Its place in the module and in the object.
    place: usize,
    bytes: Vec<u8>,
}

/// Bytes of `struct pt_regs` on x86-64.
const REGISTERS: usize = 168;

/// Words of a context: six parameters and a result.
const WORDS: usize = 10;

impl Machine {
    pub(crate) fn new(module: &Rc<Module>, object: &Rc<Object>, place: usize) -> Self {
        let code = &object.programs[place].code;
        let mut bytes = code.bytes().to_vec();
        for relocation in code.relocations() {
            let at = usize::try_from(relocation.slot.byte_offset()).unwrap();
            match relocation.kind {
                // A routine is called as a helper of its own number.
                RelocationKind::Call => {
                    bytes[at + 1] = 0;
                    let number = routines::number(relocation.symbol);
                    bytes[at + 4..at + 8].copy_from_slice(&number.to_le_bytes());
                }
                RelocationKind::Address => {
                    let offset = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap());
                    let address = world::address(object, relocation.symbol) + u64::from(offset);
                    let halves = address.to_le_bytes();
                    bytes[at + 1] &= 0x0f;
                    bytes[at + 4..at + 8].copy_from_slice(&halves[..4]);
                    bytes[at + 12..at + 16].copy_from_slice(&halves[4..]);
                }
            }
        }
        Self { module: Rc::clone(module), object: Rc::clone(object), place, bytes }
    }

    /// Runs it once. `state` is what earlier events left behind.
    pub(crate) fn run(&self, event: &Event, state: &mut State) -> Outcome {
        let program = &self.module.programs[self.place];
        let mut registers = vec![0_u8; REGISTERS];
        let mut context = vec![0_u8; WORDS * 8];
        for (_, value) in program.values.iter() {
            if let ValueOrigin::Hook(origin) = value.origin {
                let (area, offset) = place(origin, &mut context, &mut registers);
                area[offset..offset + 8].copy_from_slice(&world::bits(event, value).to_le_bytes());
            }
        }
        if program.values.iter().any(|(_, value)| is_syscall(value)) {
            context[..8].copy_from_slice(&(registers.as_ptr() as u64).to_le_bytes());
        }
        let mut ranges = vec![range(&registers)];
        let mut world =
            World::new(Rc::clone(&self.module), Rc::clone(&self.object), self.place, event);
        world.context = context.as_ptr() as u64;
        ranges.extend(world.ranges());
        world.enter(std::mem::take(state));
        let mut machine = rbpf::EbpfVmRaw::new(Some(&self.bytes)).expect("rbpf takes the code");
        for (number, routine) in (0_u32..).zip(routines::ALL) {
            machine.register_helper(routines::FIRST + number, routine.1).unwrap();
        }
        for (number, helper) in routines::HELPERS {
            machine.register_helper(*number, *helper).unwrap();
        }
        for range in ranges {
            machine.register_allowed_memory(range);
        }
        let answer = machine.execute_program(&mut context).expect("the code runs to its end");
        let (mut outcome, left) = World::leave();
        outcome.verdict = self.verdict(answer);
        *state = left;
        outcome
    }

    /// Only programs of these kinds deny, and 0 is no denial.
    fn verdict(&self, answer: u64) -> Option<i32> {
        let answer = i32::try_from(answer.cast_signed()).expect("a verdict is an error or 0");
        match &self.object.programs[self.place].attach {
            Attach::Lsm { .. } | Attach::FmodRet { .. } => (answer != 0).then_some(answer),
            attach => {
                assert_eq!(answer, 0, "{attach:?} answers 0");
                None
            }
        }
    }
}

fn range(bytes: &[u8]) -> std::ops::Range<u64> {
    let start = bytes.as_ptr() as u64;
    start..start + bytes.len() as u64
}

fn is_syscall(value: &Value) -> bool {
    matches!(value.origin, ValueOrigin::Hook(Origin::SyscallParameter(_)))
}

/// Where the bits of a value stand.
fn place<'a>(
    origin: Origin,
    context: &'a mut Vec<u8>,
    registers: &'a mut Vec<u8>,
) -> (&'a mut Vec<u8>, usize) {
    match origin {
        Origin::Parameter(place) => (context, place as usize * 8),
        Origin::Return { parameters } => (context, parameters as usize * 8),
        Origin::SyscallParameter(place) => (registers, [112, 104, 96, 56, 72, 64][place as usize]),
        Origin::Field { .. }
        | Origin::CurrentTask
        | Origin::Register { .. }
        | Origin::UserParameter(_)
        | Origin::UsdtArgument(_) => panic!("only functions are hooked here"),
    }
}

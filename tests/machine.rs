//! Runs generated code in user space: the eBPF machine is `rbpf`, and the runtime library is played
//! by functions that do what its routines promise.

mod entries;
mod layout;
mod memory;
mod routines;
mod world;

use std::collections::BTreeMap;
use std::rc::Rc;

use writ::ir::Module;
use writ::ir::interpret::{Event, Outcome};
use writ::machine::{MapKind, Object, RelocationKind};
use writ_bundle::Attach;

pub(crate) use entries::{baseline_entry, lineage_entry, process_entry, workload_entry};
use routines::Routine;
use world::World;
pub(crate) use world::{HOST_NAMESPACES, State, extras, shown};

/// A generated program, ready to run as often as one likes.
pub(crate) struct Machine {
    module: Rc<Module>,
    object: Rc<Object>,
    /// Its place in the module and in the object.
    place: usize,
    bytes: Vec<u8>,
    /// What it may call, by number.
    called: BTreeMap<u32, Routine>,
    /// The tables of searches, by their place among the maps.
    searches: Rc<BTreeMap<usize, Vec<u8>>>,
}

impl Machine {
    pub(crate) fn new(module: &Rc<Module>, object: &Rc<Object>, place: usize) -> Self {
        let code = &object.programs[place].code;
        let mut bytes = code.bytes().to_vec();
        let mut called: BTreeMap<u32, Routine> = routines::HELPERS.iter().copied().collect();
        for relocation in code.relocations() {
            let at = usize::try_from(relocation.slot.byte_offset()).unwrap();
            match relocation.kind {
                // A routine is called as a helper of its own number.
                RelocationKind::Call => {
                    bytes[at + 1] = 0;
                    let (number, routine) = routines::known(relocation.symbol);
                    called.insert(number, routine);
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
        let (module, searches) = (Rc::clone(module), Rc::new(searches(object)));
        Self { module, object: Rc::clone(object), place, bytes, called, searches }
    }

    /// Runs it once. `state` is what earlier events left behind.
    pub(crate) fn run(&self, event: &Event, state: &mut State) -> Outcome {
        let mut world = World::new(self, event);
        let mut context = std::mem::take(&mut world.layout.context);
        let mut ranges = vec![range(&world.layout.registers)];
        ranges.extend(world.ranges());
        world.enter(std::mem::take(state));
        let mut machine = rbpf::EbpfVmRaw::new(Some(&self.bytes)).expect("rbpf takes the code");
        for (number, routine) in &self.called {
            machine.register_helper(*number, *routine).unwrap();
        }
        for range in ranges {
            machine.register_allowed_memory(range);
        }
        let answer = machine.execute_program(&mut context).expect("the code runs to its end");
        let (mut outcome, left) = World::leave();
        outcome.verdict = self.verdict(answer).or(outcome.verdict);
        *state = left;
        outcome
    }

    /// Only programs of these kinds deny by what they answer, and 0 is no denial.
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

/// What is in the maps that say how to look for texts.
fn searches(object: &Object) -> BTreeMap<usize, Vec<u8>> {
    let maps = object.maps.iter().zip(&object.images).enumerate();
    let searches = maps.filter(|(_, (map, _))| map.kind == MapKind::Array && map.max_entries == 1);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    searches
        .map(|(place, (_, image))| {
            let table = image.entries.values().next().unwrap();
            (place, table.as_bytes().chunks(2).map(byte).collect())
        })
        .collect()
}

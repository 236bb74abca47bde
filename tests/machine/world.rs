//! What a program sees around it while it runs, and what it does to it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::rc::Rc;

use writ::ir::interpret::{Event, Outcome, Raw, Shown};
use writ::ir::{Extra, Module, Program, Value};
use writ::machine::Object;
use writ::resolved::{Reader, Signedness};
use writ_bundle::record::{header, item, status};
use writ_bundle::{Moment, SYSCALL_32_BIT, globals, hexadecimal};

use super::Machine;
use super::entries::{lineage_entry, process_entry, workload_entry};
use super::layout::{Layout, nowhere};

/// Where `event` stands in `struct writ_scratch`.
pub(super) const EVENT: usize = 5912;

/// Bytes of `struct writ_scratch`.
const SCRATCH: usize = EVENT + 24576 + 320;

/// Where `cursor` and `flags` stand in it.
const CURSOR: usize = 4;
const FLAGS: usize = 8;
const SLOT_AT: usize = 9;
const OWNER: usize = 5352;
const SAVED: usize = OWNER + 8;
const BINARY_SETS: usize = 24;
const FRAME: usize = OWNER + 56;
const FUNCTION: usize = FRAME + 8;

/// The host's namespaces, in the order of [`writ::policy::NamespaceKind::ALL`].
pub(crate) static HOST_NAMESPACES: [u32; 10] = [
    0xefff_fffe,
    0xefff_ffff,
    0xf000_0000,
    0xefff_fffc,
    0xefff_fffc,
    0xf000_0075,
    0xefff_fffa,
    0xefff_fffa,
    0xefff_fffb,
    0xefff_fffd,
];

/// The scratch area's place in the map.
pub(super) const SLOT: u8 = 2;

/// Tables pretend to be here.
const TABLES: u64 = 0x7ab1_e000;

/// What runs leave behind for later runs.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Selector with function, and whom the entry was about.
    pub(super) pending: BTreeMap<Call, (u64, u64)>,
    /// Thread and policy → what is to be done.
    pub(super) notified: BTreeMap<(u32, u64), u64>,
    /// Policy and socket → thread.
    pub(super) sockets: BTreeMap<(u64, u64), u64>,
    /// Thread and hook → parameters that are kept for the return.
    pub(super) saved: BTreeMap<Call, Saved>,
    /// Hash of what is shown, hook, selector, scope and who → time.
    pub(super) sent: BTreeMap<Sent, u64>,
}

/// Thread, hook, and where the call began.
pub(super) type Call = (u32, u64, u64);

/// Words that were kept, and the parameters that they should be.
pub(super) type Saved = ([u64; 6], BTreeMap<u32, u64>);

/// Events that count as the same one.
pub(super) type Sent = (u64, u64, u64, u64, u32);

/// One run.
#[derive(Debug)]
pub(super) struct World {
    pub module: Rc<Module>,
    pub object: Rc<Object>,
    place: usize,
    pub event: Event,
    pub state: State,
    pub outcome: Outcome,
    pub scratch: Vec<u8>,
    pub is_acquired: bool,
    /// Where values stand.
    pub layout: Layout,
    /// What the program is given.
    pub context: u64,
    searches: Rc<BTreeMap<usize, Vec<u8>>>,
    /// The calling process's entry in the process map; empty when it has none.
    pub process: Vec<u8>,
    /// The entry of its container in the map of workloads; empty when it is in none.
    pub workload: Vec<u8>,
    /// The same of the map of lineages.
    pub lineage: Vec<u8>,
}

thread_local! {
    static OWN_MEMORY: File = File::options().write(true).open("/proc/self/mem").unwrap();
    static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
}

/// Where a map or a global is.
pub(super) fn address(object: &Object, symbol: &str) -> u64 {
    match object.maps.iter().position(|map| map.name == symbol) {
        Some(place) => TABLES + place as u64,
        None if symbol == globals::MODES => MODES.with(|modes| modes.as_ptr() as u64),
        None => HOST_NAMESPACES.as_ptr() as u64,
    }
}

/// Policies that are ever tested together.
const POLICIES: usize = 16;

thread_local! {
    /// The byte of each policy. Programs know where it is.
    static MODES: [Cell<u8>; POLICIES] = const { [const { Cell::new(0) }; POLICIES] };
}

/// Switches the policies as the event says.
fn switch(module: &Module, event: &Event) {
    MODES.with(|modes| {
        for ((number, policy), byte) in (0..).zip(&module.policies).zip(modes) {
            byte.set(event.modes.get(&number).copied().unwrap_or(policy.mode) as u8);
        }
    });
}

impl World {
    pub(super) fn new(machine: &Machine, event: &Event) -> Self {
        let module = Rc::clone(&machine.module);
        switch(&module, event);
        let known = event.process.known.as_ref();
        let workload = event.process.workload.as_ref();
        let layout = Layout::new(&module.programs[machine.place], event);
        Self {
            workload: workload.map_or(Vec::new(), |one| workload_entry(&module, Some(one))),
            process: known.map_or(Vec::new(), |known| process_entry(&module, known)),
            lineage: known.map_or(Vec::new(), |known| lineage_entry(&module, known)),
            module,
            object: Rc::clone(&machine.object),
            place: machine.place,
            event: event.clone(),
            state: State::default(),
            outcome: Outcome::default(),
            // What earlier users left must not matter.
            scratch: vec![0xa5; SCRATCH],
            is_acquired: false,
            context: layout.context.as_ptr() as u64,
            layout,
            searches: Rc::clone(&machine.searches),
        }
    }

    /// Memory that the program may touch.
    pub(super) fn ranges(&self) -> Vec<Range<u64>> {
        let start = HOST_NAMESPACES.as_ptr() as u64;
        let modes = MODES.with(|modes| modes.as_ptr() as u64);
        let areas = [&self.scratch, &self.process, &self.lineage, &self.workload];
        let globals = [start..start + 40, modes..modes + POLICIES as u64];
        areas.iter().map(|area| super::range(area)).chain(globals).collect()
    }

    pub(super) fn enter(mut self, state: State) {
        self.state = state;
        WORLD.set(Some(self));
    }

    /// Everything that was acquired is released, and what was done is told.
    pub(super) fn leave() -> (Outcome, State) {
        let world = WORLD.take().expect("a run began");
        assert!(!world.is_acquired, "the scratch area is released on every way out");
        (world.outcome, world.state)
    }

    pub(super) fn program(&self) -> &Program {
        &self.module.programs[self.place]
    }

    /// The value with this item. Its routine is given what stands for it in the context.
    pub(super) fn value(&self, item: u64) -> &Value {
        let values = &self.program().values;
        values.iter().map(|(_, value)| value).find(|value| u64::from(value.item) == item).unwrap()
    }

    /// What is there for a routine that is given `start`, which must be that of the value.
    pub(super) fn raw(&self, item: u64, start: u64) -> Raw {
        let value = self.value(item);
        let raw = self.event.values.get(&value.item).cloned().unwrap_or(Raw::Unreadable);
        let is_nowhere = raw == Raw::Unreadable && start == nowhere(value.reader);
        let expected = self.layout.start(value);
        assert!(is_nowhere || start == expected, "{value:?} is at {expected:#x}, not {start:#x}");
        raw
    }

    /// The path of a file whose first names are asked for. It stands in the context.
    pub(super) fn path_at(&self, pointer: u64) -> Raw {
        let values = self.program().values.iter().map(|(_, value)| value);
        let is_path = |value: &&Value| {
            value.walk.is_none() && value.reader.is_located() && self.layout.start(value) == pointer
        };
        let value = values.filter(|value| value.reader.is_text()).find(is_path).unwrap();
        self.event.values.get(&value.item).cloned().unwrap_or(Raw::Unreadable)
    }

    pub(super) fn acquire(&mut self) -> u64 {
        assert!(!self.is_acquired, "one scratch area is enough");
        self.is_acquired = true;
        self.set_cursor(header::SIZE);
        self.scratch[FLAGS] = 0;
        self.scratch[SLOT_AT] = SLOT;
        self.set_owner(0);
        self.scratch.as_ptr() as u64
    }

    pub(super) fn is_scratch(&self, pointer: u64) {
        assert!(self.is_acquired && pointer == self.scratch.as_ptr() as u64, "it is acquired");
    }

    fn cursor(&self) -> usize {
        u32::from_le_bytes(self.scratch[CURSOR..CURSOR + 4].try_into().unwrap()) as usize
    }

    fn set_cursor(&mut self, cursor: usize) {
        let cursor = u32::try_from(cursor).unwrap().to_le_bytes();
        self.scratch[CURSOR..CURSOR + 4].copy_from_slice(&cursor);
    }

    /// Writes where a pointer of the program leads: rbpf's stack, which is out of reach for safe
    /// code in any other way.
    pub(super) fn store(address: u64, bytes: &[u8]) {
        OWN_MEMORY.with(|memory| memory.write_all_at(bytes, address)).unwrap();
    }

    /// The call of this hook that is entered or returns.
    pub(super) fn call(&self, hook: u64) -> Call {
        (self.event.process.tid, hook, self.frame())
    }

    /// Where the call begins, as the program says. It must be what the event says, or nothing.
    fn frame(&self) -> u64 {
        match u64::from_le_bytes(self.scratch[FRAME..FRAME + 8].try_into().unwrap()) {
            0 => 0,
            frame => {
                let is_right = frame == self.context || frame == self.layout.stack;
                assert!(is_right, "{frame:#x} is no place on the stack");
                self.event.frame
            }
        }
    }

    pub(super) fn set_function(&mut self, function: u64) {
        self.scratch[FUNCTION..FUNCTION + 8].copy_from_slice(&function.to_le_bytes());
    }

    /// The place of the system call that is entered on the list in the map at `list`.
    pub(super) fn listed_call(&self, list: u64, number: u64) -> u64 {
        let image = &self.object.images[usize::try_from(list - TABLES).unwrap()];
        let is_of_32_bits = self.event.call & SYSCALL_32_BIT != 0;
        let key = u32::try_from(number).unwrap() + if is_of_32_bits { 512 } else { 0 };
        let place = image.entries.get(&hexadecimal(key.to_le_bytes()));
        place.map_or(0, |place| u64::from(u16::from_str_radix(place, 16).unwrap().swap_bytes()))
    }

    /// What the program keeps for the return of its call.
    pub(super) fn saved(&self) -> [u64; 6] {
        std::array::from_fn(|place| {
            let at = SAVED + 8 * place;
            u64::from_le_bytes(self.scratch[at..at + 8].try_into().unwrap())
        })
    }

    pub(super) fn set_saved(&mut self, words: [u64; 6]) {
        for (place, word) in words.iter().enumerate() {
            let at = SAVED + 8 * place;
            self.scratch[at..at + 8].copy_from_slice(&word.to_le_bytes());
        }
    }

    pub(super) fn flags(&self) -> u8 {
        self.scratch[FLAGS]
    }

    /// Whom the next record is about; 0 for the caller.
    pub(super) fn owner(&self) -> u64 {
        u64::from_le_bytes(self.scratch[OWNER..OWNER + 8].try_into().unwrap())
    }

    pub(super) fn set_owner(&mut self, thread: u64) {
        self.scratch[OWNER..OWNER + 8].copy_from_slice(&thread.to_le_bytes());
    }

    pub(super) fn binary_sets(&self) -> Vec<u32> {
        let is_set = |set: &u32| {
            let byte = self.scratch[BINARY_SETS + *set as usize / 8];
            byte >> (set % 8) & 1 == 1
        };
        (0..256).filter(is_set).collect()
    }

    pub(super) fn clear_binary_sets(&mut self) {
        self.scratch[BINARY_SETS..BINARY_SETS + 32].fill(0);
    }

    /// Appends an item. The answer is where its payload stands.
    pub(super) fn append(&mut self, id: u64, status: u8, payload: &[u8]) -> u64 {
        self.append_flagged(id, status, 0, payload)
    }

    /// The same for an item with flags.
    pub(super) fn append_flagged(
        &mut self,
        id: u64,
        status: u8,
        flags: u32,
        payload: &[u8],
    ) -> u64 {
        assert!(
            self.items().iter().all(|(known, ..)| u64::from(*known) != id),
            "read at most once"
        );
        let head = EVENT + self.cursor();
        let at = head + item::SIZE;
        self.scratch[head..at].fill(0);
        self.scratch[head + item::ID..head + item::ID + 2]
            .copy_from_slice(&u16::try_from(id).unwrap().to_le_bytes());
        self.scratch[head + item::STATUS] = status;
        self.scratch[head + item::FLAGS..head + item::FLAGS + 4]
            .copy_from_slice(&flags.to_le_bytes());
        let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
        self.scratch[head + item::LENGTH..at].copy_from_slice(&length);
        self.scratch[at..at + payload.len()].copy_from_slice(payload);
        self.scratch[at + payload.len()..at + payload.len() + 8].fill(0);
        self.set_cursor(at - EVENT + payload.len().next_multiple_of(8));
        at as u64
    }

    /// Status and payload of the item whose payload is at `offset`.
    pub(super) fn item_at(&self, offset: u64) -> (u8, &[u8]) {
        let at = usize::try_from(offset).unwrap();
        let head = at - item::SIZE;
        let length = self.scratch[head + item::LENGTH..at].try_into().unwrap();
        let length = u32::from_le_bytes(length) as usize;
        (self.scratch[head + item::STATUS], &self.scratch[at..at + length])
    }

    /// The id of the item whose payload is at `offset`.
    pub(super) fn id_at(&self, offset: u64) -> u16 {
        let id = usize::try_from(offset).unwrap() - item::SIZE + item::ID;
        u16::from_le_bytes([self.scratch[id], self.scratch[id + 1]])
    }

    pub(super) fn items(&self) -> Vec<(u16, u8, Vec<u8>)> {
        let mut record = self.scratch[EVENT..EVENT + self.cursor()].to_vec();
        let length = u32::try_from(record.len()).unwrap().to_le_bytes();
        record[header::LENGTH..header::LENGTH + 4].copy_from_slice(&length);
        let record = writ_bundle::record::Record::parse(&record).unwrap();
        record
            .items()
            .map(|item| item.unwrap())
            .map(|i| (i.id, i.status, i.payload.to_vec()))
            .collect()
    }

    /// What a record of `hook` shows.
    pub(super) fn shown(&self, hook: u64, is_return: bool) -> Vec<(u16, Shown)> {
        let hook = u32::try_from(hook).unwrap();
        shown(&self.module, self.program(), hook, is_return, &self.items())
    }

    /// Whether the table at `map` has a pattern with which the text of the key at `key` begins. How
    /// to look for texts has one entry, for which the map itself stands.
    pub(super) fn look_up(&self, map: u64, key: u64) -> u64 {
        let place = usize::try_from(map - TABLES).unwrap();
        if self.searches.contains_key(&place) {
            return map;
        }
        let image = &self.object.images[place];
        let at = usize::try_from(key - self.scratch.as_ptr() as u64).unwrap();
        let key = &self.scratch[at..at + 260];
        assert_eq!(key[..4], 2048_u32.to_le_bytes(), "the whole key counts");
        // Compared as the image writes it: the sets are large, and asked again in every run.
        let key = hexadecimal(key[4..].iter().copied());
        let is_prefix = |entry: &String| {
            let (length, text) = entry.split_at(8);
            let bits = u32::from_str_radix(length, 16).unwrap().swap_bytes() as usize;
            key.starts_with(&text[..bits / 4])
        };
        u64::from(image.entries.keys().any(is_prefix))
    }
}

impl World {
    /// How to look for texts: the entry of a map.
    pub(super) fn search(&self, map: u64) -> &[u8] {
        &self.searches[&usize::try_from(map - TABLES).unwrap()]
    }
}

/// What a record with these items shows besides values.
pub(crate) fn extras(items: &[(u16, u8, Vec<u8>)]) -> Vec<Extra> {
    let known = [Extra::KernelStack, Extra::UserStack];
    let extras = items.iter().filter(|(id, ..)| *id >= 0xff00);
    extras.map(|(id, ..)| *known.iter().find(|extra| extra.item() == *id).unwrap()).collect()
}

/// What a record of `hook` shows of the items, each with its status and payload, in order.
pub(crate) fn shown(
    module: &Module,
    program: &Program,
    hook: u32,
    is_return: bool,
    items: &[(u16, u8, Vec<u8>)],
) -> Vec<(u16, Shown)> {
    let hook = &module.hooks[hook as usize];
    let moment = if is_return { Moment::Return } else { Moment::Entry };
    let arguments = hook.arguments.iter().filter(|argument| argument.moment == moment);
    let others = if is_return {
        hook.return_argument.iter().collect::<Vec<_>>()
    } else {
        hook.data.iter().collect()
    };
    let wanted: Vec<u16> = arguments.chain(others).map(|argument| argument.item).collect();
    let items = items.iter().filter(|(id, ..)| wanted.contains(id));
    let mut shown: Vec<_> = items
        .map(|(id, status, payload)| (*id, show(reader(program, *id), *status, payload)))
        .collect();
    shown.sort();
    shown
}

fn reader(program: &Program, item: u16) -> Reader {
    program.values.iter().map(|(_, value)| value).find(|one| one.item == item).unwrap().reader
}

fn show(reader: Reader, status: u8, payload: &[u8]) -> Shown {
    match (status, reader) {
        (status::READ, reader) if reader.number().is_some() => {
            let bits = u64::from_le_bytes(payload.try_into().unwrap());
            let is_signed = reader.number().is_some_and(|(_, sign)| sign == Signedness::Signed);
            let number = if is_signed { i128::from(bits.cast_signed()) } else { i128::from(bits) };
            Shown::Integer(number)
        }
        (status::READ, Reader::Structure(structure)) if !structure.is_text() => {
            Shown::Structure(payload.to_vec())
        }
        (status::READ, _) => Shown::Text(payload.to_vec()),
        (status::TRUNCATED, _) => Shown::Truncated(payload.to_vec()),
        (status::ABSENT, _) => Shown::Absent,
        _ => Shown::Unreadable,
    }
}

/// Does something in the world of the run.
pub(super) fn in_world<T>(act: impl FnOnce(&mut World) -> T) -> T {
    WORLD.with_borrow_mut(|world| act(world.as_mut().expect("a run began")))
}

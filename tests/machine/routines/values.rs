//! How values are read into a record.

use writ::ir::Value;
use writ::ir::interpret::Raw;
use writ::resolved::{Origin, Reader};
use writ_bundle::record::status;

use crate::machine::world::{World, in_world};

/// What the kernel's helpers answer when memory cannot be read.
const EFAULT: u64 = (-14_i64).cast_unsigned();

/// What stands for the offset of a text that is not there.
fn without(status: u8) -> u64 {
    (-i64::from(status)).cast_unsigned()
}

/// A text, or an item that says why there is none.
pub(super) fn append(world: &mut World, item: u64, raw: &Raw) -> u64 {
    match raw {
        Raw::Text(text) => world.append(item, status::READ, text),
        Raw::Truncated(text) => world.append(item, status::TRUNCATED, text),
        Raw::UnixAddress { family, path } => {
            world.append_flagged(item, status::READ, u32::from(*family), path)
        }
        Raw::Structure(payload) => world.append(item, status::READ, payload),
        Raw::Absent => {
            world.append(item, status::ABSENT, &[]);
            without(status::ABSENT)
        }
        Raw::Bits(_) | Raw::Unreadable => {
            world.append(item, status::UNREADABLE, &[]);
            without(status::UNREADABLE)
        }
    }
}

pub(super) fn read(scratch: u64, start: u64, item: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        world.is_scratch(scratch);
        let raw = world.raw(item, start);
        append(world, item, &raw)
    })
}

/// As many bytes as it is told.
pub(super) fn read_so_much(scratch: u64, start: u64, item: u64, extent: u64, _: u64) -> u64 {
    in_world(|world| {
        let expected = world.layout.extent(world.value(item));
        assert_eq!(Some(extent), expected, "how much is read of {:?}", world.value(item));
    });
    read(scratch, start, item, 0, 0)
}

/// A text in a tracepoint's record, of which the bits say where.
pub(super) fn read_record_text(scratch: u64, record: u64, item: u64, place: u64, _: u64) -> u64 {
    in_world(|world| assert_eq!(record, world.context, "it is in the record"));
    read(scratch, place, item, 0, 0)
}

/// The first two names of a path. What is behind a name is anything.
pub(super) fn top(pointer: u64, second: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        let Raw::Text(text) = world.path_at(pointer) else { return 0 };
        let Some(names) = text.strip_prefix(b"/").filter(|names| !names.is_empty()) else {
            return 0;
        };
        let mut names = names.split(|byte| *byte == b'/').map(name_start);
        let first = names.next().unwrap_or(0);
        World::store(second, &names.next().unwrap_or(0).to_le_bytes());
        first
    })
}

/// The type of the file of which the routine is given what is at the end of the way.
pub(super) fn file_type(start: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        let values = world.program().values.iter().map(|(_, value)| value);
        let is_file = |value: &&Value| matches!(value.reader, Reader::File | Reader::Path);
        let mut files = values.filter(is_file);
        // Of one that cannot be read, there is no type either.
        let file = files.find(|file| world.layout.start(file) == start);
        let type_ = file.and_then(|file| world.event.file_types.get(&file.item));
        type_.map_or(0, |type_| type_.number().into())
    })
}

/// Whether the text at this offset has one in it of those that the table knows. Eight bytes are taken
/// at a time, as many zeros stand behind the text.
pub(super) fn search(scratch: u64, offset: u64, table: u64, mask: u64, found: u64) -> u64 {
    const CLASSES: usize = 256;
    in_world(|world| {
        world.is_scratch(scratch);
        let table = world.search(table);
        let (_, text) = world.item_at(offset);
        let zeros = std::iter::repeat_n(&0, text.len().next_multiple_of(8) - text.len());
        let mut place = 0;
        for byte in text.iter().chain(zeros) {
            let class = u64::from(table[usize::from(*byte)]);
            let at = CLASSES + usize::try_from((place + class) & mask).unwrap();
            place = u64::from(u16::from_le_bytes([table[at], table[at + 1]]));
        }
        u64::from(place == found)
    })
}

/// An argument of a probe, extended as its note says.
pub(super) fn usdt_argument(context: u64, place: u64, number: u64, to: u64, _: u64) -> u64 {
    in_world(|world| {
        assert_eq!(context, world.context, "the program's own context");
        assert_eq!(place, u64::from(world.event.cookie), "the place that was hit");
        let origin = Origin::UsdtArgument(u32::try_from(number).unwrap());
        let is_hole = world.layout.is_hole(origin);
        let bits = if is_hole { 0 } else { world.layout.bits(origin) };
        World::store(to, &bits.to_le_bytes());
        u64::from(is_hole)
    })
}

pub(super) fn usdt_set(context: u64, place: u64, number: u64, value: u64, _: u64) -> u64 {
    in_world(|world| {
        assert_eq!(context, world.context, "the program's own context");
        assert_eq!(place, u64::from(world.event.cookie), "the place that was hit");
        let write = (u32::try_from(number).unwrap(), u32::try_from(value).unwrap());
        world.outcome.writes.push(write);
        0
    })
}

/// The kernel's helpers that read memory: zeros come when it cannot be read.
pub(super) fn probe(to: u64, size: u64, from: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        let bytes = world.layout.memory.read(from, size);
        let zeros = || vec![0; usize::try_from(size).unwrap()];
        let is_read = bytes.is_some();
        World::store(to, &bytes.unwrap_or_else(zeros));
        if is_read { 0 } else { EFAULT }
    })
}

/// Keeps what the program keeps of this call, and what it should have kept.
pub(super) fn save(scratch: u64, hook: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        world.is_scratch(scratch);
        let call = world.call(hook);
        let kept = (world.saved(), world.layout.parameters());
        world.state.saved.insert(call, kept);
        0
    })
}

pub(super) fn restore(scratch: u64, hook: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        world.is_scratch(scratch);
        let call = world.call(hook);
        let (words, parameters) = world.state.saved.remove(&call).unwrap_or_default();
        world.set_saved(words);
        world.layout.restore(&parameters);
        0
    })
}

fn name_start(name: &[u8]) -> u64 {
    let mut word = [0xa5; 8];
    let behind = name.iter().copied().chain([0]);
    word.iter_mut().zip(behind).for_each(|(to, byte)| *to = byte);
    u64::from_le_bytes(word)
}

/// Adds to an item what its pointer leads to, if there is an item.
pub(super) fn describe(scratch: u64, start: u64, offset: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        world.is_scratch(scratch);
        if offset.cast_signed() >= 0 {
            let item = world.id_at(offset);
            world.raw(u64::from(item), start);
        }
        0
    })
}

pub(super) fn put_integer(scratch: u64, item: u64, number: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        world.is_scratch(scratch);
        world.append(item, status::READ, &number.to_le_bytes());
        0
    })
}

pub(super) fn put_unreadable(scratch: u64, item: u64, status: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        world.is_scratch(scratch);
        world.append(item, u8::try_from(status).unwrap(), &[]);
        0
    })
}

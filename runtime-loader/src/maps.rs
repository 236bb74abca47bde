//! What is written into the maps before programs are attached.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd};

use aya::maps::{Map, MapData, MapType};
use writ_bundle::{MapImage, Mode, globals, maps};

use crate::bundle_file::BundleFile;
use crate::code::{self, Problem};
use crate::proc_scan::{self, Found};
use crate::system::{self, Existing};
use crate::workloads::Entries;

/// The maps of a bundle, by name.
pub type Maps = BTreeMap<String, Map>;

/// Writes the map images and the policies' modes.
///
/// # Errors
///
/// When an image does not fit its map, or the kernel refuses an entry.
pub fn fill(created: &Maps, bundle: &BundleFile) -> Result<(), Problem> {
    for image in &bundle.manifest.images {
        let map =
            data(created, &image.map).ok_or_else(|| damaged(&image.map, "is not in the object"))?;
        fill_from(map, image)?;
    }
    let modes: Vec<Mode> = bundle.manifest.policies.iter().map(|policy| policy.mode).collect();
    put_modes(created, &modes)
}

/// Writes the modes of all policies, in order. Programs that run see them at once.
///
/// # Errors
///
/// When there are more policies than room, or the kernel refuses.
pub fn put_modes(created: &Maps, modes: &[Mode]) -> Result<(), Problem> {
    // An object without programs of policies asks for no mode.
    let Some(map) = data(created, globals::MODES_MAP) else { return Ok(()) };
    let target = Target::of(map, globals::MODES)?;
    let mut value = vec![0; globals::MODES_MAX];
    if modes.len() > value.len() {
        return Err(damaged(globals::MODES, "is for fewer policies than the bundle has"));
    }
    value.iter_mut().zip(modes).for_each(|(byte, mode)| *byte = *mode as u8);
    target.put(&0_u32.to_le_bytes(), &value, Existing::Overwrite)
}

/// Brings the map of workloads from the entries that it has to those that it must have.
///
/// # Errors
///
/// When the kernel refuses an entry.
pub fn put_workloads(created: &Maps, old: &Entries, new: &Entries) -> Result<(), Problem> {
    // The map is left out when no policy asks about workloads.
    let Some(map) = data(created, maps::WORKLOADS) else { return Ok(()) };
    let target = Target::of(map, maps::WORKLOADS)?;
    for id in old.keys().filter(|id| !new.contains_key(id)) {
        // It is gone already when an earlier call came no further.
        let _ = system::delete_from_map(map.fd().as_fd(), 8, &id.to_le_bytes());
    }
    for (id, value) in new.iter().filter(|(id, value)| old.get(id) != Some(value)) {
        target.put(&id.to_le_bytes(), value, Existing::Overwrite)?;
    }
    Ok(())
}

/// Writes one entry of a map; nothing when no program reaches the map.
///
/// # Errors
///
/// When key and value are not as long as the map says, or the kernel refuses the entry.
pub fn put(created: &Maps, map: &str, key: &[u8], value: &[u8]) -> Result<(), Problem> {
    let Some(data) = data(created, map) else { return Ok(()) };
    Target::of(data, map)?.put(key, value, Existing::Overwrite)
}

fn fill_from(map: &MapData, image: &MapImage) -> Result<(), Problem> {
    let target = Target::of(map, &image.map)?;
    if target.sizes != (image.key_size, image.value_size) {
        return Err(damaged(&image.map, "has other sizes than its image"));
    }
    for (key, value) in &image.entries {
        let (Some(key), Some(value)) = (bytes(key), bytes(value)) else {
            return Err(damaged(&image.map, "has an image that is not hexadecimal"));
        };
        target.put(&key, &value, Existing::Overwrite)?;
    }
    Ok(())
}

fn damaged(map: &str, what: &str) -> Problem {
    Problem::new(&code::DAMAGED_BUNDLE, format!("the map `{map}` {what}"))
}

/// Brings the processes that run already into the programs' maps.
///
/// It is called twice: before the programs that follow processes are attached, so that these know
/// the parent of each fork, and after, for what was forked or executed in between.
///
/// # Errors
///
/// When a map's layout is not this loader's.
pub fn put_processes(
    created: &Maps,
    bundle: &BundleFile,
    all: &BTreeMap<u32, Found>,
    before: &BTreeMap<u32, Found>,
) -> Result<(), Problem> {
    let manifest = &bundle.manifest;
    put_each(created, maps::PROCESSES, all, before, |_, found| {
        Some(proc_scan::map_value(found, all, manifest).to_vec())
    })?;
    put_each(created, maps::LINEAGES, all, before, |_, found| {
        Some(proc_scan::lineage_value(found, all, manifest).to_vec())
    })?;
    put_each(created, maps::BASELINES, all, before, |pid, _| {
        Some(proc_scan::baseline_value(pid)?.to_vec())
    })
}

/// Maps that hold an entry for each process.
pub(crate) const OF_PROCESSES: [&str; 3] = [maps::PROCESSES, maps::LINEAGES, maps::BASELINES];

fn put_each(
    created: &Maps,
    name: &str,
    all: &BTreeMap<u32, Found>,
    before: &BTreeMap<u32, Found>,
    value: impl Fn(u32, &Found) -> Option<Vec<u8>>,
) -> Result<(), Problem> {
    // The map is left out when no policy asks for what it holds.
    let Some(map) = data(created, name) else { return Ok(()) };
    let target = Target::of(map, name)?;
    for (pid, found) in all {
        let Some(value) = value(*pid, found) else { continue };
        // Programs that are attached know better, except when the execve came before them.
        let missed = before.get(pid).is_some_and(|old| old.executable != found.executable);
        let existing = if missed { Existing::Overwrite } else { Existing::Keep };
        match target.put_raw(&pid.to_le_bytes(), &value, existing) {
            Err(error) if error.raw_os_error() == Some(libc::E2BIG) => break,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => other.map_err(|error| refused(name, &error))?,
        }
    }
    Ok(())
}

/// Takes out processes that ended while they were being put in: the program that would have done
/// it may not have seen them.
pub fn remove_ended(created: &Maps, all: &BTreeMap<u32, Found>, still: impl Fn(u32) -> bool) {
    let ended: Vec<u32> = all.keys().copied().filter(|pid| !still(*pid)).collect();
    for map in OF_PROCESSES.iter().filter_map(|name| data(created, name)) {
        for pid in &ended {
            // It is gone already when the program did see it.
            let _ = system::delete_from_map(map.fd().as_fd(), 4, &pid.to_le_bytes());
        }
    }
}

/// A map that entries are written to, with the sizes that the kernel says it has.
struct Target<'a> {
    name: &'a str,
    fd: BorrowedFd<'a>,
    sizes: (u32, u32),
}

impl<'a> Target<'a> {
    fn of(map: &'a MapData, name: &'a str) -> Result<Self, Problem> {
        let info = map.info().map_err(|error| {
            Problem::new(&code::MAP, format!("the map `{name}` cannot be inspected: {error}"))
        })?;
        // A value of a per-CPU map is one for each CPU; an image has one alone.
        let one_value = matches!(
            info.map_type(),
            Ok(MapType::Array | MapType::Hash | MapType::LruHash | MapType::LpmTrie)
        );
        if !one_value {
            return Err(damaged(name, "is of a kind that is not filled"));
        }
        Ok(Self { name, fd: map.fd().as_fd(), sizes: (info.key_size(), info.value_size()) })
    }

    fn put(&self, key: &[u8], value: &[u8], existing: Existing) -> Result<(), Problem> {
        self.put_raw(key, value, existing).map_err(|error| refused(self.name, &error))
    }

    fn put_raw(&self, key: &[u8], value: &[u8], existing: Existing) -> io::Result<()> {
        system::update_map(self.fd, self.sizes, key, value, existing)
    }
}

fn refused(map: &str, error: &io::Error) -> Problem {
    if error.kind() == io::ErrorKind::InvalidInput {
        return damaged(map, "has other sizes than what is to be put in it");
    }
    Problem::new(&code::MAP, format!("the map `{map}` takes no entry: {error}"))
}

/// The map of this name, whatever its kind.
pub fn data<'a>(created: &'a Maps, name: &str) -> Option<&'a MapData> {
    created.get(name).and_then(inner)
}

/// What every kind of map that a bundle may have wraps.
#[expect(clippy::wildcard_enum_match_arm, reason = "aya has kinds that no bundle has")]
pub fn inner(map: &Map) -> Option<&MapData> {
    match map {
        Map::Array(data)
        | Map::PerCpuArray(data)
        | Map::HashMap(data)
        | Map::LruHashMap(data)
        | Map::PerCpuHashMap(data)
        | Map::PerCpuLruHashMap(data)
        | Map::LpmTrie(data)
        | Map::RingBuf(data)
        | Map::StackTraceMap(data)
        | Map::BloomFilter(data)
        | Map::Unsupported(data) => Some(data),
        _ => None,
    }
}

/// The bytes of lower-case or upper-case hexadecimal.
fn bytes(hexadecimal: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, []) = hexadecimal.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn hexadecimal_is_bytes_or_nothing() {
        assert_eq!(bytes("00ffA0"), Some(vec![0, 255, 160]));
        assert_eq!(bytes(""), Some(Vec::new()));
        for wrong in ["0", "0g", "0x", "é0"] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }
}

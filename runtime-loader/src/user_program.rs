//! A program or library on this node, as far as probes in it need it: where its code is in the file.
//!
//! The file is whatever its owner put there, so nothing in it is believed, and no more of it is read
//! than what is looked for.

mod digest;
pub(crate) mod nearest;
mod symbol;
mod usdt;

use std::fs::{File, OpenOptions};
use std::os::fd::{AsRawFd as _, RawFd};
use std::os::unix::fs::OpenOptionsExt as _;

use object::LittleEndian;
use object::elf::{EM_X86_64, ET_DYN, ET_EXEC, PF_X, PT_LOAD, ProgramFlags};
use object::read::ReadCache;
use object::read::elf::{ElfFile64, FileHeader as _, ProgramHeader as _};
use writ_bundle::{UserFile, UserPlace, UserPoint};

pub use usdt::{Argument, Location};

/// A file that was opened once: what is read and what is attached to is the same, whatever its path
/// leads to later.
#[derive(Debug)]
pub struct UserProgram {
    path: String,
    file: File,
    cache: ReadCache<File>,
}

/// A place in the file, in bytes from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub offset: u64,
    /// Of the reference counter.
    pub counter: Option<u64>,
}

type Elf<'a> = ElfFile64<'a, LittleEndian, &'a ReadCache<File>>;

/// Larger files are not read: no program is that large.
const BYTES_MAX: u64 = 4 << 30;

impl UserProgram {
    /// Opens a regular file; anything else could block, or is no program.
    ///
    /// # Errors
    ///
    /// A sentence about the file, which it names.
    pub fn open(wanted: &UserFile) -> Result<Self, String> {
        let path = wanted.path.clone();
        let failed = |why: &dyn std::fmt::Display| format!("`{}`: {why}", wanted.path);
        // Opening a pipe would wait for who writes into it.
        let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(flags)
            .open(&path)
            .map_err(|error| failed(&error))?;
        let metadata = file.metadata().map_err(|error| failed(&error))?;
        if !metadata.is_file() {
            return Err(failed(&"it is no regular file"));
        }
        if metadata.len() > BYTES_MAX {
            return Err(failed(&"it is larger than any program"));
        }
        let copy = file.try_clone().map_err(|error| failed(&error))?;
        let program = Self { path, file, cache: ReadCache::new(copy) };
        program.elf()?;
        digest::check(&program, &wanted.digests)?;
        Ok(program)
    }

    /// The path that the policy names.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A path that leads to the open file, in this process.
    pub fn attach_path(&self) -> String {
        let descriptor: RawFd = self.file.as_raw_fd();
        format!("/proc/self/fd/{descriptor}")
    }

    /// Where a place is in the file.
    ///
    /// # Errors
    ///
    /// A sentence that names the file, what it lacks, and what it has instead.
    pub fn place(&self, wanted: &UserPlace) -> Result<Place, String> {
        let elf = self.elf()?;
        let offset = match &wanted.point {
            UserPoint::Symbol { name, offset } => {
                let address = symbol::address(&elf, name).map_err(|why| self.lacks(&why))?;
                let address = address.checked_add(*offset);
                address.and_then(|address| code_offset(&elf, address))
            }
            UserPoint::Address(address) => code_offset(&elf, *address),
            UserPoint::Offset(offset) => is_code(&elf, *offset).then_some(*offset),
        };
        let counter = wanted.reference_counter;
        match offset {
            Some(offset) => Ok(Place { offset, counter }),
            None => Err(self.lacks(&format!("`{wanted}` is outside of its code"))),
        }
    }

    /// How far a place is from another when the file is mapped. Adding it wraps around.
    ///
    /// # Errors
    ///
    /// As [`Self::place`].
    pub fn distance(&self, from: Place, to: &UserPoint) -> Result<u64, String> {
        let elf = self.elf()?;
        let place = UserPlace { point: to.clone(), reference_counter: None };
        let target = self.place(&place)?;
        let [from, to] = [from, target].map(|place| code_address(&elf, place.offset));
        let (Some(from), Some(to)) = (from, to) else {
            return Err(self.lacks(&format!("`{place}` is outside of its code")));
        };
        Ok(to.wrapping_sub(from))
    }

    /// Every place of a USDT probe.
    ///
    /// # Errors
    ///
    /// As [`Self::place`], also when a place cannot be understood.
    pub fn usdt(&self, provider: &str, name: &str) -> Result<Vec<Location>, String> {
        let elf = self.elf()?;
        usdt::locations(&elf, provider, name).map_err(|why| self.lacks(&why))
    }

    fn lacks(&self, why: &str) -> String {
        format!("`{}`: {why}", self.path)
    }

    /// Its headers. What they lead to is looked at when it is asked for.
    fn elf(&self) -> Result<Elf<'_>, String> {
        let elf = Elf::parse(&self.cache).map_err(|_| self.lacks("it is no 64-bit ELF file"))?;
        let header = elf.elf_header();
        let type_ = header.e_type(LittleEndian);
        if header.e_machine(LittleEndian) != EM_X86_64 || (type_ != ET_EXEC && type_ != ET_DYN) {
            return Err(self.lacks("it is no program or library for x86-64"));
        }
        Ok(elf)
    }
}

/// Which part of a file's memory is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Memory {
    /// What can be executed.
    Code,
    /// All of it.
    Any,
}

/// Where in the file the code at a virtual address is.
fn code_offset(elf: &Elf<'_>, address: u64) -> Option<u64> {
    file_offset(elf, address, Memory::Code)
}

fn file_offset(elf: &Elf<'_>, address: u64, memory: Memory) -> Option<u64> {
    loaded(elf, memory).find_map(|(start, virtual_start, length)| {
        let inside = address.checked_sub(virtual_start).filter(|inside| *inside < length)?;
        start.checked_add(inside)
    })
}

fn is_code(elf: &Elf<'_>, offset: u64) -> bool {
    code_address(elf, offset).is_some()
}

/// The virtual address of the code at a place of the file.
fn code_address(elf: &Elf<'_>, offset: u64) -> Option<u64> {
    loaded(elf, Memory::Code).find_map(|(start, virtual_start, length)| {
        let inside = offset.checked_sub(start).filter(|inside| *inside < length)?;
        virtual_start.checked_add(inside)
    })
}

/// The segments that are mapped from the file: offset, virtual address and bytes.
fn loaded<'e>(elf: &'e Elf<'_>, memory: Memory) -> impl Iterator<Item = (u64, u64, u64)> + 'e {
    let wanted = move |flags: ProgramFlags| match memory {
        Memory::Code => flags.contains(PF_X),
        Memory::Any => true,
    };
    elf.elf_program_headers()
        .iter()
        .filter(move |segment| {
            segment.p_type(LittleEndian) == PT_LOAD && wanted(segment.p_flags(LittleEndian))
        })
        .map(|segment| {
            let (start, length) = segment.file_range(LittleEndian);
            (start, segment.p_vaddr(LittleEndian), length)
        })
}

#[cfg(test)]
mod tests;

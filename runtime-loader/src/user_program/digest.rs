//! Whether a file is one of the builds that a policy is about.

use std::io::{Read as _, Seek as _, SeekFrom};

use object::LittleEndian;
use object::elf::{ELF_NOTE_GNU, NT_GNU_BUILD_ID};
use object::read::elf::SectionHeader as _;
use sha2::{Digest, Sha256, Sha384, Sha512};
use writ_bundle::hexadecimal;

use super::UserProgram;

/// Bytes that are read at once.
const PIECE: usize = 1 << 16;

/// Whether the file has one of `digests`, or there are none.
///
/// # Errors
///
/// A sentence about the file, which it names.
pub(super) fn check(program: &UserProgram, digests: &[String]) -> Result<(), String> {
    if digests.is_empty() {
        return Ok(());
    }
    let mut unknown = None;
    for wanted in digests {
        let (algorithm, value) = wanted.split_once(':').unwrap_or((wanted, ""));
        let found = match algorithm {
            "sha256" => sum::<Sha256>(program)?,
            "sha384" => sum::<Sha384>(program)?,
            "sha512" => sum::<Sha512>(program)?,
            "build-id" => build_id(program)?,
            _ => {
                unknown = Some(algorithm);
                continue;
            }
        };
        if found.eq_ignore_ascii_case(value) {
            return Ok(());
        }
    }
    Err(program.lacks(&match unknown {
        Some(algorithm) => format!("digests by `{algorithm}` are not computed, and no other fits"),
        None => "it is another build: none of the policy's digests fits".to_owned(),
    }))
}

fn sum<D: Digest>(program: &UserProgram) -> Result<String, String> {
    let failed = |error: std::io::Error| program.lacks(&error.to_string());
    let mut file = &program.file;
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let (mut digest, mut piece) = (D::new(), vec![0; PIECE]);
    loop {
        let read = file.read(&mut piece).map_err(failed)?;
        match piece.get(..read) {
            Some(read) if !read.is_empty() => digest.update(read),
            Some(_) | None => return Ok(hexadecimal(digest.finalize())),
        }
    }
}

/// What the linker wrote as the build's identity; empty when it wrote nothing.
fn build_id(program: &UserProgram) -> Result<String, String> {
    let elf = program.elf()?;
    let sections = elf.elf_section_table();
    let notes = sections
        .iter()
        .filter_map(|section| section.notes(LittleEndian, elf.data()).ok().flatten());
    for mut notes in notes {
        while let Ok(Some(note)) = notes.next() {
            if note.name() == ELF_NOTE_GNU && note.n_type(LittleEndian) == NT_GNU_BUILD_ID {
                return Ok(hexadecimal(note.desc().iter().copied()));
            }
        }
    }
    Ok(String::new())
}

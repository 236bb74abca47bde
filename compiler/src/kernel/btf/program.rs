//! Types of programs: a file of BTF, or an ELF file with a section of it.

use object::read::elf::ElfFile64;
use object::{LittleEndian, Object as _, ObjectSection as _};

use super::{Btf, BtfError};

/// Why a file gives no types.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProgramTypesError {
    #[error("it is no 64-bit ELF file")]
    Elf,
    #[error("it has no section `.BTF`")]
    NoSection,
    #[error(transparent)]
    Btf(#[from] BtfError),
}

/// The types in the bytes of a file.
///
/// # Errors
///
/// When there are none, or they make no sense.
pub fn read(bytes: &[u8]) -> Result<Btf, ProgramTypesError> {
    if !bytes.starts_with(b"\x7fELF") {
        return Ok(Btf::parse(bytes)?);
    }
    let file = ElfFile64::<LittleEndian>::parse(bytes).map_err(|_| ProgramTypesError::Elf)?;
    let section = file.section_by_name(".BTF").ok_or(ProgramTypesError::NoSection)?;
    let bytes = section.data().map_err(|_| ProgramTypesError::Elf)?;
    Ok(Btf::parse(bytes)?)
}

//! The file form of a profile: a table of sections, each a zstd frame.
//!
//! ```text
//! 8 bytes  "writprof"
//! u32      format, 1
//! u32      number of sections
//! and for each section
//! u32      which: 1 facts (JSON), 2 raw BTF, others as in `Part`
//! u32      bytes of its frame
//! then the frames, in the same order
//! ```
//! All numbers are little-endian. A section whose number is not known is skipped.

use std::collections::BTreeSet;

use super::super::btf::{Btf, BtfError, MAXIMUM_SIZE};
use super::section::{Section, unpack};
use super::{Facts, FentryUse, Part, Profile, ProgramSize};

/// Version of the file form. It changes when an older reader would misread a newer file.
pub const FORMAT: u32 = 1;

const MAGIC: &[u8; 8] = b"writprof";
const FACTS: u32 = 1;
const BTF: u32 = 2;
/// More sections than any version will have.
const MOST_SECTIONS: u32 = 64;
const MAXIMUM_FACTS: usize = 1 << 20;
/// Files are written once and read often.
const LEVEL: i32 = 19;

/// Why a profile cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    #[error("it is not a kernel profile")]
    Magic,
    #[error("it is a kernel profile of format {0}, and this version of writ reads format {FORMAT}")]
    Format(u32),
    #[error("the profile is cut off")]
    Truncated,
    #[error("the profile's {0} section is missing or damaged")]
    Section(&'static str),
    #[error("the profile's BTF cannot be read: {0}")]
    Btf(#[from] BtfError),
    #[error("the profile cannot be packed: {0}")]
    Pack(#[from] std::io::Error),
    #[error("the profile's facts cannot be read: {0}")]
    Facts(#[from] serde_json::Error),
}

/// Whether bytes begin as a profile does.
pub fn is_profile(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

impl Profile {
    /// Reads a profile from the bytes of its file.
    ///
    /// # Errors
    ///
    /// When it is no profile, of an unknown format, or its facts or BTF are damaged. Damage
    /// elsewhere makes the answers that need that part unknown.
    pub fn read(bytes: &[u8]) -> Result<Self, ProfileError> {
        let sections = table(bytes)?;
        let find = |number| sections.iter().find(|(found, _)| *found == number).map(|(_, at)| *at);
        let facts = find(FACTS)
            .and_then(|packed| unpack(packed, MAXIMUM_FACTS))
            .ok_or(ProfileError::Section("facts"))?;
        let facts: Facts = serde_json::from_slice(&facts)?;
        let btf = find(BTF)
            .and_then(|packed| unpack(packed, MAXIMUM_SIZE))
            .ok_or(ProfileError::Section("BTF"))?;
        let parts = Part::ALL
            .into_iter()
            .filter_map(|part| Some((part, Section::packed(find(part as u32)?.to_vec()))));
        let (btf, sections) = (Btf::parse(btf)?, parts.collect());
        Ok(Self {
            facts,
            btf,
            sections,
            fentry: FentryUse::Possible,
            programs: ProgramSize::AsShown,
            unset: BTreeSet::new(),
            forced: std::collections::BTreeMap::new(),
        })
    }

    /// The bytes of its file; the same profile gives the same bytes.
    ///
    /// # Errors
    ///
    /// When memory does not suffice for packing.
    pub fn write(&self) -> Result<Vec<u8>, ProfileError> {
        let mut frames =
            vec![(FACTS, pack(&serde_json::to_vec(&self.facts)?)?), (BTF, pack(self.btf.bytes())?)];
        for (part, section) in &self.sections {
            let text = section.text().ok_or(ProfileError::Section(part.describe()))?;
            frames.push((*part as u32, pack(text.as_bytes())?));
        }
        let mut bytes = MAGIC.to_vec();
        bytes.extend(FORMAT.to_le_bytes());
        bytes.extend(length(&frames)?.to_le_bytes());
        for (number, frame) in &frames {
            bytes.extend(number.to_le_bytes());
            bytes.extend(length(frame)?.to_le_bytes());
        }
        bytes.extend(frames.into_iter().flat_map(|(_, frame)| frame));
        Ok(bytes)
    }
}

/// Number and frame of each section.
fn table(bytes: &[u8]) -> Result<Vec<(u32, &[u8])>, ProfileError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(ProfileError::Magic)?;
    let (format, rest) = number(rest)?;
    if format != FORMAT {
        return Err(ProfileError::Format(format));
    }
    let (count, mut rest) = number(rest)?;
    if count > MOST_SECTIONS {
        return Err(ProfileError::Truncated);
    }
    let mut entries = Vec::new();
    for _ in 0..count {
        let (section, tail) = number(rest)?;
        let (size, tail) = number(tail)?;
        entries.push((section, size as usize));
        rest = tail;
    }
    let mut sections = Vec::new();
    for (section, size) in entries {
        let (frame, tail) = rest.split_at_checked(size).ok_or(ProfileError::Truncated)?;
        sections.push((section, frame));
        rest = tail;
    }
    Ok(sections)
}

fn number(bytes: &[u8]) -> Result<(u32, &[u8]), ProfileError> {
    let (number, rest) = bytes.split_first_chunk::<4>().ok_or(ProfileError::Truncated)?;
    Ok((u32::from_le_bytes(*number), rest))
}

fn length<T>(list: &[T]) -> Result<u32, ProfileError> {
    u32::try_from(list.len()).map_err(|_| ProfileError::Truncated)
}

fn pack(bytes: &[u8]) -> Result<Vec<u8>, ProfileError> {
    Ok(zstd::bulk::compress(bytes, LEVEL)?)
}

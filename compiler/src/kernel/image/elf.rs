//! Reads a vmlinux: its section `.BTF`, its banner, its embedded configuration, and the places that
//! ftrace can patch.

use std::io::Read;

use memchr::memmem;
use object::read::elf::ElfFile64;
use object::{Architecture, LittleEndian, Object, ObjectSection, ObjectSymbol, SymbolKind};

use super::{Image, ImageError};

type Vmlinux<'a> = ElfFile64<'a, LittleEndian>;

/// The banner that `/proc/version` prints (`linux_banner` in `init/version.c`).
const BANNER: &[u8] = b"Linux version ";
/// Marks around the packed configuration of `CONFIG_IKCONFIG` (`kernel/configs.c`).
const CONFIGURATION: (&[u8], &[u8]) = (b"IKCFG_ST", b"IKCFG_ED");
const MAXIMUM_CONFIGURATION: u64 = 16 << 20;
/// Bytes between the start of a function and the call that ftrace patches: `endbr64` is 4, and
/// padding before the function is not counted.
const LONGEST_ENTRY: u64 = 16;

/// What a vmlinux tells.
pub(super) fn read(bytes: &[u8]) -> Result<Image, ImageError> {
    let file = Vmlinux::parse(bytes).map_err(|_| ImageError::Elf)?;
    let btf = file.section_by_name(".BTF").and_then(|section| section.data().ok());
    Ok(Image {
        btf: btf.map(<[u8]>::to_vec),
        release: release(bytes),
        architecture: architecture(&file),
        configuration: configuration(bytes),
        traceable: traceable(&file),
    })
}

fn architecture(file: &Vmlinux<'_>) -> Option<String> {
    let known = [(Architecture::X86_64, "x86_64"), (Architecture::Aarch64, "aarch64")];
    let found = known.into_iter().find(|(known, _)| *known == file.architecture());
    found.map(|(_, name)| name.to_owned())
}

fn release(bytes: &[u8]) -> Option<String> {
    memmem::find_iter(bytes, BANNER).find_map(|at| {
        let text = bytes.get(at + BANNER.len()..)?.split(|&byte| byte == b' ').next()?;
        let release = std::str::from_utf8(text).ok()?;
        let begins_well = release.starts_with(|c: char| c.is_ascii_digit());
        (begins_well && release.len() < 65).then(|| release.to_owned())
    })
}

fn configuration(bytes: &[u8]) -> Option<String> {
    let start = memmem::find(bytes, CONFIGURATION.0)? + CONFIGURATION.0.len();
    let tail = bytes.get(start..)?;
    let packed = tail.get(..memmem::find(tail, CONFIGURATION.1)?)?;
    let mut text = String::new();
    let decoder = flate2::read::GzDecoder::new(packed);
    decoder.take(MAXIMUM_CONFIGURATION).read_to_string(&mut text).ok()?;
    Some(text)
}

/// Names of the functions whose entry is in the table of places that ftrace patches; `None` when
/// the file has no symbols, as those in boot images.
fn traceable(file: &Vmlinux<'_>) -> Option<String> {
    let address = |name| file.symbol_by_name(name).map(|symbol| symbol.address());
    let (start, stop) = (address("__start_mcount_loc")?, address("__stop_mcount_loc")?);
    let table = data_at(file, start, stop.checked_sub(start)?)?;
    let mut functions: Vec<(u64, &str)> = file
        .symbols()
        .filter(|symbol| symbol.kind() == SymbolKind::Text)
        .filter_map(|symbol| Some((symbol.address(), symbol.name().ok()?)))
        .collect();
    functions.sort_unstable();
    let mut names = String::new();
    for place in table.as_chunks::<8>().0 {
        let place = u64::from_le_bytes(*place);
        let behind = functions.partition_point(|&(address, _)| address <= place);
        let Some(&(entry, _)) = behind.checked_sub(1).and_then(|at| functions.get(at)) else {
            continue;
        };
        if place - entry > LONGEST_ENTRY {
            continue;
        }
        // Aliases have the same address, and ftrace knows each by whichever name comes first.
        let aliases = functions.get(..behind).unwrap_or_default().iter().rev();
        for (_, name) in aliases.take_while(|&&(address, _)| address == entry) {
            names.push_str(name);
            names.push('\n');
        }
    }
    (!names.is_empty()).then_some(names)
}

/// The bytes that will be at an address.
fn data_at<'a>(file: &Vmlinux<'a>, address: u64, size: u64) -> Option<&'a [u8]> {
    file.sections().find_map(|section| section.data_range(address, size).ok().flatten())
}

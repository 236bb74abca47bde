//! Where the functions of an ELF file are in it. Files are anybody's: whatever they say of
//! themselves is bounded before it is read.

use std::os::unix::fs::FileExt;

use super::Table;

/// Bytes of a file's symbols, and of their names, that are read at most.
const SYMBOLS_MAX: u64 = 4 << 20;
const NAMES_MAX: u64 = 8 << 20;

/// Section and program headers that are looked at.
const HEADERS_MAX: u16 = 1024;

/// Bytes of the headers and of a symbol in 64-bit ELF (`Elf64_Ehdr`, `Elf64_Shdr`, `Elf64_Phdr`,
/// `Elf64_Sym`).
const HEADER: usize = 64;
const SECTION: usize = 64;
const SEGMENT: usize = 56;
const SYMBOL: usize = 24;

/// `SHT_SYMTAB` and `SHT_DYNSYM`.
const SYMBOL_TABLE: u32 = 2;
const DYNAMIC_SYMBOLS: u32 = 11;

/// The functions of a 64-bit little-endian ELF file, by their offsets in the file: of all that are
/// listed, else of those that it exports. Empty when the file is something else.
pub fn functions(file: &impl FileExt) -> Table {
    read(file).unwrap_or_default()
}

fn read(file: &impl FileExt) -> Option<Table> {
    let header = bytes(file, 0, HEADER)?;
    // The magic number, 64 bits, little-endian.
    if header.get(..6) != Some(b"\x7fELF\x02\x01") {
        return None;
    }
    let segments = segments(file, &header)?;
    let sections = table_of(file, u64_at(&header, 40)?, SECTION, u16_at(&header, 60)?)?;
    let of_kind = |kind| sections.chunks_exact(SECTION).find(|one| u32_at(one, 4) == Some(kind));
    let symbols = of_kind(SYMBOL_TABLE).or_else(|| of_kind(DYNAMIC_SYMBOLS))?;
    let names = sections.chunks_exact(SECTION).nth(u32_at(symbols, 40)? as usize)?;
    let symbols = contents(file, symbols, SYMBOLS_MAX)?;
    let names = contents(file, names, NAMES_MAX)?;
    let mut table = Table::new(0);
    for symbol in symbols.chunks_exact(SYMBOL) {
        add(&mut table, symbol, &names, &segments);
    }
    table.sort();
    Some(table)
}

/// A piece of the file and the address that it is meant for.
struct Segment {
    offset: u64,
    size: u64,
    address: u64,
}

fn segments(file: &impl FileExt, header: &[u8]) -> Option<Vec<Segment>> {
    const LOAD: u32 = 1;
    let headers = table_of(file, u64_at(header, 32)?, SEGMENT, u16_at(header, 56)?)?;
    let loaded = headers.chunks_exact(SEGMENT).filter(|one| u32_at(one, 0) == Some(LOAD));
    loaded
        .map(|one| {
            let (offset, address, size) = (u64_at(one, 8)?, u64_at(one, 16)?, u64_at(one, 32)?);
            Some(Segment { offset, size, address })
        })
        .collect()
}

fn add(table: &mut Table, symbol: &[u8], names: &[u8], segments: &[Segment]) -> Option<()> {
    // `STT_FUNC` and `STT_GNU_IFUNC`, which are defined in some section.
    let is_function = matches!(symbol.get(4)? & 15, 2 | 10) && u16_at(symbol, 6)? != 0;
    if !is_function {
        return None;
    }
    let (address, size) = (u64_at(symbol, 8)?, u64_at(symbol, 16)?);
    let offset = segments.iter().find_map(|segment| {
        let behind = address.checked_sub(segment.address).filter(|one| *one < segment.size)?;
        segment.offset.checked_add(behind)
    })?;
    let name = names.get(u32_at(symbol, 0)? as usize..)?.split(|byte| *byte == 0).next()?;
    table.add(offset, size, name);
    Some(())
}

fn contents(file: &impl FileExt, section: &[u8], max: u64) -> Option<Vec<u8>> {
    let size = u64_at(section, 32).filter(|size| *size <= max)?;
    bytes(file, u64_at(section, 24)?, usize::try_from(size).ok()?)
}

fn table_of(file: &impl FileExt, offset: u64, size: usize, count: u16) -> Option<Vec<u8>> {
    bytes(file, offset, size.checked_mul(count.min(HEADERS_MAX).into())?)
}

fn bytes(file: &impl FileExt, offset: u64, size: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; size];
    file.read_exact_at(&mut bytes, offset).ok()?;
    Some(bytes)
}

fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    bytes.get(offset..offset.checked_add(2)?)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..offset.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], offset: usize) -> Option<u64> {
    bytes.get(offset..offset.checked_add(8)?)?.try_into().ok().map(u64::from_le_bytes)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the test reads its own file")]
mod tests {
    use std::fs::File;
    use std::io;

    use super::*;

    #[test]
    fn the_functions_of_this_test_are_found() {
        let file = File::open("/proc/self/exe").unwrap();
        let table = functions(&file);
        assert!(!table.is_empty());
        assert!(table.names.contains("the_functions_of_this_test_are_found"));
    }

    /// A file with these bytes and zeros behind them without end.
    struct Endless(Vec<u8>);

    impl FileExt for Endless {
        fn read_at(&self, to: &mut [u8], offset: u64) -> io::Result<usize> {
            for (place, to) in to.iter_mut().enumerate() {
                let at = usize::try_from(offset).unwrap().saturating_add(place);
                *to = self.0.get(at).copied().unwrap_or(0);
            }
            Ok(to.len())
        }

        fn write_at(&self, _: &[u8], _: u64) -> io::Result<usize> {
            Err(io::ErrorKind::Unsupported.into())
        }
    }

    #[test]
    fn what_a_file_says_of_itself_is_bounded() {
        let mut bytes = vec![0; HEADER + SECTION];
        bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
        bytes[40] = 64;
        bytes[60] = 1;
        bytes[64 + 4] = 2;
        for size in [1 << 40, u64::MAX, 0, SYMBOLS_MAX] {
            bytes[64 + 32..64 + 40].copy_from_slice(&size.to_le_bytes());
            assert!(functions(&Endless(bytes.clone())).is_empty(), "{size}");
        }
        bytes.fill(0xff);
        bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
        assert!(functions(&Endless(bytes)).is_empty());
    }
}

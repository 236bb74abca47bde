//! Which function an address is in: of the kernel, or of a program.

pub mod elf;
pub mod frames;
pub mod kernel;
pub mod program;

/// A function, and how far into it an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'a> {
    pub name: &'a str,
    pub offset: u64,
}

/// Functions by where they begin. Sixteen bytes and its name are kept of each, so that a whole
/// kernel's take about 6 MB.
#[derive(Debug, Default)]
pub struct Table {
    /// What is added to all starts.
    base: u64,
    /// Ordered by start.
    functions: Vec<Function>,
    /// All names, each ended by a line feed.
    names: String,
}

#[derive(Debug, Clone, Copy)]
struct Function {
    start: u32,
    size: u32,
    /// Where its name begins.
    name: u32,
}

/// Names that are longer are cut: nobody reads them.
const NAME_MAX: usize = 256;

impl Table {
    /// An empty table of functions from `base` on. Those more than 4 GiB behind it find no place.
    pub fn new(base: u64) -> Self {
        Self { base, ..Self::default() }
    }

    /// Adds a function. Call [`Self::sort`] after the last.
    pub fn add(&mut self, start: u64, size: u64, name: &[u8]) {
        let start = start.checked_sub(self.base).and_then(|start| u32::try_from(start).ok());
        let (Some(start), Ok(at)) = (start, u32::try_from(self.names.len())) else { return };
        let name = String::from_utf8_lossy(name.get(..NAME_MAX).unwrap_or(name));
        self.names.extend(name.chars().filter(|one| !one.is_control()));
        self.names.push('\n');
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        self.functions.push(Function { start, size, name: at });
    }

    /// Brings the functions in order. Of several that begin at one place the first is kept.
    pub fn sort(&mut self) {
        self.functions.sort_by_key(|function| function.start);
        self.functions.dedup_by_key(|function| function.start);
        self.functions.shrink_to_fit();
        self.names.shrink_to_fit();
    }

    /// The function that `address` is in. One whose size is not known reaches to the next.
    pub fn find(&self, address: u64) -> Option<Found<'_>> {
        let place = u32::try_from(address.checked_sub(self.base)?).ok()?;
        let behind = self.functions.partition_point(|function| function.start <= place);
        let function = self.functions.get(behind.checked_sub(1)?)?;
        let offset = place.checked_sub(function.start)?;
        if function.size != 0 && offset >= function.size {
            return None;
        }
        let name = self.names.get(function.name as usize..)?.split('\n').next()?;
        Some(Found { name, offset: u64::from(offset) })
    }

    /// Whether there is no function.
    pub fn is_empty(&self) -> bool {
        self.functions.is_empty()
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        let functions = self.functions.len().saturating_mul(size_of::<Function>());
        functions.saturating_add(self.names.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_the_function_that_begins_before_it() {
        let mut table = Table::new(0x1000);
        table.add(0x1200, 0x10, b"second");
        table.add(0x1100, 0, b"first");
        table.add(0x1200, 0x10, b"alias");
        table.add(0x900, 0, b"too low");
        table.sort();
        let found = |address| table.find(address).map(|found| (found.name, found.offset));
        for (address, expected) in [
            (0x10ff, None),
            (0x1100, Some(("first", 0))),
            (0x11ff, Some(("first", 0xff))),
            (0x120f, Some(("second", 0xf))),
            (0x1210, None),
            (0, None),
            (u64::MAX, None),
        ] {
            assert_eq!(found(address), expected, "{address:#x}");
        }
    }

    #[test]
    fn a_name_can_break_no_line() {
        let mut table = Table::new(0);
        table.add(1, 1, b"a\nb\x1b\xff");
        table.sort();
        assert_eq!(table.find(1).unwrap().name, "ab\u{fffd}");
    }
}

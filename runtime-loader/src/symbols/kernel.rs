//! The kernel's functions, from `/proc/kallsyms`.
#![expect(clippy::disallowed_methods, reason = "the loader reads /proc")]

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant};

use super::{Found, Table};

/// The kernel's functions. They are read when they are first asked for, and read again when an
/// address is in none of them, since modules and programs come and go.
#[derive(Debug, Default)]
pub struct KernelSymbols {
    table: Table,
    read: Option<Instant>,
}

/// The kernel's text and its modules are within 2 GiB of one another; anything further behind a
/// function than this belongs to another that is not listed.
const FUNCTION_MAX: u64 = 1 << 20;

/// How often the list is read at most: that takes a tenth of a second.
const READ_EVERY: Duration = Duration::from_mins(1);

/// Bytes of a line that are looked at.
const LINE_MAX: usize = 1 << 10;

impl KernelSymbols {
    /// The function that `address` is in.
    pub fn find(&mut self, address: u64) -> Option<Found<'_>> {
        let is_old = self.read.is_none_or(|read| read.elapsed() >= READ_EVERY);
        if is_old && near(&self.table, address).is_none() {
            self.read = Some(Instant::now());
            self.table = File::open("/proc/kallsyms")
                .map_or_else(|_| Table::default(), |file| table(BufReader::new(file)));
        }
        near(&self.table, address)
    }

    /// Whether the kernel was asked and hides where its functions are (`kernel.kptr_restrict`).
    pub fn is_hidden(&self) -> bool {
        self.read.is_some() && self.table.is_empty()
    }
}

fn near(table: &Table, address: u64) -> Option<Found<'_>> {
    table.find(address).filter(|found| found.offset < FUNCTION_MAX)
}

/// The functions of a list like `/proc/kallsyms`; none when it says 0 for every address.
fn table(list: impl BufRead) -> Table {
    // The lowest address of the upper 2 GiB, where all code is.
    let mut table = Table::new(0xffff_ffff_8000_0000);
    for line in list.split(b'\n').map_while(Result::ok).filter(|line| line.len() <= LINE_MAX) {
        let mut words = line.split(u8::is_ascii_whitespace);
        let (Some(address), Some(kind), Some(name)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        let address = std::str::from_utf8(address).ok();
        let address = address.and_then(|address| u64::from_str_radix(address, 16).ok());
        if let (Some(address), [b't' | b'T' | b'w' | b'W']) = (address, kind) {
            table.add(address, 0, name);
        }
    }
    table.sort();
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &[u8] = b"0000000000000000 A __per_cpu_start
ffffffff81000000 T _stext
ffffffff81000100 t do_one\t[module]
ffffffff81000180 D data
broken
ffffffff82000000 T far
";

    #[test]
    fn functions_of_the_kernel_and_its_modules_are_found() {
        let table = table(LIST);
        let name = |address| near(&table, address).map(|found| (found.name, found.offset));
        assert_eq!(name(0xffff_ffff_8100_0004), Some(("_stext", 4)));
        assert_eq!(name(0xffff_ffff_8100_0181), Some(("do_one", 0x81)));
        assert_eq!(name(0xffff_ffff_8180_0000), None);
        assert_eq!(name(0x1000), None);
    }

    #[test]
    fn a_kernel_that_hides_its_addresses_has_no_functions() {
        assert!(
            table(b"0000000000000000 T _stext\n0000000000000000 t one\n".as_slice()).is_empty()
        );
    }
}

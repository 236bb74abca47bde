//! Memory of the kernel and of programs, as far as helpers read it.

use std::collections::BTreeMap;

/// What stands where. An address that is not here cannot be read.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    bytes: BTreeMap<u64, u8>,
}

impl Memory {
    pub(super) fn write(&mut self, address: u64, bytes: &[u8]) {
        for (place, byte) in (0_u64..).zip(bytes) {
            self.bytes.insert(address + place, *byte);
        }
    }

    /// The bytes there, when all can be read.
    pub(super) fn read(&self, address: u64, length: u64) -> Option<Vec<u8>> {
        (0..length).map(|place| self.bytes.get(&address.wrapping_add(place)).copied()).collect()
    }

    /// The bytes there; 0 where nothing is.
    pub(super) fn bytes_or_zeros(&self, address: u64, length: u64) -> Vec<u8> {
        let byte = |place| self.bytes.get(&(address + place)).copied().unwrap_or(0);
        (0..length).map(byte).collect()
    }
}

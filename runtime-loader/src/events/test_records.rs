//! Records built by hand, for tests.

use writ_bundle::record::{exec, header, kind, status};

/// A record that is being put together.
#[derive(Debug, Clone)]
pub(super) struct Builder(Vec<u8>);

impl Builder {
    pub(super) fn new(kind: u8, pid: u32, start: u64, time: u64) -> Self {
        let mut builder = Self(vec![0; header::SIZE]);
        builder.0[header::KIND] = kind;
        builder
            .u32(header::PID, pid)
            .u32(header::TID, pid)
            .u64(header::PROCESS_START, start)
            .u64(header::TIME, time)
    }

    pub(super) fn u8(mut self, offset: usize, value: u8) -> Self {
        self.0[offset] = value;
        self
    }

    pub(super) fn u32(mut self, offset: usize, value: u32) -> Self {
        self.0[offset..offset + 4].copy_from_slice(&value.to_le_bytes());
        self
    }

    pub(super) fn u64(mut self, offset: usize, value: u64) -> Self {
        self.0[offset..offset + 8].copy_from_slice(&value.to_le_bytes());
        self
    }

    pub(super) fn item(self, id: u16, payload: &[u8]) -> Self {
        self.item_with(id, status::READ, 0, payload)
    }

    pub(super) fn item_with(self, id: u16, status: u8, mode: u32, payload: &[u8]) -> Self {
        self.whole_item(id, status, 0, mode, payload)
    }

    /// `all` bytes, of which only `payload` fits; the rest has the name `mode`.
    pub(super) fn truncated_item(self, id: u16, all: u32, mode: u32, payload: &[u8]) -> Self {
        self.whole_item(id, status::TRUNCATED, all, mode, payload)
    }

    fn whole_item(mut self, id: u16, status: u8, flags: u32, mode: u32, payload: &[u8]) -> Self {
        self.0.extend([0, status]);
        self.0.extend(id.to_le_bytes());
        self.0.extend(flags.to_le_bytes());
        self.0.extend(mode.to_le_bytes());
        self.0.extend(u32::try_from(payload.len()).unwrap().to_le_bytes());
        self.0.extend(payload);
        // What pads an item is stale scratch, not zeros.
        self.0.resize(self.0.len().next_multiple_of(8), 0xaa);
        self
    }

    pub(super) fn number(self, id: u16, value: i64) -> Self {
        self.item(id, &value.to_le_bytes())
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        let length = u32::try_from(self.0.len()).unwrap();
        self.u32(header::LENGTH, length).0
    }
}

/// The record of an `execve` by `pid`.
pub(super) fn exec_record(pid: u32, start: u64, parent: (u32, u64)) -> Builder {
    let mut credentials = vec![0; writ_bundle::record::credentials::SIZE];
    credentials[32..36].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut family = parent.0.to_le_bytes().to_vec();
    family.extend(pid.to_le_bytes());
    family.extend(parent.1.to_le_bytes());
    Builder::new(kind::EXEC, pid, start, start)
        .item(exec::EXECUTABLE, b"/usr/bin/curl")
        .item(exec::FILENAME, b"/usr/bin/curl")
        .item(exec::ARGUMENTS, b"curl\0-H\0x y\0")
        .item(exec::DIRECTORY, b"/")
        .item(exec::CREDENTIALS, &credentials)
        .item(exec::FAMILY, &family)
}

pub(super) fn fork_record(parent: (u32, u64), child: (u32, u64)) -> Builder {
    Builder::new(kind::FORK, child.0, parent.1, child.1)
        .u32(header::HOOK, parent.0)
        .u64(header::ACTION_ARGUMENT, child.1)
}

pub(super) fn exit_record(pid: u32, start: u64, time: u64, code: u64) -> Builder {
    Builder::new(kind::EXIT, pid, start, time).u64(header::ACTION_ARGUMENT, code)
}

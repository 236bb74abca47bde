//! The parts of a structure that events show, read from its payload.

use writ_bundle::record::{
    Item, bpf_map, bpf_program, cred, credentials, kernel_module, perf_event, user_namespace,
};

/// A `cred`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// uid, gid, euid, egid, suid, sgid, fsuid, fsgid.
    pub ids: [u32; 8],
    pub securebits: u32,
    /// Permitted, effective, inheritable.
    pub capabilities: [u64; 3],
    pub user_namespace: UserNamespace,
}

/// A `user_namespace`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserNamespace {
    /// How many namespaces are above it.
    pub level: i32,
    pub owner: u32,
    pub group: u32,
    pub inode: u32,
}

/// A `bpf_attr` or `bpf_prog`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BpfProgram {
    pub type_: u32,
    pub instructions: u32,
    pub name: String,
}

/// A `bpf_map`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BpfMap {
    pub type_: u32,
    pub key_size: u32,
    pub value_size: u32,
    pub max_entries: u32,
    pub name: String,
}

/// A `perf_event`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerfEvent {
    pub type_: u32,
    pub config: u64,
    pub probe_offset: u64,
    /// The probed function, or nothing.
    pub function: String,
}

/// A `module` or `load_info`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    pub name: String,
    /// Bits of `TAINT_…`.
    pub taints: u64,
    /// `None` when it is not known.
    pub is_signature_good: Option<bool>,
}

pub(super) fn credentials(item: &Item<'_>) -> Option<Credentials> {
    let id = |place: usize| item.u32(credentials::IDS + 4 * place);
    let set = |place: usize| item.u64(credentials::CAPABILITIES + 8 * place);
    Some(Credentials {
        ids: [id(0)?, id(1)?, id(2)?, id(3)?, id(4)?, id(5)?, id(6)?, id(7)?],
        securebits: item.u32(credentials::SECUREBITS)?,
        capabilities: [set(0)?, set(1)?, set(2)?],
        user_namespace: user_namespace_at(item, cred::USER_NAMESPACE)?,
    })
}

pub(super) fn user_namespace(item: &Item<'_>) -> Option<UserNamespace> {
    user_namespace_at(item, 0)
}

fn user_namespace_at(item: &Item<'_>, at: usize) -> Option<UserNamespace> {
    Some(UserNamespace {
        level: item.u32(at + user_namespace::LEVEL)?.cast_signed(),
        owner: item.u32(at + user_namespace::OWNER)?,
        group: item.u32(at + user_namespace::GROUP)?,
        inode: item.u32(at + user_namespace::INODE)?,
    })
}

pub(super) fn bpf_program(item: &Item<'_>) -> Option<BpfProgram> {
    Some(BpfProgram {
        type_: item.u32(bpf_program::TYPE)?,
        instructions: item.u32(bpf_program::INSTRUCTIONS)?,
        name: item.name(bpf_program::NAME, bpf_program::SIZE - bpf_program::NAME)?,
    })
}

pub(super) fn bpf_map(item: &Item<'_>) -> Option<BpfMap> {
    Some(BpfMap {
        type_: item.u32(bpf_map::TYPE)?,
        key_size: item.u32(bpf_map::KEY_SIZE)?,
        value_size: item.u32(bpf_map::VALUE_SIZE)?,
        max_entries: item.u32(bpf_map::MAX_ENTRIES)?,
        name: item.name(bpf_map::NAME, bpf_map::SIZE - bpf_map::NAME)?,
    })
}

pub(super) fn perf_event(item: &Item<'_>) -> Option<PerfEvent> {
    Some(PerfEvent {
        type_: item.u32(perf_event::TYPE)?,
        config: item.u64(perf_event::CONFIG)?,
        probe_offset: item.u64(perf_event::PROBE_OFFSET)?,
        function: item.name(perf_event::FUNCTION, perf_event::SIZE - perf_event::FUNCTION)?,
    })
}

pub(super) fn module(item: &Item<'_>) -> Option<Module> {
    Some(Module {
        name: item.name(kernel_module::NAME, kernel_module::SIZE - kernel_module::NAME)?,
        taints: item.u64(kernel_module::TAINTS)?,
        is_signature_good: match item.u32(kernel_module::SIGNATURE)? {
            kernel_module::signature::BAD => Some(false),
            kernel_module::signature::GOOD => Some(true),
            _ => None,
        },
    })
}

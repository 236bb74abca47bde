//! The payloads of structures that events show and no condition asks about.

/// A `user_namespace`.
pub mod user_namespace {
    /// `i32`: how many namespaces are above it.
    pub const LEVEL: usize = 0;
    /// `u32`: who made it.
    pub const OWNER: usize = 4;
    /// `u32`: the group of who made it.
    pub const GROUP: usize = 8;
    /// `u32`: its inode number.
    pub const INODE: usize = 12;
    pub const SIZE: usize = 16;
}

/// A `cred`: [`crate::record::credentials`], whose login uid is unset, then
/// [`user_namespace`].
pub mod cred {
    pub const USER_NAMESPACE: usize = crate::record::credentials::SIZE;
    pub const SIZE: usize = USER_NAMESPACE + super::user_namespace::SIZE;
}

/// A `bpf_attr` or `bpf_prog`.
pub mod bpf_program {
    /// `u32`: `BPF_PROG_TYPE_…`.
    pub const TYPE: usize = 0;
    /// `u32`: its instructions.
    pub const INSTRUCTIONS: usize = 4;
    /// 16 bytes: its name, ended by a zero.
    pub const NAME: usize = 8;
    pub const SIZE: usize = 24;
}

/// A `bpf_map`.
pub mod bpf_map {
    /// `u32`: `BPF_MAP_TYPE_…`.
    pub const TYPE: usize = 0;
    /// `u32`: bytes of a key.
    pub const KEY_SIZE: usize = 4;
    /// `u32`: bytes of a value.
    pub const VALUE_SIZE: usize = 8;
    /// `u32`
    pub const MAX_ENTRIES: usize = 12;
    /// 16 bytes: its name, ended by a zero.
    pub const NAME: usize = 16;
    pub const SIZE: usize = 32;
}

/// A `perf_event`.
pub mod perf_event {
    /// `u32`: `PERF_TYPE_…`, or a dynamic one.
    pub const TYPE: usize = 0;
    /// `u32`: zero.
    pub const RESERVED: usize = 4;
    /// `u64`: `PERF_COUNT_…`, the tracepoint or the like.
    pub const CONFIG: usize = 8;
    /// `u64`: bytes from the start of the probed function.
    pub const PROBE_OFFSET: usize = 16;
    /// 128 bytes: the probed function, ended by a zero; empty when there is none.
    pub const FUNCTION: usize = 24;
    pub const SIZE: usize = 152;
}

/// A `module` or `load_info`.
pub mod kernel_module {
    /// `u64`: bits of `TAINT_…`.
    pub const TAINTS: usize = 0;
    /// `u32`: see [`signature`].
    pub const SIGNATURE: usize = 8;
    /// `u32`: zero.
    pub const RESERVED: usize = 12;
    /// 64 bytes: its name, ended by a zero.
    pub const NAME: usize = 16;
    pub const SIZE: usize = 80;

    /// What is known of a module's signature.
    pub mod signature {
        /// The kernel does not check any, or the structure does not say.
        pub const UNKNOWN: u32 = 0;
        pub const BAD: u32 = 1;
        pub const GOOD: u32 = 2;
    }
}

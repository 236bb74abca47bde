//! Maps that generated code asks for.

/// A map to be created with the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapDefinition {
    /// Unique in the object; the kernel keeps the first 15 bytes.
    pub name: String,
    pub kind: MapKind,
    /// Bytes of a key.
    pub key_size: u32,
    /// Bytes of a value.
    pub value_size: u32,
    pub max_entries: u32,
    /// Bits of [`map_flag`].
    pub flags: u32,
}

/// What kind of map it is (`enum bpf_map_type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MapKind {
    Hash,
    Array,
    PerCpuHash,
    PerCpuArray,
    LruHash,
    LpmTrie,
}

impl MapKind {
    /// The value in `enum bpf_map_type`.
    pub fn number(self) -> u32 {
        match self {
            Self::Hash => 1,
            Self::Array => 2,
            Self::PerCpuHash => 5,
            Self::PerCpuArray => 6,
            Self::LruHash => 9,
            Self::LpmTrie => 11,
        }
    }

    /// The word in features such as `map:hash`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hash => "hash",
            Self::Array => "array",
            Self::PerCpuHash => "percpu_hash",
            Self::PerCpuArray => "percpu_array",
            Self::LruHash => "lru_hash",
            Self::LpmTrie => "lpm_trie",
        }
    }
}

/// Flags of a map (`BPF_F_*` of `BPF_MAP_CREATE`).
pub mod map_flag {
    /// Entries are allocated when they are written. An LPM trie must have it.
    pub const NO_PREALLOC: u32 = 1;
    /// Programs cannot write to it.
    pub const READ_ONLY_FOR_PROGRAMS: u32 = 1 << 7;
}

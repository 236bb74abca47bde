//! What generated code knows of the runtime library: names of routines, and offsets in the scratch
//! area. A test compares the offsets with the BTF of the library's object.

use writ_bundle::Attach;
use writ_bundle::record::{header, item};

use crate::ir::Kin;
use crate::machine::Helper;
use crate::policy::{CapabilitySet, NamespaceKind};
use crate::resolved::{Memory, Moment, Reader, Structure};

/// Offset of `cursor` in `struct writ_scratch`.
pub(super) const CURSOR: i16 = 4;

/// Offset of `flags` in `struct writ_scratch`.
pub(super) const FLAGS: i16 = 8;

/// Offset of `owner` in `struct writ_scratch`.
pub(super) const OWNER: i16 = 5352;

/// Offset of `slot` in `struct writ_scratch`.
pub(super) const SLOT: i16 = 9;

/// Offset of `binary_sets` in `struct writ_scratch`.
pub(super) const BINARY_SETS: i16 = 24;

/// Offset of `saved` in `struct writ_scratch`.
pub(super) const SAVED: i16 = OWNER + 8;

/// Offset of `frame` in `struct writ_scratch`.
pub(super) const CALL_FRAME: i16 = SAVED + 48;

/// Offset of `function` in `struct writ_scratch`.
pub(super) const FUNCTION: i16 = CALL_FRAME + 8;

/// Offset of `event` in `struct writ_scratch`.
pub(super) const EVENT: i16 = 5912;

/// `EVENT_SIZE`: bytes of the longest record.
const EVENT_SIZE: i32 = 24576;

/// `TEXT_ROOM`: bytes that a text may take, with its item and a zero.
const TEXT_ROOM: i32 = 16 + 4095 + 1;

/// Where the first payload of a record can stand, from the start of the scratch area.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "both are below 100"
)]
pub(super) const FIRST_PAYLOAD: i16 = EVENT + header::SIZE as i16 + item::SIZE as i16;

/// How far behind [`FIRST_PAYLOAD`] the last text can stand: a text is only read where there is room
/// for the longest.
#[expect(clippy::cast_possible_wrap, clippy::cast_possible_truncation, reason = "it is 64")]
const TEXT_SPAN: i32 = EVENT_SIZE - TEXT_ROOM - header::SIZE as i32;

/// How far behind [`FIRST_PAYLOAD`] the last structure can stand. The slack behind the event is
/// longer than any.
#[expect(clippy::cast_possible_wrap, clippy::cast_possible_truncation, reason = "it is 80")]
const STRUCTURE_SPAN: i32 = EVENT_SIZE - (header::SIZE + item::SIZE) as i32;

/// How far behind [`FIRST_PAYLOAD`] the payload of a value that is read this way can stand.
pub(super) fn span(reader: Reader) -> i32 {
    match reader {
        Reader::Structure(structure) if !structure.is_text() => STRUCTURE_SPAN,
        Reader::Nothing
        | Reader::Integer { .. }
        | Reader::File
        | Reader::Path
        | Reader::Binprm
        | Reader::Filename
        | Reader::Descriptor
        | Reader::Text
        | Reader::Buffer { .. }
        | Reader::Vectors { .. }
        | Reader::RecordText
        | Reader::Bytes { .. }
        | Reader::SyscallNumber
        | Reader::Capability
        | Reader::Capabilities(_)
        | Reader::Structure(_) => TEXT_SPAN,
    }
}

/// Where the length of a text stands, from the text's start.
pub(super) const LENGTH: i16 = -4;

/// `writ_processes` values: where the words of the binary sets begin.
pub(super) const PROCESS_BINARY_SETS: i16 = 24;

/// `writ_processes` values: where the word of the follow sets is.
pub(super) const PROCESS_DESCENDS: i16 = 56;

/// `writ_lineages` values: where the words of the sets of each kin begin.
pub(super) fn lineage(kin: Kin) -> i16 {
    match kin {
        Kin::Line => 0,
        Kin::Parent => 32,
        Kin::ParentLine => 64,
    }
}

/// `writ_lineages` values: where it stands whether there was a parent.
pub(super) const LINEAGE_HAS_PARENT: i16 = 96;

/// Set in every answer of `writ_namespace_changes` for a process that is known; the bits below are
/// kinds of namespaces, in the order of [`NamespaceKind::ALL`].
pub(super) const NAMESPACE_CHANGES_KNOWN: u64 = 1 << 16;

/// Set in every answer of `writ_capability_changes_…` for a process that is known; the bits below
/// are capabilities.
pub(super) const CAPABILITY_CHANGES_KNOWN: u64 = 1 << 63;

/// Set in every answer of `writ_binaries` for a process that is known; the bits below are binary
/// sets.
pub(super) const BINARIES_KNOWN: u64 = 1 << 31;

/// Whether `writ_binaries` tells of this set.
pub(super) fn is_first_binary_set(set: u32) -> bool {
    set < BINARIES_KNOWN.trailing_zeros()
}

/// The global with the inode numbers of the host's namespaces.
pub(super) const HOST_NAMESPACES: &str = writ_bundle::globals::HOST_NAMESPACES;

/// The global with the modes of policies.
pub(super) const MODES: &str = writ_bundle::globals::MODES;

pub(super) const MAP_LOOKUP: Helper = Helper { number: 1, name: "bpf_map_lookup_elem" };
pub(super) const PID: Helper = Helper { number: 14, name: "bpf_get_current_pid_tgid" };
pub(super) const CURRENT_TASK: Helper = Helper { number: 35, name: "bpf_get_current_task" };
pub(super) const OVERRIDE_RETURN: Helper = Helper { number: 58, name: "bpf_override_return" };
pub(super) const SEND_SIGNAL: Helper = Helper { number: 109, name: "bpf_send_signal" };
pub(super) const ATTACH_COOKIE: Helper = Helper { number: 174, name: "bpf_get_attach_cookie" };
pub(super) const PROBE_READ_USER: Helper = Helper { number: 112, name: "bpf_probe_read_user" };
pub(super) const PROBE_READ: Helper = Helper { number: 113, name: "bpf_probe_read_kernel" };

/// What routines are told of a pointer: `enum memory` in `item.h`.
pub(super) fn memory(memory: Memory) -> u64 {
    match memory {
        Memory::Either => 0,
        Memory::Caller => 1,
    }
}

/// The helper that reads such memory on the way to a value. What the kernel's structures point to is
/// the kernel's.
pub(super) fn probe_read(memory: Memory) -> Helper {
    match memory {
        Memory::Either => PROBE_READ,
        Memory::Caller => PROBE_READ_USER,
    }
}

/// The same of a value that is part of what a program of the kernel is given.
pub(super) const MEMORY_OF_KERNEL: u64 = 2;

/// Which flavour of a routine fits how a program is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavour {
    /// Pointers from the context are known to the verifier, and their fields can be loaded.
    Trusted,
    /// Pointers are numbers, and their fields are read by helper.
    Probe,
}

/// Whether a pointer that the hook passes can be null although the verifier of some kernels takes it
/// for good: it leaves tests for null out, and a load through the pointer brings the kernel down.
/// `mmap_file` has no file for anonymous memory. Before 6.14 nothing says so; since then the verifier
/// wants it to be tested (`bpf_lsm_mmap_file` in `kernel/bpf/bpf_lsm.c`). Tried on 6.12 and 7.2.
pub(super) fn has_null_pointers(attach: &Attach) -> bool {
    matches!(attach, Attach::Lsm { hook, .. } if hook == "mmap_file")
}

impl Flavour {
    pub(super) fn of(attach: &Attach) -> Self {
        match attach {
            attach if has_null_pointers(attach) => Self::Probe,
            Attach::Fentry { .. }
            | Attach::Fexit { .. }
            | Attach::FmodRet { .. }
            | Attach::Lsm { .. }
            | Attach::BtfTracepoint { .. } => Self::Trusted,
            Attach::Kprobe { .. }
            | Attach::Kretprobe { .. }
            | Attach::KprobeMulti { .. }
            | Attach::KretprobeMulti { .. }
            | Attach::Kprobes { .. }
            | Attach::Kretprobes { .. }
            | Attach::Tracepoint { .. }
            | Attach::RawTracepoint { .. }
            | Attach::Uprobe { .. }
            | Attach::Uretprobe { .. }
            | Attach::Usdt { .. } => Self::Probe,
        }
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Probe => "probe",
        }
    }
}

/// The routines that look for texts inside another: (scratch, offset, table, mask, found) → 1 or 0.
pub(super) const SEARCH_LOOP: &str = "writ_search_loop";
pub(super) const SEARCH_PLAIN: &str = "writ_search_plain";

/// The routine that reads the characters of an array: (scratch, address, item, bytes, memory).
pub(super) const READ_CHARACTERS: &str = "writ_read_characters";

/// The routine that reads a located value: (scratch, pointer or number, item) → offset, or negative.
/// For buffers and arrays, their length in bytes comes behind; for a text in a record, its place.
pub(super) fn read(reader: Reader, flavour: Flavour) -> Option<String> {
    match reader {
        Reader::Filename => Some("writ_read_filename".into()),
        Reader::Text => Some("writ_read_string".into()),
        Reader::Descriptor => Some("writ_read_fd".into()),
        Reader::File | Reader::Path | Reader::Binprm => {
            file_word(reader).map(|word| format!("writ_read_{word}_{}", flavour.suffix()))
        }
        Reader::Structure(structure) => Some(format!("writ_read_{}", structure.word())),
        Reader::Buffer { .. } => Some("writ_read_buffer".into()),
        Reader::Vectors { .. } => Some("writ_read_vectors".into()),
        Reader::RecordText => Some("writ_read_record_text".into()),
        Reader::Bytes { .. } => Some("writ_read_bytes".into()),
        Reader::Nothing
        | Reader::Integer { .. }
        | Reader::SyscallNumber
        | Reader::Capability
        | Reader::Capabilities(_) => None,
    }
}

/// A routine that finds the first two names of a path without the text: (pointer or number, where
/// the second goes\[, scratch\]) → the first eight bytes of the first, or 0 when only the text tells.
#[derive(Debug)]
pub(super) struct Top {
    pub routine: String,
    pub workspace: Workspace,
}

/// What a routine works in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Workspace {
    Stack,
    Scratch,
}

/// The routine that finds the first two names of what `reader` reads.
pub(super) fn top(reader: Reader, flavour: Flavour) -> Option<Top> {
    if reader == Reader::Descriptor {
        return Some(Top { routine: "writ_top_fd".into(), workspace: Workspace::Scratch });
    }
    let workspace = match flavour {
        Flavour::Trusted => Workspace::Stack,
        Flavour::Probe => Workspace::Scratch,
    };
    let routine = format!("writ_top_{}_{}", file_word(reader)?, flavour.suffix());
    Some(Top { routine, workspace })
}

/// The routine that finds the type of a file: (pointer) → its bits of `i_mode`, or 0.
pub(super) fn file_type(reader: Reader, flavour: Flavour) -> Option<String> {
    file_word(reader).map(|word| format!("writ_file_type_{word}_{}", flavour.suffix()))
}

/// The routine that adds flags and mode of a file to its item: (scratch, pointer or number, offset).
pub(super) fn describe(reader: Reader, flavour: Flavour) -> Option<String> {
    match reader {
        Reader::Descriptor => Some("writ_describe_fd".into()),
        Reader::File | Reader::Path | Reader::Binprm => {
            file_word(reader).map(|word| format!("writ_describe_{word}_{}", flavour.suffix()))
        }
        Reader::Structure(structure @ (Structure::Kiocb | Structure::Dentry)) => {
            Some(format!("writ_describe_{}", structure.word()))
        }
        Reader::Buffer { moment: Moment::EntryInFull, .. } => Some("writ_send_rest".into()),
        Reader::Filename
        | Reader::Text
        | Reader::Nothing
        | Reader::Integer { .. }
        | Reader::Buffer { .. }
        | Reader::Vectors { .. }
        | Reader::RecordText
        | Reader::Bytes { .. }
        | Reader::SyscallNumber
        | Reader::Capability
        | Reader::Capabilities(_)
        | Reader::Structure(_) => None,
    }
}

fn file_word(reader: Reader) -> Option<&'static str> {
    match reader {
        Reader::File => Some("file"),
        Reader::Path => Some("path"),
        Reader::Binprm => Some("binprm"),
        Reader::Filename
        | Reader::Text
        | Reader::Descriptor
        | Reader::Nothing
        | Reader::Integer { .. }
        | Reader::Buffer { .. }
        | Reader::Vectors { .. }
        | Reader::RecordText
        | Reader::Bytes { .. }
        | Reader::SyscallNumber
        | Reader::Capability
        | Reader::Capabilities(_)
        | Reader::Structure(_) => None,
    }
}

/// The routine that says which namespace of this kind the current task is in.
pub(super) fn namespace(kind: NamespaceKind) -> String {
    format!("writ_namespace_{}", kind.word())
}

/// The routine that says which capabilities the current task has in a set.
pub(super) fn capability(set: CapabilitySet) -> String {
    format!("writ_capability_{}", set.word())
}

/// The routine that says which capabilities of a set changed since the process was started.
pub(super) fn capability_changes(set: CapabilitySet) -> String {
    format!("writ_capability_changes_{}", set.word())
}

/// Where the inode number of the host's namespace stands in [`HOST_NAMESPACES`].
pub(super) fn host_namespace(kind: NamespaceKind) -> u32 {
    let place = NamespaceKind::ALL.iter().position(|one| *one == kind).unwrap_or(0);
    u32::try_from(place * 4).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use object::read::{Object as _, ObjectSection as _};

    use super::*;
    use crate::kernel::Btf;

    /// The BTF of the library that bundles are linked with.
    fn library() -> Btf {
        let bytes: &[u8] = include_bytes!("../../../bpf-templates/writ.bpf.o");
        let object = object::File::parse(bytes).unwrap();
        Btf::parse(object.section_by_name(".BTF").unwrap().data().unwrap().to_vec()).unwrap()
    }

    fn offset(btf: &Btf, structure: &str, member: &str) -> i16 {
        let place = btf.structure(structure).unwrap().member(member).unwrap();
        i16::try_from(place.offset()).unwrap()
    }

    #[test]
    fn the_scratch_area_is_laid_out_as_generated_code_thinks() {
        let btf = library();
        let at = |member| offset(&btf, "writ_scratch", member);
        assert_eq!((at("flags"), at("binary_sets")), (FLAGS, BINARY_SETS));
        assert_eq!(at("saved"), SAVED);
        assert_eq!((at("cursor"), at("slot")), (CURSOR, SLOT));
        assert_eq!(at("owner"), OWNER);
        assert_eq!(at("header"), EVENT);
    }

    #[test]
    fn the_process_entry_is_laid_out_as_generated_code_thinks() {
        let btf = library();
        assert_eq!(offset(&btf, "writ_process", "binary_sets"), PROCESS_BINARY_SETS);
        assert_eq!(offset(&btf, "writ_process", "descends"), PROCESS_DESCENDS);
    }

    #[test]
    fn the_lineage_is_laid_out_as_generated_code_thinks() {
        let btf = library();
        let at = |member| offset(&btf, "writ_lineage", member);
        let expected = [at("line"), at("parent"), at("parent_line")];
        assert_eq!(Kin::ALL.map(lineage), expected);
        assert_eq!(at("has_parent"), LINEAGE_HAS_PARENT);
    }
}

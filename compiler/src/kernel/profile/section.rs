//! The parts of a profile, and how a part is unpacked when it is first needed.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::lines::{LineIndex, Lines};

/// Largest text part, in bytes, when unpacked. The largest kernels have about 3 MB.
const MAXIMUM_TEXT: usize = 64 << 20;

/// A part of a profile that can be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u32)]
pub enum Part {
    /// A line `CONFIG_NAME=value` for each option that is set.
    Configuration = 3,
    /// A line for each function that ftrace can trace, as `available_filter_functions` names them:
    /// ordered, and repeated when several functions have the same name.
    Traceable = 4,
    /// A line `function\tkind` for each entry of the error-injection list.
    ErrorInjection = 5,
    /// For each tracepoint a line `subsystem/event` and, indented by a tab, a line
    /// `offset size signed type\tname` for each field.
    Formats = 6,
    /// A line for each function to which the kernel attaches no kprobe, ordered.
    KprobeBlacklist = 7,
    /// A line for each function of the kernel's text that ftrace does not list: ordered, and
    /// repeated when several functions have the same name.
    Untraced = 8,
    /// A line `alias\tname` for each function that ftrace lists under another name of the same
    /// code, ordered.
    Aliases = 9,
}

impl Part {
    /// Every part, in the order in which a file has them.
    pub const ALL: [Self; 7] = [
        Self::Configuration,
        Self::Traceable,
        Self::ErrorInjection,
        Self::Formats,
        Self::KprobeBlacklist,
        Self::Untraced,
        Self::Aliases,
    ];

    /// What it is, for people.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Configuration => "kernel configuration",
            Self::Traceable => "list of traceable functions",
            Self::ErrorInjection => "error-injection list",
            Self::Formats => "tracepoint formats",
            Self::KprobeBlacklist => "kprobe blacklist",
            Self::Untraced => "list of functions that cannot be traced",
            Self::Aliases => "list of functions with several names",
        }
    }
}

/// A text that is unpacked when it is first asked for.
#[derive(Debug)]
pub(super) struct Section {
    /// Empty when the section was made from its text.
    packed: Vec<u8>,
    /// `None` when it is damaged.
    text: OnceLock<Option<String>>,
    index: LineIndex,
}

impl Section {
    /// A section whose text is at hand.
    pub(super) fn open(text: String) -> Self {
        Self { packed: Vec::new(), text: OnceLock::from(Some(text)), index: LineIndex::default() }
    }

    /// A section as a file has it.
    pub(super) fn packed(packed: Vec<u8>) -> Self {
        Self { packed, text: OnceLock::new(), index: LineIndex::default() }
    }

    /// The text; `None` when it cannot be unpacked.
    pub(super) fn text(&self) -> Option<&str> {
        let unpacked = || String::from_utf8(unpack(&self.packed, MAXIMUM_TEXT)?).ok();
        self.text.get_or_init(unpacked).as_deref()
    }

    /// The text as lines; `None` when it cannot be unpacked.
    pub(super) fn lines(&self) -> Option<Lines<'_>> {
        Some(Lines::new(self.text()?, &self.index))
    }
}

/// The bytes that a zstd frame holds; `None` when it is damaged, does not say how many they are, or
/// holds more than `limit`.
pub(super) fn unpack(packed: &[u8], limit: usize) -> Option<Vec<u8>> {
    // Unpacking in one go, into memory of the right size, takes half as long as reading a stream.
    let size = usize::try_from(zstd::zstd_safe::get_frame_content_size(packed).ok()??).ok()?;
    if size > limit {
        return None;
    }
    zstd::bulk::decompress(packed, size).ok()
}

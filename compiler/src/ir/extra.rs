//! What a record can show besides the hook's values.

use writ_bundle::record::extra;

use crate::resolved::DigestOf;

/// One of these things. It is found out when the record is sent, and is no part of what a rate limit
/// compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extra {
    /// The functions of the kernel that led to the hook.
    KernelStack,
    /// The functions of the program that led into the kernel.
    UserStack,
    /// The digest of the hook's file.
    Digest(DigestOf),
}

impl Extra {
    /// Its [`writ_bundle::record::item::ID`].
    pub fn item(self) -> u16 {
        match self {
            Self::KernelStack => extra::KERNEL_STACK,
            Self::UserStack => extra::USER_STACK,
            Self::Digest(_) => extra::IMA,
        }
    }

    /// What it is called, for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::KernelStack => "kernel stack",
            Self::UserStack => "user stack",
            Self::Digest(DigestOf::File) => "digest of the file",
            Self::Digest(DigestOf::Executable) => "digest of the executable",
        }
    }
}

//! What a selector asks, with values of the right type.

use std::fmt;
use std::net::IpAddr;

use super::{ArgumentId, cel::Formula};
use crate::policy::{CapabilitySet, NamespaceKind, Whose, Workloads};
use crate::set::{IntegerSet, TextSet};
use crate::source::{Span, Spanned};

/// Tests joined by `and`, `or` and `not`. See [`crate::policy::Expression`] for what they mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Test(Test),
}

/// One question, and which answer makes it hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    pub span: Span,
    pub sense: Sense,
    pub question: Question,
}

/// Which answer makes a test hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sense {
    /// `Equal`, `In`, `Prefix` and so on.
    Is,
    /// `NotEqual`, `NotIn`, `NotPrefix` and so on.
    IsNot,
}

/// What is asked. None of the sets is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Whether the number is in the set. The set holds only values that the argument can have.
    Integer { argument: ArgumentId, set: IntegerSet },
    /// Whether any bit of the mask is set in the number. The mask is never 0.
    Bits { argument: ArgumentId, mask: u64 },
    /// Whether the text is in the set.
    Text { argument: ArgumentId, set: TextSet },
    /// Whether the path of the executable of the calling process is in the set. It does not hold,
    /// in neither sense, for a process that is not known.
    Binary { set: TextSet },
    /// Whether the calling process is one of these.
    Pid { pids: Vec<u32>, is_namespace_pid: bool, follow_forks: bool },
    /// Whether the calling process is in one of these namespaces.
    Namespace { kind: NamespaceKind, values: Vec<NamespaceValue> },
    /// Whether the text has one of these in it.
    Substring { argument: ArgumentId, texts: Vec<Spanned<String>>, case: Case },
    /// Whether the file is of one of these types.
    FileType { argument: ArgumentId, types: Vec<FileType> },
    /// Whether an address of a connection or packet is in one of these networks.
    Address { argument: ArgumentId, end: End, networks: Vec<Network> },
    /// Whether a number of a connection or packet is in the set.
    Socket { argument: ArgumentId, field: SocketField, set: IntegerSet },
    /// Whether a set of capabilities has one of these that another set lacks.
    CapabilitiesGained { new: ArgumentId, old: ArgumentId, mask: u64 },
    /// Whether the executable of the process, its parent or an ancestor is in the set. Asked of the
    /// process alone, this is [`Self::Binary`].
    Lineage { whose: Whose, reach: Reach, set: TextSet },
    /// Whether the process is about to be in another namespace of one of these kinds than when it
    /// was started.
    NamespaceChange { kinds: Vec<NamespaceKind> },
    /// Whether the process has one of these capabilities.
    Capability { set: CapabilitySet, mask: u64, hosts: HostProcesses },
    /// Whether one of these capabilities of the process differs from what it was started with.
    CapabilityChange { set: CapabilitySet, mask: u64, hosts: HostProcesses },
    /// Whether the process belongs to one of these workloads.
    Workload { workloads: Workloads },
    /// Whether a formula over arguments holds.
    Cel { formula: Formula },
}

/// Whether processes of the host's user namespace count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostProcesses {
    Count,
    /// The condition never holds for them (`isNamespaceCapability`).
    FailTheRule,
}

/// Whether capital letters are told from small ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Case {
    Matters,
    Ignored,
}

/// An end of a connection or packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    Source,
    Destination,
}

/// Who counts as a process that executes a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// The process itself.
    Itself,
    /// Its descendants too (`followChildren`).
    Descendants,
}

/// A number that a connection or packet has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SocketField {
    Port(End),
    /// `IPPROTO_…`
    Protocol,
    /// `AF_…`
    Family,
    /// `TCP_…`
    State,
}

/// The addresses that begin with the first `bits` bits of `address`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    pub address: IpAddr,
    pub bits: u8,
}

/// The type of a file (`S_IFMT`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileType {
    Socket,
    Link,
    Regular,
    Block,
    Directory,
    Character,
    Pipe,
}

/// A namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NamespaceValue {
    /// The host's.
    Host,
    /// The one with this inode number.
    Inode(u32),
}

impl End {
    /// `source` or `destination`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Destination => "destination",
        }
    }
}

impl SocketField {
    /// What people call it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Port(End::Source) => "source port",
            Self::Port(End::Destination) => "destination port",
            Self::Protocol => "protocol",
            Self::Family => "family",
            Self::State => "state",
        }
    }
}

impl Network {
    /// Whether the address is in it. An address of IPv4 that is mapped into IPv6 stays one of IPv6.
    pub fn contains(self, address: IpAddr) -> bool {
        let (first, last) = self.range();
        self.address.is_ipv4() == address.is_ipv4() && (first..=last).contains(&number(address))
    }

    /// Its first and last address, as numbers.
    pub fn range(self) -> (u128, u128) {
        let width: u32 = if self.address.is_ipv4() { 32 } else { 128 };
        let free = width.saturating_sub(self.bits.into());
        let behind = u128::MAX.checked_shr(128 - free).unwrap_or(0);
        let first = number(self.address) & !behind;
        (first, first | behind)
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

impl fmt::Display for Network {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}/{}", self.address, self.bits)
    }
}

impl FileType {
    /// Every type with the names that TracingPolicy has for it, the best first.
    pub const NAMES: [(Self, [&'static str; 2]); 7] = [
        (Self::Regular, ["regular", "reg"]),
        (Self::Directory, ["dir", "dir"]),
        (Self::Link, ["link", "lnk"]),
        (Self::Socket, ["socket", "sock"]),
        (Self::Block, ["block", "blk"]),
        (Self::Character, ["char", "chr"]),
        (Self::Pipe, ["pipe", "fifo"]),
    ];

    /// The kernel's number for it, as it stands in `i_mode` (include/uapi/linux/stat.h).
    pub fn number(self) -> u32 {
        match self {
            Self::Socket => 0o140_000,
            Self::Link => 0o120_000,
            Self::Regular => 0o100_000,
            Self::Block => 0o060_000,
            Self::Directory => 0o040_000,
            Self::Character => 0o020_000,
            Self::Pipe => 0o010_000,
        }
    }

    /// The name of its own.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(type_, _)| *type_ == self).map_or("", |(_, [name, _])| name)
    }
}

impl NamespaceValue {
    /// `host`, or the inode number.
    pub fn word(self) -> String {
        match self {
            Self::Host => "host".into(),
            Self::Inode(inode) => inode.to_string(),
        }
    }
}

impl Expression {
    /// Every test, from left to right.
    pub fn tests(&self) -> Vec<&Test> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::tests).collect(),
            Self::Not(part) => part.tests(),
            Self::Test(test) => vec![test],
        }
    }

    /// Whether it holds for every event, by its form alone.
    pub fn is_always(&self) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(Self::is_always),
            Self::Any(parts) => parts.iter().any(Self::is_always),
            Self::Not(_) | Self::Test(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_the_addresses_that_begin_as_it_does() {
        for (network, bits, address, expected) in [
            ("10.1.2.3", 32, "10.1.2.3", true),
            ("10.1.2.3", 32, "10.1.2.2", false),
            ("10.1.2.3", 8, "10.255.0.1", true),
            ("10.1.2.3", 8, "11.0.0.0", false),
            ("1.2.3.4", 0, "255.255.255.255", true),
            ("1.2.3.4", 0, "::1", false),
            ("::", 0, "ffff::1", true),
            ("::", 0, "1.2.3.4", false),
            ("fd00::1", 64, "fd00::ffff:ffff:ffff:ffff", true),
            ("fd00::1", 64, "fd00:0:0:1::", false),
            ("fd00::10", 124, "fd00::1f", true),
            ("fd00::10", 124, "fd00::20", false),
            // An address of IPv4 that is mapped into IPv6 is none of IPv4.
            ("1.2.3.4", 32, "::ffff:1.2.3.4", false),
        ] {
            let network = Network { address: network.parse().unwrap(), bits };
            let is_in = network.contains(address.parse().unwrap());
            assert_eq!(is_in, expected, "{address} in {network}");
        }
    }
}

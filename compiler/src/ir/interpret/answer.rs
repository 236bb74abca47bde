//! What tests answer.

use std::collections::BTreeMap;
use std::net::IpAddr;

use writ_bundle::Mode;
use writ_bundle::record::connection::{Connection, known};

use super::{Event, KnownProcess, Raw, Run, formula};
use crate::ids::Id;
use crate::ir::{Kin, Module, Test, Value};
use crate::policy::{CapabilitySet, NamespaceKind};
use crate::resolved::cel::Formula;
use crate::resolved::{Case, End, NamespaceValue, Reader, Signedness, SocketField};

/// The answer to a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    /// It cannot be answered.
    Unknown,
}

impl From<bool> for Answer {
    fn from(is: bool) -> Self {
        if is { Self::Yes } else { Self::No }
    }
}

impl From<Option<bool>> for Answer {
    fn from(is: Option<bool>) -> Self {
        is.map_or(Self::Unknown, Self::from)
    }
}

impl Run<'_> {
    pub(super) fn answer(&self, test: &Test) -> Answer {
        match test {
            Test::Integer { value, set } => {
                self.integer(*value).map(|number| set.contains(number)).into()
            }
            Test::Bits { value, mask } => self.bits(*value).map(|bits| bits & mask != 0).into(),
            Test::Text { value, set } => self.text(*value).map(|text| set.contains(text)).into(),
            Test::Socket { value, field, set } => {
                self.socket(*value, *field).map(|number| set.contains(number)).into()
            }
            Test::Address { value, end, networks } => {
                let is_in = |address| networks.iter().any(|network| network.contains(address));
                self.address(*value, *end).map(is_in).into()
            }
            Test::Gained { new, old, mask } => {
                let gained = |(new, old): (u64, u64)| new & !old & mask != 0;
                self.bits(*new).zip(self.bits(*old)).map(gained).into()
            }
            Test::Substring { value, texts, case } => {
                self.text(*value).map(|text| texts.iter().any(|one| has(text, one, *case))).into()
            }
            Test::FileType { value, types } => {
                let item = self.program.values[*value].item;
                let type_ = self.event.file_types.get(&item);
                type_.map(|type_| types.contains(type_)).into()
            }
            Test::Binary { set } => binary(self.module, self.known(), *set).into(),
            Test::Pid { pids, is_namespace_pid } => {
                let process = &self.event.process;
                let pid = if *is_namespace_pid { process.namespace_pid } else { process.pid };
                pids.contains(&pid).into()
            }
            Test::Descends { set } => self.known().is_some_and(|known| in_set(known, *set)).into(),
            Test::Lineage { kin, set } => lineage(self.module, self.known(), *kin, *set).into(),
            Test::Formula { formula } => self.formula(formula).into(),
            Test::Capability { set, mask } => (self.capabilities(*set) & mask != 0).into(),
            Test::CapabilityChange { set, mask } => self
                .known()
                .map(|known| {
                    let before = known.started.capabilities.get(set).copied().unwrap_or(0);
                    (self.capabilities(*set) ^ before) & mask != 0
                })
                .into(),
            Test::NamespaceChange { kinds } => self
                .known()
                .map(|known| kinds.iter().any(|kind| is_other(self.event, known, *kind)))
                .into(),
            Test::Namespace { kind, values } => namespace(self.event, *kind, values).into(),
            Test::Workload { set, hosts: _ } => {
                let workload = self.event.process.workload.as_ref();
                let set = self.module.workload_sets.get(*set as usize);
                set.is_some_and(|set| set.contains(workload)).into()
            }
            Test::Listed { list } => self.listed(*list).is_some().into(),
            Test::Enforcing { policy } => (self.mode(*policy) == Mode::Enforce).into(),
            Test::Enabled { policy } => (self.mode(*policy) != Mode::Disabled).into(),
        }
    }

    fn raw(&self, value: Id<Value>) -> &Raw {
        let item = self.program.values[value].item;
        self.event.values.get(&item).unwrap_or(&Raw::Unreadable)
    }

    fn integer(&self, value: Id<Value>) -> Option<i128> {
        let Raw::Bits(bits) = self.raw(value) else { return None };
        number(self.program.values[value].reader, *bits)
    }

    /// The number's bits, extended to 64 as its type says.
    fn bits(&self, value: Id<Value>) -> Option<u64> {
        self.integer(value).map(bits_of)
    }

    /// The text as far as it was kept: comparisons see nothing of what was cut off.
    fn text(&self, value: Id<Value>) -> Option<&[u8]> {
        match self.raw(value) {
            Raw::Text(text) | Raw::Truncated(text) | Raw::UnixAddress { path: text, .. } => {
                Some(text)
            }
            Raw::Bits(_) | Raw::Structure(_) | Raw::Unreadable | Raw::Absent => None,
        }
    }

    /// An address of a connection, when it has it.
    fn address(&self, value: Id<Value>, end: End) -> Option<IpAddr> {
        let Raw::Structure(payload) = self.raw(value) else { return None };
        let connection = Connection::parse(payload)?;
        match end {
            End::Source => connection.source_address(),
            End::Destination => connection.destination_address(),
        }
    }

    /// A number of a connection, when it has it.
    fn socket(&self, value: Id<Value>, field: SocketField) -> Option<i128> {
        match self.raw(value) {
            Raw::Structure(payload) => number_of(&Connection::parse(payload)?, field),
            Raw::UnixAddress { family, .. } => Some((*family).into()),
            Raw::Bits(_) | Raw::Text(_) | Raw::Truncated(_) | Raw::Unreadable | Raw::Absent => None,
        }
    }

    /// A value that cannot be read leaves the whole formula without answer, wherever it stands.
    fn formula(&self, formula: &Formula<Id<Value>>) -> Option<bool> {
        let numbers: BTreeMap<Id<Value>, i128> = formula
            .arguments()
            .into_iter()
            .map(|value| Some((*value, self.integer(*value)?)))
            .collect::<Option<_>>()?;
        formula::holds(formula, &|value| numbers.get(value).copied().unwrap_or(0))
    }

    fn capabilities(&self, set: CapabilitySet) -> u64 {
        self.event.capabilities.get(&set).copied().unwrap_or(0)
    }

    fn known(&self) -> Option<&KnownProcess> {
        self.event.process.known.as_ref()
    }

    /// The mode as it was switched, else as the policy says.
    fn mode(&self, policy: u32) -> Mode {
        let own = || self.module.policies.get(policy as usize).map(|policy| policy.mode);
        self.event.modes.get(&policy).copied().or_else(own).unwrap_or(Mode::Enforce)
    }
}

/// Whether `text` has `part` in it.
fn has(text: &[u8], part: &str, case: Case) -> bool {
    text.windows(part.len()).any(|window| match case {
        Case::Matters => window == part.as_bytes(),
        Case::Ignored => window.eq_ignore_ascii_case(part.as_bytes()),
    })
}

/// The number in `bits`: as many of the low bytes as `reader` wants, with or without sign.
pub(super) fn number(reader: Reader, bits: u64) -> Option<i128> {
    let (bytes, signedness) = reader.number()?;
    let unused = 64_u32.checked_sub(u32::from(bytes) * 8)?;
    let high = bits.checked_shl(unused)?;
    Some(match signedness {
        Signedness::Signed => i128::from(high.cast_signed() >> unused),
        Signedness::Unsigned => i128::from(high >> unused),
    })
}

/// A number that fits in 64 bits, as those bits.
pub(super) fn bits_of(number: i128) -> u64 {
    u64::try_from(number & i128::from(u64::MAX)).unwrap_or(0)
}

/// A number of a connection, when it has it.
fn number_of(connection: &Connection, field: SocketField) -> Option<i128> {
    let (bit, number) = match field {
        SocketField::Port(End::Source) => (known::SOURCE, connection.source_port),
        SocketField::Port(End::Destination) => (known::DESTINATION, connection.destination_port),
        SocketField::Protocol => (known::PROTOCOL, connection.protocol),
        SocketField::Family => (known::FAMILY, connection.family),
        SocketField::State => (known::STATE, connection.state.into()),
    };
    (connection.known & bit != 0).then_some(number.into())
}

fn binary(module: &Module, process: Option<&KnownProcess>, set: u32) -> Option<bool> {
    let set = module.binary_sets.get(set as usize)?;
    process.map(|process| set.contains(&process.executable))
}

/// What an own or a parent's executable is now counts as something that was executed.
fn lineage(module: &Module, known: Option<&KnownProcess>, kin: Kin, set: u32) -> Option<bool> {
    let set = module.binary_sets.get(set as usize)?;
    let known = known?;
    let any = |line: &[Vec<u8>]| line.iter().any(|path| set.contains(path));
    Some(match kin {
        Kin::Line => set.contains(&known.executable) || any(&known.line),
        Kin::Parent => set.contains(&known.parent.as_ref()?.executable),
        Kin::ParentLine => {
            let parent = known.parent.as_ref()?;
            set.contains(&parent.executable) || any(&parent.line)
        }
    })
}

/// Whether the process is in another namespace than when it was started. Both must be known.
fn is_other(event: &Event, known: &KnownProcess, kind: NamespaceKind) -> bool {
    match (known.started.namespaces.get(&kind), event.namespaces.get(&kind)) {
        (Some(before), Some(now)) => before != now,
        (None, _) | (_, None) => false,
    }
}

fn in_set(process: &KnownProcess, set: u32) -> bool {
    process.descends.checked_shr(set).is_some_and(|bits| bits & 1 == 1)
}

fn namespace(event: &Event, kind: NamespaceKind, values: &[NamespaceValue]) -> Option<bool> {
    let inode = event.namespaces.get(&kind)?;
    Some(values.iter().any(|value| match value {
        NamespaceValue::Host => event.host_namespaces.get(&kind) == Some(inode),
        NamespaceValue::Inode(listed) => listed == inode,
    }))
}

//! Random conditions.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use writ::policy::{CapabilitySet, NamespaceKind, Whose};
use writ::resolved::{
    ArgumentId, Case, End, Expression, FileType, HostProcesses, NamespaceValue, Network, Question,
    Reach, Reader, Sense, SocketField, Structure, Test,
};
use writ::set::{IntegerSet, TextPattern, TextSet};
use writ::source::Spanned;
use writ_bundle::Pattern;

use super::Random;
use super::formulas::formula;
use super::policies::{Setting, span};
use super::processes::capability_bits;
use super::workloads::{self, Host};

/// A condition on arguments, each with how it is read, and on the process.
pub(super) fn expression(
    random: &mut Random,
    setting: &Setting,
    ids: &[(ArgumentId, Reader)],
    depth: u32,
) -> Expression {
    let part = |random: &mut Random| expression(random, setting, ids, depth - 1);
    match random.below(if depth == 0 { 1 } else { 6 }) {
        1 | 2 => Expression::All((0..random.length(0..4)).map(|_| part(random)).collect()),
        3 => Expression::Any((0..random.length(0..4)).map(|_| part(random)).collect()),
        4 => Expression::Not(Box::new(part(random))),
        _ => Expression::Test(test(random, setting, ids)),
    }
}

fn test(random: &mut Random, setting: &Setting, ids: &[(ArgumentId, Reader)]) -> Test {
    let question = match random.below(13) {
        12 => Question::Workload { workloads: workloads::workloads(random, Host::Allowed) },
        5 => Question::Binary { set: texts(random) },
        8 => Question::Lineage {
            whose: *random.one_of(&[Whose::Process, Whose::Parent]),
            reach: *random.one_of(&[Reach::Itself, Reach::Descendants]),
            set: texts(random),
        },
        9 => Question::NamespaceChange {
            kinds: (0..random.length(1..4)).map(|_| *random.one_of(&NamespaceKind::ALL)).collect(),
        },
        10 => capabilities(random),
        11 => Question::Cel { formula: formula(random, ids) },
        6 => Question::Pid {
            pids: (0..random.length(1..6)).map(|_| *random.one_of(&setting.pids)).collect(),
            is_namespace_pid: random.once_in(2),
            follow_forks: random.once_in(2),
        },
        7 => namespace(random, setting),
        _ => about_any(random, ids).unwrap_or_else(|| namespace(random, setting)),
    };
    let sense = *random.one_of(&[Sense::Is, Sense::IsNot]);
    Test { span: span(), sense, question }
}

/// A question about one of the values that can be asked about, if there is any.
fn about_any(random: &mut Random, ids: &[(ArgumentId, Reader)]) -> Option<Question> {
    let numbers: Vec<ArgumentId> =
        ids.iter().filter(|(_, reader)| reader.limits().is_some()).map(|(id, _)| *id).collect();
    if !numbers.is_empty() && random.once_in(10) {
        let (new, old) = (*random.one_of(&numbers), *random.one_of(&numbers));
        let mask = random.bits() | 1 << random.below(64);
        return Some(Question::CapabilitiesGained { new, old, mask });
    }
    let askable: Vec<(ArgumentId, Reader)> =
        ids.iter().copied().filter(|(_, reader)| is_askable(*reader)).collect();
    if askable.is_empty() {
        return None;
    }
    let (argument, reader) = *random.one_of(&askable);
    Some(about(random, argument, reader))
}

/// Whether there is any question about what is read this way.
fn is_askable(reader: Reader) -> bool {
    reader.limits().is_some() || reader.is_text() || is_connection(reader)
}

fn is_connection(reader: Reader) -> bool {
    matches!(reader, Reader::Structure(structure) if structure.is_connection())
}

fn capabilities(random: &mut Random) -> Question {
    let set = *random.one_of(&CapabilitySet::ALL);
    let mask = capability_bits(random) | 1 << random.below(40);
    let hosts = *random.one_of(&[HostProcesses::Count, HostProcesses::FailTheRule]);
    if random.once_in(2) {
        return Question::Capability { set, mask, hosts };
    }
    Question::CapabilityChange { set, mask, hosts }
}

fn about(random: &mut Random, argument: ArgumentId, reader: Reader) -> Question {
    if is_connection(reader) {
        return about_socket(random, argument);
    }
    if matches!(reader, Reader::File | Reader::Path) && random.once_in(3) {
        let types = (0..random.length(1..4)).map(|_| random.one_of(&FileType::NAMES).0).collect();
        return Question::FileType { argument, types };
    }
    if matches!(reader, Reader::Structure(Structure::SockaddrUn { .. })) && random.once_in(3) {
        let set = IntegerSet::from_ranges([(1, 1)]);
        return Question::Socket { argument, field: SocketField::Family, set };
    }
    let Some((low, high)) = reader.limits() else {
        if random.once_in(3) {
            return substrings(random, argument);
        }
        return Question::Text { argument, set: texts(random) };
    };
    if random.once_in(4) {
        return Question::Bits { argument, mask: random.bits() | 1 << random.below(64) };
    }
    let range = |random: &mut Random| {
        let from = number_of(reader, random.bits());
        let to = if random.once_in(2) { from } else { number_of(reader, random.bits()) };
        (from.min(to), from.max(to))
    };
    let ranges: Vec<_> = (0..random.length(1..12)).map(|_| range(random)).collect();
    Question::Integer { argument, set: IntegerSet::from_ranges(ranges).within(low, high) }
}

/// Parts of texts, long and short.
fn substrings(random: &mut Random, argument: ArgumentId) -> Question {
    let part = |random: &mut Random| {
        let text = text(random);
        let from = random.length(0..text.len());
        let to = random.length(from..text.len()) + 1;
        let part = &text[from..to];
        Spanned::new(
            if random.once_in(4) { part.to_ascii_uppercase() } else { part.into() },
            span(),
        )
    };
    let texts = (0..random.length(1..6)).map(|_| part(random)).collect();
    let case = *random.one_of(&[Case::Matters, Case::Ignored]);
    Question::Substring { argument, texts, case }
}

fn about_socket(random: &mut Random, argument: ArgumentId) -> Question {
    let end = *random.one_of(&[End::Source, End::Destination]);
    if random.once_in(2) {
        let networks = (0..random.length(1..8)).map(|_| network(random)).collect();
        return Question::Address { argument, end, networks };
    }
    let fields =
        [SocketField::Port(end), SocketField::Protocol, SocketField::Family, SocketField::State];
    let number = |random: &mut Random| i128::from(random.bits() & 0xf);
    let ranges: Vec<_> =
        (0..random.length(1..5)).map(|_| (number(random), number(random) * 9)).collect();
    let set = IntegerSet::from_ranges(ranges.into_iter().chain([(6, 6)]));
    Question::Socket { argument, field: *random.one_of(&fields), set }
}

fn network(random: &mut Random) -> Network {
    let address = address(random);
    let most = if address.is_ipv4() { 33 } else { 129 };
    let bits = u8::try_from(random.below(most)).unwrap_or(0);
    Network { address, bits }
}

/// An address of few different ones, so that many are in the same network.
pub(crate) fn address(random: &mut Random) -> IpAddr {
    let number = u128::from(random.bits()) << 64 | u128::from(random.bits());
    match random.below(4) {
        0 => Ipv6Addr::from_bits(number).into(),
        1 => Ipv6Addr::from_bits(number & 0xf).into(),
        2 => Ipv4Addr::from_bits(u32::try_from(number & 0xffff_ffff).unwrap_or(0)).into(),
        _ => Ipv4Addr::new(127, 0, 0, u8::try_from(number & 3).unwrap_or(0)).into(),
    }
}

fn number_of(reader: Reader, bits: u64) -> i128 {
    let (low, high) = reader.limits().unwrap_or((0, 0));
    low + i128::from(bits) % (high - low + 1)
}

fn namespace(random: &mut Random, setting: &Setting) -> Question {
    let value = |random: &mut Random| match random.below(3) {
        0 => NamespaceValue::Host,
        _ => NamespaceValue::Inode(*random.one_of(&setting.namespaces)),
    };
    Question::Namespace {
        kind: *random.one_of(&NamespaceKind::ALL),
        values: (0..random.length(1..4)).map(|_| value(random)).collect(),
    }
}

/// A text of few different words, so that many begin or end alike.
pub(crate) fn text(random: &mut Random) -> String {
    const WORDS: [&str; 8] =
        ["/", "/etc", "/e", "/usr/bin/", "passwd", "/a-long-name-of-a-directory", ".so", "x"];
    (0..random.length(1..6)).map(|_| *random.one_of(&WORDS)).collect()
}

fn texts(random: &mut Random) -> TextSet {
    let count = if random.once_in(10) { random.length(100..400) } else { random.length(1..8) };
    let pattern = |random: &mut Random| match random.below(3) {
        0 => Pattern::Equal(text(random)),
        1 => Pattern::Prefix(format!("{}{}", text(random), random.below(4))),
        _ if count > 50 => Pattern::Equal(format!("{}{}", text(random), random.below(1000))),
        _ => Pattern::Postfix(text(random)),
    };
    let mut patterns: Vec<Pattern> = (0..count).map(|_| pattern(random)).collect();
    if random.once_in(3) {
        patterns.push(Pattern::Prefix(text(random)));
    }
    let patterns = patterns.into_iter().map(|pattern| TextPattern { pattern, span: span() });
    TextSet { patterns: patterns.collect() }
}

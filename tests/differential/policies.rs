//! Random policies, bound to hooks whose values the test's machine can give.

use writ::policy::{ArgumentType, Mode, NamespaceKind, RateScope};
use writ::resolved::{
    Action, Argument, ArgumentId, Attachment, Expression, Hook, NamespaceValue, Origin, Policy,
    Question, RateLimit, Reader, Selector, Sense, Signedness, Test,
};
use writ::set::{IntegerSet, TextPattern, TextSet};
use writ::source::{SourceMap, Span};
use writ_bundle::{Attach, HookKind, Pattern};

use super::random::Random;

/// The sources in which all policies stand.
pub(super) fn sources() -> SourceMap {
    let mut sources = SourceMap::default();
    sources.add("policy.yaml", "x");
    sources
}

fn span() -> Span {
    Span::new(SourceMap::default().add("", ""), 0..1)
}

pub(super) fn policies(random: &mut Random) -> Vec<Policy> {
    (0..random.length(1..4)).map(|number| policy(random, number)).collect()
}

fn policy(random: &mut Random, number: usize) -> Policy {
    Policy {
        span: span(),
        name: format!("p{number}"),
        name_span: span(),
        namespace: None,
        mode: if random.once_in(3) { Mode::Monitor } else { Mode::Enforce },
        hooks: (0..random.length(1..3)).map(|_| hook(random)).collect(),
    }
}

fn hook(random: &mut Random) -> Hook {
    let function = || "f".to_owned();
    let (attach, is_syscall) = match random.below(5) {
        0 => (Attach::Lsm { hook: function() }, false),
        1 => (Attach::FmodRet { function: function() }, false),
        2 => (Attach::Fentry { function: "__x64_sys_s".into() }, true),
        _ => (Attach::Fentry { function: function() }, false),
    };
    let can_deny = matches!(attach, Attach::Lsm { .. } | Attach::FmodRet { .. });
    let returns = !can_deny && random.once_in(2);
    let arguments: Vec<Argument> =
        (0..random.length(0..4)).map(|_| argument(random, is_syscall)).collect();
    let return_argument = returns.then(return_argument);
    let selectors = (0..random.length(0..4))
        .map(|_| selector(random, &arguments, return_argument.as_ref(), can_deny))
        .collect();
    let return_function = if is_syscall { "__x64_sys_s" } else { "f" };
    Hook {
        span: span(),
        point_span: span(),
        kind: HookKind::Kprobe { function: function() },
        attachment: attachment(attach),
        return_attachment: returns
            .then(|| attachment(Attach::Fexit { function: return_function.into() })),
        arguments,
        return_argument,
        selectors,
        message: None,
        tags: Vec::new(),
    }
}

fn attachment(attach: Attach) -> Attachment {
    Attachment { attach, reason: String::new(), needs: Vec::new() }
}

/// A parameter is read in one way, which its number decides: one context serves all hooks.
fn argument(random: &mut Random, is_syscall: bool) -> Argument {
    let place = u32::try_from(random.below(6)).unwrap_or(0);
    let integer = |bytes, signedness| Reader::Integer { bytes, signedness };
    let reader = match place {
        0 => Reader::File,
        1 => Reader::Text,
        2 => integer(4, Signedness::Signed),
        3 => integer(8, Signedness::Unsigned),
        4 => integer(2, Signedness::Signed),
        _ => integer(1, Signedness::Unsigned),
    };
    let origin = if is_syscall { Origin::SyscallParameter } else { Origin::Parameter };
    of(origin(place), reader)
}

fn return_argument() -> Argument {
    let reader = Reader::Integer { bytes: 8, signedness: Signedness::Signed };
    of(Origin::Return { parameters: 6 }, reader)
}

fn of(origin: Origin, reader: Reader) -> Argument {
    Argument { span: span(), name: None, type_: ArgumentType::Int, label: None, origin, reader }
}

fn selector(
    random: &mut Random,
    arguments: &[Argument],
    returned: Option<&Argument>,
    can_deny: bool,
) -> Selector {
    let ids: Vec<(ArgumentId, Reader)> = arguments
        .iter()
        .enumerate()
        .map(|(place, argument)| (ArgumentId::Argument(place), argument.reader))
        .collect();
    let return_ids: Vec<_> =
        returned.iter().map(|argument| (ArgumentId::Return, argument.reader)).collect();
    Selector {
        span: span(),
        label: None,
        condition: expression(random, &ids, 3),
        return_condition: expression(random, &return_ids, 2),
        actions: actions(random, can_deny),
        return_actions: actions(random, false),
    }
}

fn actions(random: &mut Random, can_deny: bool) -> Vec<Action> {
    (0..random.length(1..4))
        .map(|_| match random.below(6) {
            0 => Action::NoPost { span: span() },
            1 => Action::Signal { span: span(), number: *random.one_of(&[9, 15, 10]) },
            2 if can_deny => {
                Action::Override { span: span(), error: *random.one_of(&[-1, -13, 0]) }
            }
            3 => Action::Post { span: span(), rate_limit: Some(limit(random)) },
            _ => Action::Post { span: span(), rate_limit: None },
        })
        .collect()
}

fn limit(random: &mut Random) -> RateLimit {
    RateLimit {
        milliseconds: *random.one_of(&[1, 1_000, 60_000]),
        scope: *random.one_of(&RateScope::ALL),
    }
}

fn expression(random: &mut Random, ids: &[(ArgumentId, Reader)], depth: u32) -> Expression {
    let parts = |random: &mut Random| {
        (0..random.length(0..4)).map(|_| expression(random, ids, depth - 1)).collect()
    };
    match random.below(if depth == 0 { 1 } else { 6 }) {
        1 | 2 => Expression::All(parts(random)),
        3 => Expression::Any(parts(random)),
        4 => Expression::Not(Box::new(expression(random, ids, depth - 1))),
        _ => Expression::Test(test(random, ids)),
    }
}

fn test(random: &mut Random, ids: &[(ArgumentId, Reader)]) -> Test {
    let question = match random.below(8) {
        0 => Question::Binary { set: texts(random) },
        1 => Question::Pid {
            pids: (0..random.length(1..6)).map(|_| small(random)).collect(),
            is_namespace_pid: random.once_in(2),
            follow_forks: random.once_in(2),
        },
        2 => namespace(random),
        _ if ids.is_empty() => namespace(random),
        _ => {
            let (argument, reader) = *random.one_of(ids);
            about(random, argument, reader)
        }
    };
    let sense = *random.one_of(&[Sense::Is, Sense::IsNot]);
    Test { span: span(), sense, question }
}

fn about(random: &mut Random, argument: ArgumentId, reader: Reader) -> Question {
    let Some((low, high)) = reader.limits() else {
        return Question::Text { argument, set: texts(random) };
    };
    if random.once_in(4) {
        return Question::Bits { argument, mask: random.bits() | 1 << random.below(64) };
    }
    let range = |random: &mut Random| {
        let from = number_of(reader, number_near(random));
        let to = if random.once_in(2) { from } else { number_of(reader, number_near(random)) };
        (from.min(to), from.max(to))
    };
    let ranges: Vec<_> = (0..random.length(1..12)).map(|_| range(random)).collect();
    Question::Integer { argument, set: IntegerSet::from_ranges(ranges).within(low, high) }
}

/// A number that another one may equal.
pub(super) fn number_near(random: &mut Random) -> u64 {
    random.bits()
}

fn number_of(reader: Reader, bits: u64) -> i128 {
    let (low, high) = reader.limits().unwrap_or((0, 0));
    low + i128::from(bits) % (high - low + 1)
}

fn namespace(random: &mut Random) -> Question {
    let value = |random: &mut Random| match random.below(3) {
        0 => NamespaceValue::Host,
        _ => NamespaceValue::Inode(4_026_531_840 + small(random)),
    };
    Question::Namespace {
        kind: *random.one_of(&NamespaceKind::ALL),
        values: (0..random.length(1..4)).map(|_| value(random)).collect(),
    }
}

fn small(random: &mut Random) -> u32 {
    u32::try_from(random.below(6)).unwrap_or(0)
}

/// A text of few different words, so that many begin or end alike.
pub(super) fn text(random: &mut Random) -> String {
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

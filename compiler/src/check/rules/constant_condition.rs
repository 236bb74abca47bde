//! A condition holds always, or never.

use super::{Findings, Rule, code};
use crate::check::facts::{argument, numbers, paths, tests};
use crate::diagnostic::Finding;
use crate::resolved::{HookView, Policy, Question, Sense, SocketField, Test};
use writ_bundle::Pattern;

pub(super) const RULE: Rule = Rule { code: &code::CONSTANT_CONDITION, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, test) in tests(policy) {
        let Some((how, why)) = constant(hook, test) else { continue };
        findings.add(
            Finding::at(test.span, format!("this condition {how} holds"))
                .label(why)
                .help("leave it out, or compare with something else".to_owned()),
        );
    }
}

/// How often a test holds, and why, when the event makes no difference.
fn constant(hook: HookView<'_>, test: &Test) -> Option<(&'static str, String)> {
    let word = |holds| if holds { "always" } else { "never" };
    if let Some(set) = paths(hook, test) {
        let root = set.patterns.iter().any(|one| one.pattern == Pattern::Prefix("/".to_owned()));
        let holds = test.sense == Sense::Is;
        return root.then(|| (word(holds), "every path begins with `/`".to_owned()));
    }
    if let Some(why) = whole(&test.question) {
        return Some((word(test.sense == Sense::Is), why.to_owned()));
    }
    let numbers = numbers(hook, test)?;
    let (least, most) = argument(hook, test)?.reader.limits()?;
    let holds = numbers.ranges() == [(least, most)];
    let why = || format!("the argument is between {least} and {most}");
    (holds || numbers.is_empty()).then(|| (word(holds), why()))
}

/// Why every connection gives the same answer.
fn whole(question: &Question) -> Option<&'static str> {
    if let Question::Socket { field: SocketField::Port(_), set, .. } = question {
        let all = set.ranges().iter().any(|&(low, high)| low <= 0 && high >= u16::MAX.into());
        return all.then_some("every port is between 0 and 65535");
    }
    let Question::Address { networks, .. } = question else { return None };
    let has =
        |is_ipv4| networks.iter().any(|one| one.bits == 0 && one.address.is_ipv4() == is_ipv4);
    (has(true) && has(false)).then_some("every address is in these networks")
}

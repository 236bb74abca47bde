//! The conditions of a program need more maps of one sort than there is room for.

use std::collections::BTreeMap;

use super::{Findings, Rule, Subject};
use crate::check::tetragon::filter::{Filter, filters};
use crate::check::tetragon::hooks::{Section, section};
use crate::check::tetragon::selectors::parts_of;
use crate::check::tetragon::types::{Class, class};
use crate::diagnostic::{Finding, code};
use crate::engine::limit_table::INNER_MAPS;
use crate::policy::{Hook, Operator as O};
use crate::source::Span;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_TOO_MANY_MAPS, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let all: Vec<&Hook> = subject.policy.hooks.iter().collect();
    let together =
        subject.target.kprobe_multi && all.iter().all(|hook| section(hook) == Section::Kprobe);
    let programs: Vec<Vec<&Hook>> =
        if together { vec![all] } else { all.into_iter().map(|hook| vec![hook]).collect() };
    for hooks in programs {
        program(subject, &hooks, findings);
    }
}

fn program(subject: &Subject<'_>, hooks: &[&Hook], findings: &mut Findings<'_>) {
    let most = INNER_MAPS.large.number();
    let mut maps: BTreeMap<Sort, Vec<Span>> = BTreeMap::new();
    for hook in hooks {
        let parts: Vec<_> = parts_of(subject.policy, hook).collect();
        for filter in parts.iter().flat_map(filters) {
            if let Some(sort) = sort(subject, &filter) {
                // Only the maps of texts are shared by the hooks of one program.
                if hooks.len() > 1 && !matches!(sort, Sort::Prefix | Sort::Postfix) {
                    continue;
                }
                maps.entry(sort).or_default().push(filter.operator.span);
            }
        }
    }
    for (sort, places) in maps {
        let Some(extra) = places.get(most) else { continue };
        let what = sort.name();
        findings.add(
            Finding::at(
                *extra,
                format!("a program has room for {most} {what}, not {}", places.len()),
            )
            .label("too many from here on")
            .help("put values that are compared alike into one condition".to_owned())
            .note("Tetragon takes the policy, and fails when it fills the maps: E2BIG")
            .inferred(),
        );
    }
}

/// Maps that conditions need one each of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Numbers,
    Addresses,
    Prefix,
    Postfix,
}

impl Sort {
    fn name(self) -> &'static str {
        match self {
            Self::Numbers => "sets of numbers or ports",
            Self::Addresses => "sets of addresses",
            Self::Prefix => "conditions with `Prefix`",
            Self::Postfix => "conditions with `Postfix`",
        }
    }
}

fn sort(subject: &Subject<'_>, filter: &Filter<'_>) -> Option<Sort> {
    let is_text = filter.type_(&subject.target).is_some_and(|type_| class(type_) == Class::Text);
    match filter.operator.value {
        O::InMap
        | O::NotInMap
        | O::SPort
        | O::NotSPort
        | O::DPort
        | O::NotDPort
        | O::Protocol
        | O::Family
        | O::State => Some(Sort::Numbers),
        O::SAddr | O::NotSAddr | O::DAddr | O::NotDAddr => Some(Sort::Addresses),
        O::Prefix | O::NotPrefix if is_text => Some(Sort::Prefix),
        O::Postfix | O::NotPostfix if is_text => Some(Sort::Postfix),
        _ => None,
    }
}

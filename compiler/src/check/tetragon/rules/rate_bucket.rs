//! A rate limit at a hook whose texts Tetragon tells apart by their beginning.

use super::{Findings, Rule, Subject};
use crate::check::tetragon::hooks::type_of;
use crate::check::tetragon::selectors::parts;
use crate::check::tetragon::types::{Class, class};
use crate::diagnostic::{Finding, code};
use crate::policy::ActionKind;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_RATE_BUCKET, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for part in parts(subject.policy) {
        let mut types =
            part.hook.arguments.iter().filter_map(|one| type_of(part.hook, one, &subject.target));
        if !types.any(|type_| class(type_) == Class::Text) {
            continue;
        }
        for action in &part.actions {
            if let ActionKind::Post { rate_limit: Some(limit), .. } = &action.kind {
                findings.add(
                    Finding::at(
                        limit.interval.span,
                        "Tetragon limits together what begins with the same 40 bytes",
                    )
                    .label("long paths in one directory count as one event"),
                );
            }
        }
    }
}

//! `TrackSock` names an argument that is no socket, or is not there.

use super::{Findings, Rule, Subject};
use crate::check::tetragon::hooks::{Section, section};
use crate::check::tetragon::selectors::parts;
use crate::diagnostic::{Finding, code};
use crate::policy::{ActionKind, ArgumentType};

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_SOCK_ARGUMENT, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for part in parts(subject.policy) {
        if !section(part.hook).is_function() && section(part.hook) != Section::Lsm {
            continue;
        }
        for action in &part.actions {
            let (ActionKind::TrackSock { argument } | ActionKind::UntrackSock { argument }) =
                &action.kind
            else {
                continue;
            };
            let place = argument.as_ref().map_or(0, |argument| argument.value);
            let span = argument.as_ref().map_or(action.span, |argument| argument.span);
            let count = part.hook.arguments.len();
            let label = match part.hook.arguments.get(place as usize) {
                None => format!("`args` has {count}, counted from 0"),
                Some(found) => match &found.type_ {
                    Some(type_)
                        if !matches!(
                            type_.value,
                            ArgumentType::Sock | ArgumentType::Socket | ArgumentType::Skb
                        ) =>
                    {
                        format!("it is a `{}`", type_.value.name())
                    }
                    Some(_) | None => continue,
                },
            };
            findings.add(
                Finding::at(span, format!("argument {place} of the list is no socket"))
                    .label(label)
                    .help("`argSock` is the place of a `sock` in `args`".to_owned())
                    .note("Tetragon does not look, and tracks nothing, or whatever stands there"),
            );
        }
    }
}

//! Questions about executables that Tetragon does not take.

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::selectors::conditions;
use crate::check::tetragon::values::is_capability;
use crate::diagnostic::{Finding, code};
use crate::policy::{Condition, Operator, Whose};
use crate::source::Span;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_PROCESS_FILTER, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let own = subject.policy.selectors().map(|(_, selector)| selector);
    for selector in own.chain(subject.policy.macros.iter().map(|one| &one.selector)) {
        let mut places: [Option<Span>; 2] = [None, None];
        for condition in conditions(&selector.condition) {
            match condition {
                Condition::Binary { span, whose, operator, follow_children, .. } => {
                    let place = match whose {
                        Whose::Process => places.first_mut(),
                        Whose::Parent => places.last_mut(),
                    };
                    if let Some(place) = place {
                        match place {
                            Some(first) => second(*span, *first, findings),
                            None => *place = Some(*span),
                        }
                    }
                    let listed = matches!(operator.value, Operator::In | Operator::NotIn);
                    if let (Some(follow), false) = (follow_children, listed) {
                        let name = operator.value.name();
                        findings.add(
                            Finding::at(
                                *follow,
                                format!("`followChildren` does not go with `{name}`"),
                            )
                            .label("only with `In` and `NotIn`")
                            .also(operator.span, "the operator")
                            .note(says(&format!(
                                "followChildren not yet implemented for operation '{name}'"
                            ))),
                        );
                    }
                }
                Condition::Capability { values, .. }
                | Condition::CapabilityChange { values, .. } => {
                    for value in values.iter().filter(|value| !is_capability(&value.value)) {
                        findings.add(
                            Finding::at(value.span, format!("`{}` is no capability", value.value))
                                .label("unknown")
                                .help("write it as in `CAP_SYS_ADMIN`".to_owned())
                                .note(says(&format!("value {} unknown", value.value))),
                        );
                    }
                }
                _ => {}
            }
        }
    }
}

fn second(span: Span, first: Span, findings: &mut Findings<'_>) {
    findings.add(
        Finding::at(span, "a selector can ask once about the executable")
            .label("again here")
            .also(first, "first here")
            .help("join the values, or use another selector".to_owned())
            .note(says("only support a single matchBinaries per selector")),
    );
}

//! An interval between events that Tetragon cannot read.

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::selectors::parts;
use crate::diagnostic::{Finding, code};
use crate::policy::ActionKind;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_RATE_LIMIT, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for part in parts(subject.policy) {
        for action in part.actions.iter().chain(&part.return_actions) {
            let ActionKind::Post { rate_limit: Some(limit), .. } = &action.kind else { continue };
            let text = &limit.interval.value;
            if is_interval(text) {
                continue;
            }
            findings.add(
                Finding::at(limit.interval.span, format!("`{text}` is no interval"))
                    .label("not a number with `s`, `m` or `h`")
                    .help("write it as in `5m`".to_owned())
                    .note(says(&format!("parseRateLimit: rateLimit value {text} is invalid"))),
            );
        }
    }
}

fn is_interval(text: &str) -> bool {
    let digits = text.strip_suffix(['s', 'S', 'm', 'M', 'h', 'H']).unwrap_or(text);
    !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit())
        && digits.parse::<u64>().is_ok()
}

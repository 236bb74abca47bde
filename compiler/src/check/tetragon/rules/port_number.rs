//! A port above 65535.

use super::{Findings, Rule, Subject, all_filters};
use crate::check::tetragon::values::decimal;
use crate::diagnostic::{Finding, code};
use crate::policy::Operator;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_PORT_NUMBER, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let most = i128::from(u16::MAX);
    for filter in all_filters(subject) {
        let of_ports = matches!(
            filter.operator.value,
            Operator::SPort | Operator::NotSPort | Operator::DPort | Operator::NotDPort
        );
        for value in filter.values.iter().filter(|_| of_ports) {
            if value.value.split(':').filter_map(decimal).any(|port| port > most) {
                findings.add(
                    Finding::at(value.span, format!("`{}` is no port", value.value))
                        .label("the last port is 65535")
                        .note("Tetragon takes any number, and no port is ever this one"),
                );
            }
        }
    }
}

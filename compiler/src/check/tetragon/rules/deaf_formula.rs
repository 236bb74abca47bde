//! A formula at a hook where Tetragon never looks at it.

use super::{Findings, Rule, Subject, all_filters};
use crate::check::tetragon::filter::Time;
use crate::check::tetragon::hooks::{Section, section};
use crate::diagnostic::{Finding, code};
use crate::policy::Operator;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_DEAF_FORMULA, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for filter in all_filters(subject) {
        let runs = matches!(section(filter.hook), Section::Kprobe | Section::Uprobe)
            && filter.time == Time::Entry;
        if filter.operator.value == Operator::CelExpression && !runs {
            findings.add(
                Finding::at(filter.operator.span, "`CelExpr` never matches here")
                    .label("only in `matchArgs` of `kprobes` and `uprobes`")
                    .help("use other operators, or a kprobe".to_owned())
                    .note(
                        "elsewhere Tetragon's programs have a function in its place that always \
                           says no",
                    ),
            );
        }
    }
}

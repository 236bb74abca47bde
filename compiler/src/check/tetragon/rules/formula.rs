//! A `CelExpr` formula that Tetragon does not compile.

use std::collections::BTreeMap;

use super::{Findings, Rule, Subject, all_filters, says};
use crate::check::tetragon::filter::Filter;
use crate::check::tetragon::formula::mistake;
use crate::diagnostic::{Finding, code};
use crate::engine::limit_table::FORMULAS;
use crate::kernel::Feature;
use crate::policy::Operator;
use crate::source::Span;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_FORMULA, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut counts: BTreeMap<Span, usize> = BTreeMap::new();
    for filter in all_filters(subject) {
        if filter.operator.value != Operator::CelExpression {
            continue;
        }
        let count = counts.entry(filter.hook.span).or_default();
        *count += 1;
        if let Some(finding) = refusal(subject, &filter, *count) {
            findings.add(finding);
        }
    }
}

fn refusal(subject: &Subject<'_>, filter: &Filter<'_>, count: usize) -> Option<Finding> {
    let most = FORMULAS.large.number();
    if filter.is_data() {
        let finding = Finding::at(filter.operator.span, "a formula cannot stand in `matchData`");
        return Some(
            finding
                .label("read as a number")
                .help("move it to `matchArgs`".to_owned())
                .note(says("MatchArgs value … invalid: strconv.ParseUint")),
        );
    }
    let [value] = filter.values else {
        let place = filter.values.get(1).map_or(filter.operator.span, |second| second.span);
        return Some(
            Finding::at(place, "`CelExpr` takes one formula")
                .label(format!("not {}", filter.values.len()))
                .help("join them with `||`".to_owned())
                .note(says("addMatchCelExpr: only a single CelExpr value is supported")),
        );
    };
    if count > most {
        return Some(
            Finding::at(filter.operator.span, format!("a hook can have {most} formulas"))
                .label("one too many")
                .note(says("cannot allocate new cel expression function")),
        );
    }
    if subject.target.newer(Feature::Helper("bpf_snprintf_btf")).is_absent() {
        return Some(
            Finding::at(filter.operator.span, "this kernel cannot run formulas")
                .label("needs 5.10")
                .inferred()
                .note(says("celbpf not supported in this kernel")),
        );
    }
    // What cannot be read at all is the parser's finding.
    let mistake = mistake(filter.formula?, filter.hook, &subject.target)?;
    Some(
        Finding::at(mistake.span, "Tetragon does not compile this formula")
            .label(mistake.text)
            .also(value.span, "the formula")
            .note(says("failed to compile CEL expression")),
    )
}

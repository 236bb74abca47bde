//! `selectors`: conditions, and what happens when all of them hold.

use super::fields::Fields;
use super::hook::Returns;
use super::{Report, action, condition, process, workload};
use crate::diagnostic::{Finding, TetragonAnswer, code};
use crate::policy::{Action, Condition, Expression, Selector, Whose};

/// What was understood of a selector.
pub(super) struct Read {
    /// `None` when nothing of its conditions was: without them it would match always.
    pub(super) selector: Option<Selector>,
    /// Whether all of it was understood.
    pub(super) is_whole: bool,
}

type ReadCondition = fn(&Fields, &mut Report<'_>) -> Option<Condition>;

/// The keys of the conditions that are decided when the hook is hit, in Tetragon's order
/// (`bpf/process/pfilter.h`).
const CONDITIONS: [(&str, ReadCondition); 9] = [
    ("matchBinaries", |fields, _| process::binary(fields, Whose::Process)),
    ("matchParentBinaries", |fields, _| process::binary(fields, Whose::Parent)),
    ("matchPIDs", |fields, _| process::pid(fields)),
    ("matchNamespaces", |fields, _| process::namespace(fields)),
    ("matchCapabilities", |fields, _| process::capability(fields)),
    ("matchNamespaceChanges", process::namespace_change),
    ("matchCapabilityChanges", |fields, _| process::capability_change(fields)),
    ("matchArgs", condition::argument),
    ("matchData", condition::data),
];

/// The selector, as far as it was understood.
pub(super) fn selector(fields: &Fields, returns: Returns, report: &mut Report<'_>) -> Read {
    if returns == Returns::Never {
        check_no_return(fields, report);
    }
    let mut is_whole = fields.is_intact;
    let workloads = fields.fields("matchWorkloads").map(|workloads| Condition::Workload {
        span: workloads.span,
        workloads: workload::workloads(workloads, report),
    });
    let mut parts: Vec<Condition> = workloads.into_iter().collect();
    for (key, read) in CONDITIONS {
        parts.extend(conditions(fields, key, read, &mut is_whole, report));
    }
    let argument = condition::argument;
    let mut return_parts = conditions(fields, "matchReturnArgs", argument, &mut is_whole, report);
    if returns == Returns::Never {
        // That they are there at all was reported; what they refer to is no second mistake.
        return_parts.clear();
    }
    let macros = fields.texts("macros");
    let says_nothing = parts.is_empty() && macros.is_empty();
    let selector = Selector {
        span: fields.span,
        label: fields.some_text("label"),
        macros,
        condition: all(parts),
        return_condition: all(return_parts),
        actions: actions(fields, "matchActions", report),
        return_actions: actions(fields, "matchReturnActions", report),
    };
    Read { selector: (is_whole || !says_nothing).then_some(selector), is_whole }
}

/// The conditions under `key`; takes `is_whole` back when one of them was not understood.
fn conditions(
    fields: &Fields,
    key: &'static str,
    read: ReadCondition,
    is_whole: &mut bool,
    report: &mut Report<'_>,
) -> Vec<Condition> {
    let mut conditions = Vec::new();
    for test in fields.records(key) {
        let condition = read(test, report);
        *is_whole &= condition.is_some();
        conditions.extend(condition);
    }
    conditions
}

fn actions(fields: &Fields, key: &str, report: &mut Report<'_>) -> Vec<Action> {
    fields.records(key).filter_map(|action| action::action(action, report)).collect()
}

fn all(conditions: Vec<Condition>) -> Expression {
    Expression::All(conditions.into_iter().map(Expression::Test).collect())
}

/// Without a return, nobody asks what is to happen at the return.
fn check_no_return(fields: &Fields, report: &mut Report<'_>) {
    for key in ["matchReturnArgs", "matchReturnActions"] {
        let Some(field) = fields.field(key).filter(|field| !field.value.value.is_neutral()) else {
            continue;
        };
        // Tetragon ignores it without a word, but for the conditions of LSM hooks (`isValidLsmSelectors`
        // in `pkg/sensors/tracing/genericlsm.go`).
        let is_refused = report.section == "lsmhooks" && key == "matchReturnArgs";
        let (answer, note) = if is_refused {
            (TetragonAnswer::Refuses, "Tetragon refuses it for LSM hooks")
        } else {
            (TetragonAnswer::Accepts, "Tetragon ignores it without a word")
        };
        report.diagnostics.add(
            &code::RETURN_CONDITION,
            Finding::at(field.key.span, format!("`{key}` has no effect here"))
                .label("this hook does not look at the return")
                .help("a kprobe does with `return: true` and `returnArg`".to_owned())
                .note(note)
                .tetragon(answer),
        );
    }
}

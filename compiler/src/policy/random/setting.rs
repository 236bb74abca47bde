//! Random settings of a policy.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Flavour, condition, flag, hook, none, spanned, text, word};
use crate::policy::{
    Enforcer, LabelExpression, LabelOperator, LabelSelector, List, ListKind, Macro, OverrideMethod,
    Setting, Workloads,
};
use crate::source::{Span, Spanned};

/// All settings but the mode.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) lists: Vec<List>,
    pub(super) enforcers: Vec<Enforcer>,
    pub(super) options: Vec<Spanned<Setting>>,
    pub(super) macros: Vec<Macro>,
    pub(super) workloads: Workloads,
    pub(super) nodes: Option<LabelSelector>,
    pub(super) loader: Option<Span>,
}

pub(super) fn settings(flavour: Flavour) -> BoxedStrategy<Settings> {
    let enforcers = match flavour {
        Flavour::Writ => vec(enforcer(flavour), 0..3).boxed(),
        Flavour::Yaml => vec(enforcer(flavour), 0..2).boxed(),
    };
    let lists = list(flavour).prop_map(|list| vec![list]);
    let macros =
        option::weighted(0.8, definition(flavour)).prop_map(|one| one.into_iter().collect());
    (lists, enforcers, options(), macros, workloads(flavour), option::of(labels(flavour)), flag())
        .prop_map(|(lists, enforcers, options, macros, workloads, nodes, loader)| Settings {
            lists,
            enforcers,
            options,
            macros,
            workloads,
            nodes,
            loader,
        })
        .boxed()
}

/// The list that hooks and enforcers name.
pub(super) const LIST: &str = "some list";

fn list(flavour: Flavour) -> impl Strategy<Value = List> {
    let kind = option::of(select(ListKind::ALL.to_vec()).prop_map(spanned));
    (kind, vec(text(flavour), 0..3), option::of(text(flavour)), flag()).prop_map(
        |(kind, values, pattern, validated)| List {
            span: none(),
            name: spanned(LIST.to_owned()),
            kind,
            values,
            pattern,
            validated,
        },
    )
}

fn enforcer(flavour: Flavour) -> impl Strategy<Value = Enforcer> {
    let list = Just(spanned(format!("list:{LIST}")));
    vec(prop_oneof![word(), text(flavour), list], 0..3)
        .prop_map(|calls| Enforcer { span: none(), calls })
}

/// Each option at most once.
fn options() -> impl Strategy<Value = Vec<Spanned<Setting>>> {
    let method = select(OverrideMethod::ALL.to_vec());
    (
        option::of(any::<bool>()),
        option::of(any::<bool>()),
        option::of(method),
        option::of(1..u32::try_from(i32::MAX).unwrap()),
    )
        .prop_map(|(kprobe, uprobe, method, size)| {
            let all = [
                kprobe.map(Setting::DisableKprobeMulti),
                uprobe.map(Setting::DisableUprobeMulti),
                method.map(Setting::OverrideMethod),
                size.map(Setting::SleepablePreloadSize),
            ];
            all.into_iter().flatten().map(spanned).collect()
        })
}

/// The macro that hooks use.
pub(super) const MACRO: &str = "known";

fn definition(flavour: Flavour) -> impl Strategy<Value = Macro> {
    hook::selector(flavour, condition::Asks::Nothing, Vec::new())
        .prop_map(|selector| Macro { name: spanned(MACRO.to_owned()), selector })
}

pub(super) fn workloads(flavour: Flavour) -> impl Strategy<Value = Workloads> {
    (option::of(labels(flavour)), option::of(labels(flavour)), flag())
        .prop_map(|(pods, containers, hosts)| Workloads { pods, containers, hosts })
}

fn labels(flavour: Flavour) -> impl Strategy<Value = LabelSelector> {
    let key = move || {
        prop_oneof![
            text(flavour),
            Just(spanned("name".to_owned())),
            Just(spanned("app".to_owned()))
        ]
    };
    let equal = vec((key(), text(flavour)), 0..3).prop_map(|mut equal| {
        // YAML has a mapping here.
        equal.dedup_by(|one, other| one.0.value == other.0.value);
        if let [first, .., last] = equal.as_slice()
            && first.0.value == last.0.value
        {
            equal.pop();
        }
        equal
    });
    let operator = select(LabelOperator::ALL.to_vec());
    let expression =
        (key(), operator, vec(text(flavour), 0..3)).prop_map(|(key, operator, values)| {
            let values = match operator {
                LabelOperator::In | LabelOperator::NotIn => values,
                LabelOperator::Exists | LabelOperator::DoesNotExist => Vec::new(),
            };
            LabelExpression { span: none(), key, operator: spanned(operator), values }
        });
    (equal, vec(expression, 0..3)).prop_map(|(labels, expressions)| LabelSelector {
        span: none(),
        labels,
        expressions,
    })
}

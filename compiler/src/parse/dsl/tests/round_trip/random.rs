//! Random policies that the language can say.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::policy::{
    Action, ActionKind, Argument, ArgumentPlace, ArgumentReference, ArgumentType, Condition,
    Expression, Hook, Mode, NamespaceKind, Operator, Point, Policy, RateLimit, RateScope, Selector,
    Whose, Workloads,
};
use crate::source::{SourceMap, Span, Spanned};

fn none() -> Span {
    Span::new(SourceMap::default().add("random", ""), 0..0)
}

fn spanned<T>(value: T) -> Spanned<T> {
    Spanned::new(value, none())
}

fn text() -> impl Strategy<Value = Spanned<String>> {
    prop_oneof![
        any::<String>(),
        "/[a-z./]{0,12}",
        "-?[0-9]{1,4}",
        "[0-9]{1,3}:[0-9]{1,3}",
        Just("host_ns".to_owned())
    ]
    .prop_map(spanned)
}

/// The last is the return value.
const NAMES: [&str; 4] = ["file", "mode", "tags", "ret"];

pub(in crate::parse::dsl) fn policy() -> impl Strategy<Value = Policy> {
    let mode = option::of(select(vec![Mode::Enforce, Mode::Monitor]));
    (text(), option::of(text()), mode, vec(hook(), 0..4)).prop_map(
        |(name, namespace, mode, hooks)| Policy {
            span: none(),
            name,
            namespace,
            mode: mode.map(spanned),
            hooks,
            lists: Vec::new(),
            enforcers: Vec::new(),
            options: Vec::new(),
            macros: Vec::new(),
            workloads: Workloads::default(),
            nodes: None,
            loader: None,
            not_yet: Vec::new(),
        },
    )
}

fn hook() -> impl Strategy<Value = Hook> {
    let described = (option::of(text()), vec(text(), 0..3));
    (point(), arguments(), vec(selector(), 0..4), described).prop_map(
        |(point, (arguments, returned), selectors, (message, tags))| Hook {
            span: none(),
            point,
            arguments,
            data: Vec::new(),
            return_argument: Some(returned),
            return_action: None,
            ignore_missing: None,
            is_whole: true,
            selectors,
            message,
            tags,
        },
    )
}

fn point() -> impl Strategy<Value = Point> {
    (0..5, text(), text()).prop_map(|(kind, name, event)| match kind {
        0 => Point::Function(name),
        1 => Point::Syscall(name),
        2 => Point::Lsm(name),
        3 => Point::Tracepoint { subsystem: name, event },
        _ => Point::RawTracepoint { subsystem: name, event },
    })
}

/// Every name is declared, in any way; so is the return value.
fn arguments() -> impl Strategy<Value = (Vec<Argument>, Argument)> {
    let one = || (option::of(select(ArgumentType::ALL)), option::of(text()), option::of(0..9_u32));
    (vec(one(), 3), one(), option::of(0..9_u32)).prop_map(|(list, returned, nameless)| {
        let argument = |place, type_: Option<ArgumentType>, label| Argument {
            label,
            ..Argument::plain(none(), place, type_.map(spanned))
        };
        let name = |at: usize| spanned(NAMES[at].to_owned());
        let mut arguments: Vec<Argument> = list
            .into_iter()
            .enumerate()
            .map(|(at, (type_, label, index))| {
                let place = match index {
                    Some(index) => {
                        ArgumentPlace::Index { index: spanned(index), name: Some(name(at)) }
                    }
                    None => ArgumentPlace::Name(name(at)),
                };
                argument(place, type_, label)
            })
            .collect();
        arguments.extend(nameless.map(|index| {
            let place = ArgumentPlace::Index { index: spanned(index), name: None };
            argument(place, None, None)
        }));
        let (type_, label, index) = returned;
        let place = ArgumentPlace::Return { index: index.map(spanned), name: Some(name(3)) };
        (arguments, argument(place, type_, label))
    })
}

fn selector() -> impl Strategy<Value = Selector> {
    let actions = || vec(action(), 0..3);
    (option::of(text()), expression(false), expression(true), actions(), actions()).prop_map(
        |(label, condition, return_condition, actions, return_actions)| Selector {
            span: none(),
            label,
            macros: Vec::new(),
            condition,
            return_condition,
            actions,
            return_actions,
        },
    )
}

fn expression(is_return: bool) -> impl Strategy<Value = Expression> {
    let leaf = if is_return {
        argument(is_return).boxed()
    } else {
        prop_oneof![argument(is_return), binary(), pid(), namespace()].boxed()
    };
    // What always holds has no time of its own, so it reads as a part of the entry's condition.
    let always = u32::from(!is_return);
    let leaf = prop_oneof![
        8 => leaf.prop_map(Expression::Test),
        always => Just(Expression::always())
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..3).prop_map(Expression::All),
            vec(inner.clone(), 1..3).prop_map(Expression::Any),
            inner.prop_map(|part| Expression::Not(Box::new(part))),
        ]
    })
}

fn argument(is_return: bool) -> impl Strategy<Value = Condition> {
    let names = if is_return { &NAMES[3..] } else { &NAMES[..3] };
    let name = select(names).prop_map(|name| spanned(name.to_owned()));
    let field = prop_oneof![Just(None), Just(Some(spanned("path".to_owned())))];
    let reference = prop_oneof![
        (name, field).prop_map(|(name, field)| ArgumentReference::Name { name, field }),
        (0..9_u32).prop_map(|index| ArgumentReference::Index(spanned(index))),
        (0..9_u32).prop_map(|place| ArgumentReference::Place(spanned(place))),
    ];
    // `In` and `NotIn` are not for arguments; operators of fields come without `path`.
    let operators: Vec<Operator> = Operator::ALL
        .iter()
        .copied()
        .filter(|operator| ![Operator::In, Operator::NotIn].contains(operator))
        .collect();
    (reference, select(operators), vec(text(), 0..4)).prop_map(|(argument, operator, values)| {
        let name = operator.name();
        let is_privileged = name.to_lowercase().ends_with("portpriv");
        let has_field = ["Port", "Addr", "FileType", "Protocol", "Family", "State", "Priv"]
            .iter()
            .any(|part| name.contains(part));
        let argument = match argument {
            ArgumentReference::Name { name, .. } if has_field => {
                ArgumentReference::Name { name, field: None }
            }
            other @ (ArgumentReference::Index(_)
            | ArgumentReference::Place(_)
            | ArgumentReference::Data(_)
            | ArgumentReference::Name { .. }) => other,
        };
        let values = if is_privileged { Vec::new() } else { values };
        Condition::Argument { span: none(), argument, operator: spanned(operator), values }
    })
}

fn binary() -> impl Strategy<Value = Condition> {
    let operators = vec![
        Operator::In,
        Operator::NotIn,
        Operator::Prefix,
        Operator::NotPrefix,
        Operator::Postfix,
        Operator::NotPostfix,
    ];
    (select(operators), vec(text(), 0..4)).prop_map(|(operator, values)| Condition::Binary {
        span: none(),
        whose: Whose::Process,
        operator: spanned(operator),
        values,
        follow_children: None,
    })
}

fn in_or_not() -> impl Strategy<Value = Operator> {
    select(vec![Operator::In, Operator::NotIn])
}

fn pid() -> impl Strategy<Value = Condition> {
    (in_or_not(), vec(any::<u32>(), 0..4), any::<(bool, bool)>()).prop_map(
        |(operator, values, (is_namespace_pid, follow_forks))| Condition::Pid {
            span: none(),
            operator: spanned(operator),
            values: values.into_iter().map(spanned).collect(),
            is_namespace_pid,
            follow_forks,
        },
    )
}

fn namespace() -> impl Strategy<Value = Condition> {
    (select(NamespaceKind::ALL.to_vec()), in_or_not(), vec(text(), 0..4)).prop_map(
        |(kind, operator, values)| Condition::Namespace {
            span: none(),
            kind: spanned(kind),
            operator: spanned(operator),
            values,
        },
    )
}

fn action() -> impl Strategy<Value = Action> {
    let interval = prop_oneof!["[0-9]{1,4}[smhSMH]?", any::<String>()].prop_map(spanned);
    let scope = option::of(select(RateScope::ALL.to_vec()).prop_map(spanned));
    let limit = (interval, scope).prop_map(|(interval, scope)| RateLimit { interval, scope });
    let number = || prop_oneof![-4096..40_i64, any::<i64>()].prop_map(spanned);
    prop_oneof![
        option::of(limit).prop_map(|rate_limit| ActionKind::Post {
            rate_limit,
            kernel_stack: None,
            user_stack: None,
            ima_hash: None,
        }),
        Just(ActionKind::NoPost),
        Just(ActionKind::Sigkill),
        number().prop_map(|signal| ActionKind::Signal { signal: Some(signal) }),
        number().prop_map(|error| ActionKind::Override { error: Some(error), replacement: None }),
    ]
    .prop_map(|kind| Action { span: none(), kind })
}

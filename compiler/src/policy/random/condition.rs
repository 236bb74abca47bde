//! Random conditions.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::argument::NAMES;
use super::{Flavour, flag, none, setting, spanned, text};
use crate::policy::{
    ArgumentReference, CapabilitySet, Condition, Expression, NamespaceKind, Operator, Whose, cel,
};
use crate::source::Spanned;

/// What a selector can ask about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// No names: it stands in a macro. The return value is there for the hooks that use it.
    Nothing,
    Hook {
        names: bool,
        returns: bool,
        returned_name: bool,
    },
}

impl Asks {
    pub(super) fn returns(self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Hook { returns, .. } => returns,
        }
    }

    fn names(self, is_return: bool) -> &'static [&'static str] {
        match self {
            Self::Hook { names: true, .. } if !is_return => &NAMES[..3],
            Self::Hook { returned_name: true, .. } if is_return => &NAMES[3..],
            Self::Nothing | Self::Hook { .. } => &[],
        }
    }
}

/// Conditions of entry or of return. In YAML, only `and` joins them.
pub(super) fn expression(
    flavour: Flavour,
    asks: Asks,
    is_return: bool,
) -> BoxedStrategy<Expression> {
    let argument = argument(flavour, asks, is_return);
    let leaf = if is_return {
        argument
    } else {
        prop_oneof![
            6 => argument,
            1 => binary(flavour),
            1 => pid(),
            1 => namespace(flavour),
            1 => namespace_change(),
            2 => capability(flavour),
            1 => gained(flavour, asks),
            1 => cel(asks),
            1 => setting::workloads(flavour)
                .prop_map(|workloads| Condition::Workload { span: none(), workloads }),
        ]
        .boxed()
    };
    if flavour == Flavour::Yaml {
        return vec(leaf, 0..5).prop_map(in_yaml).boxed();
    }
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
    .boxed()
}

/// The tests in the order of TracingPolicy's keys, of those that stand once only the first.
fn in_yaml(mut tests: Vec<Condition>) -> Expression {
    tests.sort_by_key(rank);
    tests.dedup_by(|later, first| rank(later) == rank(first) && stands_once(first));
    Expression::All(tests.into_iter().map(Expression::Test).collect())
}

fn stands_once(test: &Condition) -> bool {
    matches!(test, Condition::Binary { .. } | Condition::Workload { .. })
}

/// Where a condition stands among those of a selector in YAML.
fn rank(test: &Condition) -> u32 {
    match test {
        Condition::Workload { .. } => 0,
        Condition::Binary { whose: Whose::Process, .. } => 1,
        Condition::Binary { whose: Whose::Parent, .. } => 2,
        Condition::Pid { .. } => 3,
        Condition::Namespace { .. } => 4,
        Condition::Capability { .. } => 5,
        Condition::NamespaceChange { .. } => 6,
        Condition::CapabilityChange { .. } => 7,
        Condition::Argument { argument: ArgumentReference::Data(_), .. }
        | Condition::Cel { argument: ArgumentReference::Data(_), .. } => 9,
        Condition::Argument { .. }
        | Condition::Cel { .. }
        | Condition::CapabilitiesGained { .. } => 8,
    }
}

fn reference(asks: Asks, is_return: bool) -> BoxedStrategy<ArgumentReference> {
    let number = || 0..9_u32;
    let index = number().prop_map(|index| ArgumentReference::Index(spanned(index)));
    let place = number().prop_map(|place| ArgumentReference::Place(spanned(place)));
    let data = number().prop_map(|place| ArgumentReference::Data(spanned(place)));
    let names = asks.names(is_return);
    let unnamed = if is_return {
        prop_oneof![index, place].boxed()
    } else {
        prop_oneof![index, place, data].boxed()
    };
    if names.is_empty() {
        return unnamed;
    }
    let field = prop_oneof![Just(None), Just(Some(spanned("path".to_owned())))];
    let by_name = (select(names), field).prop_map(|(name, field)| ArgumentReference::Name {
        name: spanned(name.to_owned()),
        field,
    });
    prop_oneof![by_name, unnamed].boxed()
}

fn argument(flavour: Flavour, asks: Asks, is_return: bool) -> BoxedStrategy<Condition> {
    // These two are for other conditions, or are conditions of their own.
    let others =
        [Operator::In, Operator::NotIn, Operator::CelExpression, Operator::CapabilitiesGained];
    let operators: Vec<Operator> =
        Operator::ALL.iter().copied().filter(|operator| !others.contains(operator)).collect();
    (reference(asks, is_return), select(operators), vec(text(flavour), 0..4))
        .prop_map(|(argument, operator, values)| {
            let name = operator.name();
            let is_privileged = name.to_lowercase().ends_with("portpriv");
            let has_field = ["Port", "Addr", "FileType", "Protocol", "Family", "State", "Priv"]
                .iter()
                .any(|part| name.contains(part));
            // Operators of fields come without `path`.
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
        .boxed()
}

/// `arg1 == 7`
fn cel(asks: Asks) -> BoxedStrategy<Condition> {
    (reference(asks, false), 0..5, 0..1000_i64)
        .prop_map(|(argument, name, number)| {
            let part = |kind| Box::new(cel::Expression { span: none(), kind });
            let formula = cel::Kind::Binary {
                operator: spanned(cel::BinaryOperator::Equal),
                left: part(cel::Kind::Name(format!("arg{name}"))),
                right: part(cel::Kind::Integer(number)),
            };
            Condition::Cel {
                span: none(),
                operator: spanned(Operator::CelExpression),
                argument,
                values: vec![spanned(format!("arg{name} == {number}"))],
                formula: Some(*part(formula)),
            }
        })
        .boxed()
}

fn gained(flavour: Flavour, asks: Asks) -> BoxedStrategy<Condition> {
    let old = match flavour {
        Flavour::Writ => option::of(reference(asks, false)).boxed(),
        // There, both stand in `args`.
        Flavour::Yaml => place().prop_map(Some).boxed(),
    };
    let new = match flavour {
        Flavour::Writ => reference(asks, false),
        Flavour::Yaml => place(),
    };
    (new, old, capabilities())
        .prop_map(|(new, old, values)| Condition::CapabilitiesGained {
            span: none(),
            operator: spanned(Operator::CapabilitiesGained),
            new,
            old,
            values,
        })
        .boxed()
}

fn place() -> BoxedStrategy<ArgumentReference> {
    (0..3_u32).prop_map(|place| ArgumentReference::Place(spanned(place))).boxed()
}

fn binary(flavour: Flavour) -> BoxedStrategy<Condition> {
    let operators = vec![
        Operator::In,
        Operator::NotIn,
        Operator::Prefix,
        Operator::NotPrefix,
        Operator::Postfix,
        Operator::NotPostfix,
    ];
    let whose = select(vec![Whose::Process, Whose::Parent]);
    (whose, select(operators), vec(text(flavour), 0..4), flag())
        .prop_map(|(whose, operator, values, follow_children)| Condition::Binary {
            span: none(),
            whose,
            operator: spanned(operator),
            values,
            follow_children,
        })
        .boxed()
}

fn in_or_not() -> impl Strategy<Value = Spanned<Operator>> {
    select(vec![Operator::In, Operator::NotIn]).prop_map(spanned)
}

fn pid() -> BoxedStrategy<Condition> {
    (in_or_not(), vec(any::<u32>(), 0..4), any::<(bool, bool)>())
        .prop_map(|(operator, values, (is_namespace_pid, follow_forks))| Condition::Pid {
            span: none(),
            operator,
            values: values.into_iter().map(spanned).collect(),
            is_namespace_pid,
            follow_forks,
        })
        .boxed()
}

fn namespace(flavour: Flavour) -> BoxedStrategy<Condition> {
    (select(NamespaceKind::ALL.to_vec()), in_or_not(), vec(text(flavour), 0..4))
        .prop_map(|(kind, operator, values)| Condition::Namespace {
            span: none(),
            kind: spanned(kind),
            operator,
            values,
        })
        .boxed()
}

fn namespace_change() -> BoxedStrategy<Condition> {
    let kinds = vec(select(NamespaceKind::ALL.to_vec()).prop_map(spanned), 0..3);
    (in_or_not(), kinds)
        .prop_map(|(operator, values)| Condition::NamespaceChange {
            span: none(),
            operator,
            values,
        })
        .boxed()
}

fn capabilities() -> impl Strategy<Value = Vec<Spanned<String>>> {
    let names = vec!["CAP_SYS_ADMIN", "CAP_SETUID", "cap_bpf", "CAP_NET_RAW"];
    vec(select(names).prop_map(|name| spanned(name.to_owned())), 0..3)
}

/// Of now, or a change.
fn capability(flavour: Flavour) -> BoxedStrategy<Condition> {
    let values = match flavour {
        Flavour::Writ => prop_oneof![capabilities(), vec(text(flavour), 0..2)].boxed(),
        Flavour::Yaml => capabilities().boxed(),
    };
    let set = option::of(select(CapabilitySet::ALL.to_vec()));
    (set, in_or_not(), values, flag(), any::<bool>())
        .prop_map(|(written, operator, values, is_namespace_capability, is_change)| {
            let set = written.unwrap_or(CapabilitySet::Effective);
            let set_span = written.map(|_| none());
            let span = none();
            if is_change {
                Condition::CapabilityChange {
                    span,
                    set,
                    set_span,
                    operator,
                    values,
                    is_namespace_capability,
                }
            } else {
                Condition::Capability {
                    span,
                    set,
                    set_span,
                    operator,
                    values,
                    is_namespace_capability,
                }
            }
        })
        .boxed()
}

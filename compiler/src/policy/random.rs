//! Random policies over everything that a policy can say, for tests.

mod action;
mod argument;
mod condition;
mod hook;
mod setting;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Hook, Mode, Policy, ProgramTypes};
use crate::source::{SourceMap, Span, Spanned};

/// What random policies can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// All that the Writ language can.
    Writ,
    /// All that TracingPolicy can and that its front end takes without an error: arguments by
    /// position, conditions joined by `and`.
    Yaml,
}

/// A policy.
pub(crate) fn policy(flavour: Flavour) -> BoxedStrategy<Policy> {
    let namespace = match flavour {
        Flavour::Writ => option::of(text(flavour)).boxed(),
        Flavour::Yaml => Just(None).boxed(),
    };
    let name = match flavour {
        Flavour::Writ => text(flavour),
        Flavour::Yaml => "[a-z]{1,8}(-[a-z0-9]{1,4})?".prop_map(spanned).boxed(),
    };
    let mode = option::of(select(vec![Mode::Enforce, Mode::Monitor]));
    (name, namespace, mode, hooks(flavour), setting::settings(flavour))
        .prop_map(|(name, namespace, mode, hooks, settings)| {
            let setting::Settings { lists, enforcers, options, macros, workloads, nodes, loader } =
                settings;
            Policy {
                span: none(),
                name,
                namespace,
                mode: mode.map(spanned),
                hooks,
                lists,
                enforcers,
                options,
                macros,
                workloads,
                nodes,
                loader,
                program_types: ProgramTypes::default(),
            }
        })
        .boxed()
}

/// In YAML, a policy has hooks of one sort only.
fn hooks(flavour: Flavour) -> BoxedStrategy<Vec<Hook>> {
    match flavour {
        Flavour::Writ => {
            vec(hook::any_sort().prop_flat_map(move |sort| hook::hook(sort, flavour)), 0..4).boxed()
        }
        Flavour::Yaml => {
            hook::any_sort().prop_flat_map(move |sort| vec(hook::hook(sort, flavour), 1..3)).boxed()
        }
    }
}

fn none() -> Span {
    Span::new(SourceMap::default().add("random", ""), 0..0)
}

fn spanned<T>(value: T) -> Spanned<T> {
    Spanned::new(value, none())
}

/// A text; in YAML none that is too short or too long for a message.
fn text(flavour: Flavour) -> BoxedStrategy<Spanned<String>> {
    let odd = match flavour {
        Flavour::Writ => any::<String>().boxed(),
        Flavour::Yaml => "\\PC{2,20}|[ -~\n\t]{2,12}".boxed(),
    };
    prop_oneof![
        odd,
        "/[a-z./]{1,12}",
        "-?[1-9][0-9]{1,4}",
        "[0-9]{1,3}:[0-9]{1,3}",
        Just("host_ns".to_owned()),
        Just("null".to_owned()),
        Just("0x1f".to_owned()),
    ]
    .prop_map(spanned)
    .boxed()
}

/// A name as the kernel has them.
fn word() -> BoxedStrategy<Spanned<String>> {
    "[a-z_]{1,3}[a-z0-9]{1,6}x".prop_map(spanned).boxed()
}

/// Where something stands, or does not.
fn flag() -> impl Strategy<Value = Option<Span>> {
    any::<bool>().prop_map(|is_there| is_there.then(none))
}

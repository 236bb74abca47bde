//! Random hooks and selectors.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::argument::{Read, read, returned};
use super::condition::{Asks, expression};
use super::{Flavour, action, flag, none, setting, spanned, text};
use crate::policy::{Argument, Call, CallKind, Hook, Point, Selector, TrackAction, Uprobe};
use crate::source::{Span, Spanned};

/// The sections of TracingPolicy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Kprobe,
    Fentry,
    Lsm,
    Tracepoint,
    Uprobe,
    Usdt,
}

pub(super) fn any_sort() -> impl Strategy<Value = Sort> {
    select(vec![Sort::Kprobe, Sort::Fentry, Sort::Lsm, Sort::Tracepoint, Sort::Uprobe, Sort::Usdt])
}

/// What a hook says about returning: the value, what is done with it, and what may be missing.
#[derive(Debug, Clone)]
struct Ends {
    argument: Option<Argument>,
    action: Option<TrackAction>,
    ignore: Option<Span>,
}

pub(super) fn hook(sort: Sort, flavour: Flavour) -> BoxedStrategy<Hook> {
    let has_data = matches!(sort, Sort::Kprobe | Sort::Fentry | Sort::Uprobe);
    let described = (option::of(text(flavour)), vec(text(flavour), 0..3));
    (point(sort, flavour), read(flavour, has_data), ends(sort, flavour), described)
        .prop_flat_map(move |(point, read, ends, described)| {
            let asks = asks(&read, &ends, flavour);
            let macros = vec(Just(spanned(setting::MACRO.to_owned())), 0..1);
            let selectors = macros.prop_flat_map(move |macros| selector(flavour, asks, macros));
            (Just((point, read, ends, described)), vec(selectors, 0..4))
        })
        .prop_map(|((point, read, ends, (message, tags)), selectors)| Hook {
            span: none(),
            point,
            arguments: read.arguments,
            data: read.data,
            return_argument: ends.argument,
            return_action: ends.action.map(spanned),
            ignore_missing: ends.ignore,
            is_whole: true,
            selectors,
            message,
            tags,
        })
        .boxed()
}

fn asks(read: &Read, ends: &Ends, flavour: Flavour) -> Asks {
    let is_named = |argument: &Argument| argument.name().is_some();
    Asks::Hook {
        names: flavour == Flavour::Writ && read.arguments.iter().any(is_named),
        returns: ends.argument.is_some(),
        returned_name: ends.argument.as_ref().is_some_and(is_named),
    }
}

fn ends(sort: Sort, flavour: Flavour) -> BoxedStrategy<Ends> {
    let is_free = flavour == Flavour::Writ;
    let returns = is_free || matches!(sort, Sort::Kprobe | Sort::Fentry | Sort::Uprobe);
    let tracks = is_free || matches!(sort, Sort::Kprobe | Sort::Fentry);
    let action = select(vec![TrackAction::Track, TrackAction::Untrack]);
    (option::of(returned(flavour)), option::of(action), flag())
        .prop_map(move |(argument, action, ignore)| Ends {
            argument: argument.filter(|_| returns),
            action: action.filter(|_| tracks),
            ignore: ignore.filter(|_| returns),
        })
        .boxed()
}

fn list() -> Spanned<String> {
    spanned(setting::LIST.to_owned())
}

fn point(sort: Sort, flavour: Flavour) -> BoxedStrategy<Point> {
    let name = move || text(flavour);
    let kind = || select(vec![CallKind::Function, CallKind::Syscall]);
    match sort {
        Sort::Kprobe => prop_oneof![
            name().prop_map(Point::Function),
            name().prop_map(Point::Syscall),
            kind().prop_map(|kind| Point::List { name: list(), kind }),
        ]
        .boxed(),
        Sort::Fentry => (name(), kind(), any::<bool>())
            .prop_map(|(name, kind, is_list)| {
                Point::Fentry(if is_list {
                    Call::List { name: list(), kind }
                } else {
                    Call::One { name, kind }
                })
            })
            .boxed(),
        Sort::Lsm => name().prop_map(Point::Lsm).boxed(),
        Sort::Tracepoint => (name(), name(), any::<bool>())
            .prop_map(|(subsystem, event, is_raw)| {
                if is_raw {
                    Point::RawTracepoint { subsystem, event }
                } else {
                    Point::Tracepoint { subsystem, event }
                }
            })
            .boxed(),
        Sort::Uprobe => uprobe(flavour).prop_map(Point::Uprobe).boxed(),
        Sort::Usdt => (name(), name(), name(), option::of(name()))
            .prop_map(|(path, provider, name, btf_path)| Point::Usdt {
                path,
                provider,
                name,
                btf_path,
            })
            .boxed(),
    }
}

/// In YAML, one way only to say where.
fn uprobe(flavour: Flavour) -> impl Strategy<Value = Uprobe> {
    let numbers = || vec(any::<u64>().prop_map(spanned), 0..3);
    let texts = move || vec(text(flavour), 0..3);
    let places = (texts(), numbers(), numbers());
    (text(flavour), places, numbers(), option::of(text(flavour)), texts()).prop_map(
        move |(path, (symbols, offsets, addresses), counters, btf_path, digests)| {
            let is_first = |before: bool| flavour == Flavour::Writ || !before;
            let keep = |list: Vec<Spanned<u64>>, before| {
                if is_first(before) { list } else { Vec::new() }
            };
            let addresses = keep(addresses, !symbols.is_empty() || !offsets.is_empty());
            let offsets = keep(offsets, !symbols.is_empty());
            Uprobe {
                path,
                symbols,
                offsets,
                addresses,
                reference_counter_offsets: counters,
                btf_path,
                digests,
            }
        },
    )
}

pub(super) fn selector(
    flavour: Flavour,
    asks: Asks,
    macros: Vec<Spanned<String>>,
) -> BoxedStrategy<Selector> {
    let actions = || vec(action::action(flavour), 0..3);
    let returns = asks.returns();
    (
        option::of(text(flavour)),
        expression(flavour, asks, false),
        expression(flavour, asks, true),
        actions(),
        actions(),
    )
        .prop_map(move |(label, condition, return_condition, actions, return_actions)| Selector {
            span: none(),
            label,
            macros: macros.clone(),
            condition,
            return_condition: if returns {
                return_condition
            } else {
                super::super::Expression::always()
            },
            actions,
            return_actions: if returns { return_actions } else { Vec::new() },
        })
        .boxed()
}

//! Random actions.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Flavour, flag, none, spanned, text};
use crate::policy::action::Replacement;
use crate::policy::{Action, ActionKind, RateLimit, RateScope};
use crate::source::Spanned;

pub(super) fn action(flavour: Flavour) -> impl Strategy<Value = Action> {
    let error = move || number(flavour, i64::from(i32::MIN), i64::from(i32::MAX));
    let signal = move || number(flavour, 0, i64::from(u32::MAX));
    let small = || any::<u32>().prop_map(spanned);
    prop_oneof![
        2 => post(flavour),
        1 => Just(ActionKind::NoPost),
        1 => Just(ActionKind::Sigkill),
        1 => Just(ActionKind::CleanupEnforcerNotification),
        1 => signal().prop_map(|signal| ActionKind::Signal { signal: Some(signal) }),
        1 => error().prop_map(|error| ActionKind::Override { error: Some(error), replacement: None }),
        1 => (option::of(error()), replacement(flavour)).prop_map(|(error, replacement)| {
            ActionKind::Override { error, replacement: Some(Box::new(replacement)) }
        }),
        1 => text(flavour).prop_map(|url| ActionKind::GetUrl { url: Some(url) }),
        1 => text(flavour).prop_map(|name| ActionKind::DnsLookup { name: Some(name) }),
        1 => option::of(small()).prop_map(|argument| ActionKind::TrackSock { argument }),
        1 => option::of(small()).prop_map(|argument| ActionKind::UntrackSock { argument }),
        1 => (option::of(error()), option::of(signal()))
            .prop_map(|(error, signal)| ActionKind::NotifyEnforcer { error, signal }),
        1 => (small(), small()).prop_map(|(argument, value)| ActionKind::Set {
            argument: Some(argument),
            value: Some(value),
        }),
    ]
    .prop_map(|kind| Action { span: none(), kind })
}

fn number(flavour: Flavour, least: i64, most: i64) -> BoxedStrategy<Spanned<i64>> {
    match flavour {
        Flavour::Writ => prop_oneof![-4096..40_i64, any::<i64>()].prop_map(spanned).boxed(),
        Flavour::Yaml => prop_oneof![least.max(-4096)..40, least..=most].prop_map(spanned).boxed(),
    }
}

fn post(flavour: Flavour) -> impl Strategy<Value = ActionKind> {
    let interval = match flavour {
        Flavour::Writ => prop_oneof!["[0-9]{1,4}[smhSMH]?", any::<String>()].boxed(),
        Flavour::Yaml => "[1-9][0-9]{1,3}[smhSMH]?".boxed(),
    };
    let scope = option::of(select(RateScope::ALL.to_vec()).prop_map(spanned));
    let limit = (interval.prop_map(spanned), scope)
        .prop_map(|(interval, scope)| RateLimit { interval, scope });
    (option::of(limit), flag(), flag(), flag()).prop_map(
        |(rate_limit, kernel_stack, user_stack, ima_hash)| ActionKind::Post {
            rate_limit,
            kernel_stack,
            user_stack,
            ima_hash,
        },
    )
}

/// At least one part; in YAML at most one place.
fn replacement(flavour: Flavour) -> impl Strategy<Value = Replacement> {
    let places = (option::of(text(flavour)), option::of(any::<u64>()), option::of(any::<u64>()));
    (vec(text(flavour), 1..3), places).prop_map(move |(registers, (symbol, address, offset))| {
        let is_first = |before: bool| flavour == Flavour::Writ || !before;
        let offset = offset.filter(|_| is_first(symbol.is_some() || address.is_some()));
        let address = address.filter(|_| is_first(symbol.is_some()));
        Replacement {
            registers,
            symbol,
            address: address.map(spanned),
            offset: offset.map(spanned),
        }
    })
}

//! Random arguments and data.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Flavour, none, spanned, text, word};
use crate::policy::{Argument, ArgumentPlace, ArgumentType, FieldPath, SizeArgument, Source, Step};
use crate::source::Spanned;

/// The names that conditions may use. The last is that of the return value.
pub(super) const NAMES: [&str; 4] = ["file", "mode", "tags", "ret"];

/// What a hook reads.
#[derive(Debug, Clone)]
pub(super) struct Read {
    pub(super) arguments: Vec<Argument>,
    pub(super) data: Vec<Argument>,
}

/// Every name is declared, in any way.
pub(super) fn read(flavour: Flavour, has_data: bool) -> BoxedStrategy<Read> {
    let data = match (flavour, has_data) {
        (Flavour::Yaml, false) => Just(Vec::new()).boxed(),
        _ => vec(data(flavour), 0..3).boxed(),
    };
    let named = (
        argument(flavour, Some(NAMES[0])),
        argument(flavour, Some(NAMES[1])),
        argument(flavour, Some(NAMES[2])),
    );
    (named, vec(argument(flavour, None), 0..2), data)
        .prop_map(|((first, second, third), more, data)| {
            let mut arguments = vec![first, second, third];
            arguments.extend(more);
            Read { arguments, data }
        })
        .boxed()
}

fn argument(flavour: Flavour, name: Option<&'static str>) -> impl Strategy<Value = Argument> {
    let name = name.filter(|_| flavour == Flavour::Writ).map(|name| spanned(name.to_owned()));
    let by_name = any::<bool>();
    (base(flavour), 0..9_u32, by_name, option::of(word())).prop_map(
        move |(base, index, by_name, parameter)| match (&name, by_name) {
            (Some(name), true) => {
                let alias = parameter.is_some().then(|| name.clone());
                // Only an alias can stand before fields of something else.
                let place = parameter.unwrap_or_else(|| name.clone());
                Argument { place: ArgumentPlace::Name(place), alias, ..base }
            }
            (name, _) => {
                let place = ArgumentPlace::Index { index: spanned(index), name: name.clone() };
                Argument { place, ..base }
            }
        },
    )
}

/// Data, always from somewhere.
fn data(flavour: Flavour) -> impl Strategy<Value = Argument> {
    (base(flavour), 0..4_u32, select(Source::ALL.to_vec()), any::<bool>()).prop_map(
        move |(base, index, source, has_source)| {
            let place = ArgumentPlace::Index { index: spanned(index), name: None };
            let is_kept = has_source || flavour == Flavour::Yaml;
            let resolve = match (base.resolve, source) {
                // A register is one word.
                (Some(path), Source::Registers) => path.steps.into_iter().find_map(register),
                (path, _) => path,
            };
            Argument { place, source: is_kept.then(|| spanned(source)), resolve, ..base }
        },
    )
}

fn register(step: Spanned<Step>) -> Option<FieldPath> {
    let Step::Field(name) = &step.value else { return None };
    Some(FieldPath { text: spanned(name.clone()), steps: vec![step] })
}

/// The return value.
pub(super) fn returned(flavour: Flavour) -> impl Strategy<Value = Argument> {
    let index = option::of(0..9_u32);
    (base(flavour), index, any::<bool>()).prop_map(move |(base, index, is_named)| {
        let place = match flavour {
            Flavour::Writ => ArgumentPlace::Return {
                index: index.map(spanned),
                name: is_named.then(|| spanned(NAMES[3].to_owned())),
            },
            Flavour::Yaml => {
                ArgumentPlace::Return { index: Some(spanned(index.unwrap_or(0))), name: None }
            }
        };
        Argument { place, ..base }
    })
}

/// All but the place.
fn base(flavour: Flavour) -> impl Strategy<Value = Argument> {
    let type_ = option::of(select(ArgumentType::ALL).prop_map(spanned));
    let buffer = (option::weighted(0.2, size(flavour)), rarely(), rarely());
    let cast = (option::weighted(0.2, text(flavour)), option::weighted(0.2, text(flavour)));
    (type_, option::of(text(flavour)), option::weighted(0.3, path()), buffer, cast).prop_map(
        |(
            type_,
            label,
            resolve,
            (size_argument, return_copy, max_data),
            (btf_type, btf_module),
        )| {
            let place = ArgumentPlace::Index { index: spanned(0), name: None };
            Argument {
                label,
                resolve,
                btf_type,
                btf_module,
                size_argument,
                return_copy,
                max_data,
                ..Argument::plain(none(), place, type_)
            }
        },
    )
}

fn rarely() -> impl Strategy<Value = Option<crate::source::Span>> {
    option::weighted(0.1, Just(none()))
}

fn size(flavour: Flavour) -> BoxedStrategy<SizeArgument> {
    let number = (1..16_u32).prop_map(|number| SizeArgument::Number(spanned(number)));
    match flavour {
        Flavour::Writ => prop_oneof![number, word().prop_map(SizeArgument::Name)].boxed(),
        Flavour::Yaml => number.boxed(),
    }
}

fn path() -> impl Strategy<Value = FieldPath> {
    let step = prop_oneof![
        3 => word().prop_map(|name| name.map(Step::Field)),
        1 => (0..9_u32).prop_map(|index| spanned(Step::Element(index))),
    ];
    vec(step, 1..4).prop_map(|steps: Vec<Spanned<Step>>| FieldPath {
        text: spanned(FieldPath::written(&steps)),
        steps,
    })
}

//! Two manifests to their [`Differences`]. Only meaning is compared, never text.

mod selectors;

use std::collections::{BTreeMap, BTreeSet};

use writ_bundle::{Argument, Cost, Hook, Manifest, MapImage, Policy};

use crate::difference::{
    Change, CostDifference, Differences, Field, HookDifference, ImageDifference, PolicyDifference,
    SelectorDifference, attach_words,
};

/// What is different in `new`.
pub fn compare(old: &Manifest, new: &Manifest) -> Differences {
    Differences {
        policies: policies(old, new),
        images: images(&old.images, &new.images),
        costs: costs(old, new),
    }
}

/// Pairs things that have a key in common; what is in both comes with both.
fn pair<'a, K: Ord, T>(
    old: BTreeMap<K, &'a T>,
    mut new: BTreeMap<K, &'a T>,
) -> Vec<(K, Option<&'a T>, Option<&'a T>)> {
    let mut pairs: Vec<_> = Vec::new();
    for (key, value) in old {
        let other = new.remove(&key);
        pairs.push((key, Some(value), other));
    }
    pairs.extend(new.into_iter().map(|(key, value)| (key, None, Some(value))));
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    pairs
}

fn change<T>(old: Option<T>, new: Option<T>) -> Change {
    match (old, new) {
        (None, _) => Change::Added,
        (_, None) => Change::Removed,
        _ => Change::Changed,
    }
}

/// A field, unless it is the same on both sides.
fn field(name: &'static str, old: Option<String>, new: Option<String>) -> Option<Field> {
    (old != new).then_some(Field { name, old, new })
}

fn policies(old: &Manifest, new: &Manifest) -> Vec<PolicyDifference> {
    let by_name = |manifest: &'_ Manifest| -> BTreeMap<String, usize> {
        let names = manifest.policies.iter().map(policy_name);
        names.zip(0..).collect()
    };
    let (old_names, new_names) = (by_name(old), by_name(new));
    let names: BTreeSet<&String> = old_names.keys().chain(new_names.keys()).collect();
    names
        .into_iter()
        .filter_map(|name| {
            let old_side = old_names.get(name).map(|&index| (old, index));
            let new_side = new_names.get(name).map(|&index| (new, index));
            policy(name, old_side, new_side)
        })
        .collect()
}

fn policy_name(policy: &Policy) -> String {
    match &policy.namespace {
        Some(namespace) => format!("{namespace}/{}", policy.name),
        None => policy.name.clone(),
    }
}

type Side<'a> = Option<(&'a Manifest, usize)>;

fn policy(name: &str, old: Side<'_>, new: Side<'_>) -> Option<PolicyDifference> {
    let mode = |side: Side<'_>| {
        let (manifest, index) = side?;
        let policy = manifest.policies.get(index)?;
        Some(policy.mode.word().to_owned())
    };
    let workloads = |side: Side<'_>| {
        let (manifest, index) = side?;
        let set = manifest.policies.get(index)?.workloads?;
        Some(manifest.workload_sets.get(set as usize)?.to_string())
    };
    let nodes = |side: Side<'_>| {
        let (manifest, index) = side?;
        let labels = manifest.policies.get(index)?.nodes.as_ref()?;
        Some(format!("nodes{labels}"))
    };
    let fields = [
        field("mode", mode(old), mode(new)),
        field("workloads", workloads(old), workloads(new)),
        field("nodes", nodes(old), nodes(new)),
    ];
    let difference = PolicyDifference {
        policy: name.to_owned(),
        change: change(old, new),
        fields: fields.into_iter().flatten().collect(),
        hooks: hooks(old, new),
    };
    let is_same = difference.change == Change::Changed
        && difference.fields.is_empty()
        && difference.hooks.is_empty();
    (!is_same).then_some(difference)
}

/// A hook with what is known of it elsewhere in the manifest.
struct HookView<'a> {
    hook: &'a Hook,
    attached: Vec<String>,
}

fn hooks(old: Side<'_>, new: Side<'_>) -> Vec<HookDifference> {
    let (old_views, new_views) = (views(old), views(new));
    pair(by_key(&old_views), by_key(&new_views))
        .into_iter()
        .filter_map(|((words, _), old, new)| hook(words, old, new))
        .collect()
}

fn views(side: Side<'_>) -> Vec<HookView<'_>> {
    let Some((manifest, policy)) = side else { return Vec::new() };
    let mine = manifest.hooks.iter().zip(0u32..).filter(|(hook, _)| hook.policy as usize == policy);
    mine.map(|(hook, index)| HookView { hook, attached: attached(manifest, index) }).collect()
}

fn attached(manifest: &Manifest, hook: u32) -> Vec<String> {
    let programs = manifest.programs.iter().filter(|program| program.hooks.contains(&hook));
    programs.map(|program| attach_words(&program.attach)).collect()
}

/// A policy may use one hook several times: the second is compared with the second.
fn by_key<'a, 'b>(views: &'a [HookView<'b>]) -> BTreeMap<(String, usize), &'a HookView<'b>> {
    let mut keyed = BTreeMap::new();
    for view in views {
        let words = view.hook.kind.to_string();
        let nth = keyed.keys().filter(|(known, _): &&(String, usize)| *known == words).count();
        keyed.insert((words, nth), view);
    }
    keyed
}

fn hook(
    words: String,
    old: Option<&HookView<'_>>,
    new: Option<&HookView<'_>>,
) -> Option<HookDifference> {
    let text =
        |side: Option<&HookView<'_>>, of: fn(&HookView<'_>) -> Option<String>| side.and_then(of);
    let attached = |view: &HookView<'_>| Some(view.attached.join(", "));
    let arguments = |view: &HookView<'_>| Some(argument_words(&view.hook.arguments));
    let returned = |view: &HookView<'_>| {
        view.hook.return_argument.as_ref().map(|argument| argument.type_.clone())
    };
    let message = |view: &HookView<'_>| view.hook.message.clone();
    let tags =
        |view: &HookView<'_>| (!view.hook.tags.is_empty()).then(|| view.hook.tags.join(", "));
    let fields = [
        field("attached", text(old, attached), text(new, attached)),
        field("arguments", text(old, arguments), text(new, arguments)),
        field("return", text(old, returned), text(new, returned)),
        field("message", text(old, message), text(new, message)),
        field("tags", text(old, tags), text(new, tags)),
    ];
    let no_selectors: &[writ_bundle::Selector] = &[];
    let selectors_of = |side: Option<&HookView<'_>>| {
        side.map_or(no_selectors.to_vec(), |view| view.hook.selectors.clone())
    };
    let selectors: Vec<SelectorDifference> =
        selectors::compare(&selectors_of(old), &selectors_of(new));
    let fields: Vec<Field> = fields.into_iter().flatten().collect();
    let change = change(old.map(|_| ()), new.map(|_| ()));
    let is_same = change == Change::Changed && fields.is_empty() && selectors.is_empty();
    (!is_same).then_some(HookDifference { hook: words, change, fields, selectors })
}

fn argument_words(arguments: &[Argument]) -> String {
    let words = arguments.iter().map(|argument| match &argument.label {
        Some(label) => format!("{} ({label})", argument.type_),
        None => argument.type_.clone(),
    });
    words.collect::<Vec<_>>().join(", ")
}

fn images(old: &[MapImage], new: &[MapImage]) -> Vec<ImageDifference> {
    let by_map = |images: &'_ [MapImage]| -> BTreeMap<String, usize> {
        images.iter().map(|image| image.map.clone()).zip(0..).collect()
    };
    let (old_maps, new_maps) = (by_map(old), by_map(new));
    let names: BTreeSet<&String> = old_maps.keys().chain(new_maps.keys()).collect();
    let entries = |images: &[MapImage], index: Option<&usize>| {
        index.and_then(|&index| images.get(index)).map(|image| image.entries.clone())
    };
    names
        .into_iter()
        .filter_map(|name| {
            let old = entries(old, old_maps.get(name)).unwrap_or_default();
            let new = entries(new, new_maps.get(name)).unwrap_or_default();
            let difference = ImageDifference {
                map: name.clone(),
                entries_added: new.keys().filter(|key| !old.contains_key(*key)).count(),
                entries_removed: old.keys().filter(|key| !new.contains_key(*key)).count(),
                entries_changed: old
                    .iter()
                    .filter(|(key, value)| new.get(*key).is_some_and(|other| other != *value))
                    .count(),
            };
            (old != new).then_some(difference)
        })
        .collect()
}

fn costs(old: &Manifest, new: &Manifest) -> Vec<CostDifference> {
    let by_attach = |manifest: &'_ Manifest| -> BTreeMap<String, Cost> {
        let programs = manifest.programs.iter();
        programs.map(|program| (attach_words(&program.attach), program.cost.clone())).collect()
    };
    let (old, new) = (by_attach(old), by_attach(new));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    names
        .into_iter()
        .filter_map(|name| {
            let fields = cost_fields(old.get(name), new.get(name));
            (!fields.is_empty()).then(|| CostDifference { program: name.clone(), fields })
        })
        .collect()
}

fn cost_fields(old: Option<&Cost>, new: Option<&Cost>) -> Vec<Field> {
    let text = |cost: Option<&Cost>, of: fn(&Cost) -> u64| cost.map(|cost| of(cost).to_string());
    let both = |name, of: fn(&Cost) -> u64| field(name, text(old, of), text(new, of));
    [
        both("instructions", |cost| cost.instructions.into()),
        both("linked instructions", |cost| cost.linked_instructions.into()),
        both("longest path", |cost| cost.longest_path.into()),
        both("stack bytes", |cost| cost.stack.into()),
        both("image bytes", |cost| cost.image_bytes),
    ]
    .into_iter()
    .flatten()
    .collect()
}

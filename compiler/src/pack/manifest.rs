//! What a bundle says about itself, gathered from what was lowered and generated.

use std::collections::BTreeMap;

use writ_bundle::{
    Argument, Cost, Evidence, FORMAT, Hook, Kernel, Manifest, Policy, Program, Requirement,
    Selector, Source, SourceRange, digest,
};

use crate::ir::{self, Module};
use crate::kernel::{Feature, Profile};
use crate::machine;
use crate::source::{SourceMap, Span};

/// The manifest of `module`, for which `object` was generated. Costs are filled in by
/// [`super::pack`], which knows what each program links.
pub fn describe(
    module: &Module,
    object: &machine::Object,
    kernel: &Profile,
    sources: &SourceMap,
) -> Manifest {
    let place = |span: Span| place(span, sources);
    Manifest {
        format: FORMAT,
        compiler: format!("writ {}", env!("CARGO_PKG_VERSION")),
        kernel: Kernel {
            name: kernel.name().to_owned(),
            release: kernel.release().map(str::to_owned),
            btf_digest: kernel.btf_digest().to_owned(),
            architecture: kernel.architecture().to_owned(),
        },
        requires: requires(module, object, kernel, &place),
        policies: module
            .policies
            .iter()
            .map(|policy| Policy {
                name: policy.name.clone(),
                namespace: policy.namespace.clone(),
                mode: policy.mode,
                workloads: policy.workloads,
                nodes: policy.nodes.clone(),
                at: place(policy.span),
            })
            .collect(),
        hooks: module.hooks.iter().map(|from| hook(from, &place)).collect(),
        programs: module.programs.iter().map(program).collect(),
        images: object.images.clone(),
        binary_sets: module.binary_sets.iter().map(crate::set::TextSet::plain).collect(),
        follow_sets: module.follow_sets.clone(),
        workload_sets: module.workload_sets.clone(),
        sources: sources
            .iter()
            .map(|(_, source)| Source {
                name: source.name.clone(),
                digest: digest(source.text.as_bytes()),
            })
            .collect(),
    }
}

fn place(span: Span, sources: &SourceMap) -> SourceRange {
    let (line, column) = sources.line_column(span);
    let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
    SourceRange { source: number(span.source.index()), line: number(line), column: number(column) }
}

/// Every needed feature once, with the place that asks for it first; what the runtime library needs
/// has none. What is unknown for one program is unknown for the bundle.
fn requires(
    module: &Module,
    object: &machine::Object,
    kernel: &Profile,
    place: &dyn Fn(Span) -> SourceRange,
) -> Vec<Requirement> {
    let mut needed: BTreeMap<String, (Evidence, Option<SourceRange>)> = BTreeMap::new();
    for need in module.programs.iter().flat_map(|program| &program.needs) {
        let at = place(need.span);
        let evidence = need.requirement.evidence;
        needed
            .entry(need.requirement.feature.clone())
            .and_modify(|known| {
                known.0 = known.0.max(evidence);
                known.1 = known.1.min(Some(at));
            })
            .or_insert((evidence, Some(at)));
    }
    for feature in runtime_features(object) {
        // What the profile says is absent stays open too: the loader asks the kernel, and refuses.
        let is_present = kernel.has(feature).is_present();
        let evidence = if is_present { Evidence::Present } else { Evidence::Unknown };
        needed.entry(feature.to_string()).or_insert((evidence, None));
    }
    needed
        .into_iter()
        .map(|(feature, (evidence, at))| Requirement { feature, evidence, at })
        .collect()
}

/// What every bundle needs, and what its tables do.
fn runtime_features(object: &machine::Object) -> Vec<Feature<'static>> {
    let mut features = vec![
        Feature::MapType("ringbuf"),
        Feature::Helper("bpf_ringbuf_output"),
        Feature::Helper("bpf_probe_read_kernel"),
    ];
    let calls = object.programs.iter().flat_map(|program| program.code.relocations());
    if calls.into_iter().any(|call| call.symbol == "writ_search_loop") {
        features.push(Feature::Helper("bpf_loop"));
    }
    if object.maps.iter().any(|map| map.kind == machine::MapKind::LpmTrie) {
        features.push(Feature::MapType("lpm_trie"));
    }
    features
}

fn hook(from: &ir::Hook, place: &dyn Fn(Span) -> SourceRange) -> Hook {
    let argument = |from: &ir::Argument| Argument {
        item: from.item,
        type_: from.type_name.to_owned(),
        label: from.label.clone(),
        moment: from.moment,
    };
    Hook {
        policy: from.policy,
        kind: from.kind.clone(),
        further_functions: from.further_functions.clone(),
        message: from.message.clone(),
        tags: from.tags.clone(),
        arguments: from.arguments.iter().map(argument).collect(),
        data: from.data.iter().map(argument).collect(),
        return_argument: from.return_argument.as_ref().map(argument),
        selectors: from
            .selectors
            .iter()
            .map(|from| Selector {
                label: from.label.clone(),
                condition: from.words.condition.clone(),
                actions: from.words.actions.clone(),
                return_condition: from.words.return_condition.clone(),
                return_actions: from.words.return_actions.clone(),
                requests: from.requests.clone(),
                return_requests: from.return_requests.clone(),
                at: place(from.span),
            })
            .collect(),
        at: place(from.span),
    }
}

fn program(from: &ir::Program) -> Program {
    Program {
        name: from.name.clone(),
        attach: from.attach.clone(),
        reason: from.reason.clone(),
        hooks: from.hooks.clone(),
        reads: from.usdt_reads(),
        writes: from.usdt_writes(),
        targets: from.targets(),
        cost: Cost::default(),
    }
}

//! A document to a policy: its name, its sections of hooks and all that stands beside them.

use super::conform::conform;
use super::fields::{Field, Fields, fields};
use super::hook::Returns;
use super::kind::Kind;
use super::nodes::Node;
use super::schema_table::DOCUMENT;
use super::whole::{self, Completeness, Understood};
use super::{Report, api_version, hook, list, name, option, selector, workload};
use crate::diagnostic::{Diagnostics, Finding, TetragonAnswer, code};
use crate::policy::{Macro, Policy, ProgramTypes};
use crate::source::Spanned;

/// The policy that `document` says, if it has a `spec`.
pub(super) fn policy(kind: Kind, document: &Node, report: &mut Report<'_>) -> Option<Policy> {
    let fields = conform(&DOCUMENT, document, document.head(), report)?;
    let metadata = fields.fields("metadata");
    if let Some(metadata) = metadata {
        let place = fields.key("metadata").unwrap_or(metadata.head);
        name::check(kind, metadata, place, report.diagnostics);
    }
    let spec = fields.fields("spec")?;
    check_sections(kind, spec, &fields, report.diagnostics);
    api_version::check(&fields, report);
    let hooks = hook::hooks(spec, report);
    let options = option::options(spec, report);
    let policy = Policy {
        span: fields.span,
        // Without a name the rest is checked all the same.
        name: metadata
            .and_then(|metadata| metadata.text("name"))
            .unwrap_or_else(|| Spanned::new(String::new(), fields.head)),
        namespace: metadata.and_then(|metadata| metadata.text("namespace")),
        mode: options.mode,
        hooks,
        lists: list::lists(spec),
        enforcers: list::enforcers(spec),
        options: options.settings,
        macros: macros(spec, report),
        workloads: workload::workloads(spec, report),
        nodes: workload::labels(spec, "nodeSelector", report),
        loader: spec.set("loader"),
        program_types: ProgramTypes::default(),
    };
    whole::check(&policy, understood(spec, &policy), report.diagnostics);
    Some(policy)
}

/// How much of `spec` became part of `policy`.
fn understood(spec: &Fields, policy: &Policy) -> Understood {
    let judge = |is_whole| if is_whole { Completeness::Whole } else { Completeness::Partial };
    let hooks: usize = hook::sections().map(|section| spec.items(section).len()).sum();
    let hooks_are_whole = policy.hooks.iter().all(|hook| hook.is_whole);
    Understood {
        hooks: judge(spec.is_intact && hooks == policy.hooks.len() && hooks_are_whole),
        lists: judge(!spec.is_lost("lists") && spec.items("lists").len() == policy.lists.len()),
        macros: judge(
            !spec.is_lost("selectorsMacros")
                && spec.dictionary("selectorsMacros").len() == policy.macros.len(),
        ),
    }
}

/// The selectors under `selectorsMacros`.
fn macros(spec: &Fields, report: &mut Report<'_>) -> Vec<Macro> {
    let mut macros = Vec::new();
    for (name, value) in spec.dictionary("selectorsMacros") {
        let Some(fields) = fields(value) else { continue };
        let read = selector::selector(fields, Returns::Unclear, report);
        macros.extend(read.selector.map(|selector| Macro { name: name.clone(), selector }));
    }
    macros
}

/// What Tetragon says about the sections as a whole.
fn check_sections(kind: Kind, spec: &Fields, document: &Fields, diagnostics: &mut Diagnostics) {
    let is_used = |field: &&Field| !field.value.value.is_neutral();
    let used: Vec<&Field> = spec.entries.iter().filter(is_used).collect();
    let sections: Vec<&Field> = used
        .iter()
        .copied()
        .filter(|field| hook::sections().any(|section| section == field.key.value))
        .collect();
    if let [first, others @ ..] = sections.as_slice() {
        for other in others {
            several_sections(first, other, diagnostics);
        }
    }
    let does_something = |field: &&Field| ["loader", "enforcers"].contains(&field.key.value);
    if spec.is_intact && sections.is_empty() && !used.iter().any(does_something) {
        empty(document, diagnostics);
    }
    if kind == Kind::Namespaced {
        let forbidden = ["uprobes", "usdts", "hostSelector"];
        for field in used.iter().filter(|field| forbidden.contains(&field.key.value)) {
            cluster_only(field, diagnostics);
        }
    }
}

fn several_sections(first: &Field, other: &Field, diagnostics: &mut Diagnostics) {
    diagnostics.add(
        &code::SEVERAL_SECTIONS,
        Finding::at(other.key.span, "a policy has hooks of one sort only")
            .label(format!("`{}` beside `{}`", other.key.value, first.key.value))
            .also(first.key.span, "the first section")
            .help("write a policy for each section".to_owned()),
    );
}

fn empty(document: &Fields, diagnostics: &mut Diagnostics) {
    let place = document.key("spec").unwrap_or(document.head);
    diagnostics.add(
        &code::EMPTY_POLICY,
        Finding::at(place, "this policy has no hooks")
            .label("nothing to observe")
            .note("Tetragon loads it, and it does nothing")
            .tetragon(TetragonAnswer::Accepts),
    );
}

fn cluster_only(field: &Field, diagnostics: &mut Diagnostics) {
    diagnostics.add(
        &code::CLUSTER_ONLY,
        Finding::at(
            field.key.span,
            format!("a `TracingPolicyNamespaced` cannot have `{}`", field.key.value),
        )
        .label("only for the whole cluster")
        .help("make it a `TracingPolicy`, without a namespace".to_owned()),
    );
}

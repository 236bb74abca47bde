//! A document to a policy: its name, its options and its sections of hooks.

use super::conform::conform;
use super::fields::{Field, Fields};
use super::findings::exclusive;
use super::kind::Kind;
use super::nodes::Node;
use super::schema_table::DOCUMENT;
use super::{Report, hook, name, option};
use crate::diagnostic::{Diagnostics, Finding, code};
use crate::policy::{Hook, Policy, Workloads};
use crate::source::Spanned;

/// The sections that hold hooks. A policy has one of them.
const SECTIONS: [&str; 6] = ["kprobes", "tracepoints", "lsmhooks", "fentries", "uprobes", "usdts"];

/// The policy that `document` says, if it has a `spec`.
pub(super) fn policy(kind: Kind, document: &Node, diagnostics: &mut Diagnostics) -> Option<Policy> {
    let mut report = Report { diagnostics, not_yet: Vec::new() };
    let fields = conform(&DOCUMENT, document, document.head(), &mut report)?;
    let metadata = fields.fields("metadata");
    if let Some(metadata) = metadata {
        let place = fields.key("metadata").unwrap_or(metadata.head);
        name::check(kind, metadata, place, report.diagnostics);
    }
    let spec = fields.fields("spec")?;
    check_sections(kind, spec, &fields, report.diagnostics);
    let hooks = hooks(spec, &mut report);
    let mode = option::mode(spec, &mut report);
    report.not_yet.sort_by_key(|not_yet| not_yet.span);
    Some(Policy {
        span: fields.span,
        // Without a name the rest is checked all the same.
        name: metadata
            .and_then(|metadata| metadata.text("name"))
            .unwrap_or_else(|| Spanned::new(String::new(), fields.head)),
        namespace: metadata.and_then(|metadata| metadata.text("namespace")),
        mode,
        hooks,
        lists: Vec::new(),
        enforcers: Vec::new(),
        options: Vec::new(),
        macros: Vec::new(),
        workloads: Workloads::default(),
        nodes: None,
        loader: None,
        not_yet: report.not_yet,
    })
}

fn hooks(spec: &Fields, report: &mut Report<'_>) -> Vec<Hook> {
    let mut hooks = Vec::new();
    hooks.extend(spec.records("kprobes").filter_map(|hook| hook::kprobe(hook, report)));
    hooks.extend(spec.records("tracepoints").filter_map(|hook| hook::tracepoint(hook, report)));
    hooks.extend(spec.records("lsmhooks").filter_map(|hook| hook::lsm(hook, report)));
    for hook in spec.records("fentries").chain(spec.records("uprobes")) {
        hook::check_returns(hook, report.diagnostics);
    }
    for hook in spec.records("uprobes") {
        check_uprobe_place(hook, report.diagnostics);
    }
    hooks
}

/// A uprobe says in one way where it is.
fn check_uprobe_place(hook: &Fields, diagnostics: &mut Diagnostics) {
    let mut ways = ["symbols", "offsets", "addrs"].iter().filter_map(|key| hook.field(key));
    let Some(first) = ways.next() else { return };
    for other in ways {
        exclusive(diagnostics, &other.key, &first.key);
    }
}

/// What Tetragon says about the sections as a whole.
fn check_sections(kind: Kind, spec: &Fields, document: &Fields, diagnostics: &mut Diagnostics) {
    let is_used = |field: &&Field| !field.value.value.is_neutral();
    let used: Vec<&Field> = spec.entries.iter().filter(is_used).collect();
    let sections: Vec<&Field> =
        used.iter().copied().filter(|field| SECTIONS.contains(&field.key.value)).collect();
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
            .note("Tetragon loads it, and it does nothing"),
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

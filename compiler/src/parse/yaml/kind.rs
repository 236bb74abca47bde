//! Which documents of a source are policies.

use super::findings::shown;
use super::nodes::{Content, Node};
use crate::diagnostic::{Diagnostics, Finding, Near, Safety, TetragonAnswer, code};
use crate::source::{Span, Spanned};

/// The two kinds of policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `TracingPolicy`: for the whole cluster, or a host.
    Cluster,
    /// `TracingPolicyNamespaced`: for the pods of one namespace.
    Namespaced,
}

const NAMES: [(&str, Kind); 2] =
    [("TracingPolicy", Kind::Cluster), ("TracingPolicyNamespaced", Kind::Namespaced)];

/// Kinds whose items are documents of their own.
const LISTS: [&str; 3] = ["List", "TracingPolicyList", "TracingPolicyNamespacedList"];

/// Kinds that belong to policies without being any: they are no mistake in a source of their own.
const COMPANIONS: [&str; 3] = ["Kustomization", "Component", "CustomResourceDefinition"];

/// The documents that are policies or were meant to be. Others are passed over with a note beside
/// a policy; a source that has only others is a mistake.
pub(super) fn policies<'a>(
    documents: &'a [Node],
    diagnostics: &mut Diagnostics,
) -> Vec<(Kind, &'a Node)> {
    let mut flat = Vec::new();
    for document in documents {
        spread(document, &mut flat);
    }
    let has_policy = flat.iter().any(|(sort, _)| matches!(sort, Sort::Unsaid | Sort::Policy(_)));
    let mut policies = Vec::new();
    for (sort, document) in flat {
        match sort {
            // What is wrong with a document without a kind, the schema says.
            Sort::Unsaid => policies.push((Kind::Cluster, document)),
            Sort::Policy(kind) => policies.push((kind, document)),
            Sort::Patch(place) => patch(place, diagnostics),
            Sort::Companion(name) => passed_over(&name, diagnostics),
            Sort::Other(name) if has_policy && near(name.value).help().is_none() => {
                passed_over(&name, diagnostics);
            }
            Sort::Other(name) => unknown(&name, diagnostics),
        }
    }
    later(documents, diagnostics);
    policies
}

/// The document, or the items of one that is a list of documents.
fn spread<'a>(document: &'a Node, into: &mut Vec<(Sort<'a>, &'a Node)>) {
    let is_list = written(document).is_some_and(|kind| LISTS.contains(&kind.value));
    match document.get("items").map(|items| &items.content) {
        // The reader has seen to it that lists are not nested without a bound.
        Some(Content::List(items)) if is_list => {
            for item in items {
                spread(item, into);
            }
        }
        Some(_) | None => into.push((sort(document), document)),
    }
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort<'a> {
    Policy(Kind),
    /// Directions of how to change a policy, for Kustomize. Here is the first of them.
    Patch(Span),
    /// It is used with policies, and is none.
    Companion(Spanned<&'a str>),
    Other(Spanned<&'a str>),
    /// It does not say.
    Unsaid,
}

fn sort(document: &Node) -> Sort<'_> {
    if let Some(place) = directive(document) {
        return Sort::Patch(place);
    }
    let Some(name) = written(document) else { return Sort::Unsaid };
    match NAMES.iter().find(|&&(known, _)| known == name.value) {
        Some(&(_, kind)) => Sort::Policy(kind),
        None if COMPANIONS.contains(&name.value) => Sort::Companion(name),
        None => Sort::Other(name),
    }
}

fn written(document: &Node) -> Option<Spanned<&str>> {
    let kind = document.get("kind")?;
    let Content::Scalar(scalar) = &kind.content else { return None };
    Some(Spanned::new(scalar.text.as_str(), kind.span))
}

/// Where a document says how to be merged with another: `$patch: delete` and its kin, or the list
/// of operations that a JSON patch is.
fn directive(node: &Node) -> Option<Span> {
    match &node.content {
        Content::Scalar(_) => None,
        Content::List(items) => {
            let is_operation =
                |item: &&Node| item.get("op").is_some() && item.get("path").is_some();
            let operation = items.first().filter(is_operation).map(Node::head);
            operation.or_else(|| items.iter().find_map(directive))
        }
        Content::Mapping(entries) => entries.iter().find_map(|entry| {
            let is_directive = DIRECTIVES.iter().any(|word| entry.key.value.starts_with(word));
            if is_directive { Some(entry.key.span) } else { directive(&entry.value) }
        }),
    }
}

/// Keys of Kubernetes' strategic merge patches.
const DIRECTIVES: [&str; 4] =
    ["$patch", "$retainKeys", "$setElementOrder/", "$deleteFromPrimitiveList/"];

fn near(name: &str) -> Near<'static> {
    Near::to(name, NAMES.iter().map(|&(name, _)| name))
}

fn unknown(name: &Spanned<&str>, diagnostics: &mut Diagnostics) {
    let near = near(name.value);
    let help = near
        .help()
        .unwrap_or_else(|| "a policy is a `TracingPolicy` or a `TracingPolicyNamespaced`".into());
    diagnostics.add(
        &code::UNKNOWN_KIND,
        Finding::at(name.span, format!("`{}` is not a kind of policy", shown(name.value)))
            .label("unknown kind")
            .help(help)
            .fix(near.fix(name.span, Safety::Unsafe)),
    );
}

fn passed_over(name: &Spanned<&str>, diagnostics: &mut Diagnostics) {
    let message = format!("this `{}` is passed over", shown(name.value));
    skip(Finding::at(name.span, message).label("not a policy"), diagnostics);
}

fn patch(place: Span, diagnostics: &mut Diagnostics) {
    let finding = Finding::at(place, "this patch is passed over")
        .label("for Kustomize")
        .help("check what it becomes: `kubectl kustomize … | writ check -`".to_owned());
    skip(finding, diagnostics);
}

fn skip(finding: Finding, diagnostics: &mut Diagnostics) {
    let note = "Tetragon reads only the first document of a file";
    diagnostics.add(&code::PASSED_OVER, finding.note(note));
}

/// Says once that Tetragon stops after the first document, where the second is a policy too.
fn later(documents: &[Node], diagnostics: &mut Diagnostics) {
    let mut policies = documents.iter().filter(|one| matches!(sort(one), Sort::Policy(_)));
    let (Some(first), Some(second)) = (policies.next(), policies.next()) else { return };
    diagnostics.add(
        &code::LATER_DOCUMENT,
        Finding::at(second.head(), "this is not the file's first policy")
            .label("from here on, Tetragon reads nothing")
            .also(first.head(), "the first policy")
            .help("write each policy to a file of its own".to_owned())
            .note(
                "`kubectl apply` reads every document; `tetra tracingpolicy add` and Tetragon's \
                   own policy directory read the first",
            )
            .tetragon(TetragonAnswer::Accepts),
    );
}

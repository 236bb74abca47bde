//! Which documents of a source are policies.

use super::findings::shown;
use super::nodes::{Content, Node};
use crate::diagnostic::{Diagnostics, Finding, code, did_you_mean};
use crate::source::Spanned;

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

/// The documents that are policies or were meant to be. Others are passed over with a note beside
/// a policy; a source that has only others is a mistake.
pub(super) fn policies<'a>(
    documents: &'a [Node],
    diagnostics: &mut Diagnostics,
) -> Vec<(Kind, &'a Node)> {
    let has_policy = documents
        .iter()
        .any(|document| written(document).is_none_or(|kind| known(kind.value).is_some()));
    let mut policies = Vec::new();
    for document in documents {
        match written(document) {
            // What is wrong with a document without a kind, the schema says.
            None => policies.push((Kind::Cluster, document)),
            Some(name) => match known(name.value) {
                Some(kind) => policies.push((kind, document)),
                None if has_policy && nearest(name.value).is_none() => {
                    passed_over(&name, diagnostics);
                }
                None => unknown(&name, diagnostics),
            },
        }
    }
    policies
}

fn written(document: &Node) -> Option<Spanned<&str>> {
    let kind = document.get("kind")?;
    let Content::Scalar(scalar) = &kind.content else { return None };
    Some(Spanned::new(scalar.text.as_str(), kind.span))
}

fn known(name: &str) -> Option<Kind> {
    NAMES.iter().find(|&&(known, _)| known == name).map(|&(_, kind)| kind)
}

fn nearest(name: &str) -> Option<String> {
    did_you_mean(name, NAMES.iter().map(|&(name, _)| name))
}

fn unknown(name: &Spanned<&str>, diagnostics: &mut Diagnostics) {
    let help = nearest(name.value)
        .unwrap_or_else(|| "a policy is a `TracingPolicy` or a `TracingPolicyNamespaced`".into());
    diagnostics.add(
        &code::UNKNOWN_KIND,
        Finding::at(name.span, format!("`{}` is not a kind of policy", shown(name.value)))
            .label("unknown kind")
            .help(help),
    );
}

fn passed_over(name: &Spanned<&str>, diagnostics: &mut Diagnostics) {
    diagnostics.add(
        &code::PASSED_OVER,
        Finding::at(name.span, format!("this `{}` is passed over", shown(name.value)))
            .label("not a policy")
            .note("Tetragon reads only the first document of a file"),
    );
}

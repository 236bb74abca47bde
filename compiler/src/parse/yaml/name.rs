//! What policies and namespaces may be called: Kubernetes' rules, which Tetragon applies to files
//! as well.

use super::fields::Fields;
use super::findings::shown;
use super::kind::Kind;
use crate::diagnostic::{Diagnostics, Finding, code};
use crate::source::{Span, Spanned};

/// Checks the name and the namespace in `metadata`, whose key is at `place`.
pub(super) fn check(kind: Kind, metadata: &Fields, place: Span, diagnostics: &mut Diagnostics) {
    let namespace = metadata.text("namespace");
    if let Some(name) = metadata.text("name").filter(|name| !is_subdomain(&name.value)) {
        bad_name(&name, "a policy's name", diagnostics);
    }
    if let Some(namespace) = namespace.as_ref().filter(|namespace| !is_label(&namespace.value)) {
        bad_name(namespace, "a namespace's name", diagnostics);
    }
    let finding = match (kind, namespace) {
        (Kind::Namespaced, None) if metadata.is_intact => namespace_missing(place),
        (Kind::Cluster, Some(namespace)) => namespace_forbidden(&namespace),
        (Kind::Namespaced | Kind::Cluster, _) => return,
    };
    diagnostics.add(&code::POLICY_NAMESPACE, finding);
}

fn namespace_missing(place: Span) -> Finding {
    Finding::at(place, "a `TracingPolicyNamespaced` needs a namespace")
        .label("`namespace` missing")
        .help("add `namespace:` here, or make it a `TracingPolicy`".to_owned())
}

fn namespace_forbidden(namespace: &Spanned<String>) -> Finding {
    Finding::at(namespace.span, "a `TracingPolicy` is for the whole cluster")
        .label("it has no namespace")
        .help("remove it, or make it a `TracingPolicyNamespaced`".to_owned())
}

fn bad_name(name: &Spanned<String>, what: &str, diagnostics: &mut Diagnostics) {
    let written = shown(&name.value);
    let better = better(&name.value);
    diagnostics.add(
        &code::POLICY_NAME,
        Finding::at(name.span, format!("`{written}` cannot be {what}"))
            .label("not a DNS name")
            .help(is_subdomain(&better).then(|| format!("write `{better}`")))
            .note("it consists of `a` to `z`, digits and `-`, and begins and ends without `-`"),
    );
}

/// The legal name that is nearest.
fn better(name: &str) -> String {
    let legal = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    let name: String = name.to_ascii_lowercase().chars().map(legal).collect();
    name.trim_matches(['-', '.']).to_owned()
}

/// RFC 1123: labels with dots between them, 253 characters at most.
fn is_subdomain(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(is_label_of_any_length)
}

/// RFC 1123: 63 characters at most.
fn is_label(name: &str) -> bool {
    name.len() <= 63 && is_label_of_any_length(name)
}

fn is_label_of_any_length(label: &str) -> bool {
    let is_edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    label.starts_with(is_edge)
        && label.ends_with(is_edge)
        && label.chars().all(|c| is_edge(c) || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_dns_names() {
        for (name, expected) in [
            ("a", true),
            ("monitor-files.v2", true),
            ("0day", true),
            ("", false),
            ("example_ns_1", false),
            ("Upper", false),
            ("-a", false),
            ("a.", false),
            ("ä", false),
        ] {
            assert_eq!(is_subdomain(name), expected, "{name}");
        }
    }

    #[test]
    fn a_legal_name_is_offered() {
        assert_eq!(better("Example_NS 1"), "example-ns-1");
    }
}

//! Whether Kubernetes takes the names of a policy.

use super::report;
use crate::diagnostic::Diagnostics;
use crate::policy::Policy;
use crate::source::Spanned;

/// Longest name of an object (`DNS1123SubdomainMaxLength` in Kubernetes' `validation.go`).
const LENGTH_MAX: usize = 253;

/// Reports names that are none for Kubernetes. The Writ language takes any text.
pub(super) fn check(policy: &Policy, diagnostics: &mut Diagnostics) {
    for name in std::iter::once(&policy.name).chain(&policy.namespace) {
        if !is_subdomain(name) {
            let message = format!("Kubernetes takes no object of the name `{}`", name.value);
            let help = "write lower-case letters, digits, `-` and `.`";
            report::no_form(diagnostics, name.span, &message, help);
        }
    }
}

fn is_subdomain(name: &Spanned<String>) -> bool {
    let is_edge = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        is_edge(bytes.first())
            && is_edge(bytes.last())
            && bytes.iter().all(|byte| is_edge(Some(byte)) || *byte == b'-')
    };
    name.value.len() <= LENGTH_MAX && name.value.split('.').all(is_label)
}

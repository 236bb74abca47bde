//! Joins what was found on several kernels.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, Finding, Fix, Safety, Severity};
use crate::source::Span;

/// The findings of one run over several kernels, without repetition.
///
/// A finding names the kernels on which it holds when it is about the kernel, or when it does not
/// hold on all that were asked for. What differs from kernel to kernel, such as a prototype, stands
/// in its notes, and they are all kept.
pub(in crate::cli) fn merge(
    parsed: Diagnostics,
    per_kernel: Vec<(String, Diagnostics)>,
) -> Vec<Diagnostic> {
    let kernels = per_kernel.len();
    let mut merged: Vec<(Diagnostic, About)> = Vec::new();
    let mut places: BTreeMap<Key, usize> = BTreeMap::new();
    for (kernel, diagnostics) in per_kernel {
        for mut diagnostic in diagnostics.into_sorted() {
            let names = std::mem::replace(&mut diagnostic.finding.kernels, vec![kernel.clone()]);
            let about = if names.is_empty() { About::Policy } else { About::Kernel };
            let place = *places.entry(key(&diagnostic)).or_insert(merged.len());
            match merged.get_mut(place) {
                Some((known, _)) => join(&mut known.finding, diagnostic.finding),
                None => merged.push((diagnostic, about)),
            }
        }
    }
    let mut list = parsed.into_sorted();
    list.extend(merged.into_iter().map(|(mut diagnostic, about)| {
        if diagnostic.finding.kernels.len() < kernels {
            doubt(&mut diagnostic.finding.fixes);
        }
        if about == About::Policy && diagnostic.finding.kernels.len() == kernels {
            diagnostic.finding.kernels.clear();
        }
        diagnostic
    }));
    list.sort_by(|a, b| (a.finding.span, a.code.id).cmp(&(b.finding.span, b.code.id)));
    list
}

/// What a finding is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    /// It would hold on any kernel.
    Policy,
    /// Another kernel may answer otherwise.
    Kernel,
}

/// What is the same in a finding on every kernel.
type Key = (Span, &'static str, Severity, String);

fn key(diagnostic: &Diagnostic) -> Key {
    let finding = &diagnostic.finding;
    (finding.span, diagnostic.code.id, diagnostic.severity, finding.message.clone())
}

fn join(into: &mut Finding, from: Finding) {
    into.kernels.extend(from.kernels);
    into.certainty = into.certainty.weaker(from.certainty);
    into.tetragon = into.tetragon.max(from.tetragon);
    if into.fixes != from.fixes {
        doubt(&mut into.fixes);
        let mut others = from.fixes;
        doubt(&mut others);
        extend(&mut into.fixes, others);
    }
    extend(&mut into.notes, from.notes);
    extend(&mut into.help, from.help);
}

/// What mends a policy for one kernel may spoil it for another.
fn doubt(fixes: &mut [Fix]) {
    for fix in fixes {
        fix.safety = Safety::Unsafe;
    }
}

fn extend<T: PartialEq>(known: &mut Vec<T>, more: Vec<T>) {
    for one in more {
        if !known.contains(&one) {
            known.push(one);
        }
    }
}

#[cfg(test)]
mod tests;

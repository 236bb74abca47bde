//! A uprobe does not say exactly one sort of place.

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::values::integer;
use crate::diagnostic::{Finding, code};
use crate::policy::action::Replacement;
use crate::policy::{ActionKind, Point, Uprobe};
use crate::source::Spanned;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_UPROBE_PLACE, check);

const ALGORITHMS: [&str; 5] = ["sha1", "sha256", "sha384", "sha512", "build-id"];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        let Point::Uprobe(uprobe) = &hook.point else { continue };
        places(uprobe, findings);
        uprobe.symbols.iter().for_each(|symbol| offset(symbol, findings));
        uprobe.digests.iter().for_each(|one| digest(one, findings));
        for action in hook.selectors.iter().flat_map(|selector| &selector.actions) {
            if let ActionKind::Override { replacement: Some(replacement), .. } = &action.kind
                && new_places(replacement) > 1
            {
                findings.add(
                    Finding::at(action.span, "`Override` goes on at more than one place")
                        .label("keep one of `argNewSymbol`, `argNewAddr` and `argNewOffset`")
                        .note(says("uprobe Override action needs exactly one of them")),
                );
            }
        }
    }
}

fn new_places(replacement: &Replacement) -> usize {
    usize::from(replacement.symbol.is_some())
        + usize::from(replacement.address.is_some())
        + usize::from(replacement.offset.is_some())
}

fn places(uprobe: &Uprobe, findings: &mut Findings<'_>) {
    let counts = [uprobe.symbols.len(), uprobe.offsets.len(), uprobe.addresses.len()];
    if counts.iter().filter(|count| **count > 0).count() != 1 {
        findings.add(
            Finding::at(uprobe.path.span, "a uprobe is at symbols, at offsets or at addresses")
                .label("needs exactly one of the three")
                .help("keep one of `symbols`, `offsets` and `addrs`".to_owned())
                .note(says("uprobe needs exactly one of either Symbols, Offsets or Addrs defined")),
        );
    }
    let references = uprobe.reference_counter_offsets.len();
    let [symbols, offsets, _] = counts;
    let wanted = if symbols > 0 { symbols } else { offsets };
    if let Some(first) = uprobe.reference_counter_offsets.first()
        && wanted > 0
        && references != wanted
    {
        findings.add(
            Finding::at(first.span, format!("{references} counters for {wanted} places"))
                .label("`refCtrOffsets` must have one for each")
                .note(says(&format!("RefCtrOffsets({references}) has different dimension"))),
        );
    }
}

/// What may stand behind the `+` of a symbol.
fn offset(symbol: &Spanned<String>, findings: &mut Findings<'_>) {
    let Some((_, offset)) = symbol.value.split_once('+') else { return };
    if integer(offset).is_none_or(|number| number < 0) {
        findings.add(
            Finding::at(symbol.span, format!("`{offset}` is no offset"))
                .label("not a number")
                .help("write it as in `main+0x10`".to_owned())
                .note(says(&format!("failed to parse symbol: wrong offset \"{offset}\""))),
        );
    }
}

fn digest(digest: &Spanned<String>, findings: &mut Findings<'_>) {
    let (words, label) = match digest.value.split_once(':') {
        Some((algorithm, hash)) if ALGORITHMS.contains(&algorithm) && !hash.is_empty() => return,
        Some((algorithm, hash)) if !hash.is_empty() => {
            (format!("unsupported digest algorithm '{algorithm}'"), "no such algorithm")
        }
        Some(_) | None => (
            format!("invalid digest format, expected '<algo>:<hash>' but got '{}'", digest.value),
            "not an algorithm and a digest",
        ),
    };
    findings.add(
        Finding::at(digest.span, format!("`{}` is no digest", digest.value))
            .label(label)
            .help("write it as in `sha256:…`, or `build-id:…`".to_owned())
            .note(says(&words)),
    );
}

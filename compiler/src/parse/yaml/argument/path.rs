//! `resolve`: the steps of a path such as `mm.owner.comm` or `files[3].f_path`.

use crate::diagnostic::{Finding, code};
use crate::parse::yaml::{Report, findings, inside};
use crate::policy::{FieldPath, Step};
use crate::source::{Span, Spanned};
use std::ops::Range;

/// The path that `text` says; what is malformed is reported. The grammar is Tetragon's
/// (`pkg/sensors/tracing/generic.go`).
pub(super) fn path(text: Spanned<String>, report: &mut Report<'_>) -> Option<FieldPath> {
    let place = |range| inside::part(report.text, &text, range);
    match steps(&text.value, place) {
        Ok(steps) => Some(FieldPath { text, steps }),
        Err(Malformed { at, what }) => {
            let place = place(at);
            report.diagnostics.add(
                &code::FIELD_PATH,
                Finding::at(place, format!("`{}` is no path", findings::shown(&text.value)))
                    .label(what)
                    .help(
                        "join the names of fields with `.`, and put places of an array in \
                         brackets: `a.b[3].c`"
                            .to_owned(),
                    ),
            );
            None
        }
    }
}

/// The most bytes of a path. The kernel's names have up to 128 each.
const LENGTH_MAX: usize = 4096;

/// What is wrong with a path, and where in it.
struct Malformed {
    at: Range<usize>,
    what: &'static str,
}

fn steps(
    text: &str,
    place: impl Fn(Range<usize>) -> Span,
) -> Result<Vec<Spanned<Step>>, Malformed> {
    if text.len() > LENGTH_MAX {
        return Err(Malformed { at: 0..text.len(), what: "longer than 4096 bytes" });
    }
    let mut steps = Vec::new();
    let mut at = 0;
    for part in text.split('.') {
        let name = part.split('[').next().unwrap_or("");
        let elements = part.get(name.len()..).unwrap_or("");
        // Only the first part may be nothing but an element: it is one of what is read itself.
        if name.is_empty() && (elements.is_empty() || !steps.is_empty()) {
            let end = (at + 1).min(text.len());
            return Err(Malformed { at: at.saturating_sub(1)..end, what: "a name is missing" });
        }
        if let Some(stray) = name.find(|c: char| !c.is_alphanumeric() && c != '_') {
            return Err(Malformed { at: at + stray..at + name.len(), what: "not part of a name" });
        }
        if !name.is_empty() {
            steps.push(Spanned::new(Step::Field(name.to_owned()), place(at..at + name.len())));
        }
        self::elements(elements, at + name.len(), &place, &mut steps)?;
        at += part.len() + 1;
    }
    Ok(steps)
}

/// Reads `[3][4]`, which begins at byte `start` of the path.
fn elements(
    text: &str,
    start: usize,
    place: impl Fn(Range<usize>) -> Span,
    steps: &mut Vec<Spanned<Step>>,
) -> Result<(), Malformed> {
    let mut rest = text;
    while !rest.is_empty() {
        let at = start + text.len() - rest.len();
        let malformed = |what| Malformed { at: at..start + text.len(), what };
        let inside = rest.strip_prefix('[').ok_or_else(|| malformed("`.` or `[` missing"))?;
        let (number, after) = inside.split_once(']').ok_or_else(|| malformed("`]` missing"))?;
        let digits = number.bytes().all(|byte| byte.is_ascii_digit()).then_some(number);
        let element = digits
            .and_then(|digits| digits.parse().ok())
            .ok_or_else(|| malformed("not the number of an element"))?;
        let span = place(at..at + number.len() + 2);
        steps.push(Spanned::new(Step::Element(element), span));
        rest = after;
    }
    Ok(())
}

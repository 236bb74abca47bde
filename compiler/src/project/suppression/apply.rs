//! Which findings the suppressions hide, and which suppressions are of no use.

use std::collections::{BTreeMap, BTreeSet};

use super::{Scope, Suppression};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Finding, Fix, Severity, code};
use crate::project::date::Date;
use crate::source::{SourceId, Span, Spanned};

/// The findings of a run, once suppressions were looked at.
#[derive(Debug, Clone, Default)]
pub struct Suppressed {
    pub shown: Vec<Diagnostic>,
    /// Each with the suppression that hides it, by its place in the list.
    pub hidden: Vec<(Diagnostic, usize)>,
}

/// Hides what is suppressed on the day `today`; without one, nothing has ended yet.
///
/// What is wrong with a suppression is added to `diagnostics`: it has ended, hides nothing, or names
/// an error. Errors stop a compilation and so are always shown. In a file with an error, nothing is
/// said of suppressions that hide nothing, since an error can keep a rule from being asked.
pub fn suppress(
    findings: Vec<Diagnostic>,
    suppressions: &[Suppression],
    today: Option<Date>,
    diagnostics: &mut Diagnostics,
) -> Suppressed {
    let index = Index::of(suppressions);
    let mut result = Suppressed::default();
    let mut used = BTreeSet::new();
    let mut broken = BTreeSet::new();
    for mut diagnostic in findings {
        let span = diagnostic.finding.span;
        let is_error = diagnostic.severity == Severity::Error;
        if is_error {
            broken.insert(span.source);
        }
        let Some((which, code)) = index.find(span, diagnostic.code) else {
            result.shown.push(diagnostic);
            continue;
        };
        used.insert(code.span);
        let Some(suppression) = suppressions.get(which) else { continue };
        let ended = suppression.until.filter(|until| today > Some(until.value));
        if is_error {
            diagnostics.add(&code::SUPPRESSED_ERROR, error(code, &diagnostic));
        } else if let Some(until) = ended {
            diagnostics.add(&code::EXPIRED_SUPPRESSION, expired(until, &diagnostic));
            let place = (until.span, format!("suppressed until {} only", until.value));
            diagnostic.finding.also.push(place);
        } else {
            result.hidden.push((diagnostic, which));
            continue;
        }
        result.shown.push(diagnostic);
    }
    for suppression in suppressions.iter().filter(|it| !broken.contains(&it.span.source)) {
        unused(suppression, &used, diagnostics);
    }
    result
}

/// What is suppressed at one place, by code. The first suppression of a code is the one that holds.
type Codes = BTreeMap<&'static str, (usize, Spanned<&'static Code>)>;

/// Suppressions by what they are about.
#[derive(Default)]
struct Index {
    /// By where their line begins; with it, where it ends.
    lines: BTreeMap<(SourceId, u32), (u32, Codes)>,
    files: BTreeMap<SourceId, Codes>,
}

impl Index {
    fn of(suppressions: &[Suppression]) -> Self {
        let mut index = Self::default();
        for (at, suppression) in suppressions.iter().enumerate() {
            let codes = match suppression.scope {
                Scope::Line(line) => {
                    let entry = index.lines.entry((line.source, line.start));
                    &mut entry.or_insert_with(|| (line.end, Codes::new())).1
                }
                Scope::File => index.files.entry(suppression.span.source).or_default(),
            };
            for code in &suppression.codes {
                codes.entry(code.value.id).or_insert((at, *code));
            }
        }
        index
    }

    /// The suppression of a code at a place, that of the line before that of the file.
    fn find(&self, span: Span, code: &Code) -> Option<(usize, Spanned<&'static Code>)> {
        let before = self.lines.range(..=(span.source, span.start)).next_back();
        let here =
            before.filter(|((source, _), (end, _))| *source == span.source && span.start <= *end);
        let at_line = here.and_then(|(_, (_, codes))| codes.get(code.id));
        let at_file = || self.files.get(&span.source).and_then(|codes| codes.get(code.id));
        at_line.or_else(at_file).copied()
    }
}

fn error(code: Spanned<&Code>, found: &Diagnostic) -> Finding {
    Finding::at(
        code.span,
        format!("`{}` is an error here, and cannot be suppressed", code.value.name),
    )
    .label("stops a compilation")
    .also(found.finding.span, "the error")
    .help("take this code out and mend the policy".to_owned())
}

fn expired(until: Spanned<Date>, found: &Diagnostic) -> Finding {
    Finding::at(until.span, format!("this suppression ended on {}", until.value))
        .label("the last day on which it held")
        .also(found.finding.span, "what it hid is still there")
        .help("mend what was found, or decide anew until when it may stay".to_owned())
}

/// One finding for the whole comment if it hides nothing, else one for each code that it need not name.
fn unused(suppression: &Suppression, used: &BTreeSet<Span>, diagnostics: &mut Diagnostics) {
    let idle: Vec<_> = suppression.codes.iter().filter(|code| !used.contains(&code.span)).collect();
    let all = idle.len() == suppression.codes.len();
    let where_ = match suppression.scope {
        Scope::Line(_) => "its line",
        Scope::File => "the file",
    };
    for (at, code) in idle.into_iter().enumerate() {
        if all && at > 0 {
            break;
        }
        let (span, help, fix) = if all {
            let fix = Fix::safe("take the suppression out").replace(suppression.whole, "");
            (suppression.span, "take the comment out".to_owned(), Some(fix))
        } else {
            (code.span, format!("take `{}` out", code.value.name), None)
        };
        diagnostics.add(
            &code::UNUSED_SUPPRESSION,
            Finding::at(span, format!("nothing is found in {where_} that this would hide"))
                .label("hides nothing")
                .help(help)
                .fix(fix)
                .note("it holds for findings that begin in its own line, or alone on a line for those of the next"),
        );
    }
}

#[cfg(test)]
mod tests;

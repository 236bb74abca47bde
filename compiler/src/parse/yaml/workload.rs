//! `podSelector`, `containerSelector`, `nodeSelector` and `hostSelector`: for whom a policy is.

use super::Report;
use super::fields::{Fields, text};
use super::findings::shown;
use crate::diagnostic::{Diagnostics, Finding, TetragonAnswer, code};
use crate::policy::{LabelExpression, LabelOperator, LabelSelector, Workloads};
use crate::source::Spanned;

/// The workloads that `spec` or `matchWorkloads` selects.
pub(super) fn workloads(fields: &Fields, report: &mut Report<'_>) -> Workloads {
    let containers = labels(fields, "containerSelector", report);
    if let Some(containers) = &containers {
        check_container(containers, report.diagnostics);
    }
    Workloads {
        pods: labels(fields, "podSelector", report),
        containers,
        hosts: fields.fields("hostSelector").and_then(|_| fields.key("hostSelector")),
    }
}

/// The label selector under `key`.
pub(super) fn labels(fields: &Fields, key: &str, report: &mut Report<'_>) -> Option<LabelSelector> {
    let selector = fields.fields(key)?;
    let labels: Vec<_> = selector
        .dictionary("matchLabels")
        .iter()
        .filter_map(|(key, value)| Some((key.clone(), text(value)?)))
        .collect();
    for (_, value) in &labels {
        check_value(value, report.diagnostics);
    }
    let expressions = selector.records("matchExpressions").filter_map(expression).collect();
    Some(LabelSelector { span: selector.span, labels, expressions })
}

fn expression(fields: &Fields) -> Option<LabelExpression> {
    let word = fields.word("operator")?;
    let operator = LabelOperator::ALL.into_iter().find(|one| one.name() == word.value)?;
    Some(LabelExpression {
        span: fields.span,
        key: fields.text("key")?,
        operator: Spanned::new(operator, word.span),
        values: fields.texts("values"),
    })
}

/// The pattern that Tetragon's schema has for the values of labels.
fn check_value(value: &Spanned<String>, diagnostics: &mut Diagnostics) {
    const MOST: usize = 63;
    let is_edge = |c: char| c.is_ascii_alphanumeric();
    let text = value.value.as_str();
    let is_legal = text.chars().all(|c| is_edge(c) || "-_.".contains(c))
        && (text.is_empty() || text.starts_with(is_edge) && text.ends_with(is_edge));
    if is_legal && text.len() <= MOST {
        return;
    }
    diagnostics.add(
        &code::LABEL_VALUE,
        Finding::at(value.span, format!("`{}` cannot be the value of a label", shown(text)))
            .label("no label has this value")
            .note(
                "it has at most 63 letters, digits, `-`, `_` and `.`, and begins and ends with a \
                 letter or digit",
            ),
    );
}

/// Tetragon knows one thing of a container: its name.
fn check_container(selector: &LabelSelector, diagnostics: &mut Diagnostics) {
    let labels = selector.labels.iter().map(|(key, _)| key);
    let keys = labels.chain(selector.expressions.iter().map(|expression| &expression.key));
    for key in keys.filter(|key| key.value != "name") {
        diagnostics.add(
            &code::CONTAINER_LABEL,
            Finding::at(key.span, format!("containers have no label `{}`", shown(&key.value)))
                .label("never matches")
                .help("the one label of a container is `name`".to_owned())
                .note("Tetragon loads the policy, and no container matches")
                .tetragon(TetragonAnswer::Accepts),
        );
    }
}

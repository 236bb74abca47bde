//! Which workloads and nodes are meant: `for pods { … }`, and `workload(…)` in a condition.

use super::constant::Constants;
use super::grammar::Rule;
use super::pairs::Pair;
use super::value::{self, Form};
use super::{Text, report};
use crate::diagnostic::Finding;
use crate::policy::{LabelExpression, LabelOperator, LabelSelector, Workloads};
use crate::source::{Span, Spanned};

/// What has labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Pod,
    Container,
    Node,
}

/// A label that is asked about.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub(super) owner: Owner,
    pub(super) key: Spanned<String>,
}

impl Owner {
    /// What has labels, by its word.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        match word {
            "pod" => Some(Self::Pod),
            "container" => Some(Self::Container),
            "node" => Some(Self::Node),
            _ => None,
        }
    }

    /// How to ask about one of its labels.
    fn example(self) -> &'static str {
        match self {
            Self::Pod => "`pod.label[\"app\"] == \"web\"`",
            Self::Container => "`container.name == \"main\"`",
            Self::Node => "`node.label[\"kubernetes.io/os\"] == \"linux\"`",
        }
    }
}

/// `pod.label["app"]` and `container.name`. The key of a container's name is `name`.
pub(super) fn label(owner: Owner, subject: &Pair, text: &mut Text) -> Option<Label> {
    let field = subject.child(Rule::step).and_then(|step| step.child(Rule::word));
    let key = subject.child(Rule::key).and_then(|key| key.string(text));
    let count = subject.all(Rule::step).chain(subject.all(Rule::key)).count();
    match (field, key) {
        (Some(field), Some(key)) if field.text() == "label" && count == 2 => {
            Some(Label { owner, key })
        }
        (Some(field), None)
            if owner == Owner::Container && field.text() == "name" && count == 1 =>
        {
            Some(Label { owner, key: field.spanned(text) })
        }
        _ => {
            let finding = Finding::at(subject.span(text), "this names no label")
                .label("not a label")
                .help(format!("write {}", owner.example()));
            report::wrong_value(text, finding);
            None
        }
    }
}

/// The labels in braces or parentheses; without any, everything is meant.
pub(super) fn labels(
    pair: Option<&Pair>,
    owner: Owner,
    span: Span,
    constants: &Constants,
    text: &mut Text,
) -> LabelSelector {
    let mut selector = LabelSelector { span, labels: Vec::new(), expressions: Vec::new() };
    for test in pair.iter().flat_map(|labels| labels.all(Rule::test)) {
        let Some(subject) = test.child(Rule::subject) else { continue };
        let found = subject.child(Rule::word).and_then(|word| Owner::from_word(word.text()));
        if found != Some(owner) {
            let finding = Finding::at(subject.span(text), "this is asked of something else here")
                .label("not a label of what this block is for")
                .help(format!("write {}", owner.example()));
            report::wrong_value(text, finding);
            continue;
        }
        if let Some(label) = label(owner, &subject, text) {
            add(&label, &test, constants, &mut selector, text);
        }
    }
    selector
}

/// Adds one test of a label. A plain `==` is TracingPolicy's `matchLabels`.
pub(super) fn add(
    label: &Label,
    condition: &Pair,
    constants: &Constants,
    selector: &mut LabelSelector,
    text: &mut Text,
) -> Option<()> {
    let (operator, right) = (condition.child(Rule::operator)?, condition.child(Rule::operand)?);
    let suffix = [Rule::ignoring_case, Rule::followers, Rule::over];
    if let Some(suffix) = suffix.into_iter().find_map(|suffix| condition.child(suffix)) {
        return wrong(suffix.span(text), text);
    }
    let right = value::operand(&right, constants, text);
    let values = right.values;
    let is_present = matches!(values.as_slice(), [only] if only.text == "present");
    let written: Vec<&str> = operator.text().split_whitespace().collect();
    let comparison = match (written.as_slice(), values.as_slice()) {
        (["=="], [only]) if only.form != Form::Range => {
            let value = texts(values, constants, text)?.pop()?;
            selector.labels.push((label.key.clone(), value));
            return Some(());
        }
        (["==" | "in"], _) => LabelOperator::In,
        (["!="] | ["not", "in"], _) => LabelOperator::NotIn,
        (["is"], _) if is_present => LabelOperator::Exists,
        (["is", "not"], _) if is_present => LabelOperator::DoesNotExist,
        _ => return wrong(operator.span(text), text),
    };
    let values = match comparison {
        LabelOperator::In | LabelOperator::NotIn => texts(values, constants, text)?,
        LabelOperator::Exists | LabelOperator::DoesNotExist => Vec::new(),
    };
    selector.expressions.push(LabelExpression {
        span: condition.span(text),
        key: label.key.clone(),
        operator: Spanned::new(comparison, operator.span(text)),
        values,
    });
    Some(())
}

fn texts(
    values: Vec<value::Value>,
    constants: &Constants,
    text: &mut Text,
) -> Option<Vec<Spanned<String>>> {
    let before = text.mistakes;
    let mut list = Vec::new();
    for value in values {
        match value.form {
            Form::Text | Form::Number => list.push(value.into_spanned()),
            Form::Word => value::unknown_constant(&value, constants, text),
            Form::Range | Form::Address => {
                let finding = Finding::at(value.span, "the value of a label is a text")
                    .label("not a text")
                    .help("write it in double quotes".to_owned());
                report::wrong_value(text, finding);
            }
        }
    }
    (text.mistakes == before).then_some(list)
}

fn wrong(span: Span, text: &mut Text) -> Option<()> {
    let help = "write `==`, `!=`, `in`, `not in`, `is present` or `is not present`".to_owned();
    let finding = Finding::at(span, "a label cannot be compared in this way")
        .label("not possible here")
        .help(help);
    report::wrong_comparison(text, finding);
    None
}

/// `workload(pods(…) and containers(…) or host)`, as `matchWorkloads` says it.
pub(super) fn workloads(pair: &Pair, constants: &Constants, text: &mut Text) -> Workloads {
    const KINDS: [&str; 3] = ["pods", "containers", "host"];
    let mut workloads = Workloads::default();
    let mut before = None;
    for child in pair.children() {
        if child.rule() != Rule::workload_part {
            before = Some(child);
            continue;
        }
        let Some(kind) = child.child(Rule::word) else { continue };
        let span = child.span(text);
        let labels_ = child.child(Rule::labels);
        check_join(kind.text(), before.take().filter(|_| workloads != Workloads::default()), text);
        let first = match kind.text() {
            "pods" => {
                let labels = labels(labels_.as_ref(), Owner::Pod, span, constants, text);
                workloads.pods.replace(labels).map(|first| first.span)
            }
            "containers" => {
                let labels = labels(labels_.as_ref(), Owner::Container, span, constants, text);
                workloads.containers.replace(labels).map(|first| first.span)
            }
            "host" => workloads.hosts.replace(span),
            other => {
                report::unknown_word(text, "kind of workload", other, kind.span(text), KINDS);
                continue;
            }
        };
        if let Some(first) = first {
            report::declared_twice(text, &format!("`{}`", kind.text()), kind.span(text), first);
        }
    }
    workloads
}

/// Pods and containers must both fit; the host is another choice.
fn check_join(kind: &str, join: Option<Pair>, text: &mut Text) {
    let wanted = if kind == "host" { Rule::or_word } else { Rule::and_word };
    let Some(join) = join.filter(|join| join.rule() != wanted) else { return };
    let finding = Finding::at(join.span(text), "workloads are not joined in this way")
        .label("not possible here")
        .help("write `workload(pods(…) and containers(…) or host)`".to_owned())
        .note("a process of the host is in no pod");
    report::wrong_comparison(text, finding);
}

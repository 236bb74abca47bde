//! Tests of the calling process: its binary, its id and its namespaces.

use super::{Comparison, Verb, wrong_operator};
use crate::diagnostic::Finding;
use crate::parse::dsl::rule::Scope;
use crate::parse::dsl::subject::{Subject, describe};
use crate::parse::dsl::value::{Form, Operand, Value, unknown_constant, without_words};
use crate::parse::dsl::{Text, report};
use crate::policy::{Condition, Expression, NamespaceKind, Operator, Whose};
use crate::source::Spanned;

/// A test of the process's binary, id or namespaces.
pub(super) fn test(
    subject: &Subject,
    comparison: &Comparison,
    operand: Operand,
    scope: &Scope,
    text: &mut Text,
) -> Option<Expression> {
    match subject {
        Subject::Binary(whose) => binary(*whose, comparison, operand, scope, text),
        Subject::Pid | Subject::NamespacePid => pid(subject, comparison, operand, scope, text),
        Subject::Namespace(kind) => namespace(*kind, comparison, operand, scope, text),
        Subject::Argument { .. } | Subject::Capabilities { .. } | Subject::Label(_) => None,
    }
}

fn binary(
    whose: Whose,
    comparison: &Comparison,
    operand: Operand,
    scope: &Scope,
    text: &mut Text,
) -> Option<Expression> {
    let operator = match (comparison.verb, comparison.is_negated) {
        (Verb::Equals | Verb::In, false) => Operator::In,
        (Verb::Equals | Verb::In, true) => Operator::NotIn,
        (Verb::StartsWith, false) => Operator::Prefix,
        (Verb::StartsWith, true) => Operator::NotPrefix,
        (Verb::EndsWith, false) => Operator::Postfix,
        (Verb::EndsWith, true) => Operator::NotPostfix,
        _ => {
            let legal = "`==`, `!=`, `in`, `not in`, `starts_with` or `ends_with`";
            wrong_operator(comparison, describe(&Subject::Binary(whose)), legal, text);
            return None;
        }
    };
    let mut values = Vec::new();
    for value in operand.values {
        match value.form {
            Form::Text => values.push(value.into_spanned()),
            Form::Word => unknown_constant(&value, scope.constants, text),
            Form::Number | Form::Range | Form::Address => {
                wrong_form(&value, "the path of a binary", "\"/usr/bin/name\"", text);
            }
        }
    }
    let operator = Spanned::new(operator, comparison.span);
    Some(Expression::Test(Condition::Binary {
        span: comparison.whole,
        whose,
        operator,
        values,
        follow_children: comparison.followers.map(|children| children.span),
    }))
}

fn pid(
    subject: &Subject,
    comparison: &Comparison,
    operand: Operand,
    scope: &Scope,
    text: &mut Text,
) -> Option<Expression> {
    let operator = in_or_not_in(describe(subject), comparison, text)?;
    let mut values = Vec::new();
    for value in operand.values {
        match value.text.parse() {
            Ok(number) if value.form == Form::Number => {
                values.push(Spanned::new(number, value.span));
            }
            _ if value.form == Form::Word => unknown_constant(&value, scope.constants, text),
            _ => wrong_form(&value, "a process id", "a decimal number below 2^32", text),
        }
    }
    Some(Expression::Test(Condition::Pid {
        span: comparison.whole,
        operator,
        values,
        is_namespace_pid: matches!(subject, Subject::NamespacePid),
        follow_forks: comparison.followers.is_some(),
    }))
}

/// `host` is the namespace of the host's first process.
fn namespace(
    kind: Spanned<NamespaceKind>,
    comparison: &Comparison,
    mut operand: Operand,
    scope: &Scope,
    text: &mut Text,
) -> Option<Expression> {
    let operator = in_or_not_in(describe(&Subject::Namespace(kind)), comparison, text)?;
    for value in &mut operand.values {
        if value.form == Form::Word && value.text == "host" {
            value.form = Form::Text;
            "host_ns".clone_into(&mut value.text);
        } else if value.form == Form::Range || value.form == Form::Address {
            wrong_form(value, "a namespace", "`host` or an inode number", text);
        }
    }
    let values = without_words(operand, scope.constants, text);
    Some(Expression::Test(Condition::Namespace { span: comparison.whole, kind, operator, values }))
}

pub(super) fn in_or_not_in(
    what: &str,
    comparison: &Comparison,
    text: &mut Text,
) -> Option<Spanned<Operator>> {
    if comparison.verb != Verb::Equals && comparison.verb != Verb::In {
        wrong_operator(comparison, what, "`==`, `!=`, `in` or `not in`", text);
        return None;
    }
    let operator = if comparison.is_negated { Operator::NotIn } else { Operator::In };
    Some(Spanned::new(operator, comparison.span))
}

fn wrong_form(value: &Value, wanted: &str, help: &str, text: &mut Text) {
    let written = value.text.replacen(':', if value.form == Form::Range { ".." } else { ":" }, 1);
    let finding = Finding::at(value.span, format!("`{written}` is not {wanted}"))
        .label(format!("not {wanted}"))
        .help(format!("write {help}"));
    report::wrong_value(text, finding);
}

//! A policy without its places, so that the same policy from two texts compares equal.

use super::{
    Action, ActionKind, Argument, ArgumentPlace, ArgumentReference, Condition, Expression, Hook,
    NotYet, Point, Policy, RateLimit, Selector,
};
use crate::source::{Span, Spanned};

impl Policy {
    /// The policy with every span made empty, and every condition [simplified](Expression::simplified).
    #[must_use]
    pub fn without_spans(&self) -> Self {
        let none = Span { start: 0, end: 0, ..self.span };
        Self {
            span: none,
            name: text(&self.name, none),
            namespace: self.namespace.as_ref().map(|name| text(name, none)),
            mode: self.mode.map(|mode| Spanned::new(mode.value, none)),
            hooks: self.hooks.iter().map(|one| hook(one, none)).collect(),
            not_yet: self
                .not_yet
                .iter()
                .map(|part| NotYet { what: part.what.clone(), span: none })
                .collect(),
        }
    }
}

fn text(value: &Spanned<String>, none: Span) -> Spanned<String> {
    Spanned::new(value.value.clone(), none)
}

fn texts(values: &[Spanned<String>], none: Span) -> Vec<Spanned<String>> {
    values.iter().map(|value| text(value, none)).collect()
}

fn hook(hook: &Hook, none: Span) -> Hook {
    Hook {
        span: none,
        point: point(&hook.point, none),
        arguments: hook.arguments.iter().map(|one| argument(one, none)).collect(),
        return_argument: hook.return_argument.as_ref().map(|one| argument(one, none)),
        selectors: hook.selectors.iter().map(|one| selector(one, none)).collect(),
        message: hook.message.as_ref().map(|message| text(message, none)),
        tags: texts(&hook.tags, none),
    }
}

fn point(point: &Point, none: Span) -> Point {
    match point {
        Point::Function(name) => Point::Function(text(name, none)),
        Point::Syscall(name) => Point::Syscall(text(name, none)),
        Point::Lsm(name) => Point::Lsm(text(name, none)),
        Point::Tracepoint { subsystem, event } => {
            Point::Tracepoint { subsystem: text(subsystem, none), event: text(event, none) }
        }
        Point::RawTracepoint { subsystem, event } => {
            Point::RawTracepoint { subsystem: text(subsystem, none), event: text(event, none) }
        }
    }
}

fn argument(argument: &Argument, none: Span) -> Argument {
    let index = |index: &Spanned<u32>| Spanned::new(index.value, none);
    let name = |name: &Option<Spanned<String>>| name.as_ref().map(|name| text(name, none));
    let place = match &argument.place {
        ArgumentPlace::Index { index: at, name: label } => {
            ArgumentPlace::Index { index: index(at), name: name(label) }
        }
        ArgumentPlace::Name(name) => ArgumentPlace::Name(text(name, none)),
        ArgumentPlace::Return { index: at, name: label } => {
            ArgumentPlace::Return { index: at.as_ref().map(index), name: name(label) }
        }
    };
    Argument {
        span: none,
        place,
        type_: argument.type_.map(|type_| Spanned::new(type_.value, none)),
        label: name(&argument.label),
    }
}

fn selector(selector: &Selector, none: Span) -> Selector {
    Selector {
        span: none,
        label: selector.label.as_ref().map(|label| text(label, none)),
        condition: expression(&selector.condition.simplified(), none),
        return_condition: expression(&selector.return_condition.simplified(), none),
        actions: selector.actions.iter().map(|one| action(one, none)).collect(),
        return_actions: selector.return_actions.iter().map(|one| action(one, none)).collect(),
    }
}

fn expression(one: &Expression, none: Span) -> Expression {
    match one {
        Expression::All(parts) => {
            Expression::All(parts.iter().map(|part| expression(part, none)).collect())
        }
        Expression::Any(parts) => {
            Expression::Any(parts.iter().map(|part| expression(part, none)).collect())
        }
        Expression::Not(part) => Expression::Not(Box::new(expression(part, none))),
        Expression::Test(test) => Expression::Test(condition(test, none)),
    }
}

fn condition(condition: &Condition, span: Span) -> Condition {
    match condition {
        Condition::Argument { argument, operator, values, .. } => Condition::Argument {
            span,
            argument: reference(argument, span),
            operator: Spanned::new(operator.value, span),
            values: texts(values, span),
        },
        Condition::Binary { operator, values, .. } => Condition::Binary {
            span,
            operator: Spanned::new(operator.value, span),
            values: texts(values, span),
        },
        Condition::Pid { operator, values, is_namespace_pid, follow_forks, .. } => Condition::Pid {
            span,
            operator: Spanned::new(operator.value, span),
            values: values.iter().map(|value| Spanned::new(value.value, span)).collect(),
            is_namespace_pid: *is_namespace_pid,
            follow_forks: *follow_forks,
        },
        Condition::Namespace { kind, operator, values, .. } => Condition::Namespace {
            span,
            kind: Spanned::new(kind.value, span),
            operator: Spanned::new(operator.value, span),
            values: texts(values, span),
        },
    }
}

fn reference(reference: &ArgumentReference, none: Span) -> ArgumentReference {
    match reference {
        ArgumentReference::Index(index) => {
            ArgumentReference::Index(Spanned::new(index.value, none))
        }
        ArgumentReference::Place(place) => {
            ArgumentReference::Place(Spanned::new(place.value, none))
        }
        ArgumentReference::Name { name, field } => ArgumentReference::Name {
            name: text(name, none),
            field: field.as_ref().map(|field| text(field, none)),
        },
    }
}

fn action(action: &Action, none: Span) -> Action {
    let kind = match &action.kind {
        ActionKind::Post { rate_limit } => {
            ActionKind::Post { rate_limit: rate_limit.as_ref().map(|limit| rate(limit, none)) }
        }
        ActionKind::NoPost => ActionKind::NoPost,
        ActionKind::Sigkill => ActionKind::Sigkill,
        ActionKind::Signal { signal } => {
            ActionKind::Signal { signal: Spanned::new(signal.value, none) }
        }
        ActionKind::Override { error } => {
            ActionKind::Override { error: Spanned::new(error.value, none) }
        }
    };
    Action { span: none, kind }
}

fn rate(limit: &RateLimit, none: Span) -> RateLimit {
    RateLimit {
        interval: text(&limit.interval, none),
        scope: limit.scope.map(|scope| Spanned::new(scope.value, none)),
    }
}

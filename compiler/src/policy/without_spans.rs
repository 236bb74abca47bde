//! A policy without its places, so that the same policy from two texts compares equal.

use super::{
    Action, ActionKind, Argument, ArgumentPlace, ArgumentReference, Call, Condition, Enforcer,
    Expression, FieldPath, Hook, LabelExpression, LabelSelector, List, Macro, Point, Policy,
    RateLimit, Selector, SizeArgument, Uprobe, Workloads, action::Replacement, cel,
};
use crate::source::{Span, Spanned};

impl Policy {
    /// The policy with every span made empty, and every condition [simplified](Expression::simplified).
    #[must_use]
    pub fn without_spans(&self) -> Self {
        let mut copy = self.clone();
        copy.erase(Span { start: 0, end: 0, ..self.span });
        copy
    }
}

/// What carries spans.
trait Erase {
    /// Replaces each of them by `none`.
    fn erase(&mut self, none: Span);
}

/// Erases several parts.
fn erase(parts: &mut [&mut dyn Erase], none: Span) {
    for part in parts {
        part.erase(none);
    }
}

impl Erase for Span {
    fn erase(&mut self, none: Span) {
        *self = none;
    }
}

impl<T> Erase for Spanned<T> {
    fn erase(&mut self, none: Span) {
        self.span = none;
    }
}

impl<T: Erase> Erase for Option<T> {
    fn erase(&mut self, none: Span) {
        if let Some(part) = self {
            part.erase(none);
        }
    }
}

impl<T: Erase> Erase for Vec<T> {
    fn erase(&mut self, none: Span) {
        for part in self {
            part.erase(none);
        }
    }
}

impl<T: Erase> Erase for Box<T> {
    fn erase(&mut self, none: Span) {
        (**self).erase(none);
    }
}

impl<A: Erase, B: Erase> Erase for (A, B) {
    fn erase(&mut self, none: Span) {
        erase(&mut [&mut self.0, &mut self.1], none);
    }
}

impl Erase for Policy {
    fn erase(&mut self, none: Span) {
        let Self {
            span,
            name,
            namespace,
            mode,
            hooks,
            lists,
            enforcers,
            options,
            macros,
            workloads,
            nodes,
            loader,
            program_types: _,
        } = self;
        erase(&mut [span, name, namespace, mode, hooks, lists, enforcers, options], none);
        erase(&mut [macros, workloads, nodes, loader], none);
    }
}

impl Erase for List {
    fn erase(&mut self, none: Span) {
        let Self { span, name, kind, values, pattern, validated } = self;
        erase(&mut [span, name, kind, values, pattern, validated], none);
    }
}

impl Erase for Enforcer {
    fn erase(&mut self, none: Span) {
        let Self { span, calls } = self;
        erase(&mut [span, calls], none);
    }
}

impl Erase for Macro {
    fn erase(&mut self, none: Span) {
        let Self { name, selector } = self;
        erase(&mut [name, selector], none);
    }
}

impl Erase for Workloads {
    fn erase(&mut self, none: Span) {
        let Self { pods, containers, hosts } = self;
        erase(&mut [pods, containers, hosts], none);
    }
}

impl Erase for LabelSelector {
    fn erase(&mut self, none: Span) {
        let Self { span, labels, expressions } = self;
        erase(&mut [span, labels, expressions], none);
    }
}

impl Erase for LabelExpression {
    fn erase(&mut self, none: Span) {
        let Self { span, key, operator, values } = self;
        erase(&mut [span, key, operator, values], none);
    }
}

impl Erase for Hook {
    fn erase(&mut self, none: Span) {
        let Self {
            span,
            point,
            arguments,
            data,
            return_argument,
            return_action,
            selectors,
            message,
            tags,
            ignore_missing,
            is_whole: _,
        } = self;
        erase(&mut [span, point, arguments, data, return_argument, return_action], none);
        erase(&mut [selectors, message, tags, ignore_missing], none);
    }
}

impl Erase for Point {
    fn erase(&mut self, none: Span) {
        match self {
            Self::Function(name) | Self::Syscall(name) | Self::Lsm(name) => name.erase(none),
            Self::List { name, kind: _ }
            | Self::Fentry(Call::One { name, kind: _ } | Call::List { name, kind: _ }) => {
                name.erase(none);
            }
            Self::Tracepoint { subsystem, event } | Self::RawTracepoint { subsystem, event } => {
                erase(&mut [subsystem, event], none);
            }
            Self::Uprobe(uprobe) => uprobe.erase(none),
            Self::Usdt { path, provider, name, btf_path } => {
                erase(&mut [path, provider, name, btf_path], none);
            }
        }
    }
}

impl Erase for Uprobe {
    fn erase(&mut self, none: Span) {
        let Self {
            path,
            symbols,
            offsets,
            addresses,
            reference_counter_offsets,
            btf_path,
            digests,
        } = self;
        erase(&mut [path, symbols, offsets, addresses], none);
        erase(&mut [reference_counter_offsets, btf_path, digests], none);
    }
}

impl Erase for Argument {
    fn erase(&mut self, none: Span) {
        let Self {
            span,
            place,
            alias,
            type_,
            label,
            source,
            resolve,
            btf_type,
            btf_module,
            size_argument,
            return_copy,
            max_data,
        } = self;
        erase(&mut [span, place, alias, type_, label, source, resolve, btf_type, btf_module], none);
        erase(&mut [size_argument, return_copy, max_data], none);
    }
}

impl Erase for SizeArgument {
    fn erase(&mut self, none: Span) {
        match self {
            Self::Number(number) => number.erase(none),
            Self::Name(name) => name.erase(none),
        }
    }
}

impl Erase for ArgumentPlace {
    fn erase(&mut self, none: Span) {
        match self {
            Self::Index { index, name } => erase(&mut [index, name], none),
            Self::Name(name) => name.erase(none),
            Self::Return { index, name } => erase(&mut [index, name], none),
        }
    }
}

impl Erase for FieldPath {
    fn erase(&mut self, none: Span) {
        let Self { text, steps } = self;
        text.value = Self::written(steps);
        erase(&mut [text, steps], none);
    }
}

impl Erase for Selector {
    fn erase(&mut self, none: Span) {
        self.condition = self.condition.simplified();
        self.return_condition = self.return_condition.simplified();
        let Self { span, label, macros, condition, return_condition, actions, return_actions } =
            self;
        erase(&mut [span, label, macros, condition, return_condition], none);
        erase(&mut [actions, return_actions], none);
    }
}

impl Erase for Expression {
    fn erase(&mut self, none: Span) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.erase(none),
            Self::Not(part) => part.erase(none),
            Self::Test(test) => test.erase(none),
        }
    }
}

impl Erase for Condition {
    fn erase(&mut self, none: Span) {
        match self {
            Self::Argument { span, argument, operator, values } => {
                erase(&mut [span, argument, operator, values], none);
            }
            Self::Cel { span, operator, argument, values, formula } => {
                erase(&mut [span, operator, argument, values, formula], none);
            }
            Self::CapabilitiesGained { span, operator, new, old, values } => {
                erase(&mut [span, operator, new, old, values], none);
            }
            Self::Binary { span, whose: _, operator, values, follow_children } => {
                erase(&mut [span, operator, values, follow_children], none);
            }
            Self::Pid { span, operator, values, is_namespace_pid: _, follow_forks: _ } => {
                erase(&mut [span, operator, values], none);
            }
            Self::Namespace { span, kind, operator, values } => {
                erase(&mut [span, kind, operator, values], none);
            }
            Self::NamespaceChange { span, operator, values } => {
                erase(&mut [span, operator, values], none);
            }
            Self::Capability {
                span,
                set: _,
                set_span,
                operator,
                values,
                is_namespace_capability,
            }
            | Self::CapabilityChange {
                span,
                set: _,
                set_span,
                operator,
                values,
                is_namespace_capability,
            } => erase(&mut [span, set_span, operator, values, is_namespace_capability], none),
            Self::Workload { span, workloads } => erase(&mut [span, workloads], none),
        }
    }
}

impl Erase for ArgumentReference {
    fn erase(&mut self, none: Span) {
        match self {
            Self::Index(number) | Self::Place(number) | Self::Data(number) => number.erase(none),
            Self::Name { name, field } => erase(&mut [name, field], none),
        }
    }
}

impl Erase for cel::Expression {
    fn erase(&mut self, none: Span) {
        self.span.erase(none);
        match &mut self.kind {
            cel::Kind::Integer(_)
            | cel::Kind::Unsigned(_)
            | cel::Kind::Boolean(_)
            | cel::Kind::OtherLiteral(_)
            | cel::Kind::Name(_)
            | cel::Kind::Map => {}
            cel::Kind::Unary { operator, operand } => erase(&mut [operator, operand], none),
            cel::Kind::Binary { operator, left, right } => {
                erase(&mut [operator, left, right], none);
            }
            cel::Kind::Conditional { condition, yes, no } => {
                erase(&mut [condition, yes, no], none);
            }
            cel::Kind::Call { function, receiver, arguments } => {
                erase(&mut [function, receiver, arguments], none);
            }
            cel::Kind::Select { operand, field } => erase(&mut [operand, field], none),
            cel::Kind::Index { operand, index } => erase(&mut [operand, index], none),
            cel::Kind::List(items) => items.erase(none),
        }
    }
}

impl Erase for Action {
    fn erase(&mut self, none: Span) {
        self.span.erase(none);
        match &mut self.kind {
            ActionKind::NoPost | ActionKind::Sigkill | ActionKind::CleanupEnforcerNotification => {}
            ActionKind::Post { rate_limit, kernel_stack, user_stack, ima_hash } => {
                erase(&mut [rate_limit, kernel_stack, user_stack, ima_hash], none);
            }
            ActionKind::Signal { signal } => signal.erase(none),
            ActionKind::Override { error, replacement } => erase(&mut [error, replacement], none),
            ActionKind::GetUrl { url: text } | ActionKind::DnsLookup { name: text } => {
                text.erase(none);
            }
            ActionKind::TrackSock { argument } | ActionKind::UntrackSock { argument } => {
                argument.erase(none);
            }
            ActionKind::NotifyEnforcer { error, signal } => erase(&mut [error, signal], none),
            ActionKind::Set { argument, value } => erase(&mut [argument, value], none),
        }
    }
}

impl Erase for Replacement {
    fn erase(&mut self, none: Span) {
        let Self { registers, symbol, address, offset } = self;
        erase(&mut [registers, symbol, address, offset], none);
    }
}

impl Erase for RateLimit {
    fn erase(&mut self, none: Span) {
        let Self { interval, scope } = self;
        erase(&mut [interval, scope], none);
    }
}

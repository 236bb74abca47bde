//! The words of a module: policies and hooks as events show them.

use writ_bundle::{HookKind, Moment, Request};

use super::program::find_value;
use super::{Group, Part, Sets, workload};
use crate::ir::{self, Role};
use crate::policy::Mode;
use crate::resolved::{self, Action};

/// The policy's name and mode, and what it is for.
pub(super) fn policy(from: &resolved::Policy, sets: &mut Sets) -> ir::Policy {
    let workloads = workload::set(from.namespace.as_deref(), &from.workloads);
    ir::Policy {
        name: from.name.clone(),
        namespace: from.namespace.clone(),
        mode: match from.mode {
            Mode::Enforce => writ_bundle::Mode::Enforce,
            Mode::Monitor => writ_bundle::Mode::Monitor,
        },
        workloads: workloads.map(|set| sets.workload(set)),
        nodes: from.nodes.as_ref().map(workload::selector),
        span: from.name_span,
    }
}

/// What the events of each hook hold; `programs` are those that serve them.
pub(super) fn hooks(parts: &[Part<'_>], programs: &[(Group<'_>, ir::Program)]) -> Vec<ir::Hook> {
    parts.iter().map(|part| hook(part, programs)).collect()
}

fn hook(part: &Part<'_>, programs: &[(Group<'_>, ir::Program)]) -> ir::Hook {
    let from = part.hook;
    let shown = |role, argument: &resolved::Argument| {
        let program = serving(programs, role, part.index)?;
        let value = find_value(&program.values, argument)?;
        Some(ir::Argument {
            item: program.values[value].item,
            type_name: argument.type_.name(),
            label: argument.label.clone(),
            moment: match role {
                Role::Return => Moment::Return,
                Role::Entry | Role::Enforce | Role::Exec | Role::Fork | Role::Exit => Moment::Entry,
            },
        })
    };
    let argument = |one: &resolved::Argument| {
        shown(if one.reader.is_of_return() { Role::Return } else { Role::Entry }, one)
    };
    ir::Hook {
        policy: part.policy,
        kind: from.kind.clone(),
        further_functions: part.further.iter().filter_map(|hook| function(&hook.kind)).collect(),
        message: from.message.clone(),
        tags: from.tags.clone(),
        arguments: from.arguments.iter().filter_map(argument).collect(),
        data: from.data.iter().filter_map(|one| shown(Role::Entry, one)).collect(),
        return_argument: from.return_argument.as_ref().and_then(|one| shown(Role::Return, one)),
        selectors: from
            .selectors
            .iter()
            .map(|selector| ir::Selector {
                label: selector.label.clone(),
                words: resolved::print::selector(from, selector),
                requests: requests(&selector.actions),
                return_requests: requests(&selector.return_actions),
                span: selector.span,
            })
            .collect(),
        span: from.point_span,
    }
}

/// What the loader is asked to do, in order.
fn requests(actions: &[Action]) -> Vec<Request> {
    let request = |action: &Action| match action {
        Action::GetUrl { url, .. } => Some(Request::GetUrl { url: url.clone() }),
        Action::DnsLookup { name, .. } => Some(Request::DnsLookup { name: name.clone() }),
        Action::Post { .. }
        | Action::NoPost { .. }
        | Action::Signal { .. }
        | Action::Override { .. }
        | Action::Redirect { .. }
        | Action::TrackSock { .. }
        | Action::UntrackSock { .. }
        | Action::NotifyEnforcer { .. }
        | Action::CleanupEnforcerNotification { .. }
        | Action::Set { .. } => None,
    };
    actions.iter().filter_map(request).collect()
}

/// The name of a hooked function, or its number in a file; nothing else can be on a list.
fn function(kind: &HookKind) -> Option<String> {
    match kind {
        HookKind::Kprobe { function } => Some(function.clone()),
        HookKind::Uprobe { symbol, offset, .. } if symbol.is_empty() => Some(offset.to_string()),
        HookKind::Uprobe { symbol, .. } => Some(symbol.clone()),
        HookKind::Lsm { .. }
        | HookKind::Tracepoint { .. }
        | HookKind::Usdt { .. }
        | HookKind::Loader => None,
    }
}

fn serving<'a>(
    programs: &'a [(Group<'_>, ir::Program)],
    role: Role,
    hook: u32,
) -> Option<&'a ir::Program> {
    let serves = |program: &&ir::Program| program.role == role && program.hooks.contains(&hook);
    programs.iter().map(|(_, program)| program).find(serves)
}

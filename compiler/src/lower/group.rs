//! Which hooks share a program.

use writ_bundle::Attach;

use super::Sets;
use crate::ir::{HookFunction, Pairing, Role};
use crate::policy::TrackAction;
use crate::resolved::{Action, Argument, Attachment, Hook, Need, Origin, Policy, Sharing};

/// One hook of one policy, with its places in the module; or several hooks on a list, which share
/// a program and differ only in their functions.
#[derive(Debug, Clone)]
pub(super) struct Part<'a> {
    /// Index into [`crate::ir::Module::policies`].
    pub policy: u32,
    pub owner: &'a Policy,
    /// Index into [`crate::ir::Module::hooks`].
    pub index: u32,
    pub function: HookFunction,
    /// How a return is known to be that of a call which was reported.
    pub pairing: Pairing,
    /// Whose events those about sockets are.
    pub attribution: Attribution,
    /// The first, which speaks for all but their functions.
    pub hook: &'a Hook,
    /// The others.
    pub further: Vec<&'a Hook>,
}

/// Whose events those of a hook are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attribution {
    /// The calling process's.
    Caller,
    /// The process's to which the socket belongs: the policy keeps track of sockets.
    SocketOwner,
}

/// Whether a policy keeps track of sockets.
fn attribution(policy: &Policy) -> Attribution {
    let tracks = |hook: &Hook| {
        let selectors = hook.selectors.iter();
        let mut actions = selectors.flat_map(|one| one.actions.iter().chain(&one.return_actions));
        hook.return_action.is_some_and(|action| action.value == TrackAction::Track)
            || actions.any(|action| matches!(action, Action::TrackSock { .. }))
    };
    if policy.hooks.iter().any(tracks) { Attribution::SocketOwner } else { Attribution::Caller }
}

/// The hooks that one program serves.
#[derive(Debug)]
pub(super) struct Group<'a> {
    /// [`Role::Entry`] or [`Role::Return`].
    pub role: Role,
    pub attach: Attach,
    /// Of the first hook.
    pub reason: &'a str,
    pub parts: Vec<&'a Part<'a>>,
}

/// Functions that a hook of the module can have: records number them with 16 bits.
const FUNCTIONS_MAX: usize = 1 << 16;

/// Every hook of `policies`, in order.
pub(super) fn parts<'a>(policies: &'a [Policy], sets: &mut Sets) -> Vec<Part<'a>> {
    let mut parts: Vec<Part<'a>> = Vec::new();
    for (policy, from) in (0u32..).zip(policies) {
        let first = parts.len();
        let attribution = attribution(from);
        for hook in hooks_of(from) {
            let joined = parts.iter_mut().skip(first).find(|part| joins(hook, part));
            if let Some(part) = joined {
                part.further.push(hook);
                continue;
            }
            let function = match hook.sharing {
                // Which list it is comes out when all that join it are known.
                Sharing::Own | Sharing::Calls => HookFunction::Only,
                Sharing::Multi | Sharing::Cookies => HookFunction::ByCookie,
            };
            let index = u32::try_from(parts.len()).unwrap_or(u32::MAX);
            let (owner, further, pairing) = (from, Vec::new(), pairing(hook));
            parts.push(Part {
                policy,
                owner,
                index,
                function,
                pairing,
                attribution,
                hook,
                further,
            });
        }
    }
    for part in &mut parts {
        if part.hook.sharing == Sharing::Calls {
            let numbers = part.hooks().map(|hook| hook.calls.clone()).collect();
            part.function = HookFunction::ByCall { list: sets.calls(numbers) };
        }
    }
    parts
}

/// fentry and fexit of a function are run by one trampoline, and kprobes see the stack pointer. An
/// LSM program and the fexit that sees the result are on two functions.
fn pairing(hook: &Hook) -> Pairing {
    match &hook.attachment.attach {
        Attach::Fentry { .. }
        | Attach::FmodRet { .. }
        | Attach::Kprobe { .. }
        | Attach::KprobeMulti { .. }
        | Attach::Kprobes { .. }
        | Attach::Uprobe { .. } => Pairing::ByFrame,
        Attach::Fexit { .. }
        | Attach::Kretprobe { .. }
        | Attach::KretprobeMulti { .. }
        | Attach::Kretprobes { .. }
        | Attach::Lsm { .. }
        | Attach::Tracepoint { .. }
        | Attach::RawTracepoint { .. }
        | Attach::BtfTracepoint { .. }
        | Attach::Uretprobe { .. }
        | Attach::Usdt { .. } => Pairing::Last,
    }
}

/// Whether `hook` is on the same list as those of `part`, and differs only in its function.
fn joins(hook: &Hook, part: &Part<'_>) -> bool {
    let other = part.hook;
    hook.sharing != Sharing::Own
        && hook.sharing == other.sharing
        && hook.point_span == other.point_span
        && part.further.len() + 1 < FUNCTIONS_MAX
        && hook.return_attachment.is_some() == other.return_attachment.is_some()
        && reads_the_same(&hook.arguments, &other.arguments)
        && reads_the_same(&hook.data, &other.data)
        && reads_the_same(&hook.return_argument, &other.return_argument)
        && hook.return_action.map(|one| one.value) == other.return_action.map(|one| one.value)
        && hook.selectors == other.selectors
}

/// Whether values are read from the same places, whatever the functions call them. How many
/// parameters stand before a return value makes no difference to a kprobe.
fn reads_the_same<'a>(
    ours: impl IntoIterator<Item = &'a Argument>,
    theirs: impl IntoIterator<Item = &'a Argument>,
) -> bool {
    let read = |one: &'a Argument| {
        let is_return = matches!(one.origin, Origin::Return { .. });
        let origin = if is_return { Origin::Return { parameters: 0 } } else { one.origin };
        (one.type_, &one.label, origin, &one.walk, one.reader)
    };
    ours.into_iter().map(read).eq(theirs.into_iter().map(read))
}

impl<'a> Part<'a> {
    /// All hooks, in the order of their functions.
    pub(super) fn hooks(&self) -> impl Iterator<Item = &'a Hook> + '_ {
        std::iter::once(self.hook).chain(self.further.iter().copied())
    }

    /// How the program that serves it is attached for `role`, if there is one.
    pub(super) fn attach(&self, role: Role) -> Option<Attach> {
        let own = attachment(self.hook, role)?;
        let attaches = || self.hooks().filter_map(|hook| Some(&attachment(hook, role)?.attach));
        if let Some(attach) = in_program(attaches()) {
            return Some(attach);
        }
        let functions = || attaches().flat_map(Attach::names).map(str::to_owned).collect();
        let returns = role == Role::Return;
        Some(match (self.hook.sharing, returns) {
            (Sharing::Own | Sharing::Calls, _) => own.attach.clone(),
            (Sharing::Multi, false) => Attach::KprobeMulti { functions: functions() },
            (Sharing::Multi, true) => Attach::KretprobeMulti { functions: functions() },
            (Sharing::Cookies, false) => Attach::Kprobes { functions: functions() },
            (Sharing::Cookies, true) => Attach::Kretprobes { functions: functions() },
        })
    }

    /// What its hooks need for `role`.
    pub(super) fn needs(&self, role: Role) -> impl Iterator<Item = &'a Need> + '_ {
        self.hooks().filter_map(move |hook| attachment(hook, role)).flat_map(|one| &one.needs)
    }
}

/// All places of one file; `None` when they are not in programs.
fn in_program<'a>(mut attaches: impl Iterator<Item = &'a Attach>) -> Option<Attach> {
    let mut all = attaches.next()?.clone();
    let (Attach::Uprobe { places, .. } | Attach::Uretprobe { places, .. }) = &mut all else {
        return None;
    };
    for attach in attaches {
        if let Attach::Uprobe { places: more, .. } | Attach::Uretprobe { places: more, .. } = attach
        {
            places.extend(more.iter().cloned());
        }
    }
    Some(all)
}

/// Where the hook is attached for `role`, if it is.
fn attachment(hook: &Hook, role: Role) -> Option<&Attachment> {
    match role {
        Role::Entry => Some(&hook.attachment),
        Role::Return => hook.return_attachment.as_ref(),
        Role::Enforce | Role::Exec | Role::Fork | Role::Exit => None,
    }
}

/// Those in the kernel, then those in programs.
fn hooks_of(policy: &Policy) -> impl Iterator<Item = &Hook> {
    policy.hooks.iter().chain(&policy.program_hooks)
}

/// The programs to be made of `parts`. A hook's return is attached before its entry: an entry whose
/// return nobody sees would be awaited for ever.
pub(super) fn groups<'a>(parts: &'a [Part<'a>]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for part in parts {
        for role in [Role::Return, Role::Entry] {
            let Some(attach) = part.attach(role) else { continue };
            let found = groups
                .iter_mut()
                .filter(|group| group.role == role)
                .find_map(|group| shared(&group.attach, &attach).map(|attach| (group, attach)));
            if let Some((group, attach)) = found {
                group.attach = attach;
                group.parts.push(part);
                continue;
            }
            let reason = attachment(part.hook, role).map_or("", |one| one.reason.as_str());
            groups.push(Group { role, attach, reason, parts: vec![part] });
        }
    }
    groups
}

/// How one program is attached that serves both; `None` when none can. A program that may sleep
/// does what one does that may not; and one with a link for each place does what one link does.
fn shared(one: &Attach, other: &Attach) -> Option<Attach> {
    if let (Attach::Lsm { hook, sleepable }, Attach::Lsm { hook: same, sleepable: too }) =
        (one, other)
        && hook == same
    {
        return Some(Attach::Lsm { hook: hook.clone(), sleepable: *sleepable || *too });
    }
    if one == other {
        return Some(one.clone());
    }
    let (one, other) = (with_links_apart(one)?, with_links_apart(other)?);
    (one == other).then_some(one)
}

/// The same for a program in user space that must not share a link; `None` for any other.
#[expect(clippy::wildcard_enum_match_arm, reason = "only these are in user space")]
fn with_links_apart(attach: &Attach) -> Option<Attach> {
    let mut attach = attach.clone();
    match &mut attach {
        Attach::Uprobe { apart, .. }
        | Attach::Uretprobe { apart, .. }
        | Attach::Usdt { apart, .. } => *apart = true,
        _ => return None,
    }
    Some(attach)
}

//! What a hook's record says: which policy, with which arguments, and what was done.

use writ_bundle::record::{Item, Record, action, header};
use writ_bundle::{Argument, Hook, HookKind, Manifest, Moment};

use super::argument::{self, Value};
use super::{ObserveError, Stacks, digest};

/// A hook that was hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub origin: Origin,
    pub policy: String,
    pub message: Option<String>,
    pub tags: Vec<String>,
    pub arguments: Vec<Labelled>,
    /// Of the calling task or the registers (`data`).
    pub data: Vec<Labelled>,
    pub return_value: Option<Labelled>,
    /// The last action of the selector that matched. In monitor mode it is what would have been
    /// done, since Tetragon reports the configured action in both modes (`do_actions` in
    /// `bpf/process/types/basic.h`).
    pub action: Option<Action>,
    pub return_action: Option<Action>,
    pub stacks: Stacks,
    /// The digest of the hook's file, `sha256:…`.
    pub digest: Option<String>,
}

impl Call {
    /// The path of its first argument, when that is a file.
    pub fn path(&self) -> Option<&str> {
        let Value::File(path) = &self.arguments.first()?.value else { return None };
        Some(&path.path)
    }
}

/// The hook as the policy names it, which decides the event's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Kprobe {
        function: String,
    },
    Lsm {
        hook: String,
    },
    /// The identity that the linker gave the file; empty when it cannot be read.
    Loader {
        build_id: Vec<u8>,
    },
    Tracepoint {
        subsystem: String,
        event: String,
    },
    Uprobe {
        path: String,
        symbol: String,
        offset: u64,
        reference_counter: u64,
    },
    Usdt {
        path: String,
        provider: String,
        name: String,
    },
}

/// An argument of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    pub value: Value,
    pub label: Option<String>,
}

/// Tetragon's `KprobeAction`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Post,
    Sigkill,
    Signal,
    Override,
    GetUrl,
    DnsLookup,
    TrackSock,
    UntrackSock,
    NotifyEnforcer,
    CleanupEnforcerNotification,
    Set,
}

impl Action {
    /// The enum's name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Post => "KPROBE_ACTION_POST",
            Self::Sigkill => "KPROBE_ACTION_SIGKILL",
            Self::Signal => "KPROBE_ACTION_SIGNAL",
            Self::Override => "KPROBE_ACTION_OVERRIDE",
            Self::GetUrl => "KPROBE_ACTION_GETURL",
            Self::DnsLookup => "KPROBE_ACTION_DNSLOOKUP",
            Self::TrackSock => "KPROBE_ACTION_TRACKSOCK",
            Self::UntrackSock => "KPROBE_ACTION_UNTRACKSOCK",
            Self::NotifyEnforcer => "KPROBE_ACTION_NOTIFYENFORCER",
            Self::CleanupEnforcerNotification => "KPROBE_ACTION_CLEANUPENFORCERNOTIFICATION",
            Self::Set => "KPROBE_ACTION_SET",
        }
    }
}

/// The call that a record of `hook` reports.
pub(super) fn call(
    manifest: &Manifest,
    hook: &Hook,
    record: &Record<'_>,
    stacks: Stacks,
    rest: &dyn Fn(&Item<'_>) -> Vec<u8>,
) -> Result<Call, ObserveError> {
    let items: Vec<Item<'_>> = record.items().collect::<Result<_, _>>()?;
    let policy = usize::try_from(hook.policy).ok().and_then(|index| manifest.policies.get(index));
    Ok(Call {
        origin: origin(hook, record.u16(header::FUNCTION)),
        policy: policy.map(|policy| policy.name.clone()).unwrap_or_default(),
        message: hook.message.clone(),
        tags: hook.tags.clone(),
        arguments: hook.arguments.iter().filter_map(|one| entered(one, &items, rest)).collect(),
        data: hook.data.iter().filter_map(|one| entered(one, &items, rest)).collect(),
        return_value: None,
        action: done(record),
        return_action: None,
        stacks,
        digest: digest::of(record),
    })
}

/// Adds what the record of the return says.
pub(super) fn add_return(call: &mut Call, hook: &Hook, record: &Record<'_>) {
    let items: Vec<Item<'_>> = record.items().map_while(Result::ok).collect();
    call.return_value = hook.return_argument.as_ref().and_then(|one| labelled(one, &items));
    for (place, argument) in hook.arguments.iter().enumerate() {
        let is_there = argument.moment == Moment::Return;
        let read = is_there.then(|| labelled(argument, &items)).flatten();
        if let (Some(shown), Some(read)) = (call.arguments.get_mut(place), read) {
            *shown = read;
        }
    }
    call.return_action = done(record);
}

/// The hook in the policy's words, with the function that was hit of those on a list.
fn origin(hook: &Hook, function: u16) -> Origin {
    let further = usize::from(function).checked_sub(1);
    let further = further.and_then(|place| hook.further_functions.get(place)).cloned();
    match hook.kind.clone() {
        HookKind::Kprobe { function } => Origin::Kprobe { function: further.unwrap_or(function) },
        HookKind::Lsm { hook } => Origin::Lsm { hook },
        HookKind::Loader => Origin::Loader { build_id: Vec::new() },
        HookKind::Tracepoint { subsystem, event } => Origin::Tracepoint { subsystem, event },
        HookKind::Uprobe { path, symbol, offset, reference_counter } => {
            // A place without a name is there with its number.
            let (symbol, offset) = match further {
                Some(further) => match further.parse() {
                    Ok(offset) => (String::new(), offset),
                    Err(_) => (further, 0),
                },
                None => (symbol, offset),
            };
            Origin::Uprobe { path, symbol, offset, reference_counter }
        }
        HookKind::Usdt { path, provider, name } => Origin::Usdt { path, provider, name },
    }
}

/// An argument as the record of the entry has it.
fn entered(
    argument: &Argument,
    items: &[Item<'_>],
    rest: &dyn Fn(&Item<'_>) -> Vec<u8>,
) -> Option<Labelled> {
    if argument.moment == Moment::Return {
        let value = Value::Unreadable("the call has not returned");
        return Some(Labelled { value, label: argument.label.clone() });
    }
    let mut labelled = labelled(argument, items)?;
    if let Value::Bytes { bytes, all } = &mut labelled.value
        && let Some(size) = *all
        && let Some(item) = items.iter().find(|item| item.id == argument.item)
    {
        bytes.extend(rest(item));
        *all = (bytes.len() < usize::try_from(size).unwrap_or(usize::MAX)).then_some(size);
    }
    Some(labelled)
}

fn labelled(argument: &Argument, items: &[Item<'_>]) -> Option<Labelled> {
    let item = items.iter().find(|item| item.id == argument.item);
    let value = argument::value(&argument.type_, item)?;
    Some(Labelled { value, label: argument.label.clone() })
}

fn done(record: &Record<'_>) -> Option<Action> {
    match record.u8(header::ACTION) {
        action::POST => Some(Action::Post),
        action::SIGKILL => Some(Action::Sigkill),
        action::SIGNAL => Some(Action::Signal),
        // Tetragon has one word for both.
        action::OVERRIDE | action::REDIRECT => Some(Action::Override),
        action::GETURL => Some(Action::GetUrl),
        action::DNSLOOKUP => Some(Action::DnsLookup),
        action::TRACKSOCK => Some(Action::TrackSock),
        action::UNTRACKSOCK => Some(Action::UntrackSock),
        action::NOTIFYENFORCER => Some(Action::NotifyEnforcer),
        action::CLEANUPENFORCER => Some(Action::CleanupEnforcerNotification),
        action::SET => Some(Action::Set),
        _ => None,
    }
}

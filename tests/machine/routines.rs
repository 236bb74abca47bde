//! The routines of the runtime library and the kernel's helpers, as far as programs call them.

use std::hash::{DefaultHasher, Hash, Hasher as _};

use writ::ir::Extra;
use writ::ir::interpret::{Owner, Process, Raw, Record};
use writ::policy::{CapabilitySet, NamespaceKind};
use writ_bundle::record::connection::Connection;
use writ_bundle::record::{flag, status};

use super::extras;
use super::world::{SLOT, World, in_world};

/// What rbpf calls.
type Routine = fn(u64, u64, u64, u64, u64) -> u64;

/// The number of the first of [`ALL`] as a helper.
pub(super) const FIRST: u32 = 1000;

/// The number of a routine as a helper.
pub(super) fn number(name: &str) -> u32 {
    let place = ALL.iter().position(|(known, _)| *known == name);
    FIRST + u32::try_from(place.unwrap_or_else(|| panic!("there is no routine `{name}`"))).unwrap()
}

/// Every routine.
pub(super) const ALL: &[(&str, Routine)] = &[
    ("writ_scratch_acquire_atomic", |_, _, _, _, _| in_world(World::acquire)),
    ("writ_scratch_acquire_plain", |_, _, _, _, _| in_world(World::acquire)),
    ("writ_scratch_release", release),
    ("writ_read_file_trusted", read),
    ("writ_read_path_trusted", read),
    ("writ_read_binprm_trusted", read),
    ("writ_top_file_trusted", top),
    ("writ_top_path_trusted", top),
    ("writ_top_binprm_trusted", top),
    ("writ_top_fd", top),
    ("writ_read_filename", read),
    ("writ_read_string", read),
    ("writ_read_fd", read),
    ("writ_read_sock", read),
    ("writ_describe_file_trusted", describe),
    ("writ_describe_path_trusted", describe),
    ("writ_describe_binprm_trusted", describe),
    ("writ_describe_fd", describe),
    ("writ_read_sock", read),
    ("writ_read_sockaddr_un", read),
    // The event's value is what the routine answers.
    ("writ_syscall_number", |number, _, _, _, _| number),
    ("writ_put_integer", put_integer),
    ("writ_post", post),
    ("writ_await", awaits),
    ("writ_return", returned),
    ("writ_notify_enforcer", notify),
    ("writ_forget_notification", forget),
    ("writ_take_notification", take),
    ("writ_put_stack", put_stack),
    ("writ_track_socket", |scratch, offset, policy, _, _| {
        socket(scratch, offset, policy, |world, key| {
            let Process { pid, tid, .. } = world.event.process;
            if !world.process.is_empty() && tid != 0 {
                world.state.sockets.insert(key, u64::from(pid) << 32 | u64::from(tid));
            }
        })
    }),
    ("writ_untrack_socket", |scratch, offset, policy, _, _| {
        socket(scratch, offset, policy, |world, key| {
            world.state.sockets.remove(&key);
        })
    }),
    ("writ_attribute", |scratch, offset, policy, _, _| {
        socket(scratch, offset, policy, |world, key| {
            if let Some(owner) = world.state.sockets.get(&key) {
                world.set_owner(*owner);
            }
        })
    }),
    ("writ_rate_number", |hash, number, status, _, _| hash_of(&(hash, number, status))),
    ("writ_rate_fold", rate_fold),
    ("writ_rate_limited", rate_limited),
    ("writ_workload", workload),
    ("writ_process", process),
    ("writ_lineage", lineage),
    ("writ_lineage_exec", |_, _, _, _, _| 0),
    ("writ_lineage_fork", |_, _, _, _, _| 0),
    ("writ_lineage_exit", |_, _, _, _, _| 0),
    ("writ_baseline_exec", |_, _, _, _, _| 0),
    ("writ_baseline_fork", |_, _, _, _, _| 0),
    ("writ_baseline_exit", |_, _, _, _, _| 0),
    ("writ_capability_effective", |_, _, _, _, _| capability(CapabilitySet::Effective)),
    ("writ_capability_inheritable", |_, _, _, _, _| capability(CapabilitySet::Inheritable)),
    ("writ_capability_permitted", |_, _, _, _, _| capability(CapabilitySet::Permitted)),
    ("writ_capability_changes_effective", |_, _, _, _, _| {
        capability_changes(CapabilitySet::Effective)
    }),
    ("writ_capability_changes_inheritable", |_, _, _, _, _| {
        capability_changes(CapabilitySet::Inheritable)
    }),
    ("writ_capability_changes_permitted", |_, _, _, _, _| {
        capability_changes(CapabilitySet::Permitted)
    }),
    ("writ_namespace_changes", namespace_changes),
    ("writ_namespace_uts", |_, _, _, _, _| namespace(NamespaceKind::Uts)),
    ("writ_namespace_ipc", |_, _, _, _, _| namespace(NamespaceKind::Ipc)),
    ("writ_namespace_mnt", |_, _, _, _, _| namespace(NamespaceKind::Mnt)),
    ("writ_namespace_pid", |_, _, _, _, _| namespace(NamespaceKind::Pid)),
    ("writ_namespace_pid_for_children", |_, _, _, _, _| namespace(NamespaceKind::PidForChildren)),
    ("writ_namespace_net", |_, _, _, _, _| namespace(NamespaceKind::Net)),
    ("writ_namespace_time", |_, _, _, _, _| namespace(NamespaceKind::Time)),
    ("writ_namespace_time_for_children", |_, _, _, _, _| namespace(NamespaceKind::TimeForChildren)),
    ("writ_namespace_cgroup", |_, _, _, _, _| namespace(NamespaceKind::Cgroup)),
    ("writ_namespace_user", |_, _, _, _, _| namespace(NamespaceKind::User)),
    ("writ_namespace_pid_number", |_, _, _, _, _| {
        in_world(|world| u64::from(world.event.process.namespace_pid))
    }),
    ("writ_exec_start", exec_start),
    ("writ_exec_finish", exec_finish),
    ("writ_fork", fork),
    ("writ_exit", |_, _, _, _, _| 0),
];

/// The helpers that generated code calls itself.
pub(super) const HELPERS: &[(u32, Routine)] = &[
    (1, |map, key, _, _, _| in_world(|world| world.look_up(map, key))),
    (14, |_, _, _, _, _| {
        in_world(|world| {
            u64::from(world.event.process.pid) << 32 | u64::from(world.event.process.tid)
        })
    }),
    (109, |number, _, _, _, _| {
        in_world(|world| world.outcome.signals.push(u32::try_from(number).unwrap()));
        0
    }),
    (174, |_, _, _, _, _| in_world(|world| world.event.cookie.into())),
];

fn release(scratch: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        world.is_scratch(scratch);
        world.is_acquired = false;
        0
    })
}

/// What stands for the offset of a text that is not there.
fn without(status: u8) -> u64 {
    (-i64::from(status)).cast_unsigned()
}

/// A text, or an item that says why there is none.
fn append(world: &mut World, item: u64, raw: &Raw) -> u64 {
    match raw {
        Raw::Text(text) => world.append(item, status::READ, text),
        Raw::Truncated(text) => world.append(item, status::TRUNCATED, text),
        Raw::UnixAddress { family, path } => {
            world.append_flagged(item, status::READ, u32::from(*family), path)
        }
        Raw::Structure(payload) => world.append(item, status::READ, payload),
        Raw::Absent => {
            world.append(item, status::ABSENT, &[]);
            without(status::ABSENT)
        }
        Raw::Bits(_) | Raw::Unreadable => {
            world.append(item, status::UNREADABLE, &[]);
            without(status::UNREADABLE)
        }
    }
}

fn read(scratch: u64, pointer: u64, item: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        world.is_scratch(scratch);
        let raw = world.raw(item, pointer);
        append(world, item, &raw)
    })
}

/// The first two names of a path. What is behind a name is anything.
fn top(pointer: u64, second: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        let Raw::Text(text) = world.raw(pointer & 0xffff, pointer) else { return 0 };
        let Some(names) = text.strip_prefix(b"/").filter(|names| !names.is_empty()) else {
            return 0;
        };
        let mut names = names.split(|byte| *byte == b'/').map(name_start);
        let first = names.next().unwrap_or(0);
        World::store(second, names.next().unwrap_or(0));
        first
    })
}

fn name_start(name: &[u8]) -> u64 {
    let mut word = [0xa5; 8];
    let behind = name.iter().copied().chain([0]);
    word.iter_mut().zip(behind).for_each(|(to, byte)| *to = byte);
    u64::from_le_bytes(word)
}

fn describe(scratch: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| world.is_scratch(scratch));
    0
}

fn put_integer(scratch: u64, item: u64, number: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        world.is_scratch(scratch);
        world.append(item, status::READ, &number.to_le_bytes());
        0
    })
}

fn post(scratch: u64, hook: u64, selector: u64, action: u64, argument: u64) -> u64 {
    in_world(|world| {
        world.is_scratch(scratch);
        let flags = world.flags();
        let is_cancelled = flags & flag::CANCELLED != 0;
        let (index, function) = (hook & 0xffff, hook >> 16);
        let shown = world.shown(index, flags & flag::IS_RETURN != 0);
        world.outcome.records.push(Record {
            hook: u32::try_from(index).unwrap(),
            function: u16::try_from(function).unwrap(),
            selector: u16::try_from(selector).ok().filter(|selector| *selector != 0xffff),
            action: u8::try_from(action).unwrap(),
            action_argument: argument.cast_signed(),
            flags,
            items: if is_cancelled { Vec::new() } else { shown },
            extras: extras(&world.items()),
            owner: match world.owner() {
                0 => None,
                thread => Some(Owner {
                    pid: u32::try_from(thread >> 32).unwrap(),
                    tid: u32::try_from(thread & 0xffff_ffff).unwrap(),
                }),
            },
        });
        0
    })
}

/// What stack it is does not matter, but that it is asked for with the context.
fn put_stack(scratch: u64, context: u64, item: u64, flags: u64, _: u64) -> u64 {
    in_world(|world| {
        world.is_scratch(scratch);
        assert_eq!(context, world.context, "the program's own context");
        assert_eq!(flags, if item == u64::from(Extra::UserStack.item()) { 256 } else { 0 });
        world.append(item, status::READ, &[0; 24]);
        0
    })
}

fn awaits(scratch: u64, hook: u64, selector: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        world.is_scratch(scratch);
        let call = (world.event.process.tid, hook);
        world.state.pending.insert(call, (selector, world.owner()));
        0
    })
}

fn returned(scratch: u64, hook: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        world.is_scratch(scratch);
        let call = (world.event.process.tid, hook);
        let Some((selector, owner)) = world.state.pending.remove(&call) else { return u64::MAX };
        world.set_owner(owner);
        selector
    })
}

/// Does something with a socket whose connection is at `offset`, if there is one.
fn socket(scratch: u64, offset: u64, policy: u64, act: impl FnOnce(&mut World, (u64, u64))) -> u64 {
    in_world(|world| {
        world.is_scratch(scratch);
        if offset.cast_signed() >= 0 {
            let (_, payload) = world.item_at(offset);
            let cookie = Connection::parse(payload).expect("it is a connection").cookie;
            if cookie != 0 {
                act(world, (policy, cookie));
            }
        }
        0
    })
}

/// Any good hash will do.
fn hash_of(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

fn rate_fold(slot: u64, offset: u64, hash: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        assert_eq!(slot, u64::from(SLOT), "the scratch area's own slot");
        if offset.cast_signed() < 0 {
            return hash_of(&(hash, offset));
        }
        hash_of(&(hash, world.item_at(offset)))
    })
}

fn notify(policy: u64, error: u64, signal: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        let thread = (world.event.process.tid, policy);
        world.state.notified.insert(thread, signal << 32 | error & 0xffff_ffff);
        0
    })
}

fn forget(policy: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        world.state.notified.remove(&(world.event.process.tid, policy));
        0
    })
}

fn take(policy: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        let thread = (world.event.process.tid, policy);
        world.state.notified.remove(&thread).unwrap_or(0)
    })
}

fn rate_limited(hash: u64, hook: u64, selector: u64, interval: u64, scope: u64) -> u64 {
    in_world(|world| {
        let who = match scope {
            0 => world.event.process.tid,
            1 => world.event.process.pid,
            _ => 0,
        };
        let sent = (hash, hook, selector, scope, who);
        let now = world.event.time;
        let last = world.state.sent.get(&sent);
        if last.is_some_and(|last| now.saturating_sub(*last) < interval * 1_000_000) {
            return 1;
        }
        world.state.sent.insert(sent, now);
        0
    })
}

fn process(_: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| if world.process.is_empty() { 0 } else { world.process.as_ptr() as u64 })
}

fn lineage(_: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| if world.lineage.is_empty() { 0 } else { world.lineage.as_ptr() as u64 })
}

fn capability(set: CapabilitySet) -> u64 {
    in_world(|world| world.event.capabilities.get(&set).copied().unwrap_or(0))
}

fn capability_changes(set: CapabilitySet) -> u64 {
    let now = capability(set);
    in_world(|world| {
        let Some(known) = &world.event.process.known else { return 0 };
        let before = known.started.capabilities.get(&set).copied().unwrap_or(0);
        1 << 63 | (before ^ now)
    })
}

fn namespace_changes(_: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        let Some(known) = &world.event.process.known else { return 0 };
        let mut changes = 1 << 16;
        for (place, kind) in NamespaceKind::ALL.iter().enumerate() {
            let inodes = [&known.started.namespaces, &world.event.namespaces]
                .map(|all| all.get(kind).copied().unwrap_or(0));
            if inodes[0] != inodes[1] && !inodes.contains(&0) {
                changes |= 1 << place;
            }
        }
        changes
    })
}

fn workload(_: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| if world.workload.is_empty() { 0 } else { world.workload.as_ptr() as u64 })
}

fn namespace(kind: NamespaceKind) -> u64 {
    in_world(|world| world.event.namespaces.get(&kind).copied().map_or(0, u64::from))
}

fn exec_start(scratch: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        world.is_scratch(scratch);
        world.clear_binary_sets();
        let item = u64::from(writ_bundle::record::exec::EXECUTABLE);
        let raw = world.event.values.get(&writ_bundle::record::exec::EXECUTABLE).cloned();
        append(world, item, &raw.unwrap_or(Raw::Unreadable))
    })
}

fn exec_finish(scratch: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        world.is_scratch(scratch);
        world.outcome.binary_sets = world.binary_sets();
        0
    })
}

fn fork(_: u64, descends: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        world.outcome.follow_sets = (0..64).filter(|set| descends >> set & 1 == 1).collect();
        0
    })
}

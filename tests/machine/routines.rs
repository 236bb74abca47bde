//! The routines of the runtime library and the kernel's helpers, as far as programs call them.

mod process;
mod values;

use std::hash::{DefaultHasher, Hash, Hasher as _};

use writ::ir::Extra;
use writ::ir::interpret::{Owner, Process, Raw, Record};
use writ::policy::{CapabilitySet, NamespaceKind};
use writ::resolved::Origin;
use writ_bundle::record::connection::Connection;
use writ_bundle::record::{flag, status};

use super::extras;
use super::world::{SLOT, World, in_world};
use process::{
    binaries, capability, capability_changes, lineage, namespace, namespace_changes, process,
    workload,
};
use values::{
    append, describe, file_type, probe, put_integer, put_unreadable, read, read_record_text,
    read_so_much, restore, save, search, top, usdt_argument, usdt_set,
};

/// What rbpf calls.
pub(super) type Routine = fn(u64, u64, u64, u64, u64) -> u64;

/// The number of the first of [`ALL`] as a helper.
const FIRST: u32 = 1000;

/// A routine, and its number as a helper.
pub(super) fn known(name: &str) -> (u32, Routine) {
    let place = ALL.iter().position(|(known, _)| *known == name);
    let place = place.unwrap_or_else(|| panic!("there is no routine `{name}`"));
    (FIRST + u32::try_from(place).unwrap(), ALL[place].1)
}

/// Every routine.
const ALL: &[(&str, Routine)] = &[
    ("writ_scratch_acquire_atomic", |_, _, _, _, _| in_world(World::acquire)),
    ("writ_scratch_acquire_plain", |_, _, _, _, _| in_world(World::acquire)),
    ("writ_scratch_release", release),
    ("writ_read_file_trusted", read),
    ("writ_read_path_trusted", read),
    ("writ_read_binprm_trusted", read),
    ("writ_read_file_probe", read),
    ("writ_read_path_probe", read),
    ("writ_read_binprm_probe", read),
    ("writ_top_file_trusted", top),
    ("writ_top_path_trusted", top),
    ("writ_top_binprm_trusted", top),
    ("writ_top_file_probe", top),
    ("writ_top_path_probe", top),
    ("writ_top_binprm_probe", top),
    ("writ_top_fd", top),
    ("writ_file_type_file_trusted", file_type),
    ("writ_file_type_path_trusted", file_type),
    ("writ_file_type_file_probe", file_type),
    ("writ_file_type_path_probe", file_type),
    ("writ_read_filename", read),
    ("writ_read_string", read),
    ("writ_read_fd", read),
    ("writ_read_characters", read_so_much),
    ("writ_read_bytes", read_so_much),
    ("writ_read_buffer", read_so_much),
    ("writ_read_vectors", read_so_much),
    ("writ_read_record_text", read_record_text),
    ("writ_read_sock", read),
    ("writ_read_socket", read),
    ("writ_read_skb", read),
    ("writ_read_sockaddr", read),
    ("writ_read_sockaddr_un", read_so_much),
    ("writ_read_cred", read),
    ("writ_read_bpf_attr", read),
    ("writ_read_bpf_map", read),
    ("writ_read_bpf_prog", read),
    ("writ_read_perf_event", read),
    ("writ_read_user_namespace", read),
    ("writ_read_kiocb", read),
    ("writ_read_iov_iter", read),
    ("writ_read_load_info", read),
    ("writ_read_module", read),
    ("writ_read_dentry", read),
    ("writ_read_net_device", read),
    ("writ_describe_file_trusted", describe),
    ("writ_describe_path_trusted", describe),
    ("writ_describe_binprm_trusted", describe),
    ("writ_describe_file_probe", describe),
    ("writ_describe_path_probe", describe),
    ("writ_describe_binprm_probe", describe),
    ("writ_describe_fd", describe),
    ("writ_describe_kiocb", describe),
    ("writ_describe_dentry", describe),
    ("writ_send_rest", describe),
    ("writ_search_loop", search),
    ("writ_search_plain", search),
    // The event's value is what the routine answers.
    ("writ_syscall_number", |number, _, _, _, _| number),
    ("writ_usdt_argument", usdt_argument),
    ("writ_usdt_set", usdt_set),
    ("writ_listed_call", |list, number, _, _, _| in_world(|world| world.listed_call(list, number))),
    ("writ_put_integer", put_integer),
    ("writ_put_unreadable", put_unreadable),
    ("writ_save", save),
    ("writ_restore", restore),
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
    ("writ_binaries", binaries),
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
    (35, |_, _, _, _, _| in_world(|world| world.layout.bits(Origin::CurrentTask))),
    (58, |context, error, _, _, _| {
        in_world(|world| {
            assert_eq!(context, world.context, "the program's own context");
            world.outcome.verdict = Some(i32::try_from(error.cast_signed()).unwrap());
            0
        })
    }),
    (112, probe),
    (113, probe),
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
        let call = world.call(hook);
        world.state.pending.insert(call, (selector, world.owner()));
        0
    })
}

fn returned(scratch: u64, hook: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        world.is_scratch(scratch);
        let call = world.call(hook);
        let Some((selector, owner)) = world.state.pending.remove(&call) else { return u64::MAX };
        world.set_owner(owner);
        world.set_function(selector >> 16);
        selector & 0xffff
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

//! The runtime library and the Rust side mean the same bytes. `writ.h` itself asserts the sizes of
//! what it declares when the library is built.

use writ_bundle::record::{
    action, bpf_map, bpf_program, connection, counter, cred, credentials, exec, flag, header, item,
    kernel_module, kind, perf_event, process, status, usdt, user_namespace,
};

use crate::files;

/// The header that declares every shared layout. Its structures hold nothing but integers and
/// arrays of them, each aligned to its size.
fn declarations() -> String {
    files::text(&files::top().join("bpf-templates/writ.h"))
}

/// What stands between the braces of a structure or enumeration.
fn body(keyword: &str, name: &str) -> String {
    let text = declarations();
    let start = text.find(&format!("{keyword} {name} {{")).unwrap_or_else(|| panic!("no {name}"));
    let body = text[start..].split_once('{').unwrap().1;
    body.split_once("};").unwrap().0.to_owned()
}

/// The members of a structure with their offsets, and its size.
fn layout(structure: &str) -> (Vec<(String, usize)>, usize) {
    let (mut offset, mut members) = (0usize, Vec::new());
    for declaration in body("struct", structure).split(';') {
        let Some((type_, names)) = declaration.trim().split_once(' ') else { continue };
        let bits: usize =
            type_.trim_start_matches("__").trim_start_matches(['u', 's']).parse().unwrap();
        for name in names.split(',').map(str::trim) {
            let (name, count) = match name.split_once('[') {
                Some((name, count)) => (name, count.trim_end_matches(']').parse().unwrap()),
                None => (name, 1),
            };
            offset = offset.next_multiple_of(bits / 8);
            members.push((name.to_owned(), offset));
            offset += bits / 8 * count;
        }
    }
    (members, offset.next_multiple_of(8.min(offset)))
}

#[track_caller]
fn assert_layout(structure: &str, size: usize, wanted: &[(&str, usize)]) {
    let (members, real_size) = layout(structure);
    assert_eq!(real_size, size, "size of {structure}");
    for (member, offset) in wanted {
        let found = members.iter().find(|(name, _)| name == member);
        assert_eq!(found.map(|(_, offset)| *offset), Some(*offset), "{structure}.{member}");
    }
}

#[track_caller]
fn assert_numbers(enumeration: &str, numbers: &[(&str, i128)]) {
    let body = body("enum", enumeration);
    for (name, number) in numbers {
        assert!(body.contains(&format!("\t{name} = {number},")), "{name} is not {number}");
    }
}

#[test]
fn the_header_is_laid_out_as_both_sides_think() {
    assert_layout(
        "writ_header",
        header::SIZE,
        &[
            ("length", header::LENGTH),
            ("kind", header::KIND),
            ("flags", header::FLAGS),
            ("selector", header::SELECTOR),
            ("hook", header::HOOK),
            ("tid", header::TID),
            ("time", header::TIME),
            ("pid", header::PID),
            ("action", header::ACTION),
            ("reserved", header::RESERVED),
            ("process_start", header::PROCESS_START),
            ("action_argument", header::ACTION_ARGUMENT),
            ("call", header::CALL),
            ("cgroup", header::CGROUP),
        ],
    );
}

#[test]
fn an_item_is_laid_out_as_both_sides_think() {
    assert_layout(
        "writ_item",
        item::SIZE,
        &[
            ("id", item::ID),
            ("status", item::STATUS),
            ("reserved", item::RESERVED),
            ("flags", item::FLAGS),
            ("mode", item::MODE),
            ("length", item::LENGTH),
        ],
    );
}

#[test]
fn a_process_is_laid_out_as_both_sides_think() {
    assert_layout(
        "writ_process",
        process::SIZE,
        &[
            ("start", process::START),
            ("parent_start", process::PARENT_START),
            ("parent", process::PARENT),
            ("namespace_pid", process::NAMESPACE_PID),
            ("binary_sets", process::BINARY_SETS),
            ("descends", process::DESCENDS),
        ],
    );
}

#[test]
fn credentials_are_laid_out_as_both_sides_think() {
    assert_layout(
        "writ_credentials",
        credentials::SIZE,
        &[
            ("uid", credentials::IDS),
            ("fsgid", credentials::IDS + 28),
            ("audit_uid", credentials::AUDIT_UID),
            ("securebits", credentials::SECUREBITS),
            ("permitted", credentials::CAPABILITIES),
            ("inheritable", credentials::CAPABILITIES + 16),
        ],
    );
}

#[test]
fn a_connection_is_laid_out_as_both_sides_think() {
    assert_layout(
        "writ_connection",
        connection::SIZE,
        &[
            ("family", connection::FAMILY),
            ("type", connection::TYPE),
            ("protocol", connection::PROTOCOL),
            ("state", connection::STATE),
            ("known", connection::KNOWN),
            ("source_port", connection::SOURCE_PORT),
            ("destination_port", connection::DESTINATION_PORT),
            ("mark", connection::MARK),
            ("priority", connection::PRIORITY),
            ("hash", connection::HASH),
            ("source", connection::SOURCE),
            ("destination", connection::DESTINATION),
            ("length", connection::LENGTH),
            ("security_path", connection::SECURITY_PATH),
            ("security_path_offloaded", connection::SECURITY_PATH_OFFLOADED),
            ("reserved", connection::RESERVED),
            ("cookie", connection::COOKIE),
        ],
    );
}

#[test]
fn structures_that_are_shown_are_laid_out_as_both_sides_think() {
    assert_layout(
        "writ_user_namespace",
        user_namespace::SIZE,
        &[
            ("level", user_namespace::LEVEL),
            ("owner", user_namespace::OWNER),
            ("group", user_namespace::GROUP),
            ("inode", user_namespace::INODE),
        ],
    );
    assert_eq!(cred::SIZE, credentials::SIZE + user_namespace::SIZE);
    assert_layout(
        "writ_bpf_program",
        bpf_program::SIZE,
        &[
            ("type", bpf_program::TYPE),
            ("instructions", bpf_program::INSTRUCTIONS),
            ("name", bpf_program::NAME),
        ],
    );
    assert_layout(
        "writ_bpf_map",
        bpf_map::SIZE,
        &[
            ("type", bpf_map::TYPE),
            ("key_size", bpf_map::KEY_SIZE),
            ("value_size", bpf_map::VALUE_SIZE),
            ("max_entries", bpf_map::MAX_ENTRIES),
            ("name", bpf_map::NAME),
        ],
    );
    assert_layout(
        "writ_perf_event",
        perf_event::SIZE,
        &[
            ("type", perf_event::TYPE),
            ("config", perf_event::CONFIG),
            ("probe_offset", perf_event::PROBE_OFFSET),
            ("function", perf_event::FUNCTION),
        ],
    );
    assert_layout(
        "writ_module",
        kernel_module::SIZE,
        &[
            ("taints", kernel_module::TAINTS),
            ("signature", kernel_module::SIGNATURE),
            ("name", kernel_module::NAME),
        ],
    );
}

#[test]
fn numbers_mean_the_same_on_both_sides() {
    assert_numbers(
        "writ_known",
        &[
            ("KNOWN_SOURCE", connection::known::SOURCE.into()),
            ("KNOWN_DESTINATION", connection::known::DESTINATION.into()),
            ("KNOWN_PROTOCOL", connection::known::PROTOCOL.into()),
            ("KNOWN_FAMILY", connection::known::FAMILY.into()),
            ("KNOWN_STATE", connection::known::STATE.into()),
        ],
    );
    assert_numbers(
        "writ_signature",
        &[
            ("SIGNATURE_UNKNOWN", kernel_module::signature::UNKNOWN.into()),
            ("SIGNATURE_BAD", kernel_module::signature::BAD.into()),
            ("SIGNATURE_GOOD", kernel_module::signature::GOOD.into()),
        ],
    );
    assert_numbers(
        "writ_kind",
        &[
            ("KIND_HOOK", kind::HOOK.into()),
            ("KIND_EXEC", kind::EXEC.into()),
            ("KIND_FORK", kind::FORK.into()),
            ("KIND_EXIT", kind::EXIT.into()),
        ],
    );
    assert_numbers(
        "writ_flag",
        &[
            ("FLAG_AWAITS_RETURN", flag::AWAITS_RETURN.into()),
            ("FLAG_IS_RETURN", flag::IS_RETURN.into()),
            ("FLAG_CANCELLED", flag::CANCELLED.into()),
            ("FLAG_MONITORED", flag::MONITORED.into()),
        ],
    );
    assert_numbers(
        "writ_status",
        &[
            ("STATUS_READ", status::READ.into()),
            ("STATUS_UNREADABLE", status::UNREADABLE.into()),
            ("STATUS_ABSENT", status::ABSENT.into()),
            ("STATUS_TRUNCATED", status::TRUNCATED.into()),
        ],
    );
    assert_numbers(
        "writ_exec_item",
        &[
            ("EXEC_EXECUTABLE", exec::EXECUTABLE.into()),
            ("EXEC_FILENAME", exec::FILENAME.into()),
            ("EXEC_ARGUMENTS", exec::ARGUMENTS.into()),
            ("EXEC_DIRECTORY", exec::DIRECTORY.into()),
            ("EXEC_CREDENTIALS", exec::CREDENTIALS.into()),
            ("EXEC_NAMESPACES", exec::NAMESPACES.into()),
            ("EXEC_CGROUP", exec::CGROUP.into()),
            ("EXEC_FAMILY", exec::FAMILY.into()),
        ],
    );
    assert_numbers(
        "writ_counter",
        &[
            ("COUNTER_LOST", counter::LOST.into()),
            ("COUNTER_BUSY", counter::BUSY.into()),
            ("COUNTER_LIMITED", counter::LIMITED.into()),
            ("COUNTER_UNTRACKED", counter::UNTRACKED.into()),
            ("COUNTERS", counter::COUNT.into()),
        ],
    );
    // The action codes are numbers of generated code only.
    assert_eq!([action::POST, action::SIGKILL, action::SIGNAL, action::OVERRIDE], [1, 2, 3, 4]);
}

#[test]
fn arguments_of_usdt_probes_are_laid_out_as_both_sides_think() {
    assert_layout(
        "writ_usdt_argument",
        usdt::ARGUMENT,
        &[
            ("number", usdt::NUMBER),
            ("base", usdt::BASE),
            ("index", usdt::INDEX),
            ("kind", usdt::KIND),
            ("shift", usdt::SHIFT),
            ("size", usdt::SIZE),
            ("is_signed", usdt::SIGNED),
        ],
    );
    assert_numbers(
        "writ_usdt_kind",
        &[
            ("USDT_NONE", usdt::kind::NONE.into()),
            ("USDT_CONSTANT", usdt::kind::CONSTANT.into()),
            ("USDT_REGISTER", usdt::kind::REGISTER.into()),
            ("USDT_MEMORY", usdt::kind::MEMORY.into()),
            ("USDT_INDEXED", usdt::kind::INDEXED.into()),
            ("USDT_SCALED", usdt::kind::SCALED.into()),
        ],
    );
    assert!(declarations().contains(&format!("#define USDT_ARGUMENTS {}\n", usdt::ARGUMENTS)));
}

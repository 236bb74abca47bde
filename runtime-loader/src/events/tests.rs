use serde_json::{Value, json};
use writ_bundle::record::{self, action, flag, header, kind, status};

use super::compact::{Color, Style, Timestamps};
use super::json::{Node, Printer};
use super::test_records::{Builder, exec_record, exit_record, fork_record};
use super::*;
use crate::clock::Clock;
use crate::process_cache::DEFAULT_CAPACITY;

const PLAIN: Style = Style { color: Color::Off, timestamps: Timestamps::Off };

/// Arguments of the hooks are the items 1, 2, 3 in order; the return value is item 9.
fn manifest(hooks: Value) -> Manifest {
    let mut hooks = hooks;
    for hook in hooks.as_array_mut().unwrap() {
        hook["policy"] = json!(0);
        hook["at"] = json!({"source": 0, "line": 1, "column": 1});
        hook["selectors"] = json!([]);
        hook.as_object_mut().unwrap().entry("tags").or_insert(json!([]));
    }
    let at = json!({"source": 0, "line": 1, "column": 1});
    serde_json::from_value(json!({
        "format": 1, "compiler": "writ 0", "requires": [], "programs": [], "images": [],
        "kernel": {"name": "6.1", "release": null, "btf_digest": "", "architecture": "x86_64"},
        "policies": [{"name": "watch", "namespace": null, "mode": "enforce", "at": at}],
        "hooks": hooks, "binary_sets": [], "follow_sets": [], "sources": [],
    }))
    .unwrap()
}

fn kprobe(function: &str, types: &[&str], returns: Option<&str>) -> Value {
    let arguments: Vec<Value> = types
        .iter()
        .zip(1..)
        .map(|(type_, item)| json!({"item": item, "type": type_, "label": null}))
        .collect();
    json!({
        "kind": {"type": "kprobe", "function": function},
        "message": null,
        "arguments": arguments,
        "return_argument": returns.map(|type_| json!({"item": 9, "type": type_, "label": null})),
    })
}

fn observer(hooks: Value) -> Observer {
    let cache = ProcessCache::new(DEFAULT_CAPACITY);
    Observer::new(vec![manifest(hooks)], cache, Box::new(|_| None))
}

fn node() -> Node {
    Node { name: "node-1".to_owned(), clock: Clock::default() }
}

fn observe(observer: &mut Observer, records: impl IntoIterator<Item = Builder>) -> Vec<Event> {
    let mut events = Vec::new();
    for record in records {
        observer.observe(0, &record.bytes(), &mut events).unwrap();
    }
    events
}

fn json_of(event: &Event) -> Value {
    serde_json::from_str(&json::line(event, &node()).unwrap()).unwrap()
}

fn compact_of(event: &Event) -> String {
    compact::line(event, &node(), PLAIN)
}

fn hook_record(pid: u32, start: u64, time: u64) -> Builder {
    Builder::new(kind::HOOK, pid, start, time).u8(header::ACTION, action::POST)
}

#[test]
fn an_exec_is_reported_in_tetragons_words_and_order() {
    let events = observe(&mut observer(json!([])), [exec_record(42, 1_000_000_000, (1, 5))]);
    assert_eq!(
        json::line(&events[0], &node()).unwrap(),
        concat!(
            r#"{"process_exec":{"process":{"exec_id":"bm9kZS0xOjEwMDAwMDAwMDA6NDI=","pid":42,"#,
            r#""uid":0,"cwd":"/","binary":"/usr/bin/curl","arguments":"-H \"x y\"","#,
            r#""flags":"execve rootcwd","start_time":"1970-01-01T00:00:01Z","auid":4294967295,"#,
            r#""parent_exec_id":"bm9kZS0xOjU6MQ==","refcnt":1,"tid":42}},"#,
            r#""node_name":"node-1","time":"1970-01-01T00:00:01Z"}"#,
        )
    );
    assert_eq!(compact_of(&events[0]), "🚀 process node-1 /usr/bin/curl -H \"x y\"");
}

#[test]
fn an_exec_after_a_fork_has_the_forker_as_parent() {
    let records =
        [exec_record(1, 5, (0, 0)), fork_record((1, 5), (42, 10)), exec_record(42, 20, (7, 7))];
    let events = observe(&mut observer(json!([])), records);
    let exec = &json_of(&events[1])["process_exec"];
    assert_eq!(exec["parent"]["pid"], 1);
    assert_eq!(exec["parent"]["refcnt"], 2);
    assert_eq!(exec["process"]["flags"], "execve rootcwd clone");
    assert_eq!(exec["process"]["parent_exec_id"], exec["parent"]["exec_id"]);
}

#[test]
fn long_arguments_come_before_their_record() {
    let all = [b"x\0".as_slice(), &[b'y'; 5_000], b"\0"].concat();
    let (first, rest) = all.split_at(record::TEXT_MAX);
    let piece = |bytes: &[u8]| {
        Builder::new(kind::DATA, 42, 0, 9)
            .u64(header::CALL, 77)
            .u64(header::ACTION_ARGUMENT, record::TEXT_MAX as u64)
            .item(record::exec::ARGUMENTS, bytes)
    };
    let flags = u32::try_from(all.len()).unwrap();
    let exec = Builder::new(kind::EXEC, 42, 10, 10)
        .truncated_item(record::exec::ARGUMENTS, flags, 77, first)
        .item(record::exec::DIRECTORY, b"/");
    for (piece, length, flags) in [
        (Some(piece(rest)), 5_000, "execve rootcwd dataArgs"),
        (None, record::TEXT_MAX - 2, "execve truncArgs rootcwd dataArgs"),
    ] {
        let records = piece.into_iter().chain([exec.clone()]);
        let events = observe(&mut observer(json!([])), records);
        let process = &json_of(&events[0])["process_exec"]["process"];
        assert_eq!(process["arguments"].as_str().unwrap().len(), length);
        assert_eq!(process["flags"], flags);
    }
}

#[test]
fn an_exit_says_the_status_or_the_signal() {
    for (code, signal, exit_status, end) in
        [(0x100, Value::Null, json!(1), "1"), (9, json!("SIGKILL"), Value::Null, "SIGKILL")]
    {
        let records = [exec_record(42, 20, (1, 5)), exit_record(42, 20, 30, code)];
        let events = observe(&mut observer(json!([])), records);
        let exit = &json_of(&events[1])["process_exit"];
        assert_eq!(exit["signal"], signal);
        assert_eq!(exit["status"], exit_status);
        assert_eq!(exit["time"], "1970-01-01T00:00:00.000000030Z");
        let line = format!("💥 exit    node-1 /usr/bin/curl -H \"x y\" {end}");
        assert_eq!(compact_of(&events[1]), line);
    }
}

#[test]
fn a_kprobes_arguments_take_their_forms() {
    let mut hook = kprobe("security_file_permission", &["file", "int"], None);
    hook["message"] = json!("look");
    hook["tags"] = json!(["t"]);
    hook["arguments"][1]["label"] = json!("mask");
    let record = hook_record(42, 20, 30)
        .u32(header::TID, 43)
        .item_with(1, status::READ, 0o100_644, b"/etc/passwd")
        .number(2, 2);
    let events = observe(&mut observer(json!([hook])), [exec_record(42, 20, (1, 5)), record]);
    let kprobe = &json_of(&events[1])["process_kprobe"];
    assert_eq!(
        kprobe["args"],
        json!([
            {"file_arg": {"path": "/etc/passwd", "permission": "-rw-r--r--"}},
            {"int_arg": 2, "label": "mask"},
        ])
    );
    assert_eq!(kprobe["function_name"], "security_file_permission");
    assert_eq!(kprobe["action"], "KPROBE_ACTION_POST");
    assert_eq!(kprobe["policy_name"], "watch");
    assert_eq!(kprobe["message"], "look");
    assert_eq!(kprobe["tags"], json!(["t"]));
    assert_eq!(kprobe["process"]["tid"], 43);
    assert_eq!(compact_of(&events[1]), "📝 write   node-1 /usr/bin/curl /etc/passwd");
}

#[test]
fn long_numbers_are_strings_and_zeros_of_a_value_are_kept() {
    let hook = kprobe("f", &["int", "size_t", "long", "uint32", "syscall64"], None);
    let record = hook_record(42, 20, 30)
        .number(1, 0)
        .number(2, 10)
        .number(3, -1)
        .number(4, -1)
        .number(5, 59);
    let events = observe(&mut observer(json!([hook])), [record]);
    assert_eq!(
        json_of(&events[0])["process_kprobe"]["args"],
        json!([
            {"int_arg": 0}, {"size_arg": "10"}, {"long_arg": "-1"}, {"uint_arg": 4_294_967_295u32},
            {"syscall_id": {"id": 59, "abi": "x64"}},
        ])
    );
}

#[test]
fn lsm_hooks_and_tracepoints_have_their_own_events() {
    let mut lsm = kprobe("", &["linux_binprm"], None);
    lsm["kind"] = json!({"type": "lsm", "hook": "bprm_check_security"});
    let mut tracepoint = kprobe("", &["syscall64"], None);
    tracepoint["kind"] =
        json!({"type": "tracepoint", "subsystem": "raw_syscalls", "event": "sys_enter"});
    let records = [
        exec_record(42, 20, (1, 5)),
        hook_record(42, 20, 30).u8(header::ACTION, action::OVERRIDE).item_with(
            1,
            status::READ,
            0o100_755,
            b"/usr/bin/grep",
        ),
        hook_record(42, 20, 31).u32(header::HOOK, 1).number(1, 59),
    ];
    let events = observe(&mut observer(json!([lsm, tracepoint])), records);
    let lsm = &json_of(&events[1])["process_lsm"];
    assert_eq!(lsm["function_name"], "bprm_check_security");
    assert_eq!(lsm["action"], "KPROBE_ACTION_OVERRIDE");
    let binprm = json!({"path": "/usr/bin/grep", "permission": "-rwxr-xr-x"});
    assert_eq!(lsm["args"], json!([{"linux_binprm_arg": binprm}]));
    let tracepoint = &json_of(&events[2])["process_tracepoint"];
    assert_eq!(
        (&tracepoint["subsys"], &tracepoint["event"]),
        (&json!("raw_syscalls"), &json!("sys_enter"))
    );
    assert_eq!(compact_of(&events[1]), "🔒 LSM     node-1 /usr/bin/curl bprm_check_security");
    assert_eq!(compact_of(&events[2]), "☎  syscall node-1 /usr/bin/curl execve");
}

#[test]
fn an_argument_that_could_not_be_read_is_an_error_argument() {
    let hook = kprobe("f", &["file"], None);
    let record = hook_record(42, 20, 30).item_with(1, status::UNREADABLE, 0, b"");
    let events = observe(&mut observer(json!([hook])), [record]);
    let args = &json_of(&events[0])["process_kprobe"]["args"];
    assert_eq!(args[0]["error_arg"]["Message"], "the argument could not be read");
}

#[test]
fn bytes_that_are_not_utf8_are_replaced() {
    let hook = kprobe("f", &["string"], None);
    let record = hook_record(42, 20, 30).item(1, b"a\xffb");
    let events = observe(&mut observer(json!([hook])), [record]);
    assert_eq!(json_of(&events[0])["process_kprobe"]["args"][0]["string_arg"], "a\u{fffd}b");
}

#[test]
fn a_process_that_nothing_is_known_about_is_its_pid_and_start() {
    let events = observe(&mut observer(json!([kprobe("f", &[], None)])), [hook_record(7, 20, 30)]);
    let process = &json_of(&events[0])["process_kprobe"]["process"];
    assert_eq!(process, &json!({"pid": 7, "start_time": "1970-01-01T00:00:00.000000020Z"}));
}

#[test]
fn an_unknown_process_is_looked_up_once() {
    let cache = ProcessCache::new(DEFAULT_CAPACITY);
    let mut lookups = 0;
    let lookup = move |pid| {
        lookups += 1;
        let mut process = Process::kernel();
        process.key = Key { pid, start: 20 };
        (lookups == 1).then_some(process)
    };
    let hooks = manifest(json!([kprobe("f", &[], None)]));
    let mut observer = Observer::new(vec![hooks], cache, Box::new(lookup));
    let events = observe(&mut observer, [hook_record(7, 20, 30), hook_record(7, 20, 31)]);
    assert!(events.iter().all(|event| event.process.process.program.is_some()));
}

fn entry(call: u64) -> Builder {
    hook_record(42, 20, call)
        .u8(header::FLAGS, flag::AWAITS_RETURN)
        .u64(header::CALL, call)
        .number(1, 5)
}

fn ret(call: u64, flags: u8) -> Builder {
    hook_record(42, 20, call + 5)
        .u8(header::FLAGS, flag::IS_RETURN | flags)
        .u64(header::CALL, call)
        .number(9, -13)
}

fn returning() -> Observer {
    observer(json!([kprobe("__x64_sys_close", &["int"], Some("int"))]))
}

#[test]
fn an_entry_and_its_return_are_one_event() {
    let mut observer = returning();
    assert!(observe(&mut observer, [entry(30)]).is_empty());
    let events = observe(&mut observer, [ret(30, 0)]);
    let kprobe = &json_of(&events[0])["process_kprobe"];
    assert_eq!(kprobe["args"], json!([{"int_arg": 5}]));
    assert_eq!(kprobe["return"], json!({"int_arg": -13}));
    assert_eq!(kprobe["return_action"], "KPROBE_ACTION_POST");
    assert_eq!(json_of(&events[0])["time"], "1970-01-01T00:00:00.000000030Z");
}

#[test]
fn calls_that_nest_are_kept_apart() {
    let mut observer = returning();
    let events = observe(&mut observer, [entry(30), entry(31), ret(31, 0), ret(30, 0)]);
    assert_eq!(events.iter().map(|event| event.time).collect::<Vec<_>>(), [31, 30]);
}

#[test]
fn a_cancelled_call_gives_no_event() {
    assert!(observe(&mut returning(), [entry(30), ret(30, flag::CANCELLED)]).is_empty());
}

#[test]
fn a_return_without_its_entry_gives_no_event() {
    assert!(observe(&mut returning(), [ret(30, 0)]).is_empty());
}

#[test]
fn a_process_that_ends_in_a_call_reports_it_without_return_before_its_exit() {
    let records = [exec_record(42, 20, (1, 5)), entry(30), exit_record(42, 20, 40, 9)];
    let events = observe(&mut returning(), records);
    assert_eq!(json_of(&events[1])["process_kprobe"].get("return"), None);
    assert!(json_of(&events[2]).get("process_exit").is_some());
}

#[test]
fn open_calls_are_bounded_and_none_is_dropped() {
    let mut observer = returning();
    let mut events = observe(&mut observer, (0..5_000).map(entry));
    assert_eq!(events.len(), 5_000 - 4_096);
    observer.finish(&mut events);
    assert_eq!(events.len(), 5_000);
}

#[test]
fn a_second_bundles_records_of_processes_are_not_reported_again() {
    let cache = ProcessCache::new(DEFAULT_CAPACITY);
    let bundles = vec![manifest(json!([])), manifest(json!([kprobe("f", &[], None)]))];
    let mut observer = Observer::new(bundles, cache, Box::new(|_| None));
    let mut events = observe(&mut observer, [exec_record(42, 20, (1, 5))]);
    observer.observe(1, &exec_record(42, 21, (1, 5)).bytes(), &mut events).unwrap();
    observer.observe(1, &hook_record(42, 21, 30).bytes(), &mut events).unwrap();
    assert_eq!(events.len(), 2);
    let ids = events.iter().map(json_of).collect::<Vec<_>>();
    assert_eq!(
        ids[0]["process_exec"]["process"]["exec_id"],
        ids[1]["process_kprobe"]["process"]["exec_id"]
    );
}

#[test]
fn compact_lines_are_those_of_tetra() {
    for (function, types, line) in [
        ("__x64_sys_write", &["fd", "nop", "size_t"][..], "📝 write   node-1 /usr/bin/curl /f "),
        ("__x64_sys_read", &["fd", "int", "size_t"], "📚 read    node-1 /usr/bin/curl /f 4 bytes"),
        ("fd_install", &["int", "file"], "📬 open    node-1 /usr/bin/curl /f"),
        ("__x64_sys_openat", &["int", "string"], "📬\u{fe0f} openat  node-1 /usr/bin/curl /f"),
        ("__x64_sys_close", &["fd"], "📪 close   node-1 /usr/bin/curl /f"),
        ("__x64_sys_mount", &["string", "string"], "💾 mount   node-1 /usr/bin/curl /f /f"),
        ("__x64_sys_setuid", &["int"], "🔑 setuid  node-1 /usr/bin/curl 4"),
        ("__x64_sys_setns", &["int", "int"], "🔧 setns   node-1 /usr/bin/curl "),
        ("security_mmap_file", &["file", "uint32"], "📝 mmap-x  node-1 /usr/bin/curl /f"),
        ("security_path_truncate", &["path"], "📝 truncate node-1 /usr/bin/curl /f"),
        ("commit_creds", &[], "❓ syscall node-1 /usr/bin/curl commit_creds"),
    ] {
        let mut record = hook_record(42, 20, 30);
        for (type_, id) in types.iter().zip(1..) {
            record = match *type_ {
                "int" | "size_t" | "uint32" => record.number(id, 4),
                _ => record.item(id, b"/f"),
            };
        }
        let hooks = json!([kprobe(function, types, None)]);
        let events = observe(&mut observer(hooks), [exec_record(42, 20, (1, 5)), record]);
        assert_eq!(compact_of(&events[1]), line);
    }
}

#[test]
fn compact_lines_escape_control_characters() {
    let hook = kprobe("__x64_sys_close", &["fd"], None);
    let record = hook_record(42, 20, 30).item(1, b"/\x1b[2Jx\n");
    let events = observe(&mut observer(json!([hook])), [record]);
    assert_eq!(compact_of(&events[0]), "📪 close   node-1  /\\x1b[2Jx\\n");
}

#[test]
fn colors_and_timestamps_are_those_of_tetra() {
    let events = observe(&mut observer(json!([])), [exec_record(42, 1, (1, 5))]);
    let style = Style { color: Color::On, timestamps: Timestamps::On };
    assert_eq!(
        compact::line(&events[0], &node(), style),
        "1970-01-01T00:00:00.000000001Z \x1b[34m🚀 process\x1b[0m \x1b[32mnode-1\x1b[0m \
         \x1b[35m/usr/bin/curl\x1b[0m \x1b[36m-H \"x y\"\x1b[0m"
    );
}

#[test]
fn hostile_records_are_refused_and_change_nothing() {
    let mut observer = observer(json!([kprobe("f", &["file"], None)]));
    let mut events = Vec::new();
    let whole = exec_record(42, 20, (1, 5)).bytes();
    let hook = hook_record(42, 20, 30).item(1, b"/etc").bytes();
    for length in 0..whole.len() {
        assert!(observer.observe(0, &whole[..length], &mut events).is_err());
    }
    for length in 0..hook.len() {
        assert!(observer.observe(0, &hook[..length], &mut events).is_err());
    }
    for wrong in [
        hook_record(1, 1, 1).u32(header::HOOK, 1),
        hook_record(1, 1, 1).u32(header::HOOK, u32::MAX),
        Builder::new(200, 1, 1, 1),
    ] {
        assert!(observer.observe(0, &wrong.bytes(), &mut events).is_err());
    }
    assert!(observer.observe(9, &hook, &mut events).is_err());
    assert!(events.is_empty());
}

#[test]
fn records_of_random_bytes_never_panic() {
    let mut observer = observer(json!([kprobe("f", &["file", "int"], Some("int"))]));
    let mut events = Vec::new();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..20_000 {
        let mut bytes: Vec<u8> = (0..160)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 56) as u8
            })
            .collect();
        bytes[..4].copy_from_slice(&160u32.to_le_bytes());
        bytes[header::KIND] &= 7;
        bytes[header::HOOK..header::HOOK + 4].fill(0);
        let _ = observer.observe(0, &bytes, &mut events);
    }
    for event in &events {
        assert!(json::line(event, &node()).is_ok());
        assert!(!compact_of(event).contains('\n'));
    }
}

/// `cargo test --release -p writ-loader -- --ignored --nocapture a_million` says how fast.
#[test]
#[ignore = "it measures"]
fn a_million_events_are_printed_in_a_small_part_of_a_minute() {
    let mut observer = observer(json!([kprobe("security_file_open", &["file"], None)]));
    observe(&mut observer, [exec_record(1, 5, (0, 0)), exec_record(42, 20, (1, 5))]);
    let record = hook_record(42, 20, 1_234_567_891)
        .item_with(1, status::READ, 0o100_644, b"/etc/shadow")
        .bytes();
    let count = 1_000_000;
    let (mut events, mut line, mut bytes) = (Vec::new(), Vec::new(), 0);
    let mut printer = Printer::new(node());
    let start = std::time::Instant::now();
    for _ in 0..count {
        observer.observe(0, &record, &mut events).unwrap();
        printer.put(&events.pop().unwrap(), &mut line).unwrap();
        bytes += line.len();
        line.clear();
    }
    let seconds = start.elapsed().as_secs_f64();
    eprintln!("{count} events, {bytes} bytes in {seconds:.2} s");
    assert!(seconds < 60.0);
}

use super::*;

fn found(pid: u32, parent: u32, executable: &str) -> Found {
    let mut process = Process::unknown(Key { pid, start: u64::from(pid) * 10 });
    process.parent = Key { pid: parent, start: u64::from(parent) * 10 };
    Found { process, executable: executable.into(), namespace_pid: pid + 1_000 }
}

fn manifest() -> Manifest {
    let mut sets = vec![serde_json::json!({"patterns": []}); 70];
    sets[1] = serde_json::json!({"patterns": [{"prefix": "/usr/"}]});
    sets[65] = serde_json::json!({"patterns": [{"equal": "/usr/bin/x"}]});
    serde_json::from_value(serde_json::json!({
        "format": 1, "compiler": "", "requires": [], "images": [], "programs": [],
        "kernel": {"name": "", "release": null, "btf_digest": "", "architecture": "x86_64"},
        "policies": [], "hooks": [], "sources": [], "binary_sets": sets,
        "follow_sets": [{"pids": [1], "namespace": false}, {"pids": [1003], "namespace": true}],
    }))
    .unwrap()
}

fn words(value: &[u8]) -> Vec<u64> {
    value.chunks(8).map(|word| u64::from_le_bytes(word.try_into().unwrap())).collect()
}

#[test]
fn sets_are_bits_and_descendants_inherit_membership() {
    let all: BTreeMap<u32, Found> =
        [found(1, 0, "/init"), found(2, 1, "/usr/bin/x"), found(3, 2, "/x")]
            .into_iter()
            .map(|one| (one.process.key.pid, one))
            .collect();
    let value = |pid: u32| words(&map_value(&all[&pid], &all, &manifest()));
    // START, PARENT_START, PARENT and NAMESPACE_PID, four words of sets, DESCENDS
    assert_eq!(value(2), [20, 10, 1 | 1002 << 32, 2, 2, 0, 0, 1]);
    assert_eq!(value(3), [30, 20, 2 | 1003 << 32, 0, 0, 0, 0, 0b11]);
}

#[test]
fn a_lineage_has_the_sets_of_all_ancestors_and_a_parent_if_there_is_one() {
    let all: BTreeMap<u32, Found> =
        [found(1, 0, "/usr/init"), found(2, 1, "/usr/bin/x"), found(3, 2, "/x")]
            .into_iter()
            .map(|one| (one.process.key.pid, one))
            .collect();
    let value = |pid: u32| words(&lineage_value(&all[&pid], &all, &manifest()));
    // LINE, PARENT and PARENT_LINE of four words each, HAS_PARENT
    assert_eq!(value(1), [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(value(2), [2, 2, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1]);
    assert_eq!(value(3), [2, 2, 0, 0, 2, 2, 0, 0, 2, 2, 0, 0, 1]);
}

#[test]
fn a_baseline_is_what_proc_shows_of_a_process() {
    let value = baseline_value(std::process::id()).unwrap();
    let inode = u32::from_le_bytes(value[8..12].try_into().unwrap());
    assert_eq!(Some(inode), namespace_inode(std::process::id(), "mnt"));
    assert_eq!(baseline_value(u32::MAX), None);
}

#[test]
fn a_cycle_of_parents_ends() {
    let all: BTreeMap<u32, Found> =
        [(7, found(7, 8, "/a")), (8, found(8, 7, "/b"))].into_iter().collect();
    assert_eq!(words(&map_value(&all[&7], &all, &manifest()))[7], 0);
}

#[test]
fn a_commands_name_may_hold_parentheses_and_spaces() {
    let text = "42 (a) b (c) S 7 42 42 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 1 0 500 1 1";
    let clock = Clock { from_monotonic: 0, suspended: 1_000_000_000 };
    let ticks = 1_000_000_000 / ticks_per_second();
    let start = 500 * ticks - 1_000_000_000;
    let start = start - start % 1_024;
    let expected = Stat { command: "a) b (c".into(), parent: 7, start };
    assert_eq!(Stat::parse(text, clock), Some(expected));
}

#[test]
fn a_damaged_stat_is_no_process() {
    for text in ["", "1", "1 (a", "1 (a) S", "1 (a) S x 1 1"] {
        assert_eq!(Stat::parse(text, Clock::default()), None, "{text}");
    }
}

#[test]
fn this_process_is_found_as_it_is() {
    let found = find(std::process::id(), crate::system::clock().unwrap()).unwrap();
    let executable = std::env::current_exe().unwrap();
    assert_eq!(found.executable, executable.into_os_string().into_vec());
    assert!(found.process.flags.contains(&Flag::ProcFs));
    assert!(scan(Clock::default()).contains_key(&std::process::id()));
}

#[test]
fn a_process_whose_name_is_not_utf8_is_found() {
    use std::os::unix::ffi::OsStrExt as _;
    let name = std::ffi::OsStr::from_bytes(b"writ-\xff-name");
    let link = std::env::temp_dir().join(name);
    let _ = fs::remove_file(&link);
    std::os::unix::fs::symlink("/bin/sleep", &link).unwrap();
    let mut child = std::process::Command::new(&link).arg("60").spawn().unwrap();
    let comm = fs::read(format!("/proc/{}/comm", child.id())).unwrap();
    let found = find(child.id(), Clock::default());
    child.kill().unwrap();
    child.wait().unwrap();
    fs::remove_file(&link).unwrap();
    assert_eq!(comm, b"writ-\xff-name\n");
    assert!(found.unwrap().executable.ends_with(b"/sleep"));
}

#[test]
fn a_namespace_is_its_inode_number() {
    assert_eq!(namespace_number("mnt:[4026531841]"), Some(4_026_531_841));
    for wrong in ["", "mnt:", "mnt:[x]", "mnt:[1"] {
        assert_eq!(namespace_number(wrong), None);
    }
}

use super::*;

const SHELL: Key = Key { pid: 10, start: 100 };
const CHILD: Key = Key { pid: 11, start: 200 };
const CHILD_RUNS: Key = Key { pid: 11, start: 250 };

fn running(key: Key, parent: Key, binary: &str) -> Process {
    let program = Program { binary: binary.to_owned(), ..Program::default() };
    Process { key, parent, program: Some(program), flags: vec![Flag::Execve] }
}

fn with_shell() -> ProcessCache {
    let mut cache = ProcessCache::new(DEFAULT_CAPACITY);
    cache.insert(running(SHELL, Key::KERNEL, "/bin/sh"));
    cache
}

fn binary(shown: &Shown) -> &str {
    shown.process.program.as_ref().map_or("", |program| program.binary.as_str())
}

#[test]
fn a_fork_runs_its_parents_program() {
    let mut cache = with_shell();
    cache.fork(CHILD, SHELL);
    let child = cache.find(CHILD).unwrap();
    assert_eq!(binary(&child), "/bin/sh");
    assert_eq!(child.process.flags, [Flag::Clone]);
    assert_eq!(cache.find(SHELL).unwrap().references, 2);
}

#[test]
fn after_a_fork_the_parent_of_an_exec_is_the_forker() {
    let mut cache = with_shell();
    cache.fork(CHILD, SHELL);
    let child = cache.execute(running(CHILD_RUNS, Key::KERNEL, "/bin/cat"));
    assert_eq!(child.process.parent, SHELL);
    assert_eq!(child.process.flags, [Flag::Execve, Flag::Clone]);
}

#[test]
fn without_a_fork_the_parent_of_an_exec_is_what_ran_before() {
    let mut cache = with_shell();
    let again = Key { pid: SHELL.pid, start: 300 };
    let process = cache.execute(running(again, Key::KERNEL, "/bin/cat"));
    assert_eq!(process.process.parent, SHELL);
    assert_eq!(process.process.flags, [Flag::Execve]);
}

#[test]
fn an_exec_of_an_unknown_process_keeps_the_parent_that_the_record_names() {
    let mut cache = with_shell();
    assert_eq!(cache.execute(running(CHILD, SHELL, "/bin/cat")).process.parent, SHELL);
}

#[test]
fn when_a_process_ends_its_parent_counts_as_before_the_fork() {
    let mut cache = with_shell();
    cache.fork(CHILD, SHELL);
    cache.execute(running(CHILD_RUNS, Key::KERNEL, "/bin/cat"));
    let again = Key { pid: CHILD.pid, start: 300 };
    cache.execute(running(again, Key::KERNEL, "/bin/tac"));
    assert_eq!(cache.find(SHELL).unwrap().references, 2);
    cache.exit(again, 400);
    assert_eq!(cache.find(SHELL).unwrap().references, 1);
}

#[test]
fn processes_that_were_found_count_for_their_parents_whatever_their_order() {
    let mut cache = ProcessCache::new(DEFAULT_CAPACITY);
    cache.insert_running(vec![
        running(CHILD, SHELL, "/bin/cat"),
        running(SHELL, Key::KERNEL, "/bin/sh"),
    ]);
    assert_eq!(cache.find(SHELL).unwrap().references, 2);
    cache.exit(CHILD, 300);
    assert_eq!(cache.find(SHELL).unwrap().references, 1);
}

#[test]
fn a_pid_that_is_used_again_is_not_the_one_that_ended() {
    let mut cache = with_shell();
    cache.exit(SHELL, 150);
    let second = Key { pid: SHELL.pid, start: 900 };
    let parent = Key { pid: 1, start: 5 };
    assert_eq!(cache.execute(running(second, parent, "/bin/ls")).process.parent, parent);
    assert_eq!(binary(&cache.find(SHELL).unwrap()), "/bin/sh");
}

#[test]
fn an_ended_process_is_found_for_a_while_and_then_forgotten() {
    let mut cache = with_shell();
    cache.fork(CHILD, SHELL);
    cache.exit(CHILD, 1_000);
    assert_eq!(cache.find(CHILD).unwrap().references, 0);
    assert_eq!(cache.find(SHELL).unwrap().references, 1);
    cache.exit(SHELL, 1_000 + KEEP_ENDED_NANOSECONDS);
    assert!(cache.find(CHILD).is_none());
    assert!(cache.find(SHELL).is_some());
}

#[test]
fn a_start_of_zero_finds_the_latest_process_of_the_pid() {
    let mut cache = with_shell();
    cache.execute(running(Key { pid: SHELL.pid, start: 300 }, SHELL, "/bin/cat"));
    assert_eq!(binary(&cache.find(Key { pid: SHELL.pid, start: 0 }).unwrap()), "/bin/cat");
}

#[test]
fn another_bundles_clock_reading_finds_the_same_process_and_a_distant_one_does_not() {
    let cache = with_shell();
    let late = Key { pid: SHELL.pid, start: SHELL.start + SAME_START_NANOSECONDS };
    assert_eq!(cache.find(late).unwrap().process.key, SHELL);
    assert!(cache.find(Key { start: late.start + 1, ..late }).is_none());
}

#[test]
fn the_cache_never_outgrows_its_capacity() {
    let mut cache = ProcessCache::new(64);
    for pid in 1..10_000 {
        cache.execute(running(Key { pid, start: u64::from(pid) }, Key::KERNEL, "/bin/x"));
        assert!(cache.len() <= 64);
    }
    assert!(cache.find(Key::KERNEL).is_some());
    assert!(cache.find(Key { pid: 9_999, start: 9_999 }).is_some());
}

#[test]
fn exits_and_execs_of_one_pid_over_and_over_stay_within_the_capacity() {
    let mut cache = ProcessCache::new(64);
    for start in 1..10_000 {
        cache.execute(running(Key { pid: 7, start }, Key::KERNEL, "/bin/x"));
        assert!(cache.len() <= 64 && cache.ended.len() <= 64);
    }
}

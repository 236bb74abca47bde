//! Differences between the embedded kernels.

use super::*;
use crate::kernel::embedded;

fn between(old: &str, new: &str) -> Vec<Difference> {
    differences(embedded::shared(old).unwrap(), embedded::shared(new).unwrap())
}

#[test]
fn a_kernel_does_not_differ_from_itself() {
    assert_eq!(between("6.1", "6.1"), []);
}

#[test]
fn what_is_known_to_have_changed_is_found() {
    let found = between("5.10", "6.1");
    let what = |hook: HookName| found.iter().find(|one| one.hook == hook).map(|one| &one.what);
    let Some(What::Changed { changes, .. }) = what(HookName::Function("vfs_unlink".into())) else {
        panic!("vfs_unlink");
    };
    let told: Vec<String> = changes.iter().map(Change::to_string).collect();
    assert_eq!(told, ["`struct user_namespace *mnt_userns` inserted at 0"]);
    assert!(matches!(what(HookName::Syscall("futex_waitv".into())), Some(What::Appeared(_))));
    assert!(what(HookName::Lsm("file_open".into())).is_none());
    assert!(what(HookName::Function("security_file_open".into())).is_none());
}

#[test]
fn the_way_back_undoes_each_difference() {
    let (there, back) = (between("6.1", "6.12"), between("6.12", "6.1"));
    assert_eq!(there.len(), back.len());
    for (there, back) in there.iter().zip(&back) {
        assert_eq!(there.hook, back.hook);
        let undone = match (&there.what, &back.what) {
            (What::Appeared(one), What::Vanished(other))
            | (What::Vanished(one), What::Appeared(other)) => one == other,
            (
                What::Changed { from, to, .. },
                What::Changed { from: to_back, to: from_back, .. },
            ) => from == from_back && to == to_back,
            (What::Traceable { now: one, .. }, What::Traceable { now: other, .. }) => one != other,
            (one, other) => panic!("{:?}: {one:?} and {other:?}", there.hook),
        };
        assert!(undone, "{:?}", there.hook);
    }
}

#[test]
fn some_hooks_differ_as_they_do_among_all() {
    let (old, new) = (embedded::shared("6.1").unwrap(), embedded::shared("6.12").unwrap());
    let all = differences(old, new);
    let one_in_fifty: Vec<&Difference> = all
        .iter()
        .step_by(50)
        // Of several functions of one name the first is taken where one is asked for alone.
        .filter(|one| match &one.hook {
            HookName::Function(name) => {
                [old, new].iter().all(|kernel| kernel.btf().functions_named(name).count() < 2)
            }
            HookName::Syscall(_)
            | HookName::Lsm(_)
            | HookName::Tracepoint(..)
            | HookName::RawTracepoint(_) => true,
        })
        .collect();
    let hooks = one_in_fifty.iter().map(|one| one.hook.clone()).collect();
    let some = differences_of(&hooks, old, new);
    assert_eq!(some.iter().collect::<Vec<_>>(), one_in_fifty);
}

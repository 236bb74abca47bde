//! In which order programs are attached: those of one tracepoint run in it.

use writ_bundle::{Attach, Program};

use super::Part;

/// The programs of one part, in the order of the manifest. Where policies look at processes that
/// end, these are forgotten after the policies have: what follows them is the policies' last.
pub(super) fn of_part(programs: &[Program], part: Part) -> Vec<&Program> {
    let is_policys = |program: &&Program| !program.hooks.is_empty();
    let (policies, tracking): (Vec<_>, Vec<_>) = programs.iter().partition(is_policys);
    let ends = |program: &&Program| is_at_end(&program.attach);
    let (late, early): (Vec<_>, Vec<_>) =
        tracking.into_iter().partition(|one| ends(one) && policies.iter().any(ends));
    match part {
        Part::ProcessTracking => early,
        Part::Policies => policies.into_iter().chain(late).collect(),
    }
}

/// Whether a program runs where a process ends.
fn is_at_end(attach: &Attach) -> bool {
    match attach {
        Attach::Tracepoint { event, .. }
        | Attach::RawTracepoint { event }
        | Attach::BtfTracepoint { event } => event == "sched_process_exit",
        Attach::Fentry { .. }
        | Attach::Fexit { .. }
        | Attach::FmodRet { .. }
        | Attach::Kprobe { .. }
        | Attach::Kretprobe { .. }
        | Attach::Kprobes { .. }
        | Attach::Kretprobes { .. }
        | Attach::KprobeMulti { .. }
        | Attach::KretprobeMulti { .. }
        | Attach::Lsm { .. }
        | Attach::Uprobe { .. }
        | Attach::Uretprobe { .. }
        | Attach::Usdt { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(name: &str, event: &str, hooks: &[u32]) -> Program {
        serde_json::from_value(serde_json::json!({
            "name": name, "attach": {"type": "btf-tracepoint", "event": event}, "reason": "",
            "hooks": hooks, "cost": {"instructions": 0, "linked_instructions": 0,
            "longest_path": 0, "stack": 0, "image_bytes": 0},
        }))
        .unwrap()
    }

    #[test]
    fn a_process_that_ends_is_forgotten_behind_the_policies_that_look_at_it() {
        let tracking = [
            program("exec", "sched_process_exec", &[]),
            program("exit", "sched_process_exit", &[]),
        ];
        let names = |programs: &[Program], part| -> Vec<String> {
            of_part(programs, part).into_iter().map(|one| one.name.clone()).collect()
        };
        for (event, first, last) in [
            ("sched_process_exit", vec!["exec"], vec!["policy", "exit"]),
            ("sched_process_exec", vec!["exec", "exit"], vec!["policy"]),
        ] {
            let programs = [&tracking[..], &[program("policy", event, &[0])]].concat();
            assert_eq!(names(&programs, Part::ProcessTracking), first);
            assert_eq!(names(&programs, Part::Policies), last);
        }
    }
}

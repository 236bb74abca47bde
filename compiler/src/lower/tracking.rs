//! The programs that follow processes, which every bundle has.

use writ_bundle::Attach;
use writ_bundle::record::exec;

use super::Sets;
use super::program::operation;
use crate::ids::{Arena, Id};
use crate::ir::{Block, Branch, Jump, OperationKind, Program, Role, Test, Value, ValueOrigin};
use crate::resolved::{Memory, Policy, Reader};
use crate::source::Span;

/// The programs for exec, fork and exit; none when there are no policies.
pub(super) fn programs(policies: &[Policy], sets: &Sets) -> Vec<Program> {
    let Some(span) = policies.first().map(|policy| policy.name_span) else { return Vec::new() };
    vec![exec(sets, span), fork(sets, span), exit(sets, span)]
}

/// Joins the new executable to each set that it is in.
fn exec(sets: &Sets, span: Span) -> Program {
    let mut values = Arena::default();
    let item = exec::EXECUTABLE;
    let origin = ValueOrigin::Executable;
    let (memory, reader) = (Memory::Either, Reader::File);
    let value = values.push(Value { span, origin, walk: None, memory, reader, item });
    let questions = (0..).zip(&sets.binary).map(|(number, set)| {
        let span = set.patterns.first().map_or(span, |pattern| pattern.span);
        let test = Test::Text { value, set: set.clone() };
        (span, test, OperationKind::JoinBinarySet { set: number })
    });
    let (blocks, entry) = joins(questions.collect(), finish(sets, OperationKind::FinishExec), span);
    tracking("track_exec", Role::Exec, "sched_process_exec", values, blocks, entry)
}

/// Joins the child to each set that its parent, the calling process, is listed in. What the parent
/// descends from, the child inherits without being asked.
fn fork(sets: &Sets, span: Span) -> Program {
    let questions = (0..).zip(&sets.follow).map(|(number, set)| {
        let test = Test::Pid { pids: set.pids.clone(), is_namespace_pid: set.namespace };
        (span, test, OperationKind::JoinFollowSet { set: number })
    });
    let (blocks, entry) = joins(questions.collect(), finish(sets, OperationKind::FinishFork), span);
    tracking("track_fork", Role::Fork, "sched_process_fork", Arena::default(), blocks, entry)
}

fn exit(sets: &Sets, span: Span) -> Program {
    let (blocks, entry) = joins(Vec::new(), finish(sets, OperationKind::FinishExit), span);
    tracking("track_exit", Role::Exit, "sched_process_exit", Arena::default(), blocks, entry)
}

/// What else is kept of each process, for whom it is asked, and `last`.
fn finish(sets: &Sets, last: OperationKind) -> Vec<OperationKind> {
    let lineage = sets.asks_lineage.then_some(OperationKind::FollowLineage);
    let baseline = sets.asks_baseline.then_some(OperationKind::FollowBaseline);
    lineage.into_iter().chain(baseline).chain([last]).collect()
}

/// Each question in turn, its operation where the answer is yes, and `last` at the end.
fn joins(
    questions: Vec<(Span, Test, OperationKind)>,
    last: Vec<OperationKind>,
    span: Span,
) -> (Arena<Block>, Id<Block>) {
    let mut blocks = Arena::default();
    let operations = last.into_iter().map(|kind| operation(span, kind)).collect();
    let mut next = blocks.push(Block { operations, jump: Jump::Finish });
    for (span, test, join) in questions.into_iter().rev() {
        let operations = vec![operation(span, join)];
        let yes = blocks.push(Block { operations, jump: Jump::To(next) });
        let branch = Branch { span, test, yes, no: next, unknown: next };
        next = blocks.push(Block { operations: Vec::new(), jump: Jump::Branch(branch) });
    }
    (blocks, next)
}

fn tracking(
    name: &str,
    role: Role,
    event: &str,
    values: Arena<Value>,
    blocks: Arena<Block>,
    entry: Id<Block>,
) -> Program {
    Program {
        name: name.to_owned(),
        role,
        attach: Attach::BtfTracepoint { event: event.to_owned() },
        reason: "BTF tracepoint: events and conditions refer to processes".to_owned(),
        needs: Vec::new(),
        hooks: Vec::new(),
        values,
        blocks,
        entry,
        span: None,
    }
}

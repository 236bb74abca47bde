//! What programs mean. Whatever else runs a program must agree with this.

mod answer;
mod event;
mod formula;
mod report;
mod sockets;

pub use event::{Event, KnownProcess, Parent, Process, Raw, Started};
pub use report::{Record, Shown, State};
pub use sockets::Owner;

use writ_bundle::UserPoint;

use super::{
    Block, HookFunction, Jump, Module, Operation, OperationKind, Pairing, Program, ReturnedTo, Role,
};
use crate::ids::Id;
use crate::resolved::{Acts, Assignment};
use answer::Answer;
use report::Call;

/// What a run of a program did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Records of hooks, in the order in which they were sent.
    pub records: Vec<Record>,
    /// Signals that were sent to the calling process, in order.
    pub signals: Vec<u32>,
    /// What was written to which arguments of a USDT probe, in order.
    pub writes: Vec<(u32, u32)>,
    /// What registers of the hooked program become, and where it goes on.
    pub redirects: Vec<(Vec<Assignment>, Option<UserPoint>)>,
    /// What the hooked call answers instead of running; `None` lets it run.
    pub verdict: Option<i32>,
    /// [`super::Role::Exec`]: the binary sets that the executable is in.
    pub binary_sets: Vec<u32>,
    /// [`super::Role::Fork`]: the follow sets that the child joins, besides those it inherits.
    pub follow_sets: Vec<u32>,
}

/// A run.
struct Run<'a> {
    program: &'a Program,
    module: &'a Module,
    event: &'a Event,
    state: &'a mut State,
    outcome: Outcome,
    /// Whom the next record is about, when that is not the caller.
    owner: Option<Owner>,
    /// Which function the entry of the call found that returned.
    awaited_function: u16,
}

/// What `program` of `module` does when `event` happens. `state` is what earlier events left behind.
///
/// The program must be one that [`super::verify`] accepts. A run begins at the program's entry and
/// does the operations of one block after another until it comes to [`Jump::Finish`].
pub fn interpret(program: &Program, module: &Module, event: &Event, state: &mut State) -> Outcome {
    let outcome = Outcome::default();
    let mut run = Run { program, module, event, state, outcome, owner: None, awaited_function: 0 };
    let mut here = Some(program.entry);
    // No block runs twice, since there are no cycles.
    for _ in 0..program.blocks.len() {
        let Some(block) = here else { break };
        here = run.block(&program.blocks[block]);
    }
    run.outcome
}

impl Run<'_> {
    /// Runs one block. The answer is where the run goes on.
    fn block(&mut self, block: &Block) -> Option<Id<Block>> {
        for operation in &block.operations {
            self.operation(operation);
        }
        match &block.jump {
            Jump::To(next) => Some(*next),
            Jump::Branch(branch) => Some(match self.answer(&branch.test) {
                Answer::Yes => branch.yes,
                Answer::No => branch.no,
                Answer::Unknown => branch.unknown,
            }),
            Jump::Returned { hook, function, pairing, selectors, otherwise } => {
                let to = self.returned((*hook, *function), *pairing, selectors);
                Some(to.unwrap_or(*otherwise))
            }
            Jump::Finish => None,
        }
    }

    fn operation(&mut self, operation: &Operation) {
        match &operation.kind {
            OperationKind::Post(report) => self.post(report),
            OperationKind::Signal { number } => self.outcome.signals.push(*number),
            OperationKind::Set { argument, value } => {
                self.outcome.writes.push((*argument, *value));
            }
            OperationKind::Redirect { registers, to } => {
                self.outcome.redirects.push((registers.clone(), to.clone()));
            }
            OperationKind::Deny { error } => self.deny(*error),
            OperationKind::Track { policy, socket, action } => {
                self.track(*policy, *socket, *action);
            }
            OperationKind::Await { hook, function, pairing } => {
                self.awaits((*hook, *function), *pairing, ReturnedTo::UNTOLD);
            }
            OperationKind::Cancel { hook, function } => self.cancel(*hook, *function),
            OperationKind::Notify { policy, error, signal } => {
                let thread = (self.event.process.tid, *policy);
                self.state.notified.insert(thread, (*error, *signal));
            }
            OperationKind::Forget { policy } => self.forget(*policy),
            OperationKind::Enforce { policy, acts } => self.enforce(*policy, *acts),
            OperationKind::JoinBinarySet { set } => self.outcome.binary_sets.push(*set),
            OperationKind::JoinFollowSet { set } => self.outcome.follow_sets.push(*set),
            // The run has no say in what these store and send.
            OperationKind::FollowLineage
            | OperationKind::FollowBaseline
            | OperationKind::FinishExec
            | OperationKind::FinishFork
            | OperationKind::FinishExit => {}
        }
    }

    fn forget(&mut self, policy: u32) {
        self.state.notified.remove(&(self.event.process.tid, policy));
    }

    fn enforce(&mut self, policy: u32, acts: Acts) {
        let thread = (self.event.process.tid, policy);
        let Some((error, signal)) = self.state.notified.remove(&thread) else { return };
        if signal != 0 {
            self.outcome.signals.push(signal);
        }
        if error != 0 && acts == Acts::FailsAndSignals {
            self.deny(error);
        }
    }

    /// The first verdict stands, but one that pretends success gives way to a real one.
    fn deny(&mut self, error: i32) {
        if matches!(self.outcome.verdict, None | Some(0)) {
            self.outcome.verdict = Some(error);
        }
    }

    /// Where the return of `hook` goes on, if it was awaited. It no longer is, afterwards.
    fn returned(
        &mut self,
        (hook, function): (u32, HookFunction),
        pairing: Pairing,
        selectors: &[ReturnedTo],
    ) -> Option<Id<Block>> {
        let call = self.call(hook, function, pairing);
        let awaited = self.state.pending.remove(&call)?;
        self.owner = awaited.owner;
        self.awaited_function = awaited.function;
        selectors.iter().find(|to| to.selector == awaited.selector).map(|to| to.block)
    }

    /// What tells a call from others.
    fn call(&self, hook: u32, function: HookFunction, pairing: Pairing) -> Call {
        let function = match function {
            HookFunction::Only | HookFunction::ByCookie => self.function(function),
            // Where it is left, nothing but its entry tells which call it is.
            HookFunction::ByCall { .. } => 0,
        };
        let frame = match pairing {
            Pairing::ByFrame => self.event.frame,
            Pairing::Last => 0,
        };
        Call { thread: self.event.process.tid, hook, function, frame }
    }

    /// Which function of a list serves the system call that is entered.
    fn listed(&self, list: u32) -> Option<u16> {
        self.module.call_lists.get(list as usize)?.place(self.event.call)
    }

    /// Which function of a hook was hit.
    fn function(&self, function: HookFunction) -> u16 {
        match function {
            HookFunction::Only => 0,
            HookFunction::ByCookie => self.event.cookie,
            HookFunction::ByCall { list } => match self.program.role {
                Role::Return => self.awaited_function,
                Role::Entry | Role::Enforce | Role::Exec | Role::Fork | Role::Exit => {
                    self.listed(list).unwrap_or(0)
                }
            },
        }
    }
}

//! One program as instructions: blocks in order, each with what is certain where it begins.

use std::collections::{BTreeMap, BTreeSet};

use writ_bundle::Attach;

use super::context::{self, Place};
use super::early::{self, Early, Places};
use super::emitter::Emitter;
use super::facts::{self, Fact};
use super::library::{self, Flavour};
use super::limits::Refusal;
use super::registers::{CONTEXT, CURRENT, FRAME, KEPT, RESULT, SCRATCH};
use super::stack::{Frame, Slot};
use super::state::{Done, State};
use super::text::{self, Names, Tables};
use crate::diagnostic::Defect;
use crate::ids::Id;
use crate::ir::{
    Block, Branch, HookFunction, Jump, OperationKind, Pairing, Program, ReturnedTo, Role, Test,
    Value, ValueOrigin,
};
use crate::machine::{Arithmetic, Comparison, Instruction, Label, Register, Size};
use crate::resolved::Acts;
use crate::source::Span;

/// A program being turned into instructions.
#[derive(Debug)]
pub(super) struct Coder<'a> {
    pub program: &'a Program,
    pub flavour: Flavour,
    pub emitter: Emitter,
    pub frame: Frame,
    /// What is certain where the next instruction will stand.
    pub state: State,
    /// Facts that are kept when they are known.
    pub shared: &'a BTreeSet<Fact>,
    /// What rules a value out before it is read.
    pub names: &'a BTreeMap<Id<Value>, Vec<Names>>,
    pub tables: &'a mut Tables,
    /// A value that the program does not have at hand.
    pub defect: Option<Defect>,
    /// In how many places a located value is read.
    pub places: BTreeMap<Id<Value>, Places>,
    pub target: Target,
    early: &'a BTreeMap<Id<Value>, Early>,
    zeroed: &'a BTreeSet<Zeroed>,
    to_zero: BTreeSet<Zeroed>,
    labels: BTreeMap<Id<Block>, Label>,
    incoming: BTreeMap<Id<Block>, State>,
    exit: Label,
}

/// Something that must be 0 until it is written, since the program asks whether it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Zeroed {
    Scratch,
    Slot(Slot),
}

/// What programs are made of on the target kernel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    /// The routine that acquires a scratch area.
    pub acquire: &'static str,
    pub place: PlaceNumber,
    pub multi: MultiStack,
}

/// What programs of kprobe.multi take for the stack pointer when a function returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MultiStack {
    /// What the function has left.
    Function,
    /// Nothing tells what.
    Unknown,
}

/// How a program learns which of its places was hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlaceNumber {
    /// It is told.
    Cookie,
    /// The loader writes it into the program.
    Written,
}

/// A program without its name and place.
#[derive(Debug)]
pub(super) struct Coded {
    pub emitter: Emitter,
    pub frame: Frame,
}

/// Turns `program` into instructions.
///
/// It is done several times: the first shows what is better read at the start, the next what must be
/// zero there.
///
/// # Errors
///
/// When the program keeps more than there is room for, or asks for a value that is not there, which
/// [`crate::ir::verify`] excludes.
pub(super) fn code(
    program: &Program,
    target: Target,
    tables: &mut Tables,
) -> Result<Coded, Refusal> {
    let shared = facts::shared(program);
    let names = text::names(program, Flavour::of(&program.attach));
    let run = |early: &BTreeMap<_, _>, zeroed: &BTreeSet<_>, tables: &mut Tables| {
        let mut coder = Coder::new(program, target, (&shared, &names), (early, zeroed), tables);
        coder.run();
        let Coder { emitter, frame, defect, places, to_zero, .. } = coder;
        (Ran { emitter, frame, defect }, places, to_zero)
    };
    let (none, nothing) = (BTreeMap::new(), BTreeSet::new());
    let (_, places, mut zeroed) = run(&none, &nothing, tables);
    let early = early::early(program, &places);
    if !early.is_empty() {
        (_, _, zeroed) = run(&early, &nothing, tables);
    }
    let (Ran { emitter, frame, defect }, ..) = run(&early, &zeroed, tables);
    frame.check()?;
    match defect {
        Some(defect) => Err(Refusal::Defect(defect)),
        None => Ok(Coded { emitter, frame }),
    }
}

/// What a run left that counts in the end.
struct Ran {
    emitter: Emitter,
    frame: Frame,
    defect: Option<Defect>,
}

impl<'a> Coder<'a> {
    fn new(
        program: &'a Program,
        target: Target,
        (shared, names): (&'a BTreeSet<Fact>, &'a BTreeMap<Id<Value>, Vec<Names>>),
        (early, zeroed): (&'a BTreeMap<Id<Value>, Early>, &'a BTreeSet<Zeroed>),
        tables: &'a mut Tables,
    ) -> Self {
        let mut emitter = Emitter::default();
        let exit = emitter.label();
        Self {
            program,
            flavour: Flavour::of(&program.attach),
            emitter,
            frame: Frame::default(),
            state: State::default(),
            shared,
            names,
            tables,
            defect: None,
            places: BTreeMap::new(),
            target,
            early,
            zeroed,
            to_zero: BTreeSet::new(),
            labels: BTreeMap::new(),
            incoming: BTreeMap::new(),
            exit,
        }
    }

    fn run(&mut self) {
        self.emitter.origin = self.program.span;
        self.begin();
        for (value, when) in self.early {
            self.read_early(*value, *when);
        }
        self.leads_to(self.program.entry);
        for block in self.program.order() {
            let label = self.label(block);
            self.emitter.place(label);
            self.state = self.incoming.get(&block).cloned().unwrap_or_default();
            self.block(&self.program.blocks[block]);
        }
        self.emitter.origin = self.program.span;
        self.emitter.place(self.exit);
        self.end();
    }

    /// Saves the context and zeroes what must be zero.
    fn begin(&mut self) {
        self.emitter.copy(CONTEXT, Register::R1);
        if self.zeroed.contains(&Zeroed::Scratch) {
            self.emitter.constant(SCRATCH, 0);
        }
        let slots: Vec<Slot> = self.zeroed.iter().filter_map(|zeroed| zeroed.slot()).collect();
        if !slots.is_empty() {
            // From a register, not as an immediate: kernels before 6.8 forget the value of the
            // latter (`check_stack_write_fixed_off`).
            self.emitter.constant(RESULT, 0);
        }
        for slot in slots {
            let offset = self.frame.offset(slot);
            self.emitter.store(Size::Double, FRAME, offset, RESULT);
        }
        if self.denies() {
            let none = if self.overrides() { NO_VERDICT } else { 0 };
            let offset = self.frame.offset(Slot::Verdict);
            self.emitter.constant(RESULT, none);
            self.emitter.store(Size::Double, FRAME, offset, RESULT);
        }
        self.begin_usdt();
        match self.program.role {
            Role::Exec => self.begin_exec(),
            Role::Fork => self.emitter.constant(CURRENT, 0),
            Role::Entry | Role::Return | Role::Enforce | Role::Exit => {}
        }
    }

    /// Answers with the verdict. All 64 bits count: a system call's result is a `long`, and of
    /// `fmod_ret` the kernel takes what stands in the register.
    ///
    /// The verdict that an LSM program of another bundle left needs no care: the trampoline runs the
    /// next program only when the one before answered 0 (`invoke_bpf_mod_ret` in
    /// `arch/x86/net/bpf_jit_comp.c`).
    fn end(&mut self) {
        if !self.denies() {
            self.emitter.constant(RESULT, 0);
            return self.emitter.emit(Instruction::Exit);
        }
        let offset = self.frame.offset(Slot::Verdict);
        if self.overrides() {
            let done = self.emitter.label();
            self.emitter.load(Size::Double, Register::R2, FRAME, offset);
            self.emitter.jump_if_number(
                Register::R2,
                Comparison::Equal,
                NO_VERDICT,
                Register::R1,
                done,
            );
            self.emitter.copy(Register::R1, CONTEXT);
            self.emitter.call_helper(library::OVERRIDE_RETURN);
            self.emitter.place(done);
            self.emitter.constant(RESULT, 0);
        } else {
            self.emitter.load(Size::Double, RESULT, FRAME, offset);
        }
        self.emitter.emit(Instruction::Exit);
    }

    fn block(&mut self, block: &'a Block) {
        for operation in &block.operations {
            self.at(operation.span);
            self.operation(&operation.kind);
        }
        match &block.jump {
            Jump::To(next) => self.go_to(*next),
            Jump::Branch(branch) => self.branch(branch),
            Jump::Returned { hook, function, pairing, selectors, otherwise } => {
                self.returned((*hook, *function, *pairing), selectors, *otherwise);
            }
            Jump::Finish => self.finish(),
        }
    }

    /// Instructions serve `span` from here on. Process tracking serves no text but that of its sets.
    fn at(&mut self, span: Span) {
        self.emitter.origin = Some(span);
    }

    fn operation(&mut self, kind: &OperationKind) {
        match kind {
            OperationKind::Post(report) => self.post(report),
            OperationKind::Cancel { hook, function } => self.cancel(*hook, *function),
            OperationKind::Signal { number } => {
                self.emitter.constant(Register::R1, u64::from(*number));
                self.emitter.call_helper(library::SEND_SIGNAL);
            }
            OperationKind::Set { argument, value } => self.set(*argument, *value),
            OperationKind::Redirect { registers, to } => self.redirect(registers, to.as_ref()),
            OperationKind::Deny { error } => self.deny(*error),
            OperationKind::Notify { policy, error, signal } => {
                self.emitter.constant(Register::R1, u64::from(*policy));
                self.emitter.constant(Register::R2, i64::from(*error).cast_unsigned());
                self.emitter.constant(Register::R3, u64::from(*signal));
                self.emitter.call("writ_notify_enforcer");
            }
            OperationKind::Forget { policy } => {
                self.emitter.constant(Register::R1, u64::from(*policy));
                self.emitter.call("writ_forget_notification");
            }
            OperationKind::Enforce { policy, acts } => self.enforce(*policy, *acts),
            OperationKind::Track { policy, socket, action } => {
                self.track(*policy, *socket, *action);
            }
            OperationKind::Await { hook, function, pairing } => {
                self.await_untold(*hook, *function, *pairing);
            }
            OperationKind::JoinBinarySet { set } => self.join_binary_set(*set),
            OperationKind::JoinFollowSet { set } => self.join_follow_set(*set),
            OperationKind::FollowLineage => self.keep_up("lineage"),
            OperationKind::FollowBaseline => self.keep_up("baseline"),
            OperationKind::FinishExec => self.finish_exec(),
            OperationKind::FinishFork => self.finish_fork(),
            OperationKind::FinishExit => self.finish_exit(),
        }
    }

    /// Does what a notification says, if there is one.
    fn enforce(&mut self, policy: u32, acts: Acts) {
        let done = self.emitter.label();
        let signalled = self.emitter.label();
        self.emitter.constant(Register::R1, u64::from(policy));
        self.emitter.call("writ_take_notification");
        self.emitter.jump_if(RESULT, Comparison::Equal, 0, done);
        self.emitter.copy(KEPT, RESULT);
        self.emitter.copy(Register::R1, RESULT);
        self.emitter.arithmetic(Arithmetic::ShiftRight, Register::R1, 32);
        self.emitter.jump_if(Register::R1, Comparison::Equal, 0, signalled);
        self.emitter.call_helper(library::SEND_SIGNAL);
        self.emitter.place(signalled);
        if acts == Acts::FailsAndSignals {
            let offset = self.frame.offset(Slot::Verdict);
            self.emitter.arithmetic(Arithmetic::ShiftLeft, KEPT, 32);
            self.emitter.arithmetic(Arithmetic::ShiftRightSigned, KEPT, 32);
            // No other error was ever notified, but newer kernels want to see that it is one
            // (`check_return_code` in `kernel/bpf/verifier.c`).
            self.emitter.jump_if(KEPT, Comparison::SignedGreaterOrEqual, 0, done);
            self.emitter.jump_if(KEPT, Comparison::SignedLess, -4095, done);
            self.emitter.load(Size::Double, RESULT, FRAME, offset);
            self.emitter.jump_if(RESULT, Comparison::SignedLess, 0, done);
            self.emitter.store(Size::Double, FRAME, offset, KEPT);
        }
        self.emitter.place(done);
    }

    /// Keeps the verdict, unless an error stands already.
    fn deny(&mut self, error: i32) {
        let offset = self.frame.offset(Slot::Verdict);
        let stands = self.emitter.label();
        self.emitter.load(Size::Double, RESULT, FRAME, offset);
        self.emitter.jump_if(RESULT, Comparison::SignedLess, 0, stands);
        self.emitter.constant(RESULT, i64::from(error).cast_unsigned());
        self.emitter.store(Size::Double, FRAME, offset, RESULT);
        self.emitter.place(stands);
    }

    fn branch(&mut self, branch: &Branch) {
        self.at(branch.span);
        let [yes, no, unknown] =
            [branch.yes, branch.no, branch.unknown].map(|block| self.label(block));
        if let Test::Text { value, set: _ } = &branch.test {
            self.rule_out(*value, branch.no);
        }
        self.test(&branch.test, yes, no, unknown);
        self.leads_to(branch.yes);
        self.leads_to(branch.no);
        // Where a value could not be read, nothing is in its register.
        self.state.current = None;
        self.leads_to(branch.unknown);
    }

    fn returned(
        &mut self,
        (hook, function, pairing): (u32, HookFunction, Pairing),
        selectors: &[ReturnedTo],
        otherwise: Id<Block>,
    ) {
        self.scratch();
        self.frame_of_return(pairing);
        self.call_word(hook, function);
        self.emitter.copy(Register::R1, SCRATCH);
        self.emitter.call("writ_return");
        if self.wants_saved() {
            self.emitter.copy(KEPT, RESULT);
            self.call_word(hook, function);
            self.emitter.copy(Register::R1, SCRATCH);
            self.emitter.call("writ_restore");
            self.emitter.copy(RESULT, KEPT);
        }
        for to in selectors {
            let label = self.label(to.block);
            let selector = i32::from(to.selector);
            self.emitter.jump_if(RESULT, Comparison::Equal, selector, label);
            self.leads_to(to.block);
        }
        self.go_to(otherwise);
    }

    /// Whether any value is read from a parameter that the entry kept.
    fn wants_saved(&self) -> bool {
        let is_saved = |value: &Value| match value.origin {
            ValueOrigin::Hook(origin) => {
                let place = context::place(&self.program.attach, origin);
                matches!(place, Some(Place::Saved { .. }))
            }
            ValueOrigin::Executable => false,
        };
        self.program.values.iter().any(|(_, value)| is_saved(value))
    }

    /// Leaves the program. What is acquired is released on every way out.
    fn finish(&mut self) {
        match self.state.scratch {
            Done::Never => {}
            Done::Surely => self.release(),
            Done::Maybe => {
                self.to_zero.insert(Zeroed::Scratch);
                self.emitter.jump_if(SCRATCH, Comparison::Equal, 0, self.exit);
                self.release();
            }
        }
        self.emitter.jump(self.exit);
    }

    fn release(&mut self) {
        self.emitter.copy(Register::R1, SCRATCH);
        self.emitter.call("writ_scratch_release");
    }

    /// Sees to it that a scratch area is acquired. When none is free the run ends here: the routine
    /// has counted it.
    pub(super) fn scratch(&mut self) {
        let acquired = self.emitter.label();
        match self.state.scratch {
            Done::Surely => return,
            Done::Never => {}
            Done::Maybe => {
                self.to_zero.insert(Zeroed::Scratch);
                self.emitter.jump_if(SCRATCH, Comparison::NotEqual, 0, acquired);
            }
        }
        self.emitter.call(self.target.acquire);
        self.emitter.jump_if(RESULT, Comparison::Equal, 0, self.exit);
        self.emitter.copy(SCRATCH, RESULT);
        self.emitter.place(acquired);
        self.state.scratch = Done::Surely;
    }

    /// The slot must be 0 until something is stored there.
    pub(super) fn must_be_zeroed(&mut self, slot: Slot) {
        self.to_zero.insert(Zeroed::Slot(slot));
    }

    /// Whether the program asks somewhere if something was stored in `slot`.
    pub(super) fn is_asked(&self, slot: Slot) -> bool {
        self.zeroed.contains(&Zeroed::Slot(slot))
    }

    pub(super) fn label(&mut self, block: Id<Block>) -> Label {
        let emitter = &mut self.emitter;
        *self.labels.entry(block).or_insert_with(|| emitter.label())
    }

    fn go_to(&mut self, block: Id<Block>) {
        let label = self.label(block);
        self.emitter.jump(label);
        self.leads_to(block);
    }

    /// A way leads from here to `block`.
    pub(super) fn leads_to(&mut self, block: Id<Block>) {
        let met = match self.incoming.get(&block) {
            Some(known) => known.meet(&self.state),
            None => self.state.clone(),
        };
        self.incoming.insert(block, met);
    }

    /// Whether any operation leaves a verdict.
    fn denies(&self) -> bool {
        self.program.blocks.iter().any(|(_, block)| {
            block.operations.iter().any(|one| {
                matches!(
                    one.kind,
                    OperationKind::Deny { .. }
                        | OperationKind::Enforce { acts: Acts::FailsAndSignals, .. }
                )
            })
        })
    }

    /// Whether the verdict is carried out by helper, not by the program's answer.
    fn overrides(&self) -> bool {
        matches!(self.program.attach, Attach::Kprobe { .. })
    }
}

/// What no verdict can be.
const NO_VERDICT: u64 = 1;

impl Zeroed {
    fn slot(self) -> Option<Slot> {
        match self {
            Self::Scratch => None,
            Self::Slot(slot) => Some(slot),
        }
    }
}

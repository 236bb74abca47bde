//! Emits instructions, each for the text it serves, and turns jumps so that fewer are needed.

use crate::diagnostic::Defect;
use crate::machine::{
    Arithmetic, AssembleError, Assembler, Code, Comparison, Helper, Instruction, Label, Operand,
    Register, Size, Width,
};
use crate::source::Span;

/// Code in the making, with the jumps at its end held back until it is known what follows them.
#[derive(Debug, Default)]
pub(super) struct Emitter {
    /// The text that instructions serve from here on.
    pub origin: Option<Span>,
    assembler: Assembler,
    question: Option<Held>,
    jump: Option<(Label, Option<Span>)>,
}

/// A conditional jump that was not emitted yet.
#[derive(Debug, Clone, Copy)]
struct Held {
    width: Width,
    left: Register,
    comparison: Comparison,
    right: Operand,
    target: Label,
    origin: Option<Span>,
}

impl Emitter {
    pub(super) fn label(&mut self) -> Label {
        self.assembler.label()
    }

    /// Says that `label` stands here. A jump to it that comes right before is left out, and
    /// "if A jump here; jump there" becomes "if not A jump there".
    pub(super) fn place(&mut self, label: Label) {
        if self.jump.is_some_and(|(target, _)| target == label) {
            self.jump = None;
        }
        if let (Some(held), Some((there, _))) = (self.question, self.jump)
            && held.target == label
            && let Some(comparison) = held.comparison.opposite()
        {
            self.question = Some(Held { comparison, target: there, ..held });
            self.jump = None;
        }
        if self.jump.is_none() && self.question.is_some_and(|held| held.target == label) {
            self.question = None;
        }
        self.flush();
        self.assembler.place(label);
    }

    pub(super) fn emit(&mut self, instruction: Instruction) {
        self.flush();
        self.assembler.emit(instruction, self.origin);
    }

    pub(super) fn jump(&mut self, target: Label) {
        // After a jump nothing runs until a label stands.
        if self.jump.is_none() {
            self.jump = Some((target, self.origin));
        }
    }

    pub(super) fn jump_if(
        &mut self,
        left: Register,
        comparison: Comparison,
        right: impl Into<Operand>,
        target: Label,
    ) {
        self.flush();
        let (width, right, origin) = (Width::Bits64, right.into(), self.origin);
        self.question = Some(Held { width, left, comparison, right, target, origin });
    }

    /// Compares `left` with a number of any size; what does not fit in an immediate goes through
    /// `spare`.
    pub(super) fn jump_if_number(
        &mut self,
        left: Register,
        comparison: Comparison,
        number: u64,
        spare: Register,
        target: Label,
    ) {
        if let Some(immediate) = immediate(comparison, number) {
            return self.jump_if(left, comparison, immediate, target);
        }
        self.constant(spare, number);
        self.jump_if(left, comparison, spare, target);
    }

    pub(super) fn constant(&mut self, to: Register, value: u64) {
        self.emit(Instruction::constant(to, value));
    }

    pub(super) fn copy(&mut self, to: Register, from: Register) {
        self.emit(Instruction::copy(to, from));
    }

    pub(super) fn arithmetic(
        &mut self,
        operation: Arithmetic,
        to: Register,
        by: impl Into<Operand>,
    ) {
        self.emit(Instruction::arithmetic(operation, to, by));
    }

    /// `to` becomes its own lower bytes, with or without sign.
    pub(super) fn sign_extend(&mut self, to: Register, from: Size) {
        self.flush();
        self.assembler.sign_extend(to, from, self.origin);
    }

    pub(super) fn load(&mut self, size: Size, to: Register, base: Register, offset: i16) {
        self.emit(Instruction::Load { size, to, base, offset });
    }

    pub(super) fn store(
        &mut self,
        size: Size,
        base: Register,
        offset: i16,
        from: impl Into<Operand>,
    ) {
        self.emit(Instruction::Store { size, base, offset, from: from.into() });
    }

    pub(super) fn call(&mut self, routine: impl Into<String>) {
        self.emit(Instruction::CallRoutine { name: routine.into() });
    }

    pub(super) fn call_helper(&mut self, helper: Helper) {
        self.emit(Instruction::CallHelper { helper });
    }

    pub(super) fn finish(mut self) -> Result<Code, AssembleError> {
        self.flush();
        self.assembler.finish()
    }

    fn flush(&mut self) {
        if let Some(held) = self.question.take() {
            let Held { width, left, comparison, right, target, origin } = held;
            let instruction = Instruction::JumpIf { width, left, comparison, right, target };
            self.assembler.emit(instruction, origin);
        }
        if let Some((target, origin)) = self.jump.take() {
            self.assembler.emit(Instruction::Jump { target }, origin);
        }
    }
}

/// The immediate that stands for `number`, if there is one. Immediates are sign-extended, also where
/// the comparison is unsigned; that is so little known that some eBPF machines do it otherwise, so
/// such comparisons get no negative ones.
fn immediate(comparison: Comparison, number: u64) -> Option<i32> {
    let immediate = i32::try_from(number.cast_signed()).ok()?;
    let extends_alike = match comparison {
        Comparison::SignedGreater
        | Comparison::SignedGreaterOrEqual
        | Comparison::SignedLess
        | Comparison::SignedLessOrEqual => true,
        Comparison::Equal
        | Comparison::NotEqual
        | Comparison::Greater
        | Comparison::GreaterOrEqual
        | Comparison::Less
        | Comparison::LessOrEqual
        | Comparison::AnyBitSet => immediate >= 0,
    };
    extends_alike.then_some(immediate)
}

/// What cannot be assembled for another reason than its size is a mistake of ours.
pub(super) fn defect(program: &str, error: AssembleError) -> Defect {
    Defect(format!("program `{program}`: {error}"))
}

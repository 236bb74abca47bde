//! Formulas: numbers are computed in the result register, questions are answered by jumps.

use super::coder::Coder;
use super::registers::{CURRENT, FRAME, RESULT};
use super::stack::Slot;
use crate::ids::Id;
use crate::ir::Value;
use crate::machine::{Arithmetic, Comparison, Instruction, Label, Register, Size, Width};
use crate::policy::cel::{BinaryOperator, UnaryOperator};
use crate::resolved::cel::{BitOperator, Formula, FormulaKind, Type};

/// A formula of a program.
type Part = Formula<Id<Value>>;

/// The right operand of what is computed or compared.
const RIGHT: Register = Register::R1;

/// Whatever else is needed on the way.
const SPARE: Register = Register::R2;

/// Where answers lead.
#[derive(Debug, Clone, Copy)]
struct Ways {
    yes: Label,
    no: Label,
    unknown: Label,
}

impl Coder<'_> {
    /// Goes on at one of the labels, as the formula says. All values are read before anything is
    /// asked: one that cannot be read leaves the whole formula without answer.
    pub(super) fn formula(&mut self, formula: &Part, yes: Label, no: Label, unknown: Label) {
        let mut values: Vec<Id<Value>> = formula.arguments().into_iter().copied().collect();
        values.sort_unstable();
        values.dedup();
        for value in values {
            self.integer(value, unknown);
            let offset = self.frame.offset(Slot::Operand(value));
            self.emitter.store(Size::Double, FRAME, offset, CURRENT);
        }
        self.question(formula, 0, Ways { yes, no, unknown });
    }

    /// `depth` results of other parts are kept meanwhile.
    fn question(&mut self, formula: &Part, depth: u16, ways: Ways) {
        match &formula.kind {
            FormulaKind::Boolean(true) => self.emitter.jump(ways.yes),
            FormulaKind::Boolean(false) => self.emitter.jump(ways.no),
            FormulaKind::Unary { operator: UnaryOperator::Not, operand } => {
                let opposite = Ways { yes: ways.no, no: ways.yes, ..ways };
                self.question(operand, depth, opposite);
            }
            FormulaKind::Binary { operator: BinaryOperator::And, left, right } => {
                let both = self.emitter.label();
                self.question(left, depth, Ways { yes: both, ..ways });
                self.emitter.place(both);
                self.question(right, depth, ways);
            }
            FormulaKind::Binary { operator: BinaryOperator::Or, left, right } => {
                let other = self.emitter.label();
                self.question(left, depth, Ways { no: other, ..ways });
                self.emitter.place(other);
                self.question(right, depth, ways);
            }
            FormulaKind::Binary { operator, left, right } => {
                self.operands(left, right, depth, ways.unknown);
                if let Some(comparison) = comparison(*operator, left.type_) {
                    self.emitter.jump_if(RESULT, comparison, RIGHT, ways.yes);
                }
                self.emitter.jump(ways.no);
            }
            FormulaKind::Unary { .. }
            | FormulaKind::Argument(_)
            | FormulaKind::Number(_)
            | FormulaKind::Narrow(_)
            | FormulaKind::Bits { .. }
            | FormulaKind::Complement(_) => self.not_there(formula),
        }
    }

    /// Brings `left` into the result register and `right` into [`RIGHT`].
    fn operands(&mut self, left: &Part, right: &Part, depth: u16, unknown: Label) {
        if let FormulaKind::Number(number) = right.kind {
            self.compute(left, depth, unknown);
            return self.emitter.constant(RIGHT, extended(number, right.type_));
        }
        let offset = self.frame.offset(Slot::Computed(depth));
        self.compute(left, depth, unknown);
        self.emitter.store(Size::Double, FRAME, offset, RESULT);
        self.compute(right, depth.saturating_add(1), unknown);
        self.emitter.copy(RIGHT, RESULT);
        self.emitter.load(Size::Double, RESULT, FRAME, offset);
    }

    /// Brings what a part gives into the result register: a number as 64 bits, with its sign if its
    /// type has one; a question as 1 or 0.
    fn compute(&mut self, formula: &Part, depth: u16, unknown: Label) {
        let type_ = formula.type_;
        match &formula.kind {
            _ if type_ == Type::Boolean => self.compute_answer(formula, depth, unknown),
            FormulaKind::Argument(value) => {
                let offset = self.frame.offset(Slot::Operand(*value));
                self.emitter.load(Size::Double, RESULT, FRAME, offset);
                self.cut(type_);
            }
            FormulaKind::Number(number) => self.emitter.constant(RESULT, extended(*number, type_)),
            FormulaKind::Unary { operator: UnaryOperator::Negate, operand } => {
                self.compute(operand, depth, unknown);
                self.emitter.copy(RIGHT, RESULT);
                self.emitter.constant(RESULT, 0);
                self.add_or_subtract(BinaryOperator::Subtract, type_, unknown);
            }
            FormulaKind::Binary { operator, left, right } => {
                self.operands(left, right, depth, unknown);
                self.add_or_subtract(*operator, type_, unknown);
            }
            FormulaKind::Bits { operator, left, right } => {
                self.operands(left, right, depth, unknown);
                // Bits above the type's are alike in both operands' extensions.
                let operation = match operator {
                    BitOperator::And => Arithmetic::And,
                    BitOperator::Or => Arithmetic::Or,
                    BitOperator::Xor => Arithmetic::Xor,
                };
                self.emitter.arithmetic(operation, RESULT, RIGHT);
            }
            FormulaKind::Complement(inner) => {
                self.compute(inner, depth, unknown);
                self.emitter.arithmetic(Arithmetic::Xor, RESULT, -1);
                self.cut(type_);
            }
            FormulaKind::Narrow(inner) => {
                self.compute(inner, depth, unknown);
                self.cut(type_);
            }
            FormulaKind::Boolean(_) | FormulaKind::Unary { operator: UnaryOperator::Not, .. } => {
                self.not_there(formula);
            }
        }
    }

    fn compute_answer(&mut self, formula: &Part, depth: u16, unknown: Label) {
        let (yes, no) = (self.emitter.label(), self.emitter.label());
        let done = self.emitter.label();
        self.question(formula, depth, Ways { yes, no, unknown });
        self.emitter.place(no);
        self.emitter.constant(RESULT, 0);
        self.emitter.jump(done);
        self.emitter.place(yes);
        self.emitter.constant(RESULT, 1);
        self.emitter.place(done);
    }

    /// Adds [`RIGHT`] to the result, or takes it away. What does not fit in 64 bits has no answer.
    fn add_or_subtract(&mut self, operator: BinaryOperator, type_: Type, unknown: Label) {
        let is_sum = operator == BinaryOperator::Add;
        let operation = if is_sum { Arithmetic::Add } else { Arithmetic::Subtract };
        match type_ {
            Type::Unsigned64 if is_sum => {
                self.emitter.arithmetic(operation, RESULT, RIGHT);
                self.emitter.jump_if(RESULT, Comparison::Less, RIGHT, unknown);
            }
            Type::Unsigned64 => {
                self.emitter.jump_if(RESULT, Comparison::Less, RIGHT, unknown);
                self.emitter.arithmetic(operation, RESULT, RIGHT);
            }
            Type::Signed64 => {
                // The sign is wrong when it differs from the left operand's although that and the
                // right one should have kept it: where they have the same sign in a sum, and where
                // they have not in a difference.
                self.emitter.copy(SPARE, RESULT);
                self.emitter.arithmetic(operation, RESULT, RIGHT);
                self.emitter.arithmetic(Arithmetic::Xor, RIGHT, SPARE);
                if is_sum {
                    self.emitter.arithmetic(Arithmetic::Xor, RIGHT, -1);
                }
                self.emitter.arithmetic(Arithmetic::Xor, SPARE, RESULT);
                self.emitter.arithmetic(Arithmetic::And, SPARE, RIGHT);
                self.emitter.jump_if(SPARE, Comparison::SignedLess, 0, unknown);
            }
            Type::Signed32 | Type::Unsigned32 => {
                self.emitter.arithmetic(operation, RESULT, RIGHT);
                self.cut(type_);
            }
            Type::Boolean => {}
        }
    }

    /// Leaves of the result what its type holds.
    fn cut(&mut self, type_: Type) {
        match type_ {
            Type::Signed32 => self.emitter.sign_extend(RESULT, Size::Word),
            Type::Unsigned32 => {
                let (width, to) = (Width::Bits32, RESULT);
                self.emitter.emit(Instruction::Move { width, to, from: RESULT.into() });
            }
            Type::Boolean | Type::Signed64 | Type::Unsigned64 => {}
        }
    }

    /// A number where a question should be, or the other way round, which `resolve` excludes.
    fn not_there(&mut self, formula: &Part) {
        let words = formula.words(&|value| format!("{value:?}"));
        self.defect = Some(crate::diagnostic::Defect(format!("`{words}` is of another type")));
    }
}

/// Which jump compares numbers of this type; `None` for an operator that compares nothing.
fn comparison(operator: BinaryOperator, type_: Type) -> Option<Comparison> {
    let signed = matches!(type_, Type::Signed64 | Type::Signed32);
    Some(match (operator, signed) {
        (BinaryOperator::Equal, _) => Comparison::Equal,
        (BinaryOperator::NotEqual, _) => Comparison::NotEqual,
        (BinaryOperator::Less, true) => Comparison::SignedLess,
        (BinaryOperator::Less, false) => Comparison::Less,
        (BinaryOperator::LessOrEqual, true) => Comparison::SignedLessOrEqual,
        (BinaryOperator::LessOrEqual, false) => Comparison::LessOrEqual,
        (BinaryOperator::Greater, true) => Comparison::SignedGreater,
        (BinaryOperator::Greater, false) => Comparison::Greater,
        (BinaryOperator::GreaterOrEqual, true) => Comparison::SignedGreaterOrEqual,
        (BinaryOperator::GreaterOrEqual, false) => Comparison::GreaterOrEqual,
        (
            BinaryOperator::Or
            | BinaryOperator::And
            | BinaryOperator::Add
            | BinaryOperator::Subtract
            | BinaryOperator::Multiply
            | BinaryOperator::Divide
            | BinaryOperator::Remainder
            | BinaryOperator::In,
            _,
        ) => return None,
    })
}

/// The 64 bits of a number: as many of its low bits as the type has, with or without sign.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "low bits are wanted")]
fn extended(number: i128, type_: Type) -> u64 {
    match type_ {
        Type::Signed32 => i64::from(number as i32).cast_unsigned(),
        Type::Unsigned32 => u64::from(number as u32),
        Type::Boolean | Type::Signed64 | Type::Unsigned64 => number as u64,
    }
}

//! Turns a list of instructions with labels into code.

use super::code::{Code, Placed, Slot};
use super::encode::encode;
use super::instruction::{Arithmetic, Instruction, Label, Size};
use super::register::Register;
use crate::source::Span;

/// Code in the making.
///
/// ```
/// use writ::machine::{Assembler, Comparison, Instruction, Register};
///
/// let mut assembler = Assembler::default();
/// let allow = assembler.label();
/// assembler.emit(Instruction::constant(Register::R0, 0), None);
/// assembler.emit(Instruction::jump_if(Register::R1, Comparison::Equal, 0, allow), None);
/// assembler.emit(Instruction::constant(Register::R0, 1), None);
/// assembler.place(allow);
/// assembler.emit(Instruction::Exit, None);
/// assert_eq!(assembler.finish()?.longest_path(), 4);
/// # Ok::<(), writ::machine::AssembleError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Assembler {
    emitted: Vec<Emitted>,
    labels: Vec<Place>,
}

#[derive(Debug, Clone)]
struct Emitted {
    instruction: Instruction,
    origin: Option<Span>,
}

/// Where a label stands: the index of the instruction that is emitted after it.
#[derive(Debug, Clone, Copy)]
enum Place {
    Nowhere,
    Before(usize),
    Twice,
}

/// Code that means nothing. Each of these is a defect of who emitted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssembleError {
    #[error("the label {0:?} is jumped to, but stands nowhere")]
    LabelNowhere(Label),
    #[error("the label {0:?} stands in two places")]
    LabelTwice(Label),
    #[error("instruction {0} jumps backward")]
    JumpBackward(usize),
    #[error("the jump in slot {from:?} to slot {to:?} is too far")]
    JumpTooFar { from: Slot, to: Slot },
    #[error("the code runs past its end")]
    PastTheEnd,
}

impl Assembler {
    /// Makes a label, which must be placed once if anything jumps to it.
    pub fn label(&mut self) -> Label {
        self.labels.push(Place::Nowhere);
        Label(self.labels.len() - 1)
    }

    /// Says that `label` stands before the instruction that is emitted next.
    pub fn place(&mut self, label: Label) {
        let here = Place::Before(self.emitted.len());
        if let Some(place) = self.labels.get_mut(label.0) {
            *place = match place {
                Place::Nowhere => here,
                Place::Before(_) | Place::Twice => Place::Twice,
            };
        }
    }

    /// Adds an instruction that serves the text at `origin`.
    pub fn emit(&mut self, instruction: Instruction, origin: Option<Span>) {
        self.emitted.push(Emitted { instruction, origin });
    }

    /// Adds to ← the low bytes of `to` with their sign, as two shifts.
    pub fn sign_extend(&mut self, to: Register, from: Size, origin: Option<Span>) {
        let bits = 64 - 8 * i32::from(from.bytes());
        if bits > 0 {
            self.emit(Instruction::arithmetic(Arithmetic::ShiftLeft, to, bits), origin);
            self.emit(Instruction::arithmetic(Arithmetic::ShiftRightSigned, to, bits), origin);
        }
    }

    /// Whether anything that was emitted so far jumps to `label`.
    pub fn is_used(&self, label: Label) -> bool {
        self.emitted.iter().any(|emitted| emitted.instruction.target() == Some(label))
    }

    /// Resolves the labels and encodes. Instructions that no path reaches are left out, since the
    /// verifier refuses them (`check_cfg`).
    ///
    /// # Errors
    ///
    /// When a label is missing or ambiguous, a jump goes backward or too far, or a path does not
    /// end in an exit.
    pub fn finish(self) -> Result<Code, AssembleError> {
        let depths = self.depths()?;
        let slots = self.slots(&depths);
        let slot_of = |index| slots.get(index).copied().flatten();
        let mut code = Code {
            placed: Vec::new(),
            labels: Vec::new(),
            bytes: Vec::new(),
            longest_path: depths.iter().flatten().copied().max().unwrap_or(0),
        };
        for (index, emitted) in self.emitted.iter().enumerate() {
            let Some(slot) = slot_of(index) else { continue };
            let target = self.target(index, &emitted.instruction)?.and_then(slot_of);
            encode(&emitted.instruction, distance(slot, target)?, &mut code.bytes);
            let Emitted { instruction, origin } = emitted.clone();
            code.placed.push(Placed { slot, instruction, origin });
        }
        code.labels = self.labels.iter().map(|place| place.index().and_then(slot_of)).collect();
        Ok(code)
    }

    /// For each instruction, how many instructions the longest path to it has, itself included;
    /// nothing for those that no path reaches. Jumps only go forward, so one pass is enough.
    fn depths(&self) -> Result<Vec<Option<u32>>, AssembleError> {
        let mut depths = vec![None; self.emitted.len()];
        reach(&mut depths, 0, 1)?;
        for (index, emitted) in self.emitted.iter().enumerate() {
            let Some(depth) = depths.get(index).copied().flatten() else { continue };
            if emitted.instruction.is_passed() {
                reach(&mut depths, index + 1, depth + 1)?;
            }
            if let Some(target) = self.target(index, &emitted.instruction)? {
                reach(&mut depths, target, depth + 1)?;
            }
        }
        Ok(depths)
    }

    /// The slot of each instruction that is reached.
    fn slots(&self, depths: &[Option<u32>]) -> Vec<Option<Slot>> {
        let mut next = 0;
        let slot = |(emitted, depth): (&Emitted, &Option<u32>)| {
            depth.map(|_| {
                let slot = Slot(next);
                next += emitted.instruction.slots();
                slot
            })
        };
        self.emitted.iter().zip(depths).map(slot).collect()
    }

    /// Index of the instruction that the one at `index` jumps to.
    fn target(
        &self,
        index: usize,
        instruction: &Instruction,
    ) -> Result<Option<usize>, AssembleError> {
        let Some(label) = instruction.target() else { return Ok(None) };
        match self.labels.get(label.0) {
            Some(Place::Before(target)) if *target > index => Ok(Some(*target)),
            Some(Place::Before(_)) => Err(AssembleError::JumpBackward(index)),
            Some(Place::Twice) => Err(AssembleError::LabelTwice(label)),
            Some(Place::Nowhere) | None => Err(AssembleError::LabelNowhere(label)),
        }
    }
}

impl Place {
    fn index(self) -> Option<usize> {
        match self {
            Self::Before(index) => Some(index),
            Self::Nowhere | Self::Twice => None,
        }
    }
}

fn reach(depths: &mut [Option<u32>], index: usize, depth: u32) -> Result<(), AssembleError> {
    let known = depths.get_mut(index).ok_or(AssembleError::PastTheEnd)?;
    *known = Some(known.map_or(depth, |known| known.max(depth)));
    Ok(())
}

/// Slots to jump over, counted from the next one; 0 for what does not jump.
fn distance(from: Slot, to: Option<Slot>) -> Result<i16, AssembleError> {
    let Some(to) = to else { return Ok(0) };
    let slots = i64::from(to.0) - i64::from(from.0) - 1;
    i16::try_from(slots).map_err(|_| AssembleError::JumpTooFar { from, to })
}

#[cfg(test)]
mod tests;

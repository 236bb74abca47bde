//! Code as stable text, with the policy in the margin.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::code::{Code, Slot};
use super::instruction::{Arithmetic, Comparison, Instruction, Label, Operand, Size, Width};
use super::register::Register;
use crate::source::{SourceMap, Span};

/// One line an instruction; before it, the line of the policy that it serves, where that changes.
///
/// Labels are numbered in the order in which they stand.
pub fn print(code: &Code, sources: &SourceMap) -> String {
    let labels = labels(code);
    let mut text = String::new();
    let mut shown = None;
    for placed in code.instructions() {
        let margin = placed.origin.and_then(|origin| margin(origin, sources));
        if margin.is_some() && margin != shown {
            text.extend(margin.iter().map(|margin| format!("; {margin}\n")));
            shown = margin;
        }
        if let Some(label) = labels.get(&placed.slot) {
            let _ = writeln!(text, "L{label}:");
        }
        let target = |label: Label| {
            code.target(label).and_then(|slot| labels.get(&slot)).copied().unwrap_or(0)
        };
        let _ = writeln!(text, "{:4}  {}", placed.slot.0, sentence(&placed.instruction, &target));
    }
    text
}

/// The slots that are jumped to, each with its number.
fn labels(code: &Code) -> BTreeMap<Slot, usize> {
    let targets = code.instructions().iter().filter_map(|placed| placed.instruction.target());
    let slots = targets.filter_map(|label| code.target(label));
    let mut labels: BTreeMap<Slot, usize> = slots.map(|slot| (slot, 0)).collect();
    labels.values_mut().zip(1..).for_each(|(label, number)| *label = number);
    labels
}

fn margin(origin: Span, sources: &SourceMap) -> Option<String> {
    let line = sources.line(origin)?;
    Some(format!("{}:{}  {}", line.source, line.number, line.text))
}

fn sentence(instruction: &Instruction, target: &dyn Fn(Label) -> usize) -> String {
    match instruction {
        Instruction::Move { width, to, from } => {
            format!("{} = {}", name(*to, *width), operand(*from, *width))
        }
        Instruction::LoadImmediate64 { to, value } => {
            format!("{to} = {value:#x} ll{}", comment(&value.to_le_bytes()))
        }
        Instruction::Arithmetic { width, operation, to, by } => {
            format!("{} {}= {}", name(*to, *width), sign(*operation), operand(*by, *width))
        }
        Instruction::Negate { width, to } => {
            format!("{} = -{}", name(*to, *width), name(*to, *width))
        }
        Instruction::Load { size, to, base, offset } => {
            format!("{to} = {}", memory(*size, *base, *offset))
        }
        Instruction::Store { size, base, offset, from } => {
            format!("{} = {}", memory(*size, *base, *offset), operand(*from, Width::Bits64))
        }
        Instruction::LoadMapAddress { to, map } => format!("{to} = map {map}"),
        Instruction::LoadGlobalAddress { to, symbol, offset } => {
            format!("{to} = &{symbol} + {offset}")
        }
        Instruction::LoadFieldFact { to, fact, field } => {
            format!("{to} = {}  ; {} of {field}", field.value(*fact), fact.name())
        }
        Instruction::Jump { target: label } => format!("jump L{}", target(*label)),
        Instruction::JumpIf { width, left, comparison, right, target: label } => {
            let question = question(*width, *left, *comparison, *right);
            format!("if {question} jump L{}{}", target(*label), immediate_comment(*right))
        }
        Instruction::CallHelper { helper } => format!("call {}#{}", helper.name, helper.number),
        Instruction::CallRoutine { name } => format!("call {name}"),
        Instruction::Exit => "exit".to_owned(),
    }
}

fn question(width: Width, left: Register, comparison: Comparison, right: Operand) -> String {
    format!("{} {} {}", name(left, width), relation(comparison), operand(right, width))
}

fn name(register: Register, width: Width) -> String {
    match width {
        Width::Bits32 => format!("w{}", register.number()),
        Width::Bits64 => register.to_string(),
    }
}

fn operand(operand: Operand, width: Width) -> String {
    match operand {
        Operand::Register(register) => name(register, width),
        Operand::Immediate(value) if (-0xffff..=0xffff).contains(&value) => value.to_string(),
        Operand::Immediate(value) => format!("{value:#x}"),
    }
}

fn memory(size: Size, base: Register, offset: i16) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    format!("*(u{} *)({base} {sign} {})", u32::from(size.bytes()) * 8, offset.unsigned_abs())
}

fn immediate_comment(operand: Operand) -> String {
    match operand {
        Operand::Register(_) => String::new(),
        Operand::Immediate(value) => comment(&value.to_le_bytes()),
    }
}

/// What the bytes of a number say, when they are text.
fn comment(bytes: &[u8]) -> String {
    let zeros = bytes.iter().rev().take_while(|&&byte| byte == 0).count();
    let text: String =
        bytes.iter().take(bytes.len() - zeros).map(|&byte| char::from(byte)).collect();
    let is_text = text.len() > 1 && text.chars().all(|byte| byte == ' ' || byte.is_ascii_graphic());
    if is_text { format!("  ; {text:?}") } else { String::new() }
}

fn sign(arithmetic: Arithmetic) -> &'static str {
    match arithmetic {
        Arithmetic::Add => "+",
        Arithmetic::Subtract => "-",
        Arithmetic::Multiply => "*",
        Arithmetic::And => "&",
        Arithmetic::Or => "|",
        Arithmetic::Xor => "^",
        Arithmetic::ShiftLeft => "<<",
        Arithmetic::ShiftRight => ">>",
        Arithmetic::ShiftRightSigned => "s>>",
    }
}

fn relation(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::SignedGreater => "s>",
        Comparison::SignedGreaterOrEqual => "s>=",
        Comparison::SignedLess => "s<",
        Comparison::SignedLessOrEqual => "s<=",
        Comparison::AnyBitSet => "&",
    }
}

#[cfg(test)]
mod tests;

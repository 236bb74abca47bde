//! Where the arguments of a USDT probe are at one of its places: `8@%rdi -4@-20(%rbp) 8@$5`.
//!
//! Each is the bytes of the argument, negative when it can be, and an operand as the assembler writes
//! it (`STAP_PROBE_ASM` in `sys/sdt.h`).

use writ_bundle::record::usdt::{ARGUMENT, ARGUMENTS, kind};

use super::super::{Elf, symbol};
use super::register_table::{self, INSTRUCTION_POINTER};

/// Where one argument is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argument {
    /// 1, 2, 4 or 8 bytes.
    pub size: u8,
    pub is_signed: bool,
    pub operand: Operand,
}

/// The operand of an instruction. Registers are offsets in `struct pt_regs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    Constant(i64),
    Register(u16),
    Memory {
        base: u16,
        displacement: i64,
    },
    /// `displacement(base, index, 1 << shift)`
    Indexed {
        base: Option<u16>,
        index: u16,
        shift: u8,
        displacement: i64,
    },
}

/// How an operand names an address that the linker decides.
type Resolve<'a> = &'a dyn Fn(&str) -> Option<u64>;

/// The arguments in `text`, at the virtual address `here` of the file.
///
/// # Errors
///
/// A clause that shows what cannot be understood.
pub(super) fn parse(text: &str, here: u64, elf: &Elf<'_>) -> Result<Vec<Argument>, String> {
    arguments(text, here, &|name| symbol::any_address(elf, name))
}

fn arguments(text: &str, here: u64, resolve: Resolve<'_>) -> Result<Vec<Argument>, String> {
    let mut list = Vec::new();
    for word in words(text) {
        if list.len() == ARGUMENTS {
            return Err("it has too many arguments".to_owned());
        }
        let argument = argument(word, here, resolve);
        list.push(argument.ok_or_else(|| format!("its argument {word:?} is not understood"))?);
    }
    Ok(list)
}

/// Arguments are separated by spaces, of which an operand can have some behind its commas.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let mut depth = 0_u32;
        let end = rest.find(|letter: char| {
            match letter {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            letter.is_ascii_whitespace() && depth == 0
        });
        let (word, after) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
        rest = after;
        (!word.is_empty()).then_some(word)
    })
}

fn argument(word: &str, here: u64, resolve: Resolve<'_>) -> Option<Argument> {
    let (size, operand) = word.split_once('@')?;
    let (size, is_signed) = match size.strip_prefix('-') {
        Some(size) => (size, true),
        None => (size, false),
    };
    let size = match size {
        "1" => 1,
        "2" => 2,
        "4" => 4,
        "8" => 8,
        _ => return None,
    };
    Some(Argument { size, is_signed, operand: self::operand(operand, here, resolve)? })
}

fn operand(text: &str, here: u64, resolve: Resolve<'_>) -> Option<Operand> {
    if let Some(number) = text.strip_prefix('$') {
        return number_of(number).map(Operand::Constant);
    }
    if let Some(name) = text.strip_prefix('%') {
        return register_table::offset(name).map(Operand::Register);
    }
    let (displacement, inside) = text.strip_suffix(')')?.split_once('(')?;
    let parts: Vec<&str> = inside.split(',').map(str::trim).collect();
    match parts.as_slice() {
        [base] if register(base)? == INSTRUCTION_POINTER => {
            let displacement = from_here(displacement, here, resolve)?;
            Some(Operand::Memory { base: INSTRUCTION_POINTER, displacement })
        }
        [base] => {
            Some(Operand::Memory { base: register(base)?, displacement: or_zero(displacement)? })
        }
        [base, index] => indexed(base, index, "1", displacement),
        [base, index, scale] => indexed(base, index, scale, displacement),
        _ => None,
    }
}

fn indexed(base: &str, index: &str, scale: &str, displacement: &str) -> Option<Operand> {
    let base = if base.is_empty() { None } else { Some(register(base)?) };
    let shift = match scale {
        "1" => 0,
        "2" => 1,
        "4" => 2,
        "8" => 3,
        _ => return None,
    };
    let (index, displacement) = (register(index)?, or_zero(displacement)?);
    Some(Operand::Indexed { base, index, shift, displacement })
}

/// How far behind the instruction at `here` something is: `name(%rip)`, `name+8(%rip)`.
fn from_here(text: &str, here: u64, resolve: Resolve<'_>) -> Option<i64> {
    let is_name = text.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    if !is_name {
        // The assembler writes a number where the distance is from the next instruction, of which
        // nothing says where it begins.
        return None;
    }
    let sign = text.find(['+', '-']).unwrap_or(text.len());
    let (name, offset) = text.split_at_checked(sign)?;
    let address = resolve(name)?;
    let offset = or_zero(offset.strip_prefix('+').unwrap_or(offset))?;
    Some(address.wrapping_sub(here).cast_signed().wrapping_add(offset))
}

fn register(text: &str) -> Option<u16> {
    register_table::offset(text.strip_prefix('%')?)
}

fn or_zero(text: &str) -> Option<i64> {
    if text.is_empty() { Some(0) } else { number_of(text) }
}

/// Decimal, or hexadecimal behind `0x`. Numbers up to 64 bits stand for themselves.
fn number_of(text: &str) -> Option<i64> {
    let (digits, is_negative) = match text.strip_prefix('-') {
        Some(digits) => (digits, true),
        None => (text, false),
    };
    let magnitude = match digits.strip_prefix("0x") {
        Some(digits) if is_plain(digits) => u64::from_str_radix(digits, 16).ok()?,
        None if is_plain(digits) => digits.parse::<u64>().ok()?,
        Some(_) | None => return None,
    };
    let number = magnitude.cast_signed();
    Some(if is_negative { number.wrapping_neg() } else { number })
}

/// What the standard library takes for a number may begin with a plus.
fn is_plain(digits: &str) -> bool {
    digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Argument {
    /// Whether a number of four bytes can be written there.
    pub fn can_be_set(self) -> bool {
        let is_memory = match self.operand {
            Operand::Memory { .. } | Operand::Indexed { .. } => true,
            Operand::Constant(_) | Operand::Register(_) => false,
        };
        is_memory && self.size == 4
    }

    /// The bytes for the programs, as [`writ_bundle::record::usdt`] has them.
    pub fn bytes(self) -> [u8; ARGUMENT] {
        let (kind, number, base, index, shift) = match self.operand {
            Operand::Constant(number) => (kind::CONSTANT, number, 0, 0, 0),
            Operand::Register(base) => (kind::REGISTER, 0, base, 0, 0),
            Operand::Memory { base, displacement } => (kind::MEMORY, displacement, base, 0, 0),
            Operand::Indexed { base: Some(base), index, shift, displacement } => {
                (kind::INDEXED, displacement, base, index, shift)
            }
            Operand::Indexed { base: None, index, shift, displacement } => {
                (kind::SCALED, displacement, 0, index, shift)
            }
        };
        let mut bytes = [0; ARGUMENT];
        let numbers = number.to_le_bytes().into_iter().chain(base.to_le_bytes());
        let rest = [kind, shift, self.size, u8::from(self.is_signed)];
        let all = numbers.chain(index.to_le_bytes()).chain(rest);
        for (to, from) in bytes.iter_mut().zip(all) {
            *to = from;
        }
        bytes
    }
}

#[cfg(test)]
mod tests;

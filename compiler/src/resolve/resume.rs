//! Where and with which registers a program goes on after a uprobe (`Override` there).

use writ_bundle::UserPoint;

use super::number::{self, LeadingZero};
use super::register_table;
use crate::diagnostic::{Diagnostics, Finding, Reported, code, did_you_mean};
use crate::policy::Replacement;
use crate::resolved::{Action, Assigned, Assignment, Register};
use crate::source::{Span, Spanned};

/// What an action says. Without registers and place, the function returns `error`.
pub(super) fn resume(
    span: Span,
    from: &Replacement,
    error: i64,
    diagnostics: &mut Diagnostics,
) -> Result<Action, Reported> {
    let Replacement { registers, symbol, address, offset } = from;
    let bound: Vec<Result<Assignment, Reported>> =
        registers.iter().map(|one| assignment(one, diagnostics)).collect();
    let registers = bound.into_iter().collect::<Result<Vec<_>, _>>()?;
    let to = symbol
        .as_ref()
        .map(|symbol| symbol_point(&symbol.value))
        .or(address.map(|address| UserPoint::Address(address.value)))
        .or(offset.map(|offset| UserPoint::Offset(offset.value)));
    if registers.is_empty() && to.is_none() {
        return Ok(returning(span, error));
    }
    Ok(Action::Redirect { span, registers, to })
}

/// The function returns at once, with a number. That it has just been called is for the policy to
/// know: the return address is on top of the stack then.
pub(super) fn returning(span: Span, number: i64) -> Action {
    let register = |name: &str| {
        let (offset, bytes) = register_table::register(name).unwrap_or_default();
        Register { name: name.to_owned(), offset, bytes }
    };
    let becomes = |name, from| Assignment { to: register(name), from };
    let registers = vec![
        becomes("rax", Assigned::Number(number.cast_unsigned())),
        becomes("rip", Assigned::Memory(register("rsp"), 0)),
        becomes("rsp", Assigned::Sum(register("rsp"), 8)),
    ];
    Action::Redirect { span, registers, to: None }
}

/// `main`, or `main+0x10`.
fn symbol_point(text: &str) -> UserPoint {
    let split = text.split_once('+').and_then(|(name, offset)| {
        let number = number::parse(offset, LeadingZero::Octal)?;
        Some((name, u64::try_from(number).ok()?))
    });
    let (name, offset) = split.unwrap_or((text, 0));
    UserPoint::Symbol { name: name.to_owned(), offset }
}

fn assignment(
    from: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Result<Assignment, Reported> {
    let span = from.span;
    let Some((to, value)) = from.value.split_once('=') else {
        return Err(malformed(from, diagnostics));
    };
    let to = register(to.trim(), span, diagnostics)?;
    if !register_table::is_the_programs(to.offset) {
        let finding = Finding::at(span, format!("a program cannot set `{}`", to.name))
            .label("belongs to the kernel")
            .help("set a general register, `rip` or `rsp`".to_owned());
        return Err(refused(finding, diagnostics));
    }
    let Some((form, number, name)) = parts(value.trim()) else {
        return Err(malformed(from, diagnostics));
    };
    let from = match form {
        Form::Number => Assigned::Number(number),
        Form::Sum => Assigned::Sum(register(name, span, diagnostics)?, number),
        Form::Memory => Assigned::Memory(register(name, span, diagnostics)?, number),
    };
    Ok(Assignment { to, from })
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Number,
    Sum,
    Memory,
}

/// The form of a value, its number (0 where there is none) and its register.
fn parts(value: &str) -> Option<(Form, u64, &str)> {
    if let Some((more, rest)) = value.split_once("(%") {
        let name = rest.strip_suffix(')')?;
        return Some((Form::Memory, optional(more)?, name.trim()));
    }
    if let Some((more, name)) = value.split_once('%') {
        return Some((Form::Sum, optional(more)?, name.trim()));
    }
    Some((Form::Number, word(value)?, ""))
}

fn optional(text: &str) -> Option<u64> {
    if text.trim().is_empty() { Some(0) } else { word(text.trim()) }
}

/// A number of 64 bits, with or without a sign.
fn word(text: &str) -> Option<u64> {
    let number = number::parse(text, LeadingZero::Octal)?;
    let signed = i64::try_from(number).map(i64::cast_unsigned);
    u64::try_from(number).or(signed).ok()
}

fn register(name: &str, span: Span, diagnostics: &mut Diagnostics) -> Result<Register, Reported> {
    if let Some((offset, bytes)) = register_table::register(name) {
        return Ok(Register { name: name.to_owned(), offset, bytes });
    }
    let finding = Finding::at(span, format!("there is no register `{name}`"))
        .label("names no register of x86-64")
        .help(did_you_mean(name, register_table::names()));
    Err(refused(finding, diagnostics))
}

fn malformed(from: &Spanned<String>, diagnostics: &mut Diagnostics) -> Reported {
    let finding = Finding::at(from.span, format!("`{}` sets no register", from.value))
        .label("not a register, `=` and a value")
        .help("write `rax=11`, `rax=%rbx`, `rsp=8%rsp` or `rip=(%rsp)`".to_owned());
    refused(finding, diagnostics)
}

fn refused(finding: Finding, diagnostics: &mut Diagnostics) -> Reported {
    diagnostics.error(&code::ASSIGNMENT, finding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbers_sums_or_memory() {
        let cases = [
            ("11", Some((Form::Number, 11, ""))),
            ("-1", Some((Form::Number, u64::MAX, ""))),
            ("0xffffffffffffffff", Some((Form::Number, u64::MAX, ""))),
            ("%rsp", Some((Form::Sum, 0, "rsp"))),
            ("0x20 %rsp", Some((Form::Sum, 32, "rsp"))),
            ("(%rsp)", Some((Form::Memory, 0, "rsp"))),
            ("-8(%rbp)", Some((Form::Memory, 8_u64.wrapping_neg(), "rbp"))),
            ("(%rsp", None),
            ("eight%rsp", None),
            ("", None),
        ];
        for (text, wanted) in cases {
            assert_eq!(parts(text), wanted, "{text}");
        }
    }
}

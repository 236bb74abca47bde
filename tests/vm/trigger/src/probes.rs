//! `probes CALL ARGUMENT...`: calls a function of this program that policies can hook, whose arguments
//! and result are known.

use std::ffi::{CString, c_char, c_int, c_long};

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [call, rest @ ..] = arguments else { return Err("CALL is missing".into()) };
    let number = |place: usize| -> Result<i64, String> {
        let text = rest.get(place).ok_or("an argument is missing")?;
        text.parse().map_err(|error| format!("{text}: {error}"))
    };
    match call.as_str() {
        "add" => println!("{}", trigger_add(narrow(number(0)?)?, number(1)?)),
        "count-down" => println!("{}", trigger_count_down(number(0)?)),
        "double" => println!("{}", trigger_double(narrow(number(0)?)?)),
        "greet" => {
            let name = rest.first().ok_or("a name is missing")?;
            let name = CString::new(name.as_str()).map_err(|error| error.to_string())?;
            println!("{}", trigger_greet(name.as_ptr(), name.as_bytes().len()));
        }
        "seven" => println!("{}", trigger_seven(1, 2, 3, 4, 5, 6, number(0)?)),
        "triple" => println!("{}", trigger_triple(narrow(number(0)?)?)),
        "visit" => println!("{}", visit(number(0)?)?),
        // SAFETY: it has no other effect than its result.
        "step" => println!("{}", unsafe { trigger_step(number(0)?) }),
        _ => return Err(format!("there is no function `{call}`")),
    }
    Ok(())
}

fn narrow(number: i64) -> Result<c_int, String> {
    c_int::try_from(number).map_err(|error| format!("{number}: {error}"))
}

/// The sum of two numbers.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn trigger_add(one: c_int, other: c_long) -> c_long {
    std::hint::black_box(c_long::from(one).wrapping_add(other))
}

/// Ten times a number, which it finds by calling itself for each smaller one.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn trigger_count_down(number: c_long) -> c_long {
    if number <= 0 {
        return 0;
    }
    let less = std::hint::black_box(trigger_count_down(std::hint::black_box(number - 1)));
    std::hint::black_box(less + 10)
}

/// Three times a number: what may run instead of another function.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn trigger_triple(number: c_int) -> c_int {
    std::hint::black_box(number.wrapping_mul(3))
}

/// Who visits. `../../scenarios/walks-programs/program.c` has the same structures.
#[repr(C)]
struct Visitor {
    number: c_int,
    name: [c_char; 16],
    nickname: *const c_char,
}

#[repr(C)]
struct Visit {
    unused: c_long,
    visitor: *const Visitor,
    floors: [c_int; 3],
    /// Three bits, then one.
    flags: u8,
}

/// The number of who visits.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn trigger_visit(visit: *const Visit) -> c_int {
    // SAFETY: the caller has one that lives until then.
    std::hint::black_box(unsafe { (*(*visit).visitor).number })
}

fn visit(number: i64) -> Result<c_int, String> {
    let mut name = [0; 16];
    for (to, from) in name.iter_mut().zip(b"marguerite") {
        *to = from.cast_signed();
    }
    let nickname = c"maggie".as_ptr();
    let visitor = Visitor { number: narrow(number)?, name, nickname };
    let visit = Visit { unused: -1, visitor: &raw const visitor, floors: [4, 5, 6], flags: 0b1101 };
    Ok(trigger_visit(&raw const visit))
}

/// Twice a number; negative ones make it an error.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn trigger_double(number: c_int) -> c_int {
    std::hint::black_box(if number < 0 { -1 } else { number.wrapping_mul(2) })
}

/// How long a greeting would be.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn trigger_greet(name: *const c_char, length: usize) -> usize {
    std::hint::black_box(name);
    std::hint::black_box(length + "hello ".len())
}

/// The last of seven numbers, which does not fit in a register.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn trigger_seven(
    one: c_long,
    two: c_long,
    three: c_long,
    four: c_long,
    five: c_long,
    six: c_long,
    seven: c_long,
) -> c_long {
    std::hint::black_box([one, two, three, four, five, six]);
    std::hint::black_box(seven)
}

// One more than a number. Its second instruction is one byte behind its first.
std::arch::global_asm!(
    ".globl trigger_step",
    ".type trigger_step, @function",
    "trigger_step: nop",
    "lea rdi, [rdi + 1]",
    "mov rax, rdi",
    "ret",
    ".size trigger_step, . - trigger_step",
);

unsafe extern "C" {
    fn trigger_step(number: c_long) -> c_long;
}

//! Tries, one after the other, to attach a program that does nothing to each hook in a list.
//!
//! Runs in a test guest. Standard input has a line `WAY HOOK` for each attempt; standard output gets
//! a line `try WAY HOOK` before it, so that the last line tells what killed a guest, and then
//! `ok WAY HOOK` or `no WAY HOOK: REASON`.
#![expect(clippy::print_stdout, reason = "what it prints is its result")]
#![expect(clippy::disallowed_methods, reason = "it looks at the guest that it runs in")]

mod object;

use std::error::Error;
use std::io::{Write as _, stdin, stdout};

use aya::programs::{FEntry, KProbe, Lsm, ProgramError, RawTracePoint, TracePoint};
use aya::{Btf, Ebpf};

type Attempt = Result<(), Box<dyn Error>>;

fn main() -> Attempt {
    let btf = Btf::from_sys_fs()?;
    let mut programs = Ebpf::load(&object::with_a_program_of_each_kind()?)?;
    for line in stdin().lines() {
        let line = line?;
        let Some((way, hook)) = line.split_once(' ') else { continue };
        println!("try {line}");
        stdout().flush()?;
        match attempt(way, hook, &mut programs, &btf) {
            Ok(()) => println!("ok {line}"),
            Err(error) => println!("no {line}: {}", chain(error.as_ref())),
        }
    }
    Ok(())
}

fn attempt(way: &str, hook: &str, programs: &mut Ebpf, btf: &Btf) -> Attempt {
    match way {
        "fentry" => {
            let program: &mut FEntry = program(programs, way)?;
            program.load(hook, btf)?;
            undo(program.attach().map(drop), || program.unload())
        }
        "kprobe" => {
            let program: &mut KProbe = program(programs, way)?;
            program.load()?;
            undo(program.attach(hook, 0).map(drop), || program.unload())
        }
        "lsm" => {
            let program: &mut Lsm = program(programs, way)?;
            program.load(hook, btf)?;
            undo(program.attach().map(drop), || program.unload())?;
            asked()
        }
        "tracepoint" => {
            let program: &mut TracePoint = program(programs, way)?;
            let (subsystem, event) = hook.split_once('/').ok_or("no subsystem")?;
            program.load()?;
            undo(program.attach(subsystem, event).map(drop), || program.unload())
        }
        "raw_tracepoint" => {
            let program: &mut RawTracePoint = program(programs, way)?;
            program.load()?;
            undo(program.attach(hook).map(drop), || program.unload())
        }
        _ => Err("there is no such way".into()),
    }
}

fn program<'a, P>(programs: &'a mut Ebpf, way: &str) -> Result<&'a mut P, Box<dyn Error>>
where
    &'a mut P: TryFrom<&'a mut aya::programs::Program, Error = ProgramError>,
{
    let program = programs.program_mut(way).ok_or("the object has no such program")?;
    Ok(program.try_into()?)
}

/// Unloads the program, which also detaches it, whether or not it could be attached.
fn undo(
    attached: Result<(), ProgramError>,
    unload: impl FnOnce() -> Result<(), ProgramError>,
) -> Attempt {
    unload()?;
    Ok(attached?)
}

/// A kernel attaches LSM programs whether or not it will ask them.
fn asked() -> Attempt {
    let active = std::fs::read_to_string("/sys/kernel/security/lsm")?;
    let is_active = active.trim().split(',').any(|name| name == "bpf");
    if is_active { Ok(()) } else { Err("it is attached, and not asked".into()) }
}

/// An error with its causes, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text.replace('\n', " ")
}

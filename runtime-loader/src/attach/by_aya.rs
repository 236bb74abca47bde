//! Programs that aya loads and attaches: all kinds but `fmod_ret`, `kprobe.multi` and
//! those in user space.

use aya::programs::{self, ProgramError};
use aya::{Btf, Ebpf};
use writ_bundle::{Attach, Program};

/// Loads one program.
pub(super) fn load(ebpf: &mut Ebpf, program: &Program, types: &Btf) -> Result<(), ProgramError> {
    let Some(loaded) = ebpf.program_mut(&program.name) else {
        return Err(ProgramError::NotLoaded);
    };
    match &program.attach {
        Attach::Fentry { function } => {
            <&mut programs::FEntry>::try_from(loaded)?.load(function, types)
        }
        Attach::Fexit { function } => {
            <&mut programs::FExit>::try_from(loaded)?.load(function, types)
        }
        // Whether it may sleep, its section has told aya.
        Attach::Lsm { hook, sleepable: _ } => {
            <&mut programs::Lsm>::try_from(loaded)?.load(hook, types)
        }
        Attach::Kprobe { .. }
        | Attach::Kretprobe { .. }
        | Attach::Kprobes { .. }
        | Attach::Kretprobes { .. } => <&mut programs::KProbe>::try_from(loaded)?.load(),
        Attach::Tracepoint { .. } => <&mut programs::TracePoint>::try_from(loaded)?.load(),
        Attach::RawTracepoint { .. } => <&mut programs::RawTracePoint>::try_from(loaded)?.load(),
        Attach::BtfTracepoint { event } => {
            <&mut programs::BtfTracePoint>::try_from(loaded)?.load(event, types)
        }
        Attach::FmodRet { .. }
        | Attach::KprobeMulti { .. }
        | Attach::KretprobeMulti { .. }
        | Attach::Uprobe { .. }
        | Attach::Uretprobe { .. }
        | Attach::Usdt { .. } => Err(ProgramError::UnexpectedProgramType),
    }
}

/// Attaches one program. It is detached when `ebpf` is dropped.
pub(super) fn attach(ebpf: &mut Ebpf, program: &Program) -> Result<(), ProgramError> {
    let Some(loaded) = ebpf.program_mut(&program.name) else {
        return Err(ProgramError::NotLoaded);
    };
    match &program.attach {
        Attach::Fentry { .. } => <&mut programs::FEntry>::try_from(loaded)?.attach().map(|_| ()),
        Attach::Fexit { .. } => <&mut programs::FExit>::try_from(loaded)?.attach().map(|_| ()),
        Attach::Lsm { .. } => <&mut programs::Lsm>::try_from(loaded)?.attach().map(|_| ()),
        Attach::Kprobe { function } | Attach::Kretprobe { function } => {
            <&mut programs::KProbe>::try_from(loaded)?.attach(function, 0).map(|_| ())
        }
        Attach::Tracepoint { subsystem, event } => {
            <&mut programs::TracePoint>::try_from(loaded)?.attach(subsystem, event).map(|_| ())
        }
        Attach::RawTracepoint { event } => {
            <&mut programs::RawTracePoint>::try_from(loaded)?.attach(event).map(|_| ())
        }
        Attach::BtfTracepoint { .. } => {
            <&mut programs::BtfTracePoint>::try_from(loaded)?.attach().map(|_| ())
        }
        // `attach_one` knows of these.
        Attach::FmodRet { .. }
        | Attach::Uprobe { .. }
        | Attach::Uretprobe { .. }
        | Attach::Usdt { .. }
        | Attach::KprobeMulti { .. }
        | Attach::KretprobeMulti { .. }
        | Attach::Kprobes { .. }
        | Attach::Kretprobes { .. } => Err(ProgramError::UnexpectedProgramType),
    }
}

/// Detaches and unloads one program. One that is not loaded has nothing to detach.
#[expect(clippy::wildcard_enum_match_arm, reason = "aya has kinds that no bundle has")]
pub(super) fn detach(program: &mut programs::Program) {
    let _ = match program {
        programs::Program::FEntry(program) => program.unload(),
        programs::Program::FExit(program) => program.unload(),
        programs::Program::Lsm(program) => program.unload(),
        programs::Program::KProbe(program) => program.unload(),
        programs::Program::TracePoint(program) => program.unload(),
        programs::Program::RawTracePoint(program) => program.unload(),
        programs::Program::BtfTracePoint(program) => program.unload(),
        // No other kind is ever loaded.
        _ => Ok(()),
    };
}

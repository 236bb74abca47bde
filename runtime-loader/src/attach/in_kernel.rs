//! Programs in the kernel: what it is told of each when it is loaded, and how each is attached.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

use aya_obj::generated::bpf_attach_type::{
    BPF_LSM_MAC, BPF_MODIFY_RETURN, BPF_TRACE_FENTRY, BPF_TRACE_FEXIT, BPF_TRACE_RAW_TP,
};
use aya_obj::generated::bpf_prog_type::{
    BPF_PROG_TYPE_KPROBE, BPF_PROG_TYPE_LSM, BPF_PROG_TYPE_RAW_TRACEPOINT,
    BPF_PROG_TYPE_TRACEPOINT, BPF_PROG_TYPE_TRACING,
};
use writ_bundle::{Attach, Manifest};

use super::object::{Kind, Prepared};
use crate::code::{self, Problem};
use crate::running_kernel::{RunningKernel, trace_event_id};
use crate::system;
use crate::system::kprobe::{self, KPROBE_MULTI, Side};
use crate::system::perf_event::{self, Binding};

/// A loaded program.
#[derive(Debug)]
pub(super) struct Program {
    descriptor: OwnedFd,
    binding: Binding,
}

/// An attached program. Dropping it detaches the program.
#[derive(Debug)]
#[expect(dead_code, reason = "the descriptor is held open, not read")]
pub(super) struct Link(OwnedFd);

/// Loads a program.
pub(super) fn load(
    prepared: &Prepared,
    manifest: &Manifest,
    program: &writ_bundle::Program,
    kernel: &RunningKernel,
) -> Result<Program, Problem> {
    let kind = kind(&program.attach, kernel)?;
    let instructions = prepared.instructions(program)?;
    let descriptor = prepared.load(manifest, program, &instructions, kind)?;
    Ok(Program { descriptor, binding: kernel.binding() })
}

fn kind(attach: &Attach, kernel: &RunningKernel) -> Result<Kind, Problem> {
    let plain = |program_type| Kind { program_type, ..Kind::default() };
    let tracing = |attach_type, function: &str| {
        let function = kernel.function(function).ok_or_else(|| missing(function))?;
        let program_type = BPF_PROG_TYPE_TRACING as u32;
        Ok(Kind { program_type, attach_type, function, ..Kind::default() })
    };
    match attach {
        Attach::Fentry { function } => tracing(BPF_TRACE_FENTRY as u32, function),
        Attach::Fexit { function } => tracing(BPF_TRACE_FEXIT as u32, function),
        Attach::FmodRet { function } => tracing(BPF_MODIFY_RETURN as u32, function),
        Attach::BtfTracepoint { event } => Ok(Kind {
            attach_type: BPF_TRACE_RAW_TP as u32,
            function: kernel.raw_tracepoint(event).ok_or_else(|| missing(event))?,
            ..plain(BPF_PROG_TYPE_TRACING as u32)
        }),
        Attach::Lsm { hook, sleepable } => Ok(Kind {
            program_type: BPF_PROG_TYPE_LSM as u32,
            flags: if *sleepable { SLEEPABLE } else { 0 },
            ..tracing(BPF_LSM_MAC as u32, &format!("bpf_lsm_{hook}"))?
        }),
        Attach::KprobeMulti { .. } | Attach::KretprobeMulti { .. } => {
            Ok(Kind { attach_type: KPROBE_MULTI, ..plain(BPF_PROG_TYPE_KPROBE as u32) })
        }
        Attach::Tracepoint { .. } => Ok(plain(BPF_PROG_TYPE_TRACEPOINT as u32)),
        Attach::RawTracepoint { .. } => Ok(plain(BPF_PROG_TYPE_RAW_TRACEPOINT as u32)),
        Attach::Kprobe { .. }
        | Attach::Kretprobe { .. }
        | Attach::Kprobes { .. }
        | Attach::Kretprobes { .. }
        | Attach::Uprobe { .. }
        | Attach::Uretprobe { .. }
        | Attach::Usdt { .. } => Ok(plain(BPF_PROG_TYPE_KPROBE as u32)),
    }
}

/// `BPF_F_SLEEPABLE`
const SLEEPABLE: u32 = 1 << 4;

fn missing(name: &str) -> Problem {
    Problem::new(&code::MISSING_FEATURE, format!("the kernel's BTF has no `{name}`"))
}

impl Program {
    /// Attaches the program. When it is to be attached in several places and one refuses, it is
    /// attached in none.
    pub(super) fn attach(&self, attach: &Attach) -> Result<Vec<Link>, String> {
        let program = self.descriptor.as_fd();
        let link = match attach {
            Attach::Fentry { .. }
            | Attach::Fexit { .. }
            | Attach::FmodRet { .. }
            | Attach::Lsm { .. }
            | Attach::BtfTracepoint { .. } => system::attach_tracing_program(program),
            Attach::RawTracepoint { event } => system::attach_raw_tracepoint(program, event),
            Attach::Tracepoint { subsystem, event } => {
                self.attach_tracepoint(program, subsystem, event)
            }
            Attach::Kprobe { function } => return self.each(&[function], Side::Entry),
            Attach::Kretprobe { function } => return self.each(&[function], Side::Return),
            Attach::Kprobes { functions } => return self.each(functions, Side::Entry),
            Attach::Kretprobes { functions } => return self.each(functions, Side::Return),
            Attach::KprobeMulti { functions } => {
                kprobe::attach_to_all(program, functions, Side::Entry)
            }
            Attach::KretprobeMulti { functions } => {
                kprobe::attach_to_all(program, functions, Side::Return)
            }
            Attach::Uprobe { .. } | Attach::Uretprobe { .. } | Attach::Usdt { .. } => {
                return Err("it is for places in user space".to_owned());
            }
        };
        link.map(|link| vec![Link(link)]).map_err(|error| error.to_string())
    }

    fn attach_tracepoint(
        &self,
        program: BorrowedFd<'_>,
        subsystem: &str,
        event: &str,
    ) -> io::Result<OwnedFd> {
        let event = perf_event::open_tracepoint(trace_event_id(subsystem, event)?)?;
        perf_event::run_program(event, program, self.binding, 0)
    }

    /// Attaches it to one function after another. The cookie of the nth is n.
    fn each<T: AsRef<str>>(&self, functions: &[T], side: Side) -> Result<Vec<Link>, String> {
        let one = |(cookie, function): (u64, &T)| {
            let function = function.as_ref();
            let event = kprobe::open_event(function, side);
            let link = event.and_then(|event| {
                perf_event::run_program(event, self.descriptor.as_fd(), self.binding, cookie)
            });
            link.map(Link).map_err(|error| format!("`{function}`: {error}"))
        };
        (0..).zip(functions).map(one).collect()
    }
}

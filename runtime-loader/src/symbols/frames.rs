//! Names the frames of stack traces.

use super::kernel::KernelSymbols;
use super::program::{Place, ProgramSymbols};
use crate::events::{Frame, Frames, Space};
use crate::output::Messages;

/// Whether events show where code stands in memory. That helps to attack it, so Tetragon, too, hides
/// it unless told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addresses {
    Shown,
    Hidden,
}

/// Names frames; symbols are read when the first stack trace comes.
pub fn frames(addresses: Addresses, messages: Messages) -> Frames {
    let mut kernel = KernelSymbols::default();
    let mut programs = ProgramSymbols::default();
    let mut was_told = false;
    Box::new(move |space, stack| {
        let frames = match space {
            Space::Kernel => of_kernel(&mut kernel, stack),
            Space::Process(pid) => of_program(&mut programs, pid, stack),
        };
        if kernel.is_hidden() && !was_told {
            was_told = true;
            messages.warning(
                "kernel stack traces have no names: /proc/kallsyms hides addresses \
                 (kernel.kptr_restrict)",
            );
        }
        shown(addresses, frames)
    })
}

/// A return address can be behind the end of its function, when that function's last instruction
/// is the call; one byte before is surely in it. The innermost address is no return address.
fn before(place: usize) -> u64 {
    u64::from(place > 0)
}

fn of_kernel(symbols: &mut KernelSymbols, stack: &[u64]) -> Vec<Frame> {
    let mut frames = Vec::with_capacity(stack.len());
    for (place, &address) in stack.iter().enumerate() {
        let back = before(place);
        let found = symbols.find(address.saturating_sub(back));
        let (symbol, offset) = found.map_or_else(Default::default, |found| {
            (found.name.to_owned(), found.offset.saturating_add(back))
        });
        frames.push(Frame { address, offset, symbol, module: String::new() });
    }
    without_our_own(frames)
}

/// Frames of the BPF program that took the trace, and of what called it, are not part of what led to
/// the hook.
fn without_our_own(mut frames: Vec<Frame>) -> Vec<Frame> {
    const OURS: [&str; 5] =
        ["bpf_prog_", "bpf_trampoline_", "bpf_trace_run", "__bpf_trace_", "bpf_get_stack"];
    const INNERMOST: usize = 10;
    let is_ours = |frame: &Frame| OURS.iter().any(|name| frame.symbol.starts_with(name));
    let last = frames.iter().take(INNERMOST).rposition(is_ours);
    if let Some(last) = last {
        frames.drain(..=last);
    }
    frames
}

fn of_program(symbols: &mut ProgramSymbols, pid: u32, stack: &[u64]) -> Vec<Frame> {
    let asked: Vec<u64> = stack
        .iter()
        .enumerate()
        .map(|(place, address)| address.saturating_sub(before(place)))
        .collect();
    let places = symbols.find(pid, &asked);
    let frame = |(place, (address, found)): (usize, (&u64, Option<Place>))| {
        let Place { module, symbol, offset } = found.unwrap_or_default();
        let is_known = !module.is_empty();
        let offset = if is_known { offset.saturating_add(before(place)) } else { 0 };
        Frame { address: *address, offset, symbol, module }
    };
    stack.iter().zip(places).enumerate().map(frame).collect()
}

/// Frames of which nothing may be said are left out, as Tetragon does.
fn shown(addresses: Addresses, mut frames: Vec<Frame>) -> Vec<Frame> {
    if addresses == Addresses::Hidden {
        for frame in &mut frames {
            frame.address = 0;
        }
        frames.retain(|frame| *frame != Frame::default());
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(symbol: &str, address: u64) -> Frame {
        Frame { address, symbol: symbol.to_owned(), ..Frame::default() }
    }

    #[test]
    fn the_programs_own_frames_are_left_out() {
        let stack = ["bpf_prog_1_e0", "bpf_trampoline_6442", "security_file_open", "do_open"];
        let frames = without_our_own(stack.iter().map(|name| frame(name, 1)).collect());
        let names: Vec<&str> = frames.iter().map(|frame| frame.symbol.as_str()).collect();
        assert_eq!(names, ["security_file_open", "do_open"]);
    }

    #[test]
    fn hidden_addresses_leave_only_frames_with_names() {
        let frames = || vec![frame("a", 1), frame("", 2)];
        assert_eq!(shown(Addresses::Hidden, frames()), [frame("a", 0)]);
        assert_eq!(shown(Addresses::Shown, frames()), frames());
    }
}

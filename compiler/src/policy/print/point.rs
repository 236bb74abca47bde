//! What is hooked, as text.

use super::text::{quoted, symbol};
use crate::policy::{Call, CallKind, Point, Uprobe};
use crate::source::Spanned;

/// The kind and the name of what is hooked.
pub(super) fn point(point: &Point) -> String {
    match point {
        Point::Function(name) => format!("kprobe {}", symbol(&name.value)),
        Point::Syscall(name) => format!("syscall {}", symbol(&name.value)),
        Point::List { name, kind: CallKind::Function } => format!("kprobe {}", list(name)),
        Point::List { name, kind: CallKind::Syscall } => format!("syscall {}", list(name)),
        Point::Fentry(Call::One { name, kind }) => {
            format!("fentry {}{}", as_syscall(*kind), symbol(&name.value))
        }
        Point::Fentry(Call::List { name, kind }) => {
            format!("fentry {}{}", as_syscall(*kind), list(name))
        }
        Point::Lsm(name) => format!("lsm {}", symbol(&name.value)),
        Point::Tracepoint { subsystem, event } => {
            format!("tracepoint {}:{}", symbol(&subsystem.value), symbol(&event.value))
        }
        Point::RawTracepoint { subsystem, event } => {
            format!("raw_tracepoint {}:{}", symbol(&subsystem.value), symbol(&event.value))
        }
        Point::Uprobe(program) => uprobe(program),
        Point::Usdt { path, provider, name, btf_path } => format!(
            "usdt {}{} {}:{}",
            quoted(&path.value),
            btf(btf_path.as_ref()),
            symbol(&provider.value),
            symbol(&name.value)
        ),
    }
}

fn list(name: &Spanned<String>) -> String {
    format!("list {}", symbol(&name.value))
}

fn as_syscall(kind: CallKind) -> &'static str {
    match kind {
        CallKind::Function => "",
        CallKind::Syscall => "syscall ",
    }
}

fn btf(path: Option<&Spanned<String>>) -> String {
    path.map_or(String::new(), |path| format!(" btf {}", quoted(&path.value)))
}

fn uprobe(uprobe: &Uprobe) -> String {
    let Uprobe { path, symbols, offsets, addresses, reference_counter_offsets, btf_path, digests } =
        uprobe;
    let texts = |list: &[Spanned<String>]| -> Vec<String> {
        list.iter().map(|one| quoted(&one.value)).collect()
    };
    let names: Vec<String> = symbols.iter().map(|one| symbol(&one.value)).collect();
    [
        format!("uprobe {}", quoted(&path.value)),
        btf(btf_path.as_ref()),
        listed(" digest ", &texts(digests)),
        listed("+", &hexadecimal(offsets)),
        listed(" at ", &hexadecimal(addresses)),
        listed(" semaphore ", &hexadecimal(reference_counter_offsets)),
        listed(" ", &names),
    ]
    .concat()
}

fn hexadecimal(numbers: &[Spanned<u64>]) -> Vec<String> {
    numbers.iter().map(|number| format!("{:#x}", number.value)).collect()
}

/// Nothing for none, and brackets for several.
fn listed(before: &str, list: &[String]) -> String {
    match list {
        [] => String::new(),
        [only] => format!("{before}{only}"),
        _ => format!("{before}[{}]", list.join(", ")),
    }
}

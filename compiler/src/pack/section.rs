//! In which ELF section a program stands: its name says where the program is attached.

use std::collections::BTreeMap;

use writ_bundle::Attach;

use crate::machine::Program;

/// The programs of one ELF section, each with the offset of its first byte.
#[derive(Debug)]
pub(super) struct Section<'a> {
    pub(super) name: String,
    pub(super) programs: Vec<(u64, &'a Program)>,
}

/// Sections in the order of their names; programs keep their order.
pub(super) fn lay_out(programs: &[Program]) -> Vec<Section<'_>> {
    let mut sections: BTreeMap<String, Vec<&Program>> = BTreeMap::new();
    for program in programs {
        sections.entry(section_name(&program.attach)).or_default().push(program);
    }
    sections.into_iter().map(|(name, programs)| place(name, programs)).collect()
}

fn place(name: String, programs: Vec<&Program>) -> Section<'_> {
    let mut end = 0;
    let place = |program: &'_ Program| {
        let base = end;
        end += program.code.bytes().len() as u64;
        base
    };
    let bases: Vec<u64> = programs.iter().copied().map(place).collect();
    Section { name, programs: bases.into_iter().zip(programs).collect() }
}

/// The name that libbpf gives the section (`section_defs` in `tools/lib/bpf/libbpf.c`).
fn section_name(attach: &Attach) -> String {
    match attach {
        Attach::Fentry { function } => format!("fentry/{function}"),
        Attach::Fexit { function } => format!("fexit/{function}"),
        Attach::FmodRet { function } => format!("fmod_ret/{function}"),
        Attach::Kprobe { function } => format!("kprobe/{function}"),
        Attach::Kretprobe { function } => format!("kretprobe/{function}"),
        Attach::Lsm { hook, sleepable: false } => format!("lsm/{hook}"),
        Attach::Lsm { hook, sleepable: true } => format!("lsm.s/{hook}"),
        Attach::Tracepoint { subsystem, event } => format!("tracepoint/{subsystem}/{event}"),
        Attach::KprobeMulti { .. } => "kprobe.multi".to_owned(),
        Attach::KretprobeMulti { .. } => "kretprobe.multi".to_owned(),
        // A loader that follows the name attaches to the first function only.
        Attach::Kprobes { functions } => format!("kprobe/{}", first(functions)),
        Attach::Kretprobes { functions } => format!("kretprobe/{}", first(functions)),
        Attach::RawTracepoint { event } => format!("raw_tp/{event}"),
        Attach::BtfTracepoint { event } => format!("tp_btf/{event}"),
        // Where to attach is for the loader of the bundle: only it reads the file. What libbpf would
        // take from a longer name cannot say several places.
        Attach::Uprobe { .. } | Attach::Usdt { .. } => "uprobe".to_owned(),
        Attach::Uretprobe { .. } => "uretprobe".to_owned(),
    }
}

fn first(functions: &[String]) -> &str {
    functions.first().map_or("", String::as_str)
}

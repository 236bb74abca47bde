//! What an entry of each section hooks.

use crate::parse::yaml::fields::Fields;
use crate::parse::yaml::{Report, findings, inside};
use crate::policy::{Call, CallKind, Point, Uprobe};
use crate::source::Spanned;

/// What an entry of `kprobes` hooks.
pub(super) fn kprobe(fields: &Fields, report: &mut Report<'_>) -> Option<Point> {
    Some(match call(fields, report)? {
        Call::One { name, kind: CallKind::Function } => Point::Function(name),
        Call::One { name, kind: CallKind::Syscall } => Point::Syscall(name),
        Call::List { name, kind } => Point::List { name, kind },
    })
}

/// What an entry of `fentries` hooks.
pub(super) fn fentry(fields: &Fields, report: &mut Report<'_>) -> Option<Point> {
    call(fields, report).map(Point::Fentry)
}

fn call(fields: &Fields, report: &mut Report<'_>) -> Option<Call> {
    const LIST: &str = "list:";
    let name = fields.text("call")?;
    if fields.is_lost("syscall") {
        return None;
    }
    // Without the key, the function is a system call.
    let is_syscall = fields.flag("syscall").is_none_or(|flag| flag.value);
    let kind = if is_syscall { CallKind::Syscall } else { CallKind::Function };
    if name.value.starts_with(LIST) {
        let name = inside::after(report.text, &name, LIST.len())?;
        return Some(Call::List { name, kind });
    }
    Some(Call::One { name, kind })
}

/// What an entry of `tracepoints` hooks.
pub(super) fn tracepoint(fields: &Fields, _: &mut Report<'_>) -> Option<Point> {
    let (subsystem, event) = fields.text("subsystem").zip(fields.text("event"))?;
    match fields.flag("raw") {
        _ if fields.is_lost("raw") => None,
        Some(Spanned { value: true, .. }) => Some(Point::RawTracepoint { subsystem, event }),
        Some(Spanned { value: false, .. }) | None => Some(Point::Tracepoint { subsystem, event }),
    }
}

/// What an entry of `lsmhooks` hooks.
pub(super) fn lsm(fields: &Fields, _: &mut Report<'_>) -> Option<Point> {
    fields.text("hook").map(Point::Lsm)
}

/// What an entry of `uprobes` hooks.
pub(super) fn uprobe(fields: &Fields, report: &mut Report<'_>) -> Option<Point> {
    check_place(fields, report);
    Some(Point::Uprobe(Uprobe {
        path: fields.text("path")?,
        symbols: fields.texts("symbols"),
        offsets: fields.integers("offsets"),
        addresses: fields.integers("addrs"),
        reference_counter_offsets: fields.integers("refCtrOffsets"),
        btf_path: fields.some_text("btfPath"),
        digests: fields.texts("binaryDigests"),
    }))
}

/// A uprobe says in one way where it is.
fn check_place(fields: &Fields, report: &mut Report<'_>) {
    const WAYS: [&str; 3] = ["symbols", "offsets", "addrs"];
    let is_used = |key: &&str| !fields.items(key).is_empty();
    let mut used = WAYS.iter().filter(|key| is_used(key)).filter_map(|key| fields.field(key));
    let Some(first) = used.next() else {
        let is_lost = WAYS.iter().any(|key| fields.is_lost(key));
        if let Some(path) = fields.text("path").filter(|_| !is_lost) {
            findings::missing_keys(report.diagnostics, path.span, "a uprobe", &WAYS, "or");
        }
        return;
    };
    for other in used {
        findings::exclusive(report.diagnostics, &other.key, &first.key);
    }
}

/// What an entry of `usdts` hooks.
pub(super) fn usdt(fields: &Fields, _: &mut Report<'_>) -> Option<Point> {
    Some(Point::Usdt {
        path: fields.text("path")?,
        provider: fields.text("provider")?,
        name: fields.text("name")?,
        btf_path: fields.some_text("btfPath"),
    })
}

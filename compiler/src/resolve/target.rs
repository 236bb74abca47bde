//! What the name of a hook means on this kernel.

use super::{generated, list};
use crate::diagnostic::{
    Certainty, Diagnostics, Finding, Fix, MOST_EDITS, Near, Reported, Safety, code,
};
use crate::kernel::profile::Part;
use crate::kernel::{
    self, Answer, Evidence, Feature, Function, HookName, LsmHook, Profile, RawTracepoint, Strength,
    Syscall, Tracepoint, security,
};
use crate::policy::{self, Call, CallKind, ListKind, Point};
use crate::source::Spanned;

/// The thing that is hooked.
#[derive(Debug)]
pub(super) enum Target<'a> {
    Function(Function<'a>),
    Syscall(Syscall<'a>),
    Lsm(LsmHook<'a>),
    Tracepoint(Tracepoint<'a>),
    RawTracepoint { subsystem: String, tracepoint: RawTracepoint<'a> },
}

/// Finds what is hooked.
pub(super) fn targets<'a>(
    point: &Point,
    policy: &policy::Policy,
    kernel: &'a Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Target<'a>>, Reported> {
    let one = |target: Target<'a>| vec![target];
    match point {
        Point::Function(name) => function(name, kernel, diagnostics).map(one),
        Point::Syscall(name) => syscall(name, kernel, diagnostics).map(one),
        Point::Lsm(name) => lsm_hook(name, kernel, diagnostics).map(one),
        Point::Fentry(Call::One { name, kind }) => call(name, *kind, kernel, diagnostics).map(one),
        Point::List { name, kind } | Point::Fentry(Call::List { name, kind }) => {
            match list::find(&name.value, &policy.lists) {
                Some(list) => of_list(list, *kind, kernel, diagnostics),
                None => Ok(Vec::new()),
            }
        }
        Point::Uprobe(_) | Point::Usdt { .. } => Ok(Vec::new()),
        Point::Tracepoint { subsystem, event } => {
            match kernel.tracepoint(&subsystem.value, &event.value) {
                Some(found) => Ok(one(Target::Tracepoint(found))),
                None => Err(unknown_tracepoint(subsystem, event, kernel, diagnostics)),
            }
        }
        Point::RawTracepoint { subsystem, event } => match kernel.raw_tracepoint(&event.value) {
            Some(tracepoint) => {
                let subsystem = subsystem.value.clone();
                Ok(one(Target::RawTracepoint { subsystem, tracepoint }))
            }
            None => Err(unknown_tracepoint(subsystem, event, kernel, diagnostics)),
        },
    }
}

/// The functions of a list. A list of system calls holds them whatever the hook says.
fn of_list<'a>(
    list: &policy::List,
    kind: CallKind,
    kernel: &'a Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Target<'a>>, Reported> {
    let kind = match list.kind.map(|kind| kind.value) {
        Some(ListKind::GeneratedSyscalls | ListKind::GeneratedFtrace) => {
            return generated::targets(list, kernel, diagnostics);
        }
        Some(ListKind::Syscalls) => CallKind::Syscall,
        None => kind,
    };
    let serves_32_bits = kernel.serves_32_bits();
    let targets: Vec<Result<Target<'a>, Reported>> = list
        .values
        .iter()
        // Such calls cannot be made on a kernel that serves no 32-bit programs.
        .filter(|value| serves_32_bits || !list::is_of_32_bits(&value.value))
        .map(|value| {
            let name = Spanned::new(list::without_abi(&value.value).to_owned(), value.span);
            if list::is_of_32_bits(&value.value) {
                return syscall_of_32_bits(&name, kernel, diagnostics);
            }
            call(&name, kind, kernel, diagnostics)
        })
        .collect();
    targets.into_iter().collect()
}

/// A system call as 32-bit programs make it.
pub(super) fn syscall_of_32_bits<'a>(
    name: &Spanned<String>,
    kernel: &'a Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Target<'a>, Reported> {
    match kernel.syscall_of_32_bits(&name.value) {
        Some(found) => Ok(Target::Syscall(found)),
        None => Err(unknown_syscall(name, kernel, diagnostics)),
    }
}

/// A function or system call.
pub(super) fn call<'a>(
    name: &Spanned<String>,
    kind: CallKind,
    kernel: &'a Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Target<'a>, Reported> {
    match kind {
        CallKind::Function => function(name, kernel, diagnostics),
        CallKind::Syscall => syscall(name, kernel, diagnostics),
    }
}

fn function<'a>(
    name: &Spanned<String>,
    kernel: &'a Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Target<'a>, Reported> {
    if let Answer::Absent(evidence) = kernel.is_unique(&name.value) {
        return Err(ambiguous(name, &evidence.text, kernel, diagnostics));
    }
    if let Some(function) = kernel.function(&name.value) {
        let kprobe = kernel.has(Feature::Kprobe(&name.value));
        return match (&function.traceable, kprobe) {
            (Answer::Absent(evidence), Answer::Absent(_)) => {
                Err(untraceable(name, evidence, kernel, diagnostics))
            }
            (Answer::Present(_) | Answer::Absent(_) | Answer::Unknown(_), _) => {
                Ok(Target::Function(function))
            }
        };
    }
    if kernel.has_function(&name.value).is_present() {
        return Err(undescribed(name, kernel, diagnostics));
    }
    let variants = kernel.variants(&name.value);
    if let Some(variant) = variants.first() {
        let message = format!("the kernel has `{}` only as `{variant}`", name.value);
        let finding = Finding::at(name.span, message)
            .label("no function of exactly this name")
            .help(AROUND.to_owned())
            .note("the compiler made a copy with another signature, which has no stable name")
            .on_kernel(kernel.name());
        return Err(diagnostics.error(&code::RENAMED_FUNCTION, finding));
    }
    let hook = HookName::Function(name.value.clone());
    let (help, fix) = match syscall_help(&name.value, kernel).or_else(|| renamed(&hook, kernel)) {
        Some(help) => (Some(help), None),
        None => mistyped(name, &name.value, kernel.functions_like(&name.value, MOST_EDITS)),
    };
    let message = format!("the kernel has no function `{}`", name.value);
    let finding = Finding::at(name.span, message)
        .label("not in its BTF")
        .help(help)
        .fix(fix)
        .on_kernel(kernel.name());
    Err(diagnostics.error(&code::UNKNOWN_FUNCTION, elsewhere(finding, &hook)))
}

/// What to do about a function that cannot be hooked.
const AROUND: &str = "hook a function that calls it, or one that it calls";

fn ambiguous(
    name: &Spanned<String>,
    evidence: &str,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Reported {
    let message = format!("the kernel has several functions `{}`", name.value);
    let finding = Finding::at(name.span, message)
        .label("nothing tells which of them is meant")
        .help(AROUND.to_owned())
        .note(format!("on {}: {evidence}", kernel.name()))
        .note("static functions of different files can share a name; the kernel takes any of them")
        .on_kernel(kernel.name());
    diagnostics.error(&code::AMBIGUOUS_FUNCTION, finding)
}

fn syscall_help(name: &str, kernel: &Profile) -> Option<String> {
    let syscall = kernel.syscall(name)?;
    Some(format!(
        "`{}` is a system call: write `syscall: true`, or `on syscall {}(…)`",
        syscall.name, syscall.name
    ))
}

/// Help and a fix for a name that is near to one of `names`. The kernel may well have both, so a
/// person decides.
fn mistyped<'a>(
    name: &Spanned<String>,
    bare: &str,
    names: impl Iterator<Item = &'a str>,
) -> (Option<String>, Option<Fix>) {
    let near = Near::to(bare, near(bare, names));
    (near.help(), near.fix(name.span, Safety::Unsafe))
}

fn untraceable(
    name: &Spanned<String>,
    evidence: &Evidence,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Reported {
    let message = format!("the kernel lets nobody trace `{}`", name.value);
    let certainty = match evidence.strength {
        Strength::Shown => Certainty::Proven,
        Strength::Inferred => Certainty::Inferred,
    };
    let finding = Finding::at(name.span, message)
        .label("cannot be hooked")
        .help(AROUND.to_owned())
        .note(format!("on {}: {}", kernel.name(), evidence.text))
        .certainty(certainty)
        .on_kernel(kernel.name());
    diagnostics.error(&code::UNTRACEABLE_FUNCTION, finding)
}

fn undescribed(
    name: &Spanned<String>,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Reported {
    let other = kernel.alias(&name.value).filter(|other| kernel.function(other).is_some());
    let help = other.map_or_else(
        || AROUND.to_owned(),
        |other| format!("hook `{other}`, which is the same code"),
    );
    let message = format!("the kernel's BTF does not describe `{}`", name.value);
    let finding = Finding::at(name.span, message)
        .label("nothing tells what it takes")
        .help(help)
        .note(format!("on {}: {}", kernel.name(), kernel.has_function(&name.value).because()))
        .on_kernel(kernel.name());
    diagnostics.error(&code::UNDESCRIBED_FUNCTION, finding)
}

/// Says which of the embedded kernels have what this one lacks.
fn elsewhere(finding: Finding, hook: &HookName) -> Finding {
    let kernels = kernel::elsewhere::kernels_with(hook);
    if kernels.is_empty() {
        return finding;
    }
    finding.note(format!("of the kernels that come with writ, it is in {}", kernels.join(", ")))
}

/// What a hook of other kernels may be called here, or the nearest names.
fn renamed(hook: &HookName, kernel: &Profile) -> Option<String> {
    let names = kernel::elsewhere::successors(hook, kernel);
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| format!("on this kernel it may be {}", names.join(" or ")))
}

fn syscall<'a>(
    name: &Spanned<String>,
    kernel: &'a Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Target<'a>, Reported> {
    if let Some(syscall) = kernel.syscall(&name.value) {
        return Ok(Target::Syscall(syscall));
    }
    Err(unknown_syscall(name, kernel, diagnostics))
}

fn unknown_syscall(
    name: &Spanned<String>,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Reported {
    let (help, fix) = if kernel.function(&name.value).is_some() {
        let help = format!(
            "`{0}` is an ordinary kernel function: write `syscall: false`, or `on kprobe {0}(…)`",
            name.value
        );
        (Some(help), None)
    } else {
        let bare = name.value.strip_prefix(kernel.syscall_prefix());
        let bare = bare.or(name.value.strip_prefix("sys_")).unwrap_or(&name.value);
        match security::function_of_syscall(bare).filter(|other| kernel.syscall(other).is_some()) {
            Some(other) => {
                let fix = Fix::not_safe(format!("write `sys_{other}`"));
                let fix = fix.rewrite(name.span, format!("sys_{other}"));
                (Some(format!("the kernel calls it `sys_{other}`")), Some(fix))
            }
            None => mistyped(name, bare, kernel.syscalls()),
        }
    };
    let hook = HookName::Syscall(name.value.trim_start_matches("sys_").to_owned());
    let message = format!("the kernel has no system call `{}`", name.value);
    let finding = Finding::at(name.span, message)
        .label("not one of its system calls")
        .help(help)
        .fix(fix)
        .on_kernel(kernel.name());
    diagnostics.error(&code::UNKNOWN_SYSCALL, elsewhere(finding, &hook))
}

fn lsm_hook<'a>(
    name: &Spanned<String>,
    kernel: &'a Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Target<'a>, Reported> {
    if let Some(hook) = kernel.lsm_hook(&name.value) {
        return Ok(Target::Lsm(hook));
    }
    let bare = name.value.strip_prefix("bpf_lsm_").unwrap_or(&name.value);
    let function = bare.strip_prefix("security_").unwrap_or(bare);
    let hook = security::hook_of_function(&format!("security_{function}"));
    let (help, fix) = match hook.and_then(|hook| kernel.lsm_hook(&hook)) {
        Some(hook) => {
            let fix = Fix::safe(format!("write `{}`", hook.name)).rewrite(name.span, hook.name);
            (Some(format!("the hook is called `{}`", hook.name)), Some(fix))
        }
        None => match renamed(&HookName::Lsm(function.to_owned()), kernel) {
            Some(help) => (Some(help), None),
            None => mistyped(name, function, kernel.lsm_hooks()),
        },
    };
    let hook = HookName::Lsm(function.to_owned());
    let message = format!("the kernel has no LSM hook `{}`", name.value);
    let finding = Finding::at(name.span, message)
        .label("not one of its hooks")
        .help(help)
        .fix(fix)
        .on_kernel(kernel.name());
    Err(diagnostics.error(&code::UNKNOWN_LSM_HOOK, elsewhere(finding, &hook)))
}

fn unknown_tracepoint(
    subsystem: &Spanned<String>,
    event: &Spanned<String>,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Reported {
    let same: Vec<&str> = kernel
        .tracepoints()
        .filter(|(_, name)| *name == event.value)
        .map(|(subsystem, _)| subsystem)
        .collect();
    let (span, (help, fix)) = match same.first() {
        Some(right) if *right != subsystem.value => {
            let help = format!("`{}` belongs to the subsystem `{right}`", event.value);
            let fix = Fix::not_safe(format!("write `{right}`")).rewrite(subsystem.span, *right);
            (subsystem.span, (Some(help), Some(fix)))
        }
        Some(_) | None => {
            let events = kernel.tracepoints().map(|(_, name)| name);
            let events = events.chain(kernel.raw_tracepoints());
            (event.span, mistyped(event, &event.value, events))
        }
    };
    let certainty = match kernel.missing(Part::Formats) {
        Some(_) => Certainty::Unknown,
        None => Certainty::Proven,
    };
    let message = format!("the kernel has no tracepoint `{}/{}`", subsystem.value, event.value);
    let finding = Finding::at(span, message)
        .certainty(certainty)
        .label("not one of its tracepoints")
        .help(help)
        .fix(fix)
        .on_kernel(kernel.name());
    let hook = HookName::Tracepoint(subsystem.value.clone(), event.value.clone());
    diagnostics.error(&code::UNKNOWN_TRACEPOINT, elsewhere(finding, &hook))
}

/// The names whose length allows them to be near: a kernel has 50,000 of them.
fn near<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> impl Iterator<Item = &'a str> {
    let length = name.len();
    names.filter(move |other| other.len().abs_diff(length) <= length / 3 + 1)
}

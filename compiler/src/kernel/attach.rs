//! In which ways a program can be attached to a function, and what speaks against each.

use super::answer::{Answer, Evidence};
use super::btf::{Shape, Type};
use super::feature::{config, helper, listed};
use super::function::{Function, Prototype};
use super::lsm::LsmHook;
use super::profile::{FentryUse, Part, Profile};
use super::refused_lsm_hook_table::REFUSED;

/// Arguments that a trampoline passes on x86-64 on every kernel.
const REGISTER_ARGUMENTS: usize = 6;

/// Arguments that it passes on newer kernels, those on the stack too (`MAX_BPF_FUNC_ARGS`), and the
/// release that began with it (`arch_prepare_bpf_trampoline` in `arch/x86/net/bpf_jit_comp.c`);
/// nothing but the version tells.
const STACK_ARGUMENTS: (usize, (u32, u32)) = (12, (6, 6));

/// Functions that trampolines themselves call (`BTF_SET_START(btf_id_deny)` in
/// `kernel/bpf/verifier.c`).
const DENIED: &[&str] = &[
    "__rcu_read_lock",
    "__rcu_read_unlock",
    "migrate_disable",
    "migrate_enable",
    "preempt_count_add",
    "preempt_count_sub",
    "rcu_read_unlock_strict",
];

/// The newest release series that certainly refuses `fmod_ret` on system calls without error
/// injection, and the oldest that certainly allows it. Both were tried.
const FMOD_RET_ON_SYSCALLS: ((u32, u32), (u32, u32)) = ((6, 12), (7, 2));

/// Whether BTF describes `function`.
pub(super) fn described(profile: &Profile, function: &str) -> Answer {
    if profile.btf().functions_named(function).next().is_some() {
        return Answer::shown(format!("BTF has the function `{function}`"));
    }
    match profile.variants(function).first() {
        Some(variant) => Answer::absent(format!("the compiler made `{variant}` of `{function}`")),
        None => Answer::absent(format!("BTF has no function `{function}`")),
    }
}

/// Whether ftrace can trace `function`.
pub(super) fn traceable(profile: &Profile, function: &str) -> Answer {
    let (count, list) = match (profile.traceable_count(function), profile.lines(Part::Traceable)) {
        (Ok(count), Ok(list)) => (count, list),
        (Err(reason), _) | (_, Err(reason)) => return Answer::unknown(reason),
    };
    let evidence = |text| Evidence { strength: profile.strength(), text };
    if count > 0 {
        return Answer::Present(evidence(format!("ftrace lists `{function}`")));
    }
    if let Some(name) = profile.alias(function) {
        let text = format!("ftrace lists `{name}`, of which `{function}` is another name");
        return Answer::Present(evidence(text));
    }
    if let Some(module) = list.after(&format!("{function} [")) {
        let module = module.trim_end_matches(']');
        return Answer::unknown(format!("`{function}` belongs to the module `{module}`"));
    }
    let variants = profile.variants(function);
    Answer::Absent(evidence(match variants.first() {
        Some(variant) => format!("ftrace lists `{variant}`, but not `{function}`"),
        None => format!("ftrace does not list `{function}`{}", untraced(profile, function)),
    }))
}

/// Whether the kernel has a function of this name, whether or not BTF describes it.
pub(super) fn exists(profile: &Profile, function: &str) -> Answer {
    let described = described(profile, function);
    if described.is_present() {
        return described;
    }
    match (profile.traceable_count(function), profile.untraced_count(function)) {
        (Ok(1..), _) => Answer::shown(format!("ftrace lists `{function}`")),
        (_, Ok(1..)) => Answer::shown(format!("`/proc/kallsyms` lists `{function}`")),
        _ if profile.alias(function).is_some() => {
            Answer::shown(format!("`/proc/kallsyms` lists `{function}`"))
        }
        (_, Err(reason)) => Answer::unknown(reason),
        (_, Ok(0)) => described,
    }
}

/// Why a function is not in ftrace's list, as the end of a clause.
fn untraced(profile: &Profile, function: &str) -> &'static str {
    if forbidden(profile, function).is_absent() {
        return ", and it is on the kprobe blacklist";
    }
    match profile.untraced_count(function) {
        Ok(0) => ", and the running kernel has no such function",
        Ok(_) => ", since it was built without the call that ftrace patches",
        Err(_) => "",
    }
}

/// Whether the kernel allows kprobes on `function` (`NOKPROBE_SYMBOL`, `.noinstr.text`,
/// `.kprobes.text`, `.entry.text`; `within_kprobe_blacklist` in `kernel/kprobes.c`).
pub(super) fn forbidden(profile: &Profile, function: &str) -> Answer {
    match profile.lines(Part::KprobeBlacklist) {
        Err(reason) => Answer::unknown(reason),
        Ok(list) if list.count(function) > 0 => {
            Answer::absent(format!("`{function}` is on the kprobe blacklist"))
        }
        Ok(_) => Answer::shown(format!("`{function}` is not on the kprobe blacklist")),
    }
}

/// Whether `function` is in the error-injection list.
pub(super) fn error_injectable(profile: &Profile, function: &str) -> Answer {
    let listed = match profile.lines(Part::ErrorInjection) {
        Err(reason) => return Answer::unknown(reason),
        Ok(lines) => lines.after(&format!("{function}\t")),
    };
    match listed {
        Some(kind) => Answer::shown(format!("the error-injection list has it as `{kind}`")),
        None => Answer::absent(format!("the error-injection list has no `{function}`")),
    }
}

/// Whether fentry programs can be attached to `function` and see every call of it.
pub(super) fn fentry(profile: &Profile, function: &str) -> Answer {
    tracing(profile, function, "trace_fentry")
}

/// Whether fexit programs can be attached to `function` and see every return of it.
pub(super) fn fexit(profile: &Profile, function: &str) -> Answer {
    tracing(profile, function, "trace_fexit")
}

fn tracing(profile: &Profile, function: &str, attach_type: &str) -> Answer {
    match profile.fentry {
        FentryUse::Possible => trampoline(profile, function, attach_type),
        FentryUse::Avoided => Answer::absent("avoided, as the command line asks"),
    }
}

/// Whether `fmod_ret` programs can replace what `function` does by a return value
/// (`check_attach_modify_return` in `kernel/bpf/verifier.c`).
pub(super) fn fmod_ret(profile: &Profile, function: &str) -> Answer {
    let void = profile
        .function(function)
        .is_some_and(|found| matches!(found.prototype.returns.shape(), Shape::Void));
    if void {
        return Answer::absent(format!("`{function}` returns nothing that could be replaced"));
    }
    trampoline(profile, function, "modify_return").and(|| modifiable(profile, function))
}

fn modifiable(profile: &Profile, function: &str) -> Answer {
    if function.starts_with("security_") {
        return Answer::shown("the kernel allows it on every function `security_*`");
    }
    let listed = error_injectable(profile, function);
    if !function.starts_with(profile.syscall_prefix()) || listed.is_present() {
        return listed;
    }
    listed.or(|| modifiable_syscall(profile))
}

/// Newer kernels allow `fmod_ret` on system calls when there is no error injection that would.
fn modifiable_syscall(profile: &Profile) -> Answer {
    match config(profile, "CONFIG_FUNCTION_ERROR_INJECTION") {
        // Then the list decides.
        Answer::Present(evidence) => return Answer::Absent(evidence),
        Answer::Unknown(reason) => return Answer::Unknown(reason),
        Answer::Absent(_) => {}
    }
    let (refuses, allows) = FMOD_RET_ON_SYSCALLS;
    let Some(version @ (major, minor)) = profile.version() else {
        return Answer::unknown("the profile does not tell the kernel's release");
    };
    if version >= allows {
        Answer::inferred(format!("kernel {major}.{minor} allows fmod_ret on system calls"))
    } else if version <= refuses {
        Answer::inferred_absent(format!("kernel {major}.{minor} refuses fmod_ret on system calls"))
    } else {
        Answer::unknown(format!("whether kernel {major}.{minor} allows fmod_ret on system calls"))
    }
}

/// Whether kprobes can be attached to `function` by its name.
pub(super) fn kprobe(profile: &Profile, function: &str) -> Answer {
    // Without the blacklist the answer only rests on less.
    let allowed = match forbidden(profile, function) {
        Answer::Unknown(reason) => Answer::inferred(reason),
        answer @ (Answer::Present(_) | Answer::Absent(_)) => answer,
    };
    config(profile, "CONFIG_KPROBE_EVENTS")
        .and(|| unique(profile, function))
        .and(|| allowed)
        .and(|| probeable(profile, function))
}

/// Whether there is a place for a kprobe at the beginning of `function`. A breakpoint needs no
/// ftrace, but trace events refuse functions that ftrace does not trace (`within_notrace_func` in
/// `kernel/trace/trace_kprobe.c`), unless the kernel was built for debugging them.
fn probeable(profile: &Profile, function: &str) -> Answer {
    let Answer::Absent(evidence) = traceable(profile, function) else {
        return traceable(profile, function);
    };
    let exists = match profile.untraced_count(function) {
        Ok(count) => count > 0,
        Err(_) => described(profile, function).is_present(),
    };
    let everywhere = config(profile, "CONFIG_KPROBE_EVENTS_ON_NOTRACE");
    let only_traced = config(profile, "CONFIG_DYNAMIC_FTRACE").and(|| match everywhere {
        Answer::Absent(evidence) => Answer::Present(evidence),
        Answer::Present(evidence) => Answer::Absent(evidence),
        Answer::Unknown(reason) => Answer::Unknown(reason),
    });
    match only_traced {
        _ if !exists => Answer::Absent(evidence),
        Answer::Present(_) => Answer::Absent(evidence),
        Answer::Absent(found) => {
            Answer::inferred(format!("a breakpoint is possible, since {}", found.text))
        }
        Answer::Unknown(_) => {
            Answer::unknown(format!("{}; a breakpoint may still be possible", evidence.text))
        }
    }
}

/// Whether `bpf_override_return` works on `function`.
pub(super) fn kprobe_override(profile: &Profile, function: &str) -> Answer {
    helper(profile, "bpf_override_return")
        .and(|| config(profile, "CONFIG_BPF_KPROBE_OVERRIDE"))
        .and(|| error_injectable(profile, function))
        .and(|| kprobe(profile, function))
}

/// Whether LSM programs can be attached to `hook` and are asked. A program on a kernel whose active
/// list lacks `bpf` loads and attaches, and enforces nothing.
pub(super) fn lsm(profile: &Profile, hook: &str) -> Answer {
    let Some(found) = profile.lsm_hook(hook) else {
        return Answer::absent(format!("the kernel has no LSM hook `{hook}`"));
    };
    listed(profile, "bpf_prog_type", "BPF_PROG_TYPE_", "lsm")
        .and(|| config(profile, "CONFIG_BPF_LSM"))
        .and(|| allowed_hook(profile, &found))
        .and(|| profile.lsm_active("bpf"))
}

/// Whether the kernel attaches programs to a hook that it has.
fn allowed_hook(profile: &Profile, hook: &LsmHook<'_>) -> Answer {
    let name = hook.name;
    let has = |function: &str| profile.btf().functions_named(function).next().is_some();
    if REFUSED.iter().any(|(refused, evidence)| *refused == name && has(evidence)) {
        return Answer::inferred_absent(format!("the kernel attaches no program to `{name}`"));
    }
    let odd = odd_parameter(profile, &hook.prototype);
    match odd {
        Some(type_) => {
            Answer::inferred_absent(format!("`{name}` takes a `{}` by value", type_.text()))
        }
        None => Answer::shown(format!("BTF has `bpf_lsm_{name}`")),
    }
}

fn trampoline(profile: &Profile, function: &str, attach_type: &str) -> Answer {
    let Some(found) = profile.function(function) else { return described(profile, function) };
    listed(profile, "bpf_prog_type", "BPF_PROG_TYPE_", "tracing")
        .and(|| listed(profile, "bpf_attach_type", "BPF_", attach_type))
        .and(|| config(profile, "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS"))
        .and(|| unique(profile, function))
        .and(|| passable(profile, &found))
        .and(|| found.traceable)
}

/// Whether a name means one function. The kernel takes the first of that name it finds
/// (`kallsyms_lookup_name`), and nothing tells which that is.
pub(super) fn unique(profile: &Profile, function: &str) -> Answer {
    if let Some(prototypes @ 2..) = profile.function(function).map(|found| found.candidates) {
        return Answer::absent(format!("BTF has {prototypes} different functions `{function}`"));
    }
    let (Ok(traced), untraced) =
        (profile.traceable_count(function), profile.untraced_count(function))
    else {
        // One in BTF is good, but not certain: equal prototypes are described once.
        return Answer::inferred(format!("BTF has one function `{function}`"));
    };
    match (traced, traced + untraced.unwrap_or(0)) {
        (2.., _) => Answer::absent(format!("ftrace lists {traced} functions `{function}`")),
        (_, all @ 2..) => Answer::absent(format!(
            "the kernel has {all} functions `{function}`, and ftrace lists {traced} of them"
        )),
        _ => Answer::shown(format!("there is one function `{function}`")),
    }
}

/// Whether a trampoline can pass on what the function is called with (`btf_distill_func_proto` in
/// `kernel/bpf/btf.c`).
fn passable(profile: &Profile, function: &Function<'_>) -> Answer {
    let (name, prototype) = (function.name, &function.prototype);
    if DENIED.contains(&name) {
        return Answer::inferred_absent(format!("trampolines themselves call `{name}`"));
    }
    if prototype.variadic {
        return Answer::absent(format!("`{name}` takes a variable number of arguments"));
    }
    let count = prototype.parameters.len();
    let most = most_arguments(profile);
    if count > most {
        return Answer::inferred_absent(format!(
            "`{name}` takes {count} arguments, and a trampoline passes {most}"
        ));
    }
    if let Some(odd) = odd_parameter(profile, prototype) {
        return Answer::inferred_absent(format!("`{name}` takes a `{}` by value", odd.text()));
    }
    let returns = prototype.returns;
    if !is_scalar(returns) && returns.shape() != Shape::Void {
        return Answer::absent(format!("`{name}` returns a `{}`", returns.text()));
    }
    if count > REGISTER_ARGUMENTS {
        return Answer::inferred(format!("a trampoline passes {most} arguments"));
    }
    Answer::shown(format!("all arguments of `{name}` are in registers"))
}

/// The first parameter that a trampoline cannot pass in one slot of the context. Newer kernels pass
/// structs; a larger one takes two slots and moves the arguments behind it.
fn odd_parameter<'a>(profile: &Profile, prototype: &Prototype<'a>) -> Option<Type<'a>> {
    let mut types = prototype.parameters.iter().map(|parameter| parameter.type_);
    types.find(|type_| !(is_scalar(*type_) || passes_structs(profile) && is_small(*type_)))
}

fn passes_structs(profile: &Profile) -> bool {
    let model = profile.btf().structure("btf_func_model");
    model.is_some_and(|model| model.member("arg_flags").is_some())
}

fn is_small(type_: Type<'_>) -> bool {
    type_.size().is_some_and(|size| size <= 8)
}

fn most_arguments(profile: &Profile) -> usize {
    let (most, since) = STACK_ARGUMENTS;
    let is_newer = profile.version().is_some_and(|version| version >= since);
    if is_newer { most } else { REGISTER_ARGUMENTS }
}

/// Whether a value fits one register and the kernel knows how to pass it.
fn is_scalar(type_: Type<'_>) -> bool {
    match type_.shape() {
        Shape::Integer { bytes, .. } | Shape::Enum { bytes, .. } => bytes <= 8,
        Shape::PointerToStruct { .. }
        | Shape::PointerToUnion { .. }
        | Shape::PointerToChar
        | Shape::PointerToVoid
        | Shape::Pointer => true,
        Shape::Void
        | Shape::Struct { .. }
        | Shape::Union { .. }
        | Shape::Array { .. }
        | Shape::Float { .. }
        | Shape::Other => false,
    }
}

//! In which ways a program can be attached to a function, and what speaks against each.

use super::answer::{Answer, Evidence};
use super::btf::{Shape, Type};
use super::feature::{config, helper, listed};
use super::function::Function;
use super::lsm::LsmHook;
use super::profile::{FentryUse, Part, Profile};
use super::refused_lsm_hook_table::REFUSED;

/// Arguments that a trampoline passes on x86-64 on every kernel. 6.6 and later also pass those on
/// the stack, up to `MAX_BPF_FUNC_ARGS`, 12 (`arch_prepare_bpf_trampoline` in
/// `arch/x86/net/bpf_jit_comp.c`); nothing but the version tells.
const REGISTER_ARGUMENTS: usize = 6;

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
    if let Some(module) = list.after(&format!("{function} [")) {
        let module = module.trim_end_matches(']');
        return Answer::unknown(format!("`{function}` belongs to the module `{module}`"));
    }
    let variants = profile.variants(function);
    Answer::Absent(evidence(match variants.first() {
        Some(variant) => format!("ftrace lists `{variant}`, but not `{function}`"),
        None => format!("ftrace does not list `{function}`"),
    }))
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
    let possible = match traceable(profile, function) {
        // A breakpoint needs no ftrace, but the kernel keeps some functions from that too.
        Answer::Absent(evidence) if described(profile, function).is_present() => {
            Answer::unknown(format!("{}; a breakpoint may still be possible", evidence.text))
        }
        answer @ (Answer::Present(_) | Answer::Absent(_) | Answer::Unknown(_)) => answer,
    };
    config(profile, "CONFIG_KPROBE_EVENTS").and(|| unique(profile, function)).and(|| possible)
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
    let model = profile.btf().structure("btf_func_model");
    let passes_structs = model.is_some_and(|model| model.member("arg_flags").is_some());
    let odd = hook.prototype.parameters.iter().map(|parameter| parameter.type_).find(|type_| {
        // A larger struct takes two slots of the context and moves the arguments behind it.
        let fits = passes_structs && type_.size().is_some_and(|size| size <= 8);
        !is_scalar(*type_) && !fits
    });
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
        .and(|| passable(&found))
        .and(|| found.traceable)
}

/// Whether a name means one function. The kernel takes the first of that name it finds
/// (`kallsyms_lookup_name`), and nothing tells which that is.
fn unique(profile: &Profile, function: &str) -> Answer {
    if let Some(prototypes @ 2..) = profile.function(function).map(|found| found.candidates) {
        return Answer::absent(format!("BTF has {prototypes} different functions `{function}`"));
    }
    match profile.traceable_count(function) {
        Ok(count @ 2..) => Answer::absent(format!("ftrace lists {count} functions `{function}`")),
        Ok(_) => Answer::shown(format!("there is one function `{function}`")),
        // One in BTF is good, but not certain: equal prototypes are described once.
        Err(_) => Answer::inferred(format!("BTF has one function `{function}`")),
    }
}

/// Whether a trampoline can pass on what the function is called with (`btf_distill_func_proto` in
/// `kernel/bpf/btf.c`).
fn passable(function: &Function<'_>) -> Answer {
    let (name, prototype) = (function.name, &function.prototype);
    if DENIED.contains(&name) {
        return Answer::inferred_absent(format!("trampolines themselves call `{name}`"));
    }
    if prototype.variadic {
        return Answer::absent(format!("`{name}` takes a variable number of arguments"));
    }
    let count = prototype.parameters.len();
    if count > REGISTER_ARGUMENTS {
        return Answer::inferred_absent(format!(
            "`{name}` takes {count} arguments, and only {REGISTER_ARGUMENTS} are in registers"
        ));
    }
    let odd = prototype.parameters.iter().find(|parameter| !is_scalar(parameter.type_));
    if let Some(parameter) = odd {
        let text = parameter.type_.text();
        return Answer::inferred_absent(format!("`{name}` takes a `{text}` by value"));
    }
    let returns = prototype.returns;
    if !is_scalar(returns) && returns.shape() != Shape::Void {
        return Answer::absent(format!("`{name}` returns a `{}`", returns.text()));
    }
    Answer::shown(format!("all arguments of `{name}` are in registers"))
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

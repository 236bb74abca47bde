//! Prints what profiles say.

use std::io::Write;

use super::Error;
use crate::diagnostic::did_you_mean;
use crate::kernel::profile::{Origin, Part};
use crate::kernel::{Answer, Feature, Function, Parameter, Profile, Prototype, embedded};

/// The features that a summary answers, in the order in which a reader wants them.
const FEATURES: &[Feature<'static>] = &[
    Feature::AttachType("trace_fentry"),
    Feature::AttachType("trace_fexit"),
    Feature::AttachType("modify_return"),
    Feature::KprobeMulti,
    Feature::UprobeMulti,
    Feature::ProgramType("lsm"),
    Feature::Config("CONFIG_BPF_LSM"),
    Feature::LsmActive("bpf"),
    Feature::LsmSleepable,
    Feature::PathHelperInLsm,
    Feature::Helper("bpf_override_return"),
    Feature::Config("CONFIG_BPF_KPROBE_OVERRIDE"),
    Feature::Config("CONFIG_FUNCTION_ERROR_INJECTION"),
    Feature::Config("CONFIG_FTRACE_SYSCALLS"),
    Feature::RingBuffer,
    Feature::AtomicFetch,
    Feature::SharedFunctions,
    Feature::CurrentTaskBtf,
    Feature::Helper("bpf_send_signal"),
    Feature::Helper("bpf_loop"),
    Feature::MapType("task_storage"),
    Feature::MapType("cgrp_storage"),
];

/// Prints a line for each embedded profile.
pub(super) fn list(stdout: &mut dyn Write) -> Result<(), Error> {
    for name in embedded::names() {
        let Some(read) = embedded::profile(name) else { continue };
        let profile = read.map_err(|error| Error::Profile { name: name.to_owned(), error })?;
        let release = profile.release().unwrap_or("release unknown");
        let active = profile.facts().active_lsms.as_deref().unwrap_or_default().join(",");
        writeln!(stdout, "{name:<6} {release:<28} {}  lsm={active}", profile.architecture())?;
    }
    Ok(())
}

/// Prints a summary, or what is known about each hook.
pub(super) fn show(
    profile: &Profile,
    hooks: &[String],
    stdout: &mut dyn Write,
) -> Result<(), Error> {
    if hooks.is_empty() {
        return summary(profile, stdout);
    }
    hooks.iter().try_for_each(|hook| show_hook(profile, hook, stdout))
}

fn summary(profile: &Profile, stdout: &mut dyn Write) -> Result<(), Error> {
    let facts = profile.facts();
    writeln!(stdout, "kernel {}", profile.name())?;
    let origin = match facts.origin {
        Origin::Captured => "captured on the running kernel: its lists are exact",
        Origin::Imported => "imported from files: its lists are inferred",
    };
    let active = facts.active_lsms.as_ref().map(|active| active.join(","));
    let rows = [
        ("release", profile.release().unwrap_or("unknown").to_owned()),
        ("architecture", profile.architecture().to_owned()),
        ("origin", origin.to_owned()),
        ("btf", format!("{} types, {}", profile.btf().len(), profile.btf_digest())),
        ("functions", format!("{}, {}", profile.functions().count(), traceable(profile))),
        ("LSM hooks", profile.lsm_hooks().count().to_string()),
        ("system calls", profile.syscalls().count().to_string()),
        ("tracepoints", count(profile, Part::Formats, profile.tracepoints().count())),
        ("raw tracepoints", profile.raw_tracepoints().count().to_string()),
        ("active LSMs", active.unwrap_or_else(|| "unknown".to_owned())),
    ];
    for (title, text) in rows {
        writeln!(stdout, "  {title:<16} {text}")?;
    }
    for feature in FEATURES {
        writeln!(stdout, "  {:<40} {}", feature.to_string(), profile.has(*feature))?;
    }
    for note in &facts.notes {
        writeln!(stdout, "  note: {note}")?;
    }
    Ok(())
}

fn traceable(profile: &Profile) -> String {
    match profile.missing(Part::Traceable) {
        Some(reason) => format!("traceable ones unknown: {reason}"),
        None => format!("{} traceable", profile.traceable_functions().count()),
    }
}

fn count(profile: &Profile, part: Part, count: usize) -> String {
    match profile.missing(part) {
        Some(reason) => format!("unknown: {reason}"),
        None => count.to_string(),
    }
}

/// Prints all that a name can mean: a function, a system call, an LSM hook, a tracepoint.
fn show_hook(profile: &Profile, hook: &str, stdout: &mut dyn Write) -> Result<(), Error> {
    let mut known = false;
    if let Some(function) = profile.function(hook) {
        known = true;
        show_function(profile, &function, stdout)?;
    }
    let syscall = profile.syscall(hook).filter(|syscall| syscall.name != hook || !known);
    if let Some(syscall) = syscall {
        known = true;
        let arguments = syscall.arguments.map_or_else(
            || "arguments unknown".to_owned(),
            |arguments| {
                let list = arguments.iter().map(|it| format!("{} {}", it.text, it.name));
                list.collect::<Vec<_>>().join(", ")
            },
        );
        writeln!(stdout, "system call {}({arguments})", syscall.name)?;
        if let Some(function) = syscall.function.filter(|function| function.name != hook) {
            show_function(profile, &function, stdout)?;
        }
    }
    if let Some(found) = profile.lsm_hook(hook) {
        known = true;
        writeln!(stdout, "LSM hook {}", found.prototype.text(hook))?;
        answer(stdout, "lsm", &profile.has(Feature::Lsm(hook)))?;
    }
    known |= show_tracepoint(profile, hook, stdout)?;
    if known { Ok(()) } else { Err(no_hook(profile, hook)) }
}

fn show_function(
    profile: &Profile,
    function: &Function<'_>,
    stdout: &mut dyn Write,
) -> Result<(), Error> {
    let name = function.name;
    writeln!(stdout, "function {}", Prototype::text(&function.prototype, name))?;
    answer(stdout, "traceable", &function.traceable)?;
    for (title, feature) in [
        ("fentry", Feature::Fentry(name)),
        ("fexit", Feature::Fexit(name)),
        ("fmod_ret", Feature::FmodRet(name)),
        ("kprobe", Feature::Kprobe(name)),
        ("override", Feature::KprobeOverride(name)),
    ] {
        answer(stdout, title, &profile.has(feature))?;
    }
    Ok(())
}

fn show_tracepoint(profile: &Profile, hook: &str, stdout: &mut dyn Write) -> Result<bool, Error> {
    let event = hook.split_once(['/', ':']);
    let found = event.and_then(|(subsystem, event)| profile.tracepoint(subsystem, event));
    let raw = profile.raw_tracepoint(event.map_or(hook, |(_, event)| event));
    if let Some(found) = &found {
        writeln!(stdout, "tracepoint {}/{}", found.subsystem, found.event)?;
        for field in &found.fields {
            let end = field.offset.saturating_add(field.size);
            writeln!(stdout, "  {:>4}..{end:<4} {} {}", field.offset, field.text, field.name)?;
        }
    }
    if let Some(raw) = &raw {
        let parameters: Vec<String> = raw.parameters.iter().map(Parameter::text).collect();
        writeln!(stdout, "raw tracepoint {}({})", raw.event, parameters.join(", "))?;
    }
    Ok(found.is_some() || raw.is_some())
}

fn answer(stdout: &mut dyn Write, title: &str, answer: &Answer) -> Result<(), Error> {
    Ok(writeln!(stdout, "  {title:<10} {answer}")?)
}

fn no_hook(profile: &Profile, hook: &str) -> Error {
    let help = did_you_mean(hook, profile.functions().chain(profile.lsm_hooks()));
    let variants = profile.variants(hook);
    let variant = variants.first().map(|variant| format!("the compiler made `{variant}` of it"));
    let help = variant.or(help).map_or_else(String::new, |help| format!(": {help}"));
    Error::NoHook { kernel: profile.name().to_owned(), hook: hook.to_owned(), help }
}

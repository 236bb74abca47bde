//! The ways in which a hook can be attached, best first.

use writ_bundle::Attach;

use super::sharing::FEW;
use super::target::Target;
use super::wish::{Denial, Digest, Return, Wish};
use crate::kernel::security::{function_of_hook, hook_of_function};
use crate::kernel::{Answer, Feature, Parameter, Profile, Prototype, Syscall, Way};
use crate::resolved::{Origin, Sharing};

/// One way to attach a hook.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) entry: Attach,
    pub(super) exit: Option<Attach>,
    /// What to say when it is chosen; the evidence follows.
    pub(super) reason: String,
    pub(super) way: Way,
    /// How it shares a program with the others on its list.
    pub(super) sharing: Sharing,
    /// Whether it makes the call fail.
    denies: Denial,
    /// Why it is out of the question whatever the kernel can do.
    pub(super) obstacle: Option<String>,
}

/// Tells a program that is attached in several places where it was hit. With it came the cookies
/// of kprobes, in 5.15 (`bpf_get_attach_cookie_trace` in `kernel/trace/bpf_trace.c`).
pub(super) const COOKIE: &str = "bpf_get_attach_cookie";

/// How many arguments stand in registers, where a kprobe finds them (x86-64 calling convention).
const REGISTERS: u32 = 6;

/// The ways in which `target` can be attached, best first.
pub(super) fn candidates(target: &Target<'_>, wish: Wish<'_>, kernel: &Profile) -> Vec<Candidate> {
    let all = every(target, wish, kernel);
    match wish.force {
        Some(force) => all.into_iter().filter(|one| one.way == force.way).collect(),
        None => all,
    }
}

fn every(target: &Target<'_>, wish: Wish<'_>, kernel: &Profile) -> Vec<Candidate> {
    match target {
        Target::Function(function) => match wish.denies {
            Denial::Wanted => denying(function.name, &function.prototype, wish, kernel),
            Denial::NotWanted => observing(function.name, Some(&function.prototype), wish),
        },
        Target::Syscall(syscall) => match wish.denies {
            Denial::Wanted => {
                let name = &syscall.function_name;
                vec![fmod_ret(name, wish), override_return(name, wish)]
            }
            Denial::NotWanted => {
                let prototype = syscall.function.as_ref().map(|function| &function.prototype);
                let own = observing(&syscall.function_name, prototype, wish);
                let by_number = by_number(syscall, wish, kernel);
                match wish.sharing {
                    Sharing::Calls => by_number.into_iter().chain(own).collect(),
                    Sharing::Own | Sharing::Multi | Sharing::Cookies => {
                        own.into_iter().chain(by_number).collect()
                    }
                }
            }
        },
        Target::Lsm(hook) if wish.digest == Digest::Wanted => {
            vec![lsm(hook.name, &function_of_hook(hook.name), wish)]
        }
        Target::Lsm(hook) => {
            let function = function_of_hook(hook.name);
            let obstacle = match kernel.function(&function) {
                Some(asks) => different(&hook.prototype, &asks.prototype, wish, &function),
                None => Some(format!("the kernel has no function `{function}`")),
            };
            let beside = match wish.denies {
                Denial::Wanted => vec![fmod_ret(&function, wish)],
                Denial::NotWanted => {
                    let found = kernel.function(&function);
                    observing(&function, found.as_ref().map(|one| &one.prototype), wish)
                }
            };
            let beside = beside
                .into_iter()
                .map(|candidate| Candidate { obstacle: obstacle.clone(), ..candidate });
            std::iter::once(lsm(hook.name, &function, wish)).chain(beside).collect()
        }
        Target::Tracepoint(tracepoint) => vec![alone(
            Attach::Tracepoint {
                subsystem: tracepoint.subsystem.clone(),
                event: tracepoint.event.clone(),
            },
            Way::Tracepoint,
            "tracepoint: the policy reads the fields of its record",
        )],
        Target::RawTracepoint { tracepoint, .. } => {
            let event = tracepoint.event;
            let typed = alone(
                Attach::BtfTracepoint { event: event.to_owned() },
                Way::BtfTracepoint,
                "tp_btf: a raw tracepoint whose pointers the verifier knows",
            );
            let untyped = alone(
                Attach::RawTracepoint { event: event.to_owned() },
                Way::RawTracepoint,
                "raw tracepoint: the policy reads what the kernel passes",
            );
            let obstacle = unloadable(&tracepoint.parameters, wish);
            vec![Candidate { obstacle, ..typed }, untyped]
        }
    }
}

/// What is needed for an attachment beside the kernel's word that it is possible.
pub(super) fn parts(attach: &Attach) -> Vec<OwnedFeature> {
    let tracing = |way| vec![OwnedFeature::ProgramType("tracing"), OwnedFeature::AttachType(way)];
    let with_function = |mut parts: Vec<OwnedFeature>, function: &str| {
        parts.push(OwnedFeature::Function(function.to_owned()));
        parts
    };
    match attach {
        Attach::Fentry { function } => with_function(tracing("trace_fentry"), function),
        Attach::Fexit { function } => with_function(tracing("trace_fexit"), function),
        Attach::FmodRet { function } => with_function(tracing("modify_return"), function),
        Attach::Kprobe { .. } | Attach::Kretprobe { .. } => {
            vec![OwnedFeature::ProgramType("kprobe")]
        }
        Attach::Lsm { hook, sleepable: _ } => with_function(
            vec![OwnedFeature::ProgramType("lsm"), OwnedFeature::LsmActive("bpf")],
            &format!("bpf_lsm_{hook}"),
        ),
        Attach::Tracepoint { .. } => vec![OwnedFeature::ProgramType("tracepoint")],
        Attach::KprobeMulti { .. } | Attach::KretprobeMulti { .. } => vec![
            OwnedFeature::ProgramType("kprobe"),
            OwnedFeature::AttachType("trace_kprobe_multi"),
            OwnedFeature::Helper(COOKIE),
        ],
        Attach::Kprobes { .. } | Attach::Kretprobes { .. } => {
            vec![OwnedFeature::ProgramType("kprobe"), OwnedFeature::Helper(COOKIE)]
        }
        Attach::RawTracepoint { .. } => vec![OwnedFeature::ProgramType("raw_tracepoint")],
        Attach::BtfTracepoint { .. } => tracing("trace_raw_tp"),
        Attach::Uprobe { .. } | Attach::Uretprobe { .. } | Attach::Usdt { .. } => {
            vec![OwnedFeature::ProgramType("kprobe"), OwnedFeature::Uprobe]
        }
    }
}

/// A [`Feature`] that owns its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OwnedFeature {
    ProgramType(&'static str),
    AttachType(&'static str),
    Helper(&'static str),
    LsmActive(&'static str),
    Function(String),
    Uprobe,
}

impl OwnedFeature {
    /// The same, borrowed.
    pub(super) fn feature(&self) -> Feature<'_> {
        match self {
            Self::ProgramType(name) => Feature::ProgramType(name),
            Self::AttachType(name) => Feature::AttachType(name),
            Self::Helper(name) => Feature::Helper(name),
            Self::LsmActive(name) => Feature::LsmActive(name),
            Self::Function(name) => Feature::Function(name),
            Self::Uprobe => Feature::Uprobe,
        }
    }
}

/// What the kernel says about an attachment as a whole.
pub(super) fn whole(attach: &Attach) -> Feature<'_> {
    match attach {
        Attach::Fentry { function } => Feature::Fentry(function),
        Attach::Fexit { function } => Feature::Fexit(function),
        Attach::FmodRet { function } => Feature::FmodRet(function),
        Attach::Kprobe { function } | Attach::Kretprobe { function } => Feature::Kprobe(function),
        Attach::Lsm { hook, sleepable: _ } => Feature::Lsm(hook),
        Attach::Tracepoint { subsystem, event } => Feature::Tracepoint(subsystem, event),
        Attach::KprobeMulti { .. } | Attach::KretprobeMulti { .. } => Feature::KprobeMulti,
        Attach::Kprobes { .. } | Attach::Kretprobes { .. } => Feature::Helper(COOKIE),
        Attach::RawTracepoint { event } | Attach::BtfTracepoint { event } => {
            Feature::RawTracepoint(event)
        }
        Attach::Uprobe { .. } | Attach::Uretprobe { .. } | Attach::Usdt { .. } => Feature::Uprobe,
    }
}

impl Candidate {
    /// Whether this kernel can do it.
    pub(super) fn answer(&self, kernel: &Profile) -> Answer {
        if let Some(obstacle) = &self.obstacle {
            return Answer::absent(obstacle.clone());
        }
        let mut answer = match (&self.entry, self.denies) {
            (Attach::Kprobe { function }, Denial::Wanted) => {
                kernel.has(Feature::KprobeOverride(function))
            }
            (entry, _) => kernel.has(whole(entry)),
        };
        if self.sharing == Sharing::Multi {
            answer = answer.and(|| kernel.has(Feature::KprobeMulti));
        }
        if let Some(exit) = &self.exit {
            answer = answer.and(|| kernel.has(whole(exit)));
        }
        answer
    }

    /// What it is called in words: `fentry`, `kprobe`.
    pub(super) fn name(&self) -> &'static str {
        match self.entry {
            Attach::Fentry { .. } => "fentry",
            Attach::Fexit { .. } => "fexit",
            Attach::FmodRet { .. } => "fmod_ret",
            Attach::Kprobe { .. } => "kprobe",
            Attach::Kretprobe { .. } => "kretprobe",
            Attach::Lsm { .. } => "BPF LSM",
            Attach::Tracepoint { .. } => "tracepoint",
            Attach::KprobeMulti { .. } | Attach::KretprobeMulti { .. } => "kprobe.multi",
            Attach::Kprobes { .. } | Attach::Kretprobes { .. } => "kprobes with one program",
            Attach::RawTracepoint { .. } => "raw tracepoint",
            Attach::BtfTracepoint { .. } => "BTF tracepoint",
            Attach::Uprobe { .. } => "uprobe",
            Attach::Uretprobe { .. } => "uretprobe",
            Attach::Usdt { .. } => "USDT probe",
        }
    }
}

/// A function whose call must be made to fail.
fn denying(
    name: &str,
    prototype: &Prototype<'_>,
    wish: Wish<'_>,
    kernel: &Profile,
) -> Vec<Candidate> {
    let hook = hook_of_function(name).and_then(|hook| kernel.lsm_hook(&hook));
    let by_lsm = hook.map(|hook| Candidate {
        obstacle: different(prototype, &hook.prototype, wish, hook.name),
        ..lsm(hook.name, name, wish)
    });
    by_lsm.into_iter().chain([fmod_ret(name, wish), override_return(name, wish)]).collect()
}

/// A function that is only looked at. Signals can be sent from there too.
fn observing(function: &str, prototype: Option<&Prototype<'_>>, wish: Wish<'_>) -> Vec<Candidate> {
    let unloadable = prototype.and_then(|prototype| unloadable(&prototype.parameters, wish));
    let function = function.to_owned();
    let in_registers = wish.arguments.iter().all(|argument| match argument.origin {
        Origin::Parameter(index) => index < REGISTERS,
        Origin::SyscallParameter(..)
        | Origin::Field { .. }
        | Origin::Return { .. }
        | Origin::CurrentTask
        | Origin::Register { .. }
        | Origin::UserParameter(_)
        | Origin::UsdtArgument(_) => true,
    });
    let obstacle = (!in_registers).then(|| "a kprobe finds only the first 6 arguments".to_owned());
    let by_kprobe = |reason: String, way, sharing| Candidate {
        entry: Attach::Kprobe { function: function.clone() },
        exit: exit(wish, || Attach::Kretprobe { function: function.clone() }),
        reason,
        way,
        sharing,
        denies: Denial::NotWanted,
        obstacle: obstacle.clone(),
    };
    let together = match wish.sharing {
        Sharing::Own | Sharing::Calls => None,
        Sharing::Multi => Some(by_kprobe(
            format!("kprobe.multi: one link for a list of more than {FEW} functions"),
            Way::KprobeMulti,
            Sharing::Multi,
        )),
        Sharing::Cookies => Some(by_kprobe(
            format!("kprobes with one program, for a list of more than {FEW} functions"),
            Way::Kprobe,
            Sharing::Cookies,
        )),
    };
    let by_fentry = Candidate {
        entry: Attach::Fentry { function: function.clone() },
        exit: exit(wish, || Attach::Fexit { function: function.clone() }),
        reason: format!("fentry on `{function}`, the cheapest way to look at a function"),
        way: Way::Fentry,
        sharing: Sharing::Own,
        denies: Denial::NotWanted,
        obstacle: unloadable,
    };
    let alone = format!("kprobe on `{function}`, as fentry is not to be had there");
    let alone = by_kprobe(alone, Way::Kprobe, Sharing::Own);
    together.into_iter().chain([by_fentry, alone]).collect()
}

/// A program that sees all system calls and tells them apart by their numbers. Every call of every
/// program costs a little then, so it is for long lists, and for calls that nothing else can hook.
fn by_number(syscall: &Syscall<'_>, wish: Wish<'_>, kernel: &Profile) -> Vec<Candidate> {
    let is_known = !kernel.call_numbers(&syscall.function_name).is_empty();
    let unnumbered =
        || format!("no program calls `{}` by a number that is known", syscall.function_name);
    let reads_pointer = wish.arguments.iter().any(|one| matches!(one.origin, Origin::Parameter(_)));
    let obstacle = if !is_known {
        Some(unnumbered())
    } else if reads_pointer {
        Some("where calls are entered there are no parameters of functions".to_owned())
    } else {
        None
    };
    let candidate = |attach: fn(&str) -> Attach, way: Way| Candidate {
        entry: attach("sys_enter"),
        exit: exit(wish, || attach("sys_exit")),
        reason: format!(
            "{} on `sys_enter`: one program for all system calls of a list, told apart by number",
            way.name()
        ),
        way,
        sharing: Sharing::Calls,
        denies: Denial::NotWanted,
        obstacle: obstacle.clone(),
    };
    vec![
        candidate(|event| Attach::BtfTracepoint { event: event.to_owned() }, Way::BtfTracepoint),
        candidate(|event| Attach::RawTracepoint { event: event.to_owned() }, Way::RawTracepoint),
    ]
}

fn lsm(hook: &str, function: &str, wish: Wish<'_>) -> Candidate {
    Candidate {
        entry: Attach::Lsm { hook: hook.to_owned(), sleepable: wish.digest == Digest::Wanted },
        exit: exit(wish, || Attach::Fexit { function: function.to_owned() }),
        reason: format!("BPF LSM on `{hook}`, which the kernel asks before it goes on"),
        way: Way::Lsm,
        sharing: Sharing::Own,
        denies: wish.denies,
        obstacle: None,
    }
}

fn fmod_ret(function: &str, wish: Wish<'_>) -> Candidate {
    Candidate {
        entry: Attach::FmodRet { function: function.to_owned() },
        exit: exit(wish, || Attach::Fexit { function: function.to_owned() }),
        reason: format!("fmod_ret on `{function}`, whose result it can replace"),
        way: Way::FmodRet,
        sharing: Sharing::Own,
        denies: wish.denies,
        obstacle: None,
    }
}

/// A kprobe that makes the function return at once, where the kernel was built to inject errors.
fn override_return(function: &str, wish: Wish<'_>) -> Candidate {
    Candidate {
        entry: Attach::Kprobe { function: function.to_owned() },
        exit: exit(wish, || Attach::Kretprobe { function: function.to_owned() }),
        reason: format!("kprobe on `{function}` that injects the error"),
        way: Way::Kprobe,
        sharing: Sharing::Own,
        denies: Denial::Wanted,
        obstacle: None,
    }
}

/// A way without a choice, where no return is looked at.
pub(super) fn alone(entry: Attach, way: Way, reason: &str) -> Candidate {
    Candidate {
        entry,
        exit: None,
        reason: reason.to_owned(),
        way,
        sharing: Sharing::Own,
        denies: Denial::NotWanted,
        obstacle: None,
    }
}

fn exit(wish: Wish<'_>, attach: impl FnOnce() -> Attach) -> Option<Attach> {
    match wish.returns {
        Return::Wanted => Some(attach()),
        Return::NotWanted => None,
    }
}

/// Why a trampoline cannot hand over an argument that the hook reads.
fn unloadable(parameters: &[Parameter<'_>], wish: Wish<'_>) -> Option<String> {
    wish.arguments.iter().find_map(|argument| {
        let index = match argument.origin {
            Origin::Parameter(index) => usize::try_from(index).ok()?,
            // All of them are behind the one parameter.
            Origin::SyscallParameter(..) => 0,
            Origin::Field { .. }
            | Origin::Return { .. }
            | Origin::CurrentTask
            | Origin::Register { .. }
            | Origin::UserParameter(_)
            | Origin::UsdtArgument(_) => return None,
        };
        let type_ = parameters.get(index)?.type_;
        let text = || format!("BTF does not say what a `{}` points to there", type_.text());
        type_.points_to_unknown().then(text)
    })
}

/// Why `there` cannot stand for `here`: an argument that the hook reads is another one there.
fn different(
    here: &Prototype<'_>,
    there: &Prototype<'_>,
    wish: Wish<'_>,
    name: &str,
) -> Option<String> {
    let text = |prototype: &Prototype<'_>, index: u32| {
        let parameter = prototype.parameters.get(usize::try_from(index).ok()?)?;
        Some(parameter.type_.text())
    };
    wish.arguments.iter().find_map(|argument| {
        let Origin::Parameter(index) = argument.origin else { return None };
        let differs = text(here, index) != text(there, index);
        differs.then(|| format!("argument {index} of `{name}` is another one"))
    })
}

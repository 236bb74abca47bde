//! Chooses how a hook is attached: the first way that this kernel has and that can do what is
//! asked, else the first of which nothing tells.

use writ_bundle::{Attach, Evidence, Requirement};

use super::candidate::{Candidate, alone, candidates, parts, whole};
use super::digest;
use super::target::Target;
use super::wish::{self, Denial, Digest, Force, Return, Wish};
use crate::diagnostic::{Certainty, Diagnostics, Finding, Reported, code};
use crate::kernel::{self, Answer, Feature, Profile, Strength, Way, security};
use crate::policy::{self, Action, ActionKind};
use crate::resolved::{Argument, Attachment, Need, Origin, Sharing};
use crate::source::Span;

/// What is known of a hook's attachment before its function is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan<'a> {
    /// An action that must be able to make the call fail.
    pub(super) overrides: Option<&'a Action>,
    pub(super) force: Option<Force>,
    /// How it is to share a program with the others on its list.
    pub(super) sharing: Sharing,
}

/// How one hook is attached.
pub(super) struct Attachments {
    /// Where conditions are decided.
    pub(super) entry: Attachment,
    /// Where the return value is seen.
    pub(super) exit: Option<Attachment>,
    pub(super) sharing: Sharing,
}

/// The best way to attach a hook to `target`.
pub(super) fn attachments(
    from: &policy::Hook,
    target: &Target<'_>,
    plan: Plan<'_>,
    arguments: &[Argument],
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Attachments, Reported> {
    let Plan { overrides, force, sharing } = plan;
    let is_returned =
        from.return_argument.is_some() || arguments.iter().any(|one| one.reader.is_of_return());
    let digest = digest::wanted(from)
        .map(|span| Ok((span, digest::feature(span, kernel, diagnostics)?)))
        .transpose()?;
    let wish = Wish {
        digest: if digest.is_some() { Digest::Wanted } else { Digest::NotWanted },
        denies: overrides.map_or(Denial::NotWanted, |_| Denial::Wanted),
        returns: if is_returned { Return::Wanted } else { Return::NotWanted },
        arguments,
        sharing,
        force,
    };
    if let (Some(action), Target::Tracepoint(_) | Target::RawTracepoint { .. }) =
        (overrides, target)
    {
        let text = "a tracepoint has no call that could be made to fail".to_owned();
        let obstacles = [kernel::Evidence { strength: Strength::Shown, text }];
        return Err(cannot_deny(action.span, target, &obstacles, kernel, diagnostics));
    }
    let candidates = candidates(target, wish, kernel).into_iter();
    let candidates = candidates.map(|candidate| with_registers(candidate, arguments)).collect();
    let (chosen, answer) = match choose(candidates, kernel) {
        Ok(chosen) => chosen,
        Err(obstacles) => {
            if let Some(force) = force {
                return Err(cannot_force(force, target, wish, &obstacles, kernel, diagnostics));
            }
            return Err(match overrides {
                Some(action) => cannot_deny(action.span, target, &obstacles, kernel, diagnostics),
                None => cannot_attach(from.point.span(), &obstacles, kernel, diagnostics),
            });
        }
    };
    let span = from.point.span();
    let sharing = chosen.sharing;
    let exit = chosen.exit.map(|exit| Attachment {
        reason: "where the return value is seen".to_owned(),
        needs: needs(&exit, sharing, span, kernel),
        attach: exit,
    });
    let mut needed = needs(&chosen.entry, sharing, span, kernel);
    needed.extend(for_actions(from, kernel));
    needed.extend(digest.and_then(|(span, feature)| need(feature, span, kernel)));
    let asked = force.map_or("", |_| ", as asked for");
    let reason = format!("{}{asked}: {}", chosen.reason, answer.because());
    let entry = Attachment { attach: chosen.entry, reason, needs: needed };
    Ok(Attachments { entry, exit, sharing })
}

fn first_override(hook: &policy::Hook) -> Option<&Action> {
    let mut actions = hook.selectors.iter().flat_map(|selector| &selector.actions);
    actions.find(|action| matches!(action.kind, ActionKind::Override { .. }))
}

/// What the kernel must have for a program to go on otherwise than it was about to.
fn registers(
    action: &Action,
    from: &policy::Hook,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Feature<'static>, Reported> {
    let feature = Feature::UprobeRegisters;
    let obstacle = match &from.point {
        policy::Point::Uprobe(_) => match kernel.has(feature) {
            Answer::Present(_) | Answer::Unknown(_) => return Ok(feature),
            Answer::Absent(evidence) => evidence,
        },
        policy::Point::Usdt { .. }
        | policy::Point::Function(_)
        | policy::Point::Syscall(_)
        | policy::Point::List { .. }
        | policy::Point::Fentry(_)
        | policy::Point::Lsm(_)
        | policy::Point::Tracepoint { .. }
        | policy::Point::RawTracepoint { .. } => kernel::Evidence {
            strength: Strength::Shown,
            text: "a USDT probe stands anywhere in a function, which cannot return from there"
                .to_owned(),
        },
    };
    let instead = "use `Sigkill`, or hook the system call that the function makes".to_owned();
    Err(no_denial(action.span, instead, &[obstacle], kernel, diagnostics))
}

/// How a place in a program is attached, and what sees the return.
pub(super) fn of_program(
    from: &policy::Hook,
    entry: Attach,
    exit: Option<Attach>,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Result<(Attachment, Option<Attachment>), Reported> {
    let redirect = first_override(from)
        .map(|action| Ok((action.span, registers(action, from, kernel, diagnostics)?)))
        .transpose()?;
    let candidate = alone(entry, Way::Uprobe, "uprobe, the kernel's way into programs");
    let (chosen, answer) = choose(vec![candidate], kernel)
        .map_err(|obstacles| cannot_attach(from.point.span(), &obstacles, kernel, diagnostics))?;
    let span = from.point.span();
    let exit = exit.map(|exit| Attachment {
        reason: "where the return value is seen".to_owned(),
        needs: needs(&exit, Sharing::Own, span, kernel),
        attach: exit,
    });
    let mut needed = needs(&chosen.entry, Sharing::Own, span, kernel);
    needed.extend(for_actions(from, kernel));
    needed.extend(redirect.and_then(|(span, feature)| need(feature, span, kernel)));
    let reason = format!("{}: {}", chosen.reason, answer.because());
    Ok((Attachment { attach: chosen.entry, reason, needs: needed }, exit))
}

/// The same way, which is none when a register is read that a program attached so does not see.
fn with_registers(mut candidate: Candidate, arguments: &[Argument]) -> Candidate {
    let reads = arguments.iter().any(|one| matches!(one.origin, Origin::Register { .. }));
    let sees = matches!(
        candidate.entry,
        Attach::Kprobe { .. } | Attach::KprobeMulti { .. } | Attach::Kprobes { .. }
    );
    if reads && !sees && candidate.obstacle.is_none() {
        let obstacle = "only a kprobe sees the registers that `pt_regs` reads";
        candidate.obstacle = Some(obstacle.to_owned());
    }
    candidate
}

/// How a program is attached that makes calls of `target` fail for an enforcer.
pub(super) fn that_denies(
    target: &Target<'_>,
    span: Span,
    policy: &policy::Policy,
    kernel: &Profile,
) -> Result<Attachment, Vec<kernel::Evidence>> {
    let force = wish::override_method(policy);
    chosen(target, (Denial::Wanted, force), &[], span, kernel)
}

/// How a program is attached that sees calls of `target`, and such arguments of them.
pub(super) fn that_observes(
    target: &Target<'_>,
    arguments: &[Argument],
    span: Span,
    kernel: &Profile,
) -> Result<Attachment, Vec<kernel::Evidence>> {
    chosen(target, (Denial::NotWanted, None), arguments, span, kernel)
}

fn chosen(
    target: &Target<'_>,
    (denies, force): (Denial, Option<Force>),
    arguments: &[Argument],
    span: Span,
    kernel: &Profile,
) -> Result<Attachment, Vec<kernel::Evidence>> {
    let (returns, sharing) = (Return::NotWanted, Sharing::Own);
    let digest = Digest::NotWanted;
    let wish = Wish { denies, returns, digest, arguments, sharing, force };
    let mut candidates = candidates(target, wish, kernel);
    // What acts for an enforcer does not ask which call it is at.
    candidates.retain(|candidate| candidate.sharing == Sharing::Own);
    let (chosen, answer) = choose(candidates, kernel)?;
    let needs = needs(&chosen.entry, Sharing::Own, span, kernel);
    let reason = format!("{}: {}", chosen.reason, answer.because());
    Ok(Attachment { attach: chosen.entry, reason, needs })
}

/// The best way, or what speaks against each.
fn choose(
    candidates: Vec<Candidate>,
    kernel: &Profile,
) -> Result<(Candidate, Answer), Vec<kernel::Evidence>> {
    let mut unknown = None;
    let mut obstacles = Vec::new();
    for candidate in candidates {
        match candidate.answer(kernel) {
            answer @ Answer::Present(_) => return Ok((candidate, answer)),
            answer @ Answer::Unknown(_) => {
                unknown.get_or_insert((candidate, answer));
            }
            Answer::Absent(evidence) => {
                let text = format!("{}: {}", candidate.name(), evidence.text);
                obstacles.push(kernel::Evidence { text, ..evidence });
            }
        }
    }
    unknown.ok_or(obstacles)
}

/// What the loader must find on the node.
fn needs(attach: &Attach, sharing: Sharing, span: Span, kernel: &Profile) -> Vec<Need> {
    let together = match sharing {
        Sharing::Own | Sharing::Calls => None,
        Sharing::Multi => Some(Attach::KprobeMulti { functions: Vec::new() }),
        Sharing::Cookies => Some(Attach::Kprobes { functions: Vec::new() }),
    };
    let mut needs: Vec<Need> = parts(together.as_ref().unwrap_or(attach))
        .iter()
        .filter_map(|part| need(part.feature(), span, kernel))
        .collect();
    // What the parts show need not be said again; what nothing shows must be tried.
    if kernel.has(whole(attach)).is_unknown() {
        needs.extend(need(whole(attach), span, kernel));
    }
    needs
}

fn need(feature: Feature<'_>, span: Span, kernel: &Profile) -> Option<Need> {
    let evidence = match kernel.has(feature) {
        Answer::Present(_) => Evidence::Present,
        Answer::Unknown(_) => Evidence::Unknown,
        // The whole was found possible without this part.
        Answer::Absent(_) => return None,
    };
    let requirement = Requirement { feature: feature.to_string(), evidence, at: None };
    Some(Need { requirement, span })
}

/// What sending a signal needs of the kernel.
pub(super) fn signal_need(span: Span, kernel: &Profile) -> Option<Need> {
    need(Feature::Helper("bpf_send_signal"), span, kernel)
}

/// What actions need of the kernel: a helper to send signals.
fn for_actions(from: &policy::Hook, kernel: &Profile) -> Option<Need> {
    let mut actions = from
        .selectors
        .iter()
        .flat_map(|selector| selector.actions.iter().chain(&selector.return_actions));
    let signal = actions
        .find(|action| matches!(action.kind, ActionKind::Sigkill | ActionKind::Signal { .. }))?;
    signal_need(signal.span, kernel)
}

/// Says why the way that was asked for does not do, and which would.
fn cannot_force(
    Force { way, span }: Force,
    target: &Target<'_>,
    wish: Wish<'_>,
    obstacles: &[kernel::Evidence],
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Reported {
    let free = Wish { force: None, sharing: Sharing::Own, ..wish };
    let possible = candidates(target, free, kernel);
    let possible = possible.iter().filter(|one| !one.answer(kernel).is_absent());
    let mut names: Vec<String> = possible.map(|one| format!("`{}`", one.way.name())).collect();
    names.dedup();
    let help = if names.is_empty() {
        "nothing else would do on this kernel".to_owned()
    } else {
        format!("on this kernel it can be attached by {}", names.join(" or "))
    };
    let message = format!("`{}` cannot serve this hook", way.name());
    let finding =
        Finding::at(span, message).label("asked for here").help(help).on_kernel(kernel.name());
    diagnostics.error(&code::FORCED_ATTACHMENT, because(finding, obstacles))
}

pub(super) fn cannot_attach(
    span: Span,
    obstacles: &[kernel::Evidence],
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Reported {
    let message = "nothing can be attached here".to_owned();
    let finding = Finding::at(span, message)
        .label("cannot be hooked")
        .help("hook a function that calls it, or one that it calls".to_owned())
        .on_kernel(kernel.name());
    diagnostics.error(&code::NOT_ATTACHABLE, because(finding, obstacles))
}

pub(super) fn cannot_deny(
    span: Span,
    target: &Target<'_>,
    obstacles: &[kernel::Evidence],
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Reported {
    no_denial(span, instead(target, kernel), obstacles, kernel, diagnostics)
}

fn no_denial(
    span: Span,
    instead: String,
    obstacles: &[kernel::Evidence],
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Reported {
    let message = "the kernel cannot make this call fail".to_owned();
    let finding = Finding::at(span, message)
        .label("cannot be carried out here")
        .help(instead)
        .on_kernel(kernel.name());
    diagnostics.error(&code::OVERRIDE_UNSUPPORTED, because(finding, obstacles))
}

/// Says what a finding rests on; it is as sure as the weakest of it.
fn because(finding: Finding, obstacles: &[kernel::Evidence]) -> Finding {
    obstacles.iter().fold(finding, |finding, obstacle| {
        let certainty = match obstacle.strength {
            Strength::Shown => Certainty::Proven,
            Strength::Inferred => Certainty::Inferred,
        };
        finding.note(obstacle.text.clone()).certainty(certainty)
    })
}

/// What to hook instead.
fn instead(target: &Target<'_>, kernel: &Profile) -> String {
    match target {
        Target::Syscall(syscall) => {
            let hook = security::hook_for_syscall(&syscall.name);
            match hook.and_then(|hook| kernel.lsm_hook(hook)) {
                Some(hook) => format!(
                    "hook the LSM hook `{}` instead: it can deny the same, and its arguments are \
                     what the kernel really uses",
                    hook.name
                ),
                None => "no LSM hook decides about this call; `Sigkill` ends the caller".to_owned(),
            }
        }
        Target::Function(_) | Target::Tracepoint(_) | Target::RawTracepoint { .. } => {
            "use `Sigkill`, or hook the LSM hook that decides about it".to_owned()
        }
        Target::Lsm(_) => "boot with `bpf` in the `lsm=` list, or use `Sigkill`".to_owned(),
    }
}

//! Digests that the kernel's integrity measurement has of files (`imaHash`): at which hooks, and on
//! which kernels.

use crate::diagnostic::{Diagnostics, Finding, Reported, code};
use crate::kernel::{Answer, Evidence, Feature, Profile};
use crate::policy::{self, ActionKind, Point};
use crate::resolved::DigestOf;
use crate::source::Span;

/// LSM hooks whose first argument is an open file, and whose programs may sleep while it is read
/// (`sleepable_lsm_hooks` in `kernel/bpf/bpf_lsm.c`). Tetragon's documentation names the same.
const FILE_HOOKS: [&str; 6] =
    ["file_ioctl", "file_lock", "file_open", "file_post_open", "file_receive", "mmap_file"];

/// What gives the digest: of any file, since 5.18; before, of a file that was measured.
const HELPERS: [&str; 2] = ["bpf_ima_file_hash", "bpf_ima_inode_hash"];

/// Of which file a hook can show the digest.
pub(super) fn of(point: &Point) -> Option<DigestOf> {
    let Point::Lsm(hook) = point else { return None };
    if hook.value.starts_with("bprm_") {
        return Some(DigestOf::Executable);
    }
    FILE_HOOKS.contains(&hook.value.as_str()).then_some(DigestOf::File)
}

/// Where a hook asks for a digest.
pub(super) fn wanted(from: &policy::Hook) -> Option<Span> {
    let mut actions = from.selectors.iter().flat_map(|selector| &selector.actions);
    actions.find_map(|action| match action.kind {
        ActionKind::Post { ima_hash, .. } => ima_hash,
        ActionKind::NoPost
        | ActionKind::Sigkill
        | ActionKind::Signal { .. }
        | ActionKind::Override { .. }
        | ActionKind::GetUrl { .. }
        | ActionKind::DnsLookup { .. }
        | ActionKind::TrackSock { .. }
        | ActionKind::UntrackSock { .. }
        | ActionKind::NotifyEnforcer { .. }
        | ActionKind::CleanupEnforcerNotification
        | ActionKind::Set { .. } => None,
    })
}

/// What the kernel must have for it: a helper.
///
/// # Errors
///
/// When it lacks it, which is reported.
pub(super) fn feature(
    span: Span,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Feature<'static>, Reported> {
    let [newer, older] = HELPERS.map(Feature::Helper);
    let helper = if kernel.has(newer).is_absent() { older } else { newer };
    let answer = kernel.has(helper).and(|| kernel.has(Feature::Config("CONFIG_IMA")));
    match answer.and(|| kernel.has(Feature::LsmSleepable)) {
        Answer::Present(_) | Answer::Unknown(_) => Ok(helper),
        Answer::Absent(Evidence { text, .. }) => {
            let finding = Finding::at(span, "the kernel gives programs no digest of a file")
                .label("cannot be had here")
                .help("leave `imaHash` out for this kernel".to_owned())
                .note(text)
                .on_kernel(kernel.name());
            Err(report(finding, diagnostics))
        }
    }
}

/// Refuses a digest where no hook could have it.
pub(super) fn misplaced(span: Span, diagnostics: &mut Diagnostics) -> Reported {
    let finding = Finding::at(span, "no digest is known here")
        .label("only LSM hooks about an open file have one, when they are hit")
        .help("use the LSM hooks `bprm_check_security`, `file_open` or `mmap_file`".to_owned());
    report(finding, diagnostics)
}

fn report(finding: Finding, diagnostics: &mut Diagnostics) -> Reported {
    diagnostics.error(&code::DIGEST_UNAVAILABLE, finding)
}

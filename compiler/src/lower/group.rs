//! Which hooks share a program.

use writ_bundle::Attach;

use crate::ir::Role;
use crate::resolved::{Attachment, Hook, Policy};

/// One hook of one policy, with its places in the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    /// Index into [`crate::ir::Module::policies`].
    pub policy: u32,
    /// Index into [`crate::ir::Module::hooks`].
    pub index: u32,
    pub hook: &'a Hook,
}

/// The hooks that one program serves.
#[derive(Debug)]
pub(super) struct Group<'a> {
    /// [`Role::Entry`] or [`Role::Return`].
    pub role: Role,
    pub attach: Attach,
    /// Of the first hook.
    pub reason: &'a str,
    pub parts: Vec<Part<'a>>,
}

impl Part<'_> {
    /// Where the hook is attached for `role`, if it is.
    pub(super) fn attachment(&self, role: Role) -> Option<&Attachment> {
        match role {
            Role::Entry => Some(&self.hook.attachment),
            Role::Return => self.hook.return_attachment.as_ref(),
            Role::Exec | Role::Fork | Role::Exit => None,
        }
    }
}

/// Every hook of `policies`, in order.
pub(super) fn parts(policies: &[Policy]) -> Vec<Part<'_>> {
    let hooks = (0u32..)
        .zip(policies)
        .flat_map(|(policy, from)| from.hooks.iter().map(move |hook| (policy, hook)));
    (0u32..).zip(hooks).map(|(index, (policy, hook))| Part { policy, index, hook }).collect()
}

/// The programs to be made of `parts`. A hook's return is attached before its entry: an entry whose
/// return nobody sees would be awaited for ever.
pub(super) fn groups<'a>(parts: &[Part<'a>]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for part in parts {
        let attachments = [
            (Role::Return, part.hook.return_attachment.as_ref()),
            (Role::Entry, Some(&part.hook.attachment)),
        ];
        for (role, attachment) in attachments {
            let Some(Attachment { attach, reason, .. }) = attachment else { continue };
            let shared = groups
                .iter_mut()
                .filter(|group| group.role == role)
                .find_map(|group| shared(&group.attach, attach).map(|attach| (group, attach)));
            match shared {
                Some((group, attach)) => {
                    group.attach = attach;
                    group.parts.push(*part);
                }
                None => {
                    groups.push(Group { role, attach: attach.clone(), reason, parts: vec![*part] });
                }
            }
        }
    }
    groups
}

/// How one program is attached that serves both; `None` when none can. A program that may sleep
/// does what one does that may not.
fn shared(one: &Attach, other: &Attach) -> Option<Attach> {
    if let (Attach::Lsm { hook, sleepable }, Attach::Lsm { hook: same, sleepable: too }) =
        (one, other)
        && hook == same
    {
        return Some(Attach::Lsm { hook: hook.clone(), sleepable: *sleepable || *too });
    }
    (one == other).then(|| one.clone())
}

//! LSM hooks: BTF has a function `bpf_lsm_<hook>` for each one a program can attach to.

use std::collections::BTreeSet;

use super::btf::TypeId;
use super::function::Prototype;
use super::profile::Profile;

/// What BPF's own LSM calls its hook functions (`include/linux/lsm_hook_defs.h`,
/// `kernel/bpf/bpf_lsm.c`).
const PREFIX: &str = "bpf_lsm_";

/// A security hook.
#[derive(Debug, Clone)]
pub struct LsmHook<'a> {
    /// Without prefix: `file_open`.
    pub name: &'a str,
    /// The `BTF_KIND_FUNC` of `bpf_lsm_<hook>`.
    pub id: TypeId,
    /// The hook's own parameters; a program gets the verdict so far as one more.
    pub prototype: Prototype<'a>,
}

impl Profile {
    /// The hook of that name, without `bpf_lsm_` or `security_`.
    pub fn lsm_hook(&self, name: &str) -> Option<LsmHook<'_>> {
        if !self.is_lsm_hook(name) {
            return None;
        }
        let type_ = self.btf().functions_named(&format!("{PREFIX}{name}")).next()?;
        Some(LsmHook {
            name: type_.name().strip_prefix(PREFIX)?,
            id: type_.id(),
            prototype: Prototype::of(type_)?,
        })
    }

    /// Names of the hooks, in the order of BTF.
    pub fn lsm_hooks(&self) -> impl Iterator<Item = &str> {
        let hooks = self.lsm_framework();
        let names = self.functions().filter_map(|name| name.strip_prefix(PREFIX));
        names.filter(move |name| hooks.as_ref().is_none_or(|hooks| hooks.contains(name)))
    }

    fn is_lsm_hook(&self, name: &str) -> bool {
        self.lsm_framework().is_none_or(|hooks| hooks.contains(name))
    }

    /// The hooks of the LSM framework, one member of a union for each line of `lsm_hook_defs.h`.
    /// Some of BPF's own functions begin as the hooks do, `bpf_lsm_verify_prog` for one.
    fn lsm_framework(&self) -> Option<BTreeSet<&str>> {
        let hooks = self.btf().named("security_list_options").next()?;
        Some(hooks.members().map(|member| member.name).collect())
    }
}

//! LSM hooks: BTF has a function `bpf_lsm_<hook>` for each one a program can attach to.

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
        let type_ = self.btf().functions_named(&format!("{PREFIX}{name}")).next()?;
        Some(LsmHook {
            name: type_.name().strip_prefix(PREFIX)?,
            id: type_.id(),
            prototype: Prototype::of(type_)?,
        })
    }

    /// Names of the hooks, in the order of BTF.
    pub fn lsm_hooks(&self) -> impl Iterator<Item = &str> {
        // Some helpers of the LSM itself begin alike; they are no hooks, as `security_<name>` or
        // the list of hooks would show, but a hook of any of those names does not exist either.
        self.functions()
            .filter_map(|name| name.strip_prefix(PREFIX))
            .filter(|hook| !NOT_HOOKS.contains(hook))
    }
}

/// Functions whose names begin with `bpf_lsm_` that are no hooks (`kernel/bpf/bpf_lsm.c`).
const NOT_HOOKS: &[&str] = &[
    "func_proto",
    "is_sleepable_hook",
    "is_trusted",
    "verify_prog",
    "find_cgroup_shim",
    "get_retval_range",
];

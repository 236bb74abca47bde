//! LSM hooks that BTF describes and to which a kernel attaches no program all the same.

/// Hooks that a program is refused on, each with the function whose presence shows that the kernel
/// refuses it. Tried by loading a program that returns 0 on every hook of 5.10.223, 6.12.107 and
/// 7.2.13.
///
/// Most are in `bpf_lsm_disabled_hooks` in `kernel/bpf/bpf_lsm.c`, which came together with
/// `bpf_lsm_get_retval_range`.
pub(super) const REFUSED: &[(&str, &str)] = &[
    ("audit_rule_match", "bpf_lsm_get_retval_range"),
    ("file_alloc_security", "bpf_lsm_hook_returns_errno"),
    ("getprocattr", "bpf_lsm_get_retval_range"),
    ("getselfattr", "bpf_lsm_get_retval_range"),
    ("inode_copy_up_xattr", "bpf_lsm_get_retval_range"),
    ("inode_getsecurity", "bpf_lsm_get_retval_range"),
    ("inode_listsecurity", "bpf_lsm_get_retval_range"),
    ("inode_need_killpriv", "bpf_lsm_get_retval_range"),
    ("ismaclabel", "bpf_lsm_get_retval_range"),
    ("key_getsecurity", "bpf_lsm_get_retval_range"),
    ("setprocattr", "bpf_lsm_get_retval_range"),
    ("vm_enough_memory", "bpf_lsm_get_retval_range"),
    ("xfrm_decode_session", "bpf_lsm_get_retval_range"),
];

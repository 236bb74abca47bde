//! Which function of the kernel asks which LSM hook.
//!
//! `security_<hook>` asks `<hook>`, except for the pairs below (`security/security.c`). Pairs are
//! for all kernels since 5.10; a name that a kernel lacks is not found in its BTF.

/// The function that asks an LSM hook: `security_bprm_check` for `bprm_check_security`.
pub(super) fn function_of(hook: &str) -> String {
    let exception = EXCEPTIONS.iter().find(|(name, _)| *name == hook);
    format!("security_{}", exception.map_or(hook, |(_, function)| function))
}

/// The LSM hook that a function asks: `bprm_check_security` for `security_bprm_check`; `None` when
/// it is not named like a function that asks one.
pub(super) fn hook_of(function: &str) -> Option<String> {
    let name = function.strip_prefix("security_")?;
    let exception = EXCEPTIONS.iter().find(|(_, function)| *function == name);
    Some(exception.map_or(name, |(hook, _)| hook).to_owned())
}

/// Hook, and function without `security_`, where the two differ.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("bdev_alloc_security", "bdev_alloc"),
    ("bdev_free_security", "bdev_free"),
    ("bpf_map_alloc_security", "bpf_map_alloc"),
    ("bpf_map_free_security", "bpf_map_free"),
    ("bpf_prog_alloc_security", "bpf_prog_alloc"),
    ("bpf_prog_free_security", "bpf_prog_free"),
    ("bprm_check_security", "bprm_check"),
    ("cred_prepare", "prepare_creds"),
    ("cred_transfer", "transfer_creds"),
    ("file_alloc_security", "file_alloc"),
    ("file_free_security", "file_free"),
    ("inode_alloc_security", "inode_alloc"),
    ("inode_free_security", "inode_free"),
    ("msg_msg_alloc_security", "msg_msg_alloc"),
    ("msg_msg_free_security", "msg_msg_free"),
    ("msg_queue_alloc_security", "msg_queue_alloc"),
    ("msg_queue_free_security", "msg_queue_free"),
    ("sb_alloc_security", "sb_alloc"),
    ("sb_free_mnt_opts", "free_mnt_opts"),
    ("sb_free_security", "sb_free"),
    ("sem_alloc_security", "sem_alloc"),
    ("sem_free_security", "sem_free"),
    ("settime", "settime64"),
    ("shm_alloc_security", "shm_alloc"),
    ("shm_free_security", "shm_free"),
    ("sk_alloc_security", "sk_alloc"),
    ("sk_clone_security", "sk_clone"),
    ("sk_free_security", "sk_free"),
    ("socket_sock_rcv_skb", "sock_rcv_skb"),
    ("userns_create", "create_user_ns"),
    ("vm_enough_memory", "vm_enough_memory_mm"),
    ("xfrm_policy_alloc_security", "xfrm_policy_alloc"),
    ("xfrm_policy_clone_security", "xfrm_policy_clone"),
    ("xfrm_policy_delete_security", "xfrm_policy_delete"),
    ("xfrm_policy_free_security", "xfrm_policy_free"),
    ("xfrm_state_delete_security", "xfrm_state_delete"),
    ("xfrm_state_free_security", "xfrm_state_free"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_and_its_function_lead_to_each_other() {
        assert_eq!(function_of("bprm_check_security"), "security_bprm_check");
        assert_eq!(hook_of("security_bprm_check").as_deref(), Some("bprm_check_security"));
        assert_eq!(function_of("file_open"), "security_file_open");
        assert_eq!(hook_of("security_file_open").as_deref(), Some("file_open"));
        assert_eq!(hook_of("vfs_read"), None);
    }
}

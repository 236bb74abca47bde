//! Which LSM hook can deny what a system call does.

/// The LSM hook that decides about the operation of a system call (without prefix), where there is
/// one. Taken from the callers of the `security_*` functions; a call may ask other hooks too.
pub(super) fn lsm_hook_for(syscall: &str) -> Option<&'static str> {
    HOOKS.iter().find(|(syscalls, _)| syscalls.contains(&syscall)).map(|(_, hook)| *hook)
}

const HOOKS: &[(&[&str], &str)] = &[
    (&["open", "openat", "openat2", "creat", "open_by_handle_at"], "file_open"),
    (&["execve", "execveat", "uselib"], "bprm_check_security"),
    (&["read", "write", "pread64", "pwrite64", "readv", "writev", "sendfile"], "file_permission"),
    (&["mmap"], "mmap_file"),
    (&["mprotect", "pkey_mprotect"], "file_mprotect"),
    (&["ioctl"], "file_ioctl"),
    (&["fcntl"], "file_fcntl"),
    (&["flock"], "file_lock"),
    (&["unlink", "unlinkat"], "inode_unlink"),
    (&["rename", "renameat", "renameat2"], "inode_rename"),
    (&["mkdir", "mkdirat"], "inode_mkdir"),
    (&["rmdir"], "inode_rmdir"),
    (&["mknod", "mknodat"], "inode_mknod"),
    (&["link", "linkat"], "inode_link"),
    (&["symlink", "symlinkat"], "inode_symlink"),
    (&["chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat"], "inode_setattr"),
    (&["truncate", "ftruncate"], "inode_setattr"),
    (&["setxattr", "lsetxattr", "fsetxattr"], "inode_setxattr"),
    (&["chroot"], "path_chroot"),
    (&["mount"], "sb_mount"),
    (&["move_mount"], "move_mount"),
    (&["umount"], "sb_umount"),
    (&["pivot_root"], "sb_pivotroot"),
    (&["ptrace", "process_vm_readv", "process_vm_writev"], "ptrace_access_check"),
    (&["kill", "tkill", "tgkill", "pidfd_send_signal"], "task_kill"),
    (&["setuid", "setreuid", "setresuid", "setfsuid"], "task_fix_setuid"),
    (&["setgid", "setregid", "setresgid", "setfsgid"], "task_fix_setgid"),
    (&["capset"], "capset"),
    (&["prctl"], "task_prctl"),
    (&["prlimit64", "setrlimit"], "task_setrlimit"),
    (&["init_module"], "kernel_load_data"),
    (&["finit_module"], "kernel_read_file"),
    (&["bpf"], "bpf"),
    (&["perf_event_open"], "perf_event_open"),
    (&["socket"], "socket_create"),
    (&["bind"], "socket_bind"),
    (&["connect"], "socket_connect"),
    (&["listen"], "socket_listen"),
    (&["accept", "accept4"], "socket_accept"),
    (&["sendto", "sendmsg", "sendmmsg"], "socket_sendmsg"),
    (&["recvfrom", "recvmsg", "recvmmsg"], "socket_recvmsg"),
    (&["settimeofday", "clock_settime", "stime"], "settime"),
    (&["syslog"], "syslog"),
    (&["quotactl"], "quotactl"),
];

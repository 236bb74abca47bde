//! Functions of the kernel that take pointers of the calling process as they are.

/// What the functions behind system calls begin with, which take over their parameters. What they
/// hand on inside the kernel has types of its own (`struct sockaddr_storage`, `struct filename`).
pub(super) const PREFIXES: [&str; 6] =
    ["ksys_", "__sys_", "do_sys_", "__do_sys_", "__do_compat_sys_", "compat_ksys_"];

/// Other functions, each with the number of a parameter; in Linux 5.10 to 7.2.
pub(super) const FUNCTIONS: &[(&str, usize)] = &[
    ("__import_iovec", 1),
    ("_copy_from_user", 1),
    ("_copy_to_user", 0),
    ("do_faccessat", 1),
    ("do_fchmodat", 1),
    ("do_fchownat", 1),
    ("do_mount", 1),
    ("do_preadv", 1),
    ("do_pwritev", 1),
    ("do_readlinkat", 1),
    ("do_readlinkat", 2),
    ("do_readv", 1),
    ("do_utimes", 1),
    ("do_writev", 1),
    ("getname", 0),
    ("getname_flags", 0),
    ("import_iovec", 1),
    ("iovec_from_user", 0),
    ("memdup_user", 0),
    ("memdup_user_nul", 0),
    ("move_addr_to_kernel", 0),
    ("strncpy_from_user", 1),
    ("strndup_user", 0),
    ("strnlen_user", 0),
    ("user_path_at", 1),
    ("user_path_at_empty", 1),
    ("vfs_fstatat", 1),
    ("vfs_readv", 1),
    ("vfs_writev", 1),
    ("vmemdup_user", 0),
];

//! How often busy places of the kernel are passed, and what tells their hits apart cheaply.
//!
//! The numbers are orders of magnitude: hits a second on a server with a dozen processors at work,
//! all processors together. They follow from what such machines do, some 100,000 reads and writes and
//! a million system calls and allocations; a quiet machine has a hundredth of them.

use super::rate::Rate;

/// Functions by name, system calls excepted.
pub(super) const FUNCTIONS: &[(&str, Rate)] = &[
    ("__kmalloc", Rate::of(1_000_000)),
    ("__netif_receive_skb", Rate::of(200_000)),
    ("__schedule", Rate::of(200_000)),
    ("do_filp_open", Rate::of(20_000)),
    ("do_sys_openat2", Rate::of(20_000)),
    ("do_syscall_64", Rate::of(1_000_000)),
    ("fd_install", Rate::of(20_000)),
    ("finish_task_switch", Rate::of(200_000)),
    ("inode_permission", Rate::told_by(500_000, PERMISSION)),
    ("kfree", Rate::of(1_000_000)),
    ("kfree_skb", Rate::of(100_000)),
    ("kmem_cache_alloc", Rate::of(1_000_000)),
    ("kmem_cache_free", Rate::of(1_000_000)),
    ("ksys_read", Rate::of(300_000)),
    ("ksys_write", Rate::of(300_000)),
    ("schedule", Rate::of(200_000)),
    ("tcp_cleanup_rbuf", Rate::of(50_000)),
    ("tcp_recvmsg", Rate::of(100_000)),
    ("tcp_sendmsg", Rate::of(100_000)),
    ("udp_sendmsg", Rate::of(20_000)),
    ("vfs_open", Rate::of(20_000)),
    ("vfs_read", Rate::of(300_000)),
    ("vfs_write", Rate::of(300_000)),
];

/// LSM hooks, whether as such or as the functions that ask them.
pub(super) const LSM_HOOKS: &[(&str, Rate)] = &[
    ("capable", Rate::told_by(20_000, "the capability, argument 2")),
    ("file_free_security", Rate::of(20_000)),
    ("file_ioctl", Rate::told_by(20_000, "the command, argument 1")),
    ("file_open", Rate::of(20_000)),
    ("file_permission", Rate::told_by(300_000, PERMISSION)),
    ("inode_follow_link", Rate::of(20_000)),
    ("inode_getattr", Rate::of(50_000)),
    ("inode_permission", Rate::told_by(500_000, PERMISSION)),
    ("mmap_file", Rate::told_by(10_000, "the protection, argument 1: 4 is executing")),
    ("socket_recvmsg", Rate::of(50_000)),
    ("socket_sendmsg", Rate::of(50_000)),
];

/// `MAY_…` in `include/linux/fs.h`.
const PERMISSION: &str = "the kind of access, argument 1: 2 is writing, 4 reading, 1 executing";

/// System calls, by the names of their functions without prefix.
pub(super) const SYSCALLS: &[(&str, Rate)] = &[
    ("close", Rate::of(50_000)),
    ("fstat", Rate::of(20_000)),
    ("futex", Rate::told_by(300_000, "the operation, argument 1")),
    ("ioctl", Rate::told_by(20_000, "the command, argument 1")),
    ("lseek", Rate::of(20_000)),
    ("mmap", Rate::told_by(10_000, "the protection, argument 2: 4 is executing")),
    ("mprotect", Rate::told_by(10_000, "the protection, argument 2: 4 is executing")),
    ("newfstat", Rate::of(20_000)),
    ("newfstatat", Rate::of(20_000)),
    ("newstat", Rate::of(20_000)),
    ("open", Rate::told_by(20_000, "the flags, argument 1")),
    ("openat", Rate::told_by(20_000, "the flags, argument 2")),
    ("openat2", Rate::of(20_000)),
    ("pread64", Rate::of(50_000)),
    ("pwrite64", Rate::of(50_000)),
    ("read", Rate::told_by(300_000, DESCRIPTOR)),
    ("readv", Rate::of(50_000)),
    ("recvfrom", Rate::of(50_000)),
    ("recvmsg", Rate::of(50_000)),
    ("sendmsg", Rate::of(50_000)),
    ("sendto", Rate::of(50_000)),
    ("statx", Rate::of(20_000)),
    ("write", Rate::told_by(300_000, DESCRIPTOR)),
    ("writev", Rate::of(50_000)),
];

const DESCRIPTOR: &str =
    "the number of the descriptor, argument 0: 0, 1 and 2 are the standard ones";

/// Tracepoints.
pub(super) const EVENTS: &[((&str, &str), Rate)] = &[
    (("kmem", "kfree"), Rate::told_by(1_000_000, "`call_site`")),
    (("kmem", "kmalloc"), Rate::told_by(1_000_000, "`bytes_req`")),
    (("raw_syscalls", "sys_enter"), Rate::told_by(1_000_000, SYSCALL)),
    (("raw_syscalls", "sys_exit"), Rate::told_by(1_000_000, SYSCALL)),
    (("sched", "sched_switch"), Rate::told_by(200_000, "`next_pid`")),
    (("sched", "sched_waking"), Rate::told_by(200_000, "`pid`")),
    (("sched", "sched_wakeup"), Rate::told_by(200_000, "`pid`")),
];

const SYSCALL: &str = "the number of the system call, `id`";

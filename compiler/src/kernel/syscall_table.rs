//! Tables of system calls: which function serves which call, where their names do not say so.
//!
//! They are for all kernels since 5.10; a name that a kernel lacks is not found in its BTF.

/// System calls of x86-64 whose function has another name
/// (`arch/x86/entry/syscalls/syscall_64.tbl`).
pub(super) const RENAMED_SYSCALLS: &[(&str, &str)] = &[
    ("fstat", "newfstat"),
    ("fstatat", "newfstatat"),
    ("lstat", "newlstat"),
    ("sendfile", "sendfile64"),
    ("stat", "newstat"),
    ("umount2", "umount"),
    ("uname", "newuname"),
];

/// Functions, without prefix, that serve 32-bit programs or other architectures, and have one with
/// the prefix of 64-bit programs that no call leads to. They are those of 5.10 to 7.2 that
/// `syscall_64.tbl` does not name.
#[rustfmt::skip]
pub(super) const OF_OTHER_CALLERS: &[&str] = &[
    "adjtimex_time32", "bdflush", "chown16", "clock_adjtime32", "clock_getres_time32",
    "clock_gettime32", "clock_nanosleep_time32", "clock_settime32", "fadvise64_64", "fchown16",
    "fstat", "fstatfs64", "futex_time32", "futimesat_time32", "get_thread_area", "getegid16", "geteuid16",
    "getgid16", "getgroups16", "gethostname", "getresgid16", "getresuid16", "getuid16",
    "ia32_fadvise64", "ia32_fadvise64_64", "ia32_fallocate", "ia32_ftruncate64", "ia32_pread64",
    "ia32_pwrite64", "ia32_readahead", "ia32_sync_file_range", "ia32_truncate64",
    "io_getevents_time32", "io_pgetevents_time32", "ipc", "lchown16", "llseek", "lstat",
    "mmap_pgoff", "mq_timedreceive_time32", "mq_timedsend_time32", "nanosleep_time32", "nice",
    "old_getrlimit", "old_msgctl", "old_readdir", "old_semctl", "old_shmctl", "oldumount",
    "olduname", "pciconfig_iobase", "pciconfig_read", "pciconfig_write", "ppoll_time32",
    "pselect6_time32", "recv", "recvmmsg_time32", "rt_sigtimedwait_time32", "rtas", "s390_ipc",
    "s390_pci_mmio_read", "s390_pci_mmio_write", "sched_rr_get_interval_time32",
    "semtimedop_time32", "send", "sendfile", "set_thread_area", "setfsgid16", "setfsuid16", "setgid16",
    "setgroups16", "setregid16", "setresgid16", "setresuid16", "setreuid16", "setuid16",
    "sgetmask", "signal", "sigpending", "sigprocmask", "sigsuspend", "socketcall", "spu_create",
    "spu_run", "ssetmask", "stat", "statfs64", "stime", "stime32", "subpage_prot",
    "sync_file_range2", "time32", "timer_gettime32", "timer_settime32", "timerfd_gettime32",
    "timerfd_settime32", "uname", "utime32", "utimensat_time32", "utimes_time32", "vm86",
    "vm86old", "waitpid",
];

/// Functions, without `__ia32_sys_`, `compat_` and `ia32_`, and the call of 32-bit programs that each
/// serves, where that is not what it is called (`arch/x86/entry/syscalls/syscall_32.tbl`). Of those
/// that end in `16` and `_time32` the call is called by what stands before that. One without a call
/// is not used on x86.
#[rustfmt::skip]
pub(super) const FUNCTIONS_OF_32_BITS: &[(&str, &str)] = &[
    ("clock_adjtime", "clock_adjtime64"),
    ("clock_adjtime32", "clock_adjtime"),
    ("clock_getres", "clock_getres_time64"),
    ("clock_gettime", "clock_gettime64"),
    ("clock_gettime32", "clock_gettime"),
    ("clock_nanosleep", "clock_nanosleep_time64"),
    ("clock_settime", "clock_settime64"),
    ("clock_settime32", "clock_settime"),
    ("fcntl", ""),
    ("fcntl64", "fcntl"),
    ("fcntl64", "fcntl64"),
    ("fstat", "oldfstat"),
    ("futex", "futex_time64"),
    ("getrlimit", "ugetrlimit"),
    ("io_pgetevents_time32", ""),
    ("llseek", "_llseek"),
    ("lstat", "oldlstat"),
    ("mmap_pgoff", "mmap2"),
    ("mq_timedreceive", "mq_timedreceive_time64"),
    ("mq_timedsend", "mq_timedsend_time64"),
    ("newfstat", "fstat"),
    ("newlstat", "lstat"),
    ("newstat", "stat"),
    ("newuname", "uname"),
    ("old_getrlimit", "getrlimit"),
    ("old_readdir", "readdir"),
    ("old_select", "select"),
    ("oldumount", "umount"),
    ("olduname", "oldolduname"),
    ("sched_rr_get_interval", "sched_rr_get_interval_time64"),
    ("select", "_newselect"),
    ("semtimedop", "semtimedop_time64"),
    ("stat", "oldstat"),
    ("stime32", "stime"),
    ("time32", "time"),
    ("timer_gettime", "timer_gettime64"),
    ("timer_gettime32", "timer_gettime"),
    ("timer_settime", "timer_settime64"),
    ("timer_settime32", "timer_settime"),
    ("timerfd_gettime", "timerfd_gettime64"),
    ("timerfd_gettime32", "timerfd_gettime"),
    ("timerfd_settime", "timerfd_settime64"),
    ("timerfd_settime32", "timerfd_settime"),
    ("umount", "umount2"),
    ("uname", "olduname"),
    ("utime32", "utime"),
    ("utimensat", "utimensat_time64"),
];

/// Calls of 32-bit programs that have a function of their own (`compat_`) which x86 does not use.
pub(super) const NATIVE_FOR_32_BITS: &[&str] = &[
    "epoll_pwait",
    "fadvise64_64",
    "getsockopt",
    "mbind",
    "migrate_pages",
    "process_vm_readv",
    "process_vm_writev",
    "sendfile64",
    "set_mempolicy",
    "setsockopt",
];

//! System calls: which function serves one, and the arguments that user space passes.

use std::collections::BTreeSet;

use super::btf::Shape;
use super::function::Function;
use super::profile::Profile;
use super::tracepoint::{Field, FieldOrigin};

/// A system call.
#[derive(Debug, Clone)]
pub struct Syscall<'a> {
    /// Without prefix: `openat`.
    pub name: String,
    /// What the kernel calls its function: `__x64_sys_openat`. It takes only `struct pt_regs *`.
    pub function_name: String,
    /// That function, when BTF describes it.
    pub function: Option<Function<'a>>,
    /// What user space passes, in order; `None` when no format tells.
    pub arguments: Option<Vec<SyscallArgument<'a>>>,
}

/// An argument of a system call, as user space passes it.
#[derive(Debug, Clone)]
pub struct SyscallArgument<'a> {
    pub name: String,
    /// The type in C, without `__user`: `const char *`.
    pub text: String,
    pub shape: Shape<'a>,
}

impl Profile {
    /// The system call `openat`, also asked for as `sys_openat` or `__x64_sys_openat`.
    pub fn syscall(&self, name: &str) -> Option<Syscall<'_>> {
        let prefix = self.syscall_prefix();
        let name = name.strip_prefix(prefix).or_else(|| name.strip_prefix("sys_")).unwrap_or(name);
        let function_name = format!("{prefix}{name}");
        let function = self.function(&function_name);
        let arguments = self.syscall_arguments(name);
        if function.is_none() && !self.traceable(&function_name).is_present() {
            return None;
        }
        Some(Syscall { name: name.to_owned(), function_name, function, arguments })
    }

    /// The function of a system call that serves 32-bit programs, asked for as `sys_openat` or by
    /// the function's own name. Calls whose arguments look different to such programs have one of
    /// their own (`COMPAT_SYSCALL_DEFINEx`).
    pub fn syscall_of_32_bits(&self, name: &str) -> Option<Syscall<'_>> {
        let bare = name.strip_prefix("__ia32_").unwrap_or(name);
        let bare = bare.strip_prefix("compat_").unwrap_or(bare);
        let bare = bare.strip_prefix("sys_").unwrap_or(bare);
        let own = [format!("__ia32_compat_sys_{bare}"), format!("__ia32_sys_{bare}")];
        let names = if name.starts_with("__ia32_") { vec![name.to_owned()] } else { own.to_vec() };
        let is_there =
            |name: &String| self.function(name).is_some() || self.traceable(name).is_present();
        let function_name = names.into_iter().find(is_there)?;
        let function = self.function(&function_name);
        let arguments = self.syscall_arguments(bare);
        Some(Syscall { name: bare.to_owned(), function_name, function, arguments })
    }

    /// Whether the kernel serves 32-bit programs (`CONFIG_IA32_EMULATION`).
    pub fn serves_32_bits(&self) -> bool {
        self.syscall_of_32_bits("sys_close").is_some()
    }

    /// Names of all system calls, without prefix, ordered.
    pub fn syscalls(&self) -> impl Iterator<Item = &str> {
        let names = self.functions().filter_map(|name| name.strip_prefix(self.syscall_prefix()));
        names.collect::<BTreeSet<_>>().into_iter()
    }

    /// What this architecture puts before the name of a system call (`SYSCALL_DEFINEx` in
    /// `arch/*/include/asm/syscall_wrapper.h`).
    pub fn syscall_prefix(&self) -> &'static str {
        match self.architecture() {
            "aarch64" => "__arm64_sys_",
            _ => "__x64_sys_",
        }
    }

    /// The arguments as the format of `sys_enter_<name>` lists them. A call without arguments has
    /// such a format too; a few calls have none, `rt_sigreturn` for one.
    fn syscall_arguments(&self, name: &str) -> Option<Vec<SyscallArgument<'_>>> {
        let event = self
            .tracepoint("syscalls", &format!("sys_enter_{name}"))
            .filter(|event| event.origin == FieldOrigin::Format)?;
        let arguments = event.fields.into_iter().filter(|field| {
            // Newer kernels add the text of a string argument as a field of its own.
            let is_copy = field.text.starts_with("__data_loc");
            !field.name.starts_with("common_") && field.name != "__syscall_nr" && !is_copy
        });
        let argument = |Field { name, text, shape, .. }| SyscallArgument { name, text, shape };
        Some(arguments.map(argument).collect())
    }
}

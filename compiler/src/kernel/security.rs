//! How LSM hooks, the functions that ask them and system calls belong together.

use super::security_table::{FUNCTIONS, SYSCALLS};
use super::syscall_table::{OF_OTHER_CALLERS, RENAMED_SYSCALLS};

/// The function that asks an LSM hook: `security_bprm_check` for `bprm_check_security`.
pub fn function_of_hook(hook: &str) -> String {
    let exception = FUNCTIONS.iter().find(|(name, _)| *name == hook);
    format!("security_{}", exception.map_or(hook, |(_, function)| function))
}

/// The LSM hook that a function asks: `bprm_check_security` for `security_bprm_check`; `None` when
/// it is not named like a function that asks one.
pub fn hook_of_function(function: &str) -> Option<String> {
    let name = function.strip_prefix("security_")?;
    let exception = FUNCTIONS.iter().find(|(_, function)| *function == name);
    Some(exception.map_or(name, |(hook, _)| hook).to_owned())
}

/// The LSM hook that decides about the operation of a system call (without prefix), where there is
/// one.
pub fn hook_for_syscall(syscall: &str) -> Option<&'static str> {
    SYSCALLS.iter().find(|(syscalls, _)| syscalls.contains(&syscall)).map(|(_, hook)| *hook)
}

/// What the kernel's function for a system call is called, where that is not the name that user
/// space knows: `newstat` for `stat`.
pub fn function_of_syscall(syscall: &str) -> Option<&'static str> {
    RENAMED_SYSCALLS.iter().find(|(name, _)| *name == syscall).map(|(_, function)| *function)
}

/// Whether the function of a system call (without prefix) serves only 32-bit programs or other
/// architectures. The kernel has one for 64-bit programs too, which no number leads to.
pub fn is_of_other_callers(function: &str) -> bool {
    OF_OTHER_CALLERS.contains(&function)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_and_its_function_lead_to_each_other() {
        assert_eq!(function_of_hook("bprm_check_security"), "security_bprm_check");
        assert_eq!(hook_of_function("security_bprm_check").as_deref(), Some("bprm_check_security"));
        assert_eq!(function_of_hook("file_open"), "security_file_open");
        assert_eq!(hook_of_function("security_file_open").as_deref(), Some("file_open"));
        assert_eq!(hook_of_function("vfs_read"), None);
    }
}

//! By which number programs make a system call, which is all that a program sees that runs when any
//! call is entered.

use writ_bundle::{SYSCALL_32_BIT, syscall_number, syscall_number_32};

use super::profile::Profile;
use super::syscall_table::{
    FUNCTIONS_OF_32_BITS, NATIVE_FOR_32_BITS, OF_OTHER_CALLERS, RENAMED_SYSCALLS,
};

/// What functions are called that take the arguments of 32-bit programs apart.
const PREFIXES_OF_32_BITS: [&str; 4] =
    ["__ia32_compat_sys_ia32_", "__ia32_compat_sys_", "__ia32_sys_ia32_", "__ia32_sys_"];

impl Profile {
    /// The numbers of the calls that this function serves, with [`SYSCALL_32_BIT`] when they are those
    /// of 32-bit programs: 257 for `__x64_sys_openat`. None when no number leads there, or none that
    /// is known.
    pub fn call_numbers(&self, function: &str) -> Vec<u32> {
        if self.architecture() != "x86_64" {
            return Vec::new();
        }
        if let Some(name) = function.strip_prefix(self.syscall_prefix()) {
            return number_of_64_bits(name).into_iter().collect();
        }
        let mut prefixes = PREFIXES_OF_32_BITS.iter();
        let Some(name) = prefixes.find_map(|prefix| function.strip_prefix(prefix)) else {
            return Vec::new();
        };
        if self.function_for_32_bits(name).as_deref() != Some(function) {
            return Vec::new();
        }
        numbers_of_32_bits(name).into_iter().map(|number| number | SYSCALL_32_BIT).collect()
    }

    /// Of the functions that differ only in these prefixes, the one that 32-bit programs call: the
    /// one that was made for them.
    fn function_for_32_bits(&self, name: &str) -> Option<String> {
        let exists =
            |name: &String| self.function(name).is_some() || self.traceable(name).is_present();
        let of_short_times = ["_time32", "32"].map(|ending| format!("__ia32_sys_{name}{ending}"));
        let is_renamed = FUNCTIONS_OF_32_BITS.iter().any(|(other, _)| *other == name);
        if !is_renamed && of_short_times.iter().any(exists) {
            // That one serves the call.
            return None;
        }
        let is_native = NATIVE_FOR_32_BITS.contains(&name);
        let mut names = PREFIXES_OF_32_BITS
            .iter()
            .filter(|prefix| !(is_native && prefix.starts_with("__ia32_compat_")))
            .map(|prefix| format!("{prefix}{name}"));
        names.find(exists)
    }
}

fn number_of_64_bits(function: &str) -> Option<u32> {
    if RENAMED_SYSCALLS.iter().any(|(call, _)| *call == function)
        || OF_OTHER_CALLERS.contains(&function)
    {
        // Another function serves the call of this name, if there is one.
        return None;
    }
    let mut renamed = RENAMED_SYSCALLS.iter().filter(|(_, other)| *other == function);
    renamed.find_map(|(call, _)| syscall_number(call)).or_else(|| syscall_number(function))
}

fn numbers_of_32_bits(function: &str) -> Vec<u32> {
    let renamed: Vec<&str> = FUNCTIONS_OF_32_BITS
        .iter()
        .filter(|(other, _)| *other == function)
        .map(|(_, call)| *call)
        .collect();
    if !renamed.is_empty() {
        return renamed.into_iter().filter_map(syscall_number_32).collect();
    }
    let short = ["16", "_time32"].iter().find_map(|suffix| function.strip_suffix(suffix));
    let number = match short {
        Some(call) => syscall_number_32(call),
        // `chown` is the call of 16-bit ids, and `chown32` that of the function `chown`.
        None => syscall_number_32(&format!("{function}32")).or_else(|| syscall_number_32(function)),
    };
    number.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_of_64_bits_has_the_number_of_the_call_it_serves() {
        for (function, number) in [
            ("openat", Some(257)),
            ("newstat", Some(4)),
            ("stat", None),
            ("newfstatat", Some(262)),
            ("set_thread_area", None),
            ("umount", Some(166)),
            ("waitpid", None),
        ] {
            assert_eq!(number_of_64_bits(function), number, "{function}");
        }
    }

    #[test]
    fn of_functions_with_one_name_the_one_for_32_bits_has_the_number() {
        let kernel = crate::kernel::embedded::profile("5.10").unwrap().unwrap();
        for (function, numbers) in [
            ("__ia32_sys_dup", &[SYSCALL_32_BIT + 41][..]),
            ("__ia32_compat_sys_open", &[SYSCALL_32_BIT + 5]),
            ("__ia32_sys_open", &[]),
            ("__ia32_sys_nanosleep", &[]),
            ("__ia32_sys_nanosleep_time32", &[SYSCALL_32_BIT + 162]),
            ("__ia32_sys_setsockopt", &[SYSCALL_32_BIT + 366]),
            ("__ia32_compat_sys_ia32_mmap", &[SYSCALL_32_BIT + 90]),
            ("__x64_sys_dup", &[32]),
            ("vfs_read", &[]),
        ] {
            assert_eq!(kernel.call_numbers(function), numbers, "{function}");
        }
    }

    #[test]
    fn a_function_of_32_bits_has_the_number_of_the_call_it_serves() {
        for (function, numbers) in [
            ("openat", &[295][..]),
            ("newstat", &[106]),
            ("stat", &[18]),
            ("chown16", &[182]),
            ("chown", &[212]),
            ("select", &[142]),
            ("old_select", &[82]),
            ("fcntl64", &[55, 221]),
            ("futex_time32", &[240]),
            ("futex", &[422]),
            ("mkdir", &[39]),
            ("preadv64", &[]),
        ] {
            assert_eq!(numbers_of_32_bits(function), numbers, "{function}");
        }
    }
}

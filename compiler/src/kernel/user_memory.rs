//! Which parameters of kernel functions point into the memory of the calling process.
//!
//! The kernel marks them with `__user`. BTF says so only of kernels that clang built
//! (`BTF_KIND_TYPE_TAG`), so for others this knows the functions by which such pointers come in.
//! What is not known here can be in either memory.

use super::btf::{Kind, Modifier, Shape, Type};
use super::function::Prototype;
use super::user_memory_table::{FUNCTIONS, PREFIXES};

/// Whether the parameter with this number points to memory of the calling process.
pub fn is_of_caller(function: &str, prototype: &Prototype<'_>, index: usize) -> bool {
    let Some(parameter) = prototype.parameters.get(index) else { return false };
    is_tagged(parameter.type_)
        || (index == 1 && moves_bytes_of_file(prototype))
        || (PREFIXES.iter().any(|prefix| function.starts_with(prefix))
            && is_raw_memory(parameter.type_))
        || FUNCTIONS.contains(&(function, index))
}

/// Whether BTF says `__user`.
fn is_tagged(type_: Type<'_>) -> bool {
    let Some(mut to) = type_.pointee() else { return false };
    // As many as a type can have in practice.
    for _ in 0..8 {
        let Kind::Modifier(modifier, inner) = to.kind() else { return false };
        if modifier == Modifier::Tag && to.name() == "user" {
            return true;
        }
        to = inner;
    }
    false
}

/// Whether it is a `read` or `write` of `struct file_operations`. The kernel's own buffers are
/// `void *` in functions like these (`kernel_read`).
fn moves_bytes_of_file(prototype: &Prototype<'_>) -> bool {
    let shapes: Vec<Shape<'_>> =
        prototype.parameters.iter().map(|parameter| parameter.type_.shape()).collect();
    matches!(
        shapes.as_slice(),
        [
            Shape::PointerToStruct { name: "file" },
            Shape::PointerToChar,
            Shape::Integer { bytes: 8, .. },
            Shape::Pointer,
        ]
    )
}

/// Whether it points to what no kernel type describes, or to a structure that programs hand over.
fn is_raw_memory(type_: Type<'_>) -> bool {
    matches!(
        type_.shape(),
        Shape::PointerToChar
            | Shape::PointerToVoid
            | Shape::PointerToStruct { name: "iovec" | "sockaddr" }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::embedded;

    #[test]
    fn pointers_of_programs_are_told_from_those_of_the_kernel() {
        for (name, index, expected) in [
            ("vfs_write", 1, true),
            ("vfs_read", 1, true),
            ("vfs_write", 0, false),
            ("kernel_write", 1, false),
            ("ksys_write", 1, true),
            ("do_sys_openat2", 1, true),
            ("do_sys_openat2", 2, false),
            ("__sys_connect", 1, true),
            ("security_socket_connect", 1, false),
            ("strndup_user", 0, true),
            ("vfs_write", 9, false),
        ] {
            for profile in embedded::names().filter_map(embedded::shared) {
                let function = profile.function(name).unwrap();
                let found = is_of_caller(name, &function.prototype, index);
                assert_eq!(found, expected, "parameter {index} of {name} on {}", profile.name());
            }
        }
    }

    #[test]
    fn the_table_names_functions_in_order_that_some_kernel_has() {
        assert!(FUNCTIONS.is_sorted());
        for (name, index) in FUNCTIONS {
            let has = |profile: &crate::kernel::Profile| {
                profile.function(name).is_some_and(|function| {
                    function
                        .prototype
                        .parameters
                        .get(*index)
                        .is_some_and(|parameter| parameter.type_.pointee().is_some())
                })
            };
            assert!(
                embedded::names().filter_map(embedded::shared).any(has),
                "parameter {index} of {name}"
            );
        }
    }
}

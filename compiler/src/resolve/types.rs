//! The types that `resolve` goes through: the kernel's, or those of a program (`btfPath`).

use crate::diagnostic::{Diagnostics, Finding, Reported, code};
use crate::kernel::btf::{Btf, program};
use crate::kernel::{Profile, Type};
use crate::policy::{self, Policy};
use crate::resolved::AddressSpace;

/// Types, and whose they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Types<'a> {
    pub(super) btf: &'a Btf,
    /// The kernel that the policy is bound to.
    pub(super) kernel: &'a str,
    /// Where they are, behind a verb: `on 6.1`, `in app.btf`.
    pub(super) place: &'a str,
    pub(super) memory: AddressSpace,
}

impl<'a> Types<'a> {
    /// The kernel's own.
    pub(super) fn of(kernel: &'a Profile, place: &'a str) -> Self {
        Self { btf: kernel.btf(), kernel: kernel.name(), place, memory: AddressSpace::Kernel }
    }

    /// Whose they are, as a subject.
    pub(super) fn owner(&self) -> &'static str {
        match self.memory {
            AddressSpace::Kernel => "the kernel",
            AddressSpace::Program => "the program",
        }
    }

    /// The structure, or what a typedef calls one, with this name.
    pub(super) fn structure(&self, name: &str) -> Option<Type<'a>> {
        use crate::kernel::Shape;
        let is_union = |type_: &Type<'a>| matches!(type_.shape(), Shape::Union { .. });
        let is_structure = |type_: &Type<'a>| matches!(type_.shape(), Shape::Struct { .. });
        let union = || self.btf.named(name).find(is_union);
        let typedef = || self.btf.typedef(name).filter(is_structure);
        self.btf.structure(name).or_else(union).or_else(typedef)
    }
}

/// The types of the program that `hook` is in, when something in it asks for them.
///
/// # Errors
///
/// When they cannot be had, which is reported.
pub(super) fn of_program(
    hook: &policy::Hook,
    policy: &Policy,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Btf>, Reported> {
    let mut read = hook.arguments.iter().chain(&hook.data).chain(&hook.return_argument);
    let asking = read.find(|one| one.resolve.is_some() && one.source.is_none());
    let Some(asking) = asking else { return Ok(None) };
    let (span, why) = match hook.point.type_file() {
        None => (asking.span, "the hook has no `btfPath`".to_owned()),
        Some(file) => match policy.program_types.0.get(&file.value) {
            None => (file.span, "the file was not read".to_owned()),
            Some(Err(why)) => (file.span, why.clone()),
            Some(Ok(bytes)) => match program::read(bytes) {
                Ok(btf) => return Ok(Some(btf)),
                Err(why) => (file.span, why.to_string()),
            },
        },
    };
    let finding = Finding::at(span, "the types of the program are not known")
        .label(why)
        .help("name a file with the program's BTF as `btfPath`; `pahole -J` makes it".to_owned());
    Err(diagnostics.error(&code::PROGRAM_TYPES, finding))
}

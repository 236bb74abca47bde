//! The closing proof: a loader's own code reads the object and applies its CO-RE relocations.

use std::collections::{BTreeMap, BTreeSet};

use aya_obj::btf::Btf;
use aya_obj::generated::bpf_insn;
use aya_obj::{Function, Object};
use object::read::{Object as _, ObjectSection as _};

use super::btf_ext::{CoreRelocation, Extension};
use super::excerpt::{excerpt, flavorless};
use super::{PackError, btf};

/// Sections that libbpf knows and aya 0.14 does not, and names of the same length that aya takes for
/// the same kind of program.
const UNKNOWN_TO_AYA: [(&[u8], &[u8]); 3] = [
    (b"fmod_ret/", b"fentry///"),
    (b"kretprobe.multi", b"kretprobe/multi"),
    (b"kprobe.multi", b"kprobe/multi"),
];

/// What loaders put where a relocation does not apply: a call of a helper that cannot exist. The
/// verifier refuses it, unless a question such as `bpf_core_field_exists` keeps it from being run.
const POISON: (u8, i32) = (0x85, 0x0bad_2310);

/// Reads `bundle` with aya-obj, applies every CO-RE relocation against the kernel's raw BTF and
/// links every call.
///
/// A relocation may only fail in a function that asks whether something exists.
pub(super) fn prove(bundle: &[u8], kernel_btf: &[u8]) -> Result<(), PackError> {
    let records = Records::read(bundle)?;
    let excerpt = excerpt(kernel_btf, &records.names()).and_then(|excerpt| excerpt.bytes());
    let kernel = excerpt.ok_or_else(|| PackError::KernelBtf("it is damaged".to_owned()))?;
    let mut object = relocated(bundle, &kernel)?;
    records.check_poison(&object)?;
    let text = object.functions.keys().map(|(section, _)| *section).collect();
    object.relocate_calls(&text).map_err(|error| PackError::Proof(chain(&error)))
}

/// The object after its CO-RE relocations were applied.
pub(super) fn relocated(bundle: &[u8], kernel_btf: &[u8]) -> Result<Object, PackError> {
    let mut object =
        Object::parse(&renamed(bundle)).map_err(|error| PackError::Proof(chain(&error)))?;
    let kernel = Btf::parse(kernel_btf, object.endianness)
        .map_err(|error| PackError::KernelBtf(chain(&error)))?;
    object.relocate_btf(&kernel).map_err(|error| PackError::Proof(chain(&error)))?;
    Ok(object)
}

/// The same object, with section names that aya knows. It is only read, never loaded.
fn renamed(bundle: &[u8]) -> Vec<u8> {
    let mut bytes = bundle.to_vec();
    for (unknown, known) in UNKNOWN_TO_AYA {
        let windows = bundle.windows(unknown.len()).enumerate();
        for (start, _) in windows.filter(|(_, window)| *window == unknown) {
            if let Some(name) = bytes.get_mut(start..start + unknown.len()) {
                name.copy_from_slice(known);
            }
        }
    }
    bytes
}

/// The CO-RE relocations of a bundle.
pub(super) struct Records {
    btf: btf::Btf,
    /// By the section of the code and the offset in it.
    relocations: BTreeMap<(usize, u64), CoreRelocation>,
}

impl Records {
    pub(super) fn read(bundle: &[u8]) -> Result<Self, PackError> {
        let damaged = || PackError::Proof("its own BTF cannot be read".to_owned());
        let btf = btf::Btf::parse(&section(bundle, ".BTF")?).ok_or_else(damaged)?;
        let extension = Extension::parse(&section(bundle, ".BTF.ext")?).ok_or_else(damaged)?;
        let mut relocations = BTreeMap::new();
        for (name, index) in sections(bundle)? {
            let here = extension.core_relocations(&btf, &name);
            relocations.extend(here.map(|relocation| ((index, relocation.offset), relocation)));
        }
        Ok(Self { btf, relocations })
    }

    /// Names of the types that are looked for in the kernel.
    pub(super) fn names(&self) -> BTreeSet<&str> {
        let types = self.relocations.values().filter_map(|found| self.btf.get(found.type_id));
        types.map(|found| flavorless(self.btf.text(found.name))).collect()
    }

    fn check_poison(&self, object: &Object) -> Result<(), PackError> {
        for function in object.functions.values() {
            let start = function.section_offset as u64;
            let end = start + 8 * function.instructions.len() as u64;
            let section = function.section_index.0;
            let range = (section, start)..(section, end);
            let mut inside = self.relocations.range(range).map(|(_, relocation)| relocation);
            if inside.clone().any(CoreRelocation::asks) {
                continue;
            }
            let is_poisoned = |relocation: &&CoreRelocation| {
                let index = usize::try_from((relocation.offset - start) / 8).unwrap_or(usize::MAX);
                function.instructions.get(index).copied().is_some_and(is_poison)
            };
            if let Some(relocation) = inside.find(is_poisoned) {
                return Err(unproven(function, relocation, &self.btf));
            }
        }
        Ok(())
    }
}

fn is_poison(instruction: bpf_insn) -> bool {
    (instruction.code, instruction.imm) == POISON
}

fn unproven(function: &Function, relocation: &CoreRelocation, btf: &btf::Btf) -> PackError {
    let name = btf.get(relocation.type_id).map_or("", |found| btf.text(found.name));
    let access = btf.text(relocation.access);
    let routine = &function.name;
    PackError::Proof(format!("`{routine}` uses `{access}` of `{name}`, which the kernel lacks"))
}

/// The sections by name, with the numbers by which functions refer to them.
fn sections(bundle: &[u8]) -> Result<Vec<(String, usize)>, PackError> {
    let unread = |error: object::read::Error| PackError::Proof(error.to_string());
    let file = object::File::parse(bundle).map_err(unread)?;
    let named = |section: object::Section<'_, '_>| {
        Ok((section.name().map_err(unread)?.to_owned(), section.index().0))
    };
    file.sections().map(named).collect()
}

fn section(bundle: &[u8], name: &str) -> Result<Vec<u8>, PackError> {
    let unread = |error: object::read::Error| PackError::Proof(error.to_string());
    let file = object::File::parse(bundle).map_err(unread)?;
    let section = file.section_by_name(name).map(|section| section.data());
    Ok(section.transpose().map_err(unread)?.unwrap_or_default().to_vec())
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

//! The closing proof: a loader's own code reads the object and applies its CO-RE relocations.

use aya_obj::Object;
use aya_obj::btf::Btf;

use super::PackError;

/// A section that libbpf knows and aya 0.14 does not, and a name of the same length that aya takes
/// for the same kind of program.
const UNKNOWN_TO_AYA: (&[u8], &[u8]) = (b"fmod_ret/", b"fentry///");

/// Reads `bundle` with aya-obj, applies every CO-RE relocation against the kernel's raw BTF and
/// links every call. What this accepts has all types, fields and routines that its code uses.
pub(super) fn prove(bundle: &[u8], kernel_btf: &[u8]) -> Result<(), PackError> {
    let mut object =
        Object::parse(&renamed(bundle)).map_err(|error| PackError::Proof(chain(&error)))?;
    let kernel = Btf::parse(kernel_btf, object.endianness)
        .map_err(|error| PackError::KernelBtf(chain(&error)))?;
    object.relocate_btf(&kernel).map_err(|error| PackError::Proof(chain(&error)))?;
    let text = object.functions.keys().map(|(section, _)| *section).collect();
    object.relocate_calls(&text).map_err(|error| PackError::Proof(chain(&error)))
}

/// The same object, with section names that aya knows. It is only read, never loaded.
fn renamed(bundle: &[u8]) -> Vec<u8> {
    let (unknown, known) = UNKNOWN_TO_AYA;
    let mut bytes = bundle.to_vec();
    let found = bundle.windows(unknown.len()).enumerate().filter(|(_, window)| *window == unknown);
    for (start, _) in found {
        if let Some(name) = bytes.get_mut(start..start + unknown.len()) {
            name.copy_from_slice(known);
        }
    }
    bytes
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

//! The eBPF machine: instructions as meanings, and the programs and maps made of them.
//!
//! Nothing here knows what a policy is. [`Assembler`] turns instructions into [`Code`], and an
//! [`Object`] is all that `pack` links with the runtime library.

mod assembler;
mod code;
mod encode;
mod field;
mod instruction;
mod map;
mod print;
mod register;

use std::collections::BTreeMap;

pub use assembler::{AssembleError, Assembler};
pub use code::{Code, CoreRelocation, Placed, Relocation, RelocationKind, Slot};
pub use field::{Field, FieldFact, FieldStep};
pub use instruction::{Arithmetic, Comparison, Helper, Instruction, Label, Operand, Size, Width};
pub use map::{MapDefinition, MapKind, map_flag};
pub use print::print;
pub use register::Register;

/// Everything that is generated for one bundle, before it is linked.
#[derive(Debug, Clone, Default)]
pub struct Object {
    /// In the order in which they must be attached.
    pub programs: Vec<Program>,
    /// Maps that only generated code uses.
    pub maps: Vec<MapDefinition>,
    /// What those maps hold when the object is attached.
    pub images: Vec<writ_bundle::MapImage>,
    /// `max_entries` of maps of the runtime library, by name, where the library's own does not fit.
    pub map_sizes: BTreeMap<String, u32>,
    /// `map_flags` ([`map_flag`]) of maps of the runtime library, by name, of those that declare some.
    pub map_flags: BTreeMap<String, u32>,
    /// How the verifier looks at the shared routines of the runtime library.
    pub shared_routines: Linkage,
}

/// How a function is linked in BTF, which tells the verifier how to look at it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Linkage {
    /// With each of its callers' registers.
    #[default]
    Static,
    /// Once, for all arguments that its prototype allows.
    Global,
}

/// One entry program.
#[derive(Debug, Clone)]
pub struct Program {
    /// Unique in the object, and at most [`NAME_MAX`] bytes.
    pub name: String,
    /// Where it is attached, which also names its ELF section.
    pub attach: writ_bundle::Attach,
    pub code: Code,
    /// Bytes of stack that its own code uses, at most [`STACK_MAX`].
    pub stack: u32,
}

/// Bytes of a program's name: `BPF_OBJ_NAME_LEN` less the trailing zero.
pub const NAME_MAX: usize = 15;

/// Bytes of stack that one program and the routines it calls have together (`MAX_BPF_STACK`).
pub const STACK_MAX: u32 = 512;

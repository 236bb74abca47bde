//! Reads the BPF Type Format, in which a kernel describes its functions and data types.
//!
//! `Documentation/bpf/btf.rst` in the kernel has the format. The bytes are not trusted: any input
//! gives an error or an answer, in time that its length bounds.

mod declared;
mod form;
mod layout;
mod letters;
mod lookup;
mod number;
pub mod program;
mod reader;
mod shape;
mod text;
mod types;

pub use form::Form;
pub use layout::{Place, Step};
pub use reader::{Btf, BtfError, MAXIMUM_SIZE};
pub use shape::Shape;
pub use types::{Aggregate, Enumerator, Kind, Member, Modifier, Type, TypeId};

#[cfg(test)]
mod tests;

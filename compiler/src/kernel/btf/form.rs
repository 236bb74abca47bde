//! What a type is, as far as a CO-RE relocation must know it.

use super::layout::DEEPEST;
use super::types::{Aggregate, Kind, Type};

/// A type without what it refers to: typedefs and qualifiers resolved, members left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Also `bool` and `char`.
    Integer {
        bytes: u32,
    },
    Float {
        bytes: u32,
    },
    /// `name` is empty for an anonymous enum.
    Enumeration {
        name: String,
        bytes: u32,
    },
    Pointer,
    /// `count` is 0 for a flexible array.
    Array {
        element: Box<Form>,
        count: u32,
    },
    /// `name` is empty for an anonymous structure, also when a typedef names it.
    Structure {
        aggregate: Aggregate,
        name: String,
        bytes: u32,
    },
    /// Nothing that has a value: functions, broken types.
    Other,
}

impl Form {
    /// Bytes of a value; 0 for a flexible array and for what has no value.
    pub fn bytes(&self) -> u32 {
        match self {
            Self::Integer { bytes }
            | Self::Float { bytes }
            | Self::Enumeration { bytes, .. }
            | Self::Structure { bytes, .. } => *bytes,
            Self::Pointer => 8,
            Self::Array { element, count } => element.bytes().saturating_mul(*count),
            Self::Other => 0,
        }
    }
}

impl Type<'_> {
    /// Its form. Arrays of arrays end at a depth that the kernel's do not have.
    pub fn form(self) -> Form {
        form(self, DEEPEST)
    }
}

fn form(of: Type<'_>, depth: usize) -> Form {
    let type_ = of.resolved();
    let name = || type_.name().to_owned();
    let structure = |aggregate, bytes| Form::Structure { aggregate, name: name(), bytes };
    match type_.kind() {
        Kind::Integer { bytes, .. } => Form::Integer { bytes },
        Kind::Float { bytes } => Form::Float { bytes },
        Kind::Enum { bytes, .. } => Form::Enumeration { name: name(), bytes },
        Kind::Pointer(_) => Form::Pointer,
        Kind::Struct { bytes } => structure(Aggregate::Struct, bytes),
        Kind::Union { bytes } => structure(Aggregate::Union, bytes),
        Kind::Array { element, count } => match depth.checked_sub(1) {
            Some(depth) => Form::Array { element: Box::new(form(element, depth)), count },
            None => Form::Other,
        },
        Kind::Void
        | Kind::Missing
        | Kind::Forward(_)
        | Kind::Typedef(_)
        | Kind::Modifier(..)
        | Kind::Function(_)
        | Kind::Prototype { .. }
        | Kind::Variable(_)
        | Kind::DataSection
        | Kind::DeclarationTag(_) => Form::Other,
    }
}

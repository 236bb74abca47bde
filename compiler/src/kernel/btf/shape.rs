//! What a value of a type looks like to code that reads it.

use super::types::{Aggregate, Kind, Type};

/// A type as code that reads a value of it must see it, typedefs and qualifiers resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape<'a> {
    Void,
    /// Also `bool`, `char` and bit widths such as `__int128`.
    Integer {
        bytes: u32,
        signed: bool,
    },
    /// `name` is empty for an anonymous enum.
    Enum {
        name: &'a str,
        bytes: u32,
        signed: bool,
    },
    /// `name` is the struct's; empty for an anonymous struct.
    PointerToStruct {
        name: &'a str,
    },
    PointerToUnion {
        name: &'a str,
    },
    /// `char *`, signed or not, constant or not; also `__user`.
    PointerToChar,
    PointerToVoid,
    /// A pointer to something else: a number, another pointer, a function.
    Pointer,
    Struct {
        name: &'a str,
        bytes: u32,
    },
    Union {
        name: &'a str,
        bytes: u32,
    },
    Array {
        count: u32,
    },
    Float {
        bytes: u32,
    },
    /// Nothing that has a value: functions, sections, broken types.
    Other,
}

impl<'a> Type<'a> {
    /// What a value of it looks like.
    pub fn shape(self) -> Shape<'a> {
        let resolved = self.resolved();
        let name = resolved.name();
        match resolved.kind() {
            Kind::Void => Shape::Void,
            Kind::Integer { bytes, signed, .. } => Shape::Integer { bytes, signed },
            Kind::Float { bytes } => Shape::Float { bytes },
            Kind::Pointer(to) => pointer_shape(to),
            Kind::Array { count, .. } => Shape::Array { count },
            Kind::Struct { bytes } => Shape::Struct { name, bytes },
            Kind::Union { bytes } => Shape::Union { name, bytes },
            Kind::Enum { bytes, signed } => Shape::Enum { name, bytes, signed },
            Kind::Missing
            | Kind::Forward(_)
            | Kind::Typedef(_)
            | Kind::Modifier(..)
            | Kind::Function(_)
            | Kind::Prototype { .. }
            | Kind::Variable(_)
            | Kind::DataSection
            | Kind::DeclarationTag(_) => Shape::Other,
        }
    }

    /// What a value looks like that points to this type.
    pub fn shape_of_pointer(self) -> Shape<'a> {
        pointer_shape(self)
    }
}

fn pointer_shape(to: Type<'_>) -> Shape<'_> {
    let target = to.resolved();
    let name = target.name();
    match target.kind() {
        Kind::Void => Shape::PointerToVoid,
        Kind::Struct { .. } | Kind::Forward(Aggregate::Struct) => Shape::PointerToStruct { name },
        Kind::Union { .. } | Kind::Forward(Aggregate::Union) => Shape::PointerToUnion { name },
        Kind::Integer { bytes: 1, bool_: false, .. } if name.contains("char") => {
            Shape::PointerToChar
        }
        Kind::Missing
        | Kind::Integer { .. }
        | Kind::Float { .. }
        | Kind::Pointer(_)
        | Kind::Array { .. }
        | Kind::Enum { .. }
        | Kind::Typedef(_)
        | Kind::Modifier(..)
        | Kind::Function(_)
        | Kind::Prototype { .. }
        | Kind::Variable(_)
        | Kind::DataSection
        | Kind::DeclarationTag(_) => Shape::Pointer,
    }
}

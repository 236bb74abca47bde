//! The kinds of BTF types, and what the words of each say (`include/uapi/linux/btf.h`).

pub(super) const INT: u32 = 1;
pub(super) const PTR: u32 = 2;
pub(super) const ARRAY: u32 = 3;
pub(super) const STRUCT: u32 = 4;
pub(super) const UNION: u32 = 5;
pub(super) const ENUM: u32 = 6;
const FWD: u32 = 7;
const TYPEDEF: u32 = 8;
const VOLATILE: u32 = 9;
const CONST: u32 = 10;
const RESTRICT: u32 = 11;
pub(super) const FUNC: u32 = 12;
pub(super) const FUNC_PROTO: u32 = 13;
pub(super) const VAR: u32 = 14;
pub(super) const DATASEC: u32 = 15;
pub(super) const FLOAT: u32 = 16;
const DECL_TAG: u32 = 17;
const TYPE_TAG: u32 = 18;
const ENUM64: u32 = 19;

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// Offset of a string.
    Name,
    /// Number of a type; 0 is `void`.
    Type,
    /// Anything else: it means the same wherever the type stands.
    Number,
}

/// The words of a kind after its name and its kind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// The third word.
    pub(super) head: Word,
    /// The words after it.
    pub(super) rest: Rest,
}

/// What follows the first three words.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rest {
    Once(&'static [Word]),
    /// As often as the type's count says.
    Each(&'static [Word]),
}

impl Shape {
    /// How many words follow the first three of a type with this count.
    pub(super) fn words(self, count: usize) -> usize {
        match self.rest {
            Rest::Once(words) => words.len(),
            Rest::Each(words) => words.len() * count,
        }
    }

    /// What the words after the first three say, without end.
    pub(super) fn meanings(self) -> impl Iterator<Item = Word> {
        let (Rest::Once(words) | Rest::Each(words)) = self.rest;
        words.iter().copied().cycle()
    }
}

/// Nothing for a kind that is not known: its length is not known either.
pub(super) fn shape(kind: u32) -> Option<Shape> {
    use Rest::{Each, Once};
    use Word::{Name, Number, Type};
    let (head, rest) = match kind {
        INT => (Number, Once(&[Number])),
        PTR | TYPEDEF | VOLATILE | CONST | RESTRICT | FUNC | TYPE_TAG => (Type, Once(&[])),
        ARRAY => (Number, Once(&[Type, Type, Number])),
        STRUCT | UNION => (Number, Each(&[Name, Type, Number])),
        ENUM => (Number, Each(&[Name, Number])),
        FWD | FLOAT => (Number, Once(&[])),
        FUNC_PROTO => (Type, Each(&[Name, Type])),
        VAR | DECL_TAG => (Type, Once(&[Number])),
        DATASEC => (Number, Each(&[Type, Number, Number])),
        ENUM64 => (Number, Each(&[Name, Number, Number])),
        _ => return None,
    };
    Some(Shape { head, rest })
}

//! What one BTF type is, decoded when it is asked for.

use super::number;
use super::reader::{Btf, TYPE_SIZE, word};

/// Steps after which a chain of modifiers is taken to be a circle. The kernel allows 32 too
/// (`MAX_RESOLVE_DEPTH` in `kernel/bpf/btf.c`).
const LONGEST_CHAIN: usize = 32;

/// The number of a type in its BTF. 0 is `void`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u32);

/// A type of a kernel.
#[derive(Clone, Copy)]
pub struct Type<'a> {
    btf: &'a Btf,
    id: TypeId,
}

/// What a type is.
#[derive(Debug, Clone, Copy)]
pub enum Kind<'a> {
    Void,
    /// No type has that number, or its bytes make no sense.
    Missing,
    Integer {
        bytes: u32,
        signed: bool,
        bool_: bool,
    },
    Float {
        bytes: u32,
    },
    Pointer(Type<'a>),
    Array {
        element: Type<'a>,
        /// 0 for a flexible array.
        count: u32,
    },
    Struct {
        bytes: u32,
    },
    Union {
        bytes: u32,
    },
    Enum {
        bytes: u32,
        signed: bool,
    },
    /// Named but not described.
    Forward(Aggregate),
    Typedef(Type<'a>),
    Modifier(Modifier, Type<'a>),
    Function(Type<'a>),
    Prototype {
        returns: Type<'a>,
    },
    Variable(Type<'a>),
    DataSection,
    DeclarationTag(Type<'a>),
}

/// Struct or union.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aggregate {
    Struct,
    Union,
}

/// What qualifies a type without changing its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modifier {
    Volatile,
    Const,
    Restrict,
    /// `__attribute__((btf_type_tag("…")))`, such as `user` or `rcu`.
    Tag,
}

/// A member of a struct or union, or a parameter of a prototype.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// Empty for an anonymous struct, union or parameter.
    pub name: &'a str,
    pub type_: Type<'a>,
    /// Bits from the beginning of the struct; 0 for a parameter.
    pub bit_offset: u32,
    /// Bits of a bit-field; 0 for an ordinary member.
    pub bit_size: u32,
}

/// A value of an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enumerator<'a> {
    pub name: &'a str,
    /// Wide enough for unsigned and signed 64-bit values.
    pub value: i128,
}

impl<'a> Type<'a> {
    pub(super) fn new(btf: &'a Btf, id: TypeId) -> Self {
        Self { btf, id }
    }

    /// Its number in the BTF.
    pub fn id(self) -> TypeId {
        self.id
    }

    /// The BTF it belongs to.
    pub fn btf(self) -> &'a Btf {
        self.btf
    }

    /// Its name; empty when it has none.
    pub fn name(self) -> &'a str {
        self.word(0).map_or("", |offset| self.btf.string(offset))
    }

    /// What it is.
    pub fn kind(self) -> Kind<'a> {
        if self.id.0 == 0 {
            return Kind::Void;
        }
        self.decode().unwrap_or(Kind::Missing)
    }

    /// Whether it is a function, decided without decoding it.
    pub fn is_function(self) -> bool {
        self.kind_number() == Some(number::FUNC)
    }

    /// The type without typedefs, qualifiers and tags; `Missing` when they go round in a circle.
    #[must_use]
    pub fn resolved(self) -> Self {
        let mut at = self;
        for _ in 0..LONGEST_CHAIN {
            let (Kind::Typedef(to) | Kind::Modifier(_, to)) = at.kind() else { return at };
            at = to;
        }
        Self { btf: self.btf, id: TypeId(u32::MAX) }
    }

    /// Whether it points to a struct or union of which only the name is known. The verifier lets
    /// nobody load such an argument (`btf_ctx_access` in `kernel/bpf/btf.c`).
    pub fn points_to_unknown(self) -> bool {
        self.pointee().is_some_and(|to| matches!(to.resolved().kind(), Kind::Forward(_)))
    }

    /// What it points to, typedefs and qualifiers before the `*` resolved; `None` for no pointer.
    pub fn pointee(self) -> Option<Self> {
        if let Kind::Pointer(to) = self.resolved().kind() { Some(to) } else { None }
    }

    /// Members of a struct or union (typedefs resolved), in order; none for another kind.
    pub fn members(self) -> impl Iterator<Item = Member<'a>> {
        let resolved = self.resolved();
        let has_members = matches!(resolved.kind(), Kind::Struct { .. } | Kind::Union { .. });
        let count = if has_members { resolved.count() } else { 0 };
        let bit_fields = resolved.flag();
        (0..count).map_while(move |index| {
            let at = TYPE_SIZE + index * 12;
            let offset = resolved.word(at + 8)?;
            // With the flag set, the upper 8 bits are the size of a bit-field.
            let (bit_size, bit_offset) =
                if bit_fields { (offset >> 24, offset & 0x00ff_ffff) } else { (0, offset) };
            Some(Member {
                name: resolved.btf.string(resolved.word(at)?),
                type_: resolved.to(resolved.word(at + 4)?),
                bit_offset,
                bit_size,
            })
        })
    }

    /// Parameters of a function or prototype. A variadic one ends with a nameless `void`.
    pub fn parameters(self) -> impl Iterator<Item = Member<'a>> {
        let prototype = self.prototype();
        let count = prototype.map_or(0, Type::count);
        (0..count).map_while(move |index| {
            let prototype = prototype?;
            let at = TYPE_SIZE + index * 8;
            Some(Member {
                name: prototype.btf.string(prototype.word(at)?),
                type_: prototype.to(prototype.word(at + 4)?),
                bit_offset: 0,
                bit_size: 0,
            })
        })
    }

    /// What a function or prototype returns; `None` when it is neither.
    pub fn returns(self) -> Option<Self> {
        if let Kind::Prototype { returns } = self.prototype()?.kind() {
            Some(returns)
        } else {
            None
        }
    }

    /// Values of an enum (typedefs resolved), in order; none for another kind.
    pub fn enumerators(self) -> impl Iterator<Item = Enumerator<'a>> {
        let resolved = self.resolved();
        let (count, wide) = match resolved.kind_number() {
            Some(number::ENUM) => (resolved.count(), None),
            Some(number::ENUM64) => (resolved.count(), Some(8)),
            _ => (0, None),
        };
        let stride = if wide.is_some() { 12 } else { 8 };
        let signed = resolved.enum_is_signed();
        (0..count).map_while(move |index| {
            let at = TYPE_SIZE + index * stride;
            let low = resolved.word(at + 4)?;
            let value = match wide {
                None if signed => i128::from(low.cast_signed()),
                None => i128::from(low),
                Some(high) => {
                    let value = u64::from(low) | (u64::from(resolved.word(at + high)?) << 32);
                    if signed { i128::from(value.cast_signed()) } else { i128::from(value) }
                }
            };
            Some(Enumerator { name: resolved.btf.string(resolved.word(at)?), value })
        })
    }

    /// The prototype of a function or of a prototype itself.
    pub(super) fn prototype(self) -> Option<Self> {
        let resolved = self.resolved();
        let kind = resolved.kind();
        let prototype = if let Kind::Function(prototype) = kind { prototype } else { resolved };
        matches!(prototype.kind(), Kind::Prototype { .. }).then_some(prototype)
    }

    pub(super) fn name_offset(self) -> Option<u32> {
        self.word(0)
    }

    pub(super) fn kind_number(self) -> Option<u32> {
        Some((self.word(4)? >> 24) & 0x1f)
    }

    fn decode(self) -> Option<Kind<'a>> {
        let size_or_type = self.word(8)?;
        let to = self.to(size_or_type);
        Some(match self.kind_number()? {
            number::INT => {
                // Bits 24 to 27 of the word behind: signed, char, bool.
                let encoding = self.word(TYPE_SIZE)? >> 24;
                Kind::Integer {
                    bytes: size_or_type,
                    signed: encoding & 1 != 0,
                    bool_: encoding & 4 != 0,
                }
            }
            number::PTR => Kind::Pointer(to),
            number::ARRAY => Kind::Array {
                element: self.to(self.word(TYPE_SIZE)?),
                count: self.word(TYPE_SIZE + 8)?,
            },
            number::STRUCT => Kind::Struct { bytes: size_or_type },
            number::UNION => Kind::Union { bytes: size_or_type },
            number::ENUM | number::ENUM64 => {
                Kind::Enum { bytes: size_or_type, signed: self.enum_is_signed() }
            }
            number::FWD if self.flag() => Kind::Forward(Aggregate::Union),
            number::FWD => Kind::Forward(Aggregate::Struct),
            number::TYPEDEF => Kind::Typedef(to),
            number::VOLATILE => Kind::Modifier(Modifier::Volatile, to),
            number::CONST => Kind::Modifier(Modifier::Const, to),
            number::RESTRICT => Kind::Modifier(Modifier::Restrict, to),
            number::FUNC => Kind::Function(to),
            number::FUNC_PROTO => Kind::Prototype { returns: to },
            number::VAR => Kind::Variable(to),
            number::DATASEC => Kind::DataSection,
            number::FLOAT => Kind::Float { bytes: size_or_type },
            number::DECL_TAG => Kind::DeclarationTag(to),
            number::TYPE_TAG => Kind::Modifier(Modifier::Tag, to),
            _ => return None,
        })
    }

    /// Older pahole left the sign flag out: then an enum with a negative value is signed.
    fn enum_is_signed(self) -> bool {
        self.flag()
            || (self.kind_number() == Some(number::ENUM)
                && (0..self.count()).any(|index| {
                    self.word(TYPE_SIZE + index * 8 + 4).is_some_and(|value| value >> 31 != 0)
                }))
    }

    fn count(self) -> usize {
        self.word(4).map_or(0, |info| (info & 0xffff) as usize)
    }

    fn flag(self) -> bool {
        self.word(4).is_some_and(|info| info >> 31 != 0)
    }

    fn to(self, id: u32) -> Self {
        Self { btf: self.btf, id: TypeId(id) }
    }

    fn word(self, at: usize) -> Option<u32> {
        word(self.btf.record(self.id)?, at)
    }
}

impl std::fmt::Debug for Type<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{} `{}`", self.id.0, self.text())
    }
}

impl PartialEq for Type<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.btf, other.btf) && self.id == other.id
    }
}

impl Eq for Type<'_> {}

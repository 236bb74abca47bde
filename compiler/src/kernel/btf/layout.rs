//! Where members lie in a struct, anonymous members included.

use super::types::{Kind, Member, Type};

/// Anonymous structs inside one another that are searched. The kernel's own nest to 5.
pub(super) const DEEPEST: usize = 8;
/// Members that one search looks at. The largest kernel structs have about 1,000.
const MOST_MEMBERS: usize = 1 << 16;

/// Where a named member lies.
#[derive(Debug, Clone)]
pub struct Place<'a> {
    pub type_: Type<'a>,
    /// Bits from the beginning of the struct in which the search began.
    pub bit_offset: u32,
    /// Bits of a bit-field; 0 for an ordinary member.
    pub bit_size: u32,
    /// Index of the member at each level, anonymous levels included: the accessor string of a CO-RE
    /// relocation, behind its leading `0`.
    pub path: Vec<Step>,
}

/// One level of a CO-RE accessor: the index of a member in its struct, or of an element.
pub type Step = u32;

impl Place<'_> {
    /// Bytes from the beginning of the struct; a bit-field's is that of the byte it begins in.
    pub fn offset(&self) -> u32 {
        self.bit_offset / 8
    }
}

impl<'a> Type<'a> {
    /// Bytes of a value of this type; `None` for functions and for types that are only named.
    pub fn size(self) -> Option<u32> {
        let mut factor = 1u32;
        let mut at = self;
        // Arrays of arrays, each with typedefs between.
        for _ in 0..DEEPEST {
            at = at.resolved();
            let bytes = match at.kind() {
                Kind::Integer { bytes, .. }
                | Kind::Float { bytes }
                | Kind::Struct { bytes }
                | Kind::Union { bytes }
                | Kind::Enum { bytes, .. } => bytes,
                Kind::Pointer(_) => 8,
                Kind::Array { element, count } => {
                    factor = factor.checked_mul(count)?;
                    at = element;
                    continue;
                }
                Kind::Void
                | Kind::Missing
                | Kind::Forward(_)
                | Kind::Typedef(_)
                | Kind::Modifier(..)
                | Kind::Function(_)
                | Kind::Prototype { .. }
                | Kind::Variable(_)
                | Kind::DataSection
                | Kind::DeclarationTag(_) => return None,
            };
            return factor.checked_mul(bytes);
        }
        None
    }

    /// The member of that name in a struct or union (typedefs resolved), also inside anonymous
    /// members. Pointers are not followed.
    pub fn member(self, name: &str) -> Option<Place<'a>> {
        if name.is_empty() {
            return None;
        }
        let mut budget = MOST_MEMBERS;
        search(self, name, 0, DEEPEST, &mut budget)
    }

    /// Names of the members of a struct or union, those inside anonymous members included.
    pub fn member_names(self) -> Vec<&'a str> {
        let mut names = Vec::new();
        let mut waiting = vec![(self, DEEPEST)];
        let mut budget = MOST_MEMBERS;
        while let Some((type_, depth)) = waiting.pop() {
            for member in type_.members() {
                // Not only what is found counts: structs that hold one another without a name can
                // be a maze with nothing in it.
                let Some(left) = budget.checked_sub(1) else { return names };
                budget = left;
                match (member.name, depth.checked_sub(1)) {
                    ("", Some(depth)) => waiting.push((member.type_, depth)),
                    ("", None) => {}
                    (name, _) => names.push(name),
                }
            }
        }
        names
    }
}

fn search<'a>(
    type_: Type<'a>,
    name: &str,
    base: u32,
    depth: usize,
    budget: &mut usize,
) -> Option<Place<'a>> {
    let depth = depth.checked_sub(1)?;
    for (index, member) in (0u32..).zip(type_.members()) {
        *budget = budget.checked_sub(1)?;
        let bit_offset = base.checked_add(member.bit_offset)?;
        if member.name == name {
            let Member { type_, bit_size, .. } = member;
            return Some(Place { type_, bit_offset, bit_size, path: vec![index] });
        }
        if !member.name.is_empty() {
            continue;
        }
        if let Some(mut place) = search(member.type_, name, bit_offset, depth, budget) {
            place.path.insert(0, index);
            return Some(place);
        }
    }
    None
}

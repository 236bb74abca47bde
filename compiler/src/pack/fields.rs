//! BTF of the fields that generated code asks about: structures with nothing but the way to each.
//!
//! Loaders look up a structure by its name and a member by its own in the kernel's BTF. What is
//! written here is where both stood in the kernel for which the bundle was made.

use std::collections::BTreeMap;

use super::btf::{Btf, Type, TypeId};
use super::btf_kind_table as kind;
use crate::kernel::Form;
use crate::kernel::btf::Aggregate;
use crate::machine::{Field, FieldStep};

/// The fields described so far.
#[derive(Debug, Default)]
pub(super) struct Fields {
    known: BTreeMap<Field, Described>,
}

/// A field as a CO-RE relocation names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Described {
    /// The structure in which the way begins.
    pub(super) root: TypeId,
    /// Offset of the access, such as `0:0:3`, in the BTF strings.
    pub(super) access: u32,
}

impl Fields {
    /// The description of `field` in `btf`, where each field is described once.
    pub(super) fn describe(&mut self, field: &Field, btf: &mut Btf) -> Described {
        if let Some(known) = self.known.get(field) {
            return *known;
        }
        let root = holder(&field.root, &field.steps, btf);
        let index = |step: &FieldStep| match step {
            // The only member of its structure.
            FieldStep::Member { .. } => ":0".to_owned(),
            FieldStep::Element { index, .. } => format!(":{index}"),
        };
        let access: String = field.steps.iter().map(index).collect();
        let described = Described { root, access: btf.string(&format!("0{access}")) };
        self.known.insert(field.clone(), described);
        described
    }
}

/// A type of this form that has what `steps` go through, and nothing else.
fn holder(form: &Form, steps: &[FieldStep], btf: &mut Btf) -> TypeId {
    match (form, steps.split_first()) {
        (Form::Structure { aggregate, name, bytes }, Some((step, rest))) => {
            let member = member(step, rest, btf);
            structure(*aggregate, name, *bytes, member, btf)
        }
        (Form::Array { count, .. }, Some((FieldStep::Element { form, .. }, rest))) => {
            let element = holder(form, rest, btf);
            array(element, *count, btf)
        }
        _ => leaf(form, btf),
    }
}

struct Member {
    name: u32,
    type_id: TypeId,
    /// With the size of a bit-field in the upper eight bits.
    place: u32,
    is_bit_field: bool,
}

fn member(step: &FieldStep, rest: &[FieldStep], btf: &mut Btf) -> Option<Member> {
    let FieldStep::Member { name, bit_offset, bit_size, form } = step else { return None };
    let TypeId(type_id) = holder(form, rest, btf);
    let is_bit_field = *bit_size > 0;
    Some(Member {
        name: btf.string(name),
        type_id: TypeId(type_id),
        place: if is_bit_field { bit_size << 24 | bit_offset } else { *bit_offset },
        is_bit_field,
    })
}

fn structure(
    aggregate: Aggregate,
    name: &str,
    bytes: u32,
    member: Option<Member>,
    btf: &mut Btf,
) -> TypeId {
    let name = btf.string(name);
    let kind = match aggregate {
        Aggregate::Struct => kind::STRUCT,
        Aggregate::Union => kind::UNION,
    };
    let flag = u32::from(member.as_ref().is_some_and(|member| member.is_bit_field));
    let count = u32::from(member.is_some());
    let rest = member.map_or(Vec::new(), |one| vec![one.name, one.type_id.0, one.place]);
    btf.push(Type { name, kind, flag, count, size_or_id: bytes, rest })
}

/// What stands at the end of the way: loaders compare its kind with the kernel's, and of an enum the
/// name.
fn leaf(form: &Form, btf: &mut Btf) -> TypeId {
    match form {
        Form::Integer { bytes } => btf.unsigned(*bytes),
        Form::Float { bytes } => {
            let name = btf.string("double");
            let size_or_id = *bytes;
            let (flag, count) = (0, 0);
            btf.push(Type { name, kind: kind::FLOAT, flag, count, size_or_id, rest: Vec::new() })
        }
        Form::Enumeration { name, bytes } => {
            let name = btf.string(name);
            let (flag, count, rest) = (0, 0, Vec::new());
            btf.push(Type { name, kind: kind::ENUM, flag, count, size_or_id: *bytes, rest })
        }
        Form::Pointer => btf.pointer(TypeId(0)),
        Form::Array { element, count } => {
            let element = leaf(element, btf);
            array(element, *count, btf)
        }
        Form::Structure { aggregate, name, bytes } => {
            structure(*aggregate, name, *bytes, None, btf)
        }
        Form::Other => TypeId(0),
    }
}

fn array(element: TypeId, count: u32, btf: &mut Btf) -> TypeId {
    let TypeId(index) = btf.int();
    btf.push(Type::unnamed(kind::ARRAY, 0, 0, vec![element.0, index, count]))
}

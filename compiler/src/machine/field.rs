//! Fields of kernel structures, of which an instruction holds what the kernel at hand says (CO-RE).

use crate::kernel::Form;

/// A field, and the way to it from the start of a structure. No pointer is followed on it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Field {
    /// The structure in which the way begins. It has a name, by which loaders find it.
    pub root: Form,
    /// Never empty; the first is a member.
    pub steps: Vec<FieldStep>,
}

/// One step inside a structure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldStep {
    /// To a member, also one of an anonymous structure inside.
    Member {
        name: String,
        /// Bits from the beginning of the structure.
        bit_offset: u32,
        /// Bits of a bit-field; 0 for an ordinary member.
        bit_size: u32,
        form: Form,
    },
    /// To an element of the array here.
    Element { index: u32, form: Form },
}

/// What an instruction holds of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldFact {
    /// Bytes from the structure's start; for a bit-field, to the number in which it stands.
    ByteOffset,
    /// Bytes; for a bit-field, of the number in which it stands.
    ByteSize,
    /// How far that number, in 64 bits, is shifted left so that nothing is above the bit-field.
    ShiftLeft,
    /// How far it is then shifted right so that nothing is below.
    ShiftRight,
}

impl FieldFact {
    /// The value in `enum bpf_core_relo_kind`.
    pub fn number(self) -> u32 {
        match self {
            Self::ByteOffset => 0,
            Self::ByteSize => 1,
            Self::ShiftLeft => 4,
            Self::ShiftRight => 5,
        }
    }

    /// What it is called in listings.
    pub fn name(self) -> &'static str {
        match self {
            Self::ByteOffset => "offset",
            Self::ByteSize => "size",
            Self::ShiftLeft => "shift left",
            Self::ShiftRight => "shift right",
        }
    }
}

impl Field {
    /// What stands there.
    pub fn form(&self) -> &Form {
        match self.steps.last() {
            Some(FieldStep::Member { form, .. } | FieldStep::Element { form, .. }) => form,
            None => &self.root,
        }
    }

    /// Bits of a bit-field; 0 for any other field.
    pub fn bit_size(&self) -> u32 {
        match self.steps.last() {
            Some(FieldStep::Member { bit_size, .. }) => *bit_size,
            Some(FieldStep::Element { .. }) | None => 0,
        }
    }

    /// What the kernel for which the field was looked up says, as loaders reckon it
    /// (`bpf_core_calc_field_relo` in `tools/lib/bpf/relo_core.c`).
    pub fn value(&self, fact: FieldFact) -> u32 {
        let bits = self.bit_offset();
        let Number { offset, bytes } = self.number(bits);
        match fact {
            FieldFact::ByteOffset => offset,
            FieldFact::ByteSize => bytes,
            FieldFact::ShiftLeft => {
                64u32.saturating_sub(bits.saturating_add(self.bits()).saturating_sub(offset * 8))
            }
            FieldFact::ShiftRight => 64u32.saturating_sub(self.bits()),
        }
    }

    fn bits(&self) -> u32 {
        match self.bit_size() {
            0 => self.form().bytes().saturating_mul(8),
            bits => bits,
        }
    }

    /// From the structure's start.
    fn bit_offset(&self) -> u32 {
        let step = |step: &FieldStep| match step {
            FieldStep::Member { bit_offset, .. } => *bit_offset,
            FieldStep::Element { index, form } => {
                index.saturating_mul(form.bytes()).saturating_mul(8)
            }
        };
        self.steps.iter().map(step).fold(0, u32::saturating_add)
    }

    /// Where the bytes are that hold the field. Those of a bit-field are a number that is aligned,
    /// at least as large as its type, and at most eight bytes.
    fn number(&self, bit_offset: u32) -> Number {
        let mut bytes = self.form().bytes().max(1);
        if self.bit_size() == 0 {
            return Number { offset: bit_offset / 8, bytes };
        }
        let start = |bytes: u32| bit_offset / 8 / bytes * bytes;
        let end = bit_offset.saturating_add(self.bit_size());
        while bytes < 8 && end > (start(bytes).saturating_add(bytes)).saturating_mul(8) {
            bytes *= 2;
        }
        Number { offset: start(bytes), bytes }
    }
}

struct Number {
    offset: u32,
    bytes: u32,
}

impl std::fmt::Display for Field {
    /// `task_struct.mm`, `nameidata.stack[3].link`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Form::Structure { name, .. } = &self.root {
            f.write_str(name)?;
        }
        self.steps.iter().try_for_each(|step| match step {
            FieldStep::Member { name, .. } => write!(f, ".{name}"),
            FieldStep::Element { index, .. } => write!(f, "[{index}]"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::btf::Aggregate;

    fn field(bit_offset: u32, bit_size: u32, bytes: u32) -> Field {
        let root = Form::Structure {
            aggregate: Aggregate::Struct,
            name: "task_struct".into(),
            bytes: 4096,
        };
        let form = Form::Integer { bytes };
        let name = "flags".into();
        Field { root, steps: vec![FieldStep::Member { name, bit_offset, bit_size, form }] }
    }

    #[test]
    fn a_field_is_where_its_bits_are() {
        use FieldFact::{ByteOffset, ByteSize, ShiftLeft, ShiftRight};
        let cases = [
            (field(96, 0, 4), [12, 4, 32, 32]),
            // Bits 33 and 34 are bits 1 and 2 of the number at byte 4.
            (field(33, 2, 4), [4, 4, 61, 62]),
            // Bits 30 to 33 lie in two numbers of four bytes, so in one of eight.
            (field(30, 4, 4), [0, 8, 30, 60]),
            (field(8, 1, 1), [1, 1, 63, 63]),
        ];
        for (field, wanted) in cases {
            let found = [ByteOffset, ByteSize, ShiftLeft, ShiftRight].map(|fact| field.value(fact));
            assert_eq!(found, wanted, "{field:?}");
        }
    }
}

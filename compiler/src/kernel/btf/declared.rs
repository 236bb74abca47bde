//! Finds what a type means that a tracepoint's format writes as text.

use super::reader::Btf;
use super::shape::Shape;
use super::types::Type;

impl Btf {
    /// The shape of a type written in C, such as `unsigned int`, `const char *` or `pid_t`; `None`
    /// when the text is no type or the kernel has none of that name.
    pub fn shape_of_text(&self, text: &str) -> Option<Shape<'_>> {
        if text.starts_with("__data_loc") || text.starts_with("__rel_loc") {
            return None;
        }
        if let Some((_, count)) = text.strip_suffix(']').and_then(|text| text.rsplit_once('[')) {
            return Some(Shape::Array { count: count.trim().parse().unwrap_or(0) });
        }
        let stars = text.matches('*').count();
        let base: Vec<&str> = text
            .split(|c: char| c == '*' || c.is_whitespace())
            .filter(|word| !matches!(*word, "" | "const" | "volatile" | "__user" | "restrict"))
            .collect();
        let base = base.join(" ");
        match stars {
            0 => self.written(&base).map(Type::shape),
            1 if base == "void" => Some(Shape::PointerToVoid),
            // Structs that only user space has are in the format, but not in the kernel's types.
            1 => Some(self.written(&base).map_or(Shape::Pointer, Type::shape_of_pointer)),
            _ => Some(Shape::Pointer),
        }
    }

    /// The type of that name, with the word `struct`, `union` or `enum` before it where C wants it.
    fn written(&self, text: &str) -> Option<Type<'_>> {
        match text.split_once(' ') {
            Some(("struct", name)) => self.structure(name),
            Some(("enum", name)) => self.enumeration(name),
            Some(("union", name)) => {
                self.named(name).find(|type_| matches!(type_.shape(), Shape::Union { .. }))
            }
            _ => self.typedef(text).or_else(|| self.base_type(text)),
        }
    }

    /// A type that C has of itself; DWARF, and so BTF, writes `long unsigned int` for all spellings.
    fn base_type(&self, text: &str) -> Option<Type<'_>> {
        let name = match text {
            "unsigned" => "unsigned int",
            "long" => "long int",
            "unsigned long" => "long unsigned int",
            "long long" => "long long int",
            "unsigned long long" => "long long unsigned int",
            "short" => "short int",
            "unsigned short" => "short unsigned int",
            "bool" => "_Bool",
            other => other,
        };
        self.named(name)
            .find(|type_| matches!(type_.shape(), Shape::Integer { .. } | Shape::Float { .. }))
    }
}

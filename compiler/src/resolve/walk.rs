//! Follows a `resolve` path through the kernel's structures, step by step.

use super::parameter::{Parameter, Signature};
use super::register_table;
use super::types::Types;
use crate::diagnostic::{Diagnostics, Finding, Reported, code, did_you_mean};
use crate::kernel::btf::Kind;
use crate::kernel::{Shape, Type};
use crate::policy::{self, FieldPath, Step};
use crate::resolved::{AddressSpace, Origin, Walk, WalkStep};
use crate::source::Spanned;

/// Pointers to pointers that are followed for one step. The kernel's own have three.
const POINTERS_MAX: usize = 8;

/// What stands at the end of the path of `from`, which begins at `start`.
pub(super) fn walk<'a>(
    from: &policy::Argument,
    path: &FieldPath,
    start: &Parameter<'a>,
    signature: &Signature<'a>,
    known: Types<'a>,
    diagnostics: &mut Diagnostics,
) -> Result<(Walk, Parameter<'a>), Reported> {
    let root = match &from.btf_type {
        Some(name) => structure(from, name, known, diagnostics)?,
        None => match start.type_ {
            Some(type_) => type_,
            None => return Err(no_structure(path, start, signature, known, diagnostics)),
        },
    };
    let is_pointer = from.btf_type.is_some();
    let mut walker = Walker { at: root, steps: Vec::new(), through: path_start(start, root) };
    if is_pointer {
        // The value is a pointer to the structure that `btfType` names.
        walker.steps.push(WalkStep::Follow);
    }
    let root_name = walker.root_name();
    for step in &path.steps {
        match &step.value {
            Step::Field(name) => {
                let name = Spanned::new(name.as_str(), step.span);
                walker.field(name, known, diagnostics)?;
            }
            Step::Element(index) => {
                let index = Spanned::new(*index, step.span);
                walker.element(index, known, diagnostics)?;
            }
        }
    }
    let walk = Walk {
        span: path.text.span,
        root: root_name,
        steps: walker.steps,
        type_text: walker.at.text(),
        memory: known.memory,
    };
    Ok((walk, end(walker.at, start, known.memory)))
}

/// The register that `resolve` names.
pub(super) fn register<'a>(
    path: &FieldPath,
    signature: &Signature<'a>,
    diagnostics: &mut Diagnostics,
) -> Result<Parameter<'a>, Reported> {
    let name = &path.text.value;
    if let Some((offset, bytes)) = register_table::register(name) {
        return Ok(Parameter {
            name: name.clone(),
            text: format!("register {name}"),
            shape: None,
            type_: None,
            origin: Origin::Register { offset, bytes },
            memory: signature.registers,
        });
    }
    let finding = Finding::at(path.text.span, format!("there is no register `{name}`"))
        .label("not a register of x86-64")
        .help(did_you_mean(name, register_table::names()))
        .on_kernel(signature.kernel);
    Err(diagnostics.error(&code::UNKNOWN_REGISTER, finding))
}

/// Where a path stands on its way.
struct Walker<'a> {
    at: Type<'a>,
    steps: Vec<WalkStep>,
    /// What was gone through last, for messages: `bprm->file`.
    through: String,
}

impl Walker<'_> {
    fn field(
        &mut self,
        name: Spanned<&str>,
        types: Types<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), Reported> {
        self.follow();
        let here = self.at;
        let Some(place) = here.member(name.value) else {
            return Err(self.no_member(name, types, diagnostics));
        };
        self.steps.push(WalkStep::Member {
            holder: here.form(),
            name: name.value.to_owned(),
            bit_offset: place.bit_offset,
            bit_size: place.bit_size,
            form: place.type_.form(),
        });
        self.at = place.type_;
        // A path may have thousands of steps.
        self.through.push('.');
        self.through.push_str(name.value);
        Ok(())
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "nothing else has elements")]
    fn element(
        &mut self,
        index: Spanned<u32>,
        types: Types<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), Reported> {
        let text = self.at.text();
        let element = match self.at.resolved().kind() {
            Kind::Array { element, count } if count == 0 || index.value < count => element,
            Kind::Array { count, .. } => {
                let message = format!("`{}` has {count} elements", self.through);
                let finding = Finding::at(index.span, message)
                    .label(format!("the last element is {}", count - 1))
                    .note(format!("{} it is `{text}`", types.place))
                    .on_kernel(types.kernel);
                return Err(impossible_step(finding, diagnostics));
            }
            Kind::Pointer(to) => {
                self.steps.push(WalkStep::Follow);
                to
            }
            _ => {
                let message = format!("`{}` has no elements", self.through);
                let finding = Finding::at(index.span, message)
                    .label(format!("it is `{text}`, neither an array nor a pointer"))
                    .on_kernel(types.kernel);
                return Err(impossible_step(finding, diagnostics));
            }
        };
        self.steps.push(WalkStep::Element { index: index.value, form: element.form() });
        self.at = element;
        self.through.extend(["[", &index.value.to_string(), "]"]);
        Ok(())
    }

    /// Follows pointers to what they point to.
    fn follow(&mut self) {
        for _ in 0..POINTERS_MAX {
            let Some(to) = self.at.pointee() else { return };
            self.steps.push(WalkStep::Follow);
            self.at = to;
        }
    }

    fn no_member(
        &self,
        name: Spanned<&str>,
        types: Types<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Reported {
        let text = self.at.text();
        let has_fields = matches!(self.at.shape(), Shape::Struct { .. } | Shape::Union { .. });
        if !has_fields {
            let message = format!("`{}` has no fields", self.through);
            let finding = Finding::at(name.span, message)
                .label(format!("it is `{text}`"))
                .help(format!("end the path before `.{}`", name.value))
                .on_kernel(types.kernel);
            return impossible_step(finding, diagnostics);
        }
        let names = self.at.member_names();
        let help = did_you_mean(name.value, names.iter().copied()).or_else(|| some_of(&names));
        let finding = Finding::at(name.span, format!("`{text}` has no field `{}`", name.value))
            .label(format!("not {}", types.place))
            .help(help)
            .on_kernel(types.kernel);
        diagnostics.error(&code::UNKNOWN_MEMBER, finding)
    }

    /// The structure in which the path begins.
    fn root_name(&self) -> String {
        let at = self.at.pointee().unwrap_or(self.at).resolved();
        at.name().to_owned()
    }
}

fn impossible_step(finding: Finding, diagnostics: &mut Diagnostics) -> Reported {
    diagnostics.error(&code::IMPOSSIBLE_STEP, finding)
}

/// The fields of a small structure.
fn some_of(names: &[&str]) -> Option<String> {
    if names.is_empty() || names.len() > 12 {
        return None;
    }
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    Some(format!("it has {}", names.join(", ")))
}

fn path_start(start: &Parameter<'_>, root: Type<'_>) -> String {
    if start.name.is_empty() { root.text() } else { start.name.clone() }
}

/// What is read at the end: a structure inside another is read through its address. Structures of a
/// program are not the kernel's, whatever they are called.
#[expect(clippy::wildcard_enum_match_arm, reason = "only what has an inside is read otherwise")]
fn end<'a>(type_: Type<'a>, start: &Parameter<'a>, space: AddressSpace) -> Parameter<'a> {
    let shape = match type_.shape() {
        Shape::Struct { name, .. } => Shape::PointerToStruct { name },
        Shape::Union { name, .. } => Shape::PointerToUnion { name },
        Shape::Array { count } => match type_.resolved().kind() {
            Kind::Array { element, .. } if element.shape_of_pointer() == Shape::PointerToChar => {
                Shape::PointerToChar
            }
            _ => Shape::Array { count },
        },
        shape => shape,
    };
    let shape = match (space, shape) {
        (AddressSpace::Program, Shape::PointerToStruct { .. } | Shape::PointerToUnion { .. }) => {
            Shape::Pointer
        }
        (AddressSpace::Kernel | AddressSpace::Program, shape) => shape,
    };
    let name = String::new();
    let Parameter { origin, memory, .. } = *start;
    Parameter { name, text: type_.text(), shape: Some(shape), type_: Some(type_), origin, memory }
}

/// The structure or union that `btfType` names.
fn structure<'a>(
    from: &policy::Argument,
    name: &Spanned<String>,
    types: Types<'a>,
    diagnostics: &mut Diagnostics,
) -> Result<Type<'a>, Reported> {
    let bare = name.value.trim_start_matches("struct ").trim_start_matches("union ");
    if let Some(type_) = types.structure(bare) {
        return Ok(type_);
    }
    let near = |type_: &Type<'a>| {
        let is_near = type_.name().len().abs_diff(bare.len()) <= bare.len() / 3 + 1;
        is_near && matches!(type_.kind(), Kind::Struct { .. } | Kind::Union { .. })
    };
    let message = format!("{} has no structure `{bare}`", types.owner());
    let mut finding = Finding::at(name.span, message).on_kernel(types.kernel);
    finding = if let Some(module) = &from.btf_module {
        finding
            .label("not in the types of the kernel itself")
            .note(format!("the profile does not hold the types of the module `{}`", module.value))
            .unknown()
    } else {
        let names = types.btf.types().filter(near).map(Type::name);
        finding.label("not in its BTF").help(did_you_mean(bare, names))
    };
    Err(diagnostics.error(&code::UNKNOWN_STRUCTURE, finding))
}

/// Refuses a path from something that nothing tells the type of.
fn no_structure(
    path: &FieldPath,
    start: &Parameter<'_>,
    signature: &Signature<'_>,
    types: Types<'_>,
    diagnostics: &mut Diagnostics,
) -> Reported {
    let what = if start.text.is_empty() {
        "nothing tells the type of this argument".to_owned()
    } else {
        format!("`{}` is no structure of {}", start.text, types.owner())
    };
    let finding = Finding::at(path.text.span, what)
        .label("there is nothing to go through")
        .help("name the structure with `btfType`".to_owned())
        .note(format!("on {}: `{}`", signature.kernel, signature.text))
        .on_kernel(signature.kernel);
    impossible_step(finding, diagnostics)
}

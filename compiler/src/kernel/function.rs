//! Kernel functions: their prototypes, and how sure it is which function a name means.

use super::answer::Answer;
use super::btf::{Btf, Type, TypeId};
use super::profile::Profile;

/// A function that BTF describes.
#[derive(Debug, Clone)]
pub struct Function<'a> {
    pub name: &'a str,
    /// The `BTF_KIND_FUNC` of the first candidate, to which fentry attaches.
    pub id: TypeId,
    pub prototype: Prototype<'a>,
    /// How many different prototypes BTF has for this name. With more than one, nothing says which
    /// belongs to which address. Weak definitions that another replaces have the same prototype.
    pub candidates: usize,
    /// Whether ftrace can trace it.
    pub traceable: Answer,
}

/// What a function takes and returns.
#[derive(Debug, Clone)]
pub struct Prototype<'a> {
    pub parameters: Vec<Parameter<'a>>,
    pub returns: Type<'a>,
    /// Whether it ends with `...`, which no tracing program can attach to.
    pub variadic: bool,
}

/// A parameter of a function.
#[derive(Debug, Clone, Copy)]
pub struct Parameter<'a> {
    /// Empty when BTF has no name for it.
    pub name: &'a str,
    pub type_: Type<'a>,
}

impl Profile {
    /// The function of that name; `None` when BTF has none. It can exist all the same: the compiler
    /// may have given it another name ([`Profile::variants`]), or BTF may leave it out.
    pub fn function(&self, name: &str) -> Option<Function<'_>> {
        let mut found = self.btf().functions_named(name);
        let first = found.next()?;
        let mut prototypes: Vec<Vec<TypeId>> = found.chain([first]).map(type_ids).collect();
        prototypes.sort_unstable();
        prototypes.dedup();
        Some(Function {
            name: first.name(),
            id: first.id(),
            prototype: Prototype::of(first)?,
            candidates: prototypes.len(),
            traceable: self.traceable(name),
        })
    }

    /// Names of functions in BTF of which `edits` edits could make `name`, and others, for
    /// suggestions; a name can come twice.
    pub fn functions_like(&self, name: &str, edits: usize) -> impl Iterator<Item = &str> {
        self.btf().functions_like(name, edits)
    }

    /// Names of the functions in BTF; a name can come twice.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        Btf::function_names(self.btf())
    }
}

/// The types that a function returns and takes. BTF describes equal types once.
fn type_ids(function: Type<'_>) -> Vec<TypeId> {
    let returns = function.returns().map(Type::id);
    returns.into_iter().chain(function.parameters().map(|member| member.type_.id())).collect()
}

impl<'a> Prototype<'a> {
    /// The prototype of a function or prototype type; `None` when it is neither.
    pub fn of(type_: Type<'a>) -> Option<Self> {
        let returns = type_.returns()?;
        let mut parameters: Vec<Parameter<'a>> = type_
            .parameters()
            .map(|member| Parameter { name: member.name, type_: member.type_ })
            .collect();
        // BTF writes `...` as a last parameter of type void.
        let variadic = parameters
            .pop_if(|last| last.type_.id() == TypeId(0) && last.name.is_empty())
            .is_some();
        Some(Self { parameters, returns, variadic })
    }

    /// The prototype in C, with `name` in its middle.
    pub fn text(&self, name: &str) -> String {
        let mut parameters: Vec<String> = self.parameters.iter().map(Parameter::text).collect();
        if self.variadic {
            parameters.push("...".to_owned());
        }
        if parameters.is_empty() {
            parameters.push("void".to_owned());
        }
        join(&self.returns.text(), &format!("{name}({})", parameters.join(", ")))
    }
}

impl Parameter<'_> {
    /// The parameter in C: `struct file *file`.
    pub fn text(&self) -> String {
        join(&self.type_.text(), self.name)
    }
}

/// A type and what it declares; no space behind an asterisk.
pub(super) fn join(type_: &str, name: &str) -> String {
    let space = if type_.ends_with('*') || name.is_empty() { "" } else { " " };
    format!("{type_}{space}{name}")
}

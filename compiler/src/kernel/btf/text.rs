//! Writes a type as C does.

use super::types::{Aggregate, Kind, Modifier, Type};

/// Levels of pointers and qualifiers after which the rest is left out.
const DEEPEST: usize = 16;
/// Types that one text may mention, since prototypes can hold prototypes.
const MOST_TYPES: usize = 256;

impl Type<'_> {
    /// The type in C: `struct file *`, `const char *`, `unsigned int`.
    pub fn text(self) -> String {
        let mut budget = MOST_TYPES;
        text(self, DEEPEST, &mut budget)
    }
}

fn text(type_: Type<'_>, depth: usize, budget: &mut usize) -> String {
    let (Some(depth), Some(left)) = (depth.checked_sub(1), budget.checked_sub(1)) else {
        return "…".to_owned();
    };
    *budget = left;
    let named = |word: &str| match type_.name() {
        "" => format!("{word} {{…}}"),
        name => format!("{word} {name}"),
    };
    match type_.kind() {
        Kind::Void => "void".to_owned(),
        Kind::Missing => "?".to_owned(),
        Kind::Integer { .. } => spelled(type_.name()).to_owned(),
        Kind::Float { .. }
        | Kind::Typedef(_)
        | Kind::Variable(_)
        | Kind::DataSection
        | Kind::DeclarationTag(_) => type_.name().to_owned(),
        Kind::Pointer(to) => pointer(to, depth, budget),
        Kind::Array { element, count: 0 } => format!("{}[]", text(element, depth, budget)),
        Kind::Array { element, count } => format!("{}[{count}]", text(element, depth, budget)),
        Kind::Struct { .. } | Kind::Forward(Aggregate::Struct) => named("struct"),
        Kind::Union { .. } | Kind::Forward(Aggregate::Union) => named("union"),
        Kind::Enum { .. } => named("enum"),
        Kind::Modifier(modifier, to) => modified(modifier, to, type_.name(), depth, budget),
        Kind::Function(_) | Kind::Prototype { .. } => function(type_, "", depth, budget),
    }
}

fn pointer(to: Type<'_>, depth: usize, budget: &mut usize) -> String {
    if let Kind::Prototype { .. } = to.kind() {
        return function(to, "(*)", depth, budget);
    }
    let target = text(to, depth, budget);
    if target.ends_with('*') { format!("{target}*") } else { format!("{target} *") }
}

fn modified(
    modifier: Modifier,
    to: Type<'_>,
    tag: &str,
    depth: usize,
    budget: &mut usize,
) -> String {
    let word = match modifier {
        Modifier::Volatile => "volatile",
        Modifier::Const => "const",
        Modifier::Restrict => "restrict",
        // The kernel's own spelling of `btf_type_tag("user")`.
        Modifier::Tag => &format!("__{tag}"),
    };
    let target = text(to, depth, budget);
    // What qualifies a pointer stands behind the asterisk.
    if target.ends_with('*') { format!("{target}{word}") } else { format!("{word} {target}") }
}

fn function(type_: Type<'_>, declarator: &str, depth: usize, budget: &mut usize) -> String {
    let returns =
        type_.returns().map_or_else(|| "?".to_owned(), |returns| text(returns, depth, budget));
    let parameters: Vec<String> = type_
        .parameters()
        .take(MOST_TYPES)
        .map(|parameter| match (parameter.type_.id().0, parameter.name) {
            (0, "") => "...".to_owned(),
            _ => text(parameter.type_, depth, budget),
        })
        .collect();
    let name = if declarator.is_empty() { type_.name() } else { declarator };
    let parameters = if parameters.is_empty() { "void".to_owned() } else { parameters.join(", ") };
    let space = if returns.ends_with('*') { "" } else { " " };
    format!("{returns}{space}{name}({parameters})")
}

/// An integer type as the kernel's sources write it; compilers put `int` and `unsigned` elsewhere.
fn spelled(name: &str) -> &str {
    match name {
        "long int" => "long",
        "long unsigned int" => "unsigned long",
        "long long int" => "long long",
        "long long unsigned int" => "unsigned long long",
        "short int" => "short",
        "short unsigned int" => "unsigned short",
        "_Bool" => "bool",
        other => other,
    }
}

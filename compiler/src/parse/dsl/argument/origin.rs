//! Where an argument is read, after its `=`: `bprm.cred.uid.val`, `task.comm`, `(my_struct) #0.next`.

use super::{position, small_number};
use crate::parse::dsl::Text;
use crate::parse::dsl::grammar::Rule;
use crate::parse::dsl::pairs::Pair;
use crate::policy::{Argument, FieldPath, Source, Step};
use crate::source::{Span, Spanned};

/// What stands after the `=`.
#[derive(Debug)]
pub(super) struct Origin {
    pub(super) root: Root,
    path: Option<FieldPath>,
    type_: Option<Spanned<String>>,
    module: Option<Spanned<String>>,
    pub(super) span: Span,
}

/// Where a path begins.
#[derive(Debug, Clone)]
pub(super) enum Root {
    /// An argument by position.
    Index(Spanned<u32>),
    /// An argument by the kernel's name.
    Name(Spanned<String>),
    /// `task` or `regs`.
    Source(Spanned<Source>),
    /// `return`
    Return(Span),
}

/// The words for what is read instead of an argument.
pub(in crate::parse::dsl) const SOURCES: [(&str, Source); 2] =
    [("task", Source::CurrentTask), ("regs", Source::Registers)];

impl Origin {
    /// Whether it is no argument of the hook.
    pub(super) fn is_data(&self) -> bool {
        matches!(self.root, Root::Source(_))
    }

    /// The argument that is read here.
    pub(super) fn give(self, argument: Argument) -> Argument {
        let source = match self.root {
            Root::Source(source) => Some(source),
            Root::Index(_) | Root::Name(_) | Root::Return(_) => None,
        };
        Argument {
            source,
            resolve: self.path,
            btf_type: self.type_,
            btf_module: self.module,
            ..argument
        }
    }
}

/// Reads what stands after the `=`.
pub(super) fn origin(pair: &Pair, text: &mut Text) -> Option<Origin> {
    let cast = pair.child(Rule::cast);
    let type_ = cast.as_ref().and_then(|cast| cast.child(Rule::cast_type));
    let type_ = type_.and_then(|type_| type_.child(Rule::point_name));
    let module = cast.as_ref().and_then(|cast| cast.child(Rule::point_name));
    let type_ = type_.map(|name| name.named(text));
    let module = module.map(|name| name.named(text));
    let root = root(pair, text)?;
    Some(Origin { root, path: path(pair, text), type_, module, span: pair.span(text) })
}

fn root(pair: &Pair, text: &mut Text) -> Option<Root> {
    if let Some(index) = pair.child(Rule::position) {
        return Some(Root::Index(position(&index, text)));
    }
    if let Some(word) = pair.child(Rule::return_word) {
        return Some(Root::Return(word.span(text)));
    }
    let name = pair.child(Rule::word)?.spanned(text);
    let source = SOURCES.iter().find(|(word, _)| *word == name.value);
    Some(match source {
        Some(&(_, source)) => Root::Source(Spanned::new(source, name.span)),
        None => Root::Name(name),
    })
}

/// The steps among the children of `pair`. `None`: there are none.
pub(in crate::parse::dsl) fn path(pair: &Pair, text: &mut Text) -> Option<FieldPath> {
    let mut steps = Vec::new();
    for step in pair.all(Rule::step) {
        steps.extend(self::step(&step, text));
    }
    let span = steps.iter().map(|step: &Spanned<Step>| step.span).reduce(Span::to)?;
    Some(FieldPath { text: Spanned::new(FieldPath::written(&steps), span), steps })
}

fn step(pair: &Pair, text: &mut Text) -> Option<Spanned<Step>> {
    if let Some(number) = pair.child(Rule::number) {
        let span = number.span(text);
        return Some(Spanned::new(Step::Element(small_number(number.text(), span, text)), span));
    }
    let name = match pair.child(Rule::word) {
        Some(word) => word.spanned(text),
        None => pair.string(text)?,
    };
    Some(name.map(Step::Field))
}

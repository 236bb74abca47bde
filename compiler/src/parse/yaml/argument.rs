//! `args`, `data` and `returnArg`: what a hook reads.

mod path;

use super::Report;
use super::fields::Fields;
use super::findings::unknown_word;
use crate::policy::{Argument, ArgumentPlace, ArgumentType, FieldPath, SizeArgument, Source, Step};
use crate::source::Spanned;

/// The entry of `args` or `data`, if all of it was understood.
pub(super) fn argument(fields: &Fields, report: &mut Report<'_>) -> Option<Argument> {
    let place = |index| ArgumentPlace::Index { index, name: None };
    build(fields, fields.integer("index").map(place), report)
}

/// The `returnArg`, if all of it was understood.
pub(super) fn return_argument(fields: &Fields, report: &mut Report<'_>) -> Option<Argument> {
    let index = fields.integer::<u32>("index");
    build(fields, Some(ArgumentPlace::Return { index, name: None }), report)
}

fn build(
    fields: &Fields,
    place: Option<ArgumentPlace>,
    report: &mut Report<'_>,
) -> Option<Argument> {
    let source = source(fields, report);
    let resolve = resolve(fields, source, report);
    // An unknown source or a malformed path was reported, and what it reads is not known.
    let source_is_lost = source.is_none() && fields.some_text("source").is_some();
    let path_is_lost = resolve.is_none() && fields.some_text("resolve").is_some();
    if !fields.is_intact || source_is_lost || path_is_lost {
        return None;
    }
    let type_ = fields.word("type").and_then(|word| {
        // `auto` is no type: it asks for the kernel's.
        ArgumentType::from_name(word.value).map(|type_| Spanned::new(type_, word.span))
    });
    Some(Argument {
        span: fields.span,
        place: place?,
        alias: None,
        type_,
        label: fields.some_text("label"),
        source,
        resolve,
        btf_type: fields.some_text("btfType"),
        btf_module: fields.some_text("btfTypeModule"),
        size_argument: fields
            .integer("sizeArgIndex")
            .filter(|index| index.value != 0)
            .map(SizeArgument::Number),
        return_copy: fields.set("returnCopy"),
        max_data: fields.set("maxData"),
    })
}

/// Tetragon's schema takes any text here; its code knows two words (`pkg/sensors/tracing/args.go`).
fn source(fields: &Fields, report: &mut Report<'_>) -> Option<Spanned<Source>> {
    let written = fields.some_text("source")?;
    let source = Source::ALL.into_iter().find(|source| source.name() == written.value);
    if source.is_none() {
        let legal = Source::ALL.map(Source::name);
        unknown_word(report, written.span, "source", &written.value, &legal);
    }
    source.map(|source| Spanned::new(source, written.span))
}

/// A path through structures; of registers, the name of one.
fn resolve(
    fields: &Fields,
    source: Option<Spanned<Source>>,
    report: &mut Report<'_>,
) -> Option<FieldPath> {
    let text = fields.some_text("resolve")?;
    if source.is_some_and(|source| source.value == Source::Registers) {
        let register = Step::Field(text.value.clone());
        return Some(FieldPath { steps: vec![Spanned::new(register, text.span)], text });
    }
    path::path(text, report)
}

//! `args` and `returnArg`: what a hook reads.

use super::fields::Fields;
use crate::policy::{Argument, ArgumentPlace, ArgumentType};
use crate::source::Spanned;

/// The entry of `args`, if all of it was understood.
pub(super) fn argument(fields: &Fields) -> Option<Argument> {
    let index = fields.integer::<u32>("index")?;
    build(fields, ArgumentPlace::Index { index, name: None })
}

/// The `returnArg`, if all of it was understood.
pub(super) fn return_argument(fields: &Fields) -> Option<Argument> {
    let index = fields.integer::<u32>("index");
    build(fields, ArgumentPlace::Return { index, name: None })
}

fn build(fields: &Fields, place: ArgumentPlace) -> Option<Argument> {
    if !fields.is_intact {
        return None;
    }
    let type_ = fields.word("type").and_then(|word| {
        // `auto` is no type: it asks for the kernel's.
        ArgumentType::from_name(word.value).map(|type_| Spanned::new(type_, word.span))
    });
    let label = fields.text("label").filter(|label| !label.value.is_empty());
    Some(Argument { label, ..Argument::plain(fields.span, place, type_) })
}

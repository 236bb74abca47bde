//! `return` and `returnArg`: each needs the other.

use crate::diagnostic::{Diagnostics, Finding, TetragonAnswer, code};
use crate::parse::yaml::fields::Fields;
use crate::source::Span;

/// Whether a hook looks at the end of the call too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::parse::yaml) enum Returns {
    /// It does not.
    Never,
    /// It does, and reports what the function returned.
    Reported,
    /// It was not understood, or it is up to the hooks that use a macro.
    Unclear,
}

/// Whether the hook looks at the end of the call.
pub(in crate::parse::yaml) fn check(hook: &Fields, diagnostics: &mut Diagnostics) -> Returns {
    let argument = hook.field("returnArg");
    match hook.flag("return").filter(|flag| flag.value) {
        Some(_) if argument.is_some() => Returns::Reported,
        Some(flag) if !hook.is_lost("returnArg") => {
            diagnostics.add(
                &code::RETURN_WITHOUT_ARGUMENT,
                Finding::at(flag.span, "a hook that returns needs `returnArg`")
                    .label("`returnArg` missing")
                    .help("say what is returned: `returnArg: {index: 0, type: int}`".to_owned()),
            );
            Returns::Unclear
        }
        Some(_) => Returns::Unclear,
        None => {
            if let Some(argument) = argument.filter(|_| !hook.is_lost("return")) {
                unused(argument.key.span, "returnArg", diagnostics);
            }
            if hook.is_lost("return") { Returns::Unclear } else { Returns::Never }
        }
    }
}

/// Says that what is to be done with the returned socket is never done.
pub(super) fn unused_action(hook: &Fields, diagnostics: &mut Diagnostics) {
    let Some(key) = hook.key("returnArgAction") else { return };
    unused(key, "returnArgAction", diagnostics);
}

fn unused(place: Span, key: &str, diagnostics: &mut Diagnostics) {
    diagnostics.add(
        &code::UNUSED_RETURN_ARGUMENT,
        Finding::at(place, format!("`{key}` has no effect without `return`"))
            .label("never reported")
            .help(format!("add `return: true`, or remove `{key}`"))
            .note("Tetragon ignores it without a word")
            .tetragon(TetragonAnswer::Accepts),
    );
}

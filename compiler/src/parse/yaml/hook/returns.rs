//! `return` and `returnArg`: each needs the other.

use crate::diagnostic::{Diagnostics, Finding, code};
use crate::parse::yaml::fields::Fields;

/// Whether a hook looks at the end of the call too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::parse::yaml) enum Returns {
    /// It does not.
    Never,
    /// It does, and reports what the function returned.
    Reported,
    /// It was not understood.
    Unclear,
}

/// Whether the hook looks at the end of the call.
pub(in crate::parse::yaml) fn check(hook: &Fields, diagnostics: &mut Diagnostics) -> Returns {
    let argument = hook.field("returnArg");
    match hook.flag("return").filter(|flag| flag.value) {
        Some(_) if argument.is_some() => Returns::Reported,
        Some(flag) if hook.is_intact => {
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
            if let Some(argument) = argument {
                diagnostics.add(
                    &code::UNUSED_RETURN_ARGUMENT,
                    Finding::at(argument.key.span, "`returnArg` has no effect without `return`")
                        .label("never reported")
                        .help("add `return: true`, or remove `returnArg`".to_owned()),
                );
            }
            Returns::Never
        }
    }
}

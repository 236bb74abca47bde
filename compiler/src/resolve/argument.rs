//! Binds an argument to a parameter of the kernel and chooses how it is read.

use super::fit::{Fit, fit, natural};
use super::not_yet;
use super::parameter::{Parameter, Signature};
use crate::diagnostic::{Diagnostics, Finding, Near, Reported, Safety, code};
use crate::policy::{self, ArgumentPlace, ArgumentType};
use crate::resolved::{self, Origin, Reader};
use crate::source::{Span, Spanned};

/// An argument of a hook.
pub(super) fn argument(
    from: &policy::Argument,
    signature: &Signature<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<resolved::Argument, Reported> {
    let parameter = match &from.place {
        ArgumentPlace::Index { index, .. } => by_index(*index, signature, diagnostics)?,
        ArgumentPlace::Name(name) => by_name(name, signature, diagnostics)?,
        ArgumentPlace::Return { .. } => return returned(from, signature, diagnostics),
    };
    bind(from, parameter, signature, diagnostics)
}

/// The return value of a hook.
pub(super) fn returned(
    from: &policy::Argument,
    signature: &Signature<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<resolved::Argument, Reported> {
    let Some(parameter) = &signature.returned else {
        let message = format!("`{}` returns nothing", signature.text);
        let finding = Finding::at(from.span, message)
            .label("there is no return value here")
            .help("leave the return value out".to_owned())
            .on_kernel(signature.kernel);
        return Err(diagnostics.error(&code::RETURNS_NOTHING, finding));
    };
    bind(from, parameter, signature, diagnostics)
}

fn by_index<'s, 'a>(
    index: Spanned<u32>,
    signature: &'s Signature<'a>,
    diagnostics: &mut Diagnostics,
) -> Result<&'s Parameter<'a>, Reported> {
    let found = usize::try_from(index.value).ok().and_then(|at| signature.parameters.get(at));
    found.ok_or_else(|| {
        let label = match signature.parameters.len() {
            0 => format!("there is no {}", signature.word),
            count => format!("the last {} is {}", signature.word, count - 1),
        };
        unknown(&index.value.to_string(), index.span, label, None, signature, diagnostics)
    })
}

fn by_name<'s, 'a>(
    name: &Spanned<String>,
    signature: &'s Signature<'a>,
    diagnostics: &mut Diagnostics,
) -> Result<&'s Parameter<'a>, Reported> {
    let found = signature.parameters.iter().find(|parameter| parameter.name == name.value);
    found.ok_or_else(|| {
        let names = signature.parameters.iter().map(|parameter| parameter.name.as_str());
        let near = Near::to(&name.value, names);
        let label = format!("no {} of this name", signature.word);
        unknown(&name.value, name.span, label, Some(near), signature, diagnostics)
    })
}

fn unknown(
    what: &str,
    span: Span,
    label: String,
    near: Option<Near<'_>>,
    signature: &Signature<'_>,
    diagnostics: &mut Diagnostics,
) -> Reported {
    let message = format!("there is no {} `{what}` here", signature.word);
    let finding = Finding::at(span, message)
        .label(label)
        .help(near.as_ref().and_then(Near::help))
        .fix(near.and_then(|near| near.fix(span, Safety::Unsafe)))
        .note(format!("on {}: `{}`", signature.kernel, signature.text))
        .on_kernel(signature.kernel);
    diagnostics.error(&code::UNKNOWN_ARGUMENT, finding)
}

fn bind(
    from: &policy::Argument,
    parameter: &Parameter<'_>,
    signature: &Signature<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<resolved::Argument, Reported> {
    let (type_, reader) = match &from.type_ {
        Some(declared) => (declared.value, reader(*declared, parameter, signature, diagnostics)?),
        None => automatic(from.span, parameter, signature, diagnostics)?,
    };
    Ok(resolved::Argument {
        span: from.span,
        name: (!parameter.name.is_empty()).then(|| parameter.name.clone()),
        type_,
        label: from.label.as_ref().map(|label| label.value.clone()),
        origin: parameter.origin,
        reader,
    })
}

fn reader(
    declared: Spanned<ArgumentType>,
    parameter: &Parameter<'_>,
    signature: &Signature<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Reader, Reported> {
    match fit(declared.value, parameter.shape) {
        Fit::Fits(reader) => Ok(reader),
        // What is returned is nearly always small, whatever the type: everybody writes `int`.
        Fit::Differs(reader, _) if matches!(parameter.origin, Origin::Return { .. }) => Ok(reader),
        Fit::Differs(reader, so) => {
            let message = format!("the kernel has `{}` here, so {so}", in_c(parameter));
            let finding = Finding::at(declared.span, message)
                .label(format!("read as `{}`", declared.value.name()))
                .help(write_instead(parameter))
                .on_kernel(signature.kernel);
            diagnostics.add(&code::DIFFERENT_TYPE, finding);
            Ok(reader)
        }
        Fit::NotYet => {
            let what = format!("arguments of type `{}`", declared.value.name());
            Err(not_yet(&what, declared.span, diagnostics))
        }
        Fit::Unfit => {
            let name = declared.value.name();
            let message = format!("`{}` cannot be read as `{name}`", in_c(parameter));
            let finding = Finding::at(declared.span, message)
                .label(format!("the kernel has `{}` here", in_c(parameter)))
                .help(write_instead(parameter))
                .note(format!("on {}: `{}`", signature.kernel, signature.text))
                .on_kernel(signature.kernel);
            Err(diagnostics.error(&code::ARGUMENT_TYPE, finding))
        }
    }
}

fn automatic(
    span: Span,
    parameter: &Parameter<'_>,
    signature: &Signature<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<(ArgumentType, Reader), Reported> {
    let type_ = match parameter.shape {
        Some(shape) => natural(shape, &parameter.text),
        // Only the return value of a system call has a type in C but no shape: a `long`.
        None if parameter.text == "long" => Some(ArgumentType::Long),
        None => None,
    };
    if let Some(type_) = type_
        && let Fit::Fits(reader) = fit(type_, parameter.shape)
    {
        return Ok((type_, reader));
    }
    let what = if parameter.text.is_empty() {
        "nothing tells the type of this argument".to_owned()
    } else {
        format!("no type can be chosen for `{}`", in_c(parameter))
    };
    let finding = Finding::at(span, what)
        .label("its type must be given")
        .help("give it a type, or `nop` when only its place matters".to_owned())
        .note(format!("on {}: `{}`", signature.kernel, signature.text))
        .on_kernel(signature.kernel);
    Err(diagnostics.error(&code::UNTYPED_ARGUMENT, finding))
}

fn in_c(parameter: &Parameter<'_>) -> String {
    let space = if parameter.text.ends_with('*') || parameter.name.is_empty() { "" } else { " " };
    format!("{}{space}{}", parameter.text, parameter.name)
}

fn write_instead(parameter: &Parameter<'_>) -> Option<String> {
    let type_ = natural(parameter.shape?, &parameter.text)?;
    Some(format!("write `type: {}`", type_.name()))
}

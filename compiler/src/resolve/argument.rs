//! Binds an argument to a parameter of the kernel and chooses how it is read.

use super::fit::{Fit, fit, natural};
use super::parameter::{Parameter, Signature, current_task};
use super::types::Types;
use super::{size, walk};
use crate::diagnostic::{Diagnostics, Finding, Near, Reported, Safety, code};
use crate::kernel::btf::Kind;
use crate::kernel::{Profile, Shape, Type};
use crate::policy::{self, ArgumentPlace, ArgumentType, Source};
use crate::resolved::{self, Memory, Origin, Reader};
use crate::source::{Span, Spanned};

/// An argument of a hook.
pub(super) fn argument<'a>(
    from: &policy::Argument,
    signature: &Signature<'a>,
    kernel: &'a Profile,
    diagnostics: &mut Diagnostics,
) -> Result<resolved::Argument, Reported> {
    let start = match from.source.map(|source| source.value) {
        Some(source) => elsewhere(from, source, signature, kernel, diagnostics)?,
        None => match &from.place {
            ArgumentPlace::Index { index, .. } => by_index(*index, signature, diagnostics)?.clone(),
            ArgumentPlace::Name(name) => by_name(name, signature, diagnostics)?.clone(),
            ArgumentPlace::Return { .. } => {
                return returned(from, signature, kernel, diagnostics);
            }
        },
    };
    let place = format!("on {}", kernel.name());
    bind(from, &start, signature, Types::of(kernel, &place), diagnostics)
}

/// The return value of a hook.
pub(super) fn returned<'a>(
    from: &policy::Argument,
    signature: &Signature<'a>,
    kernel: &'a Profile,
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
    let place = format!("on {}", kernel.name());
    bind(from, parameter, signature, Types::of(kernel, &place), diagnostics)
}

/// What is read instead of an argument of the hook.
fn elsewhere<'a>(
    from: &policy::Argument,
    source: Source,
    signature: &Signature<'a>,
    kernel: &'a Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Parameter<'a>, Reported> {
    match (source, &from.resolve) {
        (Source::CurrentTask, _) => Ok(current_task(kernel)),
        (Source::Registers, Some(path)) => walk::register(path, signature, diagnostics),
        (Source::Registers, None) => {
            let finding = Finding::at(from.span, "nothing says which register is read")
                .label("`pt_regs` without `resolve`")
                .help("name a register: `resolve: rax`".to_owned());
            Err(diagnostics.error(&code::MISSING_REGISTER, finding))
        }
    }
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
    let help = near.as_ref().map(|near| near.help().or_else(|| known(what, signature)));
    let finding = Finding::at(span, message)
        .label(label)
        .help(help.flatten())
        .fix(near.and_then(|near| near.fix(span, Safety::Unsafe)))
        .note(format!("on {}: `{}`", signature.kernel, signature.text))
        .on_kernel(signature.kernel);
    diagnostics.error(&code::UNKNOWN_ARGUMENT, finding)
}

/// What the kernel calls its parameters, and how one of them gets a name of the policy's own.
fn known(wanted: &str, signature: &Signature<'_>) -> Option<String> {
    let last = signature.parameters.len().checked_sub(1)?;
    let names = signature.parameters.iter().map(|parameter| format!("`{}`", parameter.name));
    let names = names.collect::<Vec<_>>().join(", ");
    Some(format!("the kernel has {names}; `#{last} as {wanted}` names a position as you like"))
}

/// Reads `from`, which begins at `start`.
pub(super) fn bind<'a>(
    from: &policy::Argument,
    start: &Parameter<'a>,
    signature: &Signature<'a>,
    known: Types<'a>,
    diagnostics: &mut Diagnostics,
) -> Result<resolved::Argument, Reported> {
    let is_register = matches!(start.origin, Origin::Register { .. });
    let start = &in_record(start, known);
    let (walked, parameter) = match &from.resolve {
        Some(path) if !is_register => {
            let (walked, end) = walk::walk(from, path, start, signature, known, diagnostics)?;
            (Some(walked), end)
        }
        Some(_) | None => (None, start.clone()),
    };
    let (declared, reader) = match &from.type_ {
        Some(named) => (named.value, reader(*named, &parameter, signature, diagnostics)?),
        None => automatic(from.span, &parameter, signature, diagnostics)?,
    };
    let reader = whole(reader, walked.as_ref(), start.origin);
    Ok(resolved::Argument {
        span: from.span,
        name: (!start.name.is_empty()).then(|| start.name.clone()),
        type_: declared,
        label: from.label.as_ref().map(|label| label.value.clone()),
        origin: start.origin,
        walk: walked,
        memory: start.memory,
        reader: size::sized(from, declared, reader, signature, diagnostics)?,
    })
}

/// The same, with the type of an array in a tracepoint's record, through which `resolve` can go.
/// Formats name it, and BTF has it since the record's structure has it.
fn in_record<'a>(start: &Parameter<'a>, types: Types<'a>) -> Parameter<'a> {
    let mut start = start.clone();
    if start.type_.is_none() && matches!(start.shape, Some(Shape::Array { .. })) {
        let is_it = |type_: &Type<'a>| {
            matches!(type_.kind(), Kind::Array { .. }) && type_.text() == start.text
        };
        start.type_ = types.btf.types().find(is_it);
    }
    start
}

/// An array is as long as what stands there, whatever its elements are.
fn whole(reader: Reader, walked: Option<&resolved::Walk>, origin: Origin) -> Reader {
    if !matches!(reader, Reader::Bytes { .. }) {
        return reader;
    }
    match (walked.and_then(resolved::Walk::end), origin) {
        (Some(form), _) => Reader::Bytes { bytes: form.bytes() },
        (None, Origin::Field { bytes, .. }) => Reader::Bytes { bytes },
        (None, _) => reader,
    }
}

fn reader(
    declared: Spanned<ArgumentType>,
    parameter: &Parameter<'_>,
    signature: &Signature<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Reader, Reported> {
    let is_of_caller = parameter.memory == Memory::Caller;
    let fits = match fit(declared.value, parameter.shape, &parameter.text) {
        Fit::Fits(reader) | Fit::Differs(reader, _) if is_of_caller && reader.is_of_kernel() => {
            Fit::Unfit
        }
        fits @ (Fit::Fits(_) | Fit::Differs(..) | Fit::Unfit) => fits,
    };
    match fits {
        Fit::Fits(reader) => Ok(reader),
        // What is returned is nearly always small, whatever the type: everybody writes `int`.
        Fit::Differs(reader, _) if matches!(parameter.origin, Origin::Return { .. }) => Ok(reader),
        Fit::Differs(reader, so) => {
            let message = format!("{} has `{}` here, so {so}", owner(parameter), in_c(parameter));
            let finding = Finding::at(declared.span, message)
                .label(format!("read as `{}`", declared.value.name()))
                .help(write_instead(parameter))
                .on_kernel(signature.kernel);
            diagnostics.add(&code::DIFFERENT_TYPE, finding);
            Ok(reader)
        }
        Fit::Unfit => {
            let name = declared.value.name();
            let message = format!("`{}` cannot be read as `{name}`", in_c(parameter));
            let label = if parameter.text == OF_PROGRAM || is_of_caller {
                "a program hands over nothing of the kernel's".to_owned()
            } else {
                format!("{} has `{}` here", owner(parameter), in_c(parameter))
            };
            let finding = Finding::at(declared.span, message)
                .label(label)
                .help(write_instead(parameter))
                .note(format!("on {}: `{}`", signature.kernel, signature.text))
                .on_kernel(signature.kernel);
            Err(diagnostics.error(&code::ARGUMENT_TYPE, finding))
        }
    }
}

/// What stands for the type of a value of a program, of which nothing is known.
pub(super) const OF_PROGRAM: &str = "a value of a program";

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
        None => match parameter.origin {
            Origin::Register { bytes: 8, .. } => Some(ArgumentType::Uint64),
            Origin::Register { bytes: 4, .. } => Some(ArgumentType::Uint32),
            Origin::Register { bytes: 2, .. } => Some(ArgumentType::Uint16),
            Origin::Register { .. } => Some(ArgumentType::Uint8),
            Origin::Parameter(_)
            | Origin::SyscallParameter(..)
            | Origin::Field { .. }
            | Origin::Return { .. }
            | Origin::CurrentTask
            | Origin::UserParameter(_)
            | Origin::UsdtArgument(_) => None,
        },
    };
    if let Some(type_) = type_
        && let Fit::Fits(reader) = fit(type_, parameter.shape, &parameter.text)
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

/// Who has a value.
fn owner(parameter: &Parameter<'_>) -> &'static str {
    match parameter.origin {
        Origin::UserParameter(_) | Origin::UsdtArgument(_) => "the program",
        Origin::Parameter(_)
        | Origin::SyscallParameter(..)
        | Origin::Field { .. }
        | Origin::Return { .. }
        | Origin::CurrentTask
        | Origin::Register { .. } => "the kernel",
    }
}

fn in_c(parameter: &Parameter<'_>) -> String {
    let space = if parameter.text.ends_with('*') || parameter.name.is_empty() { "" } else { " " };
    format!("{}{space}{}", parameter.text, parameter.name)
}

fn write_instead(parameter: &Parameter<'_>) -> Option<String> {
    let type_ = natural(parameter.shape?, &parameter.text)?;
    Some(format!("write `type: {}`", type_.name()))
}

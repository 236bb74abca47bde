//! How long a buffer is, and when it is read: `sizeArgIndex`, `returnCopy` and `maxData`.

use super::parameter::{Parameter, Signature};
use crate::diagnostic::{Diagnostics, Finding, Reported, code, did_you_mean};
use crate::kernel::Shape;
use crate::policy::{self, ArgumentType, SizeArgument};
use crate::resolved::{BufferLength, Moment, Origin, Reader, Signedness, Structure};
use crate::source::Span;

/// `reader` with the length and the moment that `from` asks for.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other reader has no length")]
pub(super) fn sized(
    from: &policy::Argument,
    type_: ArgumentType,
    reader: Reader,
    signature: &Signature<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Reader, Reported> {
    match reader {
        Reader::Buffer { .. } => {
            let (length, moment) = length(from, signature, diagnostics)?;
            Ok(Reader::Buffer { length, moment })
        }
        Reader::Vectors { .. } => {
            let (length, moment) = length(from, signature, diagnostics)?;
            Ok(Reader::Vectors { length, moment })
        }
        Reader::Structure(Structure::SockaddrUn { .. }) => {
            let length = address_length(signature);
            Ok(Reader::Structure(Structure::SockaddrUn { length }))
        }
        // The kernel's own copy of a text may be read at the return as well.
        _ => {
            if let Some(size) = from.size_argument.as_ref().filter(|size| !is_none(size)) {
                let message = format!("a value of type `{}` has no size argument", type_.name());
                return Err(wrong_size(
                    size.span(),
                    message,
                    "only `char_buf` and `char_iovec` have one".to_owned(),
                    Some("leave `sizeArgIndex` out, or read the argument as `char_buf`".to_owned()),
                    diagnostics,
                ));
            }
            Ok(reader)
        }
    }
}

fn is_none(size: &SizeArgument) -> bool {
    matches!(size, SizeArgument::Number(number) if number.value == 0)
}

fn length(
    from: &policy::Argument,
    signature: &Signature<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<(BufferLength, Moment), Reported> {
    let moment = match (from.return_copy, from.max_data) {
        (Some(_), _) => Moment::Return,
        (None, Some(_)) => Moment::EntryInFull,
        (None, None) => Moment::Entry,
    };
    let length = match &from.size_argument {
        Some(SizeArgument::Number(number)) if number.value > 0 => {
            by_number(number.value, number.span, signature, diagnostics)?
        }
        Some(SizeArgument::Name(name)) => {
            let names = || signature.parameters.iter().map(|one| one.name.as_str());
            let Some(place) = names().position(|known| known == name.value) else {
                let message = format!("there is no {} `{}` here", signature.word, name.value);
                let help = did_you_mean(&name.value, names());
                let label = "no argument of this name holds the size".to_owned();
                return Err(wrong_size(name.span, message, label, help, diagnostics));
            };
            signature.parameters.get(place).map_or(BufferLength::Unknown, number)
        }
        Some(SizeArgument::Number(_)) | None if moment == Moment::Return => {
            signature.returned.as_ref().map_or(BufferLength::Unknown, number)
        }
        Some(SizeArgument::Number(_)) | None => BufferLength::Unknown,
    };
    Ok((length, moment))
}

/// The number that says how long an address is: where the kernel takes it, it stands right behind
/// the address.
fn address_length(signature: &Signature<'_>) -> BufferLength {
    let is_address = |parameter: &Parameter<'_>| matches!(parameter.shape, Some(Shape::PointerToStruct { name }) if name.starts_with("sockaddr"));
    let place = signature.parameters.iter().position(is_address);
    let behind = place.and_then(|place| signature.parameters.get(place + 1));
    match behind {
        Some(length) if matches!(length.shape, Some(Shape::Integer { .. })) => number(length),
        Some(_) | None => BufferLength::Unknown,
    }
}

/// The number in a parameter. One of another type is taken as it stands in its register.
fn number(parameter: &Parameter<'_>) -> BufferLength {
    let (bytes, signedness) = match parameter.shape {
        Some(Shape::Integer { bytes: bytes @ (1 | 2 | 4), signed }) => {
            let signedness = if signed { Signedness::Signed } else { Signedness::Unsigned };
            (u8::try_from(bytes).unwrap_or(8), signedness)
        }
        _ => (8, Signedness::Signed),
    };
    BufferLength::Number { origin: parameter.origin, bytes, signedness }
}

fn by_number(
    number: u32,
    span: Span,
    signature: &Signature<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<BufferLength, Reported> {
    let count = signature.parameters.len();
    // Where nothing tells the parameters, nothing tells how many there are.
    let index = number - 1;
    if count == 0 {
        let origin = Origin::UserParameter(index);
        return Ok(BufferLength::Number { origin, bytes: 8, signedness: Signedness::Signed });
    }
    let parameter = usize::try_from(index).ok().and_then(|at| signature.parameters.get(at));
    if let Some(parameter) = parameter {
        return Ok(self::number(parameter));
    }
    let message = format!("there is no {} {number} that could hold the size", signature.word);
    let label = format!("counted from 1; the last is {count}");
    Err(wrong_size(span, message, label, None, diagnostics))
}

fn wrong_size(
    span: Span,
    message: String,
    label: String,
    help: Option<String>,
    diagnostics: &mut Diagnostics,
) -> Reported {
    let finding = Finding::at(span, message).label(label).help(help);
    diagnostics.error(&code::BUFFER_SIZE, finding)
}

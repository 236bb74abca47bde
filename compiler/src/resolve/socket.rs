//! What is asked of connections, packets and addresses.

use std::net::IpAddr;

use writ_bundle::{FAMILIES, PROTOCOLS, STATES};

use super::number::{LeadingZero, range};
use super::value;
use crate::diagnostic::{Diagnostics, Finding, Reported, code, did_you_mean};
use crate::policy::Operator;
use crate::resolved::{ArgumentId, End, Network, Question, Reader, Signedness, SocketField};
use crate::set::IntegerSet;
use crate::source::{Span, Spanned};

/// Ports that only the superuser may listen on.
const PRIVILEGED: (i128, i128) = (0, 1023);

/// What an operator asks of a connection.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Address(End),
    Number(SocketField),
    Privileged(End),
}

/// The question, when `operator` is one on connections.
pub(super) fn question(
    argument: ArgumentId,
    operator: Spanned<Operator>,
    values: &[Spanned<String>],
    span: Span,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Question>, Reported> {
    let Some(asked) = asked(operator.value) else { return Ok(None) };
    if let Asked::Privileged(end) = asked {
        let set = IntegerSet::from_ranges([PRIVILEGED]);
        return Ok(Some(Question::Socket { argument, field: SocketField::Port(end), set }));
    }
    value::not_empty(values, operator, span, diagnostics)?;
    Ok(Some(match asked {
        Asked::Address(end) => {
            Question::Address { argument, end, networks: networks(values, diagnostics)? }
        }
        Asked::Number(field) => {
            Question::Socket { argument, field, set: numbers(field, values, diagnostics)? }
        }
        Asked::Privileged(_) => return Ok(None),
    }))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the other operators ask nothing of sockets")]
fn asked(operator: Operator) -> Option<Asked> {
    Some(match operator {
        Operator::SAddr | Operator::NotSAddr => Asked::Address(End::Source),
        Operator::DAddr | Operator::NotDAddr => Asked::Address(End::Destination),
        Operator::SPort | Operator::NotSPort => Asked::Number(SocketField::Port(End::Source)),
        Operator::DPort | Operator::NotDPort => Asked::Number(SocketField::Port(End::Destination)),
        Operator::SPortPriv | Operator::NotSPortPriv => Asked::Privileged(End::Source),
        Operator::DPortPriv | Operator::NotDPortPriv => Asked::Privileged(End::Destination),
        Operator::Protocol => Asked::Number(SocketField::Protocol),
        Operator::Family => Asked::Number(SocketField::Family),
        Operator::State => Asked::Number(SocketField::State),
        _ => return None,
    })
}

fn networks(
    values: &[Spanned<String>],
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Network>, Reported> {
    let found: Vec<Result<Spanned<Network>, Reported>> = values
        .iter()
        .map(|value| {
            let network = network(&value.value).ok_or_else(|| no_address(value, diagnostics))?;
            Ok(Spanned::new(network, value.span))
        })
        .collect();
    let found = found.into_iter().collect::<Result<Vec<_>, _>>()?;
    value::warn_duplicates(&found, diagnostics);
    Ok(found.into_iter().map(|network| network.value).collect())
}

/// An address, or a network such as `10.0.0.0/8`. Bits behind the prefix mean nothing.
fn network(text: &str) -> Option<Network> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = match bits {
        Some(bits) if bits.bytes().all(|byte| byte.is_ascii_digit()) => bits.parse().ok()?,
        Some(_) => return None,
        None => most,
    };
    (bits <= most).then_some(Network { address, bits })
}

fn no_address(value: &Spanned<String>, diagnostics: &mut Diagnostics) -> Reported {
    let finding = Finding::at(value.span, format!("`{}` is no address", value.value))
        .label("neither an IP address nor a network")
        .help("write `10.1.2.3`, `10.0.0.0/8` or `fd00::/8`".to_owned());
    diagnostics.error(&code::ADDRESS, finding)
}

fn numbers(
    field: SocketField,
    values: &[Spanned<String>],
    diagnostics: &mut Diagnostics,
) -> Result<IntegerSet, Reported> {
    let ranges: Vec<Result<Spanned<(i128, i128)>, Reported>> = values
        .iter()
        .map(|value| Ok(Spanned::new(number(field, value, diagnostics)?, value.span)))
        .collect();
    let ranges = ranges.into_iter().collect::<Result<Vec<_>, _>>()?;
    value::warn_duplicates(&ranges, diagnostics);
    Ok(IntegerSet::from_ranges(ranges.into_iter().map(|range| range.value)))
}

fn number(
    field: SocketField,
    value: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Result<(i128, i128), Reported> {
    let (what, names): (&str, &[(&str, u32)]) = match field {
        SocketField::Port(_) => ("port", &[]),
        SocketField::Protocol => ("protocol", PROTOCOLS),
        SocketField::Family => ("family", FAMILIES),
        SocketField::State => ("state", STATES),
    };
    if let Some((_, number)) = names.iter().find(|(name, _)| *name == value.value) {
        return Ok((i128::from(*number), i128::from(*number)));
    }
    let is_word = value.value.starts_with(|c: char| c.is_ascii_alphabetic());
    if is_word && !names.is_empty() {
        return Err(unknown_name(what, names, value, diagnostics));
    }
    let reader = Reader::Integer { bytes: 2, signedness: Signedness::Unsigned };
    range(value, LeadingZero::Nothing, reader, what, diagnostics)
}

fn unknown_name(
    what: &str,
    names: &[(&'static str, u32)],
    value: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Reported {
    let prefix =
        names.first().and_then(|(name, _)| name.split_once('_')).map_or("", |(one, _)| one);
    let upper = value.value.to_ascii_uppercase();
    let full = format!("{prefix}_{upper}");
    let known = names.iter().any(|(name, _)| *name == full);
    let help = if known {
        Some(format!("write `{full}`"))
    } else {
        did_you_mean(&upper, names.iter().map(|(name, _)| *name))
    };
    let finding = Finding::at(value.span, format!("there is no {what} `{}`", value.value))
        .label(format!("unknown {what}"))
        .help(help)
        .note(format!("names begin with `{prefix}_`; a number does as well"));
    diagnostics.error(&code::NETWORK_NAME, finding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_as_people_write_them() {
        let cases = [
            ("127.0.0.1", Some(32)),
            ("10.0.0.0/8", Some(8)),
            ("10.1.2.3/8", Some(8)),
            ("::1", Some(128)),
            ("fd00::/8", Some(8)),
            ("0.0.0.0/0", Some(0)),
            ("10.0.0.0/33", None),
            ("10.0.0.0/+8", None),
            ("10.0.0.0/", None),
            ("10.0.0", None),
            ("localhost", None),
            ("", None),
        ];
        for (text, bits) in cases {
            assert_eq!(network(text).map(|network| network.bits), bits, "{text}");
        }
    }
}

//! Capabilities as policies write them: names, several in one value, or a number.

use writ_bundle::CAPABILITIES;

use super::number::{self, LeadingZero};
use crate::diagnostic::{Diagnostics, Finding, Reported, code, did_you_mean};
use crate::source::Spanned;

/// The bits of capabilities that are given by name alone.
pub(super) fn mask_of_names(
    values: &[Spanned<String>],
    diagnostics: &mut Diagnostics,
) -> Result<u64, Reported> {
    let bits: Vec<Result<u64, Reported>> =
        values.iter().map(|value| bit(&value.value, value, diagnostics)).collect();
    bits.into_iter().try_fold(0, |mask, bit| Ok(mask | bit?))
}

/// The bits of capabilities that are given by number, or by names with commas between.
pub(super) fn mask(
    values: &[Spanned<String>],
    diagnostics: &mut Diagnostics,
) -> Result<u64, Reported> {
    let mut mask = 0;
    for value in values {
        let number = number::parse(&value.value, LeadingZero::Octal);
        if let Some(number) = number.and_then(|number| u64::try_from(number).ok()) {
            mask |= number;
            continue;
        }
        let names: Vec<Result<u64, Reported>> =
            value.value.split(',').map(|name| bit(name.trim(), value, diagnostics)).collect();
        mask |= names.into_iter().try_fold(0, |mask, bit| bit.map(|bit| mask | bit))?;
    }
    Ok(mask)
}

/// The bit of the capability `name`, in any case, with `CAP_` before it.
fn bit(
    name: &str,
    value: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Result<u64, Reported> {
    let upper = name.to_ascii_uppercase();
    let known = |name: &str| CAPABILITIES.iter().position(|known| *known == name);
    if let Some(number) = upper.strip_prefix("CAP_").and_then(known) {
        return Ok(1 << number);
    }
    let help = if known(&upper).is_some() {
        Some(format!("write `CAP_{upper}`"))
    } else {
        let all: Vec<String> = CAPABILITIES.iter().map(|name| format!("CAP_{name}")).collect();
        did_you_mean(&upper, all.iter().map(String::as_str))
    };
    let finding = Finding::at(value.span, format!("there is no capability `{name}`"))
        .label("unknown capability")
        .help(help);
    Err(diagnostics.error(&code::UNKNOWN_CAPABILITY, finding))
}

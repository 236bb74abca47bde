//! A value that Tetragon cannot read.

use super::operator_type::refusal;
use super::{Findings, Rule, Subject, all_filters, says};
use crate::check::tetragon::filter::Filter;
use crate::check::tetragon::types::{Class, Number, class};
use crate::check::tetragon::values;
use crate::diagnostic::{Finding, code};
use crate::policy::{ArgumentType, Operator as O};

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_FILTER_VALUE, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for filter in all_filters(subject) {
        let Some(type_) = filter.type_(&subject.target) else { continue };
        if refusal(&filter, type_).is_some() {
            continue;
        }
        for value in filter.values {
            let Some(why) = unreadable(&filter, type_, &value.value) else { continue };
            findings.add(
                Finding::at(value.span, format!("`{}` cannot be compared with here", value.value))
                    .label(why.label)
                    .help(why.help.map(str::to_owned))
                    .note(says(&format!("MatchArgs value {} invalid: {}", value.value, why.words))),
            );
        }
    }
}

struct Why {
    label: &'static str,
    help: Option<&'static str>,
    words: String,
}

#[expect(clippy::unnecessary_wraps, reason = "every caller gives its answer back as it is")]
fn why(label: &'static str, help: &'static str, words: impl Into<String>) -> Option<Why> {
    let help = (!help.is_empty()).then_some(help);
    Some(Why { label, help, words: words.into() })
}

/// Why a value cannot be read; `None` when it can.
fn unreadable(filter: &Filter<'_>, type_: ArgumentType, value: &str) -> Option<Why> {
    let class = class(type_);
    match filter.operator.value {
        O::Equal | O::NotEqual | O::GreaterThan | O::LessThan | O::Mask | O::In | O::NotIn => {
            match class {
                Class::Number(number) => bad_number(number, value),
                Class::Capabilities => bad_capabilities(value),
                Class::Text | Class::Network | Class::Other => None,
            }
        }
        O::InMap | O::NotInMap if value.starts_with("list:") => None,
        O::InMap | O::NotInMap => match class {
            Class::Number(number) => in_map(number, value),
            Class::Text | Class::Network | Class::Capabilities | Class::Other => None,
        },
        O::InRange | O::NotInRange => match class {
            Class::Number(number) => in_range(number, value),
            Class::Text | Class::Network | Class::Capabilities | Class::Other => None,
        },
        O::SPort | O::NotSPort | O::DPort | O::NotDPort => ports(value),
        O::Protocol => named(value, values::is_protocol, "write a number, or `IPPROTO_TCP`"),
        O::Family => named(value, values::is_family, "write a number, or `AF_INET`"),
        O::State => named(value, values::is_state, "write a number, or `TCP_ESTABLISHED`"),
        O::SAddr | O::NotSAddr | O::DAddr | O::NotDAddr => {
            if values::is_address(value) {
                return None;
            }
            why("no address", "write an address, or a block such as `10.0.0.0/8`", "parse IP")
        }
        O::FileType | O::NotFileType => {
            if values::is_file_type(value) {
                return None;
            }
            why(
                "no kind of file",
                "write `sock`, `lnk`, `reg`, `blk`, `dir`, `chr` or `fifo`",
                format!("unknown file type: {value}"),
            )
        }
        O::Prefix
        | O::NotPrefix
        | O::Postfix
        | O::NotPostfix
        | O::SubString
        | O::SubStringIgnoreCase
        | O::SPortPriv
        | O::NotSPortPriv
        | O::DPortPriv
        | O::NotDPortPriv
        | O::CapabilitiesGained
        | O::CelExpression => None,
    }
}

fn bad_number(number: Number, value: &str) -> Option<Why> {
    let (least, most) = number.writable();
    match values::integer(value) {
        Some(read) if (least..=most).contains(&read) => None,
        Some(_) => why("too small or too large to be written down", "", "value out of range"),
        None => why("no number", "", "invalid syntax"),
    }
}

fn bad_capabilities(value: &str) -> Option<Why> {
    let is_mask = values::integer(value).is_some_and(|mask| (0..1 << 64).contains(&mask));
    let is_list = || value.split(',').all(|word| values::is_capability(word.trim()));
    if is_mask || is_list() {
        return None;
    }
    why("no capability", "write `CAP_SYS_ADMIN`, or a mask", "parseCapabilitiesMask")
}

fn in_map(number: Number, value: &str) -> Option<Why> {
    let (least, most) = number.writable();
    let fits = |read: i128| (least..=most).contains(&read);
    let read = match value.split_once(':') {
        Some(_) => values::range(value, values::decimal).is_some_and(|(a, b)| fits(a) && fits(b)),
        None => values::decimal(value).is_some_and(fits),
    };
    if read {
        return None;
    }
    let help = if values::integer(value).is_some() { "write it in decimal" } else { "" };
    why("no number in decimal, and no range `low:high`", help, "invalid syntax")
}

fn in_range(number: Number, value: &str) -> Option<Why> {
    let Some((low, high)) = values::range(value, values::integer) else {
        let words = "range should be 'min:max'";
        return why("no range", "write `low:high`, and the same number twice for one", words);
    };
    let (least, most) = (i128::from(i64::MIN), i128::from(i64::MAX));
    let fits = |end: i128| (least..=most).contains(&end);
    let words = "value out of range";
    if !fits(low) || !fits(high) {
        return why("too large: ends of ranges are signed", "", words);
    }
    let narrow =
        number.written == 32 && (low > i128::from(u32::MAX) || high > i128::from(u32::MAX));
    if narrow { why("too large for 32 bits", "", "range out of range") } else { None }
}

fn ports(value: &str) -> Option<Why> {
    named(value, |_| false, "write a port, or a range `low:high`")
}

/// A number in decimal from 0 on, a range of them, or a name.
fn named(value: &str, known: fn(&str) -> bool, help: &'static str) -> Option<Why> {
    let is_number = |text: &str| {
        values::decimal(text).is_some_and(|number| (0..=i128::from(u32::MAX)).contains(&number))
    };
    let is_range = || value.split_once(':').is_some_and(|(a, b)| is_number(a) && is_number(b));
    if known(value) || is_number(value) || is_range() {
        return None;
    }
    why("no number and no known name", help, "invalid syntax")
}

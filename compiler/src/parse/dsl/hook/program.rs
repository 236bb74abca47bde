//! What a hook names in a program or library: functions, offsets, addresses and static probes.

use crate::diagnostic::Finding;
use crate::parse::dsl::grammar::Rule;
use crate::parse::dsl::pairs::Pair;
use crate::parse::dsl::{Text, report};
use crate::policy::{Point, Uprobe};
use crate::source::{Span, Spanned};

/// Reads what follows `on`, from `uprobe` or `usdt`. `None`: there was a mistake.
pub(super) fn point(pair: &Pair, text: &mut Text) -> Option<Point> {
    let before = text.mistakes;
    let path = pair.string(text)?;
    let is_uprobe = pair.child(Rule::program_kind)?.text() == "uprobe";
    let mut uprobe = Uprobe {
        path,
        symbols: Vec::new(),
        offsets: Vec::new(),
        addresses: Vec::new(),
        reference_counter_offsets: Vec::new(),
        btf_path: None,
        digests: Vec::new(),
    };
    for one in pair.all(Rule::program_detail) {
        detail(&one, &mut uprobe, text);
    }
    let symbols: Vec<Pair> = pair
        .child(Rule::program_symbols)
        .iter()
        .flat_map(|list| list.all(Rule::program_symbol))
        .collect();
    let point = if is_uprobe {
        for one in &symbols {
            uprobe.symbols.extend(symbol(one, text));
        }
        Some(Point::Uprobe(uprobe))
    } else {
        usdt(pair.span(text), uprobe, &symbols, text)
    };
    point.filter(|_| text.mistakes == before)
}

fn detail(pair: &Pair, uprobe: &mut Uprobe, text: &mut Text) {
    let span = pair.span(text);
    let list = if pair.child(Rule::btf_word).is_some() {
        if let Some(first) = &uprobe.btf_path {
            report::declared_twice(text, "the path of the BTF", span, first.span);
        }
        uprobe.btf_path = pair.string(text);
        return;
    } else if let Some(strings) = pair.child(Rule::strings) {
        for digest in strings.all(Rule::string) {
            uprobe.digests.push(digest.content(text));
        }
        return;
    } else if pair.child(Rule::plus).is_some() {
        &mut uprobe.offsets
    } else if pair.child(Rule::at_word).is_some() {
        &mut uprobe.addresses
    } else {
        &mut uprobe.reference_counter_offsets
    };
    for one in pair.child(Rule::numbers).iter().flat_map(|numbers| numbers.all(Rule::number)) {
        list.extend(number(&one, text));
    }
}

/// A number of 64 bits.
pub(in crate::parse::dsl) fn number(pair: &Pair, text: &mut Text) -> Option<Spanned<u64>> {
    let span = pair.span(text);
    let digits = pair.text().replace('_', "");
    let number = match digits.get(..2) {
        Some("0x") => u64::from_str_radix(digits.get(2..)?, 16),
        Some("0o") => u64::from_str_radix(digits.get(2..)?, 8),
        Some("0b") => u64::from_str_radix(digits.get(2..)?, 2),
        Some(_) | None => digits.parse(),
    };
    if number.is_err() {
        let finding = Finding::at(span, format!("`{}` is no number of 64 bits", pair.text()))
            .label("not a number from 0 to 2^64")
            .help("write it in decimal, or as `0x1f`".to_owned());
        report::wrong_value(text, finding);
    }
    number.ok().map(|number| Spanned::new(number, span))
}

/// `main`, or `main+0x10`.
fn symbol(pair: &Pair, text: &mut Text) -> Option<Spanned<String>> {
    if let Some(colon) = pair.child(Rule::colon) {
        let finding = Finding::at(colon.span(text), "a uprobe names a function")
            .label("providers are for `usdt`")
            .help("write `on uprobe \"/path\" function(…)`".to_owned());
        report::wrong_value(text, finding);
        return None;
    }
    let name = pair.child(Rule::point_name)?.named(text);
    let Some(offset) = pair.child(Rule::number) else { return Some(name) };
    number(&offset, text)?;
    Some(Spanned::new(format!("{}+{}", name.value, offset.text()), pair.span(text)))
}

/// `provider:name`
fn usdt(span: Span, uprobe: Uprobe, symbols: &[Pair], text: &mut Text) -> Option<Point> {
    let Uprobe {
        path,
        btf_path,
        symbols: _,
        offsets,
        addresses,
        reference_counter_offsets,
        digests,
    } = uprobe;
    let is_plain = offsets.is_empty()
        && addresses.is_empty()
        && reference_counter_offsets.is_empty()
        && digests.is_empty();
    let parts: Vec<Pair> = match symbols {
        [only] if only.child(Rule::colon).is_some() => only.all(Rule::point_name).collect(),
        _ => Vec::new(),
    };
    let ([provider, name], true) = (parts.as_slice(), is_plain) else {
        let finding = Finding::at(span, "a usdt is named by a provider and a name")
            .label("not such a name")
            .help("write `on usdt \"/path\" provider:name(…)`".to_owned());
        report::wrong_value(text, finding);
        return None;
    };
    let (provider, name) = (provider.named(text), name.named(text));
    Some(Point::Usdt { path, provider, name, btf_path })
}

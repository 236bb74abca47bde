//! An operator that Tetragon takes for the type, and that then never matches.

use super::{Findings, Rule, Subject, all_filters};
use crate::check::tetragon::filter::Filter;
use crate::check::tetragon::hooks::{Section, section};
use crate::check::tetragon::types::{Class, class};
use crate::diagnostic::{Finding, code};
use crate::policy::{ArgumentType as T, Operator as O};

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_DEAF_OPERATOR, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for filter in all_filters(subject) {
        let Some(type_) = filter.type_(&subject.target) else { continue };
        let (operator, name) = (filter.operator.value.name(), type_.name());
        if let Some(why) = deaf(&filter, type_) {
            findings.add(
                Finding::at(
                    filter.operator.span,
                    format!("`{operator}` on `{name}` never matches"),
                )
                .label("Tetragon takes it, and compares nothing")
                .note(why),
            );
        } else if let Some(function) = lacks_function(subject, &filter) {
            findings.add_here(
                Finding::at(filter.operator.span, format!("`{operator}` never matches here"))
                    .label(format!("the kernel has no `{function}`"))
                    .help("use `Prefix`, `Postfix` or `Equal`".to_owned())
                    .note("Tetragon takes it without a word"),
            );
        }
    }
}

/// Why it never matches.
fn deaf(filter: &Filter<'_>, type_: T) -> Option<&'static str> {
    let class = class(type_);
    match filter.operator.value {
        O::Prefix | O::NotPrefix | O::Postfix | O::NotPostfix
            if !matches!(class, Class::Text | Class::Other) =>
        {
            Some("the comparison of such values knows no texts, and says no, also to `Not…`")
        }
        O::SubString | O::SubStringIgnoreCase if !matches!(class, Class::Text | Class::Other) => {
            Some("the values are not even written down")
        }
        O::Postfix | O::NotPostfix if type_ == T::SockaddrUn => {
            Some("the address of a socket is compared from its beginning only")
        }
        O::State if type_ == T::Skb => Some("a packet has no connection's state"),
        _ => None,
    }
}

/// The function that the comparison of parts of texts needs, where the kernel lacks it. For uprobes
/// Tetragon looks for it itself.
fn lacks_function(subject: &Subject<'_>, filter: &Filter<'_>) -> Option<&'static str> {
    let function = match filter.operator.value {
        O::SubString => "bpf_strnstr",
        O::SubStringIgnoreCase => "bpf_strncasestr",
        _ => return None,
    };
    let asked = section(filter.hook) == Section::Uprobe || !subject.target.is_large();
    (!asked && subject.target.kfunc(function).is_absent()).then_some(function)
}

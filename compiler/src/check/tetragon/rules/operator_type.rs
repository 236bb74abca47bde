//! An operator that Tetragon refuses for the argument's type.

use super::{Findings, Rule, Subject, all_filters, says};
use crate::check::tetragon::filter::Filter;
use crate::check::tetragon::types::{Class, class};
use crate::diagnostic::{Finding, code};
use crate::policy::{ArgumentType as T, Operator as O};

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_OPERATOR_TYPE, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for filter in all_filters(subject) {
        let Some(type_) = filter.type_(&subject.target) else { continue };
        let Some(words) = refusal(&filter, type_) else { continue };
        let operator = filter.operator.value.name();
        findings.add(
            Finding::at(
                filter.operator.span,
                format!("`{operator}` does not go with the type `{}`", type_.name()),
            )
            .label("not for this type")
            .note(says(&words)),
        );
    }
}

/// What Tetragon says; `None` when it takes the operator, whether or not that makes sense.
pub(super) fn refusal(filter: &Filter<'_>, type_: T) -> Option<String> {
    let class = class(type_);
    let name = type_.name();
    let operator = filter.operator.value;
    match operator {
        O::Equal | O::NotEqual => match class {
            Class::Number(_) | Class::Text | Class::Capabilities => None,
            Class::Network => Some(format!(
                "MatchArgs type sock, socket, skb, sockaddr and net_device do not support operator \
                 {operator:?}"
            )),
            Class::Other => Some(format!("MatchArgs type {name} unsupported")),
        },
        O::GreaterThan | O::LessThan | O::Mask => match class {
            Class::Number(_) => None,
            Class::Capabilities if operator != O::Mask => None,
            Class::Capabilities | Class::Text | Class::Network | Class::Other => {
                Some(format!("MatchArgs type {name} unsupported"))
            }
        },
        O::InMap | O::NotInMap => match class {
            Class::Number(_) => None,
            Class::Text | Class::Network | Class::Capabilities | Class::Other => {
                Some("unknown type".to_owned())
            }
        },
        O::InRange | O::NotInRange => match class {
            Class::Number(_) => None,
            Class::Text | Class::Network | Class::Capabilities | Class::Other => {
                Some(format!("MatchArgs type {name} unsupported for range operators"))
            }
        },
        O::Family if type_ == T::SockaddrUn => None,
        O::SAddr
        | O::NotSAddr
        | O::SPort
        | O::NotSPort
        | O::SPortPriv
        | O::NotSPortPriv
        | O::Family => network(class, type_, false),
        O::DAddr
        | O::NotDAddr
        | O::DPort
        | O::NotDPort
        | O::DPortPriv
        | O::NotDPortPriv
        | O::Protocol
        | O::State => network(class, type_, true),
        O::FileType | O::NotFileType => (!matches!(type_, T::File | T::Path))
            .then(|| "FileType operators specified for non-file/path type".to_owned()),
        O::CapabilitiesGained => (class != Class::Capabilities)
            .then(|| "CapabilitiesGained operator requaries capability type arguments".to_owned()),
        // The parser knows these two; the schema of `matchArgs` does not.
        O::In
        | O::NotIn
        | O::Prefix
        | O::NotPrefix
        | O::Postfix
        | O::NotPostfix
        | O::SubString
        | O::SubStringIgnoreCase
        | O::CelExpression => None,
    }
}

fn network(class: Class, type_: T, full: bool) -> Option<String> {
    if class != Class::Network {
        let words = if type_ == T::SockaddrUn {
            "sockaddr_un only supports Family and string operators"
        } else {
            "sock/socket/skb/sockaddr operators specified for non-sock/socket/skb/sockaddr type"
        };
        return Some(words.to_owned());
    }
    (full && type_ == T::Sockaddr)
        .then(|| "sockaddr only supports [not]saddr, [not]sport[priv], and family".to_owned())
}

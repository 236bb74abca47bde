//! A declared type that is another than that of the field which `resolve` leads to.

use super::resolve_path::target;
use super::{Findings, Rule, Subject};
use crate::check::tetragon::types::{Class, class};
use crate::diagnostic::{Finding, code};
use crate::kernel::Shape;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_RESOLVED_TYPE, check).like_ours();

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        for argument in hook.arguments.iter().chain(&hook.data) {
            let (Some(type_), Some(path)) = (argument.type_, &argument.resolve) else { continue };
            let Some(found) = target(subject, hook, argument) else { continue };
            let bytes = match found.shape() {
                Shape::Integer { bytes, .. } | Shape::Enum { bytes, .. } => Some(bytes),
                _ => None,
            };
            let differs = match (class(type_.value), bytes) {
                (Class::Number(number), Some(bytes)) => number.bits != bytes * 8,
                (Class::Number(_), None) => matches!(found.shape(), Shape::Struct { .. }),
                (Class::Text, Some(_)) => true,
                (Class::Text | Class::Network | Class::Capabilities | Class::Other, _) => false,
            };
            if differs {
                let name = type_.value.name();
                findings.add_here(
                    Finding::at(type_.span, format!("`{}` is no `{name}`", path.text.value))
                        .label(format!("the kernel has a `{}`", found.text()))
                        .help("declare the type that the field has".to_owned())
                        .note(
                            "Tetragon does not compare the two; it reads by the field's type \
                               and writes conditions by the declared one",
                        ),
                );
            }
        }
    }
}

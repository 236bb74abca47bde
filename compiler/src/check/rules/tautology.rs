//! Two alternatives of which one always holds.

use super::{Findings, Rule, code};
use crate::check::facts::selectors;
use crate::check::implication::exclude;
use crate::diagnostic::Finding;
use crate::resolved::{Expression, HookView, Policy, Selector, Sense, Test};

pub(super) const RULE: Rule = Rule { code: &code::TAUTOLOGY, check };

/// How many alternatives before one are compared with it.
const LOOK_BACK: usize = 64;

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, selector) in selectors(policy) {
        for expression in [&selector.condition, &selector.return_condition] {
            look(hook, expression, findings);
        }
    }
    for hook in policy.views() {
        look_across(hook, findings);
    }
}

/// Selectors are alternatives too: two that do the same, each for everything but one thing.
fn look_across(hook: HookView<'_>, findings: &mut Findings<'_>) {
    let failing: Vec<(&Selector, Test)> = hook
        .selectors
        .iter()
        .filter(|selector| selector.return_condition.is_always())
        .filter_map(|selector| Some((selector, negation(&selector.condition)?)))
        // What is left over by an earlier selector is often taken by the next on purpose.
        .filter(|(_, test)| test.sense == Sense::Is)
        .collect();
    for (at, (selector, test)) in failing.iter().enumerate() {
        let mut before = failing.iter().take(at).skip(at.saturating_sub(LOOK_BACK));
        let other = before.find(|(other, failing)| {
            does_the_same(other, selector) && exclude(hook, failing, test)
        });
        let Some((_, other)) = other else { continue };
        findings.add(
            Finding::at(test.span, "together, two selectors match everything")
                .label("holds whenever the other one does not")
                .also(other.span, "the other one")
                .help("put both conditions into one selector".to_owned()),
        );
    }
}

fn does_the_same(one: &Selector, other: &Selector) -> bool {
    let kinds = |selector: &Selector| -> Vec<_> {
        selector.actions.iter().map(std::mem::discriminant).collect()
    };
    kinds(one) == kinds(other)
}

/// Looks at every `or` of an expression, as deep as the parser lets them nest.
fn look(hook: HookView<'_>, expression: &Expression, findings: &mut Findings<'_>) {
    match expression {
        Expression::All(parts) => {
            for part in parts {
                look(hook, part, findings);
            }
        }
        Expression::Not(part) => look(hook, part, findings),
        Expression::Test(_) => {}
        Expression::Any(parts) => {
            for part in parts {
                look(hook, part, findings);
            }
            // What fails when an alternative holds, for each that is one test.
            let failing: Vec<Test> = parts.iter().filter_map(negation).collect();
            for (at, test) in failing.iter().enumerate() {
                let mut before = failing.iter().take(at).skip(at.saturating_sub(LOOK_BACK));
                let Some(other) = before.find(|other| exclude(hook, other, test)) else { continue };
                findings.add(
                    Finding::at(test.span, "one of two alternatives always holds")
                        .label("holds whenever the other one does not")
                        .also(other.span, "the other one")
                        .help("join them by `and`".to_owned()),
                );
            }
        }
    }
}

/// The test that holds when the alternative does not; `None` when it is more than one test.
fn negation(expression: &Expression) -> Option<Test> {
    match expression {
        Expression::Test(test) => {
            let sense = match test.sense {
                Sense::Is => Sense::IsNot,
                Sense::IsNot => Sense::Is,
            };
            Some(Test { sense, ..test.clone() })
        }
        Expression::Not(part) => match part.as_ref() {
            Expression::Test(test) => Some(test.clone()),
            Expression::All(_) | Expression::Any(_) | Expression::Not(_) => None,
        },
        Expression::All(parts) | Expression::Any(parts) => match parts.as_slice() {
            [part @ (Expression::Test(_) | Expression::Not(_))] => negation(part),
            _ => None,
        },
    }
}

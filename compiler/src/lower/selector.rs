//! A hook's selectors: the first that matches acts, and the hook is done.

use super::Part;
use super::action::{self, Moment};
use super::expression;
use super::program::Builder;
use crate::ids::Id;
use crate::ir::Block;
use crate::resolved::Selector;

/// Fills `here` with what the hook does when it is hit; what comes then is `after`.
pub(super) fn hook(builder: &mut Builder<'_>, part: &Part<'_>, here: Id<Block>, after: Id<Block>) {
    if part.hook.selectors.is_empty() {
        let moment = Moment { part, selector: None, after };
        return action::post_always(builder, &moment, here);
    }
    let mut here = here;
    for (number, selector) in part.hook.selectors.iter().enumerate() {
        let is_last = number + 1 == part.hook.selectors.len();
        let number = u16::try_from(number).unwrap_or(u16::MAX);
        let moment = Moment { part, selector: Some(number), after };
        if selector.condition.is_always() {
            return action::entry(builder, &moment, &selector.actions, here);
        }
        let next = if is_last { after } else { builder.reserve() };
        decided(builder, &moment, selector, here, next);
        here = next;
    }
}

/// Fills `here` with the condition and, where it holds, the actions.
fn decided(
    builder: &mut Builder<'_>,
    moment: &Moment<'_>,
    selector: &Selector,
    here: Id<Block>,
    next: Id<Block>,
) {
    let matched = builder.reserve();
    expression::condition(builder, moment.part, &selector.condition, here, matched, next);
    action::entry(builder, moment, &selector.actions, matched);
}

//! What happens when a hooked call returns whose entry was reported.

use writ_bundle::record::{action, flag};

use super::action::{Moment, carried_out, post, report_of};
use super::expression;
use super::program::{Builder, operation};
use super::{Part, sockets};
use crate::ids::Id;
use crate::ir::{Block, Jump, OperationKind, Report, ReturnedTo, Role};
use crate::resolved::{Action, Expression};
use crate::source::Span;

/// The selector that is awaited for a hook without selectors.
const NO_SELECTOR: u16 = 0xffff;

/// Fills `here` with what the hook does when the call returns; what comes then is `after`.
///
/// The selector that matched at entry goes on. When its return condition does not hold, the report
/// of the entry is taken back, since Tetragon shows neither then.
pub(super) fn hook(builder: &mut Builder<'_>, part: &Part<'_>, here: Id<Block>, after: Id<Block>) {
    let mut selectors = Vec::new();
    if part.hook.selectors.is_empty() {
        let block = builder.reserve();
        selectors.push(ReturnedTo { selector: NO_SELECTOR, block });
        let post = Action::post(part.hook.point_span);
        let moment = Moment { part, selector: None, after };
        let block = tracked(builder, part, block);
        actions(builder, &moment, &[post], part.hook.point_span, block);
    }
    for (number, selector) in (0..NO_SELECTOR).zip(&part.hook.selectors) {
        let block = builder.reserve();
        selectors.push(ReturnedTo { selector: number, block });
        let moment = Moment { part, selector: Some(number), after };
        let block = tracked(builder, part, block);
        let matched =
            conditioned(builder, &moment, &selector.return_condition, selector.span, block);
        // Without a return value only what is read at the return is reported.
        let post = [Action::post(selector.span)];
        let done = match selector.return_actions.as_slice() {
            [] => post.as_slice(),
            done => done,
        };
        actions(builder, &moment, done, selector.span, matched);
    }
    if part.hook.return_action.is_some() {
        let block = builder.reserve();
        selectors.push(ReturnedTo { selector: ReturnedTo::UNTOLD, block });
        let tracking = sockets::of_return(builder, part);
        builder.fill(block, tracking, Jump::To(after));
    }
    let Part { index: hook, function, pairing, .. } = *part;
    let returned = Jump::Returned { hook, function, pairing, selectors, otherwise: after };
    builder.fill(here, Vec::new(), returned);
}

/// Fills `here` with what `returnArgAction` asks for, whatever the return conditions say. The answer
/// is where the run goes on.
fn tracked(builder: &mut Builder<'_>, part: &Part<'_>, here: Id<Block>) -> Id<Block> {
    let tracking = sockets::of_return(builder, part);
    if tracking.is_empty() {
        return here;
    }
    let next = builder.reserve();
    builder.fill(here, tracking, Jump::To(next));
    next
}

/// Fills `here` with the return condition. The answer is the block where it holds.
fn conditioned(
    builder: &mut Builder<'_>,
    moment: &Moment<'_>,
    condition: &Expression,
    span: Span,
    here: Id<Block>,
) -> Id<Block> {
    if condition.is_always() {
        return here;
    }
    let matched = builder.reserve();
    let cancelled = builder.reserve();
    expression::condition(builder, moment.part, condition, here, matched, cancelled);
    cancel(builder, moment, span, cancelled);
    matched
}

fn actions(
    builder: &mut Builder<'_>,
    moment: &Moment<'_>,
    actions: &[Action],
    span: Span,
    here: Id<Block>,
) {
    let report = Report {
        hook: moment.part.index,
        function: moment.part.function,
        selector: moment.selector,
        action: action::POST,
        action_argument: 0,
        flags: flag::IS_RETURN,
        values: builder.shown(Role::Return, moment.part),
        sockets: Vec::new(),
        policy: moment.part.policy,
        extras: Vec::new(),
        pairing: moment.part.pairing,
        saved: Vec::new(),
        rate_limit: None,
    };
    let report = match report_of(actions, report) {
        Some((span, report)) => post(span, report),
        None => operation(span, cancelled(moment)),
    };
    carried_out(builder, moment, actions, None, Some(report), here);
}

fn cancel(builder: &mut Builder<'_>, moment: &Moment<'_>, span: Span, here: Id<Block>) {
    let cancel = operation(span, cancelled(moment));
    builder.fill(here, vec![cancel], Jump::To(moment.after));
}

fn cancelled(moment: &Moment<'_>) -> OperationKind {
    OperationKind::Cancel { hook: moment.part.index, function: moment.part.function }
}

//! The programs that do what `NotifyEnforcer` asks for, where an enforcer's functions are called.

use super::program::{name, operation};
use crate::ids::Arena;
use crate::ir::{Block, Jump, Operation, OperationKind, Program, Role};
use crate::resolved::{EnforcedFunction, Need, Policy};
use crate::source::Span;

/// What one program serves.
struct Place<'a> {
    first: &'a EnforcedFunction,
    needs: Vec<Need>,
    operations: Vec<Operation>,
}

/// One program for each function and way of acting on it. Each asks for what the policies want, in
/// their order.
pub(super) fn programs(policies: &[Policy]) -> Vec<Program> {
    let mut places: Vec<Place<'_>> = Vec::new();
    for (policy, from) in (0u32..).zip(policies) {
        for function in from.enforcers.iter().flat_map(|enforcer| &enforcer.functions) {
            let enforce = OperationKind::Enforce { policy, acts: function.acts };
            let operation = operation(function.span, enforce);
            let same = |place: &&mut Place<'_>| {
                place.first.attachment.attach == function.attachment.attach
                    && place.first.acts == function.acts
            };
            match places.iter_mut().find(same) {
                // A list can name a function twice.
                Some(place) if place.operations.iter().any(|one| one.kind == operation.kind) => {}
                Some(place) => place.operations.push(operation),
                None => places.push(Place {
                    first: function,
                    needs: function.attachment.needs.clone(),
                    operations: vec![operation],
                }),
            }
        }
    }
    places.into_iter().enumerate().map(|(number, place)| program(place, number)).collect()
}

fn program(place: Place<'_>, number: usize) -> Program {
    let Place { first, needs, operations } = place;
    let span: Option<Span> = operations.first().map(|operation| operation.span);
    let mut blocks = Arena::default();
    let entry = blocks.push(Block { operations, jump: Jump::Finish });
    Program {
        name: name('n', number, &first.attachment.attach),
        role: Role::Enforce,
        attach: first.attachment.attach.clone(),
        reason: first.attachment.reason.clone(),
        needs,
        hooks: Vec::new(),
        values: Arena::default(),
        blocks,
        entry,
        span,
    }
}

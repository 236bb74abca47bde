//! What fits in one bundle.

use writ_bundle::record::process::{BINARY_SETS_MAX, FOLLOW_SETS_MAX};

use crate::diagnostic::{Diagnostics, Finding, Reported, Stop, code};
use crate::ir::{Jump, Module, Program, Test};
use crate::machine::AssembleError;
use crate::source::Span;

/// Finds the first condition for whose set a process's entry has no bit.
pub(super) fn sets(module: &Module, diagnostics: &mut Diagnostics) -> Result<(), Reported> {
    for program in &module.programs {
        for (_, block) in program.blocks.iter() {
            let Jump::Branch(branch) = &block.jump else { continue };
            if let Some(message) = beyond(&branch.test) {
                return Err(too_large(branch.span, message, diagnostics));
            }
        }
    }
    Ok(())
}

fn beyond(test: &Test) -> Option<String> {
    match test {
        Test::Binary { set } if *set as usize >= BINARY_SETS_MAX => Some(format!(
            "the policies ask about more than {BINARY_SETS_MAX} different sets of executables"
        )),
        Test::Descends { set } if *set as usize >= FOLLOW_SETS_MAX => Some(format!(
            "the policies follow the descendants of more than {FOLLOW_SETS_MAX} different sets of \
             processes"
        )),
        Test::Binary { .. }
        | Test::Descends { .. }
        | Test::Integer { .. }
        | Test::Bits { .. }
        | Test::Text { .. }
        | Test::Pid { .. }
        | Test::Namespace { .. }
        | Test::Enforcing { .. } => None,
    }
}

/// What an assembler's error means: code that jumps cannot cross is the policies' size; anything else
/// is a mistake of ours.
pub(super) fn stop(program: &Program, error: AssembleError, diagnostics: &mut Diagnostics) -> Stop {
    match (error, program.span) {
        (AssembleError::JumpTooFar { .. }, Some(span)) => {
            let message = "the conditions at this hook do not fit in one program".to_owned();
            too_large(span, message, diagnostics).into()
        }
        (error, _) => super::emitter::defect(&program.name, error).into(),
    }
}

fn too_large(span: Span, message: String, diagnostics: &mut Diagnostics) -> Reported {
    diagnostics.error(
        &code::BUNDLE_TOO_LARGE,
        Finding::at(span, message).label("one too many").help(
            "compile the policies into several bundles, and load them side by side".to_owned(),
        ),
    )
}

//! What fits in one bundle.

use writ_bundle::globals;
use writ_bundle::record::process::{BINARY_SETS_MAX, FOLLOW_SETS_MAX};
use writ_bundle::record::workload;

use crate::diagnostic::{Defect, Diagnostics, Finding, Reported, Stop, code};
use crate::ir::{Jump, Module, Program, Test};
use crate::machine::{AssembleError, Code};
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
        Test::Binary { set } | Test::Lineage { set, .. } if *set as usize >= BINARY_SETS_MAX => {
            Some(format!(
                "the policies ask about more than {BINARY_SETS_MAX} different sets of executables"
            ))
        }
        Test::Descends { set } if *set as usize >= FOLLOW_SETS_MAX => Some(format!(
            "the policies follow the descendants of more than {FOLLOW_SETS_MAX} different sets of \
             processes"
        )),
        Test::Workload { set, .. } if *set as usize >= workload::SETS_MAX => Some(format!(
            "the policies are for more than {} different sets of workloads",
            workload::SETS_MAX
        )),
        Test::Enabled { policy } if *policy as usize >= globals::MODES_MAX => {
            Some(format!("there are more than {} policies", globals::MODES_MAX))
        }
        Test::Listed { .. }
        | Test::Binary { .. }
        | Test::Descends { .. }
        | Test::Workload { .. }
        | Test::Lineage { .. }
        | Test::Formula { .. }
        | Test::Capability { .. }
        | Test::CapabilityChange { .. }
        | Test::NamespaceChange { .. }
        | Test::Integer { .. }
        | Test::Bits { .. }
        | Test::Text { .. }
        | Test::Substring { .. }
        | Test::FileType { .. }
        | Test::Socket { .. }
        | Test::Address { .. }
        | Test::Gained { .. }
        | Test::Pid { .. }
        | Test::Namespace { .. }
        | Test::Enforcing { .. }
        | Test::Enabled { .. } => None,
    }
}

/// Why a program was not generated.
#[derive(Debug)]
pub(super) enum Refusal {
    /// It would be larger than the machine allows: a sentence about the conditions at its hook.
    TooLarge(&'static str),
    Defect(Defect),
}

/// What an assembler's error means: code that jumps cannot cross is the policies' size; anything else
/// is a mistake of ours.
pub(super) fn refusal(program: &Program, error: AssembleError) -> Refusal {
    match error {
        AssembleError::JumpTooFar { .. } => {
            Refusal::TooLarge("the conditions at this hook do not fit in one program")
        }
        AssembleError::LabelNowhere(_)
        | AssembleError::LabelTwice(_)
        | AssembleError::JumpBackward(_)
        | AssembleError::PastTheEnd => {
            Refusal::Defect(super::emitter::defect(&program.name, error))
        }
    }
}

/// The most instructions that the kernel takes (`BPF_COMPLEXITY_LIMIT_INSNS` in
/// include/linux/bpf.h).
const INSTRUCTIONS_MAX: u32 = 1_000_000;

/// Whether the kernel takes that many instructions.
pub(super) fn instructions(code: &Code) -> Result<(), Refusal> {
    if code.slots() <= INSTRUCTIONS_MAX {
        return Ok(());
    }
    Err(Refusal::TooLarge("the conditions at this hook make more than a million instructions"))
}

/// Reports what is too large, at the hook. Process tracking has none, and serves all policies.
pub(super) fn stop(
    program: &Program,
    module: &Module,
    refusal: Refusal,
    diagnostics: &mut Diagnostics,
) -> Stop {
    let first_policy = || module.policies.first().map(|policy| policy.span);
    match (refusal, program.span.or_else(first_policy)) {
        (Refusal::TooLarge(message), Some(span)) => {
            too_large(span, message.to_owned(), diagnostics).into()
        }
        (Refusal::TooLarge(message), None) => Defect(message.to_owned()).into(),
        (Refusal::Defect(defect), _) => defect.into(),
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

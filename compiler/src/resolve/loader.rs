//! The hook behind `loader: true`: files that are mapped to be executed.

use writ_bundle::HookKind;

use super::attachment;
use super::target::Target;
use crate::diagnostic::{Diagnostics, Reported};
use crate::kernel::{Evidence, Profile, Strength};
use crate::policy::ArgumentType;
use crate::resolved::{
    Action, Argument, ArgumentId, Attachment, Expression, Hook, Memory, Origin, Question, Reader,
    Selector, Sense, Sharing, Signedness, Test,
};
use crate::source::Span;

/// What the kernel asks for every mapping: the file, or none, and what the mapping is for. Of the
/// loader's mapping of a program it asks as well as of `mmap`.
const FUNCTION: &str = "security_mmap_file";

/// `PROT_EXEC`
const EXECUTABLE: u64 = 4;

/// The hook, where the policy asks for it at `span`.
pub(super) fn hook(
    span: Span,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Hook, Reported> {
    let arguments = vec![
        argument(span, 0, ArgumentType::File, Reader::File),
        argument(span, 1, ArgumentType::Uint64, PROTECTION),
    ];
    let attachment = attached(span, &arguments, kernel)
        .map_err(|obstacles| attachment::cannot_attach(span, &obstacles, kernel, diagnostics))?;
    let question = Question::Bits { argument: ArgumentId::Argument(1), mask: EXECUTABLE };
    let selector = Selector {
        span,
        label: None,
        condition: Expression::Test(Test { span, sense: Sense::Is, question }),
        return_condition: Expression::All(Vec::new()),
        actions: vec![Action::post(span)],
        return_actions: Vec::new(),
    };
    Ok(Hook {
        span,
        point_span: span,
        kind: HookKind::Loader,
        sharing: Sharing::Own,
        calls: Vec::new(),
        attachment,
        return_attachment: None,
        arguments,
        data: Vec::new(),
        return_argument: None,
        selectors: vec![selector],
        message: None,
        tags: Vec::new(),
        return_action: None,
    })
}

const PROTECTION: Reader = Reader::Integer { bytes: 8, signedness: Signedness::Unsigned };

fn argument(span: Span, index: u32, type_: ArgumentType, reader: Reader) -> Argument {
    let origin = Origin::Parameter(index);
    let memory = Memory::Either;
    Argument { span, name: None, type_, label: None, origin, walk: None, memory, reader }
}

fn attached(
    span: Span,
    arguments: &[Argument],
    kernel: &Profile,
) -> Result<Attachment, Vec<Evidence>> {
    let Some(function) = kernel.function(FUNCTION) else {
        let text = format!("the kernel has no function `{FUNCTION}`");
        return Err(vec![Evidence { strength: Strength::Shown, text }]);
    };
    let target = Target::Function(function);
    let found = attachment::that_observes(&target, arguments, span, kernel)?;
    let reason = format!("loader events: {}", found.reason);
    Ok(Attachment { reason, ..found })
}

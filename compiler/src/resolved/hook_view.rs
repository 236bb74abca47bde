//! What every hook has, in the kernel or in a program: values that are read, and selectors.

use super::{Argument, ArgumentId, Hook, Policy, Selector};
use crate::source::Span;

/// A hook as far as it makes no difference where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HookView<'a> {
    /// Where its function, event, LSM hook or program is named.
    pub point_span: Span,
    pub arguments: &'a [Argument],
    pub data: &'a [Argument],
    pub return_argument: Option<&'a Argument>,
    pub selectors: &'a [Selector],
}

impl<'a> HookView<'a> {
    /// The value with this id.
    pub fn argument(self, id: ArgumentId) -> Option<&'a Argument> {
        match id {
            ArgumentId::Argument(place) => self.arguments.get(place),
            ArgumentId::Data(place) => self.data.get(place),
            ArgumentId::Return => self.return_argument,
        }
    }
}

impl Hook {
    /// What it has in common with every other hook.
    pub fn view(&self) -> HookView<'_> {
        HookView {
            point_span: self.point_span,
            arguments: &self.arguments,
            data: &self.data,
            return_argument: self.return_argument.as_ref(),
            selectors: &self.selectors,
        }
    }
}

impl Policy {
    /// Every hook: first those in the kernel, then those in programs.
    pub fn views(&self) -> impl Iterator<Item = HookView<'_>> {
        self.hooks.iter().chain(&self.program_hooks).map(Hook::view)
    }
}

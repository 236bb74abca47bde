//! The rules, in the order of the catalogue. Each looks at one policy and knows no other rule.

mod allow_list_enforcement;
mod caller_binary;
mod caller_spelling;
mod compat_bypass;
mod constant_condition;
mod contradicting_posts;
mod contradiction;
mod double_report;
mod duplicate_argument;
mod essential_caller;
mod essential_program;
mod event_flood;
mod exact_flags;
mod exiting_process;
mod fixed_namespace;
mod fixed_pid;
mod glob_pattern;
mod hot_enforcement;
mod hot_hook;
mod io_uring_bypass;
mod late_filter;
mod late_kill;
mod linked_file;
mod lost_return;
mod missing_namespace_kind;
mod missing_path;
mod positive_error;
mod prefix_boundary;
mod racy_argument;
mod redundant_value;
mod repeated_action;
mod repeated_hook;
mod script_binary;
mod shadowed_selector;
mod shell_expansion;
mod silent_enforcement;
mod symlinked_path;
mod syscall_variant;
mod tautology;
mod unconditional_enforcement;
mod unreachable_selector;
mod unreal_path;
mod unused_syscall;
mod weak_signal;
mod zero_byte;

use crate::diagnostic::{Code, Diagnostics, Finding, code};
use crate::engine::LoadBudget;
use crate::kernel::Profile;
use crate::resolved::Policy;

/// Something that can be wrong with a policy that could be compiled.
#[derive(Debug)]
pub struct Rule {
    /// The code of its findings.
    pub code: &'static Code,
    pub(super) check: fn(&Policy, &mut Findings<'_>),
}

/// Where a rule puts its findings. It is bound to the rule's code, so that a rule cannot report
/// another's.
#[derive(Debug)]
pub struct Findings<'a> {
    code: &'static Code,
    kernel: &'a Profile,
    load: LoadBudget,
    diagnostics: &'a mut Diagnostics,
}

/// Every rule, in the order of the catalogue.
pub static ALL: &[Rule] = &[
    unused_syscall::RULE,
    missing_namespace_kind::RULE,
    contradicting_posts::RULE,
    late_kill::RULE,
    unconditional_enforcement::RULE,
    silent_enforcement::RULE,
    allow_list_enforcement::RULE,
    racy_argument::RULE,
    repeated_action::RULE,
    essential_caller::RULE,
    weak_signal::RULE,
    essential_program::RULE,
    exiting_process::RULE,
    lost_return::RULE,
    io_uring_bypass::RULE,
    compat_bypass::RULE,
    unreachable_selector::RULE,
    shadowed_selector::RULE,
    caller_binary::RULE,
    prefix_boundary::RULE,
    symlinked_path::RULE,
    contradiction::RULE,
    constant_condition::RULE,
    redundant_value::RULE,
    unreal_path::RULE,
    glob_pattern::RULE,
    missing_path::RULE,
    syscall_variant::RULE,
    hot_hook::RULE,
    duplicate_argument::RULE,
    fixed_pid::RULE,
    fixed_namespace::RULE,
    positive_error::RULE,
    shell_expansion::RULE,
    tautology::RULE,
    script_binary::RULE,
    linked_file::RULE,
    caller_spelling::RULE,
    exact_flags::RULE,
    repeated_hook::RULE,
    double_report::RULE,
    event_flood::RULE,
    hot_enforcement::RULE,
    late_filter::RULE,
    zero_byte::RULE,
];

impl<'a> Findings<'a> {
    /// For the findings of `rule` on `kernel`, where enforcement may take `load`.
    pub(super) fn new(
        rule: &Rule,
        kernel: &'a Profile,
        load: LoadBudget,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        Self { code: rule.code, kernel, load, diagnostics }
    }

    /// The kernel that the policy was resolved for.
    pub(super) fn kernel(&self) -> &'a Profile {
        self.kernel
    }

    /// The most that enforcement at one hook may take.
    pub(super) fn load(&self) -> LoadBudget {
        self.load
    }

    /// Adds a finding with the rule's code.
    pub(super) fn add(&mut self, finding: Finding) {
        self.diagnostics.add(self.code, finding);
    }
}

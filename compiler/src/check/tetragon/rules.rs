//! The rules, in the order of the catalogue.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a rule is about the few operators, actions or hooks that it names"
)]

mod argument_index;
mod argument_source;
mod argument_type;
mod bad_url;
mod buffer_size;
mod capabilities_gained;
mod copy_flags;
mod crash_arguments;
mod crash_empty_text;
mod crash_filter_size;
mod crash_reference_counters;
mod crash_return_copy;
mod deaf_formula;
mod deaf_operator;
mod duplicate_function;
mod empty_filter;
mod enforcer_call;
mod fentry_enforcement;
mod filter_argument;
mod filter_value;
mod forced_monitor;
mod formula;
mod huge_range;
mod idle_action;
mod idle_enforcer;
mod ima_hash_hook;
mod list_condition;
mod list_value;
mod loader;
mod long_prefix;
mod lsm_hook;
mod lsm_selector;
mod lsm_unavailable;
mod many_pids;
mod missing_enforcer;
mod namespace_filter;
mod negative_in_map;
mod not_attachable;
mod not_injectable;
mod open_operator;
mod operator_type;
mod optional_hooks;
mod override_multi;
mod override_place;
mod override_unavailable;
mod parents_map;
mod port_number;
mod post_before_action;
mod process_filter;
mod rate_bucket;
mod rate_limit;
mod raw_argument;
mod resolve_path;
mod resolved_type;
mod several_process_filters;
mod shared_maps;
mod shifted_buffer;
mod size_argument;
mod size_bits;
mod small_ignored;
mod small_programs;
mod sock_argument;
mod text_too_long;
mod too_many_actions;
mod too_many_arguments;
mod too_many_filters;
mod too_many_maps;
mod too_many_selectors;
mod too_many_values;
mod tracepoint;
mod unknown_call;
mod unreachable_number;
mod unsigned_compare;
mod uprobe_place;
mod usdt_set;
mod usdt_type;
mod user_probe_action;
mod user_probe_feature;
mod wrapped_filter;

use super::filter::{Filter, filters};
use super::selectors::parts;
use super::target::Target;
use crate::diagnostic::{Code, Diagnostics, Finding, TetragonAnswer};
use crate::kernel::Profile;
use crate::policy::Policy;

/// Something that Tetragon refuses, or takes and then does not do as it says.
#[derive(Debug)]
pub struct Rule {
    /// The code of its findings.
    pub code: &'static Code,
    /// What Tetragon says.
    pub answer: TetragonAnswer,
    /// Whether this project's engine does the same.
    pub ours: Ours,
    pub(super) check: fn(&Subject<'_>, &mut Findings<'_>),
}

/// Whether this project's engine does as Tetragon does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ours {
    /// It does, or says so by itself.
    Same,
    /// It does otherwise.
    Differs,
}

/// What a rule looks at.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub(super) policy: &'a Policy,
    pub(super) target: Target<'a>,
}

/// Where a rule puts its findings.
#[derive(Debug)]
pub(super) struct Findings<'a> {
    rule: &'static Rule,
    kernel: &'a Profile,
    diagnostics: &'a mut Diagnostics,
}

/// Every rule, in the order of the catalogue.
pub static ALL: &[Rule] = &[
    list_value::RULE,
    small_programs::RULE,
    unknown_call::RULE,
    argument_type::RULE,
    too_many_arguments::RULE,
    argument_index::RULE,
    argument_source::RULE,
    size_argument::RULE,
    resolve_path::RULE,
    duplicate_function::RULE,
    override_place::RULE,
    override_multi::RULE,
    override_unavailable::RULE,
    missing_enforcer::RULE,
    enforcer_call::RULE,
    fentry_enforcement::RULE,
    lsm_selector::RULE,
    lsm_hook::RULE,
    lsm_unavailable::RULE,
    tracepoint::RULE,
    uprobe_place::RULE,
    user_probe_action::RULE,
    user_probe_feature::RULE,
    usdt_set::RULE,
    loader::RULE,
    filter_argument::RULE,
    too_many_selectors::RULE,
    too_many_filters::RULE,
    too_many_values::RULE,
    operator_type::RULE,
    filter_value::RULE,
    text_too_long::RULE,
    list_condition::RULE,
    capabilities_gained::RULE,
    formula::RULE,
    too_many_actions::RULE,
    rate_limit::RULE,
    namespace_filter::RULE,
    process_filter::RULE,
    too_many_maps::RULE,
    not_attachable::RULE,
    not_injectable::RULE,
    crash_arguments::RULE,
    crash_return_copy::RULE,
    crash_empty_text::RULE,
    crash_filter_size::RULE,
    crash_reference_counters::RULE,
    wrapped_filter::RULE,
    several_process_filters::RULE,
    many_pids::RULE,
    empty_filter::RULE,
    small_ignored::RULE,
    deaf_operator::RULE,
    open_operator::RULE,
    long_prefix::RULE,
    unreachable_number::RULE,
    unsigned_compare::RULE,
    negative_in_map::RULE,
    port_number::RULE,
    size_bits::RULE,
    huge_range::RULE,
    shifted_buffer::RULE,
    forced_monitor::RULE,
    idle_action::RULE,
    raw_argument::RULE,
    buffer_size::RULE,
    copy_flags::RULE,
    sock_argument::RULE,
    ima_hash_hook::RULE,
    post_before_action::RULE,
    idle_enforcer::RULE,
    optional_hooks::RULE,
    usdt_type::RULE,
    deaf_formula::RULE,
    parents_map::RULE,
    shared_maps::RULE,
    rate_bucket::RULE,
    resolved_type::RULE,
    bad_url::RULE,
];

impl Rule {
    /// For what Tetragon refuses, or crashes on.
    const fn refuses(code: &'static Code, check: fn(&Subject<'_>, &mut Findings<'_>)) -> Self {
        Self { code, answer: TetragonAnswer::Refuses, ours: Ours::Differs, check }
    }

    /// For what Tetragon takes, and does not do as it says.
    const fn accepts(code: &'static Code, check: fn(&Subject<'_>, &mut Findings<'_>)) -> Self {
        Self { code, answer: TetragonAnswer::Accepts, ours: Ours::Differs, check }
    }

    /// The same for what this project's engine does, or has a finding of its own for.
    const fn like_ours(self) -> Self {
        Self { ours: Ours::Same, ..self }
    }
}

impl<'a> Findings<'a> {
    /// For the findings of `rule` on `kernel`.
    pub(super) fn new(
        rule: &'static Rule,
        kernel: &'a Profile,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        Self { rule, kernel, diagnostics }
    }

    /// Adds a finding with the rule's code.
    pub(super) fn add(&mut self, finding: Finding) {
        self.diagnostics.add(self.rule.code, finding.tetragon(self.rule.answer));
    }

    /// Adds a finding that another kernel might not have.
    pub(super) fn add_here(&mut self, finding: Finding) {
        let kernel = self.kernel.name().to_owned();
        self.add(finding.on_kernel(kernel));
    }
}

/// Whether this project's engine does otherwise than what a finding with this code says.
pub(in crate::check) fn differs(code: &Code) -> bool {
    ALL.iter().any(|rule| rule.code.id == code.id && rule.ours == Ours::Differs)
}

/// Tetragon's own words, as a note.
fn says(words: &str) -> String {
    format!("Tetragon says: {words}")
}

/// Every question about arguments, of every selector of every hook.
fn all_filters<'a>(subject: &Subject<'a>) -> Vec<Filter<'a>> {
    parts(subject.policy).flat_map(|part| filters(&part)).collect()
}

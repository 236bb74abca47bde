//! A policy as text, and what it does when events happen.

use std::collections::BTreeMap;

use writ::diagnostic::{Diagnostic, Diagnostics, Severity};
use writ::ir::interpret::{Event, KnownProcess, Outcome, Process, Raw, State, interpret};
use writ::ir::{Module, Role, verify};
use writ::kernel::embedded;
use writ::lower::lower;
use writ::parse::{Language, parse};
use writ::resolve::resolve;
use writ::resolved::Policy;
use writ::source::SourceMap;

/// What a policy means, and what happened so far.
pub(super) struct Meaning {
    pub module: Module,
    state: State,
}

/// The policy with these lines of `spec`, on 6.1.
pub(super) fn spec(lines: &str) -> Meaning {
    policy(&format!("kind: TracingPolicy\nmetadata: {{name: p}}\nspec:\n{lines}"))
}

/// The policy with everything but its version.
pub(super) fn policy(text: &str) -> Meaning {
    let (policies, findings) = resolved(text);
    let errors: Vec<_> = findings.iter().filter(|one| one.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{text}\n{errors:#?}");
    let module = lower(&policies);
    verify::verify(&module).unwrap();
    Meaning { module, state: State::default() }
}

/// The codes of what is wrong with the policy with these lines of `spec`.
pub(super) fn errors(lines: &str) -> Vec<&'static str> {
    let (_, findings) =
        resolved(&format!("kind: TracingPolicy\nmetadata: {{name: p}}\nspec:\n{lines}"));
    let errors = findings.iter().filter(|one| one.severity == Severity::Error);
    errors.map(|one| one.code.id).collect()
}

fn resolved(text: &str) -> (Vec<Policy>, Vec<Diagnostic>) {
    let kernel = embedded::profile("6.1").unwrap().unwrap();
    let mut sources = SourceMap::default();
    let mut diagnostics = Diagnostics::default();
    let source = sources.add("policy.yaml", format!("apiVersion: cilium.io/v1alpha1\n{text}"));
    let policies = parse(source, Language::of("policy.yaml"), &sources, &mut diagnostics)
        .iter()
        .filter_map(|policy| resolve(policy, &kernel, &mut diagnostics))
        .collect();
    (policies, diagnostics.into_sorted())
}

/// A kprobe on a function with one argument, and its selectors.
pub(super) fn on(call: &str, argument: &str, selectors: &str) -> Meaning {
    spec(&format!(
        "  kprobes:\n  - {{call: {call}, syscall: false, args: [{{index: 0, {argument}}}], \
         selectors: [{selectors}]}}\n"
    ))
}

/// Whether a selector with this condition on an argument of this type holds for a value.
pub(super) fn holds(type_: &str, condition: &str, raw: Raw) -> bool {
    let call = match type_ {
        "file" => "security_file_open",
        "string" => "getname_kernel",
        "sock" => "tcp_connect",
        "skb" => "kfree_skb_reason",
        _ => "security_task_kill",
    };
    let condition = format!("{{matchArgs: [{{index: 0, {condition}}}]}}");
    on(call, &format!("type: {type_}"), &condition).posts(&event([raw]))
}

impl Meaning {
    /// Runs the programs of this role, one after another.
    pub(super) fn run(&mut self, role: Role, event: &Event) -> Vec<Outcome> {
        let Self { module, state } = self;
        let programs = module.programs.iter().filter(|program| program.role == role);
        programs.map(|program| interpret(program, module, event, state)).collect()
    }

    /// What happens when the only hook is hit.
    pub(super) fn hit(&mut self, event: &Event) -> Outcome {
        let mut outcomes = self.run(Role::Entry, event);
        assert_eq!(outcomes.len(), 1);
        outcomes.remove(0)
    }

    /// Whether a hit is reported.
    pub(super) fn posts(&mut self, event: &Event) -> bool {
        !self.hit(event).records.is_empty()
    }

    /// The selector of a hit that is reported.
    pub(super) fn selector(&mut self, event: &Event) -> Option<u16> {
        self.hit(event).records.first().and_then(|record| record.selector)
    }
}

/// A known process calls, with these values.
pub(super) fn event<const N: usize>(values: [Raw; N]) -> Event {
    Event {
        values: (1..).zip(values).collect(),
        process: process(10),
        host_namespaces: BTreeMap::new(),
        ..Event::default()
    }
}

pub(super) fn process(pid: u32) -> Process {
    let executable = b"/usr/bin/cat".to_vec();
    let known = KnownProcess { executable, ..KnownProcess::default() };
    Process { pid, tid: pid, namespace_pid: pid, known: Some(known), workload: None }
}

pub(super) fn text(text: &str) -> Raw {
    Raw::Text(text.as_bytes().to_vec())
}

//! Policies as people write them, bound to the kernels whose profiles are embedded.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use writ::diagnostic::{Diagnostic, Diagnostics, Severity};
use writ::kernel::{Profile, embedded};
use writ::parse::{Language, parse};
use writ::resolve::resolve;
use writ::resolved::{Caller, Origin, Policy, Reader, Signedness};
use writ::source::SourceMap;
use writ_bundle::{Attach, HookKind};

const FOUR: &str = include_str!("resolve/four.yaml");

struct Outcome {
    sources: SourceMap,
    policies: Vec<Policy>,
    findings: Vec<Diagnostic>,
}

impl Outcome {
    /// Codes and underlined texts of the errors.
    fn errors(&self) -> Vec<(&str, &str)> {
        self.findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| (finding.code.id, self.sources.slice(finding.finding.span)))
            .collect()
    }

    fn attach(&self, policy: usize) -> &Attach {
        &self.policies[policy].hooks[0].attachment.attach
    }
}

fn profile(kernel: &str) -> Profile {
    embedded::profile(kernel).unwrap().unwrap()
}

fn resolved(yaml: &str, kernel: &str) -> Outcome {
    let kernel = profile(kernel);
    let mut sources = SourceMap::default();
    let mut diagnostics = Diagnostics::default();
    let source = sources.add("policy.yaml", yaml);
    let policies = parse(source, Language::Yaml, &sources, &mut diagnostics)
        .iter()
        .filter_map(|policy| resolve(policy, &kernel, &mut diagnostics))
        .collect();
    Outcome { sources, policies, findings: diagnostics.into_sorted() }
}

/// A kprobe policy from the lines behind `call`.
fn kprobe(call: &str, rest: &str) -> String {
    format!(
        "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata: {{name: test}}\n\
         spec:\n  kprobes:\n  - call: {call}\n{rest}"
    )
}

#[test]
fn the_four_policies_resolve_on_every_kernel() {
    for kernel in embedded::names() {
        let outcome = resolved(FOUR, kernel);
        assert_eq!(outcome.errors(), [], "{kernel}");
        assert_eq!(outcome.policies.len(), 4, "{kernel}");
        for policy in 0..4 {
            let attach = outcome.attach(policy);
            assert!(matches!(attach, Attach::Fentry { .. }), "{kernel}: {attach:?}");
        }
    }
}

#[test]
fn a_system_call_is_read_through_its_callers_registers() {
    let outcome = resolved(FOUR, "6.1");
    let hook = &outcome.policies[1].hooks[0];
    assert_eq!(hook.kind, HookKind::Kprobe { function: "__x64_sys_setns".into() });
    let int = Reader::Integer { bytes: 4, signedness: Signedness::Signed };
    let read: Vec<_> = hook.arguments.iter().map(|one| (one.origin, one.reader)).collect();
    assert_eq!(read, [0, 1].map(|place| (Origin::SyscallParameter(place, Caller::Bits64), int)));
}

#[test]
fn a_denial_takes_the_lsm_only_where_it_is_asked() {
    let yaml = kprobe(
        "security_file_open",
        "    syscall: false\n    args: [{index: 0, type: file}]\n    selectors:\n    \
         - matchActions: [{action: Override, argError: -1}]\n",
    );
    let lsm = Attach::Lsm { hook: "file_open".into(), sleepable: false };
    let fmod_ret = Attach::FmodRet { function: "security_file_open".into() };
    assert_eq!(resolved(&yaml, "6.1").attach(0), &lsm);
    assert_eq!(resolved(&yaml, "5.10").attach(0), &fmod_ret);
}

#[test]
fn an_lsm_hook_on_a_kernel_that_does_not_ask_bpf_is_looked_at_from_its_function() {
    let yaml = "kind: TracingPolicy\nmetadata: {name: test}\nspec:\n  lsmhooks:\n  \
                - hook: bprm_check_security\n    args: [{index: 0, type: linux_binprm}]\n";
    let outcome = resolved(yaml, "5.10");
    assert_eq!(outcome.errors(), []);
    assert_eq!(outcome.attach(0), &Attach::Fentry { function: "security_bprm_check".into() });
    assert_eq!(
        outcome.policies[0].hooks[0].kind,
        HookKind::Lsm { hook: "bprm_check_security".into() }
    );
}

#[test]
fn a_denied_system_call_needs_a_kernel_that_can() {
    let yaml = kprobe(
        "sys_setns",
        "    syscall: true\n    selectors:\n    \
         - matchActions: [{action: Override, argError: -1}]\n",
    );
    let errors: Vec<_> =
        resolved(&yaml, "6.1").errors().iter().map(|one| one.0.to_owned()).collect();
    assert_eq!(errors, ["TP0601"]);
    let newer = resolved(&yaml, "7.2");
    assert_eq!(newer.attach(0), &Attach::FmodRet { function: "__x64_sys_setns".into() });
}

#[test]
fn every_mistake_is_reported_in_one_run() {
    let yaml = kprobe(
        "security_file_open",
        "    syscall: false\n    args: [{index: 0, type: int}, {index: 7, type: file}]\n  \
         - call: security_file_opn\n    syscall: false\n",
    );
    let outcome = resolved(&yaml, "6.1");
    assert_eq!(
        outcome.errors(),
        [("TP0301", "int"), ("TP0206", "7"), ("TP0201", "security_file_opn")]
    );
    assert!(outcome.policies.is_empty());
}

#[test]
fn a_misspelt_function_is_given_its_neighbour() {
    let outcome = resolved(&kprobe("security_file_opn", "    syscall: false\n"), "6.1");
    let Some(finding) = outcome.findings.first() else { panic!("nothing was found") };
    let [help] = finding.finding.help.as_slice() else { panic!("{:?}", finding.finding.help) };
    assert!(help.starts_with("did you mean `security_file_open`"), "{help}");
}

#[test]
fn a_return_value_is_seen_by_the_same_family() {
    let yaml = kprobe(
        "sys_openat",
        "    syscall: true\n    return: true\n    returnArg: {index: 0, type: int}\n    \
         args: [{index: 1, type: string}]\n",
    );
    let outcome = resolved(&yaml, "6.12");
    assert_eq!(outcome.errors(), []);
    let hook = &outcome.policies[0].hooks[0];
    let exit = hook.return_attachment.as_ref().unwrap();
    assert_eq!(exit.attach, Attach::Fexit { function: "__x64_sys_openat".into() });
    let returned = hook.return_argument.as_ref().unwrap();
    assert_eq!(returned.origin, Origin::Return { parameters: 1 });
}

#[test]
fn fields_of_a_tracepoint_are_found_by_number_and_read_where_they_are() {
    let yaml = "kind: TracingPolicy\nmetadata: {name: test}\nspec:\n  tracepoints:\n  \
                - subsystem: syscalls\n    event: sys_enter_openat\n    args:\n    \
                - {index: 5, type: int}\n    - {index: 6, type: string}\n";
    let outcome = resolved(yaml, "6.1");
    assert_eq!(outcome.errors(), []);
    let read: Vec<_> = outcome.policies[0].hooks[0]
        .arguments
        .iter()
        .map(|one| (one.name.clone(), one.origin))
        .collect();
    assert_eq!(
        read,
        [
            (Some("dfd".into()), Origin::Field { offset: 16, bytes: 8 }),
            (Some("filename".into()), Origin::Field { offset: 24, bytes: 8 }),
        ]
    );
}

#[test]
fn a_system_call_with_a_stub_beside_it_can_be_hooked() {
    for kernel in embedded::names() {
        let outcome = resolved(&kprobe("sys_connect", "    syscall: true\n"), kernel);
        assert_eq!(outcome.errors(), [], "{kernel}");
    }
}

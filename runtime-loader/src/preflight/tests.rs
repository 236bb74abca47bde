use super::*;
use crate::kernel_types::tests::btf;
use crate::running_kernel::Lsms;

fn bundle(requires: &[&str], attach: &serde_json::Value) -> BundleFile {
    let at = serde_json::json!({"source": 0, "line": 7, "column": 1});
    let requires: Vec<_> = requires
        .iter()
        .map(|feature| serde_json::json!({"feature": feature, "evidence": "present", "at": at}))
        .collect();
    let cost = serde_json::json!({"instructions": 0, "linked_instructions": 0, "longest_path": 0,
                                  "stack": 0, "image_bytes": 0});
    let manifest = serde_json::from_value(serde_json::json!({
        "format": 1, "compiler": "writ 0", "requires": requires, "images": [],
        "programs": [{"name": "p", "attach": attach, "reason": "", "hooks": [], "cost": cost}],
        "kernel": {"name": "6.1", "release": "6.1.0-test", "btf_digest": "sha256:this",
                   "architecture": "x86_64"},
        "policies": [], "hooks": [], "binary_sets": [], "follow_sets": [],
        "sources": [{"name": "policy.yaml", "digest": ""}],
    }));
    BundleFile { path: "node.bpf.o".into(), bytes: Vec::new(), manifest: manifest.unwrap() }
}

fn kernel(lsms: Option<&[&str]>) -> RunningKernel {
    RunningKernel {
        release: "6.1.0-test".into(),
        btf: btf(&[], &["BPF_FUNC_ringbuf_output", "BPF_PROG_TYPE_LSM", "BPF_TRACE_FENTRY"]),
        btf_digest: "sha256:this".into(),
        lsms: lsms.map(|list| Lsms {
            names: list.iter().map(|lsm| (*lsm).to_owned()).collect(),
            witness: "securityfs",
        }),
        ..RunningKernel::default()
    }
}

fn fentry() -> serde_json::Value {
    serde_json::json!({"type": "fentry", "function": "f"})
}

#[test]
fn each_feature_is_present_absent_or_cannot_be_told() {
    for (feature, verdict) in [
        ("helper:bpf_ringbuf_output", Verdict::Present),
        ("helper:bpf_nothing", Verdict::Absent),
        ("program:lsm", Verdict::Present),
        ("attach:fentry", Verdict::Present),
        ("attach:trace_fentry", Verdict::Present),
        ("map:ringbuf", Verdict::Absent),
        ("lsm-active:bpf", Verdict::Absent),
        ("function:vfs_read", Verdict::Absent),
        ("tracepoint:sched/sched_switch", Verdict::CannotTell),
        ("config:CONFIG_BPF_LSM", Verdict::CannotTell),
        ("telepathy", Verdict::CannotTell),
    ] {
        assert_eq!(has(feature, &kernel(Some(&["capability"]))).0, verdict, "{feature}");
    }
}

#[test]
fn the_table_shows_requirement_answer_and_policy_line() {
    let bundle = bundle(&["helper:bpf_ringbuf_output", "map:ringbuf"], &fentry());
    assert_eq!(
        preflight(&bundle, &kernel(None)).table(),
        "\
node.bpf.o: compiled for 6.1 (6.1.0-test); running 6.1.0-test
  present      same-kernel                the running kernel's BTF is the one compiled for
  present      helper:bpf_ringbuf_output  BTF has `BPF_FUNC_ringbuf_output` (policy.yaml:7)
  ABSENT       map:ringbuf                BTF has no `BPF_MAP_TYPE_RINGBUF` (policy.yaml:7)
"
    );
}

#[test]
fn an_lsm_program_is_refused_where_bpf_is_no_active_lsm_though_the_manifest_is_silent() {
    let bundle = bundle(&[], &serde_json::json!({"type": "lsm", "hook": "file_open"}));
    let report = preflight(&bundle, &kernel(Some(&["lockdown", "capability"])));
    assert_eq!(report.verdict().unwrap_err().code.name, "missing-feature");
    assert!(preflight(&bundle, &kernel(Some(&["bpf"]))).verdict().is_ok());
}

#[test]
fn an_lsm_program_is_refused_where_the_active_lsms_are_not_known() {
    let bundle = bundle(&[], &serde_json::json!({"type": "lsm", "hook": "file_open"}));
    let problem = preflight(&bundle, &kernel(None)).verdict().unwrap_err();
    assert!(problem.help.unwrap().contains("securityfs"));
}

#[test]
fn what_cannot_be_told_is_a_warning() {
    let report = preflight(&bundle(&["telepathy"], &fentry()), &kernel(None));
    assert!(report.verdict().is_ok());
    assert_eq!(report.warnings().count(), 1);
}

#[test]
fn another_kernel_is_refused_by_both_names() {
    let other = RunningKernel { btf_digest: "sha256:x".into(), ..kernel(None) };
    let problem = preflight(&bundle(&[], &fentry()), &other).verdict().unwrap_err();
    assert_eq!(problem.code.name, "other-kernel");
    assert!(problem.message.contains("6.1 (6.1.0-test)"));
}

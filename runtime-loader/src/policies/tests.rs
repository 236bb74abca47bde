use serde_json::json;

use super::*;

fn manifest(policies: &serde_json::Value) -> Manifest {
    serde_json::from_value(json!({
        "format": 1, "compiler": "writ", "requires": [], "programs": [], "images": [],
        "kernel": {"name": "6.1", "release": null, "btf_digest": "", "architecture": "x86_64"},
        "policies": policies, "hooks": [], "binary_sets": [], "follow_sets": [], "sources": [],
    }))
    .unwrap()
}

fn policy(name: &str, namespace: Option<&str>) -> serde_json::Value {
    let at = json!({"source": 0, "line": 1, "column": 1});
    json!({"name": name, "namespace": namespace, "mode": "enforce", "at": at})
}

fn policies() -> Policies {
    let first = manifest(&json!([policy("deny-shadow", None), policy("watch", Some("shop"))]));
    let mut gateway = policy("gateways", None);
    gateway["nodes"] = json!([{"key": "role", "operator": "In", "values": ["gateway"]}]);
    let second = manifest(&json!([policy("watch", Some("bank")), gateway]));
    Policies::of([&first, &second], &Labels::new())
}

#[test]
fn a_switch_changes_the_policys_byte_and_no_other() {
    let mut policies = policies();
    assert_eq!(policies.switch("deny-shadow", None, Mode::Monitor), Ok(0));
    assert_eq!(policies.modes(0), [Mode::Monitor, Mode::Enforce]);
    policies.switch("deny-shadow", None, Mode::Disabled).unwrap();
    assert_eq!(policies.modes(0), [Mode::Disabled, Mode::Enforce]);
    assert_eq!(policies.list()[0].mode, Mode::Monitor, "the mode is remembered");
    policies.switch("deny-shadow", None, Mode::Enforce).unwrap();
    assert_eq!(policies.modes(0), [Mode::Enforce, Mode::Enforce]);
}

#[test]
fn a_name_that_several_policies_have_needs_a_namespace() {
    let mut policies = policies();
    let refused = policies.switch("watch", None, Mode::Monitor).unwrap_err();
    assert_eq!(refused.code.id, "L0402");
    assert!(refused.to_string().contains("`shop`, `bank`"), "{refused}");
    assert_eq!(policies.switch("watch", Some("bank"), Mode::Monitor), Ok(1));
    assert_eq!(policies.modes(0), [Mode::Enforce, Mode::Enforce]);
}

#[test]
fn a_name_that_is_wrong_brings_the_nearest() {
    let refused = policies().switch("deny-shadw", None, Mode::Monitor).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "error[L0401]: no policy is named `deny-shadw`\n  help: did you mean `deny-shadow`?"
    );
}

#[test]
fn a_policy_for_other_nodes_is_skipped_and_stays_so() {
    let mut policies = policies();
    assert_eq!(policies.list()[3].state, State::Skipped);
    assert_eq!(policies.modes(1), [Mode::Enforce, Mode::Disabled]);
    let refused = policies.switch("gateways", None, Mode::Enforce).unwrap_err();
    assert!(refused.to_string().contains("role in [\"gateway\"]"), "{refused}");
    assert_eq!(policies.modes(1), [Mode::Enforce, Mode::Disabled]);
}

#[test]
fn a_policy_for_this_node_is_enabled() {
    let mut one = policy("gateways", None);
    one["nodes"] = json!([{"key": "role", "operator": "In", "values": ["gateway"]}]);
    let node = Labels::from([("role".to_owned(), "gateway".to_owned())]);
    let policies = Policies::of([&manifest(&json!([one]))], &node);
    assert_eq!(policies.list()[0].state, State::Enabled);
}

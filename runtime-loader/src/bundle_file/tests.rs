use super::*;

fn bundle(path: &str, policies: &[&str], digest: &str) -> BundleFile {
    let at = serde_json::json!({"source": 0, "line": 1, "column": 1});
    let policies: Vec<_> = policies
        .iter()
        .map(|name| serde_json::json!({"name": name, "namespace": null, "mode": "enforce", "at": at}))
        .collect();
    let manifest = serde_json::json!({
        "format": 1, "compiler": "writ 0", "requires": [], "programs": [], "images": [],
        "kernel": {"name": path, "release": null, "btf_digest": digest, "architecture": "x86_64"},
        "policies": policies, "hooks": [], "binary_sets": [], "follow_sets": [], "sources": [],
    });
    let manifest = serde_json::from_value(manifest).unwrap();
    BundleFile { path: path.into(), bytes: Vec::new(), manifest }
}

fn this_kernel() -> RunningKernel {
    RunningKernel {
        btf_digest: "sha256:this".into(),
        release: "6.1.0-test".into(),
        ..RunningKernel::default()
    }
}

fn chosen(bundles: Vec<BundleFile>) -> Result<Vec<String>, &'static str> {
    match choose(bundles, &this_kernel()) {
        Ok(bundles) => Ok(bundles.iter().map(|one| one.path.display().to_string()).collect()),
        Err(problem) => Err(problem.code.name),
    }
}

#[test]
fn of_the_same_policies_the_one_for_this_kernel_is_taken() {
    let bundles =
        vec![bundle("old", &["a", "b"], "sha256:other"), bundle("new", &["b", "a"], "sha256:this")];
    assert_eq!(chosen(bundles), Ok(vec!["new".to_owned()]));
}

#[test]
fn bundles_of_different_policies_are_all_taken_in_the_order_given() {
    let bundles = vec![bundle("2", &["b"], "sha256:this"), bundle("1", &["a"], "sha256:this")];
    assert_eq!(chosen(bundles), Ok(vec!["2".to_owned(), "1".to_owned()]));
}

#[test]
fn a_policy_without_a_fitting_bundle_refuses_all() {
    let bundles = vec![bundle("1", &["a"], "sha256:this"), bundle("2", &["b"], "sha256:other")];
    assert_eq!(chosen(bundles), Err("other-kernel"));
}

#[test]
fn the_refusal_names_both_kernels() {
    let problem = choose(vec![bundle("5.10", &["a"], "x")], &this_kernel()).unwrap_err();
    assert_eq!(problem.message, "`5.10`: compiled for 5.10, and this is 6.1.0-test");
}

#[test]
fn a_policy_in_two_different_bundles_is_refused() {
    let bundles = vec![bundle("1", &["a", "b"], "sha256:this"), bundle("2", &["b"], "sha256:this")];
    assert_eq!(chosen(bundles), Err("policy-twice"));
}

#[test]
fn what_is_no_bundle_is_refused_with_the_reason() {
    assert_eq!(manifest(b"").unwrap_err().code.name, "not-a-bundle");
    assert_eq!(manifest(b"\x7fELF").unwrap_err().code.name, "damaged-bundle");
    assert_eq!(manifest(&[0; 4096]).unwrap_err().code.name, "not-a-bundle");
}

/// An object with nothing in it but a manifest.
fn object() -> Vec<u8> {
    use object::write::Object;
    let format = object::BinaryFormat::Elf;
    let mut object = Object::new(format, object::Architecture::Bpf, object::Endianness::Little);
    let name = writ_bundle::SECTION.as_bytes().to_vec();
    let section = object.add_section(Vec::new(), name, object::SectionKind::Other);
    let manifest = serde_json::to_vec(&bundle("1", &["a"], "sha256:this").manifest).unwrap();
    object.append_section_data(section, &manifest, 1);
    object.write().unwrap()
}

#[test]
fn a_bundle_that_was_cut_or_changed_anywhere_never_panics() {
    let whole = object();
    assert!(manifest(&whole).is_ok());
    for length in 0..whole.len() {
        let _ = manifest(&whole[..length]);
    }
    for at in 0..whole.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut changed = whole.clone();
            changed[at] ^= flip;
            let _ = manifest(&changed);
            assert_eq!(crate::attach::rename_sections(&changed).len(), changed.len());
        }
    }
}

fn program(attach: &serde_json::Value, hooks: &[u32]) -> Manifest {
    let mut manifest = bundle("1", &[], "sha256:this").manifest;
    let program = serde_json::json!({
        "name": "p", "attach": attach, "reason": "", "hooks": hooks,
        "cost": {"instructions": 0, "linked_instructions": 0, "longest_path": 0, "stack": 0,
                 "image_bytes": 0},
    });
    manifest.programs.push(serde_json::from_value(program).unwrap());
    manifest
}

#[test]
fn an_index_that_leads_nowhere_is_damage() {
    let fentry = serde_json::json!({"type": "fentry", "function": "f"});
    assert!(inconsistency(&program(&fentry, &[])).is_none());
    assert!(inconsistency(&program(&fentry, &[3])).is_some());
}

#[test]
fn a_name_that_is_no_symbol_is_damage() {
    for event in ["..", "../../etc", "/etc", "a/b", "", "a\0b", &"x".repeat(256)] {
        let attach = serde_json::json!({"type": "tracepoint", "subsystem": "s", "event": event});
        assert!(inconsistency(&program(&attach, &[])).is_some(), "{event:?}");
    }
}

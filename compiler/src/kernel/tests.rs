//! What the embedded profiles say, against what is known of those kernels.

use super::*;

fn profiles() -> Vec<Profile> {
    embedded::names().map(|name| embedded::profile(name).unwrap().unwrap()).collect()
}

fn profile(name: &str) -> Profile {
    embedded::profile(name).unwrap().unwrap()
}

#[test]
fn the_path_of_a_file_lies_where_each_kernel_has_it() {
    let offset = |name| {
        let profile = profile(name);
        profile.btf().structure("file").unwrap().member("f_path").unwrap().offset()
    };
    assert_eq!(["5.10", "6.1", "6.12", "7.2"].map(offset), [16, 16, 64, 64]);
}

#[test]
fn security_file_open_takes_a_file_on_every_kernel() {
    for profile in profiles() {
        let function = profile.function("security_file_open").unwrap();
        let text = function.prototype.text(function.name);
        assert_eq!(text, "int security_file_open(struct file *file)");
        assert_eq!(
            function.prototype.parameters[0].type_.shape(),
            Shape::PointerToStruct { name: "file" }
        );
        assert!(function.traceable.is_present(), "{}", profile.name());
    }
}

#[test]
fn a_syscall_has_the_arguments_that_user_space_passes() {
    for profile in profiles() {
        for name in ["setns", "sys_setns", "__x64_sys_setns"] {
            let syscall = profile.syscall(name).unwrap();
            assert_eq!(syscall.function_name, "__x64_sys_setns");
            let arguments: Vec<String> = syscall
                .arguments
                .unwrap()
                .iter()
                .map(|argument| format!("{} {}", argument.text, argument.name))
                .collect();
            assert_eq!(arguments, ["int fd", "int flags"], "{}", profile.name());
        }
    }
}

#[test]
fn the_path_of_openat_is_a_text_and_its_flags_an_integer() {
    for profile in profiles() {
        let arguments = profile.syscall("openat").unwrap().arguments.unwrap();
        let shapes: Vec<Shape<'_>> = arguments.iter().map(|argument| argument.shape).collect();
        let int = Shape::Integer { bytes: 4, signed: true };
        let mode = Shape::Integer { bytes: 2, signed: false };
        assert_eq!(shapes, [int, Shape::PointerToChar, int, mode], "{}", profile.name());
    }
}

#[test]
fn only_5_10_does_not_ask_bpf_in_its_default_lsm_list() {
    let active = profiles().iter().map(|p| p.lsm_active("bpf").is_present()).collect::<Vec<_>>();
    assert_eq!(active, [false, true, true, true]);
    assert!(profile("5.10").has(Feature::Lsm("file_open")).is_absent());
    assert!(profile("6.1").has(Feature::Lsm("file_open")).is_present());
}

#[test]
fn hooks_that_the_kernel_refuses_are_absent_though_btf_has_them() {
    let allowed = |kernel: &str, hook| profile(kernel).has(Feature::Lsm(hook)).is_present();
    assert!(allowed("6.1", "inode_getsecurity"));
    assert!(!allowed("6.12", "inode_getsecurity"));
    assert!(allowed("6.12", "file_alloc_security"));
    assert!(!allowed("7.2", "file_alloc_security"));
    // Its `kuid_t` is a struct, which 5.10 cannot pass by value.
    assert!(allowed("6.12", "path_chown"));
    let reason = profile("5.10").has(Feature::Lsm("path_chown")).because().to_owned();
    assert_eq!(reason, "`path_chown` takes a `kuid_t` by value");
}

#[test]
fn features_are_as_programs_that_were_loaded_showed() {
    let expected: &[(Feature<'_>, [bool; 4])] = &[
        (Feature::Fentry("security_file_open"), [true, true, true, true]),
        (Feature::Fexit("security_file_open"), [true, true, true, true]),
        (Feature::FmodRet("security_file_open"), [true, true, true, true]),
        (Feature::FmodRet("__x64_sys_setns"), [false, false, false, true]),
        (Feature::Kprobe("fd_install"), [true, true, true, true]),
        (Feature::KprobeMulti, [false, false, true, true]),
        (Feature::UprobeMulti, [false, false, true, true]),
        (Feature::UprobeRegisters, [false, false, false, true]),
        (Feature::KprobeOverride("__x64_sys_setns"), [false, false, false, false]),
        (Feature::LsmSleepable, [false, true, true, true]),
        (Feature::PathHelperInLsm, [false, true, true, true]),
        (Feature::RingBuffer, [true, true, true, true]),
        (Feature::MapType("bloom_filter"), [false, true, true, true]),
        (Feature::MapType("cgrp_storage"), [false, false, true, true]),
        (Feature::CurrentTaskBtf, [false, true, true, true]),
        (Feature::AllocationInPrograms, [false, true, true, true]),
        (Feature::AtomicFetch, [false, true, true, true]),
        (Feature::SharedFunctions, [false, true, true, true]),
        (Feature::Tracepoint("sched", "sched_process_exec"), [true, true, true, true]),
        (Feature::RawTracepoint("sched_process_exec"), [true, true, true, true]),
        (Feature::Function("no_such_function"), [false, false, false, false]),
    ];
    for (index, profile) in profiles().iter().enumerate() {
        for (feature, present) in expected {
            let answer = profile.has(*feature);
            let name = profile.name();
            assert_eq!(answer.is_present(), present[index], "{feature} on {name}: {answer}");
            assert_eq!(answer.is_absent(), !present[index], "{feature} on {name}: {answer}");
        }
    }
}

#[test]
fn functions_that_a_trampoline_cannot_serve_are_refused_with_the_reason() {
    let profile = profile("6.1");
    let reason = |function| {
        let answer = profile.has(Feature::Fentry(function));
        assert!(answer.is_absent(), "{function}: {answer}");
        answer.because().to_owned()
    };
    assert_eq!(reason("_printk"), "`_printk` takes a variable number of arguments");
    assert_eq!(reason("migrate_disable"), "trampolines themselves call `migrate_disable`");
    assert!(reason("start_kernel").contains("ftrace does not list"), "{}", reason("start_kernel"));
}

#[test]
fn a_weak_definition_does_not_make_a_function_ambiguous() {
    // On 6.1 BTF describes the stub in `kernel/sys_ni.c` as well.
    let profile = profile("6.1");
    assert_eq!(profile.btf().functions_named("__x64_sys_bpf").count(), 2);
    assert!(profile.has(Feature::Fentry("__x64_sys_bpf")).is_present());
}

#[test]
fn static_functions_of_one_name_cannot_be_told_apart() {
    let profile = profile("6.12");
    let several = profile.traceable_functions().zip(profile.traceable_functions().skip(1));
    let (name, _) = several
        .filter(|(one, next)| one == next)
        .find(|(name, _)| profile.function(name).is_some())
        .unwrap();
    assert!(profile.has(Feature::Fentry(name)).is_absent(), "{name}");
    assert!(profile.has(Feature::Kprobe(name)).is_absent(), "{name}");
}

#[test]
fn a_tracepoint_has_its_fields_where_the_format_says() {
    let profile = profile("6.1");
    let event = profile.tracepoint("sched", "sched_process_exec").unwrap();
    let fields: Vec<(&str, u32, u32)> = event
        .fields
        .iter()
        .filter(|field| !field.name.starts_with("common_"))
        .map(|field| (field.name.as_str(), field.offset, field.size))
        .collect();
    assert_eq!(fields, [("filename", 8, 4), ("pid", 12, 4), ("old_pid", 16, 4)]);
    assert!(profile.tracepoint("sched", "no_such_event").is_none());
}

#[test]
fn the_layout_of_a_record_is_the_same_from_btf_as_from_its_format() {
    let captured = profile("6.12");
    let mut facts = captured.facts().clone();
    facts.missing.insert(profile::Part::Formats, "left out".to_owned());
    let bare = Profile::assemble(facts, captured.btf().bytes().to_vec(), [].into_iter().collect())
        .unwrap();
    for event in ["sched_process_exec", "sched_process_fork", "sched_switch"] {
        let places = |profile: &Profile| -> Vec<(String, u32, u32)> {
            let fields = profile.tracepoint("sched", event).unwrap().fields.into_iter();
            let own = fields.filter(|field| !field.name.starts_with("common_"));
            own.map(|field| (field.name, field.offset, field.size)).collect()
        };
        let from_btf = places(&bare);
        let from_format = places(&captured);
        // `__data_loc` fields have another name in the struct.
        let numbers = |list: &[(String, u32, u32)]| -> Vec<(u32, u32)> {
            list.iter().map(|&(_, offset, size)| (offset, size)).collect()
        };
        assert_eq!(numbers(&from_btf), numbers(&from_format), "{event}");
    }
}

#[test]
fn a_raw_tracepoint_is_shown_without_its_private_argument() {
    let profile = profile("6.1");
    let event = profile.raw_tracepoint("sched_process_exec").unwrap();
    let text: Vec<String> = event.parameters.iter().map(Parameter::text).collect();
    // BTF has no names for them on this kernel.
    assert_eq!(text, ["struct task_struct *", "pid_t", "struct linux_binprm *"]);
}

#[test]
fn every_hook_of_the_lsm_framework_is_listed_and_nothing_else() {
    let profile = profile("6.1");
    assert!(profile.lsm_hooks().any(|hook| hook == "file_open"));
    assert!(profile.lsm_hook("verify_prog").is_none());
    assert!(!profile.lsm_hooks().any(|hook| hook == "verify_prog"));
}

#[test]
fn the_digest_is_that_of_the_raw_btf() {
    for profile in profiles() {
        let digest = writ_bundle::digest(profile.btf().bytes());
        assert_eq!(profile.btf_digest(), digest, "{}", profile.name());
    }
}

#[test]
fn what_a_profile_lacks_is_unknown() {
    let captured = profile("6.1");
    let mut facts = captured.facts().clone();
    facts.active_lsms = None;
    let bare = Profile::assemble(facts, captured.btf().bytes().to_vec(), [].into_iter().collect())
        .unwrap();
    for feature in [
        Feature::Fentry("security_file_open"),
        Feature::Lsm("file_open"),
        Feature::KprobeMulti,
        Feature::Config("CONFIG_BPF_LSM"),
        Feature::Kprobe("fd_install"),
    ] {
        assert!(bare.has(feature).is_unknown(), "{feature}: {}", bare.has(feature));
    }
}

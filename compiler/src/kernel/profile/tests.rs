//! The file form, whole and damaged.

use super::*;
use crate::kernel::Feature;

/// The smallest BTF: a header, no type, one empty string.
const BTF: &[u8] =
    &[0x9f, 0xeb, 1, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];

/// On kernels before 6.0 the list has a function again for each weak function behind it that
/// another definition replaced: `stale` here.
const TRACEABLE: &str = "twice\none.isra.0\ntwice\nstale\nstale\nforbidden\nother [module]\nweak\n";

/// What `/proc/kallsyms` says of them, and of what is no function or is gone after boot.
const SYMBOLS: &str = "\
ffffffff81000000 T _stext
ffffffff81000010 t twice
ffffffff81000020 t twice
ffffffff81000030 t one.isra.0
ffffffff81000040 T stale
ffffffff81000048 T forbidden
ffffffff81000050 t __pfx_silent
ffffffff81000060 T silent
ffffffff81000070 T alias
ffffffff81000070 W weak
ffffffff81000080 D data
ffffffff81000090 T _etext
ffffffff82000000 T start_kernel
ffffffffc0000000 t other\t[module]
";

fn profile() -> Profile {
    let sources = Sources {
        name: "test".to_owned(),
        release: Some("6.1.0-test".to_owned()),
        architecture: "x86_64".to_owned(),
        origin: Origin::Captured,
        btf: BTF.to_vec(),
        configuration: Ok("CONFIG_B=m\nCONFIG_A=y\n# CONFIG_C is not set\n".to_owned()),
        traceable: Ok(TRACEABLE.to_owned()),
        symbols: Ok(SYMBOLS.to_owned()),
        kprobe_blacklist: Ok("0xffff-0xffff\tforbidden\n0xffff-0xffff\t__pfx_forbidden\n".into()),
        error_injection: Ok("injectable\tERRNO\n".to_owned()),
        formats: Err("`/sys/kernel/tracing`: not mounted".to_owned()),
        active_lsms: Ok("yama,bpf\n".to_owned()),
        notes: Vec::new(),
    };
    sources.profile().unwrap()
}

#[test]
fn a_profile_that_is_written_and_read_says_the_same() {
    let bytes = profile().write().unwrap();
    let read = Profile::read(&bytes).unwrap();
    assert_eq!(read.facts(), profile().facts());
    assert_eq!(read.btf().bytes(), BTF);
    assert_eq!(read.config("CONFIG_B"), Ok(Some("m")));
    assert_eq!(read.config("CONFIG_C"), Ok(None));
    assert_eq!(read.write().unwrap(), bytes);
}

#[test]
fn lists_tell_duplicates_variants_modules_and_what_is_missing() {
    let profile = profile();
    assert_eq!(profile.traceable_count("twice"), Ok(2));
    assert!(profile.traceable("twice").is_present());
    assert_eq!(profile.variants("one"), ["one.isra.0"]);
    assert!(profile.traceable("one").is_absent());
    assert!(profile.traceable("other").is_unknown());
    assert_eq!(profile.traceable_count("stale"), Ok(1));
    assert_eq!(profile.untraced_count("silent"), Ok(1));
    assert_eq!(profile.untraced_count("__pfx_silent"), Ok(0));
    assert_eq!(profile.untraced_count("start_kernel"), Ok(0));
    assert_eq!(profile.alias("alias"), Some("weak"));
    assert!(profile.traceable("alias").is_present());
    assert_eq!(profile.untraced_count("alias"), Ok(0));
    assert_eq!(profile.lines(Part::KprobeBlacklist).unwrap().count("forbidden"), 1);
    assert!(profile.error_injectable("injectable").is_present());
    assert!(profile.error_injectable("inject").is_absent());
    assert_eq!(
        profile.missing(Part::Formats).as_deref(),
        Some("`/sys/kernel/tracing`: not mounted")
    );
    assert_eq!(profile.version(), Some((6, 1)));
}

#[test]
fn a_file_of_another_format_is_refused_by_number() {
    let mut bytes = profile().write().unwrap();
    bytes[8] = 9;
    assert!(matches!(Profile::read(&bytes), Err(ProfileError::Format(9))));
    assert!(matches!(Profile::read(b"not a profile"), Err(ProfileError::Magic)));
}

#[test]
fn a_file_that_is_cut_or_changed_anywhere_is_read_without_panic() {
    let bytes = profile().write().unwrap();
    for end in 0..bytes.len() {
        assert!(Profile::read(&bytes[..end]).is_err());
    }
    for at in 0..bytes.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut changed = bytes.clone();
            changed[at] = value;
            let Ok(profile) = Profile::read(&changed) else { continue };
            let _ = (profile.config("CONFIG_A"), profile.traceable("twice"));
            let _ = profile.tracepoint("sched", "sched_process_exec");
        }
    }
}

#[test]
fn a_section_that_claims_to_be_huge_is_not_unpacked() {
    let mut frame = zstd::bulk::compress(&vec![0; 1 << 20], 1).unwrap();
    assert!(section::unpack(&frame, 1 << 20).is_some());
    assert!(section::unpack(&frame, (1 << 20) - 1).is_none());
    frame.truncate(frame.len() - 1);
    assert!(section::unpack(&frame, 1 << 20).is_none());
}

#[test]
fn a_kernel_without_fentry_says_so_in_its_name_and_its_answers() {
    let profile = crate::kernel::embedded::profile("6.1").unwrap().unwrap().without_fentry();
    assert_eq!(profile.name(), "6.1+avoid=fentry");
    for feature in [Feature::Fentry("security_file_open"), Feature::Fexit("security_file_open")] {
        let Answer::Absent(evidence) = profile.has(feature) else { panic!("{feature}") };
        assert_eq!(evidence.text, "avoided, as the command line asks");
    }
    assert!(profile.has(Feature::Kprobe("security_file_open")).is_present());
    assert!(profile.has(Feature::FmodRet("security_file_open")).is_present());
}

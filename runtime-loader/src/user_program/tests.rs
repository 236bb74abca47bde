//! Reads this test's own program, and files that are none.
#![expect(clippy::disallowed_methods, reason = "the tests write files of their own")]

use super::*;

fn file(path: &str) -> UserFile {
    UserFile { path: path.to_owned(), digests: Vec::new(), optional: false }
}

fn itself() -> UserProgram {
    let path = std::env::current_exe().unwrap();
    UserProgram::open(&file(path.to_str().unwrap())).unwrap()
}

fn at(point: UserPoint) -> UserPlace {
    UserPlace { point, reference_counter: None }
}

fn symbol(name: &str, offset: u64) -> UserPlace {
    at(UserPoint::Symbol { name: name.to_owned(), offset })
}

#[test]
fn a_function_is_where_the_program_headers_say() {
    let program = itself();
    let main = program.place(&symbol("main", 0)).unwrap();
    assert_eq!(program.place(&symbol("main", 4)).unwrap().offset, main.offset + 4);
    assert_eq!(program.place(&at(UserPoint::Offset(main.offset))).unwrap(), main);
}

#[test]
fn a_missing_function_is_named_with_those_like_it() {
    let why = itself().place(&symbol("maim", 0)).unwrap_err();
    assert!(why.contains("no function `maim`") && why.contains("`main`"), "{why}");
}

#[test]
fn a_place_outside_of_the_code_is_refused() {
    let program = itself();
    for point in [UserPoint::Offset(0), UserPoint::Offset(u64::MAX), UserPoint::Address(u64::MAX)] {
        let why = program.place(&at(point)).unwrap_err();
        assert!(why.contains("outside of its code"), "{why}");
    }
    assert!(program.place(&symbol("main", u64::MAX)).is_err());
}

#[test]
fn a_distance_is_that_of_mapped_code() {
    let program = itself();
    let main = program.place(&symbol("main", 0)).unwrap();
    let to = |offset| UserPoint::Symbol { name: "main".to_owned(), offset };
    assert_eq!(program.distance(main, &to(5)), Ok(5));
    let later = program.place(&symbol("main", 5)).unwrap();
    assert_eq!(program.distance(later, &to(0)), Ok(5_u64.wrapping_neg()));
    assert!(program.distance(main, &UserPoint::Offset(0)).is_err());
}

#[test]
fn only_regular_elf_files_are_opened() {
    for (path, wanted) in [
        ("/dev/zero", "no regular file"),
        ("/proc/self", "no regular file"),
        ("/etc/passwd", "no 64-bit ELF file"),
        ("/nowhere/at/all", "No such file"),
    ] {
        let why = UserProgram::open(&file(path)).unwrap_err();
        assert!(why.contains(path) && why.contains(wanted), "{why}");
    }
}

#[test]
fn a_digest_must_fit() {
    let path = std::env::current_exe().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let open = |digest: String| {
        UserProgram::open(&UserFile { digests: vec![digest], ..file(path.to_str().unwrap()) })
    };
    assert!(open(writ_bundle::digest(&bytes)).is_ok());
    assert!(open(writ_bundle::digest(b"another")).unwrap_err().contains("another build"));
    assert!(open("sha1:00".into()).unwrap_err().contains("`sha1`"));
}

#[test]
fn a_program_that_was_changed_anywhere_in_its_headers_never_panics() {
    let bytes = std::fs::read("/proc/self/exe").unwrap();
    let bytes = &bytes[..bytes.len().min(1 << 16)];
    let path = std::env::temp_dir().join(format!("writ-user-program-{}", std::process::id()));
    for at in (0..0x400).chain((0x400..bytes.len()).step_by(997)) {
        let mut changed = bytes.to_vec();
        changed[at] ^= 0xff;
        std::fs::write(&path, &changed).unwrap();
        if let Ok(program) = UserProgram::open(&file(path.to_str().unwrap())) {
            let _ = program.place(&symbol("main", 0));
            let _ = program.usdt("a", "b");
        }
    }
    let _ = std::fs::remove_file(path);
}

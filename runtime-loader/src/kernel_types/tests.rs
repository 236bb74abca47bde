use aya::{Btf, Endianness};
use aya_obj::btf::BtfKind;

use super::*;

/// The header, these words as types, and these strings after the empty one.
pub(crate) fn btf(types: &[u32], strings: &[&str]) -> Vec<u8> {
    let types: Vec<u8> = types.iter().flat_map(|word| word.to_le_bytes()).collect();
    let strings = format!("\0{}\0", strings.join("\0"));
    let mut btf = vec![0x9f, 0xeb, 1, 0];
    for number in [24, 0, types.len(), types.len(), strings.len()] {
        btf.extend(u32::try_from(number).unwrap().to_le_bytes());
    }
    btf.extend(types);
    btf.extend(strings.as_bytes());
    btf
}

/// `int`, `struct unrelated {int field}`, `struct file {struct unrelated *pointer; word inner}`
/// with `typedef int word`, a function `file` and a `typedef` of that name.
fn example() -> Vec<u8> {
    let info = |kind: u32, count: u32| kind << 24 | count;
    // Strings: 1 int, 5 unrelated, 15 field, 21 file, 26 pointer, 34 inner, 40 word, 45 file___old.
    let types: [&[u32]; 8] = [
        &[1, info(kind::INT, 0), 4, 32],
        &[5, info(kind::STRUCT, 1), 4, 15, 1, 0],
        &[0, info(kind::POINTER, 0), 2],
        &[40, info(kind::TYPEDEF, 0), 1],
        &[21, info(kind::STRUCT, 2), 16, 26, 3, 0, 34, 4, 64],
        &[21, info(kind::FUNCTION, 0), 0],
        &[21, info(kind::TYPEDEF, 0), 5],
        &[45, info(kind::STRUCT, 0), 0],
    ];
    btf(
        &types.concat(),
        &["int", "unrelated", "field", "file", "pointer", "inner", "word", "file___old"],
    )
}

#[test]
fn functions_and_typedefs_of_one_name_are_told_apart() {
    let btf = example();
    let index = Index::of(&btf).unwrap();
    assert_eq!(index.function(&btf, "file"), Some(6));
    assert_eq!(index.typedef(&btf, "file"), Some(7));
    assert_eq!(index.function(&btf, "word"), None);
    assert_eq!(index.typedef(&btf, "nothing"), None);
}

#[test]
fn a_name_is_a_whole_string() {
    let btf = example();
    let index = Index::of(&btf).unwrap();
    for (name, there) in [("inner", true), ("inne", false), ("nner", false), ("file___old", true)] {
        assert_eq!(index.has_name(&btf, name), there, "{name}");
    }
}

#[test]
fn what_is_extracted_has_all_parts_and_nothing_behind_a_pointer() {
    let btf = example();
    let names = BTreeSet::from([&b"file"[..]]);
    let small = Index::of(&btf).unwrap().extract(&btf, &names).unwrap();
    let parsed = Btf::parse(&small, Endianness::default()).unwrap();
    let id = |name, kind| parsed.id_by_type_name_kind(name, kind).ok();
    assert_eq!(id("int", BtfKind::Int), Some(1));
    assert_eq!(id("word", BtfKind::Typedef), Some(3));
    assert_eq!(id("file", BtfKind::Struct), Some(4));
    assert_eq!(id("file___old", BtfKind::Struct), Some(6));
    assert_eq!(id("unrelated", BtfKind::Struct), None);
    assert_eq!(id("file", BtfKind::Func), None);
}

#[test]
fn damaged_bytes_are_no_btf_and_never_a_panic() {
    let whole = example();
    for length in 0..whole.len() {
        assert!(Index::of(&whole[..length]).is_none(), "{length}");
    }
    let names = BTreeSet::from([&b"file"[..]]);
    for place in 24..whole.len() {
        let mut damaged = whole.clone();
        damaged[place] ^= 0xff;
        if let Some(index) = Index::of(&damaged) {
            let _ = index.extract(&damaged, &names);
            let _ = index.function(&damaged, "file");
        }
    }
}

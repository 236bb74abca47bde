//! BTF made by hand, whole and hostile.
#![expect(clippy::cast_possible_truncation, reason = "the blobs are small")]

use super::*;

/// A blob under construction. Types are numbered from 1 in the order in which they are added.
#[derive(Default)]
struct Blob {
    types: Vec<u8>,
    strings: Vec<u8>,
}

impl Blob {
    fn new() -> Self {
        Self { types: Vec::new(), strings: vec![0] }
    }

    /// Adds a type: name, kind, what its `struct btf_type` counts, flag, size or type, other words.
    fn add(
        mut self,
        name: &str,
        kind: u32,
        count: u32,
        flag: u32,
        size: u32,
        tail: &[u32],
    ) -> Self {
        let info = flag << 31 | kind << 24 | count;
        let name = self.string(name);
        for word in [name, info, size].iter().chain(tail) {
            self.types.extend(word.to_le_bytes());
        }
        self
    }

    /// Where `text` stands in the strings, to which it is added when it is new.
    fn string(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let at = self.strings.len();
        self.strings.extend(text.bytes().chain([0]));
        at as u32
    }

    fn bytes(&self) -> Vec<u8> {
        self.with_header(24)
    }

    fn with_header(&self, header: u32) -> Vec<u8> {
        let types = self.types.len() as u32;
        let mut bytes = vec![0x9f, 0xeb, 1, 0];
        for word in [header, 0, types, types, self.strings.len() as u32] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.resize(header as usize, 0xaa);
        bytes.extend(&self.types);
        bytes.extend(&self.strings);
        bytes
    }

    fn btf(&self) -> Btf {
        Btf::parse(self.bytes()).unwrap()
    }
}

/// Encoding word of a signed integer of 32 bits.
const SIGNED_32: u32 = 1 << 24 | 32;

#[test]
fn a_longer_header_is_skipped() {
    let blob = Blob::new().add("int", number::INT, 0, 0, 4, &[SIGNED_32]);
    for header in [24, 32, 64] {
        let btf = Btf::parse(blob.with_header(header)).unwrap();
        assert_eq!(btf.get(TypeId(1)).name(), "int");
        assert_eq!(btf.get(TypeId(1)).shape(), Shape::Integer { bytes: 4, signed: true });
    }
}

#[test]
fn every_kind_is_walked_over_to_the_type_behind_it() {
    let tails: &[(u32, u32, &[u32])] = &[
        (number::INT, 0, &[SIGNED_32]),
        (number::PTR, 0, &[]),
        (number::ARRAY, 0, &[1, 1, 4]),
        (number::STRUCT, 1, &[0, 1, 0]),
        (number::UNION, 1, &[0, 1, 0]),
        (number::ENUM, 2, &[0, 1, 0, 2]),
        (number::FWD, 0, &[]),
        (number::TYPEDEF, 0, &[]),
        (number::VOLATILE, 0, &[]),
        (number::CONST, 0, &[]),
        (number::RESTRICT, 0, &[]),
        (number::FUNC, 0, &[]),
        (number::FUNC_PROTO, 1, &[0, 1]),
        (number::VAR, 0, &[0]),
        (number::DATASEC, 1, &[1, 0, 4]),
        (number::FLOAT, 0, &[]),
        (number::DECL_TAG, 0, &[0]),
        (number::TYPE_TAG, 0, &[]),
        (number::ENUM64, 1, &[0, 1, 1]),
    ];
    for &(kind, count, tail) in tails {
        let btf = Blob::new()
            .add("first", kind, count, 0, 1, tail)
            .add("last", number::INT, 0, 0, 4, &[SIGNED_32])
            .btf();
        assert_eq!(btf.len(), 2, "kind {kind}");
        assert_eq!(btf.named("last").next().map(Type::id), Some(TypeId(2)), "kind {kind}");
    }
}

#[test]
fn a_member_is_found_inside_anonymous_members_with_its_accessors() {
    let mut blob = Blob::new();
    let (outer, inner) = (blob.string("outer"), blob.string("inner"));
    let btf = blob
        .add("int", number::INT, 0, 0, 4, &[SIGNED_32])
        .add("", number::UNION, 2, 0, 8, &[outer, 1, 0, inner, 1, 32])
        .add("s", number::STRUCT, 2, 0, 16, &[outer, 1, 0, 0, 2, 64])
        .btf();
    let place = btf.structure("s").unwrap().member("inner").unwrap();
    assert_eq!((place.offset(), place.bit_size), (12, 0));
    assert_eq!(place.path, [1, 1]);
    assert!(btf.structure("s").unwrap().member("missing").is_none());
}

#[test]
fn a_bit_field_tells_its_size_when_the_flag_is_set() {
    let mut blob = Blob::new();
    let field = blob.string("field");
    let btf = blob
        .add("int", number::INT, 0, 0, 4, &[SIGNED_32])
        .add("s", number::STRUCT, 1, 1, 4, &[field, 1, 3 << 24 | 5])
        .btf();
    let place = btf.structure("s").unwrap().member("field").unwrap();
    assert_eq!((place.bit_offset, place.bit_size), (5, 3));
}

#[test]
fn enumerators_are_signed_and_wide_as_the_type_says() {
    let mut blob = Blob::new();
    let name = blob.string("NAME");
    let btf = blob
        .add("small", number::ENUM, 1, 0, 4, &[name, u32::MAX])
        .add("wide", number::ENUM64, 1, 0, 8, &[name, 1, 1])
        .btf();
    assert_eq!(btf.enumerator("small", "NAME"), Some(-1));
    assert_eq!(btf.enumerator("wide", "NAME"), Some((1 << 32) + 1));
}

#[test]
fn types_are_written_as_in_c() {
    let btf = Blob::new()
        .add("char", number::INT, 0, 0, 1, &[8])
        .add("", number::CONST, 0, 0, 1, &[])
        .add("", number::PTR, 0, 0, 2, &[])
        .add("file", number::STRUCT, 0, 0, 0, &[])
        .add("", number::PTR, 0, 0, 4, &[])
        .add("", number::CONST, 0, 0, 5, &[])
        .add("", number::PTR, 0, 0, 0, &[])
        .add("", number::FUNC_PROTO, 2, 0, 1, &[0, 5, 0, 0])
        .add("", number::PTR, 0, 0, 8, &[])
        .add("", number::PTR, 0, 0, 5, &[])
        .add("", number::ARRAY, 0, 0, 0, &[1, 1, 16])
        .btf();
    let expected = [
        (3, "const char *"),
        (5, "struct file *"),
        (6, "struct file *const"),
        (7, "void *"),
        (9, "char (*)(struct file *, ...)"),
        (10, "struct file **"),
        (11, "char[16]"),
        (99, "?"),
    ];
    for (id, text) in expected {
        assert_eq!(btf.get(TypeId(id)).text(), text);
    }
    assert_eq!(btf.get(TypeId(3)).shape(), Shape::PointerToChar);
    assert_eq!(btf.get(TypeId(6)).shape(), Shape::PointerToStruct { name: "file" });
}

#[test]
fn types_that_go_round_in_a_circle_come_to_an_end() {
    let btf = Blob::new()
        .add("loop", number::TYPEDEF, 0, 0, 2, &[])
        .add("", number::CONST, 0, 0, 1, &[])
        .add("", number::PTR, 0, 0, 3, &[])
        .add("", number::STRUCT, 1, 0, 8, &[0, 4, 0])
        .add("", number::ARRAY, 0, 0, 0, &[5, 5, 2])
        .add("", number::FUNC_PROTO, 3, 0, 6, &[0, 7, 0, 7, 0, 7])
        .add("", number::PTR, 0, 0, 6, &[])
        .btf();
    for type_ in btf.types() {
        let _ = (type_.text(), type_.size(), type_.member("x"), type_.member_names());
    }
    assert_eq!(btf.get(TypeId(1)).shape(), Shape::Other);
    assert_eq!(btf.get(TypeId(5)).size(), None);
}

#[test]
fn a_maze_of_structs_without_names_comes_to_an_end() {
    // 64 members that are the struct itself, to any depth: 64 to the 8th ways, and no name.
    let members: Vec<u32> = [0, 1, 0].repeat(64);
    let btf = Blob::new().add("s", number::STRUCT, 64, 0, 8, &members).btf();
    assert_eq!(btf.get(TypeId(1)).member_names(), [""; 0]);
    assert!(btf.get(TypeId(1)).member("x").is_none());
}

#[test]
fn bytes_that_are_not_btf_are_refused_with_the_reason() {
    let good = Blob::new().add("int", number::INT, 0, 0, 4, &[SIGNED_32]).bytes();
    let with = |at: usize, bytes: &[u8]| {
        let mut broken = good.clone();
        broken[at..at + bytes.len()].copy_from_slice(bytes);
        Btf::parse(broken).unwrap_err()
    };
    assert_eq!(Btf::parse(b"".as_slice()).unwrap_err(), BtfError::Short);
    assert_eq!(with(0, &[0]), BtfError::Magic);
    assert_eq!(with(0, &[0xeb, 0x9f]), BtfError::BigEndian);
    assert_eq!(with(2, &[2]), BtfError::Version(2));
    assert_eq!(with(4, &[4]), BtfError::Short);
    assert_eq!(with(8, &[0xff; 4]), BtfError::Section("type"));
    assert_eq!(with(20, &[0xff; 4]), BtfError::Section("string"));
    assert_eq!(with(24 + 7, &[31]), BtfError::Kind { id: 1, kind: 31 });
    assert_eq!(with(24 + 4, &[0xff, 0xff, 0, 4]), BtfError::Truncated(1));
}

#[test]
fn a_blob_with_any_byte_changed_or_cut_is_read_without_panic() {
    let mut blob = Blob::new();
    let name = blob.string("member");
    let bytes = blob
        .add("int", number::INT, 0, 0, 4, &[SIGNED_32])
        .add("s", number::STRUCT, 2, 1, 8, &[name, 1, 0, 0, 2, 32])
        .add("", number::FUNC_PROTO, 1, 0, 1, &[name, 2])
        .add("function", number::FUNC, 0, 0, 3, &[])
        .bytes();
    let read = |bytes: &[u8]| {
        let Ok(btf) = Btf::parse(bytes) else { return };
        for type_ in btf.types() {
            let _ = (type_.text(), type_.shape(), type_.size(), type_.member("member"));
            let _ = (type_.parameters().count(), type_.enumerators().count());
        }
        let _ = btf.named("s").count();
    };
    for end in 0..bytes.len() {
        read(&bytes[..end]);
    }
    for at in 0..bytes.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut changed = bytes.clone();
            changed[at] = value;
            read(&changed);
        }
    }
}

//! Images made by hand, whole and broken.
#![expect(clippy::cast_possible_truncation, reason = "the images are small")]

use super::*;
use crate::kernel::embedded;

/// The smallest BTF: a header, no type, one empty string.
const BTF: &[u8] =
    &[0x9f, 0xeb, 1, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];

/// A vmlinux with BTF, two functions and a table of what ftrace patches.
fn vmlinux() -> Vec<u8> {
    use object::write::{Object, Symbol, SymbolSection};
    use object::{Architecture, BinaryFormat, Endianness, SectionKind, SymbolFlags, SymbolScope};
    let mut file = Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
    let btf = file.add_section(vec![], b".BTF".to_vec(), SectionKind::ReadOnlyData);
    file.append_section_data(btf, BTF, 1);
    let text = file.add_section(vec![], b".text".to_vec(), SectionKind::Text);
    file.append_section_data(text, &[0x90; 64], 1);
    let rest = file.add_section(vec![], b".rodata".to_vec(), SectionKind::ReadOnlyData);
    // Table of one place: 4 bytes into the function at 32, behind its `endbr64`.
    let place = address(2) + 36;
    file.append_section_data(rest, &place.to_le_bytes(), 8);
    file.append_section_data(rest, b"Linux version 6.1.0-test (x) ", 1);
    let mut symbol = |name: &str, section, value, size, kind| {
        file.add_symbol(Symbol {
            name: name.as_bytes().to_vec(),
            value,
            size,
            kind,
            scope: SymbolScope::Linkage,
            weak: false,
            section: SymbolSection::Section(section),
            flags: SymbolFlags::None,
        });
    };
    symbol("not_traced", text, 0, 32, object::SymbolKind::Text);
    symbol("traced", text, 32, 32, object::SymbolKind::Text);
    symbol("__start_mcount_loc", rest, 0, 0, object::SymbolKind::Data);
    symbol("__stop_mcount_loc", rest, 8, 0, object::SymbolKind::Data);
    linked(file.write().unwrap())
}

/// Where `linked` puts the section with that index.
fn address(section: usize) -> u64 {
    section as u64 * 0x1000
}

/// Gives each section an address and moves the symbols there, as a linker does.
fn linked(mut bytes: Vec<u8>) -> Vec<u8> {
    let u64_at =
        |bytes: &[u8], at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    let headers = u64_at(&bytes, 0x28) as usize;
    let count = usize::from(bytes[0x3c]);
    for section in 0..count {
        let header = headers + section * 64;
        bytes[header + 0x10..header + 0x18].copy_from_slice(&address(section).to_le_bytes());
        // SHT_SYMTAB
        if bytes[header + 4] != 2 {
            continue;
        }
        let start = u64_at(&bytes, header + 0x18) as usize;
        let size = u64_at(&bytes, header + 0x20) as usize;
        for symbol in (start..start + size).step_by(24) {
            let moved = u64_at(&bytes, symbol + 8) + address(usize::from(bytes[symbol + 6]));
            bytes[symbol + 8..symbol + 16].copy_from_slice(&moved.to_le_bytes());
        }
    }
    bytes
}

/// A boot image whose setup has one sector and whose payload is `packed`.
fn boot_image(packed: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 1024];
    bytes[0x1f1] = 1;
    bytes[0x202..0x206].copy_from_slice(b"HdrS");
    bytes[0x20e..0x210].copy_from_slice(&0x180u16.to_le_bytes());
    bytes[0x380..0x38f].copy_from_slice(b"6.1.0-boot (x) ");
    bytes[0x24c..0x250].copy_from_slice(&(packed.len() as u32 + 4).to_le_bytes());
    bytes.extend(packed);
    bytes.extend([0; 4]);
    bytes
}

fn package(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, data) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(data.len() as u64);
        builder.append_data(&mut header, path, *data).unwrap();
    }
    let data = builder.into_inner().unwrap();
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, data) in [("debian-binary", b"2.0\n".as_slice()), ("data.tar", &data)] {
        bytes.extend(format!("{name:<16}{:<32}{:<10}`\n", "", data.len()).into_bytes());
        bytes.extend(data);
        bytes.resize(bytes.len().next_multiple_of(2), b'\n');
    }
    bytes
}

fn lz4_legacy(bytes: &[u8]) -> Vec<u8> {
    // One literal run, which needs no compressor: token 0xf0, length bytes, the bytes themselves.
    let mut block = vec![0xf0];
    let mut left = bytes.len() - 15;
    while left >= 255 {
        block.push(255);
        left -= 255;
    }
    block.push(left as u8);
    block.extend(bytes);
    let size = (block.len() as u32).to_le_bytes();
    [&[0x02, 0x21, 0x4c, 0x18], size.as_slice(), &block].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_vmlinux_tells_btf_release_architecture_and_traceable_functions() {
    let image = Image::read(&vmlinux()).unwrap();
    assert_eq!(image.btf.as_deref(), Some(BTF));
    assert_eq!(image.release.as_deref(), Some("6.1.0-test"));
    assert_eq!(image.architecture.as_deref(), Some("x86_64"));
    assert_eq!(image.traceable.as_deref(), Some("traced\n"));
}

#[test]
fn a_boot_image_is_unpacked_whatever_it_is_packed_with() {
    let kernel = vmlinux();
    let zstd = zstd::bulk::compress(&kernel, 1).unwrap();
    for packed in [lz4_legacy(&kernel), gzip(&kernel), zstd] {
        let image = Image::read(&boot_image(&packed)).unwrap();
        assert_eq!(image.btf.as_deref(), Some(BTF));
        assert_eq!(image.release.as_deref(), Some("6.1.0-boot"));
    }
}

#[test]
fn a_package_gives_its_kernel_and_configuration_from_either_folder() {
    let kernel = boot_image(&lz4_legacy(&vmlinux()));
    let config = b"CONFIG_BPF=y\n".as_slice();
    for (vmlinuz, configuration) in [
        ("./boot/vmlinuz-6.1.0-boot", "./boot/config-6.1.0-boot"),
        ("./usr/lib/modules/6.1.0-boot/vmlinuz", "./usr/lib/modules/6.1.0-boot/config"),
    ] {
        let package = package(&[(configuration, config), (vmlinuz, &kernel)]);
        let image = Image::read(&package).unwrap();
        assert_eq!(image.btf.as_deref(), Some(BTF));
        assert_eq!(image.configuration.as_deref(), Some("CONFIG_BPF=y\n"));
    }
}

#[test]
fn files_without_a_kernel_are_refused_with_the_reason() {
    let cases: [(&[u8], ImageError); 5] = [
        (b"", ImageError::Unknown),
        (b"\x7fELF", ImageError::Elf),
        (&package(&[("./usr/share/doc/x", b"x")]), ImageError::Empty),
        (&boot_image(b"no known magic"), ImageError::Compression),
        (&boot_image(&[0x02, 0x21, 0x4c, 0x18, 0xff]), ImageError::Damaged("compressed data")),
    ];
    for (bytes, expected) in cases {
        assert_eq!(Image::read(bytes).unwrap_err(), expected);
    }
}

#[test]
fn an_image_that_is_cut_anywhere_is_read_without_panic() {
    for bytes in [vmlinux(), boot_image(&gzip(&vmlinux())), package(&[("./boot/config-1", b"x")])] {
        for end in 0..bytes.len() {
            let _ = Image::read(&bytes[..end]);
        }
    }
}

#[test]
fn a_profile_from_files_infers_what_the_running_kernel_would_show() {
    let embedded = embedded::profile("6.1").unwrap().unwrap();
    let image = Image {
        btf: Some(embedded.btf().bytes().to_vec()),
        configuration: Some("CONFIG_BPF_LSM=y\nCONFIG_LSM=\"yama,bpf\"\n".to_owned()),
        ..Image::default()
    };
    let profile = image.sources("imported".to_owned()).unwrap().profile().unwrap();
    assert!(profile.lsm_active("bpf").is_present());
    assert!(profile.lsm_active("tomoyo").is_absent());
    assert!(profile.traceable("security_file_open").is_unknown());
}

use std::collections::{BTreeMap, BTreeSet};

use object::read::{Object as _, ObjectSection as _, ObjectSymbol as _};
use object::{SymbolKind, elf};
use writ_bundle::{Attach, Cost, Kernel, Manifest};

use super::btf::Btf;
use super::btf_ext::Extension;
use super::btf_kind_table as kind;
use super::{LIBRARY, PackError, contents, excerpt, library, link, pack, proof, routines, strip};
use crate::kernel::btf::Aggregate;
use crate::kernel::{Form, embedded};
use crate::machine::{
    Assembler, Code, Field, FieldFact, FieldStep, Instruction, MapDefinition, MapKind, Object,
    Program, Register, map_flag,
};
use crate::source::{SourceMap, Span};

const POLICY: &str = "hook: file_open\n  prefix: \"/etc/shadow\"\n";

#[test]
fn the_same_input_gives_the_same_bytes() {
    let object = calling(&["writ_post", "writ_process"]);
    assert_eq!(linked(&object), linked(&object));
}

#[test]
fn an_undefined_routine_is_an_error() {
    let error = try_link(&calling(&["writ_nothing"])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the program `on_open` calls `writ_nothing`, which the runtime library does not have"
    );
}

#[test]
fn an_undefined_map_is_an_error() {
    let map = "set_0".to_owned();
    let code = code(vec![Instruction::LoadMapAddress { to: Register::R1, map }]);
    let error = try_link(&object(vec![program("on_open", code)])).unwrap_err();
    assert!(matches!(error, PackError::UndefinedSymbol { symbol, .. } if symbol == "set_0"));
}

#[test]
fn a_size_for_a_map_that_is_not_in_the_library_is_an_error() {
    let mut object = calling(&["writ_process"]);
    object.map_sizes.insert("writ_mood".to_owned(), 2);
    assert!(matches!(try_link(&object), Err(PackError::UndefinedMap(name)) if name == "writ_mood"));
}

#[test]
fn two_programs_with_one_name_are_an_error() {
    let twice = vec![program("on_open", code(vec![])), program("on_open", code(vec![]))];
    assert!(matches!(try_link(&object(twice)), Err(PackError::NameTwice(_))));
}

#[test]
fn a_name_longer_than_the_kernel_keeps_is_an_error() {
    let long = object(vec![program("on_open_of_files", code(vec![]))]);
    assert!(matches!(try_link(&long), Err(PackError::NameTooLong(_))));
}

#[test]
fn a_manifest_of_other_programs_is_an_error() {
    let manifest = manifest(&object(vec![program("on_exec", code(vec![]))]));
    let linked = link(LIBRARY, &calling(&[]), manifest, &SourceMap::default());
    assert!(matches!(linked, Err(PackError::Manifest(_))));
}

#[test]
fn routines_that_are_not_reached_are_left_out() {
    let functions = functions(&linked(&calling(&["writ_process"])));
    assert_eq!(functions, BTreeSet::from(["on_open".to_owned(), "writ_process".to_owned()]));
}

#[test]
fn routines_that_are_reached_through_others_are_kept() {
    let functions = functions(&linked(&calling(&["writ_read_path_trusted"])));
    assert!(functions.contains("writ_path_trusted"));
}

#[test]
fn maps_that_are_not_reached_are_left_out() {
    let bundle = linked(&calling(&["writ_process"]));
    let maps = aya_obj::Object::parse(&bundle).unwrap().maps;
    let names: BTreeSet<&str> = maps.keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from([".bss", ".rodata", "writ_processes"]));
}

#[test]
fn a_bundle_without_maps_has_no_section_for_them() {
    let bundle = linked(&calling(&[]));
    let btf = Btf::parse(&section(&bundle, ".BTF")).unwrap();
    let file = object::File::parse(&*bundle).unwrap();
    assert!(file.section_by_name(".maps").is_none() && btf.find(kind::DATASEC, ".maps").is_none());
}

#[test]
fn the_size_of_a_library_map_can_be_set() {
    let mut object = calling(&["writ_process", "writ_post"]);
    object.map_sizes.insert("writ_processes".to_owned(), 7);
    let maps = aya_obj::Object::parse(&linked(&object)).unwrap().maps;
    assert_eq!(maps["writ_processes"].max_entries(), 7);
    assert_eq!(maps["writ_counters"].max_entries(), 4);
}

#[test]
fn the_flags_of_a_library_map_can_be_set() {
    let mut object = calling(&["writ_process", "writ_post"]);
    object.map_flags.insert("writ_processes".to_owned(), map_flag::NO_PREALLOC);
    let maps = aya_obj::Object::parse(&linked(&object)).unwrap().maps;
    assert_eq!(maps["writ_processes"].map_flags(), 1);
    assert_eq!(maps["writ_counters"].map_flags(), 0);
}

#[test]
fn a_generated_map_is_defined_as_it_was_asked_for() {
    let map = "set_0".to_owned();
    let code = code(vec![Instruction::LoadMapAddress { to: Register::R1, map: map.clone() }]);
    let mut object = object(vec![program("on_open", code)]);
    object.maps.push(MapDefinition {
        name: map,
        kind: MapKind::LpmTrie,
        key_size: 20,
        value_size: 1,
        max_entries: 100,
        flags: map_flag::NO_PREALLOC,
    });
    let maps = aya_obj::Object::parse(&linked(&object)).unwrap().maps;
    let set = &maps["set_0"];
    let found = (set.map_type(), set.key_size(), set.value_size(), set.max_entries());
    assert_eq!(found, (MapKind::LpmTrie.number(), 20, 1, 100));
    assert_eq!(set.map_flags(), map_flag::NO_PREALLOC);
}

#[test]
fn text_is_covered_by_sized_function_symbols() {
    let bundle = linked(&calling_everything());
    let file = object::File::parse(&*bundle).unwrap();
    let text = file.section_by_name(".text").unwrap();
    let mut functions: Vec<(u64, u64)> = file
        .symbols()
        .filter(|symbol| symbol.section_index() == Some(text.index()))
        .map(|symbol| (symbol.address(), symbol.size()))
        .collect();
    functions.sort_unstable();
    let end = functions.iter().fold(0, |end, (start, size)| {
        assert!(*start == end && *size > 0);
        end + size
    });
    assert_eq!(end, text.size());
}

#[test]
fn relocations_are_of_the_two_kinds_that_loaders_know() {
    let bundle = linked(&calling_everything());
    let file = object::File::parse(&*bundle).unwrap();
    let known = [elf::R_BPF_64_64, elf::R_BPF_64_32];
    let relocations = file.sections().flat_map(|section| section.relocations());
    let mut flags = relocations.map(|(_, relocation)| relocation.flags());
    let is_known =
        |flags| matches!(flags, object::RelocationFlags::Elf { r_type } if known.contains(&r_type));
    assert!(flags.all(is_known));
}

#[test]
fn types_that_nothing_uses_are_left_out() {
    let all = library::read(LIBRARY).unwrap().btf;
    let has = |btf: &Btf| btf.find(kind::STRUCT, "linux_binprm").is_some();
    let btf = |bundle: &[u8]| Btf::parse(&section(bundle, ".BTF")).unwrap();
    assert!(has(&all));
    assert!(has(&btf(&linked(&calling(&["writ_read_binprm_trusted"])))));
    assert!(!has(&btf(&linked(&calling(&["writ_process"])))));
}

#[test]
fn what_is_stripped_twice_does_not_change() {
    let bundle = linked(&calling_everything());
    let btf = Btf::parse(&section(&bundle, ".BTF")).unwrap();
    let mut extension = Extension::parse(&section(&bundle, ".BTF.ext")).unwrap();
    let before = extension.clone();
    assert_eq!(strip::strip(&btf, &mut extension).bytes(), btf.bytes());
    assert_eq!(extension, before);
}

#[test]
fn each_program_has_a_line_at_its_first_instruction() {
    let programs = [program("first", code(vec![])), program("second", code(vec![]))];
    let lines = lines(&linked(&object(programs.to_vec())));
    assert_eq!(lines.keys().copied().collect::<Vec<_>>(), [0, 16]);
}

#[test]
fn lines_show_the_policy_where_it_changes() {
    let mut sources = SourceMap::default();
    let policy = sources.add("policy.yaml", POLICY);
    let (hook, prefix) = (Span::new(policy, 0..4), Span::new(policy, 18..24));
    let mut assembler = Assembler::default();
    for origin in [None, Some(hook), Some(prefix), Some(prefix), None, Some(hook)] {
        assembler.emit(Instruction::constant(Register::R0, 0), origin);
    }
    assembler.emit(Instruction::Exit, None);
    let object = object(vec![program("on_open", assembler.finish().unwrap())]);
    let bundle = link(LIBRARY, &object, manifest(&object), &sources).unwrap();
    let hook = "policy.yaml:1: hook: file_open".to_owned();
    let prefix = "policy.yaml:2: prefix: \"/etc/shadow\"".to_owned();
    assert_eq!(lines(&bundle), BTreeMap::from([(0, hook.clone()), (16, prefix), (40, hook)]));
}

#[test]
fn records_of_functions_that_are_left_out_are_left_out() {
    let bundle = linked(&calling(&["writ_process"]));
    let btf = Btf::parse(&section(&bundle, ".BTF")).unwrap();
    let extension = Extension::parse(&section(&bundle, ".BTF.ext")).unwrap();
    let functions: Vec<&str> = extension
        .functions
        .records(&btf)
        .map(|(_, record)| btf.text(btf.get(super::TypeId(record[1])).unwrap().name))
        .collect();
    assert_eq!(functions, ["writ_process", "on_open"]);
}

#[test]
fn the_manifest_learns_what_programs_cost() {
    let bundle = linked(&calling(&["writ_process"]));
    let cost = &writ_bundle::read(&bundle).unwrap().programs[0].cost;
    let mode = library::read(LIBRARY).unwrap().slots([&"writ_process".to_owned()]);
    assert_eq!((cost.instructions, cost.longest_path), (3, 3));
    assert_eq!(cost.linked_instructions, 3 + mode);
}

#[test]
fn contents_list_programs_routines_and_maps() {
    let mut object = calling(&["writ_process"]);
    object.map_sizes.insert("writ_processes".to_owned(), 7);
    let listed = contents(&linked(&object)).unwrap();
    assert_eq!(listed.programs[0].section, "fentry/security_file_open");
    assert_eq!((listed.programs[0].name.as_str(), listed.programs[0].instructions), ("on_open", 3));
    assert_eq!(listed.routines[0].name, "writ_process");
    assert_eq!(listed.maps[0].attributes["max_entries"], 7);
}

#[test]
fn no_cut_of_a_bundle_makes_listing_it_fail_otherwise_than_with_an_error() {
    let bundle = linked(&calling(&["writ_post"]));
    for length in (0..bundle.len()).step_by(97) {
        let _ = contents(&bundle[..length]);
    }
}

#[test]
fn every_routine_relocates_on_every_embedded_kernel() {
    let object = calling_everything();
    for name in embedded::names() {
        let profile = embedded::profile(name).unwrap().unwrap();
        let packed = pack(&object, manifest(&object), profile.btf().bytes(), &SourceMap::default());
        assert!(packed.is_ok(), "{name}: {}", packed.unwrap_err());
    }
}

#[test]
fn relocating_against_the_excerpt_is_relocating_against_the_kernel() {
    let bundle = linked(&calling_everything());
    let records = proof::Records::read(&bundle).unwrap();
    let text = |object: aya_obj::Object| -> Vec<Vec<u8>> {
        let words = |code: &aya_obj::generated::bpf_insn| {
            [&[code.code][..], &code.off.to_le_bytes(), &code.imm.to_le_bytes()].concat()
        };
        let code = object.functions.into_values().flat_map(|function| function.instructions);
        code.map(|instruction| words(&instruction)).collect()
    };
    for name in embedded::names() {
        let profile = embedded::profile(name).unwrap().unwrap();
        let kernel = profile.btf().bytes();
        let excerpt = excerpt::excerpt(kernel, &records.names()).unwrap().bytes().unwrap();
        let [part, whole] =
            [excerpt.as_slice(), kernel].map(|btf| proof::relocated(&bundle, btf).unwrap());
        assert!(text(part) == text(whole), "{name}");
        assert!(excerpt.len() * 10 < kernel.len(), "{name}: {} bytes", excerpt.len());
    }
}

#[test]
fn a_field_is_where_the_kernel_at_hand_has_it() {
    let structure = |name: &str| Form::Structure {
        aggregate: Aggregate::Struct,
        name: name.to_owned(),
        bytes: 64,
    };
    let member = |name: &str, bit_size, form| FieldStep::Member {
        name: name.to_owned(),
        // No kernel has it there.
        bit_offset: 8,
        bit_size,
        form,
    };
    let path = member("f_path", 0, structure("path"));
    let dentry = member("dentry", 0, Form::Pointer);
    let flag = member("in_execve", 1, Form::Integer { bytes: 4 });
    let fields = [
        (Field { root: structure("file"), steps: vec![path, dentry] }, FieldFact::ByteOffset),
        (Field { root: structure("task_struct"), steps: vec![flag] }, FieldFact::ShiftLeft),
    ];
    let load = |(field, fact): &(Field, FieldFact)| Instruction::LoadFieldFact {
        to: Register::R1,
        fact: *fact,
        field: Box::new(field.clone()),
    };
    let instructions = fields.iter().map(load).collect();
    let bundle = linked(&object(vec![program("on_open", code(instructions))]));
    for name in embedded::names() {
        let profile = embedded::profile(name).unwrap().unwrap();
        let btf = profile.btf();
        let place = |of: &str, member: &str| btf.structure(of).unwrap().member(member).unwrap();
        let dentry = place("file", "f_path").offset() + place("path", "dentry").offset();
        let flag = place("task_struct", "in_execve").bit_offset % 32;
        let relocated = proof::relocated(&bundle, btf.bytes()).unwrap();
        let function = relocated.functions.into_values().next().unwrap();
        let found: Vec<i32> = function.instructions.iter().map(|one| one.imm).take(2).collect();
        let wanted = [dentry, 63 - flag].map(|number| i32::try_from(number).unwrap());
        assert_eq!(found, wanted, "{name}");
    }
}

#[test]
fn a_kernel_without_the_types_of_a_routine_is_refused() {
    let mut foreign = library::read(LIBRARY).unwrap().btf;
    let file = foreign.find(kind::STRUCT, "linux_binprm").unwrap();
    foreign.get_mut(file).unwrap().name = 0;
    let object = calling(&["writ_read_binprm_trusted"]);
    let kernel = foreign.bytes().unwrap();
    let error = pack(&object, manifest(&object), &kernel, &SourceMap::default()).unwrap_err();
    assert!(error.to_string().contains("of `linux_binprm`, which the kernel lacks"), "{error}");
}

#[test]
fn a_forced_return_is_in_the_section_that_libbpf_knows() {
    let mut object = calling(&["writ_process"]);
    object.programs[0].attach = Attach::FmodRet { function: "security_file_open".to_owned() };
    let profile = embedded::profile("6.1").unwrap().unwrap();
    let bundle =
        pack(&object, manifest(&object), profile.btf().bytes(), &SourceMap::default()).unwrap();
    let file = object::File::parse(&*bundle).unwrap();
    assert!(file.section_by_name("fmod_ret/security_file_open").is_some());
}

#[test]
fn damaged_kernel_btf_is_said_to_be_damaged() {
    let object = calling(&[]);
    let packed = pack(&object, manifest(&object), b"no BTF", &SourceMap::default());
    assert!(matches!(packed, Err(PackError::KernelBtf(_))));
}

#[test]
fn no_cut_of_the_library_makes_the_linker_fail_otherwise_than_with_an_error() {
    let object = calling(&["writ_process"]);
    for length in (0..LIBRARY.len()).step_by(997) {
        let cut = &LIBRARY[..length];
        let linked = link(cut, &object, manifest(&object), &SourceMap::default());
        assert!(linked.is_err(), "cut to {length} bytes");
    }
}

fn linked(object: &Object) -> Vec<u8> {
    try_link(object).unwrap()
}

fn try_link(object: &Object) -> Result<Vec<u8>, PackError> {
    link(LIBRARY, object, manifest(object), &SourceMap::default())
}

fn calling(names: &[&str]) -> Object {
    let call = |name: &&str| Instruction::CallRoutine { name: (*name).to_owned() };
    object(vec![program("on_open", code(names.iter().map(call).collect()))])
}

fn calling_everything() -> Object {
    let names = routines().unwrap();
    calling(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

fn object(programs: Vec<Program>) -> Object {
    Object { programs, ..Object::default() }
}

fn program(name: &str, code: Code) -> Program {
    let attach = Attach::Fentry { function: "security_file_open".to_owned() };
    Program { name: name.to_owned(), attach, code, stack: 0 }
}

/// The instructions, and `return 0`.
fn code(instructions: Vec<Instruction>) -> Code {
    let mut assembler = Assembler::default();
    for instruction in instructions {
        assembler.emit(instruction, None);
    }
    assembler.emit(Instruction::constant(Register::R0, 0), None);
    assembler.emit(Instruction::Exit, None);
    assembler.finish().unwrap()
}

fn manifest(object: &Object) -> Manifest {
    let program = |program: &Program| writ_bundle::Program {
        name: program.name.clone(),
        attach: program.attach.clone(),
        reason: String::new(),
        hooks: Vec::new(),
        reads: Vec::new(),
        writes: Vec::new(),
        targets: Vec::new(),
        cost: Cost::default(),
    };
    Manifest {
        format: writ_bundle::FORMAT,
        compiler: "writ".to_owned(),
        kernel: Kernel {
            name: "6.1".to_owned(),
            release: None,
            btf_digest: String::new(),
            architecture: "x86_64".to_owned(),
        },
        requires: Vec::new(),
        policies: Vec::new(),
        hooks: Vec::new(),
        programs: object.programs.iter().map(program).collect(),
        images: Vec::new(),
        binary_sets: Vec::new(),
        follow_sets: Vec::new(),
        workload_sets: Vec::new(),
        sources: Vec::new(),
    }
}

fn section(bundle: &[u8], name: &str) -> Vec<u8> {
    let file = object::File::parse(bundle).unwrap();
    file.section_by_name(name).unwrap().data().unwrap().to_vec()
}

fn functions(bundle: &[u8]) -> BTreeSet<String> {
    let file = object::File::parse(bundle).unwrap();
    let functions = file.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text);
    functions.map(|symbol| symbol.name().unwrap().to_owned()).collect()
}

/// Offset and text of the lines of generated code.
fn lines(bundle: &[u8]) -> BTreeMap<u32, String> {
    let btf = Btf::parse(&section(bundle, ".BTF")).unwrap();
    let extension = Extension::parse(&section(bundle, ".BTF.ext")).unwrap();
    let generated = extension.lines.records(&btf).filter(|(section, _)| *section != ".text");
    generated.map(|(_, record)| (record[0], btf.text(record[2]).to_owned())).collect()
}

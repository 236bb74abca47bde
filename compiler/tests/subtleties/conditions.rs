//! When conditions on values hold.

use std::net::{IpAddr, Ipv4Addr};

use writ::ir::interpret::Raw;
use writ::ir::{Jump, Program, Role, Test, ValueOrigin};
use writ::resolved::{Caller, FileType, Origin};
use writ_bundle::Attach;
use writ_bundle::record::connection::{self, Connection, known};

use super::meaning::{errors, event, holds, on, policy, spec, text};

#[test]
fn the_first_selector_that_matches_wins_and_only_its_actions_happen() {
    let mut meaning = on(
        "security_file_open",
        "type: file",
        "{matchArgs: [{index: 0, operator: Prefix, values: [/etc]}], \
          matchActions: [{action: Signal, argSig: 10}]}, \
         {matchArgs: [{index: 0, operator: Prefix, values: [/]}], \
          matchActions: [{action: Signal, argSig: 12}]}",
    );
    let outcome = meaning.hit(&event([text("/etc/passwd")]));
    assert_eq!((outcome.signals, outcome.records[0].selector), (vec![10], Some(0)));
    let outcome = meaning.hit(&event([text("/usr")]));
    assert_eq!((outcome.signals, outcome.records[0].selector), (vec![12], Some(1)));
}

#[test]
fn a_hook_without_selectors_and_an_empty_selector_report_every_hit() {
    for selectors in ["", "{}", "{matchActions: []}"] {
        let mut meaning = on("security_file_open", "type: file", selectors);
        let outcome = meaning.hit(&event([Raw::Unreadable]));
        assert_eq!(outcome.records.len(), 1, "{selectors}");
    }
}

#[test]
fn a_selector_without_actions_posts() {
    let condition = "{matchArgs: [{index: 0, operator: Equal, values: [/a]}]}";
    assert!(on("security_file_open", "type: file", condition).posts(&event([text("/a")])));
}

#[test]
fn conditions_on_the_process_come_before_any_argument_is_read() {
    let meaning = on(
        "security_file_open",
        "type: file",
        "{matchArgs: [{index: 0, operator: Prefix, values: [/etc]}], \
          matchPIDs: [{operator: In, values: [1]}]}",
    );
    let program = meaning.module.programs.iter().find(|one| one.role == Role::Entry).unwrap();
    let is_pid = |test: &&Test| matches!(test, Test::Pid { .. });
    let is_text = |test: &&Test| matches!(test, Test::Text { .. });
    let tests = tests(program);
    let place = |is: &dyn Fn(&&Test) -> bool| tests.iter().position(is).unwrap();
    assert!(place(&is_pid) < place(&is_text));
}

fn tests(program: &Program) -> Vec<&Test> {
    let jumps = program.order().into_iter().map(|block| &program.blocks[block].jump);
    jumps.filter_map(asked).collect()
}

fn asked(jump: &Jump) -> Option<&Test> {
    match jump {
        Jump::Branch(branch) => Some(&branch.test),
        Jump::To(_) | Jump::Returned { .. } | Jump::Finish => None,
    }
}

#[test]
fn no_condition_on_an_argument_that_cannot_be_read_holds_in_either_sense() {
    for condition in [
        "operator: Equal, values: [/a]",
        "operator: NotEqual, values: [/a]",
        "operator: NotPrefix, values: [/a]",
        "operator: NotPostfix, values: [a]",
        "operator: SubString, values: [a]",
        "operator: FileType, values: [reg]",
        "operator: NotFileType, values: [reg]",
    ] {
        assert!(!holds("file", condition, Raw::Unreadable), "{condition}");
    }
    // The next selector is looked at all the same.
    let mut meaning = on(
        "security_file_open",
        "type: file",
        "{matchArgs: [{index: 0, operator: NotEqual, values: [/a]}]}, {}",
    );
    assert_eq!(meaning.selector(&event([Raw::Unreadable])), Some(1));
}

#[test]
fn a_file_without_a_path_never_matches_a_path_but_has_a_type() {
    for condition in [
        "operator: Equal, values: [/a]",
        "operator: NotEqual, values: [/a]",
        "operator: NotPrefix, values: [/a]",
        "operator: NotPostfix, values: [a]",
    ] {
        assert!(!holds("file", condition, Raw::Absent), "{condition}");
    }
    let type_ = "{matchArgs: [{index: 0, operator: FileType, values: [pipe]}]}";
    let mut pipe = event([Raw::Absent]);
    pipe.file_types.insert(1, FileType::Pipe);
    assert!(on("security_file_open", "type: file", type_).posts(&pipe));
}

#[test]
fn an_empty_string_is_unequal_to_any_text() {
    for operator in ["NotEqual", "NotPrefix", "NotPostfix"] {
        let condition = format!("operator: {operator}, values: [a]");
        assert!(holds("string", &condition, text("")), "{operator}");
    }
    assert!(!holds("string", "operator: Prefix, values: [a]", text("")));
}

#[test]
fn several_values_are_any_of_them_or_none_of_them() {
    for (condition, held, missed) in [
        ("operator: Equal, values: [\"1\", \"2\"]", vec![1, 2], vec![0, 3]),
        ("operator: NotEqual, values: [\"1\", \"2\"]", vec![0, 3], vec![1, 2]),
        ("operator: GT, values: [\"5\", \"9\"]", vec![6, 10], vec![5, 0]),
        ("operator: LT, values: [\"5\", \"9\"]", vec![8, 4], vec![9]),
        ("operator: Mask, values: [\"1\", \"8\"]", vec![1, 8, 9, 0xf], vec![0, 2, 4, 6]),
        ("operator: InRange, values: [\"1:3\", \"7:8\"]", vec![1, 3, 7, 8], vec![0, 4, 6, 9]),
        ("operator: NotInRange, values: [\"1:3\", \"7:8\"]", vec![0, 4, 6, 9], vec![1, 3, 7, 8]),
        ("operator: InMap, values: [\"1\", \"4:6\"]", vec![1, 4, 6], vec![0, 3, 7]),
        ("operator: NotInMap, values: [\"1\", \"4:6\"]", vec![0, 3, 7], vec![1, 4, 6]),
    ] {
        for (numbers, expected) in [(held, true), (missed, false)] {
            for number in numbers {
                assert_eq!(holds_for(condition, number), expected, "{condition} for {number}");
            }
        }
    }
}

/// Whether a condition holds for the signal, an `int`, that is sent.
fn holds_for(condition: &str, number: u64) -> bool {
    number_holds("int", condition, number)
}

fn number_holds(type_: &str, condition: &str, bits: u64) -> bool {
    let mut meaning = spec(&format!(
        "  kprobes:\n  - {{call: security_task_kill, syscall: false, \
         args: [{{index: 2, type: {type_}}}], \
         selectors: [{{matchArgs: [{{index: 2, {condition}}}]}}]}}\n"
    ));
    meaning.posts(&event([Raw::Bits(bits)]))
}

#[test]
fn several_texts_are_any_of_them_or_none_of_them() {
    for (condition, held, missed) in [
        ("operator: Equal, values: [/a, /b]", ["/a", "/b"], ["/ab", "/"]),
        ("operator: NotEqual, values: [/a, /b]", ["/ab", "/"], ["/a", "/b"]),
        ("operator: Prefix, values: [/a, /b]", ["/a", "/bcd"], ["/c", "b"]),
        ("operator: NotPrefix, values: [/a, /b]", ["/c", "b"], ["/a", "/bcd"]),
        ("operator: Postfix, values: [.so, .ko]", ["/x.so", ".ko"], ["/so", "/x.so.1"]),
        ("operator: NotPostfix, values: [.so, .ko]", ["/so", "/x.so.1"], ["/x.so", ".ko"]),
        ("operator: SubString, values: [ab, cd]", ["/xaby", "cd"], ["a/b", "/AB"]),
        ("operator: SubStringIgnCase, values: [ab, cd]", ["/xABy", "cD"], ["a/b", "/dc"]),
    ] {
        for (texts, expected) in [(held, true), (missed, false)] {
            for one in texts {
                assert_eq!(holds("file", condition, text(one)), expected, "{condition} for {one}");
            }
        }
    }
}

#[test]
fn a_prefix_is_of_bytes_not_of_names() {
    assert!(holds("file", "operator: Prefix, values: [/etc]", text("/etcetera")));
    assert!(!holds("file", "operator: Prefix, values: [/etc/]", text("/etc")));
}

#[test]
fn a_text_that_was_cut_off_is_compared_as_far_as_it_was_kept() {
    let long = || Raw::Truncated(vec![b's'; 4095]);
    assert!(!holds("string", "operator: Equal, values: [s]", long()));
    assert!(holds("string", "operator: NotEqual, values: [s]", long()));
    assert!(holds("string", "operator: Prefix, values: [ss]", long()));
    assert!(holds("string", "operator: Postfix, values: [ss]", long()));
}

#[test]
fn a_buffer_is_compared_by_the_bytes_that_were_read_with_their_zeros() {
    let holds = |condition: &str, bytes: &[u8]| {
        let mut meaning = spec(&format!(
            "  kprobes:\n  - {{call: sys_write, syscall: true, args: [\
             {{index: 1, type: char_buf, sizeArgIndex: 3}}, {{index: 2, type: size_t}}], \
             selectors: [{{matchArgs: [{{index: 1, {condition}}}]}}]}}\n"
        ));
        meaning.posts(&event([Raw::Text(bytes.to_vec()), Raw::Bits(bytes.len() as u64)]))
    };
    assert!(holds("operator: Equal, values: [ab]", b"ab"));
    assert!(!holds("operator: Equal, values: [ab]", b"ab\0"));
    assert!(holds("operator: Prefix, values: [ab]", b"ab\0c"));
    assert!(holds("operator: Postfix, values: [c]", b"ab\0c"));
    assert!(holds("operator: SubString, values: [c]", b"ab\0cd"));
}

/// A connection between two addresses of IPv4, or one of another family.
fn socket(family: u16) -> Raw {
    let known = if family == connection::IPV4 {
        known::FAMILY | known::SOURCE | known::DESTINATION | known::PROTOCOL
    } else {
        known::FAMILY
    };
    let number = |last| u128::from(Ipv4Addr::new(10, 0, 0, last).to_bits());
    let connection = Connection {
        family,
        known,
        source: number(1),
        destination: number(2),
        source_port: 1024,
        destination_port: 80,
        protocol: 6,
        cookie: 7,
        ..Connection::default()
    };
    Raw::Structure(connection.to_bytes())
}

#[test]
fn an_address_of_another_family_is_in_no_network_and_a_socket_without_addresses_has_none() {
    const UNIX: u16 = 1;
    let address: IpAddr = Ipv4Addr::new(10, 0, 0, 1).into();
    assert!(address.is_ipv4());
    for (condition, of_ipv4) in [
        ("operator: SAddr, values: [10.0.0.0/8]", true),
        ("operator: NotSAddr, values: [10.0.0.0/8]", false),
        // No network is of the address's family.
        ("operator: SAddr, values: [\"fd00::/8\"]", false),
        ("operator: NotSAddr, values: [\"fd00::/8\"]", true),
        ("operator: DAddr, values: [10.0.0.1]", false),
        ("operator: NotDAddr, values: [10.0.0.1]", true),
    ] {
        assert_eq!(holds("sock", condition, socket(connection::IPV4)), of_ipv4, "{condition}");
        assert!(!holds("sock", condition, socket(UNIX)), "{condition} of another family");
    }
}

#[test]
fn a_port_is_privileged_below_1024() {
    assert!(!holds("sock", "operator: SPortPriv", socket(connection::IPV4)));
    assert!(holds("sock", "operator: NotSportPriv", socket(connection::IPV4)));
    assert!(holds("sock", "operator: DPortPriv", socket(connection::IPV4)));
}

#[test]
fn a_system_call_is_hooked_by_the_name_of_this_machine_and_its_arguments_are_the_callers() {
    let meaning = spec(
        "  kprobes:\n  - {call: sys_lseek, syscall: true, args: [{index: 0, type: int}, \
         {index: 2, type: int}]}\n",
    );
    let program = meaning.module.programs.iter().find(|one| one.role == Role::Entry).unwrap();
    let Attach::Fentry { function } = &program.attach else { panic!("{:?}", program.attach) };
    assert_eq!(function, "__x64_sys_lseek");
    let origins: Vec<_> = program.values.iter().map(|(_, value)| value.origin).collect();
    let parameter = |place| ValueOrigin::Hook(Origin::SyscallParameter(place, Caller::Bits64));
    assert_eq!(origins, [parameter(0), parameter(2)]);
}

#[test]
fn numbers_have_the_sign_and_the_width_of_their_type() {
    for (type_, condition, bits, expected) in [
        ("int", "operator: Equal, values: [\"-1\"]", 0xffff_ffff, true),
        ("int", "operator: Equal, values: [\"-1\"]", 0xdead_beef_ffff_ffff, true),
        ("int", "operator: LT, values: [\"0\"]", 0x8000_0000, true),
        ("uint32", "operator: LT, values: [\"1\"]", 0x8000_0000, false),
        ("uint32", "operator: Equal, values: [\"0xffffffff\"]", 0xffff_ffff, true),
        ("uint32", "operator: InMap, values: [\"7\"]", 0xdead_0000_0007, true),
    ] {
        assert_eq!(number_holds(type_, condition, bits), expected, "{type_} {condition} {bits:#x}");
    }
}

#[test]
fn what_was_taken_out_of_the_language_is_refused() {
    for action in ["FollowFD", "UnfollowFD", "CopyFD"] {
        let lines = format!(
            "  kprobes:\n  - {{call: security_file_open, syscall: false, selectors: \
             [{{matchActions: [{{action: {action}}}]}}]}}\n"
        );
        assert!(!errors(&lines).is_empty(), "{action}");
    }
}

#[test]
fn the_case_of_operators_matters_and_that_of_namespaces_changes_and_capabilities_does_not() {
    let hook = |selector: &str| {
        format!(
            "  kprobes:\n  - {{call: security_file_open, syscall: false, args: [{{index: 0, \
             type: file}}], selectors: [{{{selector}}}]}}\n"
        )
    };
    assert!(!errors(&hook("matchArgs: [{index: 0, operator: prefix, values: [/a]}]")).is_empty());
    for selector in [
        "matchNamespaceChanges: [{operator: In, values: [UTS, mnt]}]",
        "matchCapabilities: [{type: Effective, operator: In, values: [cap_sys_admin]}]",
    ] {
        assert!(errors(&hook(selector)).is_empty(), "{selector}: {:?}", errors(&hook(selector)));
    }
}

#[test]
fn zeros_behind_a_postfix_are_not_part_of_it() {
    assert!(holds("string", "operator: Postfix, values: [\"so\\0\"]", text("/x.so")));
    assert!(holds("string", "operator: Equal, values: [\"/x\\0\"]", text("/x")));
}

#[test]
fn an_event_is_reported_once_for_each_policy_that_it_matches() {
    let one = "kind: TracingPolicy\nmetadata: {name: p}\nspec:\n  kprobes:\n  - {call: \
               security_file_open, syscall: false, args: [{index: 0, type: file}]}\n";
    let two =
        format!("{one}---\napiVersion: cilium.io/v1alpha1\n{}", one.replace("name: p", "name: q"));
    let records = policy(&two).hit(&event([text("/a")])).records;
    assert_eq!(records.iter().map(|record| record.hook).collect::<Vec<_>>(), [0, 1]);
}

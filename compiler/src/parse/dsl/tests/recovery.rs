//! One mistake costs one statement, and nothing hostile costs more than its length.

use super::{read, read_clean};

#[test]
fn ten_planted_mistakes_give_ten_findings() {
    let text = r#"
policy "first" {
  mesage "one"
  mode observe
  on kprob security_file_open(file) {
    when file.path == "/a" => kill
  }
  on kprobe security_file_open(file: fiel) {
    when file.path == "/a" => kill
  }
  on kprobe security_file_open(file) {
    when file.path = "/a" => kill
    wehn file.path == "/b" => kill
    when file.path startswith "/c" => kill
    when flie.path == "/d" => kill
    when file.path == "/e" => kil
    when file.path == "/f => kill
    otherwise => post
  }
}
"#;
    let (policies, found) = read(text);
    let underlined: Vec<&str> = found.iter().map(|one| one.underlined.as_str()).collect();
    let expected = [
        "mesage",
        "observe",
        "kprob",
        "fiel",
        "=",
        "wehn",
        "startswith",
        "flie",
        "kil",
        "\"/f => kill",
    ];
    assert_eq!(underlined, expected, "{found:#?}");
    assert_eq!(policies[0].name.value, "first");
}

#[test]
fn a_missing_brace_ends_at_the_next_hook_or_policy() {
    let text = "policy \"a\" {\n on kprobe f(x) {\n when x == 1 => kill\n on kprobe g(y)\n}\n\
                policy \"b\" { on kprobe h(z) ";
    let (policies, found) = read(text);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().all(|one| one.code == "TP0131" && one.underlined == "{"));
    assert_eq!(policies[0].hooks.len(), 2);
    assert_eq!(policies[1].hooks.len(), 1);
}

#[test]
fn a_surplus_brace_is_one_finding() {
    let (policies, found) = read("policy \"a\" { on kprobe f(x) { } } }\npolicy \"b\" { }");
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(policies.len(), 2);
}

#[test]
fn keywords_may_name_arguments() {
    let policies = read_clean(
        "policy \"p\" { on kprobe f(mode: int, tags: int, message, on, in, policy, let, list) {
           when mode == 1 and tags == 2 => kill when on == 3 or in in [4] or let != 5 } }",
    );
    assert_eq!(policies[0].hooks[0].selectors.len(), 2);
}

#[test]
fn statements_need_no_lines_of_their_own() {
    let policies = read_clean(
        "policy \"p\" in namespace \"n\" { message \"m\" tags [\"t\"] mode enforce on kprobe f(x); \
         let a = 1 on kprobe g(x) { when x == a => kill rule \"r\" when x == 2 => post \
         otherwise => drop } on lsm h }",
    );
    assert_eq!(policies[0].hooks.len(), 3);
    assert_eq!(policies[0].hooks[1].selectors.len(), 3);
}

#[test]
fn hostile_texts_end_soon_without_a_panic() {
    let start = std::time::Instant::now();
    let texts = [
        "(".repeat(200_000),
        "policy \"p\" { on kprobe f(x) { when ".to_owned() + &"(".repeat(200_000),
        "policy \"p\" { on kprobe f(x) { when ".to_owned() + &"not ".repeat(200_000),
        "policy \"p\" { for pods { ".to_owned() + &"(".repeat(200_000),
        "policy \"p\" { tags [ ".to_owned() + &"mode a ".repeat(100_000),
        "policy \"p\" { ".repeat(5_000),
        "policy \"p\" { on kprobe f(x) { ".to_owned() + &"when ".repeat(50_000),
        "policy \"p\" { on kprobe f(x) { when x == ".to_owned() + &"\"\\".repeat(50_000),
        "}".repeat(50_000),
        "policy \"p\" { on kprobe f(x) { when ".to_owned() + &"x == 1 and ".repeat(20_000),
        "policy \"p\" { macro m = ".to_owned() + &"use m and (".repeat(20_000),
        "policy \"p\" { on kprobe f(x: int = ".to_owned() + &"a.b[1]".repeat(50_000),
        "policy \"p\" { on kprobe f(x) { when workload(".to_owned() + &"pods(".repeat(50_000),
        "policy \"p\" { list l = [".to_owned() + &"list l ".repeat(50_000),
        "policy \"p\" { loader ".to_owned() + &"loader ".repeat(50_000),
        "policy \"p\" { on uprobe \"x\" ".to_owned() + &"at 1 ".repeat(50_000),
        "policy \"p\" { on kprobe f(x) { when x == 1 => notify ".to_owned()
            + &"kill and ".repeat(50_000),
        "#0 \u{0} é≠ \"\\u{110000}\" policy".repeat(1_000),
    ];
    for text in texts {
        let (_, found) = read(&text);
        assert!(!found.is_empty() && found.len() <= 100, "{}", found.len());
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[test]
fn every_cut_of_a_text_is_read_without_a_panic() {
    let text = "policy \"é\" { let a = [1..2, \"x\"] on kprobe f(#0 as x: int) -> r { \
                when not (x in a or x has_bits 0x1) and r < 0 => post rate 1/s, deny EPERM } }";
    for (at, _) in text.char_indices() {
        let (before, after) = text.split_at(at);
        read(before);
        read(after);
    }
}

#[test]
fn a_line_of_ten_megabytes_is_read_in_reasonable_time() {
    let start = std::time::Instant::now();
    for line in
        ["x".repeat(10 << 20), "\"".to_owned() + &"a\\".repeat(5 << 20), "{[(".repeat(3 << 20)]
    {
        let (_, found) = read(&format!("policy \"p\" {{ on kprobe f(x) {{ when x == {line}"));
        assert!(!found.is_empty() && found.len() <= 100);
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[test]
fn a_text_of_too_many_policies_is_read_up_to_the_limit() {
    let policies: Vec<String> = (0..10_002).map(|at| format!("policy \"p{at}\" {{ }}")).collect();
    let text = policies.join("\n");
    let (policies, found) = read(&text);
    assert_eq!(policies.len(), 10_000);
    let limits: Vec<_> = found.iter().filter(|one| one.code == "TP0141").collect();
    assert_eq!(limits.len(), 1);
    assert_eq!(limits[0].underlined, "policy \"p10000\" { }");
}

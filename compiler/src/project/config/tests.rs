use super::*;
use crate::source::SourceMap;

/// The configuration of a text, and its findings: code, underlined text, help.
fn read_all(text: &str) -> (Config, Vec<(String, String, String)>) {
    let mut sources = SourceMap::default();
    let mut diagnostics = Diagnostics::default();
    let source = sources.add("writ.toml", text);
    let config = read(source, &sources, &mut diagnostics);
    let found = diagnostics.into_sorted().into_iter().map(|diagnostic| {
        let finding = diagnostic.finding;
        (diagnostic.code.id.into(), sources.slice(finding.span).into(), finding.help.join(" "))
    });
    (config, found.collect())
}

fn found(text: &str) -> Vec<(String, String)> {
    read_all(text).1.into_iter().map(|(code, text, _)| (code, text)).collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|&(code, text)| (code.into(), text.into())).collect()
}

const WHOLE: &str = r#"
kernels = ["5.10", "profiles/node.profile"]
engine = "tetragon"
fail-level = "warning"
baseline = "known.jsonl"

[rules]
prefix-boundary = "off"
TP0914 = "error"
TP06 = "note"

[[path]]
files = ["legacy/**"]
rules = { hot-hook = "off" }

[[path]]
files = ["*.draft.yaml"]
exclude = true

[budgets]
max-instructions = 0x1000
max-path = 1_000
max-image-bytes = 65536
max-load = 20

[attach]
"list:calls" = "kprobe.multi"
sys_openat = "tp_btf"
"#;

#[test]
fn every_setting_is_read() {
    let (config, found) = read_all(WHOLE);
    assert!(found.is_empty(), "{found:?}");
    let kernels: Vec<String> = config.kernels.unwrap().into_iter().map(|name| name.value).collect();
    assert_eq!(kernels, ["5.10", "profiles/node.profile"]);
    assert_eq!(config.engine.unwrap().name(), "tetragon@1.7");
    assert_eq!(config.fail_level, Some(Severity::Warning));
    assert_eq!(config.baseline.unwrap().value, "known.jsonl");
    assert_eq!(config.rules.iter().count(), 3);
    assert_eq!(config.paths.len(), 2);
    let budgets = Budgets {
        max_instructions: Some(4096),
        max_path: Some(1000),
        max_image_bytes: Some(65536),
        max_load: Some(20),
    };
    assert_eq!(config.budgets, budgets);
    let ways = [("list:calls", Way::KprobeMulti), ("sys_openat", Way::BtfTracepoint)];
    assert_eq!(config.attach, ways.map(|(hook, way)| (hook.to_owned(), way)).into());
}

#[test]
fn a_later_path_is_stronger() {
    use crate::diagnostic::code::{HOT_HOOK, PREFIX_BOUNDARY};
    let (config, _) = read_all(WHOLE);
    assert_eq!(config.at("a.yaml").level(&HOT_HOOK), Some(Level::Error));
    let legacy = config.at("legacy/a.yaml");
    assert_eq!(legacy.level(&HOT_HOOK), Some(Level::Off));
    assert_eq!(legacy.level(&PREFIX_BOUNDARY), Some(Level::Off));
    assert!(legacy.exclude.is_none());
    assert!(config.at("legacy/a.draft.yaml").exclude.is_some());
}

#[test]
fn every_mistake_is_reported_in_one_run() {
    let text = r#"
kernel = ["5.10"]
engine = "tetragn"
fail-level = 3
kernels = []
[rules]
prefix-boundry = "off"
hot-hook = "of"
unknown-function = "note"
TP0904 = "off"
prefix-boundary = "note"
[[path]]
exclude = "yes"
[[path]]
files = ["a/["]
colour = 1
[budgets]
max-path = -1
max-instructions = 5_000_000_000
[attach]
sys_openat = "kprob"
file_open = 1
"#;
    let expected = pairs(&[
        ("TP0011", "kernel"),
        ("TP0012", "\"tetragn\""),
        ("TP0012", "3"),
        ("TP0012", "[]"),
        ("TP0013", "prefix-boundry"),
        ("TP0012", "\"of\""),
        ("TP0014", "\"note\""),
        ("TP0012", "prefix-boundary"),
        ("TP0012", "[[path]]"),
        ("TP0012", "\"yes\""),
        ("TP0012", "\"a/[\""),
        ("TP0011", "colour"),
        ("TP0012", "-1"),
        ("TP0012", "5_000_000_000"),
        ("TP0012", "\"kprob\""),
        ("TP0012", "1"),
    ]);
    assert_eq!(found(text), expected);
}

#[test]
fn what_tetragon_accepts_can_be_lowered() {
    let lowered = "[rules]\nunknown-function = \"note\"\n";
    assert_eq!(found(lowered), pairs(&[("TP0014", "\"note\"")]));
    assert_eq!(found(&format!("engine = \"tetragon\"\n{lowered}")), []);
}

#[test]
fn the_nearest_names_are_given() {
    let (_, found) = read_all("kernel = []\nengine = \"tetragn\"\n[rules]\nprefix-boundry = 1\n");
    let help: Vec<&str> = found.iter().map(|(_, _, help)| help.as_str()).collect();
    assert_eq!(
        help,
        ["did you mean `kernels`?", "did you mean `tetragon`?", "did you mean `prefix-boundary`?"]
    );
}

#[test]
fn broken_lines_do_not_hide_mistakes_in_others() {
    let text = "engine = writ\nkernel = [\"5.10\"]\nfail-level = \"warning\"\n";
    let (config, _) = read_all(text);
    assert_eq!(config.fail_level, Some(Severity::Warning));
    assert_eq!(found(text), pairs(&[("TP0010", "writ"), ("TP0011", "kernel")]));
}

#[test]
fn hostile_texts_are_only_reported() {
    let deep = "a=".to_owned() + &"[".repeat(100_000);
    for text in [
        deep.as_str(),
        "[[[[",
        "=",
        "\u{0}",
        "a.b.c.d=1\na.b=1",
        "\"",
        "[rules",
        "rules = [1",
        "[[path]",
    ] {
        assert!(!found(text).is_empty(), "{text:.20}");
    }
}

#[test]
fn the_documentation_shows_every_setting() {
    let text = include_str!("../../../CONFIGURATION.md");
    let block = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let (config, found) = read_all(block);
    assert!(found.is_empty(), "{found:?}");
    let every = [&read::TOP[..], &read::PATH, &read::BUDGETS].concat();
    for key in every {
        assert!(block.contains(key), "{key}");
    }
    assert_eq!(config.paths.len(), 2);
}

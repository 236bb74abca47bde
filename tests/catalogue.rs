//! Every diagnostic code has a page whose examples do what the page says.

use std::collections::BTreeMap;
use std::path::Path;

use clap::Parser as _;
use writ::diagnostic::Severity;
use writ::diagnostic::code::{self, Code};

use crate::files;

#[test]
fn codes_are_ordered_and_well_formed() {
    let ids: Vec<&str> = code::ALL.iter().map(|code| code.id).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(ids, sorted, "ids are unique and in order");
    for code in code::ALL {
        assert!(
            code.id.len() == 6 && code.id.starts_with("TP") && code.id[2..].parse::<u32>().is_ok(),
            "{}",
            code.id
        );
        let kebab = code.name.split('-').all(|word| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        });
        assert!(kebab && !code.name.starts_with("no-"), "{}: `{}`", code.id, code.name);
    }
    let mut names: Vec<&str> = code::ALL.iter().map(|code| code.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), code::ALL.len(), "names are unique");
}

#[test]
fn there_are_at_least_forty_codes() {
    assert!(code::ALL.len() >= 40, "{}", code::ALL.len());
}

#[test]
fn every_page_has_a_code() {
    for page in files::below(&files::top().join("compiler/codes")) {
        let id = page.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(code::find(&id).is_some(), "{} has no code", page.display());
    }
}

#[test]
fn every_page_has_its_sections() {
    for code in code::ALL {
        let title = format!("# {}: {}", code.id, code.name);
        assert_eq!(code.page.lines().next(), Some(title.as_str()), "{}", code.id);
        let headings: Vec<&str> =
            code.page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let wanted = ["What it means", "Why it matters", "Example", "Instead", "How we know"];
        assert_eq!(headings, wanted, "{}", code.id);
    }
}

#[test]
fn every_code_is_emitted_in_exactly_one_place() {
    let root = files::top().join("compiler/src");
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let catalogue = files::text(&root.join("diagnostic/code.rs"));
    let constants: BTreeMap<&str, &str> = catalogue
        .lines()
        .filter_map(|line| line.trim().split_once(" = \"TP"))
        .map(|(constant, rest)| (constant, &rest[..4]))
        .collect();
    let sources = files::below(&root);
    let is_read =
        |path: &Path| !path.ends_with("diagnostic/code.rs") && !path.ends_with("tests.rs");
    for path in sources.iter().filter(|path| is_read(path)) {
        let text = files::text(path);
        let text = text.split("\n#[cfg(test)]\n").next().unwrap_or("");
        for (word, uses) in uses(text) {
            let Some((constant, _)) = constants.get_key_value(word) else { continue };
            let found = places.entry(constant).or_default();
            found.extend((0..uses).map(|_| path.display().to_string()));
        }
    }
    let wrong: Vec<String> = constants
        .iter()
        .filter_map(|(constant, number)| {
            let found = places.get(constant).map_or(&[][..], Vec::as_slice);
            (found.len() != 1).then(|| format!("TP{number} {constant}: {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
}

/// How often each word stands in the code, without `use` declarations, which emit nothing.
fn uses(text: &str) -> BTreeMap<&str, usize> {
    let mut uses = BTreeMap::new();
    for word in words(text) {
        *uses.entry(word).or_default() += 1;
    }
    for word in imported(text) {
        uses.entry(word).and_modify(|count: &mut usize| *count = count.saturating_sub(1));
    }
    uses
}

/// The words of `use` declarations.
fn imported(text: &str) -> impl Iterator<Item = &str> {
    let declarations = text.split(';').filter(|part| {
        let part = part.trim_start();
        part.lines().any(|line| line.starts_with("use ") || line.starts_with("    use "))
    });
    declarations.filter_map(|part| part.rsplit("use ").next()).flat_map(words)
}

/// Codes whose example cannot do without another finding: TP0021 is about what cannot be done with
/// an error, and TP0857 about so many process ids that one of them is not init's.
const COMPANIONS: [(&str, &str); 2] = [("TP0021", "TP0201"), ("TP0857", "TP0916")];

fn is_expected(code: &Code, found: &str) -> bool {
    found == code.id || COMPANIONS.contains(&(code.id, found))
}

#[test]
fn every_example_reports_its_code_and_nothing_as_bad() {
    let mut wrong = Vec::new();
    for code in code::ALL {
        let found = findings(code, "Example");
        let as_bad: Vec<&(String, Severity)> =
            found.iter().filter(|(_, severity)| *severity >= code.severity).collect();
        let is_reported = as_bad.iter().any(|(id, _)| id == code.id);
        let is_right = is_reported && as_bad.iter().all(|(id, _)| is_expected(code, id));
        if !is_right {
            wrong.push(format!("{}: the example reports {found:?}", code.id));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_cure_is_clean() {
    let mut wrong = Vec::new();
    for code in code::ALL {
        let found = findings(code, "Instead");
        let still = found.iter().any(|(id, severity)| {
            id == code.id || (*severity == Severity::Error && !is_expected(code, id))
        });
        if still {
            wrong.push(format!("{}: the cure reports {found:?}", code.id));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What the command says about every block of a section, as code and severity.
fn findings(code: &Code, section: &str) -> Vec<(String, Severity)> {
    let heading = format!("\n## {section}\n");
    let body = code.page.split(&heading).nth(1).unwrap_or("");
    let body = body.split("\n## ").next().unwrap_or("");
    let blocks = blocks(body);
    assert!(!blocks.is_empty(), "{}: `{section}` has no block of yaml, writ or hex", code.id);
    blocks.iter().flat_map(|block| run(code, block)).collect()
}

/// A fenced block: its language, its command line, and its bytes.
struct Block {
    language: String,
    arguments: Vec<String>,
    bytes: Vec<u8>,
    /// Names and texts of the files beside it: the blocks of other languages before it.
    beside: Vec<(&'static str, String)>,
}

/// The file that a block of another language than a policy's is.
fn file_beside(language: &str) -> Option<&'static str> {
    match language {
        "toml" => Some("writ.toml"),
        "json" => Some("known.jsonl"),
        _ => None,
    }
}

fn blocks(text: &str) -> Vec<Block> {
    let mut parts = text.split("```");
    let mut blocks = Vec::new();
    let mut beside = Vec::new();
    while let (Some(_), Some(block)) = (parts.next(), parts.next()) {
        let (info, body) = block.split_once('\n').unwrap_or((block, ""));
        let mut words = info.split_whitespace().map(String::from);
        let language = words.next().unwrap_or_default();
        beside.extend(file_beside(&language).map(|name| (name, body.to_owned())));
        if !["yaml", "writ", "hex"].contains(&language.as_str()) {
            continue;
        }
        let bytes = if language == "hex" {
            body.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
        } else {
            body.as_bytes().to_vec()
        };
        let beside = std::mem::take(&mut beside);
        blocks.push(Block { language, arguments: words.collect(), bytes, beside });
    }
    blocks
}

fn is_short(word: &str) -> bool {
    ["kernel=", "engine="].iter().any(|option| word.starts_with(option))
}

/// The words after the language are the command line: `check --kernel 6.1` when there are none,
/// and `engine=tetragon kernel=5.10` is short for `check --engine tetragon --kernel 5.10`.
fn run(code: &Code, block: &Block) -> Vec<(String, Severity)> {
    let ending = if block.language == "writ" { "writ" } else { "yaml" };
    let thread = std::thread::current().name().unwrap_or("").replace(':', "-");
    let folder = std::env::temp_dir().join(format!("writ-catalogue-{}", std::process::id()));
    let folder = folder.join(format!("{}-{thread}", code.id));
    // What an earlier block left must not apply to this one.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("policy.{ending}"));
    std::fs::write(&path, &block.bytes).unwrap();
    for (name, text) in &block.beside {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let mut line: Vec<String> = vec!["writ".into()];
    match block.arguments.as_slice() {
        [] => line.extend(["check".into(), "--kernel".into(), "6.1".into()]),
        short if short.iter().all(|word| is_short(word)) => {
            line.push("check".into());
            line.extend(short.iter().map(|word| format!("--{word}")));
        }
        arguments => line.extend(arguments.iter().cloned()),
    }
    if line[1] == "compile" {
        let output = path.with_extension("bpf.o").display().to_string();
        line.extend(["--kernel".into(), "6.1".into(), "--output".into(), output]);
    }
    line.extend(["--format".into(), "json".into(), path.display().to_string()]);
    let arguments = writ::cli::Arguments::try_parse_from(&line)
        .unwrap_or_else(|error| panic!("{}: {error}", code.id));
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let has_result = ["compile", "convert"].contains(&line[1].as_str());
    writ::cli::run(arguments, &mut stdout, &mut stderr)
        .unwrap_or_else(|failure| panic!("{}: {failure}", code.id));
    let report = if has_result { stderr } else { stdout };
    let report: serde_json::Value = serde_json::from_slice(&report).expect("the report is JSON");
    let severity = |finding: &serde_json::Value| match finding["severity"].as_str() {
        Some("error") => Severity::Error,
        Some("warning") => Severity::Warning,
        _ => Severity::Note,
    };
    let findings = report["findings"].as_array().expect("the report has findings");
    findings
        .iter()
        .map(|finding| (finding["code"].as_str().unwrap().to_owned(), severity(finding)))
        .collect()
}

//! `--engine tetragon` says what Tetragon says: its list of verdicts is complete, and it agrees with
//! Tetragon on a corpus of policies where one is at hand.

mod difference_table;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Parser as _;
use writ::check::tetragon::rules;
use writ::diagnostic::code;

use crate::files;
use difference_table::{Difference, NEWEST, REVIEWED, SMALL_PROGRAMS};

/// The rows that the list must have: a chapter, and how many rows it has.
const CHAPTERS: [(&str, usize); 6] =
    [("5.1", 8), ("5.2", 27), ("5.3", 42), ("5.4", 10), ("5.5", 56), ("trap", 20)];

/// A row of `compiler/TETRAGON.md`.
struct Row {
    id: String,
    what: String,
    answer: String,
}

fn rows() -> Vec<Row> {
    let text = files::text(&files::top().join("compiler/TETRAGON.md"));
    text.lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .map(|line| {
            let (id, rest) = line.split_once("` | ").expect("a row has an id");
            let rest = rest.strip_suffix(" |").expect("a row ends");
            let (what, answer) = rest.rsplit_once(" | ").expect("a row has three columns");
            Row { id: id.into(), what: what.into(), answer: answer.into() }
        })
        .collect()
}

fn codes_in(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.starts_with("TP0"))
}

#[test]
fn the_list_has_every_row_once() {
    let wanted: Vec<String> = CHAPTERS
        .iter()
        .flat_map(|(chapter, count)| (1..=*count).map(move |row| format!("{chapter}-{row}")))
        .collect();
    let found: Vec<String> = rows().into_iter().map(|row| row.id).collect();
    assert_eq!(found, wanted);
}

#[test]
fn every_row_has_a_code_or_a_reason() {
    for row in rows() {
        assert!(!row.what.is_empty(), "{}", row.id);
        let reason = row.answer.strip_prefix("not applicable: ");
        let codes: Vec<&str> = codes_in(&row.answer).collect();
        assert!(reason.is_some() || !codes.is_empty(), "{}: {}", row.id, row.answer);
        for code in codes {
            assert!(code::find(code).is_some(), "{}: there is no {code}", row.id);
        }
    }
}

#[test]
fn every_rule_about_tetragon_stands_in_the_list() {
    let rows = rows();
    let listed: BTreeSet<&str> = rows.iter().flat_map(|row| codes_in(&row.answer)).collect();
    for rule in rules::ALL {
        assert!(listed.contains(rule.code.id), "{} is in no row", rule.code.id);
    }
    let known: BTreeSet<&str> = rules::ALL.iter().map(|rule| rule.code.id).collect();
    let orphans: Vec<&str> = code::ALL
        .iter()
        .map(|code| code.id)
        .filter(|id| id.starts_with("TP08") && !known.contains(id))
        .collect();
    assert!(orphans.is_empty(), "no rule has {orphans:?}");
}

#[test]
fn the_table_of_answers_names_codes_that_exist() {
    for (id, _) in writ::engine::answer_table::EXCEPTIONS {
        assert!(code::find(id).is_some(), "there is no {id}");
    }
}

/// A file of the corpus, with Tetragon's answers.
pub(crate) struct Sample {
    pub(crate) file: String,
    /// With every feature of the kernel.
    pub(crate) newest: bool,
    /// With small programs.
    small: bool,
}

/// The corpus, when it stands beside the repository.
pub(crate) fn corpus() -> Option<(PathBuf, Vec<Sample>)> {
    let folder = files::top().parent()?.join("shared/corpus");
    let folder = [folder, files::top().join("../../shared/corpus")]
        .into_iter()
        .find(|folder| folder.join("manifest.tsv").exists())?;
    let manifest = files::text(&folder.join("manifest.tsv"));
    let samples = manifest
        .lines()
        .skip(1)
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            let accepts = |column: usize| !columns[column].contains("ERR");
            Sample { file: columns[0].to_owned(), newest: accepts(3), small: accepts(4) }
        })
        .collect();
    Some((folder, samples))
}

/// Every finding of every file: its severity and code.
fn findings(
    folder: &Path,
    samples: &[Sample],
    engine: &str,
    kernel: &str,
) -> BTreeMap<String, Vec<(String, String)>> {
    let mut line: Vec<String> =
        ["writ", "check", "--engine", engine, "--kernel", kernel, "--format", "json"]
            .map(String::from)
            .to_vec();
    line.extend(samples.iter().map(|sample| folder.join(&sample.file).display().to_string()));
    let arguments = writ::cli::Arguments::try_parse_from(&line).unwrap();
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    writ::cli::run(arguments, &mut stdout, &mut stderr).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&stdout).unwrap();
    let mut found: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for finding in report["findings"].as_array().unwrap() {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let file = text(&finding["place"]["file"]);
        let sample =
            samples.iter().find(|sample| file.ends_with(&format!("/{}", sample.file))).unwrap();
        let entry = found.entry(sample.file.clone()).or_default();
        entry.push((text(&finding["severity"]), text(&finding["code"])));
    }
    found
}

/// Compares the verdicts on one kernel with Tetragon's; each difference must be in the table.
fn compare(kernel: &str, accepts: fn(&Sample) -> bool, table: &[Difference]) {
    let Some((folder, samples)) = corpus() else {
        eprintln!("skipped: there is no corpus at ../shared/corpus");
        return;
    };
    let found = findings(&folder, &samples, "tetragon", kernel);
    let mut wrong = Vec::new();
    let mut same = 0;
    for sample in &samples {
        let own = found.get(&sample.file).map_or(&[][..], Vec::as_slice);
        let is_refused = own.iter().any(|(severity, _)| severity == "error");
        let agrees = is_refused != accepts(sample);
        let known = table.iter().any(|(file, _)| sample.file.starts_with(file));
        same += usize::from(agrees);
        if agrees == known {
            wrong.push(format!("{} (known: {known}): {own:?}", sample.file));
        }
    }
    eprintln!("{kernel}: {same} of {} verdicts are Tetragon's own", samples.len());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_verdicts_on_the_corpus_are_tetragons() {
    compare("7.2+lsm=bpf", |sample| sample.newest, NEWEST);
}

#[test]
fn the_verdicts_with_small_programs_are_tetragons() {
    compare("6.1+avoid=large-programs", |sample| sample.small, SMALL_PROGRAMS);
}

#[test]
fn every_warning_on_a_policy_that_runs_well_was_reviewed() {
    let Some((folder, samples)) = corpus() else {
        eprintln!("skipped: there is no corpus at ../shared/corpus");
        return;
    };
    let good: Vec<Sample> = samples.into_iter().filter(|sample| sample.newest).collect();
    let mut wrong = Vec::new();
    for engine in ["tetragon", "writ"] {
        for (file, found) in findings(&folder, &good, engine, "7.2+lsm=bpf") {
            for (severity, code) in found {
                let is_alarm = severity == "warning" || code.starts_with("TP08");
                let reviewed = REVIEWED.iter().any(|(known, files, _)| {
                    *known == code && files.iter().any(|one| file.starts_with(one))
                });
                if is_alarm && severity != "error" && !reviewed {
                    wrong.push(format!("{engine}: {code} on {file}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Policies of our own, one for each thing that Tetragon refuses or takes. The first line of each
/// says the verdict, and the code that must be among the findings.
#[test]
fn our_own_policies_get_the_verdict_that_they_say() {
    let paths = files::below(&files::top().join("tests/tetragon/verdicts"));
    assert!(paths.len() > 60, "{}", paths.len());
    let samples: Vec<Sample> = paths
        .iter()
        .map(|path| {
            let file = path.file_name().unwrap().to_string_lossy().into_owned();
            Sample { file, newest: true, small: true }
        })
        .collect();
    let folder = files::top().join("tests/tetragon/verdicts");
    let found = findings(&folder, &samples, "tetragon", "6.12+lsm=bpf");
    let mut wrong = Vec::new();
    for (path, sample) in paths.iter().zip(&samples) {
        let text = files::text(path);
        let mut words = text.lines().next().unwrap_or("").split_whitespace().skip(1);
        let refused = words.next() == Some("refused");
        let own = found.get(&sample.file).map_or(&[][..], Vec::as_slice);
        let is_refused = own.iter().any(|(severity, _)| severity == "error");
        let tells = words.all(|code| own.iter().any(|(_, found)| found == code));
        if is_refused != refused || !tells {
            wrong.push(format!("{}: {own:?}", sample.file));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

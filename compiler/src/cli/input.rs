//! Reads the policy files that a command names.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::Failure;
use crate::diagnostic::{Diagnostics, Finding, Reported, code};
use crate::parse::{self, Language};
use crate::policy::Policy;
use crate::source::{SOURCE_MAX, SourceId, SourceMap, Span};

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Input {
    pub(super) sources: SourceMap,
    /// Each file with the policies that were understood in it.
    pub(super) files: Vec<File>,
    /// What is wrong whatever the kernel.
    pub(super) diagnostics: Diagnostics,
}

/// One file.
#[derive(Debug)]
pub(super) struct File {
    pub(super) language: Language,
    pub(super) policies: Vec<Policy>,
}

impl Input {
    /// All policies of all files.
    pub(super) fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.files.iter().flat_map(|file| &file.policies)
    }

    /// The policies that were written in YAML, which Tetragon can read.
    pub(super) fn yaml(&self) -> impl Iterator<Item = &Policy> {
        let files = self.files.iter().filter(|file| file.language == Language::Yaml);
        files.flat_map(|file| &file.policies)
    }
}

/// Reads and parses what `paths` name: files, directories, or `-` for standard input.
///
/// # Errors
///
/// When a file cannot be read, is too large, or a directory holds no policy.
pub(super) fn read(paths: &[PathBuf], language: Option<Language>) -> Result<Input, Failure> {
    let mut input = Input::default();
    for path in paths {
        if path.as_os_str() == "-" {
            let mut bytes = Vec::new();
            read_bounded(std::io::stdin().lock(), &mut bytes)
                .map_err(|error| Failure::file("cannot read", Path::new("<stdin>"), &error))?;
            take(&mut input, "<stdin>", bytes, language);
        } else if path.is_dir() {
            read_directory(&mut input, path, language)?;
        } else {
            let bytes = read_file(path)?;
            take(&mut input, &path.display().to_string(), bytes, language);
        }
    }
    Ok(input)
}

/// The bytes of a file that a command names.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| read_bounded(file, &mut bytes))
        .map_err(|error| Failure::file("cannot read", path, &error))?;
    Ok(bytes)
}

fn read_bounded(from: impl std::io::Read, into: &mut Vec<u8>) -> std::io::Result<()> {
    let limit = SOURCE_MAX as u64;
    let read = from.take(limit + 1).read_to_end(into)?;
    if read as u64 > limit {
        let message = format!("larger than {} MiB", SOURCE_MAX >> 20);
        return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, message));
    }
    Ok(())
}

/// Every policy file below `directory`, in the order of their names.
fn read_directory(
    input: &mut Input,
    directory: &Path,
    language: Option<Language>,
) -> Result<(), Failure> {
    let mut found = false;
    let walk =
        ignore::WalkBuilder::new(directory).require_git(false).sort_by_file_path(Path::cmp).build();
    for entry in walk {
        let entry = entry.map_err(|error| Failure::file("cannot walk", directory, &error))?;
        let path = entry.path();
        if !path.is_file() || !has_policy_ending(path) {
            continue;
        }
        let bytes = read_file(path)?;
        // A repository holds YAML of other kinds, which was not named and is not ours to judge.
        if Language::of(&path.to_string_lossy()) == Language::Yaml && !mentions_policy(&bytes) {
            continue;
        }
        found = true;
        take(input, &path.display().to_string(), bytes, language);
    }
    if found {
        return Ok(());
    }
    let why = "no file in it ends in .yaml, .yml or .writ and holds a policy";
    Err(Failure::file("nothing to read in", directory, &why))
}

fn has_policy_ending(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    ["yaml", "yml", "writ"].iter().any(|known| ending == *known)
}

fn mentions_policy(bytes: &[u8]) -> bool {
    let word = b"TracingPolicy";
    bytes.windows(word.len()).any(|window| window == word)
}

fn take(input: &mut Input, name: &str, bytes: Vec<u8>, language: Option<Language>) {
    let (text, bad) = match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            (String::from_utf8_lossy(error.as_bytes()).into_owned(), Some(good))
        }
    };
    let language = language.unwrap_or_else(|| language_of(name, &text));
    let source = input.sources.add(name, text);
    let policies = match bad {
        Some(offset) => {
            not_utf8(source, offset, &mut input.diagnostics);
            Vec::new()
        }
        None => parse::parse(source, language, &input.sources, &mut input.diagnostics),
    };
    input.files.push(File { language, policies });
}

/// Standard input has no name, so its first word tells.
fn language_of(name: &str, text: &str) -> Language {
    if name != "<stdin>" {
        return Language::of(name);
    }
    let first =
        text.lines().map(str::trim_start).find(|line| !line.is_empty() && !line.starts_with('#'));
    if first.is_some_and(|line| line.starts_with("policy ")) {
        Language::Writ
    } else {
        Language::Yaml
    }
}

/// Reports that a text, which was read all the same, is not UTF-8 at `offset`.
pub(super) fn not_utf8(source: SourceId, offset: usize, diagnostics: &mut Diagnostics) -> Reported {
    let span = Span::new(source, offset..offset + '\u{fffd}'.len_utf8());
    diagnostics.error(
        &code::NOT_UTF8,
        Finding::at(span, "the file is not UTF-8 text")
            .label("the first byte that is not text")
            .help(Some("save the file as UTF-8".into())),
    )
}

//! Reads the policy files that a command names.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::project::{ProjectId, Projects};
use super::{Failure, program_types};
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
    diagnostics: Diagnostics,
}

/// One file.
#[derive(Debug)]
pub(super) struct File {
    pub(super) source: SourceId,
    pub(super) language: Language,
    /// Empty until the file is parsed.
    pub(super) policies: Vec<Policy>,
    /// The project that it belongs to.
    pub(super) project: Option<ProjectId>,
    /// Where the first byte is that is not UTF-8.
    not_utf8_at: Option<usize>,
}

impl File {
    /// The policies that are understood in it.
    pub(super) fn parse(&self, sources: &SourceMap, diagnostics: &mut Diagnostics) -> Vec<Policy> {
        if let Some(offset) = self.not_utf8_at {
            not_utf8(self.source, offset, diagnostics);
            return Vec::new();
        }
        let mut policies = parse::parse(self.source, self.language, sources, diagnostics);
        let name = sources.get(self.source).map_or("", |source| source.name.as_str());
        let folder = Path::new(name).parent().unwrap_or(Path::new(""));
        program_types::read(&mut policies, folder);
        policies
    }
}

impl Input {
    /// All policies of all files.
    pub(super) fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.files.iter().flat_map(|file| &file.policies)
    }

    /// Takes what is wrong with the files whatever the kernel.
    pub(super) fn take_diagnostics(&mut self) -> Diagnostics {
        std::mem::take(&mut self.diagnostics)
    }

    /// The projects of the files, in the order in which they first occur.
    pub(super) fn projects(&self) -> Vec<Option<ProjectId>> {
        let mut projects = Vec::new();
        for file in &self.files {
            if !projects.contains(&file.project) {
                projects.push(file.project);
            }
        }
        projects
    }

    /// The policy file that is this source.
    pub(super) fn file(&self, source: SourceId) -> Option<&File> {
        // Sources and files are taken in together, so both are in order.
        let at = self.files.binary_search_by_key(&source, |file| file.source).ok()?;
        self.files.get(at)
    }
}

/// Reads and parses what `paths` name: files, directories, or `-` for standard input.
///
/// # Errors
///
/// When a file cannot be read, is too large, or a directory holds no policy.
pub(super) fn read(paths: &[PathBuf], language: Option<Language>) -> Result<Input, Failure> {
    read_in(&mut Projects::default(), Input::default(), paths, language)
}

/// The same, where each file is looked at as its project says. Those that it excludes are left out.
pub(super) fn read_in(
    projects: &mut Projects,
    input: Input,
    paths: &[PathBuf],
    language: Option<Language>,
) -> Result<Input, Failure> {
    let mut input = collect(projects, input, paths, language)?;
    for file in &mut input.files {
        file.policies = file.parse(&input.sources, &mut input.diagnostics);
    }
    Ok(input)
}

/// The same, but nothing is parsed.
pub(super) fn collect(
    projects: &mut Projects,
    mut input: Input,
    paths: &[PathBuf],
    language: Option<Language>,
) -> Result<Input, Failure> {
    let mut reader = Reader { input: &mut input, projects, language };
    for path in paths {
        if path.as_os_str() == "-" {
            let mut bytes = Vec::new();
            read_bounded(std::io::stdin().lock(), &mut bytes)
                .map_err(|error| Failure::file("cannot read", Path::new("<stdin>"), &error))?;
            let project = reader.projects.of(Path::new(""), &mut reader.input.sources)?;
            reader.take("<stdin>", bytes, project);
        } else if path.is_dir() {
            reader.directory(path)?;
        } else {
            reader.file(path)?;
        }
    }
    Ok(input)
}

/// One text that is in memory, as an editor has it, where its project does not exclude it.
///
/// # Errors
///
/// When the settings of its project cannot be read.
pub(super) fn of_text(
    projects: &mut Projects,
    name: &str,
    text: &str,
    language: Language,
) -> Result<Input, Failure> {
    let mut input = Input::default();
    let mut reader = Reader { input: &mut input, projects, language: Some(language) };
    let path = Path::new(name);
    let project = reader.projects.of(path, &mut reader.input.sources)?;
    if reader.projects.at(project, path).exclude.is_none() {
        reader.take(name, text.as_bytes().to_vec(), project);
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

struct Reader<'a> {
    input: &'a mut Input,
    projects: &'a mut Projects,
    language: Option<Language>,
}

impl Reader<'_> {
    /// A file that was named. If its project excludes it all the same, as it is with `pre-commit`,
    /// which names every file that changed, that is said.
    fn file(&mut self, path: &Path) -> Result<(), Failure> {
        let project = self.projects.of(path, &mut self.input.sources)?;
        if let Some(exclude) = self.projects.at(project, path).exclude {
            let message = format!("`{}` is not checked", path.display());
            self.projects.diagnostics.add(
                &code::EXCLUDED_FILE,
                Finding::at(exclude, message)
                    .label("excluded here")
                    .help("`--no-config` checks it all the same".to_owned()),
            );
            return Ok(());
        }
        let bytes = read_file(path)?;
        self.take(&shown(path), bytes, project);
        Ok(())
    }

    /// Every policy file below `directory`, in the order of their names.
    fn directory(&mut self, directory: &Path) -> Result<(), Failure> {
        let mut found = false;
        let walk = ignore::WalkBuilder::new(directory)
            .require_git(false)
            .sort_by_file_path(Path::cmp)
            .build();
        for entry in walk {
            let entry = entry.map_err(|error| Failure::file("cannot walk", directory, &error))?;
            let path = entry.path();
            if !path.is_file() || !has_policy_ending(path) {
                continue;
            }
            let project = self.projects.of(path, &mut self.input.sources)?;
            if self.projects.at(project, path).exclude.is_some() {
                found = true;
                continue;
            }
            let bytes = read_file(path)?;
            // A repository holds YAML of other kinds, which was not named and is not ours to judge.
            if Language::of(&path.to_string_lossy()) == Language::Yaml && !mentions_policy(&bytes) {
                continue;
            }
            found = true;
            self.take(&shown(path), bytes, project);
        }
        if found {
            return Ok(());
        }
        let why = "no file in it ends in .yaml, .yml, .json or .writ and holds a policy";
        Err(Failure::file("nothing to read in", directory, &why))
    }

    fn take(&mut self, name: &str, bytes: Vec<u8>, project: Option<ProjectId>) {
        let (text, not_utf8_at) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                (String::from_utf8_lossy(error.as_bytes()).into_owned(), Some(good))
            }
        };
        let language = self.language.unwrap_or_else(|| language_of(name, &text));
        let source = self.input.sources.add(name, text);
        let policies = Vec::new();
        self.input.files.push(File { source, language, policies, project, not_utf8_at });
    }
}

/// A file's name in messages. Reports are matched with the repository's own paths, and those do not
/// begin with `./`.
fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}

fn has_policy_ending(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    ["yaml", "yml", "json", "writ"].iter().any(|known| ending == *known)
}

fn mentions_policy(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"TracingPolicy").is_some()
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

//! Finds the `writ.toml` of each policy, and says what it and the command line ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use clap::Args;

use super::{Failure, input, kernel};
use crate::diagnostic::{Code, Diagnostics, Finding, Severity};
use crate::engine::{Engine, LoadBudget};
use crate::kernel::Profile;
use crate::project::config::{self, AtPath};
use crate::project::level::Rules;
use crate::project::{Config, Date, Level, Levels};
use crate::source::{SourceId, SourceMap};

/// The name of the file.
pub(super) const FILE: &str = "writ.toml";

/// What is asked of the project's own settings.
#[derive(Debug, Clone, Default, Args)]
pub struct ProjectArguments {
    /// Take the settings from this file; without it, from the nearest `writ.toml` in the folder of
    /// each policy or above it, up to the top of its repository
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Take no settings from any `writ.toml`
    #[arg(long)]
    pub no_config: bool,
    /// Set the level of a rule (a code, its name, or `TP09` for all that begin so) to error, warning,
    /// note or off, whatever `writ.toml` says. Can be given again
    #[arg(long = "level", value_name = "RULE=LEVEL", value_parser = level)]
    pub levels: Vec<RuleLevel>,
    /// The day on which suppressions are looked at; today when it is not given
    #[arg(long, value_name = "YEAR-MONTH-DAY", value_parser = day)]
    pub today: Option<Date>,
}

/// `RULE=LEVEL`.
#[derive(Debug, Clone, Copy)]
pub struct RuleLevel(Rules, Level);

fn level(text: &str) -> Result<RuleLevel, String> {
    let (rule, word) = text.split_once('=').ok_or("write `RULE=LEVEL`")?;
    let rules = Rules::find(rule).ok_or_else(|| {
        let near = Rules::near(rule).map_or_else(String::new, |near| format!("; {near}"));
        format!("there is no rule `{rule}`{near}")
    })?;
    let level = Level::of(word).ok_or_else(|| format!("a level is {}", Level::WORDS.join(", ")))?;
    Ok(RuleLevel(rules, level))
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "write a day that exists, as `2027-01-31`".to_owned())
}

impl ProjectArguments {
    /// The day on which suppressions are looked at.
    pub(super) fn today(&self) -> Option<Date> {
        self.today.or_else(|| {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
            Date::after_epoch(u32::try_from(since.as_secs() / 86_400).ok()?)
        })
    }
}

/// One `writ.toml`.
#[derive(Debug)]
pub(super) struct Project {
    /// As it was found.
    pub(super) path: PathBuf,
    /// The folder that it stands in, from the root of the file system.
    pub(super) folder: PathBuf,
    pub(super) config: Config,
}

/// A project by its place in [`Projects`].
pub(super) type ProjectId = usize;

/// Every project that the policies of a run belong to.
#[derive(Debug, Default)]
pub(super) struct Projects {
    list: Vec<Project>,
    search: Search,
    /// Levels from the command line.
    levels: Levels,
    /// Which project a folder belongs to.
    folders: BTreeMap<PathBuf, Option<ProjectId>>,
    /// The project that a `writ.toml` or a baseline belongs to.
    owners: BTreeMap<SourceId, ProjectId>,
    /// What is wrong with the files.
    pub(super) diagnostics: Diagnostics,
}

/// Where settings come from.
#[derive(Debug, Clone, Copy, Default)]
enum Search {
    /// Nowhere.
    #[default]
    None,
    /// From one file for all.
    One(ProjectId),
    /// From the nearest file of each policy.
    Nearest,
}

impl Projects {
    /// What the command line asks for.
    pub(super) fn new(
        arguments: &ProjectArguments,
        sources: &mut SourceMap,
    ) -> Result<Self, Failure> {
        let mut projects = Self { search: Search::Nearest, ..Self::default() };
        for &RuleLevel(rules, level) in &arguments.levels {
            projects.levels.set(rules, level);
        }
        if arguments.no_config {
            projects.search = Search::None;
        }
        if let Some(path) = &arguments.config {
            projects.search = Search::One(projects.load(path, sources)?);
        }
        Ok(projects)
    }

    pub(super) fn get(&self, id: Option<ProjectId>) -> Option<&Project> {
        self.list.get(id?)
    }

    /// The project of a policy file, or of a folder's policies.
    pub(super) fn of(
        &mut self,
        path: &Path,
        sources: &mut SourceMap,
    ) -> Result<Option<ProjectId>, Failure> {
        match self.search {
            Search::None => Ok(None),
            Search::One(id) => Ok(Some(id)),
            Search::Nearest => {
                let path = absolute(path);
                let folder = if path.is_dir() { Some(&*path) } else { path.parent() };
                self.nearest(folder.unwrap_or(&path), sources)
            }
        }
    }

    /// The level that is set for a code at a place of a project.
    pub(super) fn level(&self, at: &AtPath<'_>, code: &Code) -> Option<Level> {
        self.levels.get(code).or_else(|| at.level(code))
    }

    /// What a project says about a path.
    pub(super) fn at(&self, id: Option<ProjectId>, path: &Path) -> AtPath<'_> {
        match self.get(id) {
            Some(project) => project.config.at(&relative(&project.folder, path)),
            None => AtPath { layers: Vec::new(), exclude: None },
        }
    }

    fn nearest(
        &mut self,
        folder: &Path,
        sources: &mut SourceMap,
    ) -> Result<Option<ProjectId>, Failure> {
        let mut passed = Vec::new();
        let mut result = None;
        for folder in folder.ancestors() {
            if let Some(&known) = self.folders.get(folder) {
                result = known;
                break;
            }
            passed.push(folder.to_owned());
            let file = folder.join(FILE);
            if file.is_file() {
                result = Some(self.load(&file, sources)?);
                break;
            }
            // A repository does not take settings from outside.
            if folder.join(".git").exists() {
                break;
            }
        }
        self.folders.extend(passed.into_iter().map(|folder| (folder, result)));
        Ok(result)
    }

    fn load(&mut self, path: &Path, sources: &mut SourceMap) -> Result<ProjectId, Failure> {
        let bytes = input::read_file(path)?;
        let text = String::from_utf8(bytes)
            .map_err(|_| Failure::file("cannot read", path, &"it is not UTF-8 text"))?;
        let source = sources.add(shown(path), text);
        let config = config::read(source, sources, &mut self.diagnostics);
        let folder = absolute(path);
        let folder = folder.parent().unwrap_or(&folder).to_owned();
        let id = self.list.len();
        self.list.push(Project { path: path.to_owned(), folder, config });
        self.own(source, Some(id));
        Ok(id)
    }

    /// The kernels that a project names, if it does. Names that mean nothing are findings.
    pub(super) fn kernels(
        &mut self,
        id: Option<ProjectId>,
    ) -> Result<Option<Vec<Profile>>, Failure> {
        let Some(project) = id.and_then(|id| self.list.get(id)) else { return Ok(None) };
        let Some(names) = &project.config.kernels else { return Ok(None) };
        let mut profiles: Vec<Profile> = Vec::new();
        let mut known = BTreeSet::new();
        // A kernel is large, so none is read twice.
        for name in names.iter().filter(|name| known.insert(name.value.as_str())) {
            match kernel::load_entry(&name.value, &project.folder) {
                Ok(more) => profiles.extend(more),
                Err(error) if error.is_about_name() => {
                    let finding = Finding::at(name.span, error.to_string()).label("no such kernel");
                    config::refuse(finding, &mut self.diagnostics);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Some(profiles))
    }

    /// The kernels, on which hooks are attached as a project says.
    pub(super) fn attaching(&self, id: Option<ProjectId>, kernels: Vec<Profile>) -> Vec<Profile> {
        let Some(project) = self.get(id) else { return kernels };
        let attach = |kernel| {
            let ways = project.config.attach.iter();
            ways.fold(kernel, |kernel: Profile, (hook, way)| kernel.attaching(hook, *way))
        };
        kernels.into_iter().map(attach).collect()
    }

    /// The engine that runs the policies of a project.
    pub(super) fn engine(&self, id: Option<ProjectId>) -> Engine {
        let said = self.get(id).and_then(|project| project.config.engine);
        said.unwrap_or_default()
    }

    /// What enforcement at one hook of a project may take of a processor.
    pub(super) fn load_budget(&self, id: Option<ProjectId>) -> LoadBudget {
        let said = self.get(id).and_then(|project| project.config.budgets.max_load);
        said.map_or_else(LoadBudget::default, LoadBudget)
    }

    /// The least severe finding of a project that makes the exit code 1.
    pub(super) fn fail_level(&self, id: Option<ProjectId>) -> Severity {
        let said = self.get(id).and_then(|project| project.config.fail_level);
        said.unwrap_or(Severity::Error)
    }

    /// The baseline of every project that names one.
    pub(super) fn baselines(&self) -> Vec<(ProjectId, PathBuf)> {
        let named = self.list.iter().enumerate().filter_map(|(id, project)| {
            let name = project.config.baseline.as_ref()?;
            Some((id, project.folder.join(&name.value)))
        });
        named.collect()
    }

    /// Says which project a file of settings belongs to.
    pub(super) fn own(&mut self, source: SourceId, project: Option<ProjectId>) {
        self.owners.extend(project.map(|project| (source, project)));
    }

    /// The project that a file of settings belongs to.
    pub(super) fn owner(&self, source: SourceId) -> Option<ProjectId> {
        self.owners.get(&source).copied()
    }

    /// Takes the findings about the projects themselves.
    pub(super) fn take_diagnostics(&mut self) -> Diagnostics {
        std::mem::take(&mut self.diagnostics)
    }
}

/// A path as a message shows it: as seen from the current folder, if it is below.
pub(super) fn shown(path: &Path) -> String {
    let here = absolute(Path::new(""));
    let path = if path.is_absolute() { path.strip_prefix(&here).unwrap_or(path) } else { path };
    path.display().to_string()
}

/// A path from the root of the file system, without `.` and `..`. Symbolic links are not followed.
pub(super) fn absolute(path: &Path) -> PathBuf {
    let here = || std::env::current_dir().unwrap_or_default();
    let whole = if path.is_absolute() { path.to_owned() } else { here().join(path) };
    let mut clean = PathBuf::new();
    for part in whole.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => clean.push(part),
        }
    }
    clean
}

/// A path as seen from a folder that [`absolute`] gave, with `/` between its parts.
pub(super) fn relative(folder: &Path, path: &Path) -> String {
    let path = absolute(path);
    let mut up = Vec::new();
    for base in folder.ancestors() {
        if let Ok(rest) = path.strip_prefix(base) {
            let down = rest.components().map(|part| part.as_os_str().to_string_lossy());
            up.extend(down);
            return up.join("/");
        }
        up.push("..".into());
    }
    path.to_string_lossy().into_owned()
}

/// The name under which a source is known in `folder`: its path, or what it is called.
pub(super) fn name_in(folder: &Path, source: SourceId, sources: &SourceMap) -> String {
    let name = sources.get(source).map_or("", |source| source.name.as_str());
    if name.starts_with('<') { name.to_owned() } else { relative(folder, Path::new(name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_folder_of_the_settings() {
        let folder = Path::new("/repository/ci");
        assert_eq!(relative(folder, Path::new("/repository/ci/a/b.yaml")), "a/b.yaml");
        assert_eq!(
            relative(folder, Path::new("/repository/./x/../policies/b.yaml")),
            "../policies/b.yaml"
        );
    }

    #[test]
    fn a_level_on_the_command_line_names_what_is_near() {
        assert!(level("prefix-boundary=off").is_ok());
        assert!(level("prefix-boundry=off").unwrap_err().contains("`prefix-boundary`"));
        assert!(level("prefix-boundary=of").is_err());
        assert!(level("prefix-boundary").is_err());
    }
}

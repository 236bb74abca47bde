//! Checks a document as `writ check` checks a file: with its project's settings, which are read
//! again each time, and its kernels, which are loaded once.

use std::collections::BTreeMap;

use std::rc::Rc;

use super::document::Document;
use crate::cli::baseline::BaselineArguments;
use crate::cli::input;
use crate::cli::judge::{self, Options};
use crate::cli::project::{ProjectArguments, ProjectId, Projects};
use crate::cli::sweep::{self, Terms};
use crate::cli::{Failure, kernel};
use crate::diagnostic::Diagnostic;
use crate::editor::Kernels;
use crate::source::SourceMap;

/// What is known about a document as it is now.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// About this document, ordered by place.
    pub(super) findings: Vec<Diagnostic>,
    /// What their spans are about.
    pub(super) sources: SourceMap,
    /// Those of its project.
    pub(super) kernels: Rc<Kernels>,
    /// Why it could not be checked.
    pub(super) failure: Option<String>,
}

/// The kernels that were asked for, and those that were loaded.
#[derive(Debug, Default)]
pub(super) struct Checker {
    /// What the client or the command line asks for, whatever a project says.
    pub(super) asked: Option<String>,
    /// By what they were asked for.
    warm: BTreeMap<String, Rc<Kernels>>,
}

impl Checker {
    /// Everything that is wrong with a document whose file is `name`.
    pub(super) fn check(&mut self, name: &str, document: &Document) -> Checked {
        if !document.is_policy() {
            return Checked::default();
        }
        self.check_policy(name, document).unwrap_or_else(|failure| Checked {
            kernels: self.warm.values().next().cloned().unwrap_or_default(),
            failure: Some(failure.to_string()),
            ..Checked::default()
        })
    }

    fn check_policy(&mut self, name: &str, document: &Document) -> Result<Checked, Failure> {
        let settings = ProjectArguments::default();
        // The sources that the settings come from stand beside the document's in `input`.
        let mut projects = Projects::new(&settings, &mut SourceMap::default())?;
        let mut input = input::of_text(&mut projects, name, document.text(), document.language)?;
        let Some(file) = input.files.first() else { return Ok(Checked::default()) };
        let (source, project) = (file.source, file.project);
        let kernels = self.kernels(project, &mut projects)?;
        let terms = Terms { engine: projects.engine(project), load: projects.load_budget(project) };
        let found = sweep::check(file, terms, kernels.profiles(), &input.sources).findings;
        let baseline = BaselineArguments::default();
        let options = Options { project: &settings, baseline: Some(&baseline), fail_level: None };
        let mut findings = judge::judge(found, &mut input, &mut projects, options)?.findings;
        findings.retain(|finding| finding.finding.span.source == source);
        Ok(Checked { findings, sources: input.sources, kernels, failure: None })
    }

    /// The kernels that are asked for, or else those of the project, or else all.
    pub(super) fn kernels(
        &mut self,
        project: Option<ProjectId>,
        projects: &mut Projects,
    ) -> Result<Rc<Kernels>, Failure> {
        let settings = projects.get(project);
        let named = settings.and_then(|project| {
            let names = project.config.kernels.as_ref()?;
            let names: Vec<&str> = names.iter().map(|name| name.value.as_str()).collect();
            Some(format!("{}: {}", project.folder.display(), names.join(",")))
        });
        let ways = settings.map(|project| &project.config.attach);
        let ways = ways.filter(|ways| !ways.is_empty()).map(|ways| format!("{ways:?}"));
        let kernels = self.asked.clone().or(named).unwrap_or_else(|| "all".to_owned());
        let key = kernels + &ways.unwrap_or_default();
        if let Some(warm) = self.warm.get(&key) {
            return Ok(Rc::clone(warm));
        }
        let loaded = match &self.asked {
            Some(asked) => kernel::load(asked)?,
            None => match projects.kernels(project)? {
                Some(kernels) => kernels,
                None => kernel::load("all")?,
            },
        };
        let kernels = Rc::new(Kernels::new(projects.attaching(project, loaded)));
        self.warm.insert(key, Rc::clone(&kernels));
        Ok(kernels)
    }

    /// Loads the kernels of documents without a project before the first one is opened.
    ///
    /// # Errors
    ///
    /// When what is asked for cannot be loaded; then it is not asked for any longer.
    pub(super) fn warm_up(&mut self) -> Result<(), Failure> {
        let result = self.kernels(None, &mut Projects::default());
        if result.is_err() {
            self.asked = None;
        }
        result.map(|_| ())
    }

    /// Forgets the kernels: the files that they came from may have changed.
    pub(super) fn cool_down(&mut self) {
        self.warm.clear();
    }
}

//! Case folders: a policy, what is expected of it, and snapshots of every form it takes.
//!
//! `tests/cases/<family>/<case>/` holds `policy.yaml` or `policy.writ` or both (then they must mean
//! the same), and `case.yaml`. Snapshots stand in `snapshots/<family>/<case>/`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::Deserialize;
use writ::diagnostic::{Diagnostics, Severity, Stop};
use writ::driver::{self, Compiled};
use writ::engine::LoadBudget;
use writ::kernel::Profile;
use writ::parse::{self, Language};
use writ::render::human::{self, Color, Style};
use writ::source::SourceMap;

use crate::files;

/// `case.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// What the case shows, in one sentence.
    pub(crate) shows: String,
    /// The kernel it is compiled for.
    pub(crate) kernel: String,
    pub(crate) expect: Expect,
    /// Instructions that none of its hooks' programs may exceed.
    pub(crate) max_instructions: Option<u32>,
    /// Whether the assembly is part of the snapshots. Few cases need it.
    #[serde(default)]
    pub(crate) assembly: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Expect {
    /// It compiles, perhaps with warnings.
    Accept,
    /// It has errors.
    Refuse,
}

/// A policy file, compiled.
pub(crate) struct Run {
    pub(crate) sources: SourceMap,
    /// What people would see.
    pub(crate) diagnostics: String,
    /// The codes of its errors, in the order of their places.
    pub(crate) errors: Vec<&'static str>,
    pub(crate) compiled: Option<Compiled>,
}

/// Folders with a `case.yaml`.
pub(crate) fn folders() -> Vec<PathBuf> {
    let all = files::below(&files::top().join("tests/cases"));
    let cases = all.iter().filter(|path| path.ends_with("case.yaml"));
    cases.map(|path| path.parent().unwrap().to_owned()).collect()
}

/// The case's description.
pub(crate) fn read(folder: &Path) -> Case {
    let path = folder.join("case.yaml");
    writ::plain::from_yaml(&files::text(&path))
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `<family>/<case>`.
pub(crate) fn name(folder: &Path) -> String {
    let cases = files::top().join("tests/cases");
    folder.strip_prefix(cases).unwrap().to_string_lossy().into_owned()
}

/// Compiles one policy file for one embedded kernel.
pub(crate) fn compile(path: &Path, kernel: &str) -> Run {
    let text = files::text(path);
    let shown = path.strip_prefix(files::top()).unwrap_or(path).display().to_string();
    compile_text(&shown, &text, kernel)
}

/// Compiles a text for one embedded kernel.
pub(crate) fn compile_text(name: &str, text: &str, kernel: &str) -> Run {
    let profile = profile(kernel);
    compile_for(name, text, profile)
}

/// An embedded profile. Each is read once, since a debug build takes its time for that.
fn profile(kernel: &str) -> &'static Profile {
    static KNOWN: Mutex<BTreeMap<String, &'static Profile>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap();
    known.entry(kernel.to_owned()).or_insert_with(|| {
        let mut profiles = writ::cli::kernel::load(kernel).expect("an embedded kernel");
        Box::leak(Box::new(profiles.remove(0)))
    })
}

/// Compiles a text for a kernel.
pub(crate) fn compile_for(name: &str, text: &str, profile: &Profile) -> Run {
    let mut sources = SourceMap::default();
    let source = sources.add(name, text);
    let mut diagnostics = Diagnostics::default();
    let mut policies = parse::parse(source, Language::of(name), &sources, &mut diagnostics);
    let folder = files::top().join(name);
    writ::cli::program_types::read(&mut policies, folder.parent().unwrap());
    let compiled = match driver::compile(
        policies.iter(),
        profile,
        LoadBudget::default(),
        &sources,
        &mut diagnostics,
    ) {
        Ok(compiled) => Some(compiled),
        Err(Stop::Reported(_)) => None,
        Err(Stop::Defect(defect)) => panic!("{name}: {defect}"),
    };
    let style = Style { color: Color::Never, width: 100 };
    let diagnostics = diagnostics.into_sorted();
    let errors = diagnostics.iter().filter(|one| one.severity == Severity::Error);
    let errors = errors.map(|one| one.code.id).collect();
    let diagnostics = human::render(&diagnostics, &sources, style);
    Run { sources, diagnostics, errors, compiled }
}

#[test]
fn cases_do_what_they_say() {
    let folders = folders();
    assert!(!folders.is_empty());
    for folder in folders {
        let case = read(&folder);
        let file = ["policy.yaml", "policy.writ"].map(|name| folder.join(name));
        let file = file.iter().find(|path| path.exists()).expect("a case has a policy");
        let run = compile(file, &case.kernel);
        let is_accepted = run.compiled.is_some();
        let case_name = name(&folder);
        assert_eq!(
            is_accepted,
            case.expect == Expect::Accept,
            "{case_name} ({}):\n{}",
            case.shows,
            run.diagnostics
        );
        snapshots(&case_name, &case, &run);
    }
}

fn snapshots(case_name: &str, case: &Case, run: &Run) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(files::top().join("snapshots").join(case_name));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::assert_snapshot!("diagnostics", run.diagnostics);
        let Some(compiled) = &run.compiled else { return };
        insta::assert_snapshot!("ir", writ::ir::print::print(&compiled.module, &run.sources));
        insta::assert_snapshot!("bundle", bundle(compiled));
        if case.assembly {
            insta::assert_snapshot!("assembly", assembly(compiled, &run.sources));
        }
    });
    let Some(limit) = case.max_instructions else { return };
    for program in run.compiled.iter().flat_map(|compiled| &compiled.manifest.programs) {
        let has_hook = !program.hooks.is_empty();
        let count = program.cost.instructions;
        assert!(!has_hook || count <= limit, "{case_name}: {} has {count}", program.name);
    }
}

/// What a reader wants to know of the bundle, without what changes with every release.
fn bundle(compiled: &Compiled) -> String {
    let manifest = &compiled.manifest;
    let mut lines = Vec::new();
    for program in manifest.programs.iter().filter(|program| !program.hooks.is_empty()) {
        lines.push(format!("program {:?}: {}", program.attach, program.reason));
    }
    lines.extend(manifest.requires.iter().map(|one| format!("requires {}", one.feature)));
    for hook in &manifest.hooks {
        lines.push(format!("hook {:?}", hook.kind));
        lines.extend(hook.arguments.iter().map(|argument| format!("  shows {}", argument.type_)));
        for selector in &hook.selectors {
            lines.push(format!("  {} => {}", selector.condition, selector.actions.join(", ")));
        }
    }
    for image in &manifest.images {
        lines.push(format!("image {} with {} entries", image.map, image.entries.len()));
    }
    lines.join("\n")
}

fn assembly(compiled: &Compiled, sources: &SourceMap) -> String {
    let programs = compiled.object.programs.iter().zip(&compiled.manifest.programs);
    let hooks = programs.filter(|(_, described)| !described.hooks.is_empty());
    let texts = hooks.map(|(program, _)| {
        format!("{}:\n{}", program.name, writ::machine::print(&program.code, sources))
    });
    texts.collect::<Vec<_>>().join("\n")
}

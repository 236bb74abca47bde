//! Checks the files of a repository one by one, on all processors.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::input::{File, Input};
use super::project::ProjectId;
use super::report;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::driver;
use crate::engine::{Engine, LoadBudget};
use crate::kernel::Profile;
use crate::parse::Language;
use crate::policy::Policy;
use crate::source::{SourceMap, Span};

/// More threads than this wait for one another rather than work.
const MOST_THREADS: usize = 32;

/// What a project's policies are checked for.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) terms: Terms,
    pub(super) kernels: Vec<Profile>,
}

/// On whose terms policies are checked.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Terms {
    pub(super) engine: Engine,
    pub(super) load: LoadBudget,
}

/// What is known of all files together.
#[derive(Debug, Default)]
pub(super) struct Swept {
    /// Ordered by place.
    pub(super) findings: Vec<Diagnostic>,
    /// In the order of the files.
    pub(super) outlines: Vec<Outline>,
}

/// What is kept of a policy when it has been checked. A repository of policies as a whole would
/// take much memory.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) project: Option<ProjectId>,
}

/// Parses and checks every file for the target of its project.
///
/// No finding is about more than one file, so the files can be taken in any order.
pub(super) fn sweep(input: &Input, targets: &BTreeMap<Option<ProjectId>, Target>) -> Swept {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = input.files.get(at) else { return done };
            let Some(target) = targets.get(&file.project) else { continue };
            done.push((at, check(file, target.terms, &target.kernels, &input.sources)));
        }
    };
    let mut done: Vec<(usize, Swept)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads(input)).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        // A thread fails only by a panic, which goes on here.
        for other in others {
            match other.join() {
                Ok(found) => done.extend(found),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    let mut all = Swept::default();
    for (_, swept) in done {
        all.findings.extend(swept.findings);
        all.outlines.extend(swept.outlines);
    }
    all
}

fn threads(input: &Input) -> usize {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    processors.min(MOST_THREADS).min(input.files.len())
}

/// Parses and checks one file.
pub(super) fn check(
    file: &File,
    Terms { engine, load }: Terms,
    kernels: &[Profile],
    sources: &SourceMap,
) -> Swept {
    let mut parsed = Diagnostics::default();
    let policies = file.parse(sources, &mut parsed);
    let (yaml, foreign) = match file.language {
        Language::Yaml => (policies.as_slice(), None),
        Language::Writ => (&[][..], policies.first()),
    };
    let on = |kernel: &Profile| {
        let ours = driver::check(policies.iter(), kernel, load);
        let all = driver::check_tetragon(engine, yaml.iter(), kernel, ours);
        (kernel.name().to_owned(), all)
    };
    let per_kernel = kernels.iter().map(on).collect();
    let outline = |policy: &Policy| Outline {
        name: policy.name.value.clone(),
        span: policy.span,
        project: file.project,
    };
    let mut parsed = driver::weigh(engine, parsed);
    parsed.append(driver::check_across(engine, policies.iter(), kernels));
    if let Some(first) = foreign {
        parsed.append(driver::check_language(engine, first));
    }
    Swept {
        findings: report::merge(parsed, per_kernel),
        outlines: policies.iter().map(outline).collect(),
    }
}

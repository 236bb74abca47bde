//! What a bundle costs: the report that `compile` prints, and budgets.

use clap::Args;
use writ_bundle::{Manifest, MapImage};

use super::table;
use crate::diagnostic::{Diagnostics, Finding, code};
use crate::difference::attach_words;
use crate::driver::Compiled;
use crate::engine::LoadBudget;
use crate::project::config::Budgets;

/// The most that a program may cost.
#[expect(clippy::struct_field_names, reason = "the names are those of the options")]
#[derive(Debug, Clone, Args)]
pub struct Budget {
    /// Refuse policies of which one program has more generated instructions
    #[arg(long, value_name = "COUNT")]
    pub max_instructions: Option<u32>,
    /// Refuse policies of which one program has a longer path of generated instructions
    #[arg(long, value_name = "COUNT")]
    pub max_path: Option<u32>,
    /// Refuse policies whose map images have more bytes altogether
    #[arg(long, value_name = "BYTES")]
    pub max_image_bytes: Option<u64>,
    /// Warn of enforcement at one hook that may take more of a processor on a busy machine, in
    /// percent; 15 when neither this nor `writ.toml` says it
    #[arg(long, value_name = "PERCENT")]
    pub max_load: Option<u32>,
}

impl Budget {
    /// What the command line says, and where it says nothing, what the project says.
    pub(super) fn or(self, project: Budgets) -> Self {
        Self {
            max_instructions: self.max_instructions.or(project.max_instructions),
            max_path: self.max_path.or(project.max_path),
            max_image_bytes: self.max_image_bytes.or(project.max_image_bytes),
            max_load: self.max_load.or(project.max_load),
        }
    }

    /// What enforcement at one hook may take.
    pub(super) fn load(&self) -> LoadBudget {
        self.max_load.map_or_else(LoadBudget::default, LoadBudget)
    }

    /// Adds a finding for each budget that is exceeded, at the hook that does it.
    pub(super) fn check(&self, compiled: &Compiled, diagnostics: &mut Diagnostics) {
        for (program, described) in compiled.module.programs.iter().zip(&compiled.manifest.programs)
        {
            let Some(span) = program.span else { continue };
            let cost = &described.cost;
            let exceeded = [
                (
                    "instructions",
                    u64::from(cost.instructions),
                    self.max_instructions.map(u64::from),
                ),
                ("instructions on a path", cost.longest_path.into(), self.max_path.map(u64::from)),
            ];
            for (what, have, limit) in exceeded {
                over(span, &attach_words(&program.attach), what, have, limit, diagnostics);
            }
        }
        let bytes = compiled.manifest.images.iter().map(image_bytes).sum();
        if let Some(policy) = compiled.module.policies.first() {
            let limit = self.max_image_bytes;
            over(policy.span, "the bundle", "bytes of map images", bytes, limit, diagnostics);
        }
    }
}

fn over(
    span: crate::source::Span,
    who: &str,
    what: &str,
    have: u64,
    limit: Option<u64>,
    diagnostics: &mut Diagnostics,
) {
    let Some(limit) = limit.filter(|&limit| have > limit) else { return };
    diagnostics.error(
        &code::OVER_BUDGET,
        Finding::at(span, format!("{who} has {have} {what}, and the budget is {limit}"))
            .label("costs more than was allowed")
            .help(Some("ask for less here, or raise the budget".into())),
    );
}

/// A table of programs, and the totals.
pub(super) fn report(manifest: &Manifest) -> String {
    let heading =
        ["program", "attached", "instructions", "linked", "longest path", "stack", "images"];
    let mut rows = vec![heading.map(String::from).to_vec()];
    rows.extend(manifest.programs.iter().map(|program| {
        let cost = &program.cost;
        vec![
            program.name.clone(),
            attach_words(&program.attach),
            cost.instructions.to_string(),
            cost.linked_instructions.to_string(),
            cost.longest_path.to_string(),
            format!("{} B", cost.stack),
            format!("{} B", cost.image_bytes),
        ]
    }));
    let images: u64 = manifest.images.iter().map(image_bytes).sum();
    format!(
        "{}{} policies, {} programs, {} map images with {images} bytes, for {}\n",
        table::columns(&rows),
        manifest.policies.len(),
        manifest.programs.len(),
        manifest.images.len(),
        manifest.kernel.name,
    )
}

fn image_bytes(image: &MapImage) -> u64 {
    let entry = u64::from(image.key_size) + u64::from(image.value_size);
    image.entries.len() as u64 * entry
}

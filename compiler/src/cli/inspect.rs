//! `writ inspect`: the parts of a policy's compilation, or of a bundle, as text.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use writ_bundle::{Evidence, Manifest};

use super::arguments::{AttachArguments, PolicyArguments};
use super::{ExitCode, Failure, compile, cost, input, kernel, report, table};
use crate::diagnostic::Diagnostics;
use crate::difference::attach_words;
use crate::driver::Compiled;
use crate::engine::LoadBudget;
use crate::ir;
use crate::machine;
use crate::source::SourceMap;

/// Show what a policy or a bundle consists of.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub policies: PolicyArguments,
    /// The kernel to compile policies for
    #[arg(long, short, value_name = "KERNEL", default_value = "6.12")]
    pub kernel: String,
    #[command(flatten)]
    pub attach: AttachArguments,
    /// What to show; may be given several times [default: everything]
    #[arg(long, short, value_enum, value_name = "PART")]
    pub show: Vec<Part>,
}

/// A part of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// What it was made from and for
    Summary,
    /// Policies, their hooks and selectors
    Policies,
    /// Programs, how each is attached and why
    Programs,
    /// The intermediate representation; only for policies
    Ir,
    /// Generated instructions with the policy in the margin; only for policies
    Assembly,
    /// Maps and the images they are filled with
    Maps,
    /// Kernel features without which it cannot be attached
    Requires,
    /// What it costs
    Sizes,
    /// The manifest as it stands in the bundle
    Manifest,
}

/// Prints what was asked for.
pub(super) fn run(
    arguments: &Arguments,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    if let Some(manifest) = bundle(&arguments.policies.paths)? {
        let text = show(&arguments.show, &manifest, None)?;
        stdout.write_all(text.as_bytes())?;
        return Ok(ExitCode::Clean);
    }
    let mut input =
        input::read(&arguments.policies.paths, arguments.policies.language.map(Into::into))?;
    let parsed = input.take_diagnostics();
    arguments.attach.validate(input.policies())?;
    let (mut bundles, mut per_kernel) = (Vec::new(), Vec::new());
    for profile in kernel::load(&arguments.kernel)? {
        let profile = arguments.attach.apply(profile);
        let mut diagnostics = Diagnostics::default();
        let load = LoadBudget::default();
        bundles.push(compile::compile(&input, &parsed, &profile, load, &mut diagnostics)?);
        per_kernel.push((profile.name().to_owned(), diagnostics));
    }
    // One report, since it may go to a file.
    let findings = report::merge(parsed, per_kernel);
    let code = report::print(&findings, &input.sources, &arguments.policies.report, stderr)?;
    let is_whole = bundles.iter().all(Option::is_some);
    for compiled in bundles.into_iter().flatten() {
        let text = show(&arguments.show, &compiled.manifest, Some((&compiled, &input.sources)))?;
        stdout.write_all(text.as_bytes())?;
    }
    Ok(if is_whole { ExitCode::Clean } else { code })
}

/// The manifest, when the only path names a bundle.
fn bundle(paths: &[PathBuf]) -> Result<Option<Manifest>, Failure> {
    let [path] = paths else { return Ok(None) };
    if path.as_os_str() == "-" || path.is_dir() {
        return Ok(None);
    }
    let bytes = input::read_file(path)?;
    if !bytes.starts_with(b"\x7fELF") {
        return Ok(None);
    }
    writ_bundle::read(&bytes)
        .map(Some)
        .map_err(|error| Failure::file("cannot read the bundle", path, &error))
}

fn show(
    parts: &[Part],
    manifest: &Manifest,
    compiled: Option<(&Compiled, &SourceMap)>,
) -> Result<String, Failure> {
    let everything = [
        Part::Summary,
        Part::Policies,
        Part::Programs,
        Part::Requires,
        Part::Maps,
        Part::Sizes,
        Part::Ir,
        Part::Assembly,
    ];
    let wanted = if parts.is_empty() { &everything[..] } else { parts };
    let mut text = String::new();
    for part in wanted {
        let shown = match (part, compiled) {
            (Part::Summary, _) => summary(manifest),
            (Part::Policies, _) => policies(manifest),
            (Part::Programs, _) => programs(manifest),
            (Part::Requires, _) => requires(manifest),
            (Part::Maps, _) => maps(manifest),
            (Part::Sizes, _) => format!("# sizes\n{}", cost::report(manifest)),
            (Part::Manifest, _) => {
                serde_json::to_string_pretty(manifest).unwrap_or_default() + "\n"
            }
            (Part::Ir, Some((compiled, sources))) => {
                format!("# ir\n{}", ir::print::print(&compiled.module, sources))
            }
            (Part::Assembly, Some((compiled, sources))) => assembly(compiled, sources),
            // A bundle alone does not hold them; by default they are left out.
            (Part::Ir | Part::Assembly, None) if parts.is_empty() => continue,
            (Part::Ir | Part::Assembly, None) => {
                let message = "a bundle holds no intermediate representation and no annotated \
                               assembly: name its policies instead";
                return Err(Failure::Usage(message.into()));
            }
        };
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&shown);
    }
    Ok(text)
}

fn summary(manifest: &Manifest) -> String {
    let kernel = &manifest.kernel;
    let rows = [
        ("compiler", manifest.compiler.clone()),
        ("format", manifest.format.to_string()),
        ("kernel", kernel.name.clone()),
        ("release", kernel.release.clone().unwrap_or_else(|| "unknown".into())),
        ("btf", kernel.btf_digest.clone()),
        ("architecture", kernel.architecture.clone()),
    ];
    let mut rows: Vec<Vec<String>> =
        rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    rows.extend(
        manifest
            .sources
            .iter()
            .map(|source| vec!["source".to_owned(), format!("{} {}", source.name, source.digest)]),
    );
    format!("# summary\n{}", table::columns(&rows))
}

fn policies(manifest: &Manifest) -> String {
    let mut lines = vec!["# policies".to_owned()];
    for (policy, index) in manifest.policies.iter().zip(0u32..) {
        lines.push(format!("{} ({})", policy.name, policy.mode.word()));
        let set = policy.workloads.and_then(|set| manifest.workload_sets.get(set as usize));
        lines.extend(set.map(|set| format!("  for {set}")));
        lines.extend(policy.nodes.as_ref().map(|labels| format!("  on nodes{labels}")));
        for hook in manifest.hooks.iter().filter(|hook| hook.policy == index) {
            let arguments: Vec<&str> =
                hook.arguments.iter().map(|argument| argument.type_.as_str()).collect();
            lines.push(format!("  {}({})", hook.kind, arguments.join(", ")));
            lines.extend(hook.selectors.iter().map(|selector| {
                let at_return = selector.return_condition.as_ref().map(|condition| {
                    format!("; returned {condition} => {}", selector.return_actions.join(", "))
                });
                let actions = selector.actions.join(", ");
                format!("    {} => {actions}{}", selector.condition, at_return.unwrap_or_default())
            }));
        }
    }
    lines.join("\n") + "\n"
}

fn programs(manifest: &Manifest) -> String {
    let rows: Vec<Vec<String>> = manifest
        .programs
        .iter()
        .map(|program| {
            vec![program.name.clone(), attach_words(&program.attach), program.reason.clone()]
        })
        .collect();
    format!("# programs\n{}", table::columns(&rows))
}

fn requires(manifest: &Manifest) -> String {
    let rows: Vec<Vec<String>> = manifest
        .requires
        .iter()
        .map(|requirement| {
            let evidence = match requirement.evidence {
                Evidence::Present => "present",
                Evidence::Unknown => "unknown",
            };
            let place = requirement.at.map_or(String::new(), |at| {
                let source = manifest.sources.get(at.source as usize);
                let name = source.map_or("", |source| source.name.as_str());
                format!("{name}:{}:{}", at.line, at.column)
            });
            vec![requirement.feature.clone(), evidence.to_owned(), place]
        })
        .collect();
    format!("# requires\n{}", table::columns(&rows))
}

fn maps(manifest: &Manifest) -> String {
    let mut lines = vec!["# map images".to_owned()];
    for image in &manifest.images {
        lines.push(format!("{}: {} entries", image.map, image.entries.len()));
        lines.extend(image.entries.iter().map(|(key, value)| format!("  {key} = {value}")));
    }
    let sets = manifest.binary_sets.iter().zip(0u32..);
    lines.extend(sets.map(|(set, index)| format!("binary set {index}: {:?}", set.patterns)));
    lines.join("\n") + "\n"
}

fn assembly(compiled: &Compiled, sources: &SourceMap) -> String {
    let programs = compiled.object.programs.iter().map(|program| {
        let code = machine::print(&program.code, sources);
        format!("{} ({}):\n{code}", program.name, attach_words(&program.attach))
    });
    format!("# assembly\n{}", programs.collect::<String>())
}

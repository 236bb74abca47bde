//! The phases in order. Nothing else names them all.

use writ_bundle::Manifest;

use crate::diagnostic::{Defect, Diagnostics, Finding, Stop, code};
use crate::engine::{Engine, LoadBudget};
use crate::kernel::{HookName, Profile};
use crate::policy::Policy;
use crate::source::SourceMap;
use crate::{check, convert, generate, ir, lower, machine, pack, plain, resolve, resolved};

/// Every form that the policies took on their way to a bundle.
#[derive(Debug)]
pub struct Compiled {
    /// The ELF object.
    pub bundle: Vec<u8>,
    /// The manifest that stands in it.
    pub manifest: Manifest,
    pub module: ir::Module,
    pub object: machine::Object,
}

/// Everything that is wrong with `policies` on one kernel, where enforcement may take `load`.
pub fn check<'a>(
    policies: impl Iterator<Item = &'a Policy>,
    kernel: &Profile,
    load: LoadBudget,
) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let resolved: Vec<_> =
        policies.filter_map(|policy| resolve::resolve(policy, kernel, &mut diagnostics)).collect();
    check::check(&resolved, kernel, load, &mut diagnostics);
    diagnostics
}

/// Adds what Tetragon says to policies that were written in YAML, and gives the findings so far
/// (`ours`, those of [`check()`]) the severity that they have for `engine`.
pub fn check_tetragon<'a>(
    engine: Engine,
    yaml: impl Iterator<Item = &'a Policy>,
    kernel: &Profile,
    ours: Diagnostics,
) -> Diagnostics {
    let mut theirs = Diagnostics::default();
    for policy in yaml {
        check::tetragon(policy, kernel, &mut theirs);
    }
    check::weigh::together(engine, ours, theirs)
}

/// What `policies` mean differently on some of `kernels`, with the severity that it has for `engine`.
pub fn check_across<'a>(
    engine: Engine,
    policies: impl Iterator<Item = &'a Policy>,
    kernels: &[Profile],
) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    check::across(policies, kernels, &mut diagnostics);
    check::weigh::together(engine, diagnostics, Diagnostics::default())
}

/// What is to be said to `engine` about a file in the Writ language that begins with `first`.
pub fn check_language(engine: Engine, first: &Policy) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    match engine {
        Engine::Writ => {}
        Engine::Tetragon(_) => check::foreign(first, &mut diagnostics),
    }
    diagnostics
}

/// The names of everything in the kernel that a policy hooks.
pub fn hooks(policy: &Policy) -> Vec<HookName> {
    check::hooks(policy)
}

/// The findings of the front ends, with the severity that they have for `engine`.
pub fn weigh(engine: Engine, parsed: Diagnostics) -> Diagnostics {
    check::weigh::together(engine, parsed, Diagnostics::default())
}

/// A policy as a `TracingPolicy` document. Names of arguments are looked up in `kernel`, if it is
/// given. `None`: a part of it cannot be said, and that is reported.
pub fn convert(
    policy: &Policy,
    kernel: Option<&Profile>,
    diagnostics: &mut Diagnostics,
) -> Option<plain::Value> {
    let names: Option<convert::Names> = kernel.map(|kernel| {
        policy.hooks.iter().map(|hook| resolve::names(hook, policy, kernel, diagnostics)).collect()
    });
    convert::convert(policy, names.as_ref(), diagnostics)
}

/// Compiles `policies` into one bundle for one kernel, where enforcement may take `load`.
///
/// # Errors
///
/// When a policy is refused, with the reasons in `diagnostics`, or when writ has a bug.
pub fn compile<'a>(
    policies: impl Iterator<Item = &'a Policy>,
    kernel: &Profile,
    load: LoadBudget,
    sources: &SourceMap,
    diagnostics: &mut Diagnostics,
) -> Result<Compiled, Stop> {
    let resolved: Vec<_> =
        policies.filter_map(|policy| resolve::resolve(policy, kernel, diagnostics)).collect();
    check::check(&resolved, kernel, load, diagnostics);
    let resolved = without_twins(resolved, diagnostics);
    let resolved = diagnostics.gate(resolved)?;
    let module = lower::lower(&resolved);
    ir::verify::verify(&module)?;
    let object = generate::generate(&module, kernel, diagnostics)?;
    let manifest = pack::manifest::describe(&module, &object, kernel, sources);
    let bundle = pack::pack(&object, manifest, kernel.btf().bytes(), sources)
        .map_err(|error| Defect(error.to_string()))?;
    let manifest = writ_bundle::read(&bundle).map_err(|error| Defect(error.to_string()))?;
    Ok(Compiled { bundle, manifest, module, object })
}

/// A bundle's policies are told apart by their names: in events, when a mode is switched, and by
/// the loader when it chooses between bundles. A policy that says the same as an earlier one of its
/// name, as a YAML file and its twin in the Writ language do, is taken once.
fn without_twins(
    policies: Vec<resolved::Policy>,
    diagnostics: &mut Diagnostics,
) -> Vec<resolved::Policy> {
    let mut kept: Vec<resolved::Policy> = Vec::new();
    for policy in policies {
        let name = |policy: &resolved::Policy| (policy.namespace.clone(), policy.name.clone());
        let Some(first) = kept.iter().find(|first| name(first) == name(&policy)) else {
            kept.push(policy);
            continue;
        };
        if resolved::print::policy(first) != resolved::print::policy(&policy) {
            let message = format!("the bundle has another policy `{}`", policy.name);
            diagnostics.error(
                &code::SAME_NAME_IN_BUNDLE,
                Finding::at(policy.name_span, message)
                    .label("this name again, for something else")
                    .also(first.name_span, "first used here")
                    .help(Some("rename one of them, or compile them to two bundles".into())),
            );
        }
    }
    kept
}

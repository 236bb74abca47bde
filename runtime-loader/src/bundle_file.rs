//! Which of the bundles given are loaded.
#![expect(clippy::disallowed_methods, reason = "the loader reads bundles")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use writ_bundle::{Manifest, ReadError};

use crate::code::{self, Problem};
use crate::running_kernel::RunningKernel;

/// A bundle that was read.
#[derive(Debug, Clone)]
pub struct BundleFile {
    pub path: PathBuf,
    pub bytes: Vec<u8>,
    pub manifest: Manifest,
}

/// Larger files are no bundles: a million instructions are 8 MB.
const BYTES_MAX: u64 = 256 << 20;

/// Reads one bundle.
///
/// # Errors
///
/// When the file cannot be read or is no bundle that this loader understands.
pub fn read(path: &Path) -> Result<BundleFile, Problem> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| Problem::new(&code::FILE, format!("`{}`: {error}", path.display())))?;
    let manifest = manifest(&bytes).map_err(|problem| Problem {
        message: format!("`{}`: {}", path.display(), problem.message),
        ..problem
    })?;
    Ok(BundleFile { path: path.to_owned(), bytes, manifest })
}

fn manifest(bytes: &[u8]) -> Result<Manifest, Problem> {
    if bytes.len() as u64 > BYTES_MAX {
        return Err(Problem::new(&code::NOT_A_BUNDLE, "the file is too large for a bundle"));
    }
    let manifest = writ_bundle::read(bytes).map_err(|error| {
        let code = match error {
            // It was an object once.
            ReadError::NotElf(_) if bytes.starts_with(b"\x7fELF") => &code::DAMAGED_BUNDLE,
            ReadError::NotElf(_) | ReadError::Foreign => &code::NOT_A_BUNDLE,
            ReadError::Damaged(_) => &code::DAMAGED_BUNDLE,
            ReadError::TooNew { .. } => &code::NEWER_FORMAT,
        };
        Problem::new(code, error.to_string())
    })?;
    match inconsistency(&manifest) {
        Some(what) => Err(Problem::new(&code::DAMAGED_BUNDLE, what)),
        None => Ok(manifest),
    }
}

/// An index of the manifest that leads nowhere.
fn inconsistency(manifest: &Manifest) -> Option<String> {
    let within = |index: u32, length: usize| (index as usize) < length;
    if let Some(hook) =
        manifest.hooks.iter().find(|hook| !within(hook.policy, manifest.policies.len()))
    {
        return Some(format!(
            "the manifest has a hook of policy {}, which is not there",
            hook.policy
        ));
    }
    let mut programs = BTreeSet::new();
    for program in &manifest.programs {
        if program.hooks.iter().any(|hook| !within(*hook, manifest.hooks.len())) {
            return Some(format!("the program `{}` serves a hook that is not there", program.name));
        }
        if let Some(name) = program.attach.names().into_iter().find(|name| !is_symbol(name)) {
            return Some(format!("the program `{}` is attached to {name:?}", program.name));
        }
        if !programs.insert(&program.name) {
            return Some(format!("two programs are named `{}`", program.name));
        }
    }
    None
}

/// Whether a name can be one of the kernel's. Names become parts of paths in tracefs, where `..`
/// would lead elsewhere.
fn is_symbol(name: &str) -> bool {
    let in_names = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    (1..=255).contains(&name.len()) && name.bytes().all(in_names) && !name.contains("..")
}

/// Chooses among bundles.
///
/// Bundles that hold the same policies are alternatives for different kernels, of which the one
/// that was compiled for the running kernel is taken. Bundles of different policies are all taken.
///
/// # Errors
///
/// When for some policies no bundle fits, or two bundles that fit share a policy.
pub fn choose(
    bundles: Vec<BundleFile>,
    kernel: &RunningKernel,
) -> Result<Vec<BundleFile>, Problem> {
    let mut alternatives: BTreeMap<Vec<String>, Vec<BundleFile>> = BTreeMap::new();
    let mut order = Vec::new();
    for bundle in bundles {
        let names = policy_names(&bundle.manifest);
        if !order.contains(&names) {
            order.push(names.clone());
        }
        alternatives.entry(names).or_default().push(bundle);
    }
    let mut chosen: Vec<BundleFile> = Vec::new();
    for names in order {
        let bundle = fitting(alternatives.remove(&names).unwrap_or_default(), kernel)?;
        if let Some((name, other)) = shared_policy(&bundle, &chosen) {
            let (one, two) = (other.display(), bundle.path.display());
            let message = format!("the policy `{name}` is in both `{one}` and `{two}`");
            return Err(Problem::new(&code::POLICY_TWICE, message));
        }
        chosen.push(bundle);
    }
    Ok(chosen)
}

fn policy_names(manifest: &Manifest) -> Vec<String> {
    let name = |policy: &writ_bundle::Policy| match &policy.namespace {
        Some(namespace) => format!("{namespace}/{}", policy.name),
        None => policy.name.clone(),
    };
    let mut names: Vec<String> = manifest.policies.iter().map(name).collect();
    names.sort_unstable();
    names
}

fn fitting(alternatives: Vec<BundleFile>, kernel: &RunningKernel) -> Result<BundleFile, Problem> {
    let compiled_for: Vec<String> =
        alternatives.iter().map(|bundle| compiled_for(&bundle.manifest)).collect();
    let fits = |bundle: &BundleFile| bundle.manifest.kernel.btf_digest == kernel.btf_digest;
    let paths: Vec<String> =
        alternatives.iter().map(|bundle| format!("`{}`", bundle.path.display())).collect();
    alternatives.into_iter().find(fits).ok_or_else(|| {
        let (paths, compiled_for) = (paths.join(", "), compiled_for.join(", "));
        let message =
            format!("{paths}: compiled for {compiled_for}, and this is {}", kernel.release);
        Problem::new(&code::OTHER_KERNEL, message).help(
            "compile for this kernel: `writ kernel capture` here, then `writ compile --kernel`",
        )
    })
}

/// The kernel that a bundle was compiled for, for people.
pub fn compiled_for(manifest: &Manifest) -> String {
    match &manifest.kernel.release {
        Some(release) => format!("{} ({release})", manifest.kernel.name),
        None => manifest.kernel.name.clone(),
    }
}

fn shared_policy<'a>(
    bundle: &BundleFile,
    chosen: &'a [BundleFile],
) -> Option<(String, &'a PathBuf)> {
    let names = policy_names(&bundle.manifest);
    chosen.iter().find_map(|other| {
        let name = policy_names(&other.manifest).into_iter().find(|name| names.contains(name))?;
        Some((name, &other.path))
    })
}

#[cfg(test)]
mod tests;

//! Whether the running kernel has what a bundle needs.

use serde::Serialize;
use writ_bundle::{Attach, Manifest, Requirement, SourceRange};

use crate::bundle_file::{BundleFile, compiled_for};
use crate::code::{self, Problem};
use crate::running_kernel::RunningKernel;

/// Whether a feature is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Present,
    Absent,
    /// A warning, not a refusal: the kernel answers when the program is loaded.
    CannotTell,
}

/// One requirement and what the kernel says about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// As [`Requirement::feature`].
    pub feature: String,
    pub verdict: Verdict,
    /// What tells.
    pub evidence: String,
    /// `file:line` of the policy that needs it, when one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// What is to be said about one bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub bundle: String,
    pub compiled_for: String,
    pub running: String,
    pub findings: Vec<Finding>,
}

/// Compares what a bundle requires with what the kernel has. Nothing is loaded.
pub fn preflight(bundle: &BundleFile, kernel: &RunningKernel) -> Report {
    let manifest = &bundle.manifest;
    let mut findings = vec![same_kernel(manifest, kernel)];
    findings.extend(requirements(manifest).iter().map(|requirement| {
        let (verdict, evidence) = has(&requirement.feature, kernel);
        let at = requirement.at.and_then(|at| place(manifest, at));
        Finding { feature: requirement.feature.clone(), verdict, evidence, at }
    }));
    Report {
        bundle: bundle.path.display().to_string(),
        compiled_for: compiled_for(manifest),
        running: kernel.release.clone(),
        findings,
    }
}

impl Report {
    /// The first thing that is absent, as a reason not to attach.
    ///
    /// # Errors
    ///
    /// When anything is absent, or it is not known whether LSM programs would run at all.
    pub fn verdict(&self) -> Result<(), Problem> {
        // Programs for an LSM that is not active attach and never run: nobody would notice.
        let absent = |finding: &&Finding| match finding.verdict {
            Verdict::Present => false,
            Verdict::Absent => true,
            Verdict::CannotTell => finding.feature == LSM_ACTIVE,
        };
        let Some(missing) = self.findings.iter().find(absent) else { return Ok(()) };
        let at = missing.at.as_ref().map(|at| format!(", which {at} needs")).unwrap_or_default();
        let (bundle, feature) = (&self.bundle, &missing.feature);
        if feature == SAME_KERNEL {
            let message = format!(
                "`{bundle}`: compiled for {}, and this is {}",
                self.compiled_for, self.running
            );
            return Err(Problem::new(&code::OTHER_KERNEL, message));
        }
        let lacks = match missing.verdict {
            Verdict::Present | Verdict::Absent => "this kernel lacks",
            Verdict::CannotTell => "it cannot be told whether this kernel has",
        };
        let message = format!("`{bundle}`: {lacks} `{feature}`{at}: {}", missing.evidence);
        let problem = Problem::new(&code::MISSING_FEATURE, message);
        Err(match (feature.as_str(), missing.verdict) {
            (LSM_ACTIVE, Verdict::CannotTell) => {
                problem.help("mount it: `mount -t securityfs none /sys/kernel/security`")
            }
            (LSM_ACTIVE, _) => problem
                .help("boot with `bpf` in the `lsm=` list, or compile for a kernel without it"),
            _ => problem,
        })
    }

    /// What cannot be told, as warnings.
    pub fn warnings(&self) -> impl Iterator<Item = String> {
        self.findings.iter().filter(|finding| finding.verdict == Verdict::CannotTell).map(
            |finding| {
                format!(
                    "cannot tell whether the kernel has `{}`: {}",
                    finding.feature, finding.evidence
                )
            },
        )
    }

    /// The report as a table.
    pub fn table(&self) -> String {
        let head = format!(
            "{}: compiled for {}; running {}\n",
            self.bundle, self.compiled_for, self.running
        );
        let width = self.findings.iter().map(|finding| finding.feature.len()).max().unwrap_or(0);
        let row = |finding: &Finding| {
            let word = match finding.verdict {
                Verdict::Present => "present",
                Verdict::Absent => "ABSENT",
                Verdict::CannotTell => "cannot tell",
            };
            let at = finding.at.as_ref().map(|at| format!(" ({at})")).unwrap_or_default();
            format!("  {word:<11}  {:<width$}  {}{at}\n", finding.feature, finding.evidence)
        };
        let rows: String = self.findings.iter().map(row).collect();
        head + &rows
    }
}

const SAME_KERNEL: &str = "same-kernel";
const LSM_ACTIVE: &str = "lsm-active:bpf";

fn same_kernel(manifest: &Manifest, kernel: &RunningKernel) -> Finding {
    let same = manifest.kernel.btf_digest == kernel.btf_digest;
    let (verdict, evidence) = if same {
        (Verdict::Present, "the running kernel's BTF is the one compiled for".to_owned())
    } else {
        (Verdict::Absent, "the running kernel's BTF is another".to_owned())
    };
    Finding { feature: SAME_KERNEL.to_owned(), verdict, evidence, at: None }
}

/// What the manifest lists, and one thing more: LSM programs that no kernel would run must not be
/// attached, whatever the compiler thought of it.
fn requirements(manifest: &Manifest) -> Vec<Requirement> {
    let mut list = manifest.requires.clone();
    let has_lsm =
        manifest.programs.iter().any(|program| matches!(program.attach, Attach::Lsm { .. }));
    if has_lsm && list.iter().all(|requirement| requirement.feature != LSM_ACTIVE) {
        let evidence = writ_bundle::Evidence::Unknown;
        list.push(Requirement { feature: LSM_ACTIVE.to_owned(), evidence, at: None });
    }
    list
}

/// `file:line` of a place in a policy.
pub fn place(manifest: &Manifest, at: SourceRange) -> Option<String> {
    let source = manifest.sources.get(usize::try_from(at.source).ok()?)?;
    Some(format!("{}:{}", source.name, at.line))
}

/// Answers for one feature, named as `writ` names them (`Feature` in `compiler/src/kernel`).
fn has(feature: &str, kernel: &RunningKernel) -> (Verdict, String) {
    let (kind, name) = feature.split_once(':').unwrap_or((feature, ""));
    let upper = name.to_uppercase();
    match kind {
        "helper" => enumerator(kernel, &name.replacen("bpf_", "BPF_FUNC_", 1)),
        "program" => enumerator(kernel, &format!("BPF_PROG_TYPE_{upper}")),
        "map" => enumerator(kernel, &format!("BPF_MAP_TYPE_{upper}")),
        "link" => enumerator(kernel, &format!("BPF_LINK_TYPE_{upper}")),
        "attach" => attach_type(kernel, &upper),
        "ring-buffer" => enumerator(kernel, "BPF_MAP_TYPE_RINGBUF"),
        "current-task-btf" => enumerator(kernel, "BPF_FUNC_get_current_task_btf"),
        // Fetching atomics and this helper both came with 5.12.
        "atomic-fetch" => enumerator(kernel, "BPF_FUNC_check_mtu"),
        "lsm-active" => lsm_active(kernel, name),
        "lsm" => function(kernel, &format!("bpf_lsm_{name}")),
        "function" | "fentry" | "fexit" | "fmod-ret" => function(kernel, name),
        "kprobe" => symbol(kernel, name),
        "uprobe" => told(
            Some(kernel.uprobe_event_type.is_some()),
            "/sys/bus/event_source/devices",
            "uprobe",
        ),
        "uprobe-registers" => enumerator(kernel, "kprobe_write_ctx"),
        "config" => told(kernel.has_config(name), "the kernel's configuration", name),
        "tracepoint" => told(kernel.has_trace_event(name), "tracefs", name),
        "raw-tracepoint" => {
            told(kernel.has_raw_tracepoint(name), "BTF", &format!("btf_trace_{name}"))
        }
        _ => (Verdict::CannotTell, "this loader does not know the feature".to_owned()),
    }
}

fn enumerator(kernel: &RunningKernel, name: &str) -> (Verdict, String) {
    told(Some(kernel.has_name(name)), "BTF", name)
}

fn attach_type(kernel: &RunningKernel, upper: &str) -> (Verdict, String) {
    let short = format!("BPF_{upper}");
    let trace = format!("BPF_TRACE_{upper}");
    let name = if kernel.has_name(&short) { short } else { trace };
    enumerator(kernel, &name)
}

fn lsm_active(kernel: &RunningKernel, name: &str) -> (Verdict, String) {
    match &kernel.lsms {
        Some(lsms) => {
            let active = lsms.names.iter().any(|lsm| lsm == name);
            let verdict = if active { Verdict::Present } else { Verdict::Absent };
            let list = lsms.names.join(",");
            (verdict, format!("the active LSMs by {} are {list}", lsms.witness))
        }
        None => {
            (Verdict::CannotTell, "securityfs is not mounted at /sys/kernel/security".to_owned())
        }
    }
}

fn function(kernel: &RunningKernel, name: &str) -> (Verdict, String) {
    told(kernel.has_function(name), "BTF", name)
}

fn symbol(kernel: &RunningKernel, name: &str) -> (Verdict, String) {
    told(kernel.has_symbol(name), "/proc/kallsyms", name)
}

fn told(answer: Option<bool>, witness: &str, name: &str) -> (Verdict, String) {
    match answer {
        Some(true) => (Verdict::Present, format!("{witness} has `{name}`")),
        Some(false) => (Verdict::Absent, format!("{witness} has no `{name}`")),
        None => (Verdict::CannotTell, format!("{witness} cannot be read")),
    }
}

#[cfg(test)]
mod tests;

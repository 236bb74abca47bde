//! The kernel that is running: what it publishes about itself.
#![expect(clippy::disallowed_methods, reason = "the loader asks its host")]

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use aya::{Btf, Endianness};
use aya_obj::btf::BtfKind;
use memchr::memmem;
use sha2::{Digest as _, Sha256};

use crate::code::{self, Problem};

/// What the running kernel says about itself. What is absent could not be read.
#[derive(Debug, Default)]
pub struct RunningKernel {
    /// `uname -r`.
    pub release: String,
    /// The bytes of `/sys/kernel/btf/vmlinux`.
    pub btf: Vec<u8>,
    /// `sha256:<hex>` of `btf`.
    pub btf_digest: String,
    /// The active LSMs, from securityfs.
    pub lsms: Option<Vec<String>>,
    /// `/boot/config-<release>`.
    pub config: Option<String>,
    /// The directory of trace events, when tracefs is mounted.
    pub trace_events: Option<String>,
    /// Names in `/proc/kallsyms`, read when first asked for. Filled by `has_symbol`.
    pub(crate) functions: OnceCell<Option<BTreeSet<String>>>,
    /// Filled by `types`.
    pub(crate) parsed: OnceCell<Option<Btf>>,
}

const BTF_PATH: &str = "/sys/kernel/btf/vmlinux";

/// Asks the running kernel.
///
/// # Errors
///
/// When it publishes no BTF.
pub fn read() -> Result<RunningKernel, Problem> {
    let btf = fs::read(BTF_PATH)
        .map_err(|error| Problem::new(&code::KERNEL_TYPES, format!("{BTF_PATH}: {error}")))?;
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let release = release.trim().to_owned();
    let lsms = fs::read_to_string("/sys/kernel/security/lsm").ok();
    let trace_events = ["/sys/kernel/tracing/events", "/sys/kernel/debug/tracing/events"]
        .into_iter()
        .find(|path| Path::new(path).is_dir());
    Ok(RunningKernel {
        config: fs::read_to_string(format!("/boot/config-{release}")).ok(),
        btf_digest: digest(&btf),
        btf,
        release,
        lsms: lsms.map(|list| list.trim().split(',').map(str::to_owned).collect()),
        trace_events: trace_events.map(str::to_owned),
        ..RunningKernel::default()
    })
}

/// `sha256:<hex>` of `bytes`.
pub fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = "sha256:".to_owned();
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

impl RunningKernel {
    /// Whether a name stands in the BTF's strings. For the names of enumerators that is proof that
    /// the kernel was built with them.
    pub fn has_name(&self, name: &str) -> bool {
        memmem::find(&self.btf, format!("\0{name}\0").as_bytes()).is_some()
    }

    /// Whether the BTF describes a function of this name; `None` when it cannot be parsed.
    pub fn has_function(&self, name: &str) -> Option<bool> {
        self.has_type(name, BtfKind::Func)
    }

    /// Whether the BTF has the raw tracepoint's prototype.
    pub fn has_raw_tracepoint(&self, name: &str) -> Option<bool> {
        self.has_type(&format!("btf_trace_{name}"), BtfKind::Typedef)
    }

    /// Whether a symbol of this name is in the kernel's text; `None` when that cannot be read.
    pub fn has_symbol(&self, name: &str) -> Option<bool> {
        let functions = self.functions.get_or_init(read_functions).as_ref()?;
        Some(functions.contains(name))
    }

    /// Whether tracefs has the trace event; `None` without tracefs.
    pub fn has_trace_event(&self, event: &str) -> Option<bool> {
        let directory = self.trace_events.as_ref()?;
        Some(!event.contains("..") && Path::new(directory).join(event).join("id").exists())
    }

    /// Whether a configuration option is `y` or `m`; `None` without the configuration.
    pub fn has_config(&self, option: &str) -> Option<bool> {
        let set = |line: &str| {
            line.strip_prefix(option).is_some_and(|value| matches!(value, "=y" | "=m"))
        };
        Some(self.config.as_ref()?.lines().any(set))
    }

    /// The parsed BTF.
    pub fn types(&self) -> Option<&Btf> {
        self.parsed.get_or_init(|| Btf::parse(&self.btf, Endianness::default()).ok()).as_ref()
    }

    fn has_type(&self, name: &str, kind: BtfKind) -> Option<bool> {
        if !self.has_name(name) {
            return Some(false);
        }
        Some(self.types()?.id_by_type_name_kind(name, kind).is_ok())
    }
}

/// Names of functions; addresses may be hidden, names are not.
fn read_functions() -> Option<BTreeSet<String>> {
    let text = fs::read_to_string("/proc/kallsyms").ok()?;
    let name = |line: &str| {
        let mut words = line.split_ascii_whitespace().skip(1);
        let kind = words.next()?;
        kind.eq_ignore_ascii_case("t").then(|| words.next().map(str::to_owned)).flatten()
    };
    Some(text.lines().filter_map(name).collect())
}

//! The kernel that is running: what it publishes about itself.
#![expect(clippy::disallowed_methods, reason = "the loader asks its host")]

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use aya::{Btf, Endianness};
use writ_bundle::digest;

use crate::code::{self, Problem};
use crate::kernel_types::Index;
use crate::system::perf_event::Binding;

/// What the running kernel says about itself. What is absent could not be read.
#[derive(Debug, Default)]
pub struct RunningKernel {
    /// `uname -r`.
    pub release: String,
    /// The bytes of `/sys/kernel/btf/vmlinux`.
    pub btf: Vec<u8>,
    /// `sha256:<hex>` of `btf`.
    pub btf_digest: String,
    /// The active LSMs.
    pub lsms: Option<Lsms>,
    /// `/boot/config-<release>`.
    pub config: Option<String>,
    /// The directory of trace events, when tracefs is mounted.
    pub trace_events: Option<String>,
    /// The number of perf events of the kind `uprobe`.
    pub uprobe_event_type: Option<u32>,
    /// How many processes can run at once: each has a thread and a PID, of which there are
    /// `kernel.threads-max` and `kernel.pid_max`.
    pub processes_max: u32,
    /// Names in `/proc/kallsyms`, read when first asked for. Filled by `has_symbol`.
    pub(crate) functions: OnceCell<Option<BTreeSet<String>>>,
    /// Where things are in `btf`. Filled by `index`.
    pub(crate) types: OnceCell<Option<Index>>,
}

/// Which LSMs are active, and what says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lsms {
    pub names: Vec<String>,
    pub witness: &'static str,
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
    let config = fs::read_to_string(format!("/boot/config-{release}")).ok();
    let command_line = fs::read_to_string("/proc/cmdline").ok();
    let securityfs = fs::read_to_string("/sys/kernel/security/lsm").ok();
    Ok(RunningKernel {
        lsms: active_lsms(securityfs.as_deref(), command_line.as_deref(), config.as_deref()),
        config,
        btf_digest: digest(&btf),
        btf,
        release,
        trace_events: trace_events().map(str::to_owned),
        processes_max: processes_max(),
        uprobe_event_type: fs::read_to_string("/sys/bus/event_source/devices/uprobe/type")
            .ok()
            .and_then(|text| text.trim().parse().ok()),
        ..RunningKernel::default()
    })
}

fn processes_max() -> u32 {
    let number = |name: &str| {
        let text = fs::read_to_string(format!("/proc/sys/kernel/{name}")).ok()?;
        text.trim().parse().ok()
    };
    let both = [number("threads-max"), number("pid_max")];
    both.into_iter().flatten().min().unwrap_or(u32::MAX)
}

/// Where tracefs describes trace events, when it is mounted.
fn trace_events() -> Option<&'static str> {
    ["/sys/kernel/tracing/events", "/sys/kernel/debug/tracing/events"]
        .into_iter()
        .find(|path| Path::new(path).is_dir())
}

/// The number of a trace event, by which it is attached to.
///
/// # Errors
///
/// When tracefs is not mounted or has no such event.
pub fn trace_event_id(subsystem: &str, event: &str) -> io::Result<u64> {
    let events = trace_events()
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "tracefs is not mounted"))?;
    let text = fs::read_to_string(format!("{events}/{subsystem}/{event}/id"))?;
    text.trim().parse().map_err(io::Error::other)
}

/// What securityfs lists; where it is not mounted, the list that the kernel was booted with
/// (`lsm=`), else the one that it was built with (`CONFIG_LSM`).
fn active_lsms(
    securityfs: Option<&str>,
    command_line: Option<&str>,
    config: Option<&str>,
) -> Option<Lsms> {
    let list = |text: &str, witness| {
        let names = text.trim().split(',').map(str::to_owned).collect();
        Some(Lsms { names, witness })
    };
    if let Some(text) = securityfs {
        return list(text, "securityfs");
    }
    let parameter = |word: &'_ str| word.strip_prefix("lsm=").map(str::to_owned);
    if let Some(text) = command_line?.split_ascii_whitespace().rev().find_map(parameter) {
        return list(&text, "the kernel's command line");
    }
    let option = |line: &'_ str| line.strip_prefix("CONFIG_LSM=").map(str::to_owned);
    let text = config?.lines().find_map(option)?;
    list(text.trim_matches('"'), "the kernel's configuration")
}

impl RunningKernel {
    /// Whether a name stands in the BTF's strings. For the names of enumerators that is proof that
    /// the kernel was built with them.
    pub fn has_name(&self, name: &str) -> bool {
        self.index().is_some_and(|index| index.has_name(&self.btf, name))
    }

    /// Whether the BTF describes a function of this name; `None` when it cannot be read.
    pub fn has_function(&self, name: &str) -> Option<bool> {
        self.index().map(|index| index.function(&self.btf, name).is_some())
    }

    /// Whether the BTF has the raw tracepoint's prototype.
    pub fn has_raw_tracepoint(&self, name: &str) -> Option<bool> {
        self.index().map(|_| self.raw_tracepoint(name).is_some())
    }

    /// The id of a function in the BTF.
    pub fn function(&self, name: &str) -> Option<u32> {
        self.index()?.function(&self.btf, name)
    }

    /// The id of a raw tracepoint's prototype in the BTF.
    pub fn raw_tracepoint(&self, name: &str) -> Option<u32> {
        self.index()?.typedef(&self.btf, &format!("btf_trace_{name}"))
    }

    /// The types that an object's relocations may look for: those that its own BTF names. Their ids
    /// are not the kernel's, which relocations of our objects never ask for.
    pub fn types_named_in(&self, object: &[u8]) -> Option<Btf> {
        let names = Index::of(object)?.type_names(object);
        let types = self.index()?.extract(&self.btf, &names)?;
        Btf::parse(&types, Endianness::default()).ok()
    }

    /// How programs are bound to events of probes and tracepoints here.
    pub(crate) fn binding(&self) -> Binding {
        if self.has_name("BPF_FUNC_get_attach_cookie") { Binding::Link } else { Binding::Event }
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

    fn index(&self) -> Option<&Index> {
        self.types.get_or_init(|| Index::of(&self.btf)).as_ref()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_active_lsms_are_known_by_the_best_witness_there_is() {
        let config = Some("CONFIG_LSM_MMAP_MIN_ADDR=65536\nCONFIG_LSM=\"landlock,bpf\"\n");
        for (securityfs, command_line, config, expected) in [
            (Some("a,b\n"), Some("lsm=c"), config, Some("a,b by securityfs")),
            (None, Some("ro lsm=x lsm=c,d"), config, Some("c,d by the kernel's command line")),
            (None, Some("ro"), config, Some("landlock,bpf by the kernel's configuration")),
            (None, Some("ro"), None, None),
            (None, None, config, None),
        ] {
            let found = active_lsms(securityfs, command_line, config)
                .map(|lsms| format!("{} by {}", lsms.names.join(","), lsms.witness));
            assert_eq!(found.as_deref(), expected);
        }
    }

    #[test]
    fn a_digest_is_that_of_sha256() {
        assert_eq!(
            digest(b"abc"),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn an_option_is_set_when_it_is_built_in_or_a_module() {
        let config = Some("CONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\n".to_owned());
        let kernel = RunningKernel { config, ..RunningKernel::default() };
        for (option, set) in [("CONFIG_A", true), ("CONFIG_B", true), ("CONFIG_C", false)] {
            assert_eq!(kernel.has_config(option), Some(set));
        }
    }
}

//! Reads what the running kernel says about itself.
#![expect(clippy::disallowed_methods, reason = "the command line does the IO")]

use std::fs;
use std::io::Read;
use std::path::Path;

use super::Error;
use crate::kernel::Profile;
use crate::kernel::profile::{Format, Origin, Sources};

const BTF: &str = "/sys/kernel/btf/vmlinux";
const RELEASE: &str = "/proc/sys/kernel/osrelease";
/// tracefs where it is mounted of itself, and where it was before 4.1.
const TRACING: [&str; 2] = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];
const ERROR_INJECTION: &str = "/sys/kernel/debug/error_injection/list";
const KPROBE_BLACKLIST: &str = "/sys/kernel/debug/kprobes/blacklist";
const SYMBOLS: &str = "/proc/kallsyms";
const LSM: &str = "/sys/kernel/security/lsm";

/// A profile of the running kernel, called `name`, or as its release when that is empty. Whatever
/// cannot be read, except BTF, leaves its facts unknown.
pub(super) fn host(name: &str) -> Result<Profile, Error> {
    let btf = fs::read(BTF).map_err(|error| Error::Read { path: BTF.into(), error })?;
    let release = text(RELEASE).ok().map(|release| release.trim().to_owned());
    let configuration = configuration(release.as_deref());
    let sources = Sources {
        name: name.to_owned(),
        architecture: std::env::consts::ARCH.to_owned(),
        origin: Origin::Captured,
        btf,
        configuration,
        traceable: tracing("available_filter_functions"),
        error_injection: error_injection(),
        formats: formats(),
        kprobe_blacklist: text(KPROBE_BLACKLIST),
        symbols: text(SYMBOLS),
        active_lsms: text(LSM),
        notes: Vec::new(),
        release,
    };
    sources.profile().map_err(|error| Error::Profile { name: BTF.to_owned(), error })
}

fn configuration(release: Option<&str>) -> Result<String, String> {
    if let Ok(packed) = fs::File::open("/proc/config.gz") {
        let mut text = String::new();
        let read = flate2::read::GzDecoder::new(packed).read_to_string(&mut text);
        return read.map(|_| text).map_err(|error| format!("`/proc/config.gz`: {error}"));
    }
    let release = release.ok_or("neither `/proc/config.gz` nor the release can be read")?;
    text(&format!("/boot/config-{release}"))
}

fn tracing(file: &str) -> Result<String, String> {
    let paths = TRACING.map(|mount| format!("{mount}/{file}"));
    let [first, second] = paths.map(|path| text(&path));
    first.or_else(|reason| second.map_err(|_| reason))
}

/// The list is only there when the kernel was built for error injection; that debugfs is mounted
/// but has no list is therefore an answer.
fn error_injection() -> Result<String, String> {
    let debugfs_is_mounted = Path::new("/sys/kernel/debug/tracing").exists();
    let list_is_there = Path::new(ERROR_INJECTION).exists();
    if debugfs_is_mounted && !list_is_there { Ok(String::new()) } else { text(ERROR_INJECTION) }
}

/// The format files of all events: `events/<subsystem>/<event>/format`.
fn formats() -> Result<Vec<Format>, String> {
    let events = TRACING.iter().map(|mount| format!("{mount}/events"));
    let path = events.clone().find(|path| Path::new(path).is_dir());
    let path = path.ok_or_else(|| format!("`{}/events` is not there", TRACING[0]))?;
    let mut formats = Vec::new();
    for subsystem in children(&path)? {
        for event in children(&format!("{path}/{subsystem}")).unwrap_or_default() {
            if let Ok(text) = text(&format!("{path}/{subsystem}/{event}/format")) {
                formats.push(Format { subsystem: subsystem.clone(), event, text });
            }
        }
    }
    if formats.is_empty() {
        Err(format!("no event under `{path}` can be read"))
    } else {
        Ok(formats)
    }
}

fn children(path: &str) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(path).map_err(|error| format!("`{path}`: {error}"))?;
    Ok(entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect())
}

/// The text of a file, or the reason why there is none, which names it.
fn text(path: &str) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("`{path}`: {error}"))
}

//! Turns what a kernel's files say into a profile.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use writ_bundle::digest;

use super::traceable;
use super::{Facts, Origin, Part, Profile, ProfileError};

/// What was read of one kernel. Each source that could not be read gives the reason, a clause
/// without final period.
#[derive(Debug)]
pub struct Sources {
    /// Empty: then the release is the name.
    pub name: String,
    pub release: Option<String>,
    pub architecture: String,
    pub origin: Origin,
    /// `/sys/kernel/btf/vmlinux` or the section `.BTF` of a vmlinux.
    pub btf: Vec<u8>,
    /// `/boot/config-*` as it is.
    pub configuration: Result<String, String>,
    /// `available_filter_functions` as it is, or one name a line.
    pub traceable: Result<String, String>,
    /// `/sys/kernel/debug/error_injection/list` as it is.
    pub error_injection: Result<String, String>,
    /// The `format` file of each event.
    pub formats: Result<Vec<Format>, String>,
    /// `/sys/kernel/debug/kprobes/blacklist` as it is.
    pub kprobe_blacklist: Result<String, String>,
    /// `/proc/kallsyms` as it is.
    pub symbols: Result<String, String>,
    /// `/sys/kernel/security/lsm` as it is.
    pub active_lsms: Result<String, String>,
    pub notes: Vec<String>,
}

/// The `format` file of a trace event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Format {
    pub subsystem: String,
    pub event: String,
    /// The file as it is.
    pub text: String,
}

impl Sources {
    /// The profile that these sources make.
    ///
    /// # Errors
    ///
    /// When the BTF cannot be read.
    pub fn profile(self) -> Result<Profile, ProfileError> {
        let configuration = self.configuration.map(|text| options(&text));
        let mut notes = self.notes;
        let active_lsms = match self.active_lsms {
            Ok(text) => Some(text.trim().split(',').map(str::to_owned).collect()),
            Err(reason) => {
                notes.push(format!("the active LSMs are not known: {reason}"));
                None
            }
        };
        let listed = self.traceable.map(|text| traceable::listed(&text));
        let functions = traceable::divide(listed, self.symbols);
        let parts = [
            (Part::Configuration, configuration),
            (Part::Traceable, functions.traced.map(ordered)),
            (Part::Untraced, functions.untraced.map(ordered)),
            (Part::Aliases, functions.aliases.map(ordered)),
            (Part::KprobeBlacklist, self.kprobe_blacklist.map(|text| blacklist(&text))),
            (Part::ErrorInjection, self.error_injection.map(|text| injections(&text))),
            (Part::Formats, self.formats.map(layouts)),
        ];
        let mut texts = BTreeMap::new();
        let mut missing = BTreeMap::new();
        for (part, source) in parts {
            match source {
                Ok(text) => drop(texts.insert(part, text)),
                Err(reason) => drop(missing.insert(part, reason)),
            }
        }
        let name = if self.name.is_empty() { self.release.clone() } else { Some(self.name) };
        let facts = Facts {
            name: name.unwrap_or_else(|| "unnamed".to_owned()),
            release: self.release,
            architecture: self.architecture,
            btf_digest: digest(&self.btf),
            active_lsms,
            origin: self.origin,
            missing,
            notes,
        };
        Profile::assemble(facts, self.btf, texts)
    }
}

/// The options that are set, ordered.
fn options(text: &str) -> String {
    let set = text.lines().filter(|line| line.starts_with("CONFIG_") && line.contains('='));
    ordered(set.map(str::to_owned).collect())
}

/// The functions that the list names behind their addresses, ordered.
fn blacklist(text: &str) -> String {
    let names = text.lines().filter_map(|line| line.split_whitespace().nth(1));
    let real = names.filter(|name| !traceable::is_padding(name));
    let names: BTreeSet<String> = real.map(str::to_owned).collect();
    ordered(names.into_iter().collect())
}

/// `function\tkind` of each entry, ordered.
fn injections(text: &str) -> String {
    let entries = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        Some(format!("{}\t{}", words.next()?, words.next().unwrap_or("EI_NONE")))
    });
    ordered(entries.collect())
}

/// Each event with its fields, ordered by event.
fn layouts(mut formats: Vec<Format>) -> String {
    formats.sort();
    let mut text = String::new();
    for Format { subsystem, event, text: format } in &formats {
        let _ = writeln!(text, "{subsystem}/{event}");
        for field in format.lines().filter_map(field) {
            let _ = writeln!(text, "\t{field}");
        }
    }
    text
}

/// A line such as `field:char comm[16]; offset:8; size:16; signed:0;` as
/// `offset size signed type\tname`.
fn field(line: &str) -> Option<String> {
    let mut parts = line.trim().split(';').map(str::trim);
    let (type_, name) = declaration(parts.next()?.strip_prefix("field:")?)?;
    let mut number = |key: &str| parts.next()?.strip_prefix(key)?.parse::<u32>().ok();
    let (offset, size, signed) = (number("offset:")?, number("size:")?, number("signed:")?);
    Some(format!("{offset} {size} {signed} {type_}\t{name}"))
}

/// The type and the name of a C declaration; the dimensions of an array go to the type.
fn declaration(text: &str) -> Option<(String, &str)> {
    let text = text.trim();
    // `__data_loc char[] name` has its dimension at the type already.
    let (declared, dimensions) = match text.find('[') {
        Some(at) if text.ends_with(']') => text.split_at_checked(at)?,
        _ => (text, ""),
    };
    let start = declared.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
    let (type_, name) = declared.split_at_checked(start)?;
    (!name.is_empty()).then(|| (format!("{}{dimensions}", type_.trim()), name))
}

fn ordered(mut lines: Vec<String>) -> String {
    lines.sort_unstable();
    lines.push(String::new());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_line_is_kept_as_numbers_type_and_name() {
        let cases = [
            ("field:int dfd;\toffset:16;\tsize:8;\tsigned:0;", "16 8 0 int\tdfd"),
            ("field:char comm[16];\toffset:8;\tsize:16;\tsigned:0;", "8 16 0 char[16]\tcomm"),
            (
                "field:const char * filename;\toffset:24;\tsize:8;\tsigned:0;",
                "24 8 0 const char *\tfilename",
            ),
            (
                "field:__data_loc char[] filename;\toffset:8;\tsize:4;\tsigned:0;",
                "8 4 0 __data_loc char[]\tfilename",
            ),
        ];
        for (line, expected) in cases {
            assert_eq!(field(&format!("\t{line}")).as_deref(), Some(expected));
        }
        assert_eq!(field("print fmt: \"x\""), None);
    }

    #[test]
    fn options_that_are_not_set_are_left_out() {
        assert_eq!(
            options("# CONFIG_A is not set\nCONFIG_C=m\nCONFIG_B=y\n"),
            "CONFIG_B=y\nCONFIG_C=m\n"
        );
    }
}

//! All that is known about one kernel, and the questions that can be asked about it.

mod file;
mod lines;
mod section;
mod sources;
mod traceable;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use file::{FORMAT, ProfileError, is_profile};
pub use section::Part;
pub use sources::{Format, Sources};

use super::answer::{Answer, Strength};
use super::btf::Btf;
pub(super) use lines::Lines;
use section::Section;

use super::Way;

/// All that is known about one kernel.
///
/// Only the BTF is decoded at once. Everything else stays packed until it is asked for, since most
/// policies ask for little of it.
#[derive(Debug)]
pub struct Profile {
    facts: Facts,
    btf: Btf,
    sections: BTreeMap<Part, Section>,
    /// Whether functions may be hooked by fentry and fexit. The user's choice, not a fact.
    pub(super) fentry: FentryUse,
    /// Which programs the kernel is taken to accept. The user's choice too.
    pub(super) programs: ProgramSize,
    /// Options of the configuration that are taken to be unset. The user's choice too.
    unset: BTreeSet<String>,
    /// How hooks must be attached, by the name that policies give them. The user's choice too.
    forced: BTreeMap<String, Way>,
}

/// Which programs a kernel accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProgramSize {
    /// Those that its evidence speaks for.
    AsShown,
    /// Only those of at most 4096 instructions, as before 5.2.
    Small,
}

/// Whether functions may be hooked by fentry and fexit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FentryUse {
    /// Where the kernel can do it.
    Possible,
    /// Not even then.
    Avoided,
}

/// The small facts, as they are stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// What people call it: `6.1`, or the release when nobody gave it a name.
    pub name: String,
    /// `uname -r`, when it is known.
    pub release: Option<String>,
    /// `uname -m`: `x86_64`.
    pub architecture: String,
    /// `sha256:<hex>` of the raw BTF.
    pub btf_digest: String,
    /// What `/sys/kernel/security/lsm` lists, in order; `None` when nothing tells.
    pub active_lsms: Option<Vec<String>>,
    /// How the profile came to be, which decides how much its lists prove.
    pub origin: Origin,
    /// Why a part is missing, for answers that would need it.
    pub missing: BTreeMap<Part, String>,
    /// What else a reader should know, one sentence each.
    pub notes: Vec<String>,
}

/// How a profile was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// On the running kernel: its lists are exact.
    Captured,
    /// From files of a kernel that was not running.
    Imported,
}

impl Profile {
    /// Puts a profile together from raw BTF and the texts of the other parts.
    ///
    /// `texts` are the lines that [`Part`] describes; an empty text is a known, empty list, while a
    /// part that is left out is unknown.
    ///
    /// # Errors
    ///
    /// When the BTF cannot be read.
    pub fn assemble(
        facts: Facts,
        btf: Vec<u8>,
        texts: BTreeMap<Part, String>,
    ) -> Result<Self, ProfileError> {
        let sections = texts.into_iter().map(|(part, text)| (part, Section::open(text))).collect();
        Ok(Self {
            facts,
            btf: Btf::parse(btf)?,
            sections,
            fentry: FentryUse::Possible,
            programs: ProgramSize::AsShown,
            unset: BTreeSet::new(),
            forced: BTreeMap::new(),
        })
    }

    /// What people call it: `6.1`.
    pub fn name(&self) -> &str {
        &self.facts.name
    }

    /// `uname -r`, when it is known.
    pub fn release(&self) -> Option<&str> {
        self.facts.release.as_deref()
    }

    /// `uname -m`: `x86_64`.
    pub fn architecture(&self) -> &str {
        &self.facts.architecture
    }

    /// `sha256:<hex>` of the raw BTF.
    pub fn btf_digest(&self) -> &str {
        &self.facts.btf_digest
    }

    /// Everything that is stored beside the lists.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The kernel's types.
    pub fn btf(&self) -> &Btf {
        &self.btf
    }

    /// The same kernel, booted with one more LSM in its `lsm=` list. Its name says so:
    /// `5.10+lsm=bpf`.
    #[must_use]
    pub fn with_lsm(mut self, lsm: &str) -> Self {
        let active = self.facts.active_lsms.get_or_insert_default();
        if !active.iter().any(|name| name == lsm) {
            active.push(lsm.to_owned());
        }
        self.facts.name = format!("{}+lsm={lsm}", self.facts.name);
        self
    }

    /// The same kernel, whose functions must not be hooked by fentry and fexit: the host refuses
    /// such programs, for a reason that no profile tells. Its name says so: `6.1+avoid=fentry`.
    #[must_use]
    pub fn without_fentry(mut self) -> Self {
        self.fentry = FentryUse::Avoided;
        self.facts.name = format!("{}+avoid=fentry", self.facts.name);
        self
    }

    /// The same kernel, on which `hook` must be attached in this way and no other. Hooks are named
    /// as in policies: `sys_openat`, `file_open`, `sched/sched_process_exec`, `list:calls`.
    #[must_use]
    pub fn attaching(mut self, hook: &str, way: Way) -> Self {
        self.forced.insert(hook.to_owned(), way);
        self
    }

    /// How `hook` must be attached, if the user has said so.
    pub fn forced(&self, hook: &str) -> Option<Way> {
        self.forced.get(hook).copied()
    }

    /// The same kernel, which takes only small programs, as kernels before 5.3 do; what came to BPF
    /// later is taken to be absent as well. Only Tetragon runs there. Its name says so:
    /// `6.1+avoid=large-programs`.
    #[must_use]
    pub fn without_large_programs(mut self) -> Self {
        self.programs = ProgramSize::Small;
        self.facts.name = format!("{}+avoid=large-programs", self.facts.name);
        self
    }

    /// The same kernel, built without an option such as `CONFIG_TIME_NS`. Its name says so:
    /// `6.1+without=CONFIG_TIME_NS`.
    #[must_use]
    pub fn without_option(mut self, option: &str) -> Self {
        self.unset.insert(option.to_owned());
        self.facts.name = format!("{}+without={option}", self.facts.name);
        self
    }

    /// What evidence from this profile's lists is worth.
    pub(super) fn strength(&self) -> Strength {
        match self.facts.origin {
            Origin::Captured => Strength::Shown,
            Origin::Imported => Strength::Inferred,
        }
    }

    /// The major and minor number of the release: `(6, 1)`. The last resort, since vendors backport.
    pub fn version(&self) -> Option<(u32, u32)> {
        let mut numbers = self.release()?.split(|c: char| !c.is_ascii_digit());
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    }

    /// Whether an LSM is in the active list, so that its hooks are asked.
    ///
    /// A kernel that was not running has no such list; then `CONFIG_LSM` says with which it boots
    /// when the command line does not change it.
    pub fn lsm_active(&self, lsm: &str) -> Answer {
        let Some(active) = &self.facts.active_lsms else { return self.lsm_configured(lsm) };
        let list = active.join(",");
        if active.iter().any(|name| name == lsm) {
            Answer::shown(format!("`{lsm}` is in the active LSM list `{list}`"))
        } else {
            Answer::absent(format!("`{lsm}` is not in the active LSM list `{list}`"))
        }
    }

    fn lsm_configured(&self, lsm: &str) -> Answer {
        let list = match self.config("CONFIG_LSM") {
            Err(_) => return Answer::unknown("the profile does not list the active LSMs"),
            Ok(list) => list.unwrap_or_default().trim_matches('"'),
        };
        let evidence = format!("`CONFIG_LSM={list}`, unless the command line says otherwise");
        if list.split(',').any(|name| name == lsm) {
            Answer::inferred(evidence)
        } else {
            Answer::inferred_absent(evidence)
        }
    }

    /// The value of a configuration option such as `CONFIG_BPF_LSM`: `y`, `m`, a number or a quoted
    /// text. `Ok(None)` when it is not set.
    ///
    /// # Errors
    ///
    /// The reason why the profile does not know its kernel's configuration.
    pub fn config(&self, option: &str) -> Result<Option<&str>, String> {
        if self.unset.contains(option) {
            return Ok(None);
        }
        Ok(self.lines(Part::Configuration)?.after(&format!("{option}=")))
    }

    /// How many functions of that name can be traced by ftrace, `.isra` and other variants not
    /// counted. More than one when files of the kernel have static functions of the same name.
    ///
    /// # Errors
    ///
    /// The reason why the profile does not know.
    pub(super) fn traceable_count(&self, function: &str) -> Result<usize, String> {
        Ok(self.lines(Part::Traceable)?.count(function))
    }

    /// How many functions of that name ftrace cannot trace.
    ///
    /// # Errors
    ///
    /// The reason why the profile does not know.
    pub(super) fn untraced_count(&self, function: &str) -> Result<usize, String> {
        Ok(self.lines(Part::Untraced)?.count(function))
    }

    /// The name under which ftrace lists the code of a function that has several names:
    /// `__do_sys_inotify_init` for `__x64_sys_inotify_init`.
    pub fn alias(&self, function: &str) -> Option<&str> {
        self.lines(Part::Aliases).ok()?.after(&format!("{function}\t"))
    }

    /// Names of the functions that ftrace lists under another name, ordered.
    pub fn aliases(&self) -> impl Iterator<Item = &str> {
        let lines = self.lines(Part::Aliases).map(Lines::iter).into_iter().flatten();
        lines.filter_map(|line| Some(line.split_once('\t')?.0))
    }

    /// Whether a name means one function of the kernel.
    pub fn is_unique(&self, function: &str) -> Answer {
        super::attach::unique(self, function)
    }

    /// Whether the kernel has a function of this name, whether or not BTF describes it.
    pub fn has_function(&self, function: &str) -> Answer {
        super::attach::exists(self, function)
    }

    /// Names of the functions that the kernel has and that ftrace cannot trace, ordered; empty when
    /// the profile does not know.
    pub fn untraced_functions(&self) -> impl Iterator<Item = &str> {
        self.lines(Part::Untraced).map(Lines::iter).into_iter().flatten()
    }

    /// Names of the functions to which the kernel attaches no kprobe, ordered; empty when the
    /// profile does not know.
    pub fn kprobe_blacklist(&self) -> impl Iterator<Item = &str> {
        self.lines(Part::KprobeBlacklist).map(Lines::iter).into_iter().flatten()
    }

    /// Names of the functions that ftrace can trace, ordered; empty when the profile does not know.
    /// A function of a module has the module's name in brackets behind it.
    pub fn traceable_functions(&self) -> impl Iterator<Item = &str> {
        self.lines(Part::Traceable).map(Lines::iter).into_iter().flatten()
    }

    /// Why the profile lacks a part; `None` when it has it.
    pub fn missing(&self, part: Part) -> Option<String> {
        self.lines(part).err()
    }

    /// Names under which the compiler put variants of a function: `foo.isra.0`, `foo.constprop.0`.
    /// A function of which only variants exist cannot be hooked by its name.
    pub fn variants(&self, function: &str) -> Vec<&str> {
        let Ok(lines) = self.lines(Part::Traceable) else { return Vec::new() };
        lines.starting_with(&format!("{function}."))
    }

    /// Whether ftrace can trace a function, whether or not BTF describes it.
    pub fn traceable(&self, function: &str) -> Answer {
        super::attach::traceable(self, function)
    }

    /// Whether a function is in the error-injection list, so that its return value may be replaced.
    pub fn error_injectable(&self, function: &str) -> Answer {
        super::attach::error_injectable(self, function)
    }

    /// The lines of a part.
    ///
    /// # Errors
    ///
    /// The reason why the profile lacks the part.
    pub(super) fn lines(&self, part: Part) -> Result<Lines<'_>, String> {
        let Some(section) = self.sections.get(&part) else {
            return Err(self
                .facts
                .missing
                .get(&part)
                .cloned()
                .unwrap_or_else(|| format!("the profile has no {}", part.describe())));
        };
        section.lines().ok_or_else(|| format!("the profile's {} is damaged", part.describe()))
    }
}

#[cfg(test)]
mod tests;

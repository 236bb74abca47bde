//! What a hook passes to a program on one kernel, as text, and how that differs between kernels.

use std::fmt;

use super::btf::Type;
use super::function::{Prototype, join};
use super::hook_name::HookName;
use super::profile::Profile;

/// What a hook passes, and what it returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// In the order in which a policy counts them. A tracepoint's are the fields of its record.
    pub parameters: Vec<Passed>,
    /// In C; `None` where nothing returns.
    pub returns: Option<String>,
}

/// A parameter or a field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Passed {
    /// Empty when the kernel's BTF does not tell it.
    pub name: String,
    /// In C: `struct file *`.
    pub type_: String,
}

/// One difference between two signatures. Places are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    Inserted {
        at: usize,
        what: Passed,
    },
    Removed {
        at: usize,
        what: Passed,
    },
    /// It stands in another order among the others; what shifts only since something was inserted
    /// or removed before it is not among these.
    Moved {
        from: usize,
        to: usize,
        what: Passed,
    },
    Renamed {
        at: usize,
        from: Passed,
        to: Passed,
    },
    Retyped {
        at: usize,
        from: Passed,
        to: Passed,
    },
    Returns {
        from: Option<String>,
        to: Option<String>,
    },
}

/// More parameters than these are compared place by place.
const MOST_ALIGNED: usize = 64;

impl Profile {
    /// What a hook passes on this kernel; `None` when the kernel does not have it, or nothing
    /// tells.
    pub fn signature(&self, hook: &HookName) -> Option<Signature> {
        match hook {
            HookName::Function(name) => {
                self.btf().functions_named(name).find_map(Signature::of_function)
            }
            HookName::Syscall(name) => self.syscall_signature(name),
            HookName::Lsm(name) => {
                self.lsm_hook(name).map(|hook| Signature::of_prototype(&hook.prototype))
            }
            HookName::Tracepoint(subsystem, event) => {
                let fields = self.tracepoint(subsystem, event)?.fields.into_iter();
                let parameters =
                    fields.map(|field| Passed { name: field.name, type_: field.text }).collect();
                Some(Signature { parameters, returns: None })
            }
            HookName::RawTracepoint(event) => {
                let found = self.raw_tracepoint(event)?;
                let parameters = found.parameters.iter().map(Passed::of).collect();
                Some(Signature { parameters, returns: None })
            }
        }
    }

    fn syscall_signature(&self, name: &str) -> Option<Signature> {
        let arguments = self.syscall(name)?.arguments?.into_iter();
        let parameters = arguments
            .map(|argument| Passed { name: argument.name, type_: argument.text })
            .collect();
        Some(Signature { parameters, returns: Some("long".to_owned()) })
    }
}

impl Signature {
    /// The signature of a function type; `None` when it is none.
    pub(super) fn of_function(type_: Type<'_>) -> Option<Self> {
        Prototype::of(type_).map(|prototype| Self::of_prototype(&prototype))
    }

    fn of_prototype(prototype: &Prototype<'_>) -> Self {
        let mut parameters: Vec<Passed> = prototype.parameters.iter().map(Passed::of).collect();
        if prototype.variadic {
            parameters.push(Passed { name: String::new(), type_: "...".to_owned() });
        }
        Self { parameters, returns: Some(prototype.returns.text()) }
    }

    /// In C, with `name` in its middle.
    pub fn text(&self, name: &str) -> String {
        let list: Vec<String> = self.parameters.iter().map(Passed::text).collect();
        let inside = if list.is_empty() { "void".to_owned() } else { list.join(", ") };
        let call = format!("{name}({inside})");
        self.returns.as_deref().map_or(call.clone(), |returns| join(returns, &call))
    }

    /// What is different in `new`, in the order of the places.
    pub fn changes(&self, new: &Self) -> Vec<Change> {
        let mut changes = passed_changes(&self.parameters, &new.parameters);
        if self.returns != new.returns {
            changes.push(Change::Returns { from: self.returns.clone(), to: new.returns.clone() });
        }
        changes
    }
}

impl Passed {
    fn of(parameter: &super::function::Parameter<'_>) -> Self {
        Self { name: parameter.name.to_owned(), type_: parameter.type_.text() }
    }

    /// In C: `struct file *file`.
    pub fn text(&self) -> String {
        join(&self.type_, &self.name)
    }

    /// Whether a policy that reads it by its place reads the same value: the name is the same, or
    /// unknown, and so is the type but for `const` and `volatile`.
    pub fn is_like(&self, other: &Self) -> bool {
        let same_name = self.name == other.name || self.name.is_empty() || other.name.is_empty();
        same_name && unqualified(&self.type_) == unqualified(&other.type_)
    }
}

/// A type without what does not change how it is read.
fn unqualified(type_: &str) -> String {
    let words = type_.split(' ').filter(|word| !["const", "volatile", "__user"].contains(word));
    words.collect::<Vec<_>>().join(" ").replace("*const", "*").replace("*restrict", "*")
}

fn passed_changes(old: &[Passed], new: &[Passed]) -> Vec<Change> {
    if old == new {
        return Vec::new();
    }
    let pairs = align(old, new);
    let mut changes = Vec::new();
    let gone = |at: &usize| !pairs.iter().any(|(from, _)| from == at);
    let come = |at: &usize| !pairs.iter().any(|(_, to)| to == at);
    let mut come: Vec<usize> = (0..new.len()).filter(come).collect();
    for from in (0..old.len()).filter(gone) {
        let Some(what) = old.get(from) else { continue };
        let named = |at: &&usize| {
            !what.name.is_empty() && new.get(**at).is_some_and(|new| new.name == what.name)
        };
        match come.iter().find(named).copied() {
            Some(to) => {
                come.retain(|at| *at != to);
                changes.push(Change::Moved { from, to, what: what.clone() });
            }
            None => changes.push(Change::Removed { at: from, what: what.clone() }),
        }
    }
    for at in come {
        changes.extend(new.get(at).map(|what| Change::Inserted { at, what: what.clone() }));
    }
    for (from, to) in pairs {
        let (Some(from), Some(new)) = (old.get(from), new.get(to)) else { continue };
        let (from, new) = (from.clone(), new.clone());
        if from.type_ != new.type_ {
            changes.push(Change::Retyped { at: to, from, to: new });
        } else if from.name != new.name {
            changes.push(Change::Renamed { at: to, from, to: new });
        }
    }
    changes.sort_by_key(Change::place);
    changes
}

impl Change {
    /// Where it is, in the new signature where it has a place there.
    fn place(&self) -> usize {
        match self {
            Self::Inserted { at, .. }
            | Self::Removed { at, .. }
            | Self::Renamed { at, .. }
            | Self::Retyped { at, .. } => *at,
            Self::Moved { to, .. } => *to,
            Self::Returns { .. } => usize::MAX,
        }
    }
}

/// As a clause: `` `struct file *file` inserted at 0 ``.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inserted { at, what } => write!(f, "`{}` inserted at {at}", what.text()),
            Self::Removed { at, what } => write!(f, "`{}` removed from {at}", what.text()),
            Self::Moved { from, to, what } => {
                write!(f, "`{}` moved from {from} to {to}", what.text())
            }
            Self::Renamed { at, from, to } => {
                write!(f, "`{}` renamed to `{}` at {at}", from.text(), to.name)
            }
            Self::Retyped { at, from, to } if from.name == to.name && !to.name.is_empty() => {
                write!(f, "`{}` changed from `{}` to `{}` at {at}", to.name, from.type_, to.type_)
            }
            Self::Retyped { at, from, to } => {
                write!(f, "`{}` became `{}` at {at}", from.text(), to.text())
            }
            Self::Returns { from, to } => {
                let word =
                    |type_: &Option<String>| type_.clone().unwrap_or_else(|| "nothing".into());
                write!(f, "returns `{}` instead of `{}`", word(to), word(from))
            }
        }
    }
}

/// Which belong together, in order: the pairs whose likeness is greatest in sum.
fn align(old: &[Passed], new: &[Passed]) -> Vec<(usize, usize)> {
    if old.len().max(new.len()) > MOST_ALIGNED {
        return (0..old.len().min(new.len())).map(|at| (at, at)).collect();
    }
    // `best[i][j]` is the greatest sum for what stands behind `i` and `j`.
    let mut best = vec![vec![0_u32; new.len() + 1]; old.len() + 1];
    let at = |best: &[Vec<u32>], i: usize, j: usize| {
        best.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0)
    };
    let pair = |best: &[Vec<u32>], i: usize, j: usize| {
        let score = old.get(i).zip(new.get(j)).map_or(0, |(old, new)| likeness(old, new));
        if score == 0 { 0 } else { score + at(best, i + 1, j + 1) }
    };
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            let sum = pair(&best, i, j).max(at(&best, i + 1, j)).max(at(&best, i, j + 1));
            if let Some(cell) = best.get_mut(i).and_then(|row| row.get_mut(j)) {
                *cell = sum;
            }
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < old.len() && j < new.len() {
        let sum = at(&best, i, j);
        if sum > 0 && sum == pair(&best, i, j) {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if sum == at(&best, i + 1, j) {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// How much two parameters are the same one: 0 when not at all.
fn likeness(old: &Passed, new: &Passed) -> u32 {
    let same_name = old.name == new.name && !old.name.is_empty();
    let same_type = unqualified(&old.type_) == unqualified(&new.type_);
    match (same_name, same_type) {
        (true, true) => 8,
        (true, false) => 5,
        (false, true) => 3,
        (false, false) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(text: &str) -> Signature {
        let passed = |one: &str| {
            let (type_, name) = one.trim().rsplit_once(' ').unwrap();
            Passed { name: name.to_owned(), type_: type_.to_owned() }
        };
        let parameters = text.split(',').filter(|one| !one.trim().is_empty()).map(passed);
        Signature { parameters: parameters.collect(), returns: Some("int".to_owned()) }
    }

    fn told(old: &str, new: &str) -> Vec<String> {
        let changes = signature(old).changes(&signature(new));
        changes.iter().map(|change| format!("{change}")).collect()
    }

    #[test]
    fn each_change_is_told_as_what_it_is() {
        let cases: &[(&str, &str, &[&str])] = &[
            ("inode *dir, dentry *dentry", "inode *dir, dentry *dentry", &[]),
            (
                "inode *dir, dentry *dentry",
                "mnt_idmap *idmap, inode *dir, dentry *dentry",
                &["`mnt_idmap *idmap` inserted at 0"],
            ),
            ("int a, long b, u32 c", "int a, u32 c", &["`long b` removed from 1"]),
            ("int a, long b", "long b, int a", &["`int a` moved from 0 to 1"]),
            ("int a", "int b", &["`int a` renamed to `b` at 0"]),
            ("int flags", "long flags", &["`flags` changed from `int` to `long` at 0"]),
            (
                "user_namespace *ns, inode *dir",
                "mnt_idmap *idmap, inode *dir",
                &["`user_namespace *ns` removed from 0", "`mnt_idmap *idmap` inserted at 0"],
            ),
        ];
        for (old, new, expected) in cases {
            let mut expected = expected.to_vec();
            let mut found = told(old, new);
            expected.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, expected, "{old} -> {new}");
        }
    }

    #[test]
    fn what_only_adds_const_is_read_the_same() {
        let old = Passed { name: "path".into(), type_: "struct path *".into() };
        let new = Passed { name: "path".into(), type_: "const struct path *".into() };
        assert!(old.is_like(&new));
        let other = Passed { name: "dentry".into(), type_: "struct path *".into() };
        assert!(!old.is_like(&other));
    }

    #[test]
    fn long_lists_are_compared_place_by_place() {
        let long = (0..200).map(|at| format!("int p{at},")).collect::<Vec<_>>().concat();
        let other = long.replace("int p7,", "long p7,");
        assert_eq!(told(&long, &other), ["`p7` changed from `int` to `long` at 7"]);
    }
}

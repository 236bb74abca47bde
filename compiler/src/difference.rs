//! What differs between two bundles, as data.

use serde::Serialize;

/// Everything that differs between an old and a new bundle, in a stable order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Differences {
    pub policies: Vec<PolicyDifference>,
    pub images: Vec<ImageDifference>,
    pub costs: Vec<CostDifference>,
}

impl Differences {
    /// Whether the two do the same at the same cost.
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty() && self.images.is_empty() && self.costs.is_empty()
    }
}

/// What happened to a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyDifference {
    /// `namespace/name`, or the name alone.
    pub policy: String,
    pub change: Change,
    /// `mode: enforce → monitor` and the like.
    pub fields: Vec<Field>,
    pub hooks: Vec<HookDifference>,
}

/// What happened to a hook of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HookDifference {
    /// The hook in words: `kprobe security_file_open`.
    pub hook: String,
    pub change: Change,
    /// `arguments`, `attached`, `message` and so on.
    pub fields: Vec<Field>,
    pub selectors: Vec<SelectorDifference>,
}

/// What happened to a selector of a hook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SelectorDifference {
    /// Its place in the old policy, counted from 1.
    pub old_place: Option<usize>,
    /// Its place in the new policy, counted from 1.
    pub new_place: Option<usize>,
    pub change: Change,
    /// `condition`, `actions`, `return condition`, `return actions`.
    pub fields: Vec<Field>,
}

/// What happened to the contents of a map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImageDifference {
    pub map: String,
    pub entries_added: usize,
    pub entries_removed: usize,
    pub entries_changed: usize,
}

/// What happened to the cost of a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CostDifference {
    /// How it is attached: `fentry security_file_open`.
    pub program: String,
    pub fields: Vec<Field>,
}

/// A value that is not the same any more. `None`: it was, or is, not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    pub name: &'static str,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// What happened to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    Added,
    Removed,
    Changed,
}

/// How a program is attached, in words.
pub fn attach_words(attach: &writ_bundle::Attach) -> String {
    use writ_bundle::{Attach, UserPlace};
    match attach {
        Attach::Fentry { function } => format!("fentry {function}"),
        Attach::Fexit { function } => format!("fexit {function}"),
        Attach::FmodRet { function } => format!("fmod_ret {function}"),
        Attach::Kprobe { function } => format!("kprobe {function}"),
        Attach::Kretprobe { function } => format!("kretprobe {function}"),
        Attach::Lsm { hook, sleepable: _ } => format!("lsm {hook}"),
        Attach::Tracepoint { subsystem, event } => format!("tracepoint {subsystem}:{event}"),
        Attach::KprobeMulti { functions } => several("kprobe.multi", functions),
        Attach::KretprobeMulti { functions } => several("kretprobe.multi", functions),
        Attach::Kprobes { functions } => several("kprobes", functions),
        Attach::Kretprobes { functions } => several("kretprobes", functions),
        Attach::RawTracepoint { event } => format!("raw_tracepoint {event}"),
        Attach::BtfTracepoint { event } => format!("tp_btf {event}"),
        Attach::Uprobe { file, places, apart: _ } => {
            format!("uprobe {file} {}", UserPlace::list(places))
        }
        Attach::Uretprobe { file, places, apart: _ } => {
            format!("uretprobe {file} {}", UserPlace::list(places))
        }
        Attach::Usdt { file, provider, name, apart: _ } => format!("usdt {file} {provider}:{name}"),
    }
}

/// The first function, and how many there are beside it.
fn several(way: &str, functions: &[String]) -> String {
    let first = functions.first().map_or("", String::as_str);
    format!("{way} {first} and {} more", functions.len().saturating_sub(1))
}

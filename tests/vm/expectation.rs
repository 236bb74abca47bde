//! What a scenario must print and report.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use writ::kernel::{Profile, Way};

use super::guest::{Boot, Results};
use crate::files;

/// A scenario and its `expect.yaml`.
pub(crate) struct Expectation {
    pub(crate) name: String,
    folder: PathBuf,
    expect: Expect,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    /// What the scenario shows, in one sentence.
    #[expect(dead_code, reason = "it is there for the reader")]
    shows: String,
    /// The kernels that have what the scenario needs; all when left out.
    kernels: Option<Vec<String>>,
    /// Ways of attaching in which it runs besides, each in a run of its own.
    #[serde(default)]
    forced: Vec<Forced>,
    /// What `guest.sh` prints.
    prints: String,
    /// For each, an event must have at least these fields with these values.
    #[serde(default)]
    events: Vec<Value>,
    /// No event may have all of these.
    #[serde(default)]
    never: Vec<Value>,
    /// Exactly so many events have these.
    #[serde(default)]
    counts: Vec<Count>,
}

/// Hooks, each with the way in which it is to be attached.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forced {
    pub(crate) attach: BTreeMap<String, String>,
    /// The kernels that have these ways; all of the scenario's when left out.
    kernels: Option<Vec<String>>,
}

impl Forced {
    /// Whether the kernel, as it is booted, has the ways.
    pub(crate) fn is_for(&self, profile: &str) -> bool {
        self.kernels.as_ref().is_none_or(|all| all.iter().any(|one| one == profile))
    }

    /// What a run is called besides the scenario's name.
    pub(crate) fn name(&self) -> String {
        let ways: BTreeSet<&str> = self.attach.values().map(String::as_str).collect();
        ways.into_iter().collect::<Vec<_>>().join("-")
    }

    /// The kernel, on which the hooks are attached so.
    pub(crate) fn apply(&self, profile: Profile) -> Profile {
        self.attach.iter().fold(profile, |profile, (hook, way)| {
            let known = Way::from_name(way);
            profile.attaching(hook, known.unwrap_or_else(|| panic!("there is no way `{way}`")))
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    times: usize,
    event: Value,
}

impl Expectation {
    /// Every scenario, in the order of their names.
    pub(crate) fn all() -> Vec<Self> {
        let root = files::top().join("tests/vm/scenarios");
        let all = files::below(&root);
        let expectations = all.iter().filter(|path| path.ends_with("expect.yaml"));
        expectations.map(|path| Self::read(path)).collect()
    }

    /// What an `expect.yaml` says.
    pub(crate) fn read(path: &Path) -> Self {
        let folder = path.parent().unwrap().to_owned();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let expect = writ::plain::from_yaml(&files::text(path))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { name, folder, expect }
    }

    /// The policy's file.
    pub(crate) fn policy(&self) -> PathBuf {
        let writ = self.folder.join("policy.writ");
        if writ.exists() { writ } else { self.folder.join("policy.yaml") }
    }

    /// Whether the scenario can be seen in this boot.
    pub(crate) fn runs_in(&self, boot: &Boot) -> bool {
        let kernels = self.expect.kernels.as_ref();
        !boot.without.contains(&self.name.as_str())
            && kernels.is_none_or(|all| all.iter().any(|one| one == boot.kernel))
    }

    /// The ways of attaching in which it runs besides.
    pub(crate) fn forced(&self) -> &[Forced] {
        &self.expect.forced
    }

    /// What was not as expected of a run that left its results under `name`.
    pub(crate) fn problems(&self, name: &str, results: &Results) -> Vec<String> {
        let mut problems = Vec::new();
        let printed = results.text(name, "out");
        if printed != self.expect.prints {
            problems.push(format!("printed {printed:?}, not {:?}", self.expect.prints));
        }
        let code = results.text(name, "code");
        let messages = results.text(name, "err");
        if code.trim() != "0" {
            problems.push(format!("the loader ended with {code:?}:\n{messages}"));
        }
        let text = results.text(name, "json");
        let mut events = Vec::new();
        for line in text.lines() {
            match serde_json::from_str::<Value>(line) {
                Ok(event) => events.push(event),
                Err(error) => problems.push(format!("a line is not JSON ({error}): {line}")),
            }
        }
        problems.extend(self.event_problems(&events));
        problems
    }

    fn event_problems(&self, events: &[Value]) -> Vec<String> {
        let count = |wanted: &Value| events.iter().filter(|event| holds(event, wanted)).count();
        let missing = self.expect.events.iter().filter(|wanted| count(wanted) == 0);
        let missing = missing.map(|wanted| {
            format!("no event has {wanted}; those of the kind are:{}", alike(events, wanted))
        });
        let unwanted = self.expect.never.iter().filter(|wanted| count(wanted) > 0);
        let unwanted = unwanted.map(|wanted| format!("an event has {wanted}"));
        let counts = self.expect.counts.iter().filter(|one| count(&one.event) != one.times);
        let counts = counts.map(|one| {
            format!("{} events have {}, not {}", count(&one.event), one.event, one.times)
        });
        missing.chain(unwanted).chain(counts).collect()
    }
}

/// Events of the same kind, so that a failure shows what came instead.
fn alike(events: &[Value], wanted: &Value) -> String {
    let kind = wanted.as_object().and_then(|fields| fields.keys().next().cloned());
    let same =
        events.iter().filter(|event| kind.as_ref().is_some_and(|kind| event.get(kind).is_some()));
    same.take(6).map(|event| format!("\n    {event}")).collect::<Vec<_>>().concat()
}

/// Whether `have` has everything of `wanted`: objects may have more fields, lists more items at
/// their end.
fn holds(have: &Value, wanted: &Value) -> bool {
    match (have, wanted) {
        (Value::Object(have), Value::Object(wanted)) => wanted
            .iter()
            .all(|(name, wanted)| have.get(name).is_some_and(|have| holds(have, wanted))),
        (Value::Array(have), Value::Array(wanted)) => {
            have.len() >= wanted.len()
                && have.iter().zip(wanted).all(|(have, wanted)| holds(have, wanted))
        }
        _ => have == wanted,
    }
}

//! Whether `writ check` is right about hooks: for a sample of each kernel's hooks, what it says is
//! compared with attempts to attach a program in a guest.
//!
//! For each hook two things must agree with the kernel: the answer about each way to attach to it,
//! and the verdict on a policy that hooks it. A policy that is accepted must attach in the way that
//! was chosen for it; one that is refused must not attach in any.

mod reviewed_table;
mod sample;

use std::collections::BTreeMap;

use writ::diagnostic::{Diagnostics, Severity};
use writ::kernel::{Answer, Feature, Profile, embedded, security};
use writ::parse::{self, Language};
use writ::source::SourceMap;
use writ_bundle::Attach;

use super::guest::{self, Boot, Runs};
use super::parallel::in_parallel;
use reviewed_table::REVIEWED;
use sample::{Hook, Kind};

/// 5.10 boots with `bpf` among its LSMs, since all of its hooks would be refused otherwise.
const BOOTS: &[Boot] = &[
    Boot { kernel: "7.2", lsms: guest::LSMS, profile: "7.2", runs: Runs::All, without: &[] },
    Boot { kernel: "6.12", lsms: guest::LSMS, profile: "6.12", runs: Runs::All, without: &[] },
    Boot { kernel: "6.1", lsms: guest::LSMS, profile: "6.1", runs: Runs::All, without: &[] },
    Boot {
        kernel: "5.10",
        lsms: guest::LSMS,
        profile: "5.10+lsm=bpf",
        runs: Runs::All,
        without: &[],
    },
];

/// Fewer would prove little.
const HOOKS_AT_LEAST: usize = 200;

#[test]
fn hooks_can_be_attached_to_where_the_check_says_so() {
    if let Err(missing) = guest::prepare_for(&["writ-trial"]) {
        assert!(std::env::var("WRIT_VM").as_deref() != Ok("require"), "{missing}");
        eprintln!("SKIPPED: what the check says of hooks was not tried: {missing}");
        return;
    }
    let only = std::env::var("WRIT_VM_KERNEL").ok();
    let boots = BOOTS.iter().filter(|boot| only.as_deref().is_none_or(|only| only == boot.kernel));
    let others: Vec<Profile> =
        embedded::names().map(|name| embedded::profile(name).unwrap().unwrap()).collect();
    let boots: Vec<&Boot> = boots.collect();
    let scores = in_parallel(&boots, |boot| score(boot, &others));
    let mut rows: Vec<String> =
        boots.iter().zip(&scores).map(|(boot, score)| score.row(boot.kernel)).collect();
    rows.sort();
    eprintln!(
        "{:<7} {:>5} {:>8} {:>6} {:>8} {:>9}",
        "kernel", "hooks", "compared", "agree", "reviewed", "accuracy"
    );
    eprintln!("{}", rows.join("\n"));
    let wrong: Vec<String> = scores.into_iter().flat_map(|score| score.wrong).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// How often the check and a kernel agreed.
#[derive(Default)]
struct Score {
    hooks: usize,
    agree: usize,
    reviewed: usize,
    /// What disagrees and is not reviewed.
    wrong: Vec<String>,
}

impl Score {
    fn row(&self, kernel: &str) -> String {
        let compared = self.agree + self.reviewed + self.wrong.len();
        let share = self.agree * 10_000 / (self.agree + self.wrong.len()).max(1);
        let percent = format!("{}.{:02} %", share / 100, share % 100);
        format!(
            "{kernel:<7} {:>5} {compared:>8} {:>6} {:>8} {percent:>9}",
            self.hooks, self.agree, self.reviewed
        )
    }

    /// Counts one comparison; `said` is the reason for what the check says.
    fn compare(&mut self, kernel: &str, what: &str, said: (Said, &str), tried: Result<(), &str>) {
        let agrees = match said.0 {
            Said::Possible => tried.is_ok(),
            Said::Impossible => tried.is_err(),
            Said::Unknown => false,
        };
        let (verdict, reason) = said;
        if agrees {
            self.agree += 1;
        } else if REVIEWED.iter().any(|one| one.covers(kernel, what, verdict, reason)) {
            self.reviewed += 1;
        } else {
            let tried = tried.err().unwrap_or("attached");
            self.wrong.push(format!(
                "{kernel}: {what}: the check says {verdict:?} ({reason}), the kernel: {tried}"
            ));
        }
    }
}

/// What the check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Possible,
    Impossible,
    Unknown,
}

fn score(boot: &Boot, others: &[Profile]) -> Score {
    let profile = guest::profile(boot, "");
    let hooks = sample::of(&profile, others);
    assert!(hooks.len() >= HOOKS_AT_LEAST, "{}: only {} hooks", boot.kernel, hooks.len());
    let ways: Vec<(String, String)> = hooks.iter().flat_map(ways).collect();
    let tried = attempts(boot, &ways);
    let mut score = Score { hooks: hooks.len(), ..Score::default() };
    for (way, name) in &ways {
        let answer = answer(way, name, &profile);
        let said = match answer {
            Answer::Present(_) => Said::Possible,
            Answer::Absent(_) => Said::Impossible,
            Answer::Unknown(_) => Said::Unknown,
        };
        let what = format!("{way} {name}");
        score.compare(boot.kernel, &what, (said, answer.because()), outcome(&tried, &what));
    }
    for hook in &hooks {
        compare_verdict(hook, &profile, &tried, boot, &mut score);
    }
    score
}

/// The ways in which a hook might be attached, as the guest's program names them.
fn ways(hook: &Hook) -> Vec<(String, String)> {
    let one = |way: &str, name: &str| (way.to_owned(), name.to_owned());
    let name = hook.name.as_str();
    match hook.kind {
        Kind::Function => vec![one("fentry", name), one("kprobe", name)],
        Kind::Syscall => {
            let function = format!("__x64_sys_{name}");
            vec![one("fentry", &function), one("kprobe", &function)]
        }
        Kind::Lsm => {
            let function = security::function_of_hook(name);
            vec![one("lsm", name), one("fentry", &function), one("kprobe", &function)]
        }
        Kind::Tracepoint => vec![one("tracepoint", name)],
        Kind::RawTracepoint => vec![one("raw_tracepoint", name)],
    }
}

fn answer(way: &str, name: &str, profile: &Profile) -> Answer {
    match way {
        "fentry" => profile.has(Feature::Fentry(name)),
        "kprobe" => profile.has(Feature::Kprobe(name)),
        "lsm" => profile.has(Feature::Lsm(name)),
        "raw_tracepoint" => profile.has(Feature::RawTracepoint(name)),
        "tracepoint" => {
            let (subsystem, event) = name.split_once('/').expect("a tracepoint has a subsystem");
            profile.has(Feature::Tracepoint(subsystem, event))
        }
        other => panic!("{other}"),
    }
}

/// What `writ check` says about a policy that does nothing but hook this.
fn compare_verdict(
    hook: &Hook,
    profile: &Profile,
    tried: &BTreeMap<String, Result<(), String>>,
    boot: &Boot,
    score: &mut Score,
) {
    let mut sources = SourceMap::default();
    let mut diagnostics = Diagnostics::default();
    let source = sources.add("policy.yaml", hook.policy());
    let policies = parse::parse(source, Language::Yaml, &sources, &mut diagnostics);
    let [policy] = policies.as_slice() else { panic!("{:?}: {diagnostics:?}", hook.name) };
    let resolved = writ::resolve::resolve(policy, profile, &mut diagnostics);
    let what = format!("check {:?} {}", hook.kind, hook.name);
    if let Some(resolved) = resolved {
        let attachment = &resolved.hooks[0].attachment;
        let key = key(&attachment.attach);
        let said = (Said::Possible, attachment.reason.as_str());
        score.compare(boot.kernel, &what, said, outcome(tried, &key));
        return;
    }
    let findings = diagnostics.into_sorted();
    let first = findings.iter().find(|finding| finding.severity == Severity::Error);
    let reason = first.map_or_else(String::new, |error| {
        let notes = error.finding.notes.join("; ");
        format!("{} {}: {notes}", error.code.id, error.finding.message)
    });
    let mut ways = ways(hook);
    if hook.kind == Kind::Lsm && profile.lsm_hook(&hook.name).is_none() {
        // A function of a similar name may exist, and is not what the policy asks for.
        ways.truncate(1);
    }
    let possible = ways.iter().find(|(way, name)| outcome(tried, &format!("{way} {name}")).is_ok());
    let tried = possible.map_or(Err("refused in every way"), |_| Ok(()));
    score.compare(boot.kernel, &what, (Said::Impossible, &reason), tried);
}

fn key(attach: &Attach) -> String {
    match attach {
        Attach::Fentry { function } => format!("fentry {function}"),
        Attach::Kprobe { function } => format!("kprobe {function}"),
        Attach::Lsm { hook, sleepable: _ } => format!("lsm {hook}"),
        Attach::Tracepoint { subsystem, event } => format!("tracepoint {subsystem}/{event}"),
        Attach::RawTracepoint { event } | Attach::BtfTracepoint { event } => {
            format!("raw_tracepoint {event}")
        }
        other => panic!("{other:?} is not chosen for a policy that only looks"),
    }
}

fn outcome<'a>(tried: &'a BTreeMap<String, Result<(), String>>, what: &str) -> Result<(), &'a str> {
    let outcome = tried.get(what).unwrap_or_else(|| panic!("`{what}` was not tried"));
    outcome.as_ref().copied().map_err(String::as_str)
}

/// What the kernel says: one boot, one attempt after the other.
fn attempts(boot: &Boot, ways: &[(String, String)]) -> BTreeMap<String, Result<(), String>> {
    let list: Vec<String> = ways.iter().map(|(way, name)| format!("{way} {name}\n")).collect();
    let list = list.concat();
    let text = guest::trial(boot, &list);
    let mut tried = BTreeMap::new();
    for line in text.lines() {
        if let Some(what) = line.strip_prefix("ok ") {
            tried.insert(what.to_owned(), Ok(()));
        } else if let Some((what, reason)) =
            line.strip_prefix("no ").and_then(|rest| rest.split_once(": "))
        {
            tried.insert(what.to_owned(), Err(reason.to_owned()));
        }
    }
    tried
}

//! What a hook costs before it has decided, in instructions a hit.

use std::collections::BTreeSet;

use writ_bundle::{Attach, Pattern};

use super::facts::argument;
use crate::engine::cost_table as cost;
use crate::policy::NamespaceKind;
use crate::resolved::{
    ArgumentId, Expression, Hook, HookView, Question, Reader, Selector, Sense, Structure, Test,
};

/// Instructions of an ordinary hit, which matches nothing.
///
/// Of a hundred hits, five are taken to pass a test for something, and all but five a test against
/// it. Conditions that must all hold are asked in the order of their cost, and nothing is read twice.
pub(super) fn of_hit(hook: &Hook) -> u64 {
    let (mut instructions, trust) = attachment(&hook.attachment.attach);
    let mut known = Known { hook: hook.view(), trust, subjects: BTreeSet::new() };
    let mut left = WHOLE;
    for Selector { condition, .. } in &hook.selectors {
        let asked = known.ask(condition);
        instructions += share(asked.instructions, left);
        left = share(WHOLE - asked.passing, left);
    }
    instructions
}

/// All hits, as a share: shares are parts of a thousand.
const WHOLE: u64 = 1000;
const FEW: u64 = 50;

fn share(of: u64, parts: u64) -> u64 {
    of.saturating_mul(parts) / WHOLE
}

/// Whether the program may follow pointers itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    Trusted,
    ByHelper,
}

/// What an empty program takes there, and what it may do.
fn attachment(attach: &Attach) -> (u64, Trust) {
    match attach {
        Attach::Fentry { .. }
        | Attach::Fexit { .. }
        | Attach::FmodRet { .. }
        | Attach::Lsm { .. }
        | Attach::BtfTracepoint { .. } => (cost::TRAMPOLINE, Trust::Trusted),
        Attach::RawTracepoint { .. } => (cost::TRAMPOLINE, Trust::ByHelper),
        Attach::Tracepoint { .. } => (cost::TRACEPOINT, Trust::ByHelper),
        // Of places in programs, the traps of the program itself are not counted.
        Attach::Kprobe { .. }
        | Attach::KprobeMulti { .. }
        | Attach::Kprobes { .. }
        | Attach::Uprobe { .. }
        | Attach::Uretprobe { .. }
        | Attach::Usdt { .. } => (cost::KPROBE, Trust::ByHelper),
        Attach::Kretprobe { .. } | Attach::KretprobeMulti { .. } | Attach::Kretprobes { .. } => {
            (cost::KRETPROBE, Trust::ByHelper)
        }
    }
}

/// What it takes to ask something, and how many of a thousand hits pass.
#[derive(Debug, Clone, Copy)]
struct Asked {
    instructions: u64,
    passing: u64,
}

/// What a test reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Process,
    Namespace(NamespaceKind),
    Value(ArgumentId),
}

/// What was read so far.
struct Known<'a> {
    hook: HookView<'a>,
    trust: Trust,
    subjects: BTreeSet<Subject>,
}

impl Known<'_> {
    fn ask(&mut self, expression: &Expression) -> Asked {
        match expression {
            Expression::Test(test) => self.test(test),
            Expression::Not(part) => {
                let asked = self.ask(part);
                Asked { passing: WHOLE - asked.passing, ..asked }
            }
            Expression::All(parts) => {
                let mut asked: Vec<Asked> = parts.iter().map(|part| self.ask(part)).collect();
                asked.sort_by_key(|one| one.instructions);
                self::in_turn(&asked, |one| one.passing)
            }
            Expression::Any(parts) => {
                let asked: Vec<Asked> = parts.iter().map(|part| self.ask(part)).collect();
                let failing = self::in_turn(&asked, |one| WHOLE - one.passing);
                Asked { passing: WHOLE - failing.passing, ..failing }
            }
        }
    }

    fn test(&mut self, test: &Test) -> Asked {
        let (subject, fresh) = self.read(test);
        let is_new = subject.is_none_or(|subject| self.subjects.insert(subject));
        let passing = match test.sense {
            Sense::Is => FEW,
            Sense::IsNot => WHOLE - FEW,
        };
        Asked { instructions: if is_new { fresh } else { cost::KNOWN }, passing }
    }

    /// What a test reads, and what that costs the first time.
    fn read(&self, test: &Test) -> (Option<Subject>, u64) {
        let value = |argument: &ArgumentId| Some(Subject::Value(*argument));
        match &test.question {
            Question::Pid { follow_forks: false, .. } => (None, cost::PID),
            Question::Pid { .. }
            | Question::Binary { .. }
            | Question::Lineage { .. }
            | Question::Capability { .. }
            | Question::CapabilityChange { .. }
            | Question::NamespaceChange { .. }
            | Question::Workload { .. } => (Some(Subject::Process), cost::PROCESS),
            Question::Namespace { kind, .. } => (Some(Subject::Namespace(*kind)), cost::NAMESPACE),
            Question::Integer { .. }
            | Question::Bits { .. }
            | Question::CapabilitiesGained { .. }
            | Question::Cel { .. } => (None, cost::NUMBER),
            Question::FileType { argument, .. }
            | Question::Address { argument, .. }
            | Question::Socket { argument, .. } => (value(argument), cost::FIELDS),
            Question::Substring { argument, .. } => (value(argument), self.text(test, false)),
            Question::Text { argument, set } => {
                let is_rooted = set.patterns.iter().all(|one| match &one.pattern {
                    Pattern::Equal(path) | Pattern::Prefix(path) => path.starts_with('/'),
                    Pattern::Postfix(_) => false,
                });
                (value(argument), self.text(test, is_rooted))
            }
        }
    }

    fn text(&self, test: &Test, is_rooted: bool) -> u64 {
        let reader = argument(self.hook, test).map(|argument| argument.reader);
        let is_path = matches!(
            reader,
            Some(
                Reader::File
                    | Reader::Path
                    | Reader::Binprm
                    | Reader::Descriptor
                    | Reader::Structure(Structure::Dentry)
            )
        );
        let path = if is_rooted { cost::FIRST_NAME } else { cost::PATH_TEXT };
        match (is_path, self.trust) {
            (false, _) => cost::COPIED_TEXT,
            (true, Trust::Trusted) => path,
            (true, Trust::ByHelper) => path + cost::UNTRUSTED_PATH,
        }
    }
}

/// Asks one after the other, each of those for which it goes on behind the ones before.
fn in_turn(asked: &[Asked], going_on: impl Fn(&Asked) -> u64) -> Asked {
    let start = Asked { instructions: 0, passing: WHOLE };
    asked.iter().fold(start, |so_far, one| Asked {
        instructions: so_far.instructions + share(one.instructions, so_far.passing),
        passing: share(going_on(one), so_far.passing),
    })
}

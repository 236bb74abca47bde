//! What happens when a selector matches, and when the call returns.

use writ::ir::Role;
use writ::ir::interpret::{Event, Outcome, Raw};
use writ_bundle::Mode;
use writ_bundle::record::flag;

use super::meaning::{Meaning, event, on, process, spec, text};

/// A file is opened.
fn opened() -> Event {
    event([text("/a")])
}

/// A hook with one selector that has these actions.
fn acting(actions: &str) -> Meaning {
    on("security_file_open", "type: file", &format!("{{matchActions: [{actions}]}}"))
}

#[test]
fn every_action_of_the_selector_happens() {
    let outcome = acting(
        "{action: Override, argError: -13}, {action: Signal, argSig: 10}, {action: Sigkill}",
    )
    .hit(&opened());
    assert_eq!((outcome.verdict, outcome.signals), (Some(-13), vec![10, 9]));
    assert_eq!(outcome.records.len(), 1);
}

#[test]
fn nothing_brings_back_a_post_that_was_held_back() {
    let actions = "{action: NoPost}, {action: Post}, {action: Sigkill}";
    let outcome = acting(actions).hit(&opened());
    assert_eq!((outcome.records.len(), outcome.signals), (0, vec![9]));
}

#[test]
fn a_denial_happens_also_when_nothing_is_posted() {
    let lsm = |actions: &str| {
        spec(&format!(
            "  lsmhooks:\n  - {{hook: file_open, args: [{{index: 0, type: file}}], \
             selectors: [{{matchActions: [{actions}]}}]}}\n"
        ))
    };
    for (actions, records) in [
        ("{action: Override, argError: -1}", 1),
        ("{action: Override, argError: -1}, {action: NoPost}", 0),
    ] {
        let outcome = lsm(actions).hit(&opened());
        assert_eq!((outcome.verdict, outcome.records.len()), (Some(-1), records), "{actions}");
    }
}

#[test]
fn a_limited_post_holds_back_the_event_and_nothing_else() {
    let mut meaning = acting("{action: Post, rateLimit: \"1m\"}, {action: Signal, argSig: 10}");
    let at = |seconds: u64| Event { time: seconds * 1_000_000_000, ..opened() };
    let sent = |outcome: Outcome| (outcome.records.len(), outcome.signals);
    assert_eq!(sent(meaning.hit(&at(1))), (1, vec![10]));
    assert_eq!(sent(meaning.hit(&at(2))), (0, vec![10]));
    assert_eq!(sent(meaning.hit(&at(61))), (1, vec![10]));
}

#[test]
fn a_limit_is_of_equal_events_of_a_thread_a_process_or_all() {
    for (scope, [thread, process_, value]) in [
        ("thread", [true, true, true]),
        ("process", [false, true, true]),
        ("global", [false, false, true]),
    ] {
        let mut meaning =
            acting(&format!("{{action: Post, rateLimit: \"1m\", rateLimitScope: {scope}}}"));
        let first = Event { time: 1, ..opened() };
        assert!(meaning.posts(&first));
        assert!(!meaning.posts(&first), "{scope}: the same");
        let mut other_thread = first.clone();
        other_thread.process.tid = 11;
        assert_eq!(meaning.posts(&other_thread), thread, "{scope}: another thread");
        let other_process = Event { process: process(12), ..first.clone() };
        assert_eq!(meaning.posts(&other_process), process_, "{scope}: another process");
        let other_value = Event { time: 1, ..event([text("/b")]) };
        assert_eq!(meaning.posts(&other_value), value, "{scope}: another value");
    }
}

#[test]
fn monitor_mode_leaves_out_what_is_done_to_the_caller_and_nothing_else() {
    let mut meaning = acting("{action: Override, argError: -1}, {action: Sigkill}");
    let mut monitored = opened();
    monitored.modes.insert(0, Mode::Monitor);
    let outcome = meaning.hit(&monitored);
    assert_eq!((outcome.verdict, outcome.signals), (None, vec![]));
    assert_eq!(outcome.records[0].flags & flag::MONITORED, flag::MONITORED);
    let mut silent = acting("{action: NoPost}, {action: Sigkill}");
    assert!(!silent.posts(&monitored));
    let mut disabled = opened();
    disabled.modes.insert(0, Mode::Disabled);
    assert_eq!(meaning.hit(&disabled), Outcome::default());
}

/// A hook that reports what the call returns, with one selector.
fn returning(selector: &str) -> Meaning {
    spec(&format!(
        "  kprobes:\n  - {{call: security_file_open, syscall: false, return: true, \
         args: [{{index: 0, type: file}}], returnArg: {{index: 0, type: int}}, \
         selectors: [{selector}]}}\n"
    ))
}

fn returned(meaning: &mut Meaning, number: i64) -> Outcome {
    meaning.run(Role::Return, &event([Raw::Bits(number.cast_unsigned())])).remove(0)
}

#[test]
fn a_call_whose_entry_was_not_reported_has_no_return() {
    let mut meaning = returning("{matchArgs: [{index: 0, operator: Equal, values: [/a]}]}");
    assert!(!meaning.posts(&event([text("/b")])));
    assert_eq!(returned(&mut meaning, 0), Outcome::default());
    let entry = meaning.hit(&opened());
    assert_eq!(entry.records[0].flags, flag::AWAITS_RETURN);
    assert_eq!(returned(&mut meaning, 0).records[0].flags, flag::IS_RETURN);
    // It returns once.
    assert_eq!(returned(&mut meaning, 0), Outcome::default());
}

#[test]
fn a_return_that_does_not_match_takes_back_the_event_but_not_what_was_done() {
    let mut meaning = returning(
        "{matchReturnArgs: [{index: 0, operator: Equal, values: [\"-13\"]}], \
          matchActions: [{action: Sigkill}]}",
    );
    assert_eq!(meaning.hit(&opened()).signals, [9]);
    let outcome = returned(&mut meaning, 0);
    assert_eq!(outcome.records[0].flags, flag::IS_RETURN | flag::CANCELLED);
    assert!(outcome.signals.is_empty());
    meaning.hit(&opened());
    assert_eq!(returned(&mut meaning, -13).records[0].flags, flag::IS_RETURN);
}

#[test]
fn actions_of_the_return_happen_only_there() {
    let mut meaning = returning("{matchReturnActions: [{action: Signal, argSig: 10}]}");
    assert!(meaning.hit(&opened()).signals.is_empty());
    assert_eq!(returned(&mut meaning, 0).signals, [10]);
}

#[test]
fn the_return_goes_on_with_the_selector_that_matched_at_the_entry() {
    let mut meaning = returning(
        "{matchArgs: [{index: 0, operator: Equal, values: [/x]}], \
          matchReturnActions: [{action: Signal, argSig: 10}]}, \
         {matchReturnActions: [{action: Signal, argSig: 12}]}",
    );
    assert_eq!(meaning.selector(&opened()), Some(1));
    let outcome = returned(&mut meaning, 0);
    assert_eq!((outcome.records[0].selector, outcome.signals), (Some(1), vec![12]));
}

#[test]
fn an_enforcer_acts_once_on_the_thread_that_was_notified() {
    let enforcer = "  enforcers: [{calls: [security_file_open]}]\n";
    let notified = |actions: &str| {
        spec(&format!(
            "{enforcer}  tracepoints:\n  - {{subsystem: raw_syscalls, event: sys_enter, \
             selectors: [{{matchActions: [{actions}]}}]}}\n"
        ))
    };
    let notify = "{action: NotifyEnforcer, argError: -1, argSig: 9}";
    let mut meaning = notified(notify);
    meaning.run(Role::Entry, &event([]));
    let other = Event { process: process(11), ..event([]) };
    assert_eq!(meaning.run(Role::Enforce, &other), [Outcome::default()]);
    let outcome = meaning.run(Role::Enforce, &event([])).remove(0);
    assert_eq!((outcome.verdict, outcome.signals), (Some(-1), vec![9]));
    assert_eq!(meaning.run(Role::Enforce, &event([])), [Outcome::default()]);
    // What was cleaned up is forgotten.
    let mut meaning = notified(&format!("{notify}, {{action: CleanupEnforcerNotification}}"));
    meaning.run(Role::Entry, &event([]));
    assert_eq!(meaning.run(Role::Enforce, &event([])), [Outcome::default()]);
}

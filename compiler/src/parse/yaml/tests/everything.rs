//! Every part of the language reaches the policy, with its place.

use super::{Outcome, read, with_kprobe, with_spec};
use crate::policy::{
    Action, ActionKind, ArgumentReference, Call, CallKind, CapabilitySet, Condition, Expression,
    Hook, LabelOperator, ListKind, Point, Policy, Setting, SizeArgument, Source, Step, TrackAction,
    Whose,
};
use crate::source::{Span, Spanned};

/// Reads a policy without a mistake.
fn clean(text: &str) -> Outcome {
    let outcome = read(text);
    assert_eq!(outcome.findings(), [], "{text}");
    outcome
}

impl Outcome {
    fn policy(&self) -> &Policy {
        &self.policies[0]
    }

    fn hook(&self) -> &Hook {
        &self.policy().hooks[0]
    }

    fn at(&self, span: Span) -> &str {
        self.sources.slice(span)
    }

    /// What is underlined at a value, after its own text.
    fn placed<'a>(&'a self, value: &'a Spanned<String>) -> (&'a str, &'a str) {
        (&value.value, self.at(value.span))
    }

    fn tests<'a>(&'a self) -> Vec<&'a Condition> {
        let Expression::All(parts) = &self.hook().selectors[0].condition else { panic!("no list") };
        let test = |part: &'a Expression| match part {
            Expression::Test(condition) => condition,
            Expression::All(_) | Expression::Any(_) | Expression::Not(_) => panic!("no test"),
        };
        parts.iter().map(test).collect()
    }

    fn actions(&self) -> Vec<&ActionKind> {
        self.hook().selectors[0].actions.iter().map(|Action { kind, .. }| kind).collect()
    }
}

fn selector(lines: &str) -> Outcome {
    clean(&with_kprobe(&format!("    selectors:\n    - {}", lines.replace('\n', "\n      "))))
}

#[test]
fn the_name_of_a_list_stands_behind_its_prefix() {
    let outcome = clean(&with_spec(
        "  kprobes: [{call: \"list:dups\"}]\n  lists: [{name: dups, type: syscalls, values: [sys_dup]}]",
    ));
    let Point::List { name, kind: CallKind::Syscall } = &outcome.hook().point else {
        panic!("no list")
    };
    assert_eq!(outcome.placed(name), ("dups", "dups"));
    let list = &outcome.policy().lists[0];
    assert_eq!(outcome.placed(&list.values[0]), ("sys_dup", "sys_dup"));
    assert_eq!(list.kind.map(|kind| kind.value), Some(ListKind::Syscalls));
}

#[test]
fn fentries_are_read_as_kprobes_are() {
    let outcome =
        clean(&with_spec("  fentries: [{call: f, syscall: false, ignore: {callNotFound: true}}]"));
    let hook = outcome.hook();
    assert!(
        matches!(&hook.point, Point::Fentry(Call::One { name, kind: CallKind::Function }) if name.value == "f")
    );
    assert_eq!(hook.ignore_missing.map(|span| outcome.at(span)), Some("callNotFound"));
}

#[test]
fn uprobes_are_read() {
    let outcome = clean(&with_spec(
        "  uprobes:
  - path: /bin/sh
    symbols: [main, 'main+0x10']
    refCtrOffsets: [1, 0x2]
    btfPath: /b
    binaryDigests: ['sha256:00']
    ignore: {digestVerificationFailure: true}
    return: true
    returnArg: {index: 0, type: int}",
    ));
    let Point::Uprobe(uprobe) = &outcome.hook().point else { panic!("no uprobe") };
    assert_eq!(uprobe.symbols.len(), 2);
    assert_eq!(uprobe.reference_counter_offsets[1].value, 2);
    assert_eq!(outcome.placed(&uprobe.digests[0]), ("sha256:00", "'sha256:00'"));
    assert!(outcome.hook().return_argument.is_some() && outcome.hook().ignore_missing.is_some());
}

#[test]
fn usdts_are_read() {
    let outcome = clean(&with_spec("  usdts: [{path: a, provider: b, name: c, btfPath: d}]"));
    assert!(
        matches!(&outcome.hook().point, Point::Usdt { name, btf_path: Some(_), .. } if name.value == "c")
    );
}

#[test]
fn enforcers_options_macros_and_the_loader_are_read() {
    let outcome = clean(&with_spec(
        "  loader: true
  enforcers: [{calls: [sys_dup]}]
  options: [{name: override-method, value: fmod-ret}, {name: disable-kprobe-multi, value: '1'}]
  selectorsMacros:
    shells: {matchBinaries: [{operator: In, values: [/bin/sh]}]}
  kprobes: [{call: f, selectors: [{macros: [shells], matchActions: [{action: Post}]}]}]",
    ));
    let policy = outcome.policy();
    assert_eq!(policy.loader.map(|span| outcome.at(span)), Some("loader"));
    assert_eq!(outcome.placed(&policy.enforcers[0].calls[0]), ("sys_dup", "sys_dup"));
    assert_eq!(policy.options[1].value, Setting::DisableKprobeMulti(true));
    assert_eq!(outcome.at(policy.options[1].span), "disable-kprobe-multi");
    assert_eq!(outcome.placed(&policy.macros[0].name), ("shells", "shells"));
    assert_eq!(outcome.placed(&outcome.hook().selectors[0].macros[0]), ("shells", "shells"));
}

#[test]
fn workloads_and_nodes_are_read() {
    let outcome = clean(&with_spec(
        "  podSelector: {matchLabels: {app: web}}
  containerSelector: {matchExpressions: [{key: name, operator: NotIn, values: [side]}]}
  hostSelector: {}
  nodeSelector: {}
  kprobes: [{call: f}]",
    ));
    let workloads = &outcome.policy().workloads;
    let (key, value) = &workloads.pods.as_ref().unwrap().labels[0];
    assert_eq!((outcome.placed(key), outcome.placed(value)), (("app", "app"), ("web", "web")));
    let expression = &workloads.containers.as_ref().unwrap().expressions[0];
    assert_eq!(expression.operator.value, LabelOperator::NotIn);
    assert_eq!(workloads.hosts.map(|span| outcome.at(span)), Some("hostSelector"));
    assert!(outcome.policy().nodes.is_some());
}

#[test]
fn a_selector_without_a_value_is_none() {
    let outcome = clean(&with_spec("  podSelector: null\n  hostSelector:\n  kprobes: [{call: f}]"));
    assert!(outcome.policy().workloads.is_everything());
}

#[test]
fn everything_about_an_argument_is_read() {
    let outcome = clean(&with_kprobe(
        "    args:
    - {index: 0, type: char_buf, sizeArgIndex: 3, returnCopy: true, maxData: true, label: l}
    - {index: 1, type: int, resolve: 'a.b[3].c', btfType: t, btfTypeModule: m}
    data:
    - {index: 0, type: string, source: current_task, resolve: comm}
    - {index: 0, type: uint64, source: pt_regs, resolve: rax}",
    ));
    let [buffer, field] = outcome.hook().arguments.as_slice() else { panic!("not two") };
    assert!(matches!(&buffer.size_argument, Some(SizeArgument::Number(size)) if size.value == 3));
    assert_eq!(buffer.return_copy.map(|span| outcome.at(span)), Some("returnCopy"));
    assert_eq!(buffer.max_data.map(|span| outcome.at(span)), Some("maxData"));
    let steps: Vec<(&Step, &str)> = field
        .resolve
        .iter()
        .flat_map(|path| &path.steps)
        .map(|step| (&step.value, outcome.at(step.span)))
        .collect();
    let name = |name: &str| Step::Field(name.into());
    assert_eq!(
        steps,
        [(&name("a"), "a"), (&name("b"), "b"), (&Step::Element(3), "[3]"), (&name("c"), "c")]
    );
    let sources = outcome.hook().data.iter().map(|data| data.source.unwrap().value);
    assert_eq!(sources.collect::<Vec<_>>(), [Source::CurrentTask, Source::Registers]);
}

#[test]
fn a_key_that_says_what_leaving_it_out_says_is_left_out() {
    let outcome = clean(&with_kprobe(
        "    args: [{index: 0, type: int, resolve: '', maxData: false, sizeArgIndex: 0, source: ''}]\n    data: []",
    ));
    let argument = &outcome.hook().arguments[0];
    assert!(argument.resolve.is_none() && argument.size_argument.is_none());
    assert!(argument.max_data.is_none() && argument.source.is_none());
}

#[test]
fn conditions_on_the_process_are_read() {
    let outcome = selector(
        "matchParentBinaries: [{operator: In, values: [/a], followChildren: true}]
matchNamespaceChanges: [{operator: NotIn, values: [mnt, User]}]
matchCapabilities: [{type: Permitted, operator: In, values: [CAP_BPF], isNamespaceCapability: true}]
matchCapabilityChanges: [{operator: In, values: [CAP_BPF]}]
matchWorkloads: {podSelector: {}}",
    );
    let [workload, parent, capability, namespaces, changes] = outcome.tests()[..] else {
        panic!("not five")
    };
    assert!(matches!(workload, Condition::Workload { workloads, .. } if workloads.pods.is_some()));
    assert!(matches!(
        parent,
        Condition::Binary { whose: Whose::Parent, follow_children: Some(span), .. }
            if outcome.at(*span) == "followChildren"
    ));
    assert!(matches!(
        capability,
        Condition::Capability { set: CapabilitySet::Permitted, set_span: Some(_), .. }
    ));
    assert!(matches!(namespaces, Condition::NamespaceChange { values, .. } if values.len() == 2));
    assert!(matches!(changes, Condition::CapabilityChange { set_span: None, .. }));
}

#[test]
fn conditions_on_arguments_are_read() {
    let outcome = selector(
        "matchArgs:
- {args: [0, 1], operator: CapabilitiesGained, values: [CAP_BPF]}
- {index: 0, operator: CelExpr, values: ['arg0 == 1']}
matchData:
- {index: 1, operator: Equal, values: ['1']}",
    );
    let [gained, formula, data] = outcome.tests()[..] else { panic!("not three") };
    assert!(matches!(gained, Condition::CapabilitiesGained { old: Some(_), .. }));
    assert!(matches!(
        formula,
        Condition::Cel { formula: Some(formula), .. } if outcome.at(formula.span) == "arg0 == 1"
    ));
    assert!(matches!(
        data,
        Condition::Argument { argument: ArgumentReference::Data(place), .. } if place.value == 1
    ));
}

#[test]
fn every_action_is_read_with_its_arguments() {
    let outcome = selector(
        "matchActions:
- {action: Post, kernelStackTrace: true, userStackTrace: true, imaHash: true}
- {action: Override, argRegs: ['rax=1'], argNewOffset: 16}
- {action: GetUrl, argUrl: 'http://a'}
- {action: DnsLookup, argFqdn: a.b}
- {action: TrackSock, argSock: 1}
- {action: UntrackSock}
- {action: NotifyEnforcer, argError: -1, argSig: 9}
- {action: CleanupEnforcerNotification}
- {action: Set, argIndex: 1, argValue: 2}",
    );
    let actions = outcome.actions();
    let ActionKind::Post { kernel_stack, user_stack, ima_hash, .. } = actions[0] else {
        panic!("no post")
    };
    let places = [kernel_stack, user_stack, ima_hash].map(|span| outcome.at(span.unwrap()));
    assert_eq!(places, ["kernelStackTrace", "userStackTrace", "imaHash"]);
    assert!(
        matches!(actions[1], ActionKind::Override { error: None, replacement: Some(other) } if other.registers.len() == 1 && other.offset.is_some())
    );
    assert!(matches!(actions[4], ActionKind::TrackSock { argument: Some(_) }));
    assert!(matches!(actions[5], ActionKind::UntrackSock { argument: None }));
    assert!(matches!(actions[6], ActionKind::NotifyEnforcer { error: Some(_), signal: Some(_) }));
    assert!(matches!(actions[8], ActionKind::Set { argument: Some(_), value: Some(_) }));
    assert_eq!(actions.len(), 9);
}

#[test]
fn an_action_without_its_argument_stays() {
    let outcome = read(&with_kprobe("    selectors: [{matchActions: [{action: Override}]}]"));
    assert!(matches!(
        outcome.actions()[..],
        [ActionKind::Override { error: None, replacement: None }]
    ));
}

#[test]
fn the_action_on_a_returned_socket_is_read() {
    let outcome = clean(&with_kprobe(
        "    return: true\n    returnArg: {index: 0, type: sock}\n    returnArgAction: UntrackSock",
    ));
    assert_eq!(outcome.hook().return_action.map(|one| one.value), Some(TrackAction::Untrack));
}

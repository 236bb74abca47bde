use writ_bundle::{Attach, HookKind, Pattern, UserFile, UserPlace, UserPoint};

use super::lower;
use crate::ir::interpret::{Event, Process, State, interpret};
use crate::ir::{self, Role};
use crate::policy::{ArgumentType, LabelSelector, Mode, NamespaceKind, Workloads};
use crate::resolved::{
    Action, Acts, Argument, ArgumentId, Assigned, Assignment, Attachment, EnforcedFunction,
    Enforcer, Expression, Extras, Hook, Memory, NamespaceValue, Origin, Policy, Question,
    RateLimit, Reader, Register, Selector, Sense, Sharing, Signedness, Test,
};
use crate::set::{IntegerSet, TextPattern, TextSet};
use crate::source::{SourceMap, Span};

/// A text whose columns stand for places: the span of `c` is the character `c`.
fn sources() -> (SourceMap, impl Fn(char) -> Span) {
    let mut sources = SourceMap::default();
    let source = sources.add("policy.yaml", "abcdefghijklmnopqrstuvwxyz");
    let span = move |place: char| {
        let at = place as usize - 'a' as usize;
        Span::new(source, at..at + 1)
    };
    (sources, span)
}

fn test(span: Span, sense: Sense, question: Question) -> Expression {
    Expression::Test(Test { span, sense, question })
}

fn texts(span: Span, patterns: &[Pattern]) -> TextSet {
    let patterns = patterns.iter().map(|pattern| TextPattern { pattern: pattern.clone(), span });
    TextSet { patterns: patterns.collect() }
}

fn argument(span: Span, origin: Origin, reader: Reader) -> Argument {
    let (type_, memory) = (ArgumentType::Int, Memory::Either);
    Argument { span, name: None, type_, label: None, origin, walk: None, memory, reader }
}

fn fentry(function: &str) -> Attachment {
    let attach = Attach::Fentry { function: function.into() };
    Attachment { attach, reason: "fentry".into(), needs: Vec::new() }
}

fn hook(span: Span, function: &str, selectors: Vec<Selector>) -> Hook {
    Hook {
        span,
        point_span: span,
        kind: HookKind::Kprobe { function: function.into() },
        sharing: Sharing::Own,
        calls: Vec::new(),
        attachment: fentry(function),
        return_attachment: None,
        arguments: vec![argument(span, Origin::Parameter(0), Reader::File)],
        return_argument: None,
        selectors,
        message: None,
        tags: Vec::new(),
        data: Vec::new(),
        return_action: None,
    }
}

fn selector(span: Span, condition: Expression, actions: Vec<Action>) -> Selector {
    Selector {
        span,
        label: None,
        condition,
        return_condition: Expression::All(Vec::new()),
        actions,
        return_actions: vec![Action::post(span)],
    }
}

fn policy(span: Span, name: &str, hooks: Vec<Hook>) -> Policy {
    let mode = Mode::Enforce;
    Policy {
        span,
        name: name.into(),
        name_span: span,
        namespace: None,
        mode,
        hooks,
        program_hooks: Vec::new(),
        enforcers: Vec::new(),
        settings: Vec::new(),
        workloads: Workloads::default(),
        nodes: None,
        loader: None,
    }
}

/// The printed programs of the module, without process tracking.
fn printed(policies: &[Policy], sources: &SourceMap) -> String {
    let module = lower(policies);
    ir::verify::verify(&module).unwrap();
    let hooks = module.programs.iter().filter(|program| !program.hooks.is_empty());
    hooks.map(|program| ir::print::print_program(program, sources)).collect()
}

fn host_pid(span: Span, sense: Sense) -> Expression {
    let values = vec![NamespaceValue::Host];
    test(span, sense, Question::Namespace { kind: NamespaceKind::Pid, values })
}

fn file_in(span: Span, sense: Sense, text: &str) -> Expression {
    let set = texts(span, &[Pattern::Prefix(text.into())]);
    test(span, sense, Question::Text { argument: ArgumentId::Argument(0), set })
}

#[test]
fn cheap_tests_of_a_conjunction_are_asked_first() {
    let (sources, at) = sources();
    let condition = Expression::All(vec![
        file_in(at('c'), Sense::Is, "/etc/"),
        host_pid(at('d'), Sense::IsNot),
    ]);
    let post = vec![Action::post(at('e'))];
    let hook = hook(at('b'), "security_file_open", vec![selector(at('c'), condition, post)]);
    let printed = printed(&[policy(at('a'), "p", vec![hook])], &sources);
    assert_eq!(
        printed,
        "entry e0_file_open on fentry/security_file_open\n\
         \x20    1:2  #1 = path of file of parameter 0\n\
         b0:\n\
         \x20    1:1  policy 0 is enabled ? b1 : b4\n\
         b1:\n\
         \x20    1:4  namespace pid in [host] ? b4 : b2, unknown b4\n\
         b2:\n\
         \x20    1:3  #1 in [\"/etc/\"..] ? b3 : b4\n\
         b3:\n\
         \x20    1:5  post hook 0 selector 0 posted (#1)\n\
         \x20         to b4\n\
         b4:\n\
         \x20         finish\n"
    );
}

#[test]
fn an_unanswered_test_fails_the_rule_also_under_not() {
    let (sources, at) = sources();
    let condition = Expression::Not(Box::new(Expression::Any(vec![
        file_in(at('c'), Sense::Is, "/etc/"),
        host_pid(at('d'), Sense::Is),
    ])));
    let hook = hook(at('b'), "f", vec![selector(at('c'), condition, vec![post(at('e'))])]);
    let printed = printed(&[policy(at('a'), "p", vec![hook])], &sources);
    assert!(printed.contains("1:3  #1 in [\"/etc/\"..] ? b4 : b2, unknown b4\n"), "{printed}");
    assert!(printed.contains("1:4  namespace pid in [host] ? b4 : b3, unknown b4\n"), "{printed}");
}

fn post(span: Span) -> Action {
    Action::post(span)
}

#[test]
fn policies_on_one_function_share_a_program_and_its_values() {
    let (sources, at) = sources();
    let one = |place, name| {
        let hook = hook(at(place), "f", Vec::new());
        policy(at(place), name, vec![hook])
    };
    let printed = printed(&[one('b', "p"), one('c', "q")], &sources);
    assert_eq!(
        printed,
        "entry e0_f on fentry/f\n\
         \x20    1:2  #1 = path of file of parameter 0\n\
         b0:\n\
         \x20    1:2  policy 0 is enabled ? b1 : b2\n\
         b1:\n\
         \x20    1:2  post hook 0 posted (#1)\n\
         \x20         to b2\n\
         b2:\n\
         \x20    1:3  policy 1 is enabled ? b3 : b4\n\
         b3:\n\
         \x20    1:3  post hook 1 posted (#1)\n\
         \x20         to b4\n\
         b4:\n\
         \x20         finish\n"
    );
}

#[test]
fn enforcement_depends_on_the_mode_and_the_report_says_so() {
    let (sources, at) = sources();
    let actions = vec![post(at('d')), Action::Signal { span: at('e'), number: 9 }];
    let always = Expression::All(Vec::new());
    let hook = hook(at('b'), "f", vec![selector(at('c'), always, actions)]);
    let printed = printed(&[policy(at('a'), "p", vec![hook])], &sources);
    assert_eq!(
        printed,
        "entry e0_f on fentry/f\n\
         \x20    1:2  #1 = path of file of parameter 0\n\
         b0:\n\
         \x20    1:1  policy 0 is enabled ? b1 : b4\n\
         b1:\n\
         \x20    1:5  policy 0 enforces ? b2 : b3\n\
         b2:\n\
         \x20    1:5  signal 9\n\
         \x20    1:4  post hook 0 selector 0 killed (#1)\n\
         \x20         to b4\n\
         b3:\n\
         \x20    1:4  post hook 0 selector 0 killed (#1) monitored\n\
         \x20         to b4\n\
         b4:\n\
         \x20         finish\n"
    );
}

#[test]
fn a_return_goes_on_with_the_selector_that_matched() {
    let (sources, at) = sources();
    let integer = Reader::Integer { bytes: 4, signedness: Signedness::Signed };
    let set = IntegerSet::from_ranges([(0, 10)]);
    let mut one = selector(at('c'), host_pid(at('d'), Sense::Is), vec![post(at('e'))]);
    one.return_condition =
        test(at('f'), Sense::Is, Question::Integer { argument: ArgumentId::Return, set });
    let mut hook = hook(at('b'), "f", vec![one]);
    let attach = Attach::Fexit { function: "f".into() };
    hook.return_attachment = Some(Attachment { attach, ..fentry("f") });
    hook.return_argument = Some(argument(at('g'), Origin::Return { parameters: 1 }, integer));
    let printed = printed(&[policy(at('a'), "p", vec![hook])], &sources);
    assert_eq!(
        printed,
        "return r0_f on fexit/f\n\
         \x20    1:7  #1 = s32 of return value\n\
         b0:\n\
         \x20         returned hook 0 by frame: selector 0 -> b1, else b4\n\
         b1:\n\
         \x20    1:6  #1 in [0..10] ? b2 : b3\n\
         b2:\n\
         \x20    1:3  post hook 0 selector 0 posted (#1) is return\n\
         \x20         to b4\n\
         b3:\n\
         \x20    1:3  cancel hook 0\n\
         \x20         to b4\n\
         b4:\n\
         \x20         finish\n\
         entry e1_f on fentry/f\n\
         \x20    1:2  #1 = path of file of parameter 0\n\
         b0:\n\
         \x20    1:1  policy 0 is enabled ? b1 : b3\n\
         b1:\n\
         \x20    1:4  namespace pid in [host] ? b2 : b3\n\
         b2:\n\
         \x20    1:5  post hook 0 selector 0 posted (#1) awaits return by frame\n\
         \x20         to b3\n\
         b3:\n\
         \x20         finish\n"
    );
}

#[test]
fn no_post_and_a_rate_limit_hold_the_report_back() {
    let (sources, at) = sources();
    let limit = RateLimit { milliseconds: 500, scope: crate::policy::RateScope::Process };
    let limited =
        Action::Post { span: at('d'), rate_limit: Some(limit), extras: Extras::default() };
    let always = || Expression::All(Vec::new());
    let hook_with = |action| hook(at('b'), "f", vec![selector(at('c'), always(), vec![action])]);
    let text = printed(&[policy(at('a'), "p", vec![hook_with(limited)])], &sources);
    assert!(text.contains("posted (#1) once per 500 ms per process\n"), "{text}");
    let nothing = Action::NoPost { span: at('d') };
    let text = printed(&[policy(at('a'), "p", vec![hook_with(nothing)])], &sources);
    assert!(!text.contains("post"), "{text}");
}

#[test]
fn equal_sets_of_executables_are_one() {
    let (_, at) = sources();
    let binary = |place, paths: &[&str]| {
        let patterns: Vec<Pattern> =
            paths.iter().map(|path| Pattern::Equal((*path).into())).collect();
        let set = texts(at(place), &patterns);
        let condition = test(at(place), Sense::Is, Question::Binary { set });
        selector(at(place), condition, vec![post(at(place))])
    };
    let selectors = vec![binary('c', &["/a", "/b"]), binary('d', &["/b", "/a"])];
    let module = lower(&[policy(at('a'), "p", vec![hook(at('b'), "f", selectors)])]);
    ir::verify::verify(&module).unwrap();
    assert_eq!(module.binary_sets.len(), 1);
}

#[test]
fn following_forks_asks_for_the_process_then_for_its_ancestors() {
    let (sources, at) = sources();
    let pids = Question::Pid { pids: vec![7, 1], is_namespace_pid: false, follow_forks: true };
    let condition = test(at('c'), Sense::IsNot, pids);
    let hook = hook(at('b'), "f", vec![selector(at('c'), condition, vec![post(at('d'))])]);
    let module = lower(&[policy(at('a'), "p", vec![hook])]);
    ir::verify::verify(&module).unwrap();
    let printed = ir::print::print(&module, &sources);
    assert!(printed.contains("follow set 0: pid in [1, 7]\n"), "{printed}");
    assert!(printed.contains("1:3  pid in [7, 1] ? b4 : b2, unknown b4\n"), "{printed}");
    assert!(
        printed.contains("1:3  descends from follow set 0 ? b4 : b3, unknown b4\n"),
        "{printed}"
    );
    assert!(printed.contains("fork track_fork on tp_btf/sched_process_fork\nb0:\n"), "{printed}");
}

#[test]
fn hooks_on_a_list_that_read_and_ask_the_same_share_a_program() {
    let (sources, at) = sources();
    let shared =
        |function: &str| Hook { sharing: Sharing::Multi, ..hook(at('b'), function, vec![]) };
    let mut other = shared("h");
    other.arguments[0].reader = Reader::Text;
    let list = vec![shared("f"), shared("g"), other];
    let printed = printed(&[policy(at('a'), "p", list)], &sources);
    assert!(printed.contains("e0_several on kprobe.multi/f,g\n"), "{printed}");
    assert!(printed.contains("e1_several on kprobe.multi/h\n"), "{printed}");
    assert!(printed.contains("post hook 0 function by cookie posted"), "{printed}");
}

#[test]
fn what_is_notified_is_enforced_once_for_the_thread_that_notified() {
    let (_, at) = sources();
    let notify = Action::NotifyEnforcer { span: at('d'), error: Some(-13), signal: Some(9) };
    let always = Expression::All(Vec::new());
    let notifying = hook(at('b'), "f", vec![selector(at('c'), always, vec![notify])]);
    let attach = Attach::FmodRet { function: "g".into() };
    let attachment = Attachment { attach, ..fentry("g") };
    let function = EnforcedFunction { span: at('e'), attachment, acts: Acts::FailsAndSignals };
    let enforcer = Enforcer { span: at('e'), functions: vec![function] };
    let policy = Policy { enforcers: vec![enforcer], ..policy(at('a'), "p", vec![notifying]) };

    let module = lower(&[policy]);
    ir::verify::verify(&module).unwrap();
    let program = |role| module.programs.iter().find(|program| program.role == role).unwrap();
    let mut state = State::default();
    let mut run = |role, tid| {
        let process = Process { tid, ..Process::default() };
        let event = Event { process, ..Event::default() };
        let outcome = interpret(program(role), &module, &event, &mut state);
        (outcome.verdict, outcome.signals)
    };
    assert_eq!(run(Role::Entry, 1), (None, vec![]));
    assert_eq!(run(Role::Enforce, 2), (None, vec![]));
    assert_eq!(run(Role::Enforce, 1), (Some(-13), vec![9]));
    assert_eq!(run(Role::Enforce, 1), (None, vec![]));
}

fn file() -> UserFile {
    UserFile { path: "/p".into(), digests: Vec::new(), optional: false }
}

fn uprobe(span: Span, symbol: &str) -> Hook {
    let point = UserPoint::Symbol { name: symbol.into(), offset: 0 };
    let places = vec![UserPlace { point, reference_counter: None }];
    let attach = Attach::Uprobe { file: file(), places, apart: false };
    Hook {
        kind: HookKind::Uprobe {
            path: "/p".into(),
            symbol: symbol.into(),
            offset: 0,
            reference_counter: 0,
        },
        sharing: Sharing::Cookies,
        calls: Vec::new(),
        attachment: Attachment { attach, ..fentry("") },
        arguments: Vec::new(),
        ..hook(span, "", Vec::new())
    }
}

#[test]
fn places_of_one_entry_share_a_program_that_is_told_which_was_hit() {
    let (sources, at) = sources();
    let hooks = ["f", "g"].map(|symbol| uprobe(at('b'), symbol)).to_vec();
    let policy = Policy { program_hooks: hooks, ..policy(at('a'), "p", Vec::new()) };
    assert_eq!(
        printed(&[policy], &sources),
        "entry e0_f on uprobe /p f, g\n\
         b0:\n\
         \x20    1:1  policy 0 is enabled ? b1 : b2\n\
         b1:\n\
         \x20    1:2  post hook 0 function by cookie posted ()\n\
         \x20         to b2\n\
         b2:\n\
         \x20         finish\n"
    );
}

#[test]
fn what_is_set_is_set_behind_the_report_and_only_where_the_policy_enforces() {
    let (sources, at) = sources();
    let set = Action::Set { span: at('d'), argument: ArgumentId::Argument(0), value: 7 };
    let always = Expression::All(Vec::new());
    let integer = Reader::Integer { bytes: 4, signedness: Signedness::Signed };
    let (provider, name) = ("x".into(), "y".into());
    let attach = Attach::Usdt { file: file(), provider, name, apart: false };
    let hook = Hook {
        kind: HookKind::Usdt { path: "/p".into(), provider: "x".into(), name: "y".into() },
        attachment: Attachment { attach, ..fentry("") },
        arguments: vec![argument(at('e'), Origin::UsdtArgument(2), integer)],
        ..hook(at('b'), "", vec![selector(at('c'), always, vec![set])])
    };
    let policy = Policy { program_hooks: vec![hook], ..policy(at('a'), "p", Vec::new()) };
    let printed = printed(&[policy], &sources);
    let report = printed.find("post hook 0 selector 0").unwrap();
    let set = printed.find("set USDT argument 2 to 7").unwrap();
    assert!(report < set, "{printed}");
    assert_eq!(printed.matches("set USDT").count(), 1, "{printed}");
}

#[test]
fn registers_change_behind_the_report_and_only_where_the_policy_enforces() {
    let (sources, at) = sources();
    let rax = Register { name: "rax".into(), offset: 80, bytes: 8 };
    let registers = vec![Assignment { to: rax, from: Assigned::Number(7) }];
    let to = Some(UserPoint::Offset(64));
    let redirect = Action::Redirect { span: at('d'), registers, to };
    let always = Expression::All(Vec::new());
    let hook = Hook {
        selectors: vec![selector(at('c'), always, vec![redirect])],
        sharing: Sharing::Own,
        ..uprobe(at('b'), "f")
    };
    let policy = Policy { program_hooks: vec![hook], ..policy(at('a'), "p", Vec::new()) };
    let module = lower(std::slice::from_ref(&policy));
    let text = printed(&[policy], &sources);
    let report = text.find("post hook 0 selector 0").unwrap();
    let change = text.find("registers rax=7, go on at offset 0x40").unwrap();
    assert!(report < change, "{text}");
    for (mode, changes) in [(writ_bundle::Mode::Enforce, 1), (writ_bundle::Mode::Monitor, 0)] {
        let event = Event { modes: [(0, mode)].into(), ..Event::default() };
        let outcome =
            interpret(module.programs.last().unwrap(), &module, &event, &mut State::default());
        assert_eq!(outcome.redirects.len(), changes, "{mode:?}");
    }
}

#[test]
fn a_policy_is_asked_for_its_mode_then_for_its_workloads() {
    let (sources, at) = sources();
    let mut one = policy(at('a'), "p", vec![hook(at('b'), "f", Vec::new())]);
    one.namespace = Some("shop".to_owned());
    let printed = printed(&[one], &sources);
    assert!(printed.contains("1:1  policy 0 is enabled ? b1 : b3\n"), "{printed}");
    assert!(printed.contains("1:1  process in workload set 0 ? b2 : b3\n"), "{printed}");
}

#[test]
fn selectors_that_are_all_absent_or_all_empty_ask_nothing() {
    let (_, at) = sources();
    let all = || Some(LabelSelector { span: at('c'), labels: Vec::new(), expressions: Vec::new() });
    let asks = |pods, containers, hosts| {
        super::workload::set(None, &Workloads { pods, containers, hosts }).is_some()
    };
    assert!(!asks(None, None, None) && !asks(all(), all(), Some(at('d'))));
    assert!(asks(all(), None, None) && asks(None, all(), None) && asks(None, None, Some(at('d'))));
}

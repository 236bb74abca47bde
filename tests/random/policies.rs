//! Random policies, bound to hooks whose values the tests can give.

use writ::policy::{Mode, TrackAction, Workloads};
use writ::resolved::{
    Acts, Argument, ArgumentId, Attachment, EnforcedFunction, Enforcer, Hook, Origin, Policy,
    Reader, Selector, Sharing,
};
use writ::source::{SourceMap, Span, Spanned};
use writ_bundle::Attach;

use super::actions::{self, Abilities};
use super::conditions::expression;
use super::points::{Function, Point};
use super::workloads::{self, Host};
use super::{Choices, Random};

/// What policies are about, so that their conditions hold now and then.
pub(crate) struct Setting {
    /// What they may hook.
    pub points: Vec<Point>,
    /// Where enforcers act. Nowhere: there are none.
    pub enforced: Vec<(Attach, Acts)>,
    /// Ids that the calling process may have.
    pub pids: Vec<u32>,
    /// Inode numbers of namespaces that it may be in.
    pub namespaces: Vec<u32>,
    /// Signals that policies may send.
    pub signals: &'static [u32],
    /// Intervals of rate limits, in milliseconds.
    pub intervals: &'static [u32],
}

/// The sources in which all policies stand.
pub(crate) fn sources() -> SourceMap {
    let mut sources = SourceMap::default();
    sources.add("policy.yaml", "x");
    sources
}

pub(super) fn span() -> Span {
    Span::new(SourceMap::default().add("", ""), 0..1)
}

pub(crate) fn policies(random: &mut Random, setting: &Setting) -> Vec<Policy> {
    // Few places, so that policies share some.
    let points: Vec<&Point> =
        (0..random.length(1..4)).map(|_| random.one_of(&setting.points)).collect();
    (0..random.length(1..4)).map(|number| policy(random, setting, &points, number)).collect()
}

fn policy(random: &mut Random, setting: &Setting, points: &[&Point], number: usize) -> Policy {
    let namespace = workloads::namespace(random);
    let host = if namespace.is_some() { Host::Refused } else { Host::Allowed };
    let is_for_some = random.once_in(3);
    let hooked: Vec<Vec<Hook>> = (0..random.length(1..3))
        .map(|_| {
            let point = random.one_of(points);
            hooks(random, setting, point)
        })
        .collect();
    let is_program =
        |hook: &Hook| matches!(hook.attachment.attach, Attach::Uprobe { .. } | Attach::Usdt { .. });
    let (program_hooks, hooks) = hooked.into_iter().flatten().partition(is_program);
    Policy {
        span: span(),
        name: format!("p{number}"),
        name_span: span(),
        namespace,
        mode: if random.once_in(3) { Mode::Monitor } else { Mode::Enforce },
        hooks,
        program_hooks,
        enforcers: if random.once_in(4) { enforcers(random, setting) } else { Vec::new() },
        settings: Vec::new(),
        workloads: if is_for_some {
            workloads::workloads(random, host)
        } else {
            Workloads::default()
        },
        nodes: None,
        loader: None,
    }
}

/// A hook for each function of the place, which differ in nothing else.
fn hooks(random: &mut Random, setting: &Setting, point: &Point) -> Vec<Hook> {
    let returns = point.functions[0].returns.is_some() && random.once_in(2);
    let arguments: Vec<Argument> = (0..random.length(0..4))
        .filter(|_| !point.arguments.is_empty())
        .map(|_| random.one_of(&point.arguments).clone())
        .filter(|one| returns || !one.reader.is_of_return())
        .collect();
    let data: Vec<Argument> = (0..random.length(0..3))
        .filter(|_| !point.data.is_empty())
        .map(|_| random.one_of(&point.data).clone())
        .collect();
    let returned = point.returned.clone().filter(|_| returns);
    let asked = Asked { arguments: &arguments, data: &data, returned: returned.as_ref() };
    let abilities = abilities(point);
    let selectors =
        (0..random.length(0..4)).map(|_| selector(random, setting, &asked, abilities)).collect();
    let is_socket = returned.as_ref().is_some_and(|argument| argument.reader.is_socket());
    let return_action = is_socket.then(|| {
        let action = *random.one_of(&[TrackAction::Track, TrackAction::Untrack]);
        Spanned::new(action, span())
    });
    let hook = |function: &Function| Hook {
        span: span(),
        point_span: span(),
        kind: function.kind.clone(),
        sharing: point.sharing,
        calls: function.calls.clone(),
        attachment: attachment(function.attach.clone()),
        return_attachment: function.returns.clone().filter(|_| returns).map(attachment),
        arguments: arguments.clone(),
        return_argument: returned.clone(),
        selectors: Vec::clone(&selectors),
        message: None,
        tags: Vec::new(),
        data: data.clone(),
        return_action,
    };
    point.functions.iter().map(hook).collect()
}

fn abilities(point: &Point) -> Abilities {
    match &point.functions[0].attach {
        Attach::Lsm { .. } | Attach::FmodRet { .. } => Abilities::Deny,
        Attach::Kprobe { .. } if point.sharing == Sharing::Own => Abilities::Deny,
        Attach::Usdt { .. } => Abilities::Set,
        _ => Abilities::Signal,
    }
}

fn attachment(attach: Attach) -> Attachment {
    Attachment { attach, reason: String::new(), needs: Vec::new() }
}

fn enforcers(random: &mut Random, setting: &Setting) -> Vec<Enforcer> {
    if setting.enforced.is_empty() {
        return Vec::new();
    }
    let functions = (0..random.length(1..4)).map(|_| {
        let (attach, acts) = random.one_of(&setting.enforced).clone();
        EnforcedFunction { span: span(), attachment: attachment(attach), acts }
    });
    vec![Enforcer { span: span(), functions: functions.collect() }]
}

/// What a hook's selectors can ask about.
struct Asked<'a> {
    arguments: &'a [Argument],
    data: &'a [Argument],
    returned: Option<&'a Argument>,
}

impl Asked<'_> {
    /// What is read when the hook is hit.
    fn at_entry(&self) -> Vec<(ArgumentId, Reader)> {
        let arguments = self.arguments.iter().enumerate();
        let arguments = arguments.filter(|(_, one)| !one.reader.is_of_return());
        let arguments = arguments.map(|(place, one)| (ArgumentId::Argument(place), one.reader));
        let data = self.data.iter().enumerate();
        arguments.chain(data.map(|(place, one)| (ArgumentId::Data(place), one.reader))).collect()
    }

    fn at_return(&self) -> Vec<(ArgumentId, Reader)> {
        self.returned.iter().map(|one| (ArgumentId::Return, one.reader)).collect()
    }

    /// Those that a program can write to.
    fn written(&self) -> Vec<ArgumentId> {
        let arguments = self.arguments.iter().enumerate();
        let is_probe = |one: &Argument| matches!(one.origin, Origin::UsdtArgument(_));
        arguments
            .filter(|(_, one)| is_probe(one))
            .map(|(place, _)| ArgumentId::Argument(place))
            .collect()
    }
}

fn selector(
    random: &mut Random,
    setting: &Setting,
    asked: &Asked<'_>,
    abilities: Abilities,
) -> Selector {
    let (ids, return_ids) = (asked.at_entry(), asked.at_return());
    let sockets = |ids: &[(ArgumentId, Reader)]| -> Vec<ArgumentId> {
        ids.iter().filter(|(_, reader)| reader.is_socket()).map(|(id, _)| *id).collect()
    };
    let written = asked.written();
    let at_entry = actions::Setting { abilities, sockets: sockets(&ids), written };
    let abilities = Abilities::Signal;
    let at_return = actions::Setting { abilities, sockets: sockets(&return_ids), written: vec![] };
    Selector {
        span: span(),
        label: None,
        condition: expression(random, setting, &ids, 3),
        return_condition: expression(random, setting, &return_ids, 2),
        actions: actions::actions(random, setting, &at_entry),
        return_actions: actions::actions(random, setting, &at_return),
    }
}

/// A policy at the first place of `setting`, of which every run sends a record.
pub(crate) fn one_that_always_posts(setting: &Setting) -> Policy {
    let nothing = Choices { first: Vec::new(), rest: 0 };
    let points: Vec<&Point> = setting.points.iter().collect();
    policy(&mut Random::new(&nothing), setting, &points, 0)
}

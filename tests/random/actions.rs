//! Random actions.

use writ::policy::RateScope;
use writ::resolved::{Action, ArgumentId, Extras, RateLimit};

use super::Random;
use super::policies::{self, span};

/// What a selector can act on.
pub(super) struct Setting {
    pub abilities: Abilities,
    /// Arguments that are sockets.
    pub sockets: Vec<ArgumentId>,
    /// Arguments of a probe that can be written to.
    pub written: Vec<ArgumentId>,
}

/// What can be done at a hook besides what can be done anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Abilities {
    /// Nothing.
    Signal,
    /// The call can be made to fail.
    Deny,
    /// Numbers can be written into the program's memory.
    Set,
}

/// One to three actions.
pub(super) fn actions(
    random: &mut Random,
    of: &policies::Setting,
    setting: &Setting,
) -> Vec<Action> {
    (0..random.length(1..4)).map(|_| action(random, of, setting)).collect()
}

fn action(random: &mut Random, of: &policies::Setting, setting: &Setting) -> Action {
    let Setting { abilities, sockets, written } = setting;
    let span = span();
    match random.below(13) {
        1 => Action::Signal { span, number: *random.one_of(of.signals) },
        2 if *abilities == Abilities::Deny => {
            Action::Override { span, error: *random.one_of(&[-1, -13, 0]) }
        }
        2 if *abilities == Abilities::Set && !written.is_empty() => {
            let argument = *random.one_of(written);
            Action::Set { span, argument, value: *random.one_of(&[0, 7, u32::MAX]) }
        }
        3 | 4 => Action::Post {
            span,
            rate_limit: (!random.once_in(4)).then(|| limit(random, of)),
            extras: Extras {
                kernel_stack: random.once_in(4).then_some(span),
                user_stack: random.once_in(4).then_some(span),
                ima_hash: None,
            },
        },
        5 => Action::NoPost { span },
        6 if !sockets.is_empty() => Action::TrackSock { span, argument: *random.one_of(sockets) },
        7 if !sockets.is_empty() => Action::UntrackSock { span, argument: *random.one_of(sockets) },
        8 => Action::NotifyEnforcer {
            span,
            error: (!random.once_in(3)).then(|| *random.one_of(&[-1, -4095, 0])),
            signal: (!random.once_in(3)).then(|| *random.one_of(of.signals)),
        },
        9 => Action::CleanupEnforcerNotification { span },
        10 => Action::GetUrl { span, url: "http://127.0.0.1/".into() },
        11 => Action::DnsLookup { span, name: "localhost".into() },
        _ => Action::post(span),
    }
}

fn limit(random: &mut Random, of: &policies::Setting) -> RateLimit {
    RateLimit { milliseconds: *random.one_of(of.intervals), scope: *random.one_of(&RateScope::ALL) }
}

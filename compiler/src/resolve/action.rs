//! Binds actions: numbers in range, intervals that can be kept.

mod place;

use super::selector::Scope;
use super::{digest, resume};
use crate::diagnostic::{Diagnostics, Finding, Reported, code};
use crate::policy::{self, ActionKind, Point, RateScope};
use crate::resolved::{Action, Digest, Extras, RateLimit};
use crate::source::{Span, Spanned};

/// `SIGKILL` (`include/uapi/asm-generic/signal.h`).
const SIGKILL: u32 = 9;
/// `SIGTERM`, of the same header.
const SIGTERM: i64 = 15;
/// `EPERM`, as a return value (`include/uapi/asm-generic/errno-base.h`).
const EPERM: i64 = -1;

/// The largest signal number (`_NSIG`).
const LAST_SIGNAL: i64 = 64;

/// The largest error number that a return value can carry (`MAX_ERRNO`).
const LAST_ERROR: i64 = 4095;

/// What happens when the selector matches.
pub(super) fn actions(
    from: &[policy::Action],
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Action>, Reported> {
    let bound: Vec<Result<Action, Reported>> =
        from.iter().map(|one| action(one, scope, diagnostics)).collect();
    bound.into_iter().collect()
}

/// What happens when the call returns; by then it cannot be denied.
pub(super) fn return_actions(
    from: &[policy::Action],
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Action>, Reported> {
    let bound: Vec<Result<Action, Reported>> = from
        .iter()
        .map(|one| {
            if let ActionKind::Post { ima_hash: Some(span), .. } = &one.kind {
                return Err(digest::misplaced(*span, diagnostics));
            }
            if !matches!(one.kind, ActionKind::Override { .. }) {
                return action(one, scope, diagnostics);
            }
            let finding = Finding::at(one.span, "a call that returns cannot be denied any more")
                .label("too late")
                .help("move `Override` to `matchActions`".to_owned());
            Err(diagnostics.error(&code::OVERRIDE_ON_RETURN, finding))
        })
        .collect();
    bound.into_iter().collect()
}

fn action(
    from: &policy::Action,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Action, Reported> {
    let span = from.span;
    place::check(from, scope, diagnostics)?;
    match &from.kind {
        ActionKind::Post { rate_limit, kernel_stack, user_stack, ima_hash } => {
            let rate_limit =
                rate_limit.as_ref().map(|limit| rate(limit, diagnostics)).transpose()?;
            let ima_hash = ima_hash.map(|span| digest_of(span, scope, diagnostics)).transpose()?;
            let extras = Extras { kernel_stack: *kernel_stack, user_stack: *user_stack, ima_hash };
            Ok(Action::Post { span, rate_limit, extras })
        }
        ActionKind::NoPost => Ok(Action::NoPost { span }),
        ActionKind::Sigkill => Ok(Action::Signal { span, number: SIGKILL }),
        ActionKind::Signal { signal } => {
            // The parser has reported a missing number. With a usual one nothing else is found
            // wrong.
            let signal = signal.unwrap_or(Spanned::new(SIGTERM, span));
            Ok(Action::Signal { span, number: signal_number(signal, diagnostics)? })
        }
        ActionKind::Override { error, replacement: Some(to) } => {
            let error = error.map_or(0, |error| error.value);
            resume::resume(span, to, error, diagnostics)
        }
        ActionKind::Override { error, replacement: None }
            if matches!(scope.written().point, Point::Uprobe(_)) =>
        {
            Ok(resume::returning(span, error.map_or(0, |error| error.value)))
        }
        ActionKind::Override { error, replacement: None } => {
            // As with signals.
            let error = error.unwrap_or(Spanned::new(EPERM, span));
            Ok(Action::Override { span, error: error_number(error, diagnostics)? })
        }
        ActionKind::GetUrl { url } => Ok(Action::GetUrl { span, url: text_of(url.as_ref()) }),
        ActionKind::DnsLookup { name } => {
            Ok(Action::DnsLookup { span, name: text_of(name.as_ref()) })
        }
        ActionKind::TrackSock { argument } => {
            let argument = place::socket(*argument, span, scope, diagnostics)?;
            Ok(Action::TrackSock { span, argument })
        }
        ActionKind::UntrackSock { argument } => {
            let argument = place::socket(*argument, span, scope, diagnostics)?;
            Ok(Action::UntrackSock { span, argument })
        }
        ActionKind::NotifyEnforcer { error, signal } => {
            let error = error.filter(|error| error.value != 0);
            let signal = signal.filter(|signal| signal.value != 0);
            Ok(Action::NotifyEnforcer {
                span,
                error: error.map(|error| error_number(error, diagnostics)).transpose()?,
                signal: signal.map(|signal| signal_number(signal, diagnostics)).transpose()?,
            })
        }
        ActionKind::CleanupEnforcerNotification => Ok(Action::CleanupEnforcerNotification { span }),
        ActionKind::Set { argument, value } => {
            let argument = place::argument(*argument, span, scope, diagnostics)?;
            Ok(Action::Set { span, argument, value: value.map_or(0, |value| value.value) })
        }
    }
}

fn digest_of(
    span: Span,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Digest, Reported> {
    match digest::of(&scope.written().point) {
        Some(of) => Ok(Digest { span, of }),
        None => Err(digest::misplaced(span, diagnostics)),
    }
}

fn text_of(text: Option<&Spanned<String>>) -> String {
    text.map_or_else(String::new, |text| text.value.clone())
}

fn signal_number(signal: Spanned<i64>, diagnostics: &mut Diagnostics) -> Result<u32, Reported> {
    if let Ok(number) = u32::try_from(signal.value)
        && (1..=LAST_SIGNAL).contains(&signal.value)
    {
        return Ok(number);
    }
    let finding = Finding::at(signal.span, format!("there is no signal `{}`", signal.value))
        .label("signals are numbered from 1 to 64")
        .help("write `15` for SIGTERM or `9` for SIGKILL".to_owned());
    Err(diagnostics.error(&code::SIGNAL_NUMBER, finding))
}

fn error_number(error: Spanned<i64>, diagnostics: &mut Diagnostics) -> Result<i32, Reported> {
    if error.value == 0 {
        let finding = Finding::at(error.span, "an error of `0` denies nothing")
            .label("0 means success")
            .help("write `-1` for EPERM or `-13` for EACCES".to_owned())
            .note("LSM and fmod_ret programs let the call go on when they return 0");
        return Err(diagnostics.error(&code::OVERRIDE_ZERO, finding));
    }
    if let Ok(number) = i32::try_from(error.value)
        && (-LAST_ERROR..0).contains(&error.value)
    {
        return Ok(number);
    }
    let help = (1..=LAST_ERROR)
        .contains(&error.value)
        .then(|| format!("errors are negative: write `{}`", -error.value));
    let finding = Finding::at(error.span, format!("`{}` is no error of the kernel", error.value))
        .label("errors are numbered from -4095 to -1")
        .help(help);
    Err(diagnostics.error(&code::OVERRIDE_ERROR, finding))
}

fn rate(limit: &policy::RateLimit, diagnostics: &mut Diagnostics) -> Result<RateLimit, Reported> {
    let scope = limit.scope.map_or(RateScope::Thread, |scope| scope.value);
    if let Some(milliseconds @ 1..) = milliseconds(&limit.interval.value) {
        return Ok(RateLimit { milliseconds, scope });
    }
    let message = format!("`{}` is no interval", limit.interval.value);
    let finding = Finding::at(limit.interval.span, message)
        .label("not a number of seconds, minutes or hours above 0")
        .help("write `5` or `5s` for five seconds, `1m` for a minute, `1h` for an hour".to_owned());
    Err(diagnostics.error(&code::RATE_LIMIT, finding))
}

/// An interval in milliseconds; too long ones are cut to 49 days, as Tetragon does.
fn milliseconds(text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    let units: [(char, u64); 3] = [('s', 1), ('m', 60), ('h', 3600)];
    let (digits, seconds) = units
        .into_iter()
        .find_map(|(unit, seconds)| Some((lower.strip_suffix(unit)?, seconds)))
        .unwrap_or((&lower, 1));
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    let milliseconds = count.saturating_mul(seconds).saturating_mul(1000);
    Some(u32::try_from(milliseconds).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_have_units() {
        let cases = [
            ("5", Some(5_000)),
            ("5s", Some(5_000)),
            ("1M", Some(60_000)),
            ("2h", Some(7_200_000)),
            ("0", Some(0)),
            ("99999999999", Some(u32::MAX)),
            ("", None),
            ("s", None),
            ("-1", None),
            ("+1", None),
            ("5d", None),
        ];
        for (text, wanted) in cases {
            assert_eq!(milliseconds(text), wanted, "{text}");
        }
    }
}

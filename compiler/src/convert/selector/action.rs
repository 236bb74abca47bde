//! One action as an entry of a selector.

use crate::convert::{record, text, texts, word};
use crate::plain::Value;
use crate::policy::{Action, ActionKind};
use crate::source::{Span, Spanned};

/// The entry for an action.
pub(super) fn action(action: &Action) -> Value {
    let mut fields = vec![("action".to_owned(), word(action.kind.name()))];
    let Value::Record(own) = arguments(&action.kind) else { return Value::Record(fields) };
    fields.extend(own);
    Value::Record(fields)
}

fn arguments(kind: &ActionKind) -> Value {
    match kind {
        ActionKind::Post { rate_limit, kernel_stack, user_stack, ima_hash } => {
            let scope = rate_limit.as_ref().and_then(|limit| limit.scope);
            record([
                ("rateLimit", rate_limit.as_ref().map(|limit| text(&limit.interval))),
                ("rateLimitScope", scope.map(|scope| word(scope.value.name()))),
                ("kernelStackTrace", flag(*kernel_stack)),
                ("userStackTrace", flag(*user_stack)),
                ("imaHash", flag(*ima_hash)),
            ])
        }
        ActionKind::NoPost | ActionKind::Sigkill | ActionKind::CleanupEnforcerNotification => {
            Value::Record(Vec::new())
        }
        ActionKind::Signal { signal } => record([("argSig", number(*signal))]),
        ActionKind::Override { error, replacement } => {
            let replacement = replacement.as_deref();
            let registers = replacement.filter(|one| !one.registers.is_empty());
            record([
                ("argError", number(*error)),
                ("argRegs", registers.map(|one| texts(&one.registers))),
                ("argNewSymbol", replacement.and_then(|one| one.symbol.as_ref()).map(text)),
                ("argNewAddr", number(replacement.and_then(|one| one.address))),
                ("argNewOffset", number(replacement.and_then(|one| one.offset))),
            ])
        }
        ActionKind::GetUrl { url } => record([("argUrl", url.as_ref().map(text))]),
        ActionKind::DnsLookup { name } => record([("argFqdn", name.as_ref().map(text))]),
        ActionKind::TrackSock { argument } | ActionKind::UntrackSock { argument } => {
            record([("argSock", number(*argument))])
        }
        ActionKind::NotifyEnforcer { error, signal } => {
            record([("argError", number(*error)), ("argSig", number(*signal))])
        }
        ActionKind::Set { argument, value } => {
            record([("argIndex", number(*argument)), ("argValue", number(*value))])
        }
    }
}

fn flag(written: Option<Span>) -> Option<Value> {
    written.map(|_| Value::Flag(true))
}

fn number<T: Into<i128>>(written: Option<Spanned<T>>) -> Option<Value> {
    written.map(|number| Value::Integer(number.value.into()))
}

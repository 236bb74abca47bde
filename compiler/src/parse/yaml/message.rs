//! `message` and `tags`: text that events carry.

use super::fields::Fields;
use crate::diagnostic::{Diagnostics, Finding, code};
use crate::source::Spanned;

/// Bytes of a message that Tetragon keeps (`pkg/sensors/tracing/message.go`).
const MESSAGE_MAX: usize = 256;
/// Bytes of a tag that Tetragon keeps (`pkg/sensors/tracing/tags.go`).
const TAG_MAX: usize = 128;
/// Bytes that a message and a tag must have.
const TEXT_MIN: usize = 2;

/// The hook's message. An empty one is none.
pub(super) fn message(hook: &Fields, diagnostics: &mut Diagnostics) -> Option<Spanned<String>> {
    let message = hook.text("message").filter(|message| !message.value.is_empty())?;
    check_length(&message, "message", MESSAGE_MAX, diagnostics);
    Some(message)
}

/// The hook's tags.
pub(super) fn tags(hook: &Fields, diagnostics: &mut Diagnostics) -> Vec<Spanned<String>> {
    let tags = hook.texts("tags");
    for tag in &tags {
        check_length(tag, "tag", TAG_MAX, diagnostics);
    }
    tags
}

fn check_length(text: &Spanned<String>, what: &str, most: usize, diagnostics: &mut Diagnostics) {
    let length = text.value.len();
    if length < TEXT_MIN {
        diagnostics.add(
            &code::TEXT_TOO_SHORT,
            Finding::at(text.span, format!("a {what} has at least {TEXT_MIN} characters"))
                .label("too short"),
        );
    } else if length > most {
        diagnostics.add(
            &code::TEXT_TOO_LONG,
            Finding::at(text.span, format!("a {what} has at most {most} bytes, not {length}"))
                .label("Tetragon cuts it off")
                .help(format!("shorten it by {} bytes", length - most)),
        );
    }
}

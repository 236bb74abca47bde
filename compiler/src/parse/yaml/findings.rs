//! How mistakes of form are told: one function a code.

use super::Report;
use super::nodes::{Content, Node};
use super::scalar::{Typed, typed};
use super::schema::{Key, Presence, Record, Shape};
use super::schema_table::DOCUMENT;
use crate::diagnostic::{Diagnostics, Finding, Fix, TetragonAnswer, code, did_you_mean, nearest};
use crate::source::{Span, Spanned};

/// User text as it is quoted in a message: on one line and not too long.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String = text.chars().take(MOST).flat_map(char::escape_debug).collect();
    // Only control characters need escapes; quotes read better without.
    shown = shown.replace("\\\"", "\"").replace("\\'", "'");
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}

/// Words in a row: `` `a`, `b` and `c` ``.
pub(super) fn listed(words: &[&str], joint: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {joint} {last}", rest.join(", ")),
    }
}

/// The text breaks YAML's grammar.
pub(super) fn syntax(diagnostics: &mut Diagnostics, span: Span, what: &str, help: Option<String>) {
    diagnostics.add(
        &code::SYNTAX,
        Finding::at(span, "this is not well-formed YAML").label(what).help(help),
    );
}

/// Something that may stand once stands twice. `what` says what it is: `the key`.
pub(super) fn duplicate(
    diagnostics: &mut Diagnostics,
    what: &str,
    second: &Spanned<String>,
    first: Span,
    answer: TetragonAnswer,
    fix: Fix,
) {
    let name = shown(&second.value);
    diagnostics.add(
        &code::DUPLICATE_KEY,
        Finding::at(second.span, format!("{what} `{name}` stands twice"))
            .tetragon(answer)
            .label("again here")
            .also(first, "first here")
            .help("remove one of the two, or join what they say".to_owned())
            .fix(fix),
    );
}

/// A mapping has a key that its record does not have. `meant` is the one that was certainly meant.
pub(super) fn unknown_key(
    report: &mut Report<'_>,
    key: &Spanned<String>,
    record: &'static Record,
    meant: Option<&'static Key>,
) {
    if let Some(meant) = meant.filter(|meant| meant.name.eq_ignore_ascii_case(&key.value)) {
        return miscased_key(report, key, meant);
    }
    let name = shown(&key.value);
    let mut finding = Finding::at(key.span, format!("{} has no key `{name}`", record.name))
        .label("unknown key")
        .help(other_place(&key.value, record).or_else(|| nearest_key(&key.value, record)))
        .note(
            "Tetragon refuses a file with an unknown key, and a Kubernetes API server drops the \
             key without a word",
        )
        .fix(meant.map(|meant| rewrite(report, key.span, meant.name, Fix::not_safe)));
    if let Some(note) = former(&key.value) {
        finding = finding.note(note);
    }
    report.diagnostics.add(&code::UNKNOWN_KEY, finding);
}

/// A key differs from a legal one in case. Go's decoder takes it; the schema, which gives the
/// defaults and checks the words, does not know it.
fn miscased_key(report: &mut Report<'_>, key: &Spanned<String>, meant: &'static Key) {
    let name = shown(&key.value);
    let answer = match meant.presence {
        Presence::Required => TetragonAnswer::Refuses,
        Presence::Optional | Presence::Nullable => TetragonAnswer::Accepts,
    };
    report.diagnostics.add(
        &code::MISCASED_KEY,
        Finding::at(key.span, format!("the key `{name}` is `{}` in another case", meant.name))
            .label("wrong case")
            .help(format!("write `{}`", meant.name))
            .note(
                "Tetragon reads a file's keys in any case, but gives defaults and checks values \
                 under the right one alone; a Kubernetes API server drops the key",
            )
            .tetragon(answer)
            .fix(rewrite(report, key.span, meant.name, Fix::safe)),
    );
}

/// Writes `word` over what stands at `span`, in the same quotes.
fn rewrite(report: &Report<'_>, span: Span, word: &str, fix: fn(String) -> Fix) -> Fix {
    let written = report.text.get(span.range()).unwrap_or("");
    let quote = written.get(..1).filter(|quote| ["\"", "'"].contains(quote)).unwrap_or("");
    fix(format!("write `{word}`")).replace(span, format!("{quote}{word}{quote}"))
}

fn nearest_key(name: &str, record: &'static Record) -> Option<String> {
    if record.keys.is_empty() {
        return Some("write `{}`".to_owned());
    }
    let of_other = || {
        let other = DOCUMENT.with_key(name)?;
        Some(format!("`{name}` is a key of {}", other.name))
    };
    let all = || {
        let names: Vec<&str> = record.names().collect();
        (names.len() <= 12).then(|| format!("its keys are {}", listed(&names, "and")))
    };
    did_you_mean(name, record.names()).or_else(of_other).or_else(all)
}

/// Advice for a key that a record inside this one has.
fn other_place(name: &str, record: &'static Record) -> Option<String> {
    record
        .keys
        .iter()
        .find(|key| key.shape.record().is_some_and(|inner| inner.key(name).is_some()))
        .map(|key| format!("it belongs one level deeper, under `{}`", key.name))
}

/// What is worth knowing about a key or word that Tetragon once had.
fn former(name: &str) -> Option<&'static str> {
    match name {
        "argFd" | "argName" | "FollowFD" | "UnfollowFD" | "CopyFD" => Some(
            "Tetragon removed `FollowFD`, `UnfollowFD` and `CopyFD`: an argument of type `fd` \
             now gives the path of the file by itself",
        ),
        _ => None,
    }
}

/// A record lacks keys that it must have.
pub(super) fn missing_keys(
    diagnostics: &mut Diagnostics,
    place: Span,
    record: &str,
    missing: &[&str],
    joint: &str,
) {
    let names = listed(missing, joint);
    diagnostics.add(
        &code::MISSING_KEY,
        Finding::at(place, format!("{record} needs {names}")).label(format!("{names} missing")),
    );
}

/// A value has another type than its key takes. `name` is what holds the value, with backticks.
pub(super) fn wrong_type(diagnostics: &mut Diagnostics, name: &str, node: &Node, shape: &Shape) {
    let found = match &node.content {
        Content::List(_) => "a list",
        Content::Mapping(_) => "a mapping",
        Content::Scalar(scalar) => typed(scalar).name(),
    };
    let wanted = match shape {
        Shape::List { .. } | Shape::Record(_) | Shape::Dictionary(_) => "must be",
        Shape::Text | Shape::Boolean | Shape::Integer { .. } | Shape::Word(_) | Shape::Anything => {
            "takes"
        }
    };
    diagnostics.add(
        &code::WRONG_TYPE,
        Finding::at(node.head(), format!("{name} {wanted} {}, not {found}", shape.name()))
            .label(if found == Typed::Null.name() { "no value" } else { found })
            .help(type_help(node, shape)),
    );
}

fn type_help(node: &Node, shape: &Shape) -> Option<String> {
    let Content::Scalar(scalar) = &node.content else { return None };
    let text = shown(&scalar.text);
    match (shape, typed(scalar)) {
        (_, Typed::Null) => Some("write a value, or remove the key".to_owned()),
        (Shape::Text | Shape::Word(_), _) => Some(format!("quote it: `\"{text}\"`")),
        (Shape::Integer { .. }, Typed::Text) if text.parse::<i64>().is_ok() => {
            Some(format!("write it without quotes: `{text}`"))
        }
        (Shape::Boolean, Typed::Text) if ["true", "false"].contains(&text.as_str()) => {
            Some(format!("write it without quotes: `{text}`"))
        }
        (Shape::List { of: Shape::Text, .. }, _) | (Shape::List { .. }, Typed::Text) => {
            Some(format!("make it a list: `[\"{text}\"]`"))
        }
        (Shape::List { .. }, _) => Some(format!("make it a list: `[{text}]`")),
        _ => None,
    }
}

/// A word is none of the legal ones.
pub(super) fn unknown_word(
    report: &mut Report<'_>,
    span: Span,
    what: &str,
    text: &str,
    legal: &[&'static str],
) {
    let all = || format!("it must be {}", listed(legal, "or"));
    let synonym = synonym(text).filter(|word| legal.contains(word));
    let help = if legal.len() <= 6 {
        Some(all())
    } else {
        synonym
            .map(|word| format!("write `{word}`"))
            .or_else(|| did_you_mean(text, legal.iter().copied()))
            .or_else(|| (legal.len() <= 12 && former(text).is_none()).then(all))
    };
    let article = if what.starts_with(['a', 'o']) { "an" } else { "a" };
    let mut finding = Finding::at(span, format!("`{}` is not {article} {what}", shown(text)))
        .label(format!("unknown {what}"))
        .help(help)
        .fix(synonym.or_else(|| nearest(text, legal.iter().copied())).map(|word| {
            let is_case = word.eq_ignore_ascii_case(text);
            rewrite(report, span, word, if is_case { Fix::safe } else { Fix::not_safe })
        }));
    if let Some(note) = former(text) {
        finding = finding.note(note);
    }
    report.diagnostics.add(&code::UNKNOWN_WORD, finding);
}

/// The word that says what `text` says elsewhere: in other parts of the language, in older versions
/// and in Tetragon's own code.
fn synonym(text: &str) -> Option<&'static str> {
    match text {
        "In" | "in" | "eq" | "==" => Some("Equal"),
        "NotIn" | "neq" | "!=" => Some("NotEqual"),
        "Instring" | "Contains" => Some("SubString"),
        "StartsWith" => Some("Prefix"),
        "EndsWith" => Some("Postfix"),
        "Kill" | "kill" => Some("Sigkill"),
        "Deny" | "deny" | "Block" | "block" => Some("Override"),
        "char *" | "str" | "text" => Some("string"),
        _ => None,
    }
}

/// A number is too small or too large for its key. `name` is what holds it, with backticks.
pub(super) fn out_of_range(
    diagnostics: &mut Diagnostics,
    span: Span,
    name: &str,
    number: i128,
    least: i128,
    most: i128,
) {
    diagnostics.add(
        &code::OUT_OF_RANGE,
        Finding::at(span, format!("{name} cannot be {number}"))
            .label(if number < least { "too small" } else { "too large" })
            .help(format!("it must be from {least} to {most}")),
    );
}

/// A list has more items than it may have. `extra` is the first that is too many.
pub(super) fn too_many(
    diagnostics: &mut Diagnostics,
    extra: Span,
    name: &str,
    most: usize,
    count: usize,
) {
    let entries = if most == 1 { "entry" } else { "entries" };
    diagnostics.add(
        &code::TOO_MANY,
        Finding::at(extra, format!("{name} takes at most {most} {entries}, not {count}"))
            .label("too many from here on"),
    );
}

/// Two keys of which there may be one.
pub(super) fn exclusive(
    diagnostics: &mut Diagnostics,
    second: &Spanned<&'static str>,
    first: &Spanned<&'static str>,
) {
    diagnostics.add(
        &code::EXCLUSIVE_KEYS,
        Finding::at(
            second.span,
            format!("`{}` and `{}` exclude each other", first.value, second.value),
        )
        .label("one too many")
        .also(first.span, "beside this")
        .help("keep one of them".to_owned()),
    );
}

/// A number begins with a nought, which makes it octal in the YAML that Kubernetes reads.
pub(super) fn octal(diagnostics: &mut Diagnostics, span: Span, text: &str, number: i128) {
    let is_plain = text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(decimal) = text.parse().ok().filter(|&decimal: &i128| is_plain && decimal != number)
    else {
        return;
    };
    diagnostics.add(
        &code::OCTAL_NUMBER,
        Finding::at(span, format!("`{text}` is octal, and means {number}"))
            .label("begins with 0")
            .help(format!("write `{number}`, or `{decimal}` if that is meant"))
            .tetragon(TetragonAnswer::Accepts)
            .fix(
                Fix::not_safe(format!("write `{number}`, which is what it means"))
                    .replace(span, number.to_string()),
            ),
    );
}

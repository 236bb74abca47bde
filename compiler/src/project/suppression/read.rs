//! From comments to suppressions.

use super::cursor::Cursor;
use super::{Scope, Suppression};
use crate::diagnostic::{Code, Diagnostics, Finding, code, did_you_mean};
use crate::project::date::Date;
use crate::project::level::Rules;
use crate::source::{Source, SourceMap, Span, Spanned};

const VERBS: [&str; 2] = ["allow", "allow-file"];

/// The suppressions among `comments`, which are those of one source, in order, each from its `#` to
/// its end. One that cannot be read is reported, and hides nothing.
pub fn read(
    comments: &[Span],
    sources: &SourceMap,
    diagnostics: &mut Diagnostics,
) -> Vec<Suppression> {
    let Some(source) = comments.first().and_then(|comment| sources.get(comment.source)) else {
        return Vec::new();
    };
    let mut list = Vec::new();
    // Where a comment stands, and the line that it is about: comments between the two are about the
    // same line, and need not look for it again.
    let mut latest: Option<(Span, Span)> = None;
    for &comment in comments {
        let mut cursor = Cursor::new(&source.text, comment);
        // With this word a comment is meant for writ.
        if !(cursor.eat("#") && cursor.eat("writ:")) {
            continue;
        }
        match suppression(&mut cursor, comment) {
            Ok(mut suppression) => {
                if let Scope::Line(line) = &mut suppression.scope {
                    let known = latest.filter(|(from, to)| from < &comment && comment < *to);
                    *line = known.map_or_else(|| target(comment, comments, source), |(_, to)| to);
                    latest = Some((comment, *line));
                }
                suppression.whole = whole(comment, source);
                list.push(suppression);
            }
            Err((code, finding)) => diagnostics.add(code, *finding),
        }
    }
    list
}

/// What is wrong with a comment.
type Mistake = (&'static Code, Box<Finding>);

/// `allow(CODE, …) until DATE: REASON`.
fn suppression(cursor: &mut Cursor<'_>, comment: Span) -> Result<Suppression, Mistake> {
    let verb = cursor.until(&['(', ':', ' ', '\t']);
    let scope = match verb.value {
        "allow" => Scope::Line(comment),
        "allow-file" => Scope::File,
        other => return Err(malformed(verb.span, did_you_mean(other, VERBS))),
    };
    if !cursor.eat("(") {
        return Err(malformed(cursor.here(), None));
    }
    let codes = codes(cursor)?;
    let until = if cursor.eat("until") { Some(date(cursor)?) } else { None };
    let colon = cursor.here();
    let has_colon = cursor.eat(":");
    if !has_colon && !cursor.is_at_end() {
        return Err(malformed(colon, None));
    }
    let reason = cursor.until(&[]);
    if reason.value.is_empty() {
        return Err(unexplained(comment));
    }
    let reason = reason.map(str::to_owned);
    Ok(Suppression { span: comment, whole: comment, scope, codes, until, reason })
}

/// The codes in brackets, of which the first is read already.
fn codes(cursor: &mut Cursor<'_>) -> Result<Vec<Spanned<&'static Code>>, Mistake> {
    let mut codes = Vec::new();
    loop {
        let name = cursor.until(&[',', ')', '(', ':']);
        if name.value.is_empty() {
            return Err(malformed(cursor.here(), None));
        }
        let code = code::find(name.value).ok_or_else(|| unknown(name))?;
        codes.push(name.map(|_| code));
        if cursor.eat(")") {
            return Ok(codes);
        }
        if !cursor.eat(",") {
            return Err(malformed(cursor.here(), Some("close the list of codes with `)`".into())));
        }
    }
}

fn date(cursor: &mut Cursor<'_>) -> Result<Spanned<Date>, Mistake> {
    let day = cursor.until(&[':']);
    Date::parse(day.value).map(|date| day.map(|_| date)).ok_or_else(|| {
        let message = format!("`{}` is no day of the calendar", day.value);
        let finding = Finding::at(day.span, message)
            .label("not a date that exists")
            .help("write the last day on which this may be hidden, as `2027-01-31`".to_owned());
        (&code::SUPPRESSION_DATE, Box::new(finding))
    })
}

fn malformed(span: Span, help: Option<String>) -> Mistake {
    let form =
        "write `# writ: allow(CODE) until YEAR-MONTH-DAY: REASON`; `until …` may be left out";
    let finding = Finding::at(span, "a comment for writ is no suppression that can be read")
        .label("expected something else here")
        .help(help.unwrap_or_else(|| form.to_owned()));
    (&code::SUPPRESSION_SYNTAX, Box::new(finding))
}

fn unknown(name: Spanned<&str>) -> Mistake {
    let help = Rules::near(name.value)
        .unwrap_or_else(|| "`writ explain --list` has all codes and their names".to_owned());
    let finding = Finding::at(name.span, format!("there is no code `{}` to allow", name.value))
        .label("neither a code nor the name of one")
        .help(help);
    (&code::UNKNOWN_SUPPRESSION, Box::new(finding))
}

fn unexplained(comment: Span) -> Mistake {
    let finding = Finding::at(comment, "a suppression does not say why")
        .label("hides nothing without a reason")
        .help("end it with `: ` and why what is found here is no mistake".to_owned());
    (&code::MISSING_REASON, Box::new(finding))
}

/// The line of the comment or, when the comment has its line to itself, the next that holds more
/// than comments. The line is empty when there is none.
fn target(comment: Span, comments: &[Span], source: &Source) -> Span {
    let mut line = line_at(comment.start as usize, source);
    while is_without_content(line.clone(), comments, source) && line.end < source.text.len() {
        line = line_at(line.end + 1, source);
    }
    Span::new(comment.source, line)
}

fn whole(comment: Span, source: &Source) -> Span {
    let line = line_at(comment.start as usize, source);
    let before = source.text.get(line.start..comment.start as usize).unwrap_or("").trim_end();
    if before.is_empty() {
        return Span::new(comment.source, line.start..(line.end + 1).min(source.text.len()));
    }
    Span::new(comment.source, line.start + before.len()..comment.end as usize)
}

/// From the first byte of a line to its line feed.
fn line_at(offset: usize, source: &Source) -> std::ops::Range<usize> {
    let number = source.lines.number(offset);
    let start = source.lines.start(number);
    let next = source.lines.start(number + 1);
    let end = if next > start { next - 1 } else { source.text.len() };
    start..end
}

fn is_without_content(line: std::ops::Range<usize>, comments: &[Span], source: &Source) -> bool {
    let text = source.text.get(line.clone()).unwrap_or("");
    let begin = line.start + (text.len() - text.trim_start().len());
    let is_comment =
        comments.binary_search_by_key(&begin, |comment| comment.start as usize).is_ok();
    text.trim().is_empty() || is_comment
}

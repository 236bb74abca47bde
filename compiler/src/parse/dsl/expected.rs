//! Says in words what the grammar expected where it stopped.

use std::collections::BTreeSet;

use pest::error::{Error, ErrorVariant, InputLocation};

use super::grammar::Rule;
use super::outline::Piece;
use super::token::{Token, TokenKind};
use super::{Text, report};
use crate::diagnostic::Finding;

/// Reports the token at which the grammar stopped.
pub(super) fn report(start: Rule, error: &Error<Rule>, piece: &Piece, text: &mut Text) {
    let stop = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => piece.range.start + at,
    };
    let index = text.tokens.partition_point(|token| token.range.end <= stop);
    let found = text.tokens.get(index);
    let end = text.content.len();
    let range = found.map_or(end..end, |token| token.range.clone());
    let word = found.map_or("", |token| token.text(text.content));
    let name = if found.is_some() { format!("`{}`", shortened(word)) } else { "the end".into() };
    let expected = expected_words(start, error);
    let message = format!("expected {}, found {name}", join(&expected));
    let help = found.and_then(|token| help(token, word));
    let finding = Finding::at(text.span(range), message).label("not expected here").help(help);
    report::unexpected(text, finding);
}

/// What could have stood there, most telling first.
fn expected_words(piece: Rule, error: &Error<Rule>) -> Vec<String> {
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else { return Vec::new() };
    let words: BTreeSet<(usize, String)> =
        positives.iter().map(|&wanted| phrase(piece, wanted)).collect();
    let mut seen = BTreeSet::new();
    words.into_iter().map(|(_, word)| word).filter(|word| seen.insert(word.clone())).collect()
}

/// Phrases for the rules that are not single words, in the order in which they are listed.
const PHRASES: &[(&[Rule], &str)] = &[
    (
        &[Rule::operator, Rule::symbol_operator, Rule::is_operator, Rule::word_operator],
        "a comparison such as `==`, `in` or `starts_with`",
    ),
    (
        &[
            Rule::condition,
            Rule::conjunction,
            Rule::negation,
            Rule::group,
            Rule::changed,
            Rule::changed_kind,
            Rule::used,
            Rule::use_word,
            Rule::workload_test,
            Rule::workload_word,
            Rule::labels,
            Rule::literal,
            Rule::test,
            Rule::subject,
            Rule::changed_word,
            Rule::always_word,
            Rule::never_word,
            Rule::return_word,
            Rule::args_word,
            Rule::data_word,
            Rule::not_word,
            Rule::returned,
            Rule::place,
        ],
        "a condition such as `file.path == \"/etc/shadow\"`",
    ),
    (
        &[Rule::operand, Rule::list, Rule::value, Rule::address, Rule::range],
        "a value or a list of values",
    ),
    (&[Rule::number], "a number"),
    (&[Rule::string], "a text in double quotes"),
    (
        &[Rule::hook_kind, Rule::program, Rule::program_kind],
        "a hook kind such as `kprobe`, `syscall` or `lsm`",
    ),
    (
        &[
            Rule::target,
            Rule::targets,
            Rule::point_name,
            Rule::symbol,
            Rule::list_reference,
            Rule::as_syscall,
            Rule::syscall_word,
            Rule::call,
            Rule::program_symbol,
            Rule::program_symbols,
        ],
        "the name of what is hooked",
    ),
    (&[Rule::argument, Rule::argument_place, Rule::section], "an argument's name"),
    (&[Rule::arguments], "`(` and the arguments"),
    (&[Rule::returns], "`->` and a name for the return value"),
    (&[Rule::type_name], "a type"),
    (&[Rule::position], "a position such as `#0`"),
    (&[Rule::origin, Rule::cast], "what is read, such as `bprm.cred.uid.val`"),
    (&[Rule::cast_type, Rule::of_word], "a structure"),
    (&[Rule::numbers], "a number or a list of numbers"),
    (&[Rule::strings], "a text or a list of texts in double quotes"),
    (&[Rule::workload_part], "`pods`, `containers` or `host`"),
    (&[Rule::actions, Rule::action, Rule::action_name], "an action such as `post` or `kill`"),
    (&[Rule::rate], "`rate`"),
    (&[Rule::every], "`every`"),
    (&[Rule::scope], "`per`"),
    (&[Rule::extras], "`with`"),
    (&[Rule::extra], "`kernel_stack`, `user_stack` or `ima_hash`"),
    (&[Rule::interval], "an interval such as `5m`"),
    (&[Rule::returning], "`returning`"),
    (
        &[Rule::rule_label, Rule::when_word, Rule::otherwise_word, Rule::rule],
        "`when` or `otherwise`",
    ),
    (&[Rule::ignoring_case], "`ignoring case`"),
    (&[Rule::word, Rule::name], "a name"),
    (&[Rule::step, Rule::key], "`.` or `[`"),
    (&[Rule::option_part], "the option's name or value"),
    (
        &[Rule::followers, Rule::children_word, Rule::descendants_word, Rule::namespaced_word],
        "`and`",
    ),
    (&[Rule::and_word], "`and`"),
    (&[Rule::or_word], "`or`"),
    (&[Rule::arrow], "`=>`"),
    (&[Rule::comma], "`,`"),
    (&[Rule::close_paren], "`)`"),
    (&[Rule::close_bracket], "`]`"),
    (&[Rule::returns_arrow], "`->`"),
    (&[Rule::equals], "`=`"),
    (&[Rule::colon], "`:`"),
    (&[Rule::dot], "`.`"),
    (&[Rule::slash], "`/`"),
    (&[Rule::plus], "`+`"),
    (&[Rule::open_paren], "`(`"),
    (&[Rule::open_bracket], "`[`"),
    (&[Rule::open_brace], "`{`"),
    (&[Rule::close_brace], "`}`"),
    (&[Rule::size_word, Rule::buffer], "`size`"),
    (&[Rule::returned_word], "`returned`"),
    (&[Rule::max_word], "`max`"),
    (&[Rule::label], "`label`"),
    (&[Rule::then, Rule::then_word], "`then`"),
    (&[Rule::ignore, Rule::ignore_word], "`ignore`"),
    (&[Rule::over, Rule::over_word], "`over`"),
];

/// What a message calls a rule, and its rank in a list.
fn phrase(piece: Rule, wanted: Rule) -> (usize, String) {
    let last = PHRASES.len();
    if wanted == Rule::EOI {
        return (last + 1, end_of(piece).to_owned());
    }
    // A value is named once, not as a number, a text and a name.
    let found = PHRASES.iter().position(|(rules, _)| rules.contains(&wanted));
    let phrase = found.and_then(|at| PHRASES.get(at)).map(|(_, phrase)| (*phrase).to_owned());
    // What is not listed is a keyword, named after its word.
    let keyword = || format!("`{}`", format!("{wanted:?}").trim_end_matches("_word"));
    (found.unwrap_or(last), phrase.unwrap_or_else(keyword))
}

/// What follows a piece.
fn end_of(piece: Rule) -> &'static str {
    if piece == Rule::policy_header_piece {
        "`{`"
    } else if piece == Rule::hook_header_piece {
        "`{` or `;`"
    } else if piece == Rule::setting_piece {
        "the next setting or hook"
    } else {
        "the next rule"
    }
}

/// The beginning of a long token: the underline shows the rest.
pub(super) fn shortened(word: &str) -> &str {
    const LENGTH_MAX: usize = 60;
    word.char_indices().nth(LENGTH_MAX).and_then(|(end, _)| word.get(..end)).unwrap_or(word)
}

fn join(words: &[String]) -> String {
    let Some((last, rest)) = words.split_last() else { return "something else".to_owned() };
    if rest.is_empty() { last.clone() } else { format!("{} or {last}", rest.join(", ")) }
}

/// What to write instead of a sign that other languages have.
fn help(token: &Token, word: &str) -> Option<String> {
    let help = match word {
        "=" => "write `==` to compare",
        "&&" => "write `and`",
        "||" => "write `or`",
        "!" => "write `not`, or `!=` to compare",
        "'" => "texts stand in double quotes",
        "->" => "write `=>` before actions; `->` names a return value",
        ";" => "rules and settings need nothing between them",
        "{" => "actions follow `=>`, without braces",
        _ if token.kind == TokenKind::Number && word.starts_with('#') => {
            "`#` and a number is an argument by position; a comment needs a blank after `#`"
        }
        _ => return None,
    };
    Some(help.to_owned())
}

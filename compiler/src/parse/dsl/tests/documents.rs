//! What documents show is what the parser does.

use pest::Parser as _;

use super::{read, read_clean};
use crate::diagnostic::{Diagnostics, code};
use crate::parse::Language;
use crate::parse::dsl::grammar::{Rule, WritParser};
use crate::policy::{ArgumentPlace, ArgumentReference, Condition, Expression, Policy};
use crate::source::{SourceMap, Spanned};

const GRAMMAR: &str = include_str!("../../../../../grammar/GRAMMAR.md");

/// The blocks of a language in a Markdown text, with what their info strings say after it.
fn blocks(markdown: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut rest = markdown;
    while let Some((_, after)) = rest.split_once("```writ") {
        let (info, body) = after.split_once('\n').unwrap();
        let (body, after) = body.split_once("```").unwrap();
        blocks.push((info.trim().to_owned(), body.to_owned()));
        rest = after;
    }
    blocks
}

#[test]
fn every_example_of_the_grammar_does_as_it_says() {
    let blocks = blocks(GRAMMAR);
    assert!(blocks.len() > 20, "{}", blocks.len());
    for (info, body) in blocks {
        let (policies, found) = read(&body);
        match info.as_str() {
            "error" => assert!(!found.is_empty(), "{body}"),
            _ => assert!(found.is_empty(), "{info}\n{body}\n{found:#?}\n{policies:#?}"),
        }
    }
}

#[test]
fn one_rule_of_the_grammar_takes_a_whole_file() {
    for (info, body) in blocks(GRAMMAR).iter().filter(|(info, _)| info != "error") {
        let parsed = WritParser::parse(Rule::file, body);
        assert!(parsed.is_ok(), "{info}\n{body}\n{}", parsed.unwrap_err());
    }
}

#[test]
fn every_page_of_a_code_shows_that_code_and_its_repair() {
    let own = |id: &str| ("TP0130".."TP0142").contains(&id) || id == "TP0170";
    for code in code::ALL.iter().filter(|code| own(code.id)) {
        let (before, after) = code.page.split_once("## Instead").unwrap();
        // Others of this range are about YAML.
        let examples = blocks(before);
        let Some((_, example)) = examples.first() else { continue };
        let (_, found) = read(example);
        let codes: Vec<&str> = found.iter().map(|one| one.code).collect();
        assert_eq!(codes, [code.id], "{found:#?}");
        read_clean(&blocks(after)[0].1);
    }
}

#[test]
fn the_users_policies_read_without_findings() {
    let texts = [
        include_str!("../../../../../policies/detect-privilege-escalation/policy.writ"),
        include_str!("../../../../../policies/detect-container-escape/policy.writ"),
        include_str!("../../../../../policies/monitor-sensitive-files/policy.writ"),
        include_str!("../../../../../policies/block-cryptominers/policy.writ"),
    ];
    for text in texts {
        assert_eq!(read_clean(text).len(), 1);
    }
}

/// Arguments by name become arguments by index: the index is the place in all of these policies.
fn by_index(policy: &Policy) -> Policy {
    let mut policy = policy.without_spans();
    for hook in &mut policy.hooks {
        let mut names = Vec::new();
        for (at, argument) in (0..).zip(&mut hook.arguments) {
            if let ArgumentPlace::Name(name) = &argument.place {
                names.push((name.value.clone(), at));
                let index = Spanned::new(at, name.span);
                argument.place = ArgumentPlace::Index { index, name: None };
            }
        }
        for selector in &mut hook.selectors {
            rename(&mut selector.condition, &names);
        }
    }
    policy
}

fn rename(expression: &mut Expression, names: &[(String, u32)]) {
    match expression {
        Expression::All(parts) | Expression::Any(parts) => {
            for part in parts {
                rename(part, names);
            }
        }
        Expression::Not(part) => rename(part, names),
        Expression::Test(Condition::Argument { argument, .. }) => {
            if let ArgumentReference::Name { name, .. } = argument {
                let (_, index) = names.iter().find(|(known, _)| *known == name.value).unwrap();
                *argument = ArgumentReference::Index(Spanned::new(*index, name.span));
            }
        }
        Expression::Test(_) => {}
    }
}

#[test]
fn the_users_policies_say_the_same_in_yaml() {
    let twins = [
        (
            include_str!("../../../../../policies/detect-privilege-escalation/policy.writ"),
            include_str!("../../../../../policies/detect-privilege-escalation/policy.yaml"),
        ),
        (
            include_str!("../../../../../policies/detect-container-escape/policy.writ"),
            include_str!("../../../../../policies/detect-container-escape/policy.yaml"),
        ),
        (
            include_str!("../../../../../policies/monitor-sensitive-files/policy.writ"),
            include_str!("../../../../../policies/monitor-sensitive-files/policy.yaml"),
        ),
        (
            include_str!("../../../../../policies/block-cryptominers/policy.writ"),
            include_str!("../../../../../policies/block-cryptominers/policy.yaml"),
        ),
    ];
    for (writ, yaml) in twins {
        let mut sources = SourceMap::default();
        let mut diagnostics = Diagnostics::default();
        let mut parse = |name, text| {
            let source = sources.add(name, text);
            let language = Language::of(name);
            crate::parse::parse(source, language, &sources, &mut diagnostics)
        };
        // Both sources have the first place of a map of their own in what is compared.
        let yaml = parse("policy.yaml", yaml);
        let writ = read_clean(writ);
        assert_eq!(by_index(&writ[0]), by_index(&yaml[0]));
    }
}

//! Modules as stable text, with places in the policies in the margin.

mod words;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Block, Hook, Jump, Module, Operation, Program, Value};
use crate::ids::Id;
use crate::source::{SourceMap, Span};

/// The whole module: its sets and hooks, then each program.
pub fn print(module: &Module, sources: &SourceMap) -> String {
    let mut text = String::new();
    for (number, set) in module.binary_sets.iter().enumerate() {
        let _ = writeln!(text, "binary set {number}: {}", words::texts(set));
    }
    for (number, set) in module.follow_sets.iter().enumerate() {
        let kind = if set.namespace { "nspid" } else { "pid" };
        let _ = writeln!(text, "follow set {number}: {kind} in {:?}", set.pids);
    }
    for (number, set) in module.workload_sets.iter().enumerate() {
        let _ = writeln!(text, "workload set {number}: {set}");
    }
    for (number, hook) in module.hooks.iter().enumerate() {
        text.push_str(&print_hook(module, number, hook));
    }
    for program in &module.programs {
        text.push('\n');
        text.push_str(&print_program(program, sources));
    }
    text
}

fn print_hook(module: &Module, number: usize, hook: &Hook) -> String {
    let policy = module.policies.get(hook.policy as usize).map_or("?", |policy| &policy.name);
    let mut items: Vec<String> = hook
        .arguments
        .iter()
        .map(|argument| format!("{} #{}", argument.type_name, argument.item))
        .collect();
    items.extend(hook.data.iter().map(|one| format!("data {} #{}", one.type_name, one.item)));
    let returned = hook.return_argument.as_ref();
    items.extend(returned.map(|one| format!("returns {} #{}", one.type_name, one.item)));
    let mut functions = vec![hook.kind.to_string()];
    functions.extend(hook.further_functions.iter().cloned());
    format!("hook {number}: {} of `{policy}` ({})\n", functions.join(", "), items.join(", "))
}

/// One program: its values, then its blocks, each before those to which it leads.
pub fn print_program(program: &Program, sources: &SourceMap) -> String {
    let order = program.order();
    let names: Names = order.iter().zip(0..).map(|(block, number)| (*block, number)).collect();
    let mut text = format!(
        "{} {} on {}\n",
        words::role(program.role),
        program.name,
        words::attach(&program.attach)
    );
    for (_, value) in program.values.iter() {
        line(&mut text, sources, Some(value.span), &words::value(value));
    }
    for block in order {
        let _ = writeln!(text, "b{}:", name(&names, block));
        print_block(&mut text, program, &program.blocks[block], &names, sources);
    }
    text
}

/// What blocks are called: their place in the order.
type Names = BTreeMap<Id<Block>, usize>;

fn name(names: &Names, block: Id<Block>) -> usize {
    names.get(&block).copied().unwrap_or(usize::MAX)
}

fn print_block(
    text: &mut String,
    program: &Program,
    block: &Block,
    names: &Names,
    sources: &SourceMap,
) {
    let item = |value: Id<Value>| program.values[value].item;
    for Operation { span, kind } in &block.operations {
        line(text, sources, Some(*span), &words::operation(kind, &item));
    }
    let name = |block| format!("b{}", name(names, block));
    match &block.jump {
        Jump::To(next) => line(text, sources, None, &format!("to {}", name(*next))),
        Jump::Finish => line(text, sources, None, "finish"),
        Jump::Branch(branch) => {
            let (yes, no) = (name(branch.yes), name(branch.no));
            let mut sentence = words::test(&branch.test, &item);
            let _ = write!(sentence, " ? {yes} : {no}");
            if branch.unknown != branch.no {
                let _ = write!(sentence, ", unknown {}", name(branch.unknown));
            }
            line(text, sources, Some(branch.span), &sentence);
        }
        Jump::Returned { hook, function, pairing, selectors, otherwise } => {
            let ways: Vec<String> = selectors
                .iter()
                .map(|to| format!("{} -> {}", words::selector(to.selector), name(to.block)))
                .collect();
            let sentence = format!(
                "returned hook {hook}{}{}: {}, else {}",
                words::function(*function),
                words::pairing(*pairing),
                ways.join(", "),
                name(*otherwise)
            );
            line(text, sources, None, &sentence);
        }
    }
}

/// A line with `line:column` in the margin.
fn line(text: &mut String, sources: &SourceMap, span: Option<Span>, sentence: &str) {
    let place = span.map(|span| sources.line_column(span));
    let margin = place.map_or(String::new(), |(line, column)| format!("{line}:{column}"));
    let _ = writeln!(text, "{margin:>8}  {sentence}");
}

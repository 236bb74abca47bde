//! What must hold of every module, or we have made a mistake.

mod operations;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use super::{Block, Branch, HookFunction, Jump, Module, Program, Role, Test};
use crate::diagnostic::Defect;
use crate::ids::Id;
use crate::resolved::cel::Type;
use writ_bundle::Attach;

/// Checks that the numbers in `module` refer to something, that every program is a graph without
/// cycles, and that what programs ask and do fits their role.
///
/// # Errors
///
/// The first breach. It is a defect of whoever made the module, never the user's fault.
pub fn verify(module: &Module) -> Result<(), Defect> {
    unique_names(module)?;
    hooks(module)?;
    for program in &module.programs {
        let breach = |defect: Defect| Defect(format!("program `{}`: {}", program.name, defect.0));
        verify_program(module, program).map_err(breach)?;
    }
    Ok(())
}

/// `Ok` when `holds`, else a defect that says `sentence`.
fn must(holds: bool, sentence: impl FnOnce() -> String) -> Result<(), Defect> {
    if holds { Ok(()) } else { Err(Defect(sentence())) }
}

fn unique_names(module: &Module) -> Result<(), Defect> {
    let mut names = BTreeSet::new();
    for Program { name, .. } in &module.programs {
        must((1..=NAME_MAX).contains(&name.len()), || format!("`{name}` is no program name"))?;
        must(names.insert(name), || format!("two programs are called `{name}`"))?;
    }
    Ok(())
}

/// Bytes of a program's name (`BPF_OBJ_NAME_LEN` less the trailing zero).
const NAME_MAX: usize = 15;

fn hooks(module: &Module) -> Result<(), Defect> {
    for (number, hook) in module.hooks.iter().enumerate() {
        must((hook.policy as usize) < module.policies.len(), || {
            format!("hook {number} belongs to policy {}, which is none", hook.policy)
        })?;
    }
    Ok(())
}

fn verify_program(module: &Module, program: &Program) -> Result<(), Defect> {
    for hook in &program.hooks {
        must((*hook as usize) < module.hooks.len(), || format!("it serves hook {hook}, not one"))?;
    }
    values::verify(program)?;
    graph(program)?;
    for block in program.order() {
        let Block { operations, jump } = &program.blocks[block];
        operations::verify(module, program, operations, jump)?;
        if let Jump::Branch(branch) = jump {
            test(module, program, branch)?;
        }
        if let Jump::Returned { hook, function, .. } = jump {
            functions(module, program, *hook, *function)?;
            must(program.role == Role::Return && program.hooks.contains(hook), || {
                format!("it goes on where hook {hook} returned, which it does not serve")
            })?;
        }
    }
    Ok(())
}

/// The hook has the function, and a program that relies on its cookie has one.
fn functions(
    module: &Module,
    program: &Program,
    hook: u32,
    function: HookFunction,
) -> Result<(), Defect> {
    let further = module.hooks.get(hook as usize).map_or(0, |hook| hook.further_functions.len());
    let fits = match (function, &program.attach) {
        (HookFunction::Only, _) => further == 0,
        (
            HookFunction::ByCookie,
            Attach::KprobeMulti { functions }
            | Attach::KretprobeMulti { functions }
            | Attach::Kprobes { functions }
            | Attach::Kretprobes { functions },
        ) => functions.len() == further + 1,
        (
            HookFunction::ByCookie,
            Attach::Uprobe { places, .. } | Attach::Uretprobe { places, .. },
        ) => places.len() == further + 1,
        (HookFunction::ByCookie, _) => false,
        (HookFunction::ByCall { list }, attach) => {
            let numbers = module.call_lists.get(list as usize).map(|list| list.numbers.len());
            sees_calls(attach) && numbers == Some(further + 1)
        }
    };
    must(fits, || format!("hook {hook} has no function {function:?} there"))
}

/// Whether the program runs when system calls are entered or left.
fn sees_calls(attach: &Attach) -> bool {
    let (Attach::BtfTracepoint { event } | Attach::RawTracepoint { event }) = attach else {
        return false;
    };
    event == "sys_enter" || event == "sys_exit"
}

/// Every jump leads to a block, and none leads back.
fn graph(program: &Program) -> Result<(), Defect> {
    let is_block = |block: Id<Block>| block.index() < program.blocks.len();
    must(is_block(program.entry), || "its entry is no block".into())?;
    for (from, block) in program.blocks.iter() {
        for to in block.jump.targets() {
            must(is_block(to), || format!("block {from:?} leads to {to:?}, which is none"))?;
        }
    }
    let order = program.order();
    let places: BTreeMap<Id<Block>, usize> =
        order.iter().enumerate().map(|(place, block)| (*block, place)).collect();
    for from in &order {
        for to in program.blocks[*from].jump.targets() {
            must(places.get(from) < places.get(&to), || {
                format!("block {to:?} leads to {from:?} and back")
            })?;
        }
    }
    Ok(())
}

/// What is asked refers to something, and a program of this role can ask it.
fn test(module: &Module, program: &Program, branch: &Branch) -> Result<(), Defect> {
    let is_hook = matches!(program.role, Role::Entry | Role::Return);
    let fits = match &branch.test {
        Test::Integer { value, set } => {
            must(is_hook, || "only hooks have numbers".into())?;
            return values::integer_set(program, *value, set);
        }
        Test::Bits { value, mask } => {
            must(is_hook && *mask != 0, || "it asks for no bit".into())?;
            return values::is_integer(program, *value);
        }
        Test::Text { value, set } => {
            must(is_hook || program.role == Role::Exec, || "it has no texts".into())?;
            return values::text_set(program, *value, set);
        }
        Test::Socket { value, field, set } => {
            must(is_hook, || "only hooks have connections".into())?;
            return values::socket_set(program, *value, *field, set);
        }
        Test::Address { value, networks, .. } => {
            must(is_hook && !networks.is_empty(), || "it asks for no network".into())?;
            return values::is_connection(program, *value);
        }
        Test::Gained { new, old, mask } => {
            must(is_hook && *mask != 0, || "it asks for no bit".into())?;
            values::is_integer(program, *old)?;
            return values::is_integer(program, *new);
        }
        Test::Substring { value, texts, .. } => {
            return values::substrings(program, *value, texts);
        }
        Test::FileType { value, types } => {
            return values::file_types(program, *value, types);
        }
        Test::Binary { set } | Test::Lineage { set, .. } => {
            is_hook && (*set as usize) < module.binary_sets.len()
        }
        Test::Pid { pids, .. } => (is_hook || program.role == Role::Fork) && !pids.is_empty(),
        Test::Descends { set } => is_hook && (*set as usize) < module.follow_sets.len(),
        Test::Namespace { values, .. } => is_hook && !values.is_empty(),
        Test::Formula { formula } => {
            must(is_hook && formula.type_ == Type::Boolean, || "it is no question".into())?;
            let mut values = formula.arguments().into_iter();
            return values.try_for_each(|value| values::is_integer(program, *value));
        }
        Test::Capability { mask, .. } => is_hook && *mask != 0,
        // A change of anything else than everything cannot be, but can be asked for.
        Test::CapabilityChange { .. } | Test::NamespaceChange { .. } => is_hook,
        Test::Workload { set, hosts } => {
            let known = module.workload_sets.get(*set as usize);
            is_hook && known.is_some_and(|known| known.hosts == *hosts)
        }
        Test::Listed { list } => {
            let is_list = (*list as usize) < module.call_lists.len();
            program.role == Role::Entry && sees_calls(&program.attach) && is_list
        }
        Test::Enforcing { policy } | Test::Enabled { policy } => {
            is_hook && (*policy as usize) < module.policies.len()
        }
    };
    must(fits, || format!("it cannot ask {:?}", branch.test))
}

//! One program: the hooks that share an attach point, one after another.

use super::{Group, Part, Sets, returning, selector, workload};
use crate::ids::{Arena, Id};
use crate::ir::{self, Block, HookFunction, Jump, Operation, Role, Value, ValueOrigin};
use crate::resolved::{Argument, ArgumentId, Reader, Walk};
use crate::source::Span;
use writ_bundle::{Attach, UserPoint};

/// A program in the making.
#[derive(Debug)]
pub(super) struct Builder<'a> {
    pub values: Arena<Value>,
    pub sets: &'a mut Sets,
    blocks: Arena<Block>,
}

/// The program that serves `group`; `number` makes its name unique.
pub(super) fn program(group: &Group<'_>, number: usize, sets: &mut Sets) -> ir::Program {
    let mut builder = Builder { values: Arena::default(), sets, blocks: Arena::default() };
    for part in &group.parts {
        declare(&mut builder.values, group.role, part);
    }
    let entry = builder.reserve();
    let mut here = entry;
    for part in &group.parts {
        let after = builder.reserve();
        match group.role {
            Role::Return => returning::hook(&mut builder, part, here, after),
            Role::Entry | Role::Enforce | Role::Exec | Role::Fork | Role::Exit => {
                let concerned = concerned(&mut builder, part, here, after);
                selector::hook(&mut builder, part, concerned, after);
            }
        }
        here = after;
    }
    ir::Program {
        name: name(letter(group.role), number, &group.attach),
        role: group.role,
        attach: group.attach.clone(),
        reason: group.reason.to_owned(),
        needs: needs(group),
        hooks: group.parts.iter().map(|part| part.index).collect(),
        values: builder.values,
        blocks: builder.blocks,
        entry,
        span: group.parts.first().map(|part| part.hook.point_span),
    }
}

/// Fills `here` with whether the hook is on the system call, and its policy enabled and for the
/// calling process. The answer is the block where it is; otherwise the run goes on at `after`.
///
/// When a call returns this is not asked again: its entry was reported, and is one event with it.
fn concerned(
    builder: &mut Builder<'_>,
    part: &Part<'_>,
    here: Id<Block>,
    after: Id<Block>,
) -> Id<Block> {
    let policy = part.owner;
    let here = match part.function {
        HookFunction::ByCall { list } => {
            builder.when(part.hook.point_span, ir::Test::Listed { list }, here, after)
        }
        HookFunction::Only | HookFunction::ByCookie => here,
    };
    let is_enabled = ir::Test::Enabled { policy: part.policy };
    let enabled = builder.when(policy.name_span, is_enabled, here, after);
    let Some(set) = workload::set(policy.namespace.as_deref(), &policy.workloads) else {
        return enabled;
    };
    let hosts = set.hosts;
    let test = ir::Test::Workload { set: builder.sets.workload(set), hosts };
    let span = workload::place(&policy.workloads).unwrap_or(policy.name_span);
    builder.when(span, test, enabled, after)
}

/// Gives an item to each value that the hook shows, unless it has one.
fn declare(values: &mut Arena<Value>, role: Role, part: &Part<'_>) {
    for argument in shown(role, part) {
        if argument.reader == Reader::Nothing {
            continue;
        }
        if find_value(values, argument).is_none() {
            let item = u16::try_from(values.len() + 1).unwrap_or(u16::MAX);
            values.push(Value {
                span: argument.span,
                origin: ValueOrigin::Hook(argument.origin),
                walk: argument.walk.clone(),
                memory: argument.memory,
                reader: argument.reader,
                item,
            });
        }
    }
}

/// The arguments that a record of this hook shows.
fn shown<'a>(role: Role, part: &Part<'a>) -> Vec<&'a Argument> {
    match role {
        Role::Return => {
            let arguments = part.hook.arguments.iter().filter(|one| one.reader.is_of_return());
            arguments.chain(&part.hook.return_argument).collect()
        }
        Role::Entry | Role::Enforce | Role::Exec | Role::Fork | Role::Exit => {
            let arguments = part.hook.arguments.iter().filter(|one| !one.reader.is_of_return());
            arguments.chain(&part.hook.data).collect()
        }
    }
}

/// The value that is read as `argument` is; none when it is not read at all.
pub(super) fn find_value(values: &Arena<Value>, argument: &Argument) -> Option<Id<Value>> {
    let same = |(_, value): &(_, &Value)| {
        value.origin == ValueOrigin::Hook(argument.origin)
            && value.reader == argument.reader
            && value.memory == argument.memory
            && is_same_way(value.walk.as_ref(), argument.walk.as_ref())
    };
    values.iter().find(same).map(|(id, _)| id)
}

fn is_same_way(left: Option<&Walk>, right: Option<&Walk>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => left.is_same_way(right),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

impl Builder<'_> {
    /// A block to be filled later. Until then it ends the run.
    pub(super) fn reserve(&mut self) -> Id<Block> {
        self.blocks.push(Block { operations: Vec::new(), jump: Jump::Finish })
    }

    /// Says what happens in `block`.
    pub(super) fn fill(&mut self, block: Id<Block>, operations: Vec<Operation>, jump: Jump) {
        self.blocks[block] = Block { operations, jump };
    }

    /// Fills `here` with a question. The answer is the block where it is answered with yes.
    fn when(
        &mut self,
        span: Span,
        test: ir::Test,
        here: Id<Block>,
        otherwise: Id<Block>,
    ) -> Id<Block> {
        let yes = self.reserve();
        let branch = ir::Branch { span, test, yes, no: otherwise, unknown: otherwise };
        self.fill(here, Vec::new(), Jump::Branch(branch));
        yes
    }

    /// The value of an argument, if the hook has the argument and it is read.
    pub(super) fn value(&self, part: &Part<'_>, argument: ArgumentId) -> Option<Id<Value>> {
        let argument = match argument {
            ArgumentId::Argument(place) => part.hook.arguments.get(place),
            ArgumentId::Data(place) => part.hook.data.get(place),
            ArgumentId::Return => part.hook.return_argument.as_ref(),
        }?;
        find_value(&self.values, argument)
    }

    /// What a record of this hook shows, each value once.
    pub(super) fn shown(&self, role: Role, part: &Part<'_>) -> Vec<Id<Value>> {
        let mut values: Vec<Id<Value>> = Vec::new();
        for argument in shown(role, part) {
            let value = find_value(&self.values, argument);
            values.extend(value.filter(|value| !values.contains(value)));
        }
        values
    }
}

/// What all hooks of the group need, each need once a place.
fn needs(group: &Group<'_>) -> Vec<crate::resolved::Need> {
    let mut needs = Vec::new();
    for need in group.parts.iter().flat_map(|part| part.needs(group.role)) {
        if !needs.contains(need) {
            needs.push(need.clone());
        }
    }
    needs
}

fn letter(role: Role) -> char {
    match role {
        Role::Return => 'r',
        Role::Entry | Role::Enforce | Role::Exec | Role::Fork | Role::Exit => 'e',
    }
}

/// `e4_setns`: what it is for, its number, and as much of the point's name as there is room for.
pub(super) fn name(letter: char, number: usize, attach: &Attach) -> String {
    let point = point(attach);
    let short = ["__x64_sys_", "security_"].iter().find_map(|prefix| point.strip_prefix(prefix));
    let word = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let name = format!("{letter}{number}_{}", short.unwrap_or(point));
    name.chars().map(word).take(NAME_MAX).collect()
}

/// Bytes of a program's name (`BPF_OBJ_NAME_LEN` less the trailing zero).
const NAME_MAX: usize = 15;

fn point(attach: &Attach) -> &str {
    match attach {
        Attach::Tracepoint { event, .. } => event,
        Attach::KprobeMulti { .. }
        | Attach::KretprobeMulti { .. }
        | Attach::Kprobes { .. }
        | Attach::Kretprobes { .. } => "several",
        Attach::Fentry { function: name }
        | Attach::Fexit { function: name }
        | Attach::FmodRet { function: name }
        | Attach::Kprobe { function: name }
        | Attach::Kretprobe { function: name }
        | Attach::Lsm { hook: name, .. }
        | Attach::RawTracepoint { event: name }
        | Attach::BtfTracepoint { event: name }
        | Attach::Usdt { name, .. } => name,
        Attach::Uprobe { places, .. } | Attach::Uretprobe { places, .. } => {
            match places.first().map(|place| &place.point) {
                Some(UserPoint::Symbol { name, .. }) => name,
                Some(UserPoint::Offset(_) | UserPoint::Address(_)) | None => "uprobe",
            }
        }
    }
}

/// An operation that serves `span`.
pub(super) fn operation(span: Span, kind: ir::OperationKind) -> Operation {
    Operation { span, kind }
}

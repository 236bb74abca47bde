//! The graph of blocks that decides one attach point.

use std::collections::BTreeSet;

use writ_bundle::{Attach, UserPoint};

use super::Extra;
use crate::ids::{Arena, Id};
use crate::policy::{CapabilitySet, NamespaceKind, TrackAction};
use crate::resolved::cel::Formula;
use crate::resolved::{
    Acts, Assignment, Case, End, FileType, Memory, NamespaceValue, Need, Network, Origin,
    RateLimit, Reader, SocketField, Walk,
};
use crate::set::{IntegerSet, TextSet};
use crate::source::Span;

/// What runs at one attach point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Unique in the module; at most 15 bytes.
    pub name: String,
    pub role: Role,
    pub attach: Attach,
    /// Why it is attached this way, for people.
    pub reason: String,
    pub needs: Vec<Need>,
    /// Indices into [`super::Module::hooks`]; empty for process tracking.
    pub hooks: Vec<u32>,
    pub values: Arena<Value>,
    pub blocks: Arena<Block>,
    pub entry: Id<Block>,
    /// Where the hook is named in the first policy that uses it. It serves instructions that
    /// belong to no condition. `None` for process tracking.
    pub span: Option<Span>,
}

/// What a program is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Decides when the hook is hit.
    Entry,
    /// Decides when the hooked function returns.
    Return,
    /// Acts where an enforcer's function is called.
    Enforce,
    /// Process tracking: a program is executed. Its only value is the executable's path.
    Exec,
    /// Process tracking: a process is forked.
    Fork,
    /// Process tracking: a process ends.
    Exit,
}

/// A value that is read at most once in a run, when it is first needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Where an argument asks for it first.
    pub span: Span,
    pub origin: ValueOrigin,
    /// The way from there to what is read, when that is not the value itself.
    pub walk: Option<Walk>,
    /// Whose memory is read on the way and at its end. What is not there cannot be read.
    pub memory: Memory,
    pub reader: Reader,
    /// Names the value in event records. Unique in the program, counted from 1.
    pub item: u16,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueOrigin {
    /// The hook's context.
    Hook(Origin),
    /// The path of the program that was just executed ([`Role::Exec`]).
    Executable,
}

/// Operations in order, then a way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub operations: Vec<Operation>,
    pub jump: Jump,
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The action or condition that it serves.
    pub span: Span,
    pub kind: OperationKind,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperationKind {
    /// Send a record of the hook.
    Post(Report),
    /// Send this signal to the calling process.
    Signal { number: u32 },
    /// Write a number of four bytes where this argument of a USDT probe is.
    Set { argument: u32, value: u32 },
    /// Give registers of the program that hit a uprobe other values, in order, each seeing those
    /// before it; then have it go on as far from where it would as this place of its file is from
    /// the hooked one. When memory that is asked for cannot be read, nothing changes.
    Redirect { registers: Vec<Assignment>, to: Option<UserPoint> },
    /// Let the hooked call fail with this value, -4095 to 0. When several are carried out in one
    /// run, the first that is not 0 stands; 0 stands only when it is alone.
    Deny { error: i32 },
    /// Remember for the calling thread what the policy's enforcer is to do: let the call fail with
    /// this error, send this signal; 0 is nothing. It takes the place of what was told before.
    Notify { policy: u32, error: i32, signal: u32 },
    /// Forget what the policy's enforcer is to do to the calling thread.
    Forget { policy: u32 },
    /// [`Role::Enforce`]: do what the policy's enforcer is to do to the calling thread, as far as
    /// it can act here, and forget it.
    Enforce { policy: u32, acts: Acts },
    /// Remember for this policy that the socket belongs to the calling thread, or forget it. It
    /// belongs to the thread as long as its process runs.
    Track { policy: u32, socket: Id<Value>, action: TrackAction },
    /// [`Role::Entry`]: this call's return is awaited, also when its entry is not reported. Then it
    /// goes on at [`ReturnedTo::UNTOLD`].
    Await { hook: u32, function: HookFunction, pairing: Pairing },
    /// [`Role::Return`]: tell that the entry record of this hook is not to be reported.
    Cancel { hook: u32, function: HookFunction },
    /// [`Role::Exec`]: the executable is in this binary set.
    JoinBinarySet { set: u32 },
    /// [`Role::Fork`]: the parent is in this follow set, so the child descends from it.
    JoinFollowSet { set: u32 },
    /// [`Role::Exec`], [`Role::Fork`], [`Role::Exit`]: keep up what [`Test::Lineage`] asks about.
    FollowLineage,
    /// [`Role::Exec`], [`Role::Fork`], [`Role::Exit`]: keep up what [`Test::CapabilityChange`] and
    /// [`Test::NamespaceChange`] compare with.
    FollowBaseline,
    /// [`Role::Exec`]: store the process and send the record. The last operation.
    FinishExec,
    /// [`Role::Fork`]: store the child and send the record. The last operation.
    FinishFork,
    /// [`Role::Exit`]: forget the process and send the record. The last operation.
    FinishExit,
}

/// A record of a hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Index into [`super::Module::hooks`].
    pub hook: u32,
    pub function: HookFunction,
    /// Which selector matched; `None` when the hook has none.
    pub selector: Option<u16>,
    /// [`writ_bundle::record::action`].
    pub action: u8,
    /// The signal or the error of the action, or 0.
    pub action_argument: i64,
    /// [`writ_bundle::record::flag`] bits that are set.
    pub flags: u8,
    /// With [`writ_bundle::record::flag::AWAITS_RETURN`], how the return is known to be this call's.
    pub pairing: Pairing,
    /// Parameters of the call that the program of its return reads, and does not see itself.
    pub saved: Vec<Origin>,
    /// What the record shows; each is read now if it was not before.
    pub values: Vec<Id<Value>>,
    /// Sockets among the values. The record is about the thread to which one of them belongs, in the
    /// view of the hook's policy; the last that belongs to anybody counts. The record of a return
    /// is about whom that of the entry is about.
    pub sockets: Vec<Id<Value>>,
    /// Index into [`super::Module::policies`]: the hook's policy.
    pub policy: u32,
    /// What it shows besides, in order.
    pub extras: Vec<Extra>,
    /// An event is the same as an earlier one when hook, selector and all `values` are, and both
    /// are of the call's entry or both of its return.
    pub rate_limit: Option<RateLimit>,
}

/// Which function of a hook was hit. A hook on a list has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HookFunction {
    /// The only one.
    Only,
    /// The one that the program's attach cookie tells.
    ByCookie,
    /// The one that serves the system call which is entered, by [`super::Module::call_lists`]; where
    /// a call is left, the one that its entry found.
    ByCall { list: u32 },
}

/// How the return of a call is told from those of other calls that the thread makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pairing {
    /// Both ends of the call see where on the stack it began.
    ByFrame,
    /// They do not: it is the return of the call that was entered last. A thread is in one system
    /// call at a time; of other functions, a call inside another one hides that.
    Last,
}

/// How a block ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Jump {
    /// Go on there.
    To(Id<Block>),
    /// Ask, and go on as the answer says.
    Branch(Branch),
    /// [`Role::Return`]: go on where the selector says that matched when `hook` was entered, or at
    /// `otherwise` when no return is awaited.
    Returned {
        hook: u32,
        function: HookFunction,
        pairing: Pairing,
        selectors: Vec<ReturnedTo>,
        otherwise: Id<Block>,
    },
    /// The run ends. Its verdict is what [`OperationKind::Deny`] left.
    Finish,
}

/// Where a return goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnedTo {
    /// The selector that matched at entry; `0xffff` for a hook without selectors, or
    /// [`Self::UNTOLD`].
    pub selector: u16,
    pub block: Id<Block>,
}

impl ReturnedTo {
    /// Stands for the selector when the return is awaited although the entry was not reported.
    pub const UNTOLD: u16 = 0xfffe;
}

/// A question and where each answer leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The condition that it serves.
    pub span: Span,
    pub test: Test,
    pub yes: Id<Block>,
    pub no: Id<Block>,
    /// The value cannot be read, has no text, or the process is not known. Tests that always have
    /// an answer never go here.
    pub unknown: Id<Block>,
}

/// A question with the answer yes, no, or unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// Whether the number is in the set.
    Integer { value: Id<Value>, set: IntegerSet },
    /// Whether the number has any bit of the mask.
    Bits { value: Id<Value>, mask: u64 },
    /// Whether the text is in the set.
    Text { value: Id<Value>, set: TextSet },
    /// Whether a number of the connection or packet is in the set. Unknown when it has none.
    Socket { value: Id<Value>, field: SocketField, set: IntegerSet },
    /// Whether an address of the connection or packet is in one of these networks. Unknown when it
    /// has none.
    Address { value: Id<Value>, end: End, networks: Vec<Network> },
    /// Whether `new` has a bit of the mask that `old` lacks.
    Gained { new: Id<Value>, old: Id<Value>, mask: u64 },
    /// Whether the text has one of these in it, as bytes. With [`Case::Ignored`], capital letters
    /// from A to Z count as small ones.
    Substring { value: Id<Value>, texts: Vec<String>, case: Case },
    /// Whether the file is of one of these types. Unknown when it has no inode.
    FileType { value: Id<Value>, types: Vec<FileType> },
    /// Whether the calling process's executable is in this set of [`super::Module::binary_sets`].
    /// Unknown when the process is.
    Binary { set: u32 },
    /// Whether the calling process has one of these ids.
    Pid { pids: Vec<u32>, is_namespace_pid: bool },
    /// Whether the calling process descends from, or is in, this set of
    /// [`super::Module::follow_sets`]. No when the process is not known.
    Descends { set: u32 },
    /// Whether somebody of the calling process's family executes, or executed, a file of this set of
    /// [`super::Module::binary_sets`]. Unknown when the process is, or when the parent is asked
    /// about and was not known.
    Lineage { kin: Kin, set: u32 },
    /// Whether a formula holds. Unknown when any value that it names cannot be read, or when it
    /// computes a number of 64 bits that does not fit in them.
    Formula { formula: Formula<Id<Value>> },
    /// Whether the calling process has one of these capabilities.
    Capability { set: CapabilitySet, mask: u64 },
    /// Whether one of these capabilities of the calling process differs from when it was forked or
    /// last executed a program. Unknown when the process is.
    CapabilityChange { set: CapabilitySet, mask: u64 },
    /// Whether the calling process is in another namespace of one of these kinds than when it was
    /// forked or last executed a program; a namespace that is not known is no other. Unknown when
    /// the process is.
    NamespaceChange { kinds: Vec<NamespaceKind> },
    /// Whether the calling process is in one of these namespaces.
    Namespace { kind: NamespaceKind, values: Vec<NamespaceValue> },
    /// Whether the calling process belongs to this set of [`super::Module::workload_sets`].
    Workload {
        set: u32,
        /// Whether the set has the processes that are in no known container.
        hosts: bool,
    },
    /// Whether the system call that is entered is in this list of [`super::Module::call_lists`].
    Listed { list: u32 },
    /// Whether this policy is in the mode `enforce`.
    Enforcing { policy: u32 },
    /// Whether this policy is in another mode than `disabled`.
    Enabled { policy: u32 },
}

/// Whose executables are asked about, besides those of [`Test::Binary`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kin {
    /// All that the process and its ancestors executed, its own now among them.
    Line,
    /// What its parent executed when it forked the process.
    Parent,
    /// All that its parent and the parent's ancestors had executed by then.
    ParentLine,
}

impl Kin {
    /// In the order in which they are numbered.
    pub const ALL: [Self; 3] = [Self::Line, Self::Parent, Self::ParentLine];
}

impl Program {
    /// The arguments of a USDT probe that it reads, ordered.
    pub fn usdt_reads(&self) -> Vec<u32> {
        let read = |(_, value): (_, &Value)| match value.origin {
            ValueOrigin::Hook(Origin::UsdtArgument(argument)) => Some(argument),
            ValueOrigin::Hook(_) | ValueOrigin::Executable => None,
        };
        ordered(self.values.iter().filter_map(read))
    }

    /// Those that it writes to, ordered.
    pub fn usdt_writes(&self) -> Vec<u32> {
        let operations = self.blocks.iter().flat_map(|(_, block)| &block.operations);
        let written = |one: &Operation| {
            let OperationKind::Set { argument, .. } = one.kind else { return None };
            Some(argument)
        };
        ordered(operations.filter_map(written))
    }

    /// The places of the file where it has the hooked program go on, ordered.
    pub fn targets(&self) -> Vec<UserPoint> {
        let operations = self.blocks.iter().flat_map(|(_, block)| &block.operations);
        let target = |one: &'_ Operation| {
            let OperationKind::Redirect { to, .. } = &one.kind else { return None };
            to.clone()
        };
        let targets: BTreeSet<UserPoint> = operations.filter_map(target).collect();
        targets.into_iter().collect()
    }

    /// The blocks that can be reached, each before those to which it leads, and each followed by
    /// where its `yes` leads as far as that goes.
    ///
    /// Meaningful only for a program that [`super::verify`] accepts: every id is good, and there is
    /// no cycle.
    pub fn order(&self) -> Vec<Id<Block>> {
        let mut order = Vec::with_capacity(self.blocks.len());
        let mut seen = vec![false; self.blocks.len()];
        // Depth first, without recursion: each entry is a block and what of its targets is left.
        let mut path = vec![(self.entry, self.blocks[self.entry].jump.targets())];
        mark(&mut seen, self.entry);
        while let Some((block, targets)) = path.last_mut() {
            match targets.pop() {
                Some(target) if mark(&mut seen, target) => {
                    path.push((target, self.blocks[target].jump.targets()));
                }
                Some(_) => {}
                None => {
                    order.push(*block);
                    path.pop();
                }
            }
        }
        order.reverse();
        order
    }
}

fn ordered(numbers: impl Iterator<Item = u32>) -> Vec<u32> {
    numbers.collect::<BTreeSet<u32>>().into_iter().collect()
}

/// Whether `block` was not seen before.
fn mark(seen: &mut [bool], block: Id<Block>) -> bool {
    seen.get_mut(block.index()).is_some_and(|seen| !std::mem::replace(seen, true))
}

impl Jump {
    /// The blocks where it may lead.
    pub fn targets(&self) -> Vec<Id<Block>> {
        match self {
            Self::To(block) => vec![*block],
            Self::Branch(branch) => vec![branch.yes, branch.no, branch.unknown],
            Self::Returned { selectors, otherwise, .. } => {
                selectors.iter().map(|to| to.block).chain([*otherwise]).collect()
            }
            Self::Finish => Vec::new(),
        }
    }
}

//! Whether values can be had where they are asked for.

use std::collections::BTreeSet;

use writ_bundle::Attach;

use super::must;
use crate::diagnostic::Defect;
use crate::ids::Id;
use crate::ir::{Program, Role, Value, ValueOrigin};
use crate::resolved::{FileType, Origin, Reader, SocketField, Structure, Walk};
use crate::set::{IntegerSet, TextSet};

/// Every value has an item of its own, a reader, and comes from where the program has it.
pub(super) fn verify(program: &Program) -> Result<(), Defect> {
    let mut items = BTreeSet::new();
    for (_, value) in program.values.iter() {
        let item = value.item;
        must(item != 0 && items.insert(item), || format!("item {item} is 0 or there twice"))?;
        must(value.reader != Reader::Nothing, || format!("value {item} is not read"))?;
        must(is_there(program, value), || {
            format!("value {item} comes from {:?}, which it does not have", value.origin)
        })?;
        let begins = value.walk.as_ref().is_none_or(|walk| begins_with_address(value, walk));
        must(begins, || format!("the way to value {item} does not begin with an address"))?;
        if let Reader::Integer { bytes, .. } = value.reader {
            must(matches!(bytes, 1 | 2 | 4 | 8), || format!("an integer has {bytes} bytes"))?;
        }
    }
    Ok(())
}

/// Whether the first step of a way can be taken from the value: it is a pointer that is followed,
/// the address of the calling task, or inside a tracepoint's record.
fn begins_with_address(value: &Value, walk: &Walk) -> bool {
    let is_inside =
        matches!(value.origin, ValueOrigin::Hook(Origin::CurrentTask | Origin::Field { .. }));
    walk.begins_with_pointer() || is_inside
}

/// Whether a program that is attached this way has the value at hand.
fn is_there(program: &Program, value: &Value) -> bool {
    let origin = match value.origin {
        ValueOrigin::Executable => return program.role == Role::Exec,
        ValueOrigin::Hook(origin) => origin,
    };
    if !matches!(program.role, Role::Entry | Role::Return) {
        return false;
    }
    if origin == Origin::CurrentTask {
        return true;
    }
    match &program.attach {
        Attach::Fentry { .. } | Attach::FmodRet { .. } => {
            matches!(origin, Origin::Parameter(_) | Origin::SyscallParameter(..))
        }
        Attach::Kprobe { .. } | Attach::KprobeMulti { .. } | Attach::Kprobes { .. } => matches!(
            origin,
            Origin::Parameter(_) | Origin::SyscallParameter(..) | Origin::Register { .. }
        ),
        Attach::Fexit { .. } => matches!(
            origin,
            Origin::Parameter(_) | Origin::SyscallParameter(..) | Origin::Return { .. }
        ),
        Attach::Kretprobe { .. } | Attach::KretprobeMulti { .. } | Attach::Kretprobes { .. } => {
            matches!(origin, Origin::Return { .. }) || is_saved(value, origin)
        }
        Attach::Lsm { .. } => matches!(origin, Origin::Parameter(_)),
        // System calls are entered and left at tracepoints, too.
        Attach::RawTracepoint { .. } | Attach::BtfTracepoint { .. } => matches!(
            origin,
            Origin::Parameter(_) | Origin::SyscallParameter(..) | Origin::Return { .. }
        ),
        Attach::Tracepoint { .. } => matches!(origin, Origin::Field { .. }),
        Attach::Uprobe { .. } => {
            matches!(origin, Origin::UserParameter(_) | Origin::Register { .. })
        }
        Attach::Uretprobe { .. } => {
            matches!(origin, Origin::Return { .. }) || is_saved(value, origin)
        }
        Attach::Usdt { .. } => matches!(origin, Origin::UsdtArgument(_)),
    }
}

/// Whether the entry of the call keeps the value for its return ([`crate::ir::Report::saved`]).
fn is_saved(value: &Value, origin: Origin) -> bool {
    let is_parameter = matches!(
        origin,
        Origin::Parameter(_) | Origin::SyscallParameter(..) | Origin::UserParameter(_)
    );
    value.reader.is_of_return() && is_parameter
}

/// The value is a number of this program.
pub(super) fn is_integer(program: &Program, value: Id<Value>) -> Result<(), Defect> {
    must(limits(program, value)?.is_some(), || format!("value {value:?} is not a number"))
}

/// The value is a socket of this program.
pub(super) fn is_socket(program: &Program, value: Id<Value>) -> Result<(), Defect> {
    exists(program, value)?;
    must(program.values[value].reader.is_socket(), || format!("value {value:?} is not a socket"))
}

/// The value is a number of this program, and the set holds only what it can be.
pub(super) fn integer_set(
    program: &Program,
    value: Id<Value>,
    set: &IntegerSet,
) -> Result<(), Defect> {
    let fits = limits(program, value)?
        .is_some_and(|(low, high)| !set.is_empty() && set.within(low, high) == *set);
    must(fits, || format!("value {value:?} cannot be what {:?} asks", set.ranges()))
}

/// The value is a connection or packet of this program.
pub(super) fn is_connection(program: &Program, value: Id<Value>) -> Result<(), Defect> {
    exists(program, value)?;
    let reader = program.values[value].reader;
    let is_connection = matches!(reader, Reader::Structure(one) if one.is_connection());
    must(is_connection, || format!("value {value:?} is no connection"))
}

/// The value has such a number, and the set holds only what it can be.
pub(super) fn socket_set(
    program: &Program,
    value: Id<Value>,
    field: SocketField,
    set: &IntegerSet,
) -> Result<(), Defect> {
    exists(program, value)?;
    let fits = !set.is_empty() && set.within(0, u16::MAX.into()) == *set;
    must(fits, || format!("value {value:?} cannot be what {:?} asks", set.ranges()))?;
    let reader = program.values[value].reader;
    let is_unix = matches!(reader, Reader::Structure(Structure::SockaddrUn { .. }));
    if is_unix && field == SocketField::Family {
        return Ok(());
    }
    is_connection(program, value)
}

/// The value is a text of this program, and the set can hold one.
pub(super) fn text_set(program: &Program, value: Id<Value>, set: &TextSet) -> Result<(), Defect> {
    exists(program, value)?;
    must(program.values[value].reader.is_text(), || format!("value {value:?} is not a text"))?;
    let is_empty =
        set.patterns.is_empty() || set.patterns.iter().any(|one| one.pattern.text().is_empty());
    must(!is_empty, || format!("value {value:?} is compared with nothing"))
}

/// The value is a text of this program, in which one of `texts` can be.
pub(super) fn substrings(
    program: &Program,
    value: Id<Value>,
    texts: &[String],
) -> Result<(), Defect> {
    exists(program, value)?;
    must(program.values[value].reader.is_text(), || format!("value {value:?} is not a text"))?;
    let can_be = |text: &String| !text.is_empty() && !text.contains('\0');
    must(!texts.is_empty() && texts.iter().all(can_be), || {
        format!("{texts:?} cannot be looked for in value {value:?}")
    })
}

/// The value is a file of this program.
pub(super) fn file_types(
    program: &Program,
    value: Id<Value>,
    types: &[FileType],
) -> Result<(), Defect> {
    exists(program, value)?;
    let is_file = matches!(program.values[value].reader, Reader::File | Reader::Path);
    must(is_file && !types.is_empty(), || format!("value {value:?} has no type of {types:?}"))
}

/// The value is one of this program.
pub(super) fn exists(program: &Program, value: Id<Value>) -> Result<(), Defect> {
    must(value.index() < program.values.len(), || format!("{value:?} is no value"))
}

fn limits(program: &Program, value: Id<Value>) -> Result<Option<(i128, i128)>, Defect> {
    exists(program, value)?;
    Ok(program.values[value].reader.limits())
}

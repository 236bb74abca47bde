//! Tracepoints: the record that an event writes, and the arguments of its raw form.

use super::btf::{Kind, Shape};
use super::function::{Parameter, Prototype};
use super::profile::Profile;

/// A trace event with the layout of its record.
#[derive(Debug, Clone)]
pub struct Tracepoint<'a> {
    pub subsystem: String,
    pub event: String,
    /// All fields, with the common ones first.
    pub fields: Vec<Field<'a>>,
    pub origin: FieldOrigin,
}

/// Where the layout of a record was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldOrigin {
    /// The event's `format` file.
    Format,
    /// `struct trace_event_raw_<event>`; the subsystem could not be checked.
    Btf,
}

/// A field of a trace event's record.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    pub name: String,
    /// The type as the format file has it: `const char *`, `char[16]`, `__data_loc char[]`.
    pub text: String,
    /// Bytes from the beginning of the record, which is what a program's context points to.
    pub offset: u32,
    /// Bytes.
    pub size: u32,
    pub signed: bool,
    pub shape: Shape<'a>,
}

/// A tracepoint as `raw_tp` and `tp_btf` programs see it.
#[derive(Debug, Clone)]
pub struct RawTracepoint<'a> {
    pub event: &'a str,
    /// What the tracepoint passes, without the leading `void *__data`.
    pub parameters: Vec<Parameter<'a>>,
}

/// What BTF calls the prototype of a tracepoint (`include/trace/bpf_probe.h`).
const RAW_PREFIX: &str = "btf_trace_";

impl Profile {
    /// The trace event `subsystem:event`.
    pub fn tracepoint(&self, subsystem: &str, event: &str) -> Option<Tracepoint<'_>> {
        let _ = (subsystem, event);
        None
    }

    /// Subsystem and event of all trace events, ordered; empty when the profile has no formats.
    pub fn tracepoints(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    /// The raw tracepoint of that name: `sched_process_exec`.
    pub fn raw_tracepoint(&self, event: &str) -> Option<RawTracepoint<'_>> {
        let typedef = self.btf().typedef(&format!("{RAW_PREFIX}{event}"))?;
        let prototype = Prototype::of(typedef.pointee()?)?;
        let parameters = prototype.parameters.into_iter().skip(1).collect();
        Some(RawTracepoint { event: typedef.name().strip_prefix(RAW_PREFIX)?, parameters })
    }

    /// Names of all raw tracepoints, in the order of BTF.
    pub fn raw_tracepoints(&self) -> impl Iterator<Item = &str> {
        self.btf()
            .types()
            .filter(|type_| matches!(type_.kind(), Kind::Typedef(_)))
            .filter_map(|type_| type_.name().strip_prefix(RAW_PREFIX))
    }
}

//! Tracepoints: the record that an event writes, and the arguments of its raw form.

use super::btf::{Kind, Shape};
use super::function::{Parameter, Prototype};
use super::profile::{Lines, Part, Profile};

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
    ///
    /// Without formats it is looked up in BTF, by the name of the event's class.
    pub fn tracepoint(&self, subsystem: &str, event: &str) -> Option<Tracepoint<'_>> {
        let (fields, origin) = match self.format(subsystem, event) {
            Ok(fields) => (fields?, FieldOrigin::Format),
            Err(_) => (self.record(event)?, FieldOrigin::Btf),
        };
        let (subsystem, event) = (subsystem.to_owned(), event.to_owned());
        Some(Tracepoint { subsystem, event, fields, origin })
    }

    /// Subsystem and event of all trace events, ordered; empty when the profile has no formats.
    pub fn tracepoints(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = self.lines(Part::Formats).map(Lines::iter).into_iter().flatten();
        lines.filter(|line| !line.starts_with('\t')).filter_map(|line| line.split_once('/'))
    }

    /// The fields of an event as its format file lists them; `None` when there is no such event.
    ///
    /// # Errors
    ///
    /// The reason why the profile has no formats.
    fn format(&self, subsystem: &str, event: &str) -> Result<Option<Vec<Field<'_>>>, String> {
        let lines = self.lines(Part::Formats)?.behind(&format!("{subsystem}/{event}"));
        Ok(lines.map(|lines| {
            let own = lines.map_while(|line| line.strip_prefix('\t'));
            own.filter_map(|line| self.field(line)).collect()
        }))
    }

    /// The field of a line `offset size signed type\tname`.
    fn field(&self, line: &str) -> Option<Field<'_>> {
        let (start, name) = line.split_once('\t')?;
        let mut words = start.splitn(4, ' ');
        let offset = words.next()?.parse().ok()?;
        let size = words.next()?.parse().ok()?;
        let signed = words.next()? == "1";
        let text = words.next()?.to_owned();
        let shape = self.btf().shape_of_text(&text).unwrap_or(Shape::Other);
        Some(Field { name: name.to_owned(), text, offset, size, signed, shape })
    }

    /// The fields of the struct that the macro `TRACE_EVENT` makes for an event. Events of one
    /// class (`DEFINE_EVENT`) have only the struct of the class, and are not found.
    fn record(&self, event: &str) -> Option<Vec<Field<'_>>> {
        let structure = self.btf().structure(&format!("trace_event_raw_{event}"))?;
        let mut fields = Vec::new();
        for member in structure.members() {
            // `__data` is where the texts of `__data_loc` fields begin; no format lists it.
            let skip = member.name == "__data";
            let common = (member.name == "ent").then(|| member.type_.members());
            let own = if skip || common.is_some() { None } else { Some(member) };
            let inner = common.into_iter().flatten().map(|member| (member, "common_"));
            fields.extend(inner.chain(own.map(|member| (member, ""))).map(|(member, prefix)| {
                let shape = member.type_.shape();
                Field {
                    name: format!("{prefix}{}", member.name),
                    text: member.type_.text(),
                    offset: member.bit_offset / 8,
                    size: member.type_.size().unwrap_or(0),
                    signed: matches!(
                        shape,
                        Shape::Integer { signed: true, .. } | Shape::Enum { signed: true, .. }
                    ),
                    shape,
                }
            }));
        }
        Some(fields)
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

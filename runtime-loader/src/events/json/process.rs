//! Processes as events show them.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;

use super::Node;
use crate::process_cache::{Key, Process, Shown};
use crate::workloads::ShownPod;

/// How many processes are kept printed; all are forgotten when there are more.
const KEPT: usize = 1_024;

/// Processes as they were printed, since most events are about one that was in events before.
#[derive(Debug, Default)]
pub(super) struct Printed(BTreeMap<Key, (Rc<Process>, Vec<u8>)>);

impl Printed {
    /// Appends a process as a JSON object.
    pub(super) fn put(
        &mut self,
        shown: &Shown,
        thread: Option<u32>,
        node: &Node,
        to: &mut Vec<u8>,
    ) -> Result<(), serde_json::Error> {
        let process = &shown.process;
        let known = self.0.get(&process.key).filter(|(known, _)| Rc::ptr_eq(known, process));
        match known {
            Some((_, text)) => to.extend(text),
            None => to.extend(self.print(process, node)?),
        }
        // What changes from event to event stands last.
        if shown.references != 0 {
            write!(to, ",\"refcnt\":{}", shown.references).map_err(serde_json::Error::io)?;
        }
        if process.program.is_some() {
            let thread = thread.unwrap_or(process.key.pid);
            write!(to, ",\"tid\":{thread}").map_err(serde_json::Error::io)?;
        }
        to.push(b'}');
        Ok(())
    }

    /// The object without its end. It is never empty.
    fn print(&mut self, process: &Rc<Process>, node: &Node) -> Result<&[u8], serde_json::Error> {
        let mut text = serde_json::to_vec(&ProcessForm::of(process, node))?;
        text.pop();
        if self.0.len() >= KEPT {
            self.0.clear();
        }
        let entry = self.0.entry(process.key).insert_entry((Rc::clone(process), text));
        Ok(&entry.into_mut().1)
    }
}

#[derive(Debug, Serialize)]
struct ProcessForm<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    exec_id: Option<String>,
    pid: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<u32>,
    #[serde(skip_serializing_if = "str::is_empty")]
    cwd: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    binary: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    arguments: &'a str,
    #[serde(skip_serializing_if = "String::is_empty")]
    flags: String,
    start_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    auid: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pod: Option<&'a ShownPod>,
    #[serde(skip_serializing_if = "str::is_empty")]
    docker: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_exec_id: Option<String>,
}

impl<'a> ProcessForm<'a> {
    /// Of a process that nothing is known about, Tetragon reports the PID and the start alone
    /// (`GetProcessKprobe` in `pkg/grpc/tracing/tracing.go`).
    fn of(process: &'a Process, node: &Node) -> Self {
        let program = process.program.as_ref();
        let text = |text: fn(&crate::process_cache::Program) -> &str| program.map_or("", text);
        Self {
            exec_id: program.map(|_| exec_id(&node.name, process.key)),
            pid: process.key.pid,
            uid: program.map(|program| program.user),
            cwd: text(|program| &program.directory),
            binary: text(|program| &program.binary),
            arguments: text(|program| &program.arguments),
            flags: flags(process),
            start_time: node.clock.monotonic(process.key.start),
            auid: program.map(|program| program.audit_user),
            pod: program.and_then(|program| program.pod.as_deref()),
            docker: text(|program| &program.container),
            parent_exec_id: has_parent(process).then(|| exec_id(&node.name, process.parent)),
        }
    }
}

fn has_parent(process: &Process) -> bool {
    process.program.is_some() && process.key != Key::KERNEL
}

/// `GetProcessID` in `pkg/process/process_id_linux.go`.
fn exec_id(node: &str, key: Key) -> String {
    BASE64.encode(format!("{node}:{}:{}", key.start, key.pid))
}

fn flags(process: &Process) -> String {
    let words: Vec<&str> = process.flags.iter().map(|flag| flag.word()).collect();
    words.join(" ")
}

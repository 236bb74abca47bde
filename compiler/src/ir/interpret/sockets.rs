//! To whom sockets belong.

use writ_bundle::record::connection::Connection;

use super::{Raw, Run};
use crate::ids::Id;
use crate::ir::{Report, Value};
use crate::policy::TrackAction;

/// The thread to which a socket belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    pub pid: u32,
    pub tid: u32,
}

impl Run<'_> {
    /// A process that is not known owns nothing, nor does the idle thread.
    pub(super) fn track(&mut self, policy: u32, socket: Id<Value>, action: TrackAction) {
        let Some(socket) = self.identity(socket) else { return };
        let process = &self.event.process;
        match action {
            TrackAction::Track if process.known.is_some() && process.tid != 0 => {
                let owner = Owner { pid: process.pid, tid: process.tid };
                self.state.sockets.insert((policy, socket), owner);
            }
            TrackAction::Track => {}
            TrackAction::Untrack => drop(self.state.sockets.remove(&(policy, socket))),
        }
    }

    /// Finds out whom a report is about. That every owner still runs is given here.
    pub(super) fn attribute(&mut self, report: &Report) {
        self.owner = None;
        for socket in &report.sockets {
            let socket = self.identity(*socket);
            let owner = socket.and_then(|socket| self.state.sockets.get(&(report.policy, socket)));
            self.owner = owner.copied().or(self.owner);
        }
    }

    /// What the kernel knows the socket by; `None` when it cannot be read.
    fn identity(&self, value: Id<Value>) -> Option<u64> {
        let item = self.program.values[value].item;
        let Some(Raw::Structure(payload)) = self.event.values.get(&item) else { return None };
        Connection::parse(payload).map(|connection| connection.cookie).filter(|cookie| *cookie != 0)
    }
}

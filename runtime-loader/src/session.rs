//! From ring buffers to the output, until a signal says stop.

use std::cell::RefCell;
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::rc::Rc;
use std::time::{Duration, Instant};

use aya::maps::{MapData, RingBuf};
use writ_bundle::record::counter;

use crate::attach::Loaded;
use crate::code::{self, Problem};
use crate::control::{Answer, Control, Request};
use crate::events::{Event, Observer, Refused};
use crate::output::{EventWriter, Messages};
use crate::policies::Policies;
use crate::system;
use crate::workloads::Workloads;

/// How often lost events are looked for, and so how late they are reported.
const COUNT_EVERY: Duration = Duration::from_secs(1);

/// How long records are waited for at most, so that counting takes place without any too.
const WAIT_MILLISECONDS: u16 = 1_000;

/// How long further records are waited for after the first. As long as a record lies unread, the
/// kernel wakes nobody for those that follow, and a wake-up costs the program that sends the record
/// as much as everything else that it does.
const GATHER_MILLISECONDS: u16 = 2;

/// Records taken from one ring buffer before the others have their turn and the output is flushed.
const RECORDS_AT_ONCE: usize = 4_096;

/// Counters that tell of events or processes that are missing, and what they tell.
const WHAT: [(u32, &str); 3] = [
    (counter::LOST, "events were lost: the ring buffer was full (see --ring-buffer-size)"),
    (counter::BUSY, "hook hits were not evaluated: no scratch area was free"),
    (counter::UNTRACKED, "processes are not followed: the process map is full"),
];

/// What is remembered between two looks at the ring buffers.
#[derive(Debug)]
pub(crate) struct Session {
    observer: Observer,
    policies: Policies,
    workloads: Rc<RefCell<Workloads>>,
    control: Option<Control>,
    refused: Refused,
    /// Counters as they were reported last, for each bundle.
    counted: Vec<[u64; counter::COUNT as usize]>,
    counted_at: Instant,
    /// Events that the output did not take since it was reported last, and why.
    unwritten: usize,
    write_error: String,
    messages: Messages,
}

impl Session {
    /// The beginning of a session.
    pub(crate) fn new(
        observer: Observer,
        policies: Policies,
        workloads: Rc<RefCell<Workloads>>,
        control: Option<Control>,
        messages: Messages,
    ) -> Self {
        Self {
            observer,
            policies,
            workloads,
            control,
            refused: Refused::default(),
            counted: Vec::new(),
            counted_at: Instant::now(),
            unwritten: 0,
            write_error: String::new(),
            messages,
        }
    }

    /// Reports events until a signal says stop; then detaches and reports the rest.
    ///
    /// # Errors
    ///
    /// When nobody reads the events any more or the kernel has no memory left.
    pub(crate) fn follow(
        &mut self,
        loaded: &mut [Loaded],
        rings: &mut [(usize, RingBuf<MapData>)],
        signals: &OwnedFd,
        writer: &mut EventWriter,
    ) -> Result<(), Problem> {
        let mut more = false;
        loop {
            let gathered = if more { 0 } else { GATHER_MILLISECONDS };
            let stop = wait(signals, self.control.as_ref(), rings, gathered)
                .map_err(|error| Problem::of_call("poll", &error))?;
            if stop {
                // Nothing is sent any more, so that draining ends.
                loaded.iter_mut().for_each(Loaded::detach);
            }
            let mut events = Vec::new();
            more = self.take(rings, &mut events);
            let done = stop && !more;
            if done {
                self.observer.finish(&mut events);
            }
            if rings.len() > 1 {
                // Each ring buffer is in order; a reader expects the whole to be.
                events.sort_by_key(|event| event.time);
            }
            self.write(writer, &events)?;
            self.answer(loaded);
            if done || self.counted_at.elapsed() >= COUNT_EVERY {
                self.count(loaded);
                self.look_at_workloads(loaded);
            }
            if done {
                return Ok(());
            }
        }
    }

    /// Writes events. When nobody reads them any more the loader ends; when the disk is full it
    /// goes on, since what it enforces must not depend on that.
    fn write(&mut self, writer: &mut EventWriter, events: &[Event]) -> Result<(), Problem> {
        let Err(error) = writer.write(events) else { return Ok(()) };
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Err(Problem::new(&code::FILE, format!("nobody reads the events: {error}")));
        }
        self.unwritten = self.unwritten.saturating_add(events.len());
        self.write_error = error.to_string();
        Ok(())
    }

    /// Takes what is in the ring buffers; true when there may be more.
    fn take(&mut self, rings: &mut [(usize, RingBuf<MapData>)], events: &mut Vec<Event>) -> bool {
        let mut more = false;
        for (bundle, ring) in rings {
            let mut taken = 0;
            while taken < RECORDS_AT_ONCE {
                let Some(record) = ring.next() else { break };
                taken += 1;
                if let Some(policy) = self.observer.policy(*bundle, &record) {
                    self.policies.count(*bundle, policy);
                }
                if let Err(error) = self.observer.observe(*bundle, &record, events)
                    && self.refused.count(&error)
                {
                    self.messages.warning(&format!("a record is not understood: {error}"));
                }
            }
            more |= taken == RECORDS_AT_ONCE;
        }
        more
    }

    /// Does what was asked through the socket.
    fn answer(&mut self, loaded: &[Loaded]) {
        let policies = &mut self.policies;
        let Some(control) = &self.control else { return };
        control.serve(|request| match request {
            Request::List => Answer::Policies { policies: policies.list() },
            Request::Switch { policy, namespace, mode } => {
                let switched = policies.switch(&policy, namespace.as_deref(), mode);
                let written = switched.and_then(|bundle| {
                    let one = loaded.get(bundle);
                    one.map_or(Ok(()), |one| one.put_modes(&policies.modes(bundle)))
                });
                written.map_or_else(Answer::from, |()| Answer::Switched)
            }
        });
    }

    /// Tells the programs of containers that came and went.
    fn look_at_workloads(&mut self, loaded: &mut [Loaded]) {
        let refreshed = self.workloads.borrow_mut().refresh();
        match refreshed {
            Ok(false) => return,
            Ok(true) => {}
            Err(problem) => self.messages.warning(&problem.message),
        }
        for one in loaded {
            let entries = self.workloads.borrow().entries(&one.bundle().manifest);
            if let Err(problem) = one.put_workloads(entries) {
                self.messages.warning(&problem.message);
            }
        }
        self.observer.find_pods();
    }

    /// Says what was lost since it was said last.
    fn count(&mut self, loaded: &[Loaded]) {
        self.counted_at = Instant::now();
        if self.unwritten > 0 {
            let (number, error) = (self.unwritten, &self.write_error);
            self.messages.warning(&format!("up to {number} events could not be written: {error}"));
            self.unwritten = 0;
        }
        self.counted.resize(loaded.len(), [0; counter::COUNT as usize]);
        for (one, counted) in loaded.iter().zip(&mut self.counted) {
            let now = one.counters();
            for (index, what) in WHAT {
                let value = |list: &[u64]| list.get(index as usize).copied().unwrap_or(0);
                let grown = value(&now).saturating_sub(value(counted.as_slice()));
                if grown > 0 {
                    let path = one.bundle().path.display();
                    self.messages.warning(&format!("`{path}`: {grown} {what}"));
                }
            }
            *counted = now;
        }
    }
}

/// Waits for records, a request or a signal, and after the first for so many milliseconds; true when
/// a signal came.
fn wait(
    signals: &OwnedFd,
    control: Option<&Control>,
    rings: &[(usize, RingBuf<MapData>)],
    gathered: u16,
) -> io::Result<bool> {
    let mut descriptors: Vec<BorrowedFd<'_>> = vec![signals.as_fd()];
    descriptors.extend(control.map(Control::as_fd));
    descriptors.extend(rings.iter().map(|(_, ring)| ring.as_fd()));
    let signal = |readable: Vec<bool>| readable.first().copied().unwrap_or(false);
    let readable = system::wait_readable(&descriptors, WAIT_MILLISECONDS)?;
    if gathered == 0 || !readable.iter().skip(1).any(|readable| *readable) {
        return Ok(signal(readable));
    }
    Ok(signal(readable) || signal(system::wait_readable(&[signals.as_fd()], gathered)?))
}

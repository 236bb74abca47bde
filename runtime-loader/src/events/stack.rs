//! Stack traces of events: from addresses to functions.

use writ_bundle::record::{Record, extra, header, status};

/// A frame of a stack trace, Tetragon's `StackTraceEntry`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    /// 0 when addresses are not to be shown.
    pub address: u64,
    /// From the function's start, or the file's when the function has no name.
    pub offset: u64,
    /// The function; empty when it has no name.
    pub symbol: String,
    /// For programs: the file that is mapped there.
    pub module: String,
}

/// Whose addresses they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Space {
    Kernel,
    /// Of the process with this PID.
    Process(u32),
}

/// Finds out what is at addresses, from the innermost frame on.
pub type Frames = Box<dyn FnMut(Space, &[u64]) -> Vec<Frame>>;

/// The stack traces that a record carries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stacks {
    pub kernel: Vec<Frame>,
    pub user: Vec<Frame>,
}

impl Stacks {
    /// The stack traces of `record`.
    pub(super) fn of(record: &Record<'_>, frames: &mut Frames) -> Self {
        let mut stacks = Self::default();
        for item in record.items().map_while(Result::ok) {
            if item.status != status::READ {
                continue;
            }
            let addresses = addresses(item.payload);
            match item.id {
                extra::KERNEL_STACK => stacks.kernel = frames(Space::Kernel, &addresses),
                extra::USER_STACK => {
                    let process = Space::Process(record.u32(header::PID));
                    stacks.user = frames(process, &addresses);
                }
                _ => {}
            }
        }
        stacks
    }

    /// Adds those of the same call's return where there are none yet.
    pub(super) fn or(&mut self, other: Self) {
        if self.kernel.is_empty() {
            self.kernel = other.kernel;
        }
        if self.user.is_empty() {
            self.user = other.user;
        }
    }
}

/// A frame of 0 ends the stack: some kernels fill up with them.
fn addresses(payload: &[u8]) -> Vec<u64> {
    let (words, _) = payload.as_chunks::<8>();
    words.iter().map(|word| u64::from_le_bytes(*word)).take_while(|word| *word != 0).collect()
}

/// What is known when nobody finds out: nothing.
pub(super) fn unknown() -> Frames {
    Box::new(|_, _| Vec::new())
}

//! `writ lsp`: the language server, over standard input and output.
//!
//! Messages are taken in batches of all that is waiting. Within a batch every edit is applied, but
//! only the last state of a document is checked: whoever types faster than a check takes never waits
//! for an old one.

mod action;
mod answer;
mod convert;
mod document;
mod finding;
mod path;
mod position;
mod server;
mod session;
mod transport;

use std::io::Write;
use std::sync::mpsc;

use clap::Args;

use super::{ExitCode, Failure};
use server::{Server, State};

/// Answer an editor's questions about policies, over standard input and output.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Kernels to check against, as for `writ check`. The client's `initializationOptions.kernels`
    /// wins over it, and it over `writ.toml`
    #[arg(long, short, value_name = "KERNELS")]
    pub kernel: Option<String>,
    /// Speak over standard input and output, which is the only way; many clients say so
    #[arg(long)]
    pub stdio: bool,
}

/// Serves until the client says `exit` or closes its end.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<ExitCode, Failure> {
    let (sender, receiver) = mpsc::channel();
    // It ends with the process: nothing can interrupt its reading.
    std::thread::spawn(move || transport::read(std::io::stdin().lock(), &sender));
    let mut server = Server::new(arguments.kernel.clone());
    while let Ok(first) = receiver.recv() {
        let batch = std::iter::once(first).chain(receiver.try_iter()).collect();
        for message in server.take(batch) {
            transport::write(&message, stdout)?;
        }
        stdout.flush()?;
        if let State::Ended(code) = server.state() {
            return Ok(code);
        }
    }
    Ok(ExitCode::Findings)
}

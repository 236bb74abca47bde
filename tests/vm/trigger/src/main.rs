//! Does one thing that policies can be about, with values that the caller knows.
//!
//! Runs in a test guest: `writ-trigger DEED ARGUMENT...`. Each deed is a file of its own, and ends
//! with an error when the system call itself goes wrong for a reason that no policy explains.
#![expect(clippy::disallowed_methods, reason = "that the core does no IO is about the compiler")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "what it prints is its result")]

mod acknowledge;
mod answer_name;
mod as_user;
mod bind_socket;
mod bpf;
mod capset;
mod change;
mod descriptors;
mod dup32;
mod exchange;
mod hand_over;
mod nested_truncate;
mod perf_event;
mod probes;
mod serve_once;
mod set_nice;
mod share_socket;
mod spawn;
mod static_probes;
mod threads_truncate;
mod truncate_path;
mod unix_bind;
mod write_once;

use std::process::ExitCode;

/// A deed gets the arguments that follow its name.
type Deed = fn(&[String]) -> Result<(), String>;

/// Ordered by name.
const DEEDS: &[(&str, Deed)] = &[
    ("acknowledge", acknowledge::run),
    ("answer-name", answer_name::run),
    ("as-user", as_user::run),
    ("change", change::run),
    ("bind-socket", bind_socket::run),
    ("bpf-map", bpf::map),
    ("bpf-program", bpf::program),
    ("capset", capset::run),
    ("close-as-32-bits", descriptors::close_as_32_bits),
    ("connect", exchange::connect),
    ("dup32", dup32::run),
    ("exchange", exchange::run),
    ("hand-over", hand_over::run),
    ("nested-truncate", nested_truncate::run),
    ("notify-and-forget", descriptors::notify_and_forget),
    ("perf-event", perf_event::run),
    ("probes", probes::run),
    ("read-once", write_once::read),
    ("send-on", share_socket::send_on),
    ("serve-once", serve_once::run),
    ("set-nice", set_nice::run),
    ("share-socket", share_socket::run),
    ("spawn", spawn::run),
    ("static-probes", static_probes::run),
    ("threads-truncate", threads_truncate::run),
    ("truncate-path", truncate_path::run),
    ("unix-bind", unix_bind::run),
    ("use-descriptors", descriptors::use_them),
    ("write-many", write_once::write_many),
    ("write-once", write_once::write),
    ("write-socket", write_once::write_socket),
    ("write-vectors", write_once::write_vectors),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        eprintln!("usage: writ-trigger DEED ARGUMENT...");
        return ExitCode::from(2);
    };
    let Some((_, deed)) = DEEDS.iter().find(|(known, _)| known == name) else {
        eprintln!("no deed is called `{name}`");
        return ExitCode::from(2);
    };
    match deed(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            println!("{name}: {problem}");
            ExitCode::FAILURE
        }
    }
}

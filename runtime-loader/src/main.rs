//! The `writ-loader` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    writ_loader::command::main()
}

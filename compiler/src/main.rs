//! The `writ` command.

fn main() -> std::process::ExitCode {
    writ::cli::main().into()
}

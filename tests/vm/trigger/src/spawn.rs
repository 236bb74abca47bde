//! `spawn PROGRAM ARGUMENT...`: has a child that executes a program, and waits for it.

use std::process::Command;

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let Some((program, rest)) = arguments.split_first() else {
        return Err("PROGRAM is missing".into());
    };
    Command::new(program).args(rest).status().map_err(|error| format!("{program}: {error}"))?;
    Ok(())
}

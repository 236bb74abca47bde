//! `as-user UID GID PROGRAM ARGUMENT...`: becomes another user, with no capabilities, and executes a
//! program.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [uid, gid, program, rest @ ..] = arguments else {
        return Err("UID, GID and PROGRAM are missing".into());
    };
    let number = |text: &String| text.parse::<u32>().map_err(|error| format!("{text}: {error}"));
    let error = Command::new(program).args(rest).uid(number(uid)?).gid(number(gid)?).exec();
    Err(format!("{program}: {error}"))
}

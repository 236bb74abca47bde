//! `set-nice NUMBER`: asks for another priority.

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [number] = arguments else { return Err("NUMBER is missing".into()) };
    let number: i32 = number.parse().map_err(|error| format!("{number}: {error}"))?;
    // SAFETY: the call takes no pointers.
    let result = unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, number) };
    if result == 0 { Ok(()) } else { Err(std::io::Error::last_os_error().to_string()) }
}

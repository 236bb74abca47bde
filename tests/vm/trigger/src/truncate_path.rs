//! `truncate-path FILE LENGTH`: truncates a file by its path. From 6.2 on, a file that is open is
//! truncated by another hook.

use std::ffi::CString;

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [path, length] = arguments else { return Err("FILE and LENGTH are missing".into()) };
    let length = length.parse().map_err(|error| format!("{length}: {error}"))?;
    let name = CString::new(path.as_str()).map_err(|error| error.to_string())?;
    // SAFETY: the name ends with a zero and lives as long as the call.
    let result = unsafe { libc::truncate(name.as_ptr(), length) };
    if result == 0 { Ok(()) } else { Err(std::io::Error::last_os_error().to_string()) }
}

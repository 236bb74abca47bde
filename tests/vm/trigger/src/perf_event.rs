//! `perf-event TYPE CONFIG`: opens a perf event of its own process.
//!
//! `perf-event kprobe FUNCTION OFFSET`: one at an instruction of a function of the kernel.

use std::ffi::CString;

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let number = |text: &String| text.parse::<u64>().map_err(|error| format!("{text}: {error}"));
    let function;
    let (type_, config, one, two) = match arguments {
        [kind, name, offset] if kind == "kprobe" => {
            let type_ = std::fs::read_to_string("/sys/bus/event_source/devices/kprobe/type");
            let type_ = type_.map_err(|error| error.to_string())?.trim().to_owned();
            function = CString::new(name.as_str()).map_err(|error| error.to_string())?;
            (number(&type_)?, 0, function.as_ptr() as u64, number(offset)?)
        }
        [type_, config] => (number(type_)?, number(config)?, 0, 0),
        _ => return Err("TYPE and CONFIG are missing".into()),
    };
    let mut attribute = [0_u64; 14];
    let size = u64::try_from(size_of_val(&attribute)).unwrap_or(0);
    attribute[0] = type_ | size << 32;
    attribute[1] = config;
    // `disabled`
    attribute[5] = 1;
    attribute[7] = one;
    attribute[8] = two;
    // SAFETY: the attribute is as long as it says, and the name lives until the call returns.
    let descriptor =
        unsafe { libc::syscall(libc::SYS_perf_event_open, attribute.as_ptr(), 0, -1, -1, 0) };
    if descriptor < 0 { Err(std::io::Error::last_os_error().to_string()) } else { Ok(()) }
}

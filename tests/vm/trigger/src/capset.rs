//! `capset EFFECTIVE PERMITTED INHERITABLE`: gives its own thread these sets of capabilities, each in
//! hexadecimal digits.

/// `_LINUX_CAPABILITY_VERSION_3`
const VERSION: u32 = 0x2008_0522;

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [effective, permitted, inheritable] = arguments else {
        return Err("three sets are missing".into());
    };
    let set = |text: &String| u64::from_str_radix(text, 16).map_err(|error| error.to_string());
    let sets = [set(effective)?, set(permitted)?, set(inheritable)?];
    let half = |set: u64, shift: u32| u32::try_from(set >> shift & 0xffff_ffff).unwrap_or(0);
    let data: Vec<u32> =
        [0, 32].iter().flat_map(|shift| sets.map(|set| half(set, *shift))).collect();
    let header = [VERSION, 0];
    // SAFETY: both point to as many words as this version of the call reads.
    let result = unsafe { libc::syscall(libc::SYS_capset, header.as_ptr(), data.as_ptr()) };
    if result < 0 { Err(std::io::Error::last_os_error().to_string()) } else { Ok(()) }
}

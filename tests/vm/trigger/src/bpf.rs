//! `bpf-map NAME KEY VALUE ENTRIES`: makes a hash of this name and these sizes.
//!
//! `bpf-program NAME`: loads a socket filter of two instructions.

const BPF_MAP_CREATE: libc::c_long = 0;
const BPF_PROG_LOAD: libc::c_long = 5;
const BPF_MAP_TYPE_HASH: u32 = 1;
const BPF_PROG_TYPE_SOCKET_FILTER: u32 = 1;

/// Where the name of a map or program stands in `union bpf_attr`.
const MAP_NAME: usize = 28;
const PROGRAM_NAME: usize = 48;

pub(crate) fn map(arguments: &[String]) -> Result<(), String> {
    let [name, sizes @ ..] = arguments else { return Err("NAME is missing".into()) };
    let mut attribute = [0; 128];
    put(&mut attribute, 0, &BPF_MAP_TYPE_HASH.to_ne_bytes());
    for (place, size) in sizes.iter().take(3).enumerate() {
        let size: u32 = size.parse().map_err(|error| format!("{size}: {error}"))?;
        put(&mut attribute, 4 + 4 * place, &size.to_ne_bytes());
    }
    put(&mut attribute, MAP_NAME, name.as_bytes());
    call(BPF_MAP_CREATE, &attribute)
}

pub(crate) fn program(arguments: &[String]) -> Result<(), String> {
    let [name] = arguments else { return Err("NAME is missing".into()) };
    // r0 = 0; exit
    let instructions: [u64; 2] = [0xb7, 0x95];
    let mut attribute = [0; 128];
    put(&mut attribute, 0, &BPF_PROG_TYPE_SOCKET_FILTER.to_ne_bytes());
    put(&mut attribute, 4, &2_u32.to_ne_bytes());
    put(&mut attribute, 8, &(instructions.as_ptr() as u64).to_ne_bytes());
    put(&mut attribute, 16, &(c"GPL".as_ptr() as u64).to_ne_bytes());
    put(&mut attribute, PROGRAM_NAME, name.as_bytes());
    call(BPF_PROG_LOAD, &attribute)
}

fn put(attribute: &mut [u8; 128], at: usize, bytes: &[u8]) {
    attribute[at..at + bytes.len()].copy_from_slice(bytes);
}

fn call(command: libc::c_long, attribute: &[u8; 128]) -> Result<(), String> {
    // SAFETY: the attribute is 128 bytes long, and what it points to lives until the call returns.
    let result = unsafe { libc::syscall(libc::SYS_bpf, command, attribute.as_ptr(), 128) };
    if result < 0 { Err(std::io::Error::last_os_error().to_string()) } else { Ok(()) }
}

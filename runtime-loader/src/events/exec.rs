//! What an exec record says about a process.

use writ_bundle::record::{Item, Record, credentials, exec, header, status};

use crate::container::container_id;
use crate::process_cache::{Flag, Key, Process, Program};

/// From how many bytes on Tetragon sends a file name, and arguments, apart from the event, and says
/// so in the flags (`bpf/process/bpf_execve_event.c`).
const LONG_FILENAME: usize = 254;
const LONG_ARGUMENTS: usize = 1024;

/// The process of an exec record; its parent is the one that forked it. `rest` gives what came before
/// the record of an item that did not fit.
pub(super) fn process(record: &Record<'_>, rest: &dyn Fn(&Item<'_>) -> Vec<u8>) -> Process {
    let start = match record.u64(header::PROCESS_START) {
        0 => record.u64(header::TIME),
        start => start,
    };
    let mut reading =
        Reading { parent: Key::KERNEL, program: Program::default(), flags: Vec::new() };
    reading.program.audit_user = u32::MAX;
    reading.flags.push(Flag::Execve);
    let mut filename = String::new();
    for item in record.items().map_while(Result::ok) {
        match item.id {
            exec::FILENAME => filename = reading.filename(&item),
            exec::ARGUMENTS => reading.arguments(&item, &rest(&item)),
            exec::DIRECTORY => reading.directory(&item),
            exec::CREDENTIALS => reading.credentials(&item),
            exec::CGROUP => reading.program.container = container_id(&text(&item)),
            exec::FAMILY => reading.family(&item),
            _ => {}
        }
    }
    let Reading { parent, mut program, mut flags } = reading;
    program.binary = absolute(&filename, &program.directory);
    flags.sort_unstable();
    flags.dedup();
    let key = Key { pid: record.u32(header::PID), start };
    Process { key, parent, program: Some(program), flags }
}

struct Reading {
    parent: Key,
    program: Program,
    flags: Vec<Flag>,
}

impl Reading {
    fn filename(&mut self, item: &Item<'_>) -> String {
        if item.status == status::UNREADABLE {
            self.flags.push(Flag::FilenameUnreadable);
        }
        if item.payload.len() >= LONG_FILENAME {
            self.flags.push(Flag::LongFilename);
        }
        text(item)
    }

    fn arguments(&mut self, item: &Item<'_>, rest: &[u8]) {
        let all = [item.payload, rest].concat();
        if item.status == status::UNREADABLE {
            self.flags.push(Flag::ArgumentsUnreadable);
        }
        if all.len() >= LONG_ARGUMENTS {
            self.flags.push(Flag::LongArguments);
        }
        if item.status == status::TRUNCATED && all.len() < item.flags as usize {
            self.flags.push(Flag::TruncatedArguments);
        }
        self.program.arguments = join_arguments(&all);
    }

    fn directory(&mut self, item: &Item<'_>) {
        match item.status {
            status::UNREADABLE | status::ABSENT => self.flags.push(Flag::DirectoryUnreadable),
            status::TRUNCATED => self.flags.push(Flag::DirectoryTruncated),
            _ if item.payload == b"/" => self.flags.push(Flag::RootDirectory),
            _ => {}
        }
        self.program.directory = text(item);
    }

    fn credentials(&mut self, item: &Item<'_>) {
        // The ids are uid, gid, euid, …; Tetragon's `uid` is the effective one.
        const EFFECTIVE_USER: usize = credentials::IDS + 8;
        self.program.user = u32_at(item.payload, EFFECTIVE_USER).unwrap_or(0);
        self.program.audit_user = u32_at(item.payload, credentials::AUDIT_UID).unwrap_or(u32::MAX);
    }

    fn family(&mut self, item: &Item<'_>) {
        let start = item.payload.get(8..16).and_then(|bytes| bytes.try_into().ok());
        if let (Some(pid), Some(start)) = (u32_at(item.payload, 0), start) {
            self.parent = match pid {
                0 => Key::KERNEL,
                pid => Key { pid, start: u64::from_le_bytes(start) },
            };
        }
    }
}

/// `argv[1..]` of zero-ended arguments, as Tetragon writes them (`ArgsDecoder` in
/// `pkg/process/args_linux.go`): joined by spaces, and one that holds a space is quoted. So is an
/// empty one, which would not be seen.
pub(crate) fn join_arguments(zero_ended: &[u8]) -> String {
    let arguments = zero_ended.strip_suffix(b"\0").unwrap_or(zero_ended);
    let mut words = Vec::new();
    for argument in arguments.split(|byte| *byte == 0).skip(1) {
        let argument = String::from_utf8_lossy(argument);
        let quoted = argument.is_empty() || argument.contains(' ');
        words.push(if quoted { format!("\"{argument}\"") } else { argument.into_owned() });
    }
    words.join(" ")
}

/// `name` seen from `directory`, with `.` and `..` taken out as Go's `filepath.Join` does; a name
/// that is absolute already stays as it is.
pub(crate) fn absolute(name: &str, directory: &str) -> String {
    if name.starts_with('/') || name.is_empty() {
        return name.to_owned();
    }
    let mut components: Vec<&str> = Vec::new();
    for component in directory.split('/').chain(name.split('/')) {
        match component {
            "" | "." => {}
            ".." => {
                components.pop();
            }
            other => components.push(other),
        }
    }
    format!("/{}", components.join("/"))
}

fn text(item: &Item<'_>) -> String {
    String::from_utf8_lossy(item.payload).into_owned()
}

fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..offset.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_joined_as_tetragon_joins_them() {
        for (bytes, text) in [
            (b"curl\0https://ebpf.io\0".as_slice(), "https://ebpf.io"),
            (b"bash\0-c\0curl x y\0", "-c \"curl x y\""),
            (b"cat\0", ""),
            (b"", ""),
            (b"x\0\0a\0", "\"\" a"),
            (b"x\0a b\0c\td\0", "\"a b\" c\td"),
            (b"x\0cut", "cut"),
        ] {
            assert_eq!(join_arguments(bytes), text);
        }
    }

    #[test]
    fn a_relative_name_is_seen_from_the_directory() {
        for (name, directory, path) in [
            ("/usr/bin/../x", "/tmp", "/usr/bin/../x"),
            ("./run.sh", "/home/a", "/home/a/run.sh"),
            ("../../../x", "/a/b", "/x"),
            ("", "/a", ""),
        ] {
            assert_eq!(absolute(name, directory), path);
        }
    }
}

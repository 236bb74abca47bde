//! Which container a cgroup belongs to, by its name.

/// As many characters of a container's id as Tetragon reports in `process.docker`.
const REPORTED: usize = 31;

/// The first 31 characters of the container id in a cgroup's name, or nothing.
///
/// Names are `<id>`, `docker-<id>.scope`, `cri-containerd-<id>.scope` or
/// `<slice>:cri-containerd:<id>` (`pkg/cgroups` and `procevents` of Tetragon). An id is made of
/// hexadecimal digits, so a long unit name is not one.
pub fn container_id(cgroup: &str) -> String {
    let name = cgroup.rsplit('/').next().unwrap_or_default();
    let name = name.strip_suffix(".scope").unwrap_or(name);
    short_id(name.rsplit([':', '-']).next().unwrap_or_default())
}

/// The first 31 characters of a container's id, which may have the runtime's name before it as in
/// `containerd://<id>`; nothing when it is none.
pub fn short_id(id: &str) -> String {
    let id = id.rsplit('/').next().unwrap_or_default();
    match id.get(..REPORTED) {
        Some(reported) if id.bytes().all(|byte| byte.is_ascii_hexdigit()) => reported.to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "551e161c47d8ff0eb665438a7bcd5b4ef1c9d7f3a4d27a6b1d6a1b0c9d8e7f60";

    #[test]
    fn each_runtimes_naming_is_understood() {
        for name in [
            ID.to_owned(),
            format!("docker-{ID}.scope"),
            format!("kubepods-besteffort-podx.slice:cri-containerd:{ID}"),
            format!("/system.slice/cri-containerd-{ID}.scope"),
        ] {
            assert_eq!(container_id(&name), "551e161c47d8ff0eb665438a7bcd5b4");
        }
    }

    #[test]
    fn a_unit_is_not_a_container() {
        for name in ["", "session-429.scope", "user@1000.service", "ünïcödé-".repeat(9).as_str()]
        {
            assert_eq!(container_id(name), "");
        }
    }
}

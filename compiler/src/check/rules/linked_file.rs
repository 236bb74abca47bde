//! A path is itself a symbolic link on most systems, so that no open file has it.

use writ_bundle::Pattern;

use super::{Findings, Rule, code};
use crate::check::facts::{paths, tests};
use crate::diagnostic::Finding;
use crate::resolved::Policy;
use crate::set::TextSet;

pub(super) const RULE: Rule = Rule { code: &code::LINKED_FILE, check };

/// Links that Debian, Fedora and their kin have, and where they usually lead.
const LINKS: &[(&str, &str)] = &[
    ("/usr/bin/sh", "/usr/bin/dash or /usr/bin/bash"),
    ("/usr/bin/python", "/usr/bin/python3.11 or another version"),
    ("/usr/bin/python3", "/usr/bin/python3.11 or another version"),
    ("/usr/bin/awk", "/usr/bin/mawk or /usr/bin/gawk"),
    ("/usr/bin/nc", "/usr/bin/nc.openbsd, /usr/bin/nc.traditional or /usr/bin/ncat"),
    ("/usr/bin/netcat", "/usr/bin/nc.openbsd or /usr/bin/nc.traditional"),
    ("/usr/bin/vi", "/usr/bin/vim.basic or another editor"),
    ("/usr/bin/vim", "/usr/bin/vim.basic or another editor"),
    ("/usr/bin/java", "/usr/lib/jvm/.../bin/java"),
    ("/usr/bin/gcc", "/usr/bin/x86_64-linux-gnu-gcc-12 or another version"),
    ("/usr/bin/cc", "/usr/bin/x86_64-linux-gnu-gcc-12 or another compiler"),
    ("/usr/bin/ld", "/usr/bin/x86_64-linux-gnu-ld.bfd or another linker"),
    ("/usr/sbin/iptables", "/usr/sbin/xtables-nft-multi"),
    ("/usr/sbin/ip6tables", "/usr/sbin/xtables-nft-multi"),
    ("/usr/sbin/init", "/usr/lib/systemd/systemd"),
    ("/usr/sbin/reboot", "/usr/bin/systemctl"),
    ("/usr/sbin/modprobe", "/usr/bin/kmod"),
    ("/usr/sbin/insmod", "/usr/bin/kmod"),
    ("/usr/sbin/rmmod", "/usr/bin/kmod"),
    ("/usr/bin/lsmod", "/usr/bin/kmod"),
    ("/etc/mtab", "/proc/<pid>/mounts"),
    ("/etc/os-release", "/usr/lib/os-release"),
    ("/etc/localtime", "/usr/share/zoneinfo/..."),
    ("/etc/resolv.conf", "/run/systemd/resolve/stub-resolv.conf, but a file in containers"),
    ("/dev/stdin", "/dev/pts/0 or whatever is open"),
    ("/dev/stdout", "/dev/pts/0 or whatever is open"),
    ("/dev/stderr", "/dev/pts/0 or whatever is open"),
];

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, test) in tests(policy) {
        let Some(set) = paths(hook, test) else { continue };
        for one in &set.patterns {
            let Pattern::Equal(text) = &one.pattern else { continue };
            // A system with separate `/bin` has the same links there.
            let merged = ["/bin/", "/sbin/"].iter().any(|folder| text.starts_with(folder));
            let name = if merged { format!("/usr{text}") } else { text.clone() };
            let Some((_, target)) = LINKS.iter().find(|(link, _)| *link == name) else { continue };
            if names_target(set, &name, target) {
                continue;
            }
            findings.add(
                Finding::at(one.span, format!("`{text}` is a symbolic link on many systems"))
                    .inferred()
                    .label(format!("leads to {target}"))
                    .help(
                        "name what `readlink -f` prints on the nodes and in the images".to_owned(),
                    )
                    .note("paths are compared as the kernel has them, with links resolved"),
            );
        }
    }
}

/// Whether the set has a longer name with the same beginning, or one of the targets.
fn names_target(set: &TextSet, link: &str, target: &str) -> bool {
    let targets = || target.split([' ', ',']).filter(|word| word.starts_with('/'));
    set.patterns.iter().any(|one| match &one.pattern {
        Pattern::Equal(text) => {
            text.len() > link.len() && text.starts_with(link) || targets().any(|one| one == text)
        }
        pattern @ (Pattern::Prefix(_) | Pattern::Postfix(_)) => {
            targets().any(|one| pattern.matches(one.as_bytes()))
        }
    })
}

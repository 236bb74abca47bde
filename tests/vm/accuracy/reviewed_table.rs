//! Where the check and a kernel differ on purpose, each with the reason.

use super::Said;

/// A difference that was looked at.
pub(super) struct Reviewed {
    /// Kernels on which it was seen; all when empty.
    kernels: &'static [&'static str],
    /// How the comparison begins: a way to attach or `check`, and the hook where it is one hook's.
    what: &'static str,
    said: Said,
    /// What is in the check's reason.
    because: &'static str,
    /// Why the check is right to differ. For the reader.
    #[expect(dead_code, reason = "it is there to be read")]
    reason: &'static str,
}

impl Reviewed {
    pub(super) fn covers(&self, kernel: &str, what: &str, said: Said, because: &str) -> bool {
        (self.kernels.is_empty() || self.kernels.contains(&kernel))
            && what.starts_with(self.what)
            && self.said == said
            && because.contains(self.because)
    }
}

const SEVERAL: &str = "the kernel attaches to one of several functions of this name, which is \
                       seldom the one that is meant, and says nothing; the check refuses";

pub(super) const REVIEWED: &[Reviewed] = &[
    Reviewed {
        kernels: &["5.10", "6.1", "6.12"],
        what: "fentry ",
        said: Said::Impossible,
        because: " functions `",
        reason: SEVERAL,
    },
    Reviewed {
        kernels: &["5.10"],
        what: "kprobe ",
        said: Said::Impossible,
        because: " functions `",
        reason: SEVERAL,
    },
    Reviewed {
        kernels: &["5.10", "6.1", "6.12"],
        what: "check Function ",
        said: Said::Impossible,
        because: "TP0209",
        reason: SEVERAL,
    },
    Reviewed {
        kernels: &[],
        what: "check Function ",
        said: Said::Impossible,
        because: "TP0222",
        reason: "a kprobe could be attached, but without BTF nothing tells what the function takes",
    },
];

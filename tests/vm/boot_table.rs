//! Which kernels are booted for scenarios, with which LSM list, and for which profile bundles are
//! compiled.

use super::guest::{Boot, LSMS, LSMS_WITHOUT_BPF, Runs};

/// The slowest first, so that none is waited for alone.
pub(crate) const BOOTS: &[Boot] = &[
    Boot { kernel: "5.10", lsms: LSMS_WITHOUT_BPF, profile: "5.10", runs: Runs::All, without: &[] },
    Boot { kernel: "5.10", lsms: LSMS, profile: "5.10+lsm=bpf", runs: Runs::Lsm, without: &[] },
    Boot { kernel: "6.1", lsms: LSMS, profile: "6.1", runs: Runs::All, without: &[] },
    Boot { kernel: "6.12", lsms: LSMS, profile: "6.12", runs: Runs::All, without: &[] },
    Boot { kernel: "7.2", lsms: LSMS, profile: "7.2", runs: Runs::All, without: &[] },
];

/// Kernels with error injection, which `prepare-error-injection` fetches. They have no module that
/// guests could load: it is built in.
pub(crate) const WITH_ERROR_INJECTION: &[Boot] = &[
    Boot {
        kernel: "5.15",
        lsms: LSMS,
        profile: "5.15",
        runs: Runs::All,
        without: &["reads-modules"],
    },
    Boot {
        kernel: "6.8",
        lsms: LSMS,
        profile: "6.8",
        runs: Runs::All,
        without: &["reads-modules"],
    },
];

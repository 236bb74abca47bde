//! Boots a guest with the loader, the bundles and the scenarios, and brings back what happened.

use std::path::{Path, PathBuf};
use std::process::Command;

use writ::kernel::Profile;

use crate::files;

/// One boot of a kernel.
pub(crate) struct Boot {
    /// A name in `tests/vm/kernels`.
    pub(crate) kernel: &'static str,
    /// The kernel's `lsm=`.
    pub(crate) lsms: &'static str,
    /// What bundles are compiled for, as `--kernel` takes it.
    pub(crate) profile: &'static str,
    pub(crate) runs: Runs,
}

/// Which scenarios a boot runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runs {
    All,
    /// Those with an LSM program: all others are the same as in another boot of the kernel.
    Lsm,
}

pub(crate) const LSMS: &str = "lockdown,capability,landlock,yama,bpf";
pub(crate) const LSMS_WITHOUT_BPF: &str = "lockdown,capability,landlock,yama";

/// What the guest left.
pub(crate) struct Results {
    folder: PathBuf,
}

impl Results {
    /// What a scenario's file of this ending holds; empty when there is none.
    pub(crate) fn text(&self, scenario: &str, ending: &str) -> String {
        let path = self.folder.join(format!("{scenario}.{ending}"));
        let bytes = std::fs::read(path).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Fetches kernels where that was not done, and builds the loader.
pub(crate) fn prepare() -> Result<(), String> {
    if std::env::var("WRIT_VM").as_deref() == Ok("skip") {
        return Err("WRIT_VM=skip".into());
    }
    let prepare = files::top().join("tests/vm/prepare");
    let output = Command::new(&prepare).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    let built = Command::new(files::top().join("tests/vm/build-loader")).output();
    let built = built.map_err(|error| error.to_string())?;
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Ok(())
}

/// The profile of the kernel that will be booted. The mirrors may have moved on from the release
/// that is embedded; then this fails. `changes` are what may follow a kernel's name.
pub(crate) fn profile(boot: &Boot, changes: &str) -> Profile {
    let kernel = format!("{}{changes}", boot.profile);
    let mut profiles = writ::cli::kernel::load(&kernel).expect("an embedded profile");
    let profile = profiles.remove(0);
    let release = std::fs::read_to_string(cache().join(boot.kernel).join("release")).unwrap();
    assert_eq!(
        profile.release(),
        Some(release.trim()),
        "the kernel that was fetched is not the one of the embedded profile"
    );
    profile
}

fn cache() -> PathBuf {
    let set = std::env::var_os("WRIT_VM_CACHE").map(PathBuf::from);
    set.unwrap_or_else(|| files::top().join("target/vm"))
}

/// A folder with all that the guest needs, but for the bundles.
pub(crate) fn payload(boot: &Boot) -> PathBuf {
    let folder = files::top().join("target/vm-payload").join(boot.profile);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let loader = files::top().join("target/static/x86_64-unknown-linux-gnu/vm/writ-loader");
    std::fs::copy(loader, folder.join("writ-loader")).expect("the loader was built");
    let scenarios = files::top().join("tests/vm/scenarios");
    for script in files::below(&scenarios).iter().filter(|path| path.ends_with("guest.sh")) {
        let name = script.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        std::fs::copy(script, folder.join(format!("{name}.sh"))).unwrap();
    }
    std::fs::copy(files::top().join("tests/vm/scenarios.sh"), folder.join("scenarios.sh")).unwrap();
    folder
}

/// Runs all scenarios in one boot.
pub(crate) fn boot(boot: &Boot, payload: &Path) -> Results {
    let folder = files::top().join("target/vm-results").join(boot.profile);
    let _ = std::fs::remove_dir_all(&folder);
    let output = Command::new(files::top().join("tests/vm/run"))
        .args(["-t", "900", "-l", boot.lsms, "-o"])
        .arg(&folder)
        .arg(boot.kernel)
        .arg(payload)
        .arg("sh ./scenarios.sh")
        .output()
        .expect("tests/vm/run starts");
    assert!(
        output.status.success(),
        "{}: the guest failed ({}):\n{}{}",
        boot.profile,
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Results { folder }
}

//! Boots a guest with the loader, the bundles and the scenarios, and brings back what happened.

use std::path::{Path, PathBuf};
use std::process::Command;

use writ::kernel::{Profile, embedded};

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
    /// Scenarios that cannot be shown there, although the kernel has what they hook.
    pub(crate) without: &'static [&'static str],
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

/// What a guest left.
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

/// Fetches kernels where that was not done, and builds what guests run.
pub(crate) fn prepare_for(packages: &[&str]) -> Result<(), String> {
    if std::env::var("WRIT_VM").as_deref() == Ok("skip") {
        return Err("WRIT_VM=skip".into());
    }
    let prepare = files::top().join("tests/vm/prepare");
    let output = Command::new(&prepare).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    packages.iter().try_for_each(|package| build(package))
}

/// Builds one of our commands for guests.
fn build(package: &str) -> Result<(), String> {
    let built = Command::new(files::top().join("tests/vm/build-static")).arg(package).output();
    let built = built.map_err(|error| error.to_string())?;
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Ok(())
}

/// Where [`build`] leaves a command.
fn built(package: &str) -> PathBuf {
    files::top().join("target/static/x86_64-unknown-linux-gnu/vm").join(package)
}

/// The profile of the kernel that will be booted. The mirrors may have moved on from the release
/// that is embedded; then one is captured in a guest, and the test says so. `changes` are what may
/// follow a kernel's name.
pub(crate) fn profile(boot: &Boot, changes: &str) -> Profile {
    let release = std::fs::read_to_string(cache().join(boot.kernel).join("release")).unwrap();
    if embedded::names().any(|name| name == boot.kernel) {
        let profile = load(&format!("{}{changes}", boot.profile));
        if profile.release() == Some(release.trim()) {
            return profile;
        }
        eprintln!("{}: {} was fetched, so its profile is captured", boot.profile, release.trim());
    }
    load(&format!("{}{changes}", capture(boot, release.trim()).display()))
}

fn load(kernel: &str) -> Profile {
    writ::cli::kernel::load(kernel).expect("the profile can be read").remove(0)
}

/// Makes a profile of the kernel as this boot starts it, with the LSMs that it has then.
fn capture(boot: &Boot, release: &str) -> PathBuf {
    let folder = files::top().join("target/vm-captured").join(boot.profile).join(release);
    let file = folder.join("captured.wprofile");
    if file.exists() {
        return file;
    }
    build("writ").expect("writ builds");
    let payload = folder.join("payload");
    std::fs::create_dir_all(&payload).unwrap();
    std::fs::copy(built("writ"), payload.join("writ")).expect("writ was built");
    run(boot, &payload, &folder, "./writ kernel capture --output /out/captured.wprofile");
    file
}

/// Whether the boot's kernel was fetched.
pub(crate) fn is_there(boot: &Boot) -> bool {
    cache().join(boot.kernel).join("release").exists()
}

fn cache() -> PathBuf {
    let set = std::env::var_os("WRIT_VM_CACHE").map(PathBuf::from);
    set.unwrap_or_else(|| files::top().join("target/vm"))
}

/// Forgets what guests of this boot left before.
pub(crate) fn forget(boot: &Boot) {
    for folder in [payloads(boot), results(boot)] {
        let _ = std::fs::remove_dir_all(folder);
    }
}

fn payloads(boot: &Boot) -> PathBuf {
    files::top().join("target/vm-payload").join(boot.profile)
}

fn results(boot: &Boot) -> PathBuf {
    files::top().join("target/vm-results").join(boot.profile)
}

/// A folder with all that one of the boot's guests needs, but for the bundles.
pub(crate) fn payload(boot: &Boot, guest: usize) -> PathBuf {
    let folder = payloads(boot).join(guest.to_string());
    std::fs::create_dir_all(&folder).unwrap();
    for command in ["writ-loader", "writ-trigger"] {
        std::fs::copy(built(command), folder.join(command)).expect("it was built");
    }
    let scenarios = files::top().join("tests/vm/scenarios");
    for script in files::below(&scenarios).iter().filter(|path| path.ends_with("guest.sh")) {
        let name = script.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        std::fs::copy(script, folder.join(format!("{name}.sh"))).unwrap();
        let arguments = script.with_file_name("loader.args");
        if arguments.exists() {
            std::fs::copy(arguments, folder.join(format!("{name}.args"))).unwrap();
        }
    }
    let module = cache().join(boot.kernel).join("loop.ko");
    if module.exists() {
        std::fs::copy(module, folder.join("loop.ko")).expect("it can be read");
    }
    std::fs::copy(files::top().join("tests/vm/scenarios.sh"), folder.join("scenarios.sh")).unwrap();
    folder
}

/// Runs the scenarios whose bundles are in the payload.
pub(crate) fn boot(boot: &Boot, guest: usize, payload: &Path) -> Results {
    let folder = results(boot).join(guest.to_string());
    run(boot, payload, &folder, "sh ./scenarios.sh");
    Results { folder }
}

/// Runs a command in one boot, with the loader, the trigger, a module, and these files.
pub(crate) fn boot_with(
    boot: &Boot,
    name: &str,
    files: &[(&str, &[u8])],
    command: &str,
) -> Results {
    let payload = files::top().join("target/vm-payload").join(name).join(boot.kernel);
    let folder = files::top().join("target/vm-results").join(name).join(boot.kernel);
    for old in [&payload, &folder] {
        let _ = std::fs::remove_dir_all(old);
    }
    std::fs::create_dir_all(&payload).unwrap();
    for command in ["writ-loader", "writ-trigger"] {
        std::fs::copy(built(command), payload.join(command)).expect("it was built");
    }
    let module = cache().join(boot.kernel).join("loop.ko");
    std::fs::copy(module, payload.join("loop.ko")).expect("prepare took it");
    for (name, bytes) in files {
        std::fs::write(payload.join(name), bytes).unwrap();
    }
    run(boot, &payload, &folder, command);
    Results { folder }
}

/// Tries in one boot to attach to each hook of a list, and says what came of it.
pub(crate) fn trial(boot: &Boot, list: &str) -> String {
    let payload = files::top().join("target/vm-payload/trial").join(boot.kernel);
    let _ = std::fs::remove_dir_all(&payload);
    std::fs::create_dir_all(&payload).unwrap();
    std::fs::copy(built("writ-trial"), payload.join("writ-trial")).expect("it was built");
    std::fs::write(payload.join("list"), list).unwrap();
    let folder = files::top().join("target/vm-results/trial").join(boot.kernel);
    let _ = std::fs::remove_dir_all(&folder);
    run(boot, &payload, &folder, "./writ-trial <list")
}

/// Runs a command in a guest, which must end well, and gives what it printed. What it leaves in
/// `/out` comes to `folder`.
fn run(boot: &Boot, payload: &Path, folder: &Path, command: &str) -> String {
    let output = Command::new(files::top().join("tests/vm/run"))
        .args(["-t", "900", "-l", boot.lsms, "-o"])
        .arg(folder)
        .arg(boot.kernel)
        .arg(payload)
        .arg(command)
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
    String::from_utf8_lossy(&output.stdout).into_owned()
}

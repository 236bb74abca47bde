//! Finds the profiles that `--kernel` names.

use std::path::Path;

use super::{Error, capture, import, read};
use crate::diagnostic::did_you_mean;
use crate::kernel::profile::is_profile;
use crate::kernel::{Profile, embedded};

/// The profiles of a comma-separated list. Each is the name of an embedded profile, a file (a
/// profile, raw BTF, or anything else that `writ kernel import` reads), `host` for the kernel that
/// is running here, or `all` for every embedded profile. `+lsm=bpf` after it says that the node
/// boots with `bpf` in its `lsm=` list, whatever the profile's own list says.
///
/// # Errors
///
/// When one of them cannot be found or read.
pub fn load(kernels: &str) -> Result<Vec<Profile>, Error> {
    let mut profiles = Vec::new();
    for kernel in kernels.split(',').map(str::trim) {
        match kernel.strip_prefix("all") {
            Some(lsms) if lsms.is_empty() || lsms.starts_with("+lsm=") => {
                for name in embedded::names() {
                    profiles.push(with_lsms(&format!("{name}{lsms}"))?);
                }
            }
            _ => profiles.push(with_lsms(kernel)?),
        }
    }
    Ok(profiles)
}

fn with_lsms(kernel: &str) -> Result<Profile, Error> {
    let mut parts = kernel.split("+lsm=");
    let profile = one(parts.next().unwrap_or_default())?;
    Ok(parts.fold(profile, Profile::with_lsm))
}

fn one(kernel: &str) -> Result<Profile, Error> {
    if let Some(profile) = embedded::profile(kernel) {
        return profile.map_err(|error| Error::Profile { name: kernel.to_owned(), error });
    }
    if kernel == "host" {
        return capture::host("");
    }
    let path = Path::new(kernel);
    if !path.is_file() {
        let help = did_you_mean(kernel, embedded::names());
        let help = help.map_or_else(String::new, |help| format!(": {help}"));
        return Err(Error::NoKernel { name: kernel.to_owned(), help });
    }
    let bytes = read(path)?;
    if is_profile(&bytes) {
        let name = kernel.to_owned();
        return Profile::read(&bytes).map_err(|error| Error::Profile { name, error });
    }
    import::from_btf(&bytes, path)
}

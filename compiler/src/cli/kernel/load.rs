//! Finds the profiles that `--kernel` names.

use std::path::Path;

use super::{Error, capture, import, read};
use crate::diagnostic::did_you_mean;
use crate::kernel::profile::is_profile;
use crate::kernel::{Profile, embedded};

/// What may follow a kernel's name, after a `+`.
const CHANGES: [&str; 3] = ["+lsm=", "+avoid=", "+without="];

/// The profiles of a comma-separated list. Each is the name of an embedded profile, a file (a
/// profile, raw BTF, or anything else that `writ kernel import` reads), `host` for the kernel that
/// is running here, or `all` for every embedded profile.
///
/// `+lsm=bpf` after it says that the node boots with `bpf` in its `lsm=` list, whatever the
/// profile's own list says; `+avoid=fentry` that functions are to be hooked without fentry and
/// fexit, as some hosts refuse such programs; `+avoid=large-programs` that the kernel takes only
/// small programs, as before 5.3; `+without=CONFIG_TIME_NS` that the kernel was built without that
/// option.
///
/// # Errors
///
/// When one of them cannot be found or read, or is followed by anything else.
pub fn load(kernels: &str) -> Result<Vec<Profile>, Error> {
    let mut profiles = Vec::new();
    for kernel in kernels.split(',') {
        profiles.extend(load_entry(kernel.trim(), Path::new(""))?);
    }
    Ok(profiles)
}

/// The profiles of one entry of such a list. A file is looked for below `folder` first.
pub(in crate::cli) fn load_entry(kernel: &str, folder: &Path) -> Result<Vec<Profile>, Error> {
    let (name, changes) = divide(kernel);
    if name == "all" {
        return embedded::names().map(|name| change(one(name)?, changes)).collect();
    }
    let beside = folder.join(name);
    let beside = beside.to_str().filter(|_| beside.is_file());
    Ok(vec![change(one(beside.unwrap_or(name))?, changes)?])
}

/// A kernel's name and what follows it. Releases and files may have a `+` in their names too.
fn divide(kernel: &str) -> (&str, &str) {
    let first = CHANGES.iter().filter_map(|word| kernel.find(word)).min();
    first.and_then(|first| kernel.split_at_checked(first)).unwrap_or((kernel, ""))
}

fn change(profile: Profile, changes: &str) -> Result<Profile, Error> {
    changes.split('+').skip(1).try_fold(profile, |profile, change| match change.split_once('=') {
        Some(("lsm", lsm)) => Ok(profile.with_lsm(lsm)),
        Some(("avoid", "fentry")) => Ok(profile.without_fentry()),
        Some(("avoid", "large-programs")) => Ok(profile.without_large_programs()),
        Some(("without", option)) if option.starts_with("CONFIG_") => {
            Ok(profile.without_option(option))
        }
        Some(_) | None => Err(Error::NoChange { change: change.to_owned() }),
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names(kernels: &str) -> Vec<String> {
        let profiles = load(kernels).unwrap();
        profiles.iter().map(|profile| profile.name().to_owned()).collect()
    }

    #[test]
    fn what_follows_a_name_changes_the_kernel() {
        assert_eq!(
            names("5.10+lsm=bpf+avoid=fentry, 6.1+without=CONFIG_TIME_NS"),
            ["5.10+lsm=bpf+avoid=fentry", "6.1+without=CONFIG_TIME_NS"]
        );
        assert!(names("all+avoid=fentry").iter().all(|name| name.ends_with("+avoid=fentry")));
    }

    #[test]
    fn anything_else_behind_a_name_is_refused() {
        for kernels in ["6.1+avoid=kprobe", "6.1+without=nothing", "6.1+lsm=bpf+fast", "all+avoid="]
        {
            assert!(matches!(load(kernels), Err(Error::NoChange { .. })), "{kernels}");
        }
    }
}

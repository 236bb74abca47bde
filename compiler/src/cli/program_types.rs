//! Reads the files that policies name as the types of programs (`btfPath`).

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use crate::policy::Policy;

/// Larger files are no types of a program: those of a kernel have 5 MB.
const BYTES_MAX: u64 = 64 << 20;

/// Puts into `policies` what stands in the files that they name. A relative path is looked for in
/// `folder`, where the policy is.
pub fn read(policies: &mut [Policy], folder: &Path) {
    for policy in policies {
        let files: Vec<String> = policy.type_files().map(str::to_owned).collect();
        for file in files {
            let bytes = contents(&folder.join(&file)).map_err(|error| error.to_string());
            policy.program_types.0.entry(file).or_insert(bytes);
        }
    }
}

fn contents(path: &Path) -> io::Result<Arc<[u8]>> {
    // Opening a pipe would wait for who writes into it.
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(io::Error::other("it is larger than any types"));
    }
    Ok(bytes.into())
}

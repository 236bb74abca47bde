//! Finds what a profile needs in the files in which kernels are shipped: raw BTF, vmlinux, vmlinuz,
//! Debian packages.

mod boot;
mod compression;
mod elf;
mod package;

use super::profile::{Origin, Sources};

/// Largest file, packed or not, that is looked into, in bytes. A vmlinux with debug information has
/// several hundred megabytes.
const MAXIMUM_SIZE: u64 = 1 << 30;

/// What a file tells about a kernel. A field is `None` when the file does not tell.
#[derive(Debug, Default)]
pub struct Image {
    /// Raw BTF.
    pub btf: Option<Vec<u8>>,
    /// `uname -r`.
    pub release: Option<String>,
    /// `uname -m`.
    pub architecture: Option<String>,
    /// The text of `/boot/config-*`.
    pub configuration: Option<String>,
    /// Names of the traceable functions, one a line.
    pub traceable: Option<String>,
}

/// Why a file tells nothing about a kernel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    #[error("it is neither BTF nor a vmlinux, a vmlinuz or a Debian package")]
    Unknown,
    #[error("it is a 32-bit or big-endian ELF file, and no such kernel is supported")]
    Elf,
    #[error("its {0} is damaged or cut off")]
    Damaged(&'static str),
    #[error("its kernel is compressed in a way that is not known")]
    Compression,
    #[error("it holds no kernel and no kernel configuration")]
    Empty,
    #[error("it has no BTF: the kernel was built without CONFIG_DEBUG_INFO_BTF")]
    NoBtf,
}

impl Image {
    /// What the bytes of a file tell.
    ///
    /// # Errors
    ///
    /// When they are no kernel, or a damaged one.
    pub fn read(bytes: &[u8]) -> Result<Self, ImageError> {
        if bytes.starts_with(&[0x9f, 0xeb]) {
            Ok(Self { btf: Some(bytes.to_vec()), ..Self::default() })
        } else if bytes.starts_with(b"\x7fELF") {
            elf::read(bytes)
        } else if package::is_package(bytes) {
            package::read(bytes)
        } else if boot::is_boot_image(bytes) {
            boot::read(bytes)
        } else {
            Err(ImageError::Unknown)
        }
    }

    /// What both files tell; the first wins where both tell the same.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            btf: self.btf.or(other.btf),
            release: self.release.or(other.release),
            architecture: self.architecture.or(other.architecture),
            configuration: self.configuration.or(other.configuration),
            traceable: self.traceable.or(other.traceable),
        }
    }

    /// The sources of a profile called `name`, or as its release when that is empty.
    ///
    /// # Errors
    ///
    /// When no file had BTF, without which there is no profile.
    pub fn sources(self, name: String) -> Result<Sources, ImageError> {
        const NOT_RUNNING: &str = "only a running kernel tells; use `writ kernel capture` there";
        let mut notes = Vec::new();
        let architecture = self.architecture.unwrap_or_else(|| {
            notes.push("the architecture is not in the files and was taken to be x86_64".into());
            "x86_64".to_owned()
        });
        Ok(Sources {
            name,
            release: self.release,
            architecture,
            origin: Origin::Imported,
            btf: self.btf.ok_or(ImageError::NoBtf)?,
            configuration: self
                .configuration
                .ok_or_else(|| "the files have no kernel configuration; give `--config`".into()),
            traceable: self
                .traceable
                .ok_or_else(|| "the kernel image has no symbols to list functions by".into()),
            error_injection: Err(NOT_RUNNING.to_owned()),
            formats: Err(NOT_RUNNING.to_owned()),
            kprobe_blacklist: Err(NOT_RUNNING.to_owned()),
            symbols: Err(NOT_RUNNING.to_owned()),
            active_lsms: Err(NOT_RUNNING.to_owned()),
            notes,
        })
    }
}

#[cfg(test)]
mod tests;

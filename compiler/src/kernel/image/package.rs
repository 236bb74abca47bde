//! Finds the kernel and its configuration in a Debian package.

use std::io::Read;

use super::{Image, ImageError, MAXIMUM_SIZE, compression};

/// A package is an `ar` archive of which this is the first member.
const MAGIC: &[u8] = b"!<arch>\n";
/// Bytes of a member's header: name 16, time 12, owner 6, group 6, mode 8, size 10, end 2.
const HEADER: usize = 60;
/// Bytes of all files together that a package may unpack to.
const MAXIMUM_ARCHIVE: u64 = 4 << 30;

/// Whether bytes begin as a package does.
pub(super) fn is_package(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// What a package tells: its first kernel image and its first configuration.
pub(super) fn read(bytes: &[u8]) -> Result<Image, ImageError> {
    let data = members(bytes)
        .find(|(name, _)| name.starts_with(b"data.tar"))
        .map(|(_, data)| data)
        .ok_or(ImageError::Damaged("list of members"))?;
    let reader: Box<dyn Read + '_> = match compression::reader(data) {
        Ok(reader) => reader,
        // Not packed at all.
        Err(_) => Box::new(data),
    };
    let image = files(reader.take(MAXIMUM_ARCHIVE))?;
    if image.btf.is_none() && image.configuration.is_none() {
        return Err(ImageError::Empty);
    }
    Ok(image)
}

/// Name and data of each member of the archive.
fn members(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = bytes.get(MAGIC.len()..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (header, tail) = rest.split_at_checked(HEADER)?;
        let size = std::str::from_utf8(header.get(48..58)?).ok()?.trim().parse().ok()?;
        let (data, tail) = tail.split_at_checked(size)?;
        // Members begin at even offsets.
        rest = tail.get(size % 2..).unwrap_or_default();
        Some((header.get(..16)?, data))
    })
}

fn files(archive: impl Read) -> Result<Image, ImageError> {
    const DAMAGED: ImageError = ImageError::Damaged("data archive");
    let mut image = Image::default();
    let mut kernel_release = None;
    for entry in tar::Archive::new(archive).entries().map_err(|_| DAMAGED)? {
        let entry = entry.map_err(|_| DAMAGED)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = entry.path().map_err(|_| DAMAGED)?.to_string_lossy().into_owned();
        let Some((file, release)) = kernel_file(&path) else { continue };
        let release = release.to_owned();
        let mut bytes = Vec::new();
        entry.take(MAXIMUM_SIZE).read_to_end(&mut bytes).map_err(|_| DAMAGED)?;
        match file {
            File::Kernel => image = image.or(Image::read(&bytes)?),
            File::Configuration => {
                let text = String::from_utf8(bytes).map_err(|_| DAMAGED)?;
                image.configuration.get_or_insert(text);
            }
        }
        kernel_release.get_or_insert(release);
        if image.btf.is_some() && image.configuration.is_some() {
            // Modules follow, which take long to unpack.
            break;
        }
    }
    image.release = image.release.or(kernel_release);
    Ok(image)
}

enum File {
    Kernel,
    Configuration,
}

/// What a path of a package is, and of which release: `boot/config-<release>` or
/// `usr/lib/modules/<release>/config`.
fn kernel_file(path: &str) -> Option<(File, &str)> {
    let path = path.trim_start_matches("./");
    let (folder, name) = path.rsplit_once('/')?;
    let of = |word: &str| match word {
        "vmlinuz" | "vmlinux" => Some(File::Kernel),
        "config" => Some(File::Configuration),
        _ => None,
    };
    if let Some((_, release)) = folder.split_once("lib/modules/") {
        // Modules lie in folders below that of the release.
        return if release.contains('/') { None } else { Some((of(name)?, release)) };
    }
    let (word, release) = name.split_once('-')?;
    let is_boot = folder == "boot" || folder == "usr/lib/debug/boot";
    if is_boot { Some((of(word)?, release)) } else { None }
}

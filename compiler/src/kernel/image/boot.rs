//! Unpacks an x86 boot image, `vmlinuz` (`Documentation/arch/x86/boot.rst` in the kernel).

use super::{Image, ImageError, compression, elf};

/// Where the setup header has its magic number.
const HEADER: usize = 0x202;
/// The number of setup sectors, 0 meaning 4.
const SETUP_SECTORS: usize = 0x1f1;
/// Where the text with the release begins, less 0x200.
const VERSION: usize = 0x20e;
/// Where the packed kernel begins, from the end of the setup sectors, and its size.
const PAYLOAD_OFFSET: usize = 0x248;
const PAYLOAD_LENGTH: usize = 0x24c;

/// Whether bytes begin as a boot image does.
pub(super) fn is_boot_image(bytes: &[u8]) -> bool {
    bytes.get(HEADER..).is_some_and(|header| header.starts_with(b"HdrS"))
}

/// What a boot image tells.
pub(super) fn read(bytes: &[u8]) -> Result<Image, ImageError> {
    let payload = payload(bytes).ok_or(ImageError::Damaged("boot header"))?;
    let mut image = elf::read(&compression::unpack(payload)?)?;
    image.release = release(bytes).or(image.release);
    Ok(image)
}

fn payload(bytes: &[u8]) -> Option<&[u8]> {
    let sectors = match bytes.get(SETUP_SECTORS)? {
        0 => 4,
        sectors => usize::from(*sectors),
    };
    let start = ((sectors + 1) * 512).checked_add(word(bytes, PAYLOAD_OFFSET)?)?;
    let length = word(bytes, PAYLOAD_LENGTH)?;
    // The last four bytes are the unpacked size.
    bytes.get(start..)?.get(..length)?.split_last_chunk::<4>().map(|(payload, _)| payload)
}

fn release(bytes: &[u8]) -> Option<String> {
    let at = usize::from(u16::from_le_bytes(*bytes.get(VERSION..)?.first_chunk()?));
    let text = bytes.get(at + 0x200..)?.split(|&byte| byte == 0 || byte == b' ').next()?;
    let release = std::str::from_utf8(text).ok().filter(|text| text.len() < 65)?;
    (!release.is_empty()).then(|| release.to_owned())
}

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..)?.first_chunk().map(|word| u32::from_le_bytes(*word) as usize)
}

//! Unpacks what kernels and packages are packed with, never to more than a limit.

use std::io::Read;

use super::{ImageError, MAXIMUM_SIZE};

/// LZ4's legacy frame, which `lz4 -l` writes and kernels use: a magic number, then blocks, each of
/// which unpacks to at most 8 MiB and has its packed size before it.
const LZ4_LEGACY: &[u8] = &[0x02, 0x21, 0x4c, 0x18];
const LZ4_BLOCK: usize = 8 << 20;

/// The bytes that `packed` holds. What follows the packed data is ignored where that can be told.
pub(super) fn unpack(packed: &[u8]) -> Result<Vec<u8>, ImageError> {
    if packed.starts_with(LZ4_LEGACY) {
        return lz4_legacy(packed.get(LZ4_LEGACY.len()..).unwrap_or_default());
    }
    let mut bytes = Vec::new();
    reader(packed)?
        .take(MAXIMUM_SIZE)
        .read_to_end(&mut bytes)
        .map_err(|_| ImageError::Damaged("compressed data"))?;
    Ok(bytes)
}

/// Reads what `packed` holds; for all but LZ4.
pub(super) fn reader(packed: &[u8]) -> Result<Box<dyn Read + '_>, ImageError> {
    match packed {
        [0x1f, 0x8b, ..] => Ok(Box::new(flate2::read::GzDecoder::new(packed))),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => {
            Ok(Box::new(lzma_rust2::XzReader::new(packed, false)))
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            let decoder = zstd::stream::read::Decoder::with_buffer(packed)
                .map_err(|_| ImageError::Damaged("compressed data"))?;
            Ok(Box::new(decoder.single_frame()))
        }
        _ => Err(ImageError::Compression),
    }
}

fn lz4_legacy(mut packed: &[u8]) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    let mut block = vec![0; LZ4_BLOCK];
    while let Some((size, rest)) = packed.split_first_chunk::<4>() {
        let Some((data, rest)) = rest.split_at_checked(u32::from_le_bytes(*size) as usize) else {
            // A boot image ends with the unpacked size, which looks like the size of a block.
            break;
        };
        let length = lz4_flex::block::decompress_into(data, &mut block)
            .map_err(|_| ImageError::Damaged("compressed data"))?;
        bytes.extend_from_slice(block.get(..length).unwrap_or_default());
        if bytes.len() as u64 > MAXIMUM_SIZE {
            return Err(ImageError::Damaged("compressed data"));
        }
        packed = rest;
    }
    if bytes.is_empty() { Err(ImageError::Damaged("compressed data")) } else { Ok(bytes) }
}

//! Digests of files that records carry, in words.

use std::fmt::Write as _;

use writ_bundle::record::{Record, digest, extra, status};

/// Names and digest lengths of the kernel's `enum hash_algo`, in its order (`hash_algo_name` and
/// `hash_digest_size` in `crypto/hash_info.c`).
const ALGORITHMS: [(&str, usize); 23] = [
    ("md4", 16),
    ("md5", 16),
    ("sha1", 20),
    ("rmd160", 20),
    ("sha256", 32),
    ("sha384", 48),
    ("sha512", 64),
    ("sha224", 28),
    ("rmd128", 16),
    ("rmd256", 32),
    ("rmd320", 40),
    ("wp256", 32),
    ("wp384", 48),
    ("wp512", 64),
    ("tgr128", 16),
    ("tgr160", 20),
    ("tgr192", 24),
    ("sm3", 32),
    ("streebog256", 32),
    ("streebog512", 64),
    ("sha3-256", 32),
    ("sha3-384", 48),
    ("sha3-512", 64),
];

/// The digest of the hook's file, as Tetragon writes it: `sha256:2cf2…`. `None` when the kernel gave
/// none.
pub(super) fn of(record: &Record<'_>) -> Option<String> {
    let mut items = record.items().map_while(Result::ok);
    let item = items.find(|item| item.id == extra::IMA && item.status == status::READ)?;
    text(item.payload)
}

fn text(payload: &[u8]) -> Option<String> {
    let number =
        payload.get(digest::ALGORITHM..)?.first_chunk().copied().map(u32::from_le_bytes)?;
    let (name, length) = ALGORITHMS.get(usize::try_from(number).ok()?)?;
    let bytes = payload.get(digest::BYTES..)?.get(..*length)?;
    let mut text = format!("{name}:");
    for byte in bytes {
        // Writing to a text never fails.
        let _ = write!(text, "{byte:02x}");
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_as_long_as_its_algorithm_says() {
        let payload = |algorithm: u8| {
            let mut payload = [0xab; digest::SIZE];
            payload[..8].copy_from_slice(&[algorithm, 0, 0, 0, 0, 0, 0, 0]);
            text(&payload)
        };
        assert_eq!(payload(1).as_deref(), Some("md5:abababababababababababababababab"));
        assert_eq!(payload(4).map(|text| text.len()), Some("sha256:".len() + 64));
        assert_eq!(payload(23), None);
        assert_eq!(text(&[4, 0, 0, 0, 0, 0, 0, 0, 1]), None);
    }
}

//! The file behind a URI.

use lsp_types::Uri;

/// The path of a `file:` URI; of another, a name in the current folder, for a document that was
/// never saved.
pub(super) fn of(uri: &Uri) -> String {
    let text = uri.as_str();
    match text.strip_prefix("file://") {
        Some(path) => decoded(path),
        None => text.rsplit(['/', ':']).next().unwrap_or(text).to_owned(),
    }
}

/// Undoes `%20` and its like; what is no such escape stays.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escape = (first == b'%').then(|| hexadecimal(after.get(..2)?)).flatten();
        bytes.push(escape.unwrap_or(first));
        rest = if escape.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok()?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some(())?;
    u8::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_from_its_uri() {
        for (uri, path) in [
            ("file:///a/b%20c/%C3%A9.yaml", "/a/b c/é.yaml"),
            ("file:///a%2", "/a%2"),
            ("untitled:Untitled-1", "Untitled-1"),
        ] {
            // Not every text of an editor is a URI by the letter.
            if let Ok(uri) = uri.parse::<Uri>() {
                assert_eq!(of(&uri), path);
            }
        }
        assert_eq!(decoded("%zz%"), "%zz%");
    }
}

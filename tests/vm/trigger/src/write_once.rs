//! Writes bytes with one call, or reads them with one.

use std::fs::{File, OpenOptions};
use std::io::{IoSlice, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

/// `write-once FILE TEXT`: one `write`. `\0` in the text is a zero byte.
pub(crate) fn write(arguments: &[String]) -> Result<(), String> {
    let [path, text] = arguments else { return Err("wants a file and a text".into()) };
    let bytes = text.replace("\\0", "\0");
    all(appended(path)?.write(bytes.as_bytes()), bytes.len())
}

/// `write-many FILE BYTES LETTER`: one `write` of that many bytes. The last is `!`, the others are
/// the letters from LETTER on, again and again.
pub(crate) fn write_many(arguments: &[String]) -> Result<(), String> {
    let [path, bytes, letter] = arguments else {
        return Err("wants a file, a number and a letter".into());
    };
    let count: usize = bytes.parse().map_err(|error| format!("{error}"))?;
    let first = usize::from(letter.bytes().next().unwrap_or(b'a') - b'a');
    let mut text: Vec<u8> =
        (first..first + count).map(|at| b'a' + u8::try_from(at % 26).unwrap_or(0)).collect();
    if let Some(last) = text.last_mut() {
        *last = b'!';
    }
    all(appended(path)?.write(&text), count)
}

/// `write-vectors FILE TEXT...`: one `writev`.
pub(crate) fn write_vectors(arguments: &[String]) -> Result<(), String> {
    let Some((path, texts)) = arguments.split_first() else { return Err("wants a file".into()) };
    let parts: Vec<IoSlice<'_>> = texts.iter().map(|text| IoSlice::new(text.as_bytes())).collect();
    all(appended(path)?.write_vectored(&parts), texts.iter().map(String::len).sum())
}

/// `write-socket TEXT...`: one `writev` to a socket, or one `write` of a single text.
pub(crate) fn write_socket(texts: &[String]) -> Result<(), String> {
    let (here, _there) = UnixStream::pair().map_err(|error| error.to_string())?;
    // As a file: the standard library sends to sockets by other calls.
    let mut here = File::from(OwnedFd::from(here));
    if let [text] = texts {
        return all(here.write(text.as_bytes()), text.len());
    }
    let parts: Vec<IoSlice<'_>> = texts.iter().map(|text| IoSlice::new(text.as_bytes())).collect();
    all(here.write_vectored(&parts), texts.iter().map(String::len).sum())
}

/// `read-once FILE BYTES`: one `read`, into memory that was touched.
pub(crate) fn read(arguments: &[String]) -> Result<(), String> {
    let [path, bytes] = arguments else { return Err("wants a file and a number".into()) };
    let count: usize = bytes.parse().map_err(|error| format!("{error}"))?;
    let mut buffer = vec![b'-'; count];
    let mut file = File::open(path).map_err(|error| error.to_string())?;
    file.read(&mut buffer).map_err(|error| error.to_string())?;
    Ok(())
}

fn appended(path: &str) -> Result<File, String> {
    OpenOptions::new().append(true).create(true).open(path).map_err(|error| error.to_string())
}

fn all(written: std::io::Result<usize>, wanted: usize) -> Result<(), String> {
    match written {
        Ok(written) if written == wanted => Ok(()),
        Ok(written) => Err(format!("wrote {written} of {wanted} bytes")),
        Err(error) => Err(error.to_string()),
    }
}

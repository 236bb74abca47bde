//! Messages as bytes: a header with the length, and JSON. What is malformed is passed over.

use std::io::{self, BufRead, Write};
use std::sync::mpsc::Sender;

use lsp_server::Message;

/// The largest message that is read, in bytes. A longer one is passed over.
const MESSAGE_MAX: u64 = 128 << 20;
/// The longest line of a header, in bytes.
const HEADER_MAX: u64 = 4096;

/// What came in.
#[derive(Debug)]
pub(super) enum Incoming {
    Message(Message),
    /// Bytes that are no message, and why.
    Malformed(String),
}

/// Reads messages until there are no more, or nobody wants them.
pub(super) fn read(mut input: impl BufRead, sender: &Sender<Incoming>) {
    while let Ok(Some(incoming)) = one(&mut input) {
        if sender.send(incoming).is_err() {
            return;
        }
    }
}

/// Writes a message.
pub(super) fn write(message: &Message, mut output: &mut dyn Write) -> io::Result<()> {
    message.write(&mut output)
}

/// `lsp_server` reads messages too, but trusts the length that the header states.
fn one(input: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if io::Read::take(&mut *input, HEADER_MAX).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.trim().eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse::<u64>().ok();
        }
    }
    let Some(length) = length else {
        return Ok(Some(Incoming::Malformed("a header without a Content-Length".into())));
    };
    let mut body = io::Read::take(&mut *input, length);
    if length > MESSAGE_MAX {
        io::copy(&mut body, &mut io::sink())?;
        return Ok(Some(Incoming::Malformed(format!("a message of {length} bytes"))));
    }
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut body, &mut bytes)?;
    if (bytes.len() as u64) < length {
        return Ok(None);
    }
    Ok(Some(match serde_json::from_slice(&bytes) {
        Ok(message) => Incoming::Message(message),
        Err(error) => Incoming::Malformed(error.to_string()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<Incoming> {
        let (sender, receiver) = std::sync::mpsc::channel();
        read(bytes, &sender);
        drop(sender);
        receiver.iter().collect()
    }

    #[test]
    fn what_follows_a_malformed_message_is_read() {
        let exit = "Content-Length: 33\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}";
        for bad in [
            "Content-Length: 3\r\n\r\n{]}",
            "Content-Length: -1\r\n\r\n",
            "Content-Length: 2\r\n\r\n\u{80}",
            "nonsense\r\n\r\n",
            "\r\n",
        ] {
            let found = all(format!("{bad}{exit}").as_bytes());
            assert!(matches!(found.first(), Some(Incoming::Malformed(_))), "{bad}");
            assert!(matches!(found.last(), Some(Incoming::Message(_))), "{bad}");
        }
    }

    #[test]
    fn a_length_that_lies_allocates_nothing() {
        let found = all(b"Content-Length: 18446744073709551615\r\n\r\n{}");
        assert!(matches!(found.as_slice(), [Incoming::Malformed(_)]), "{found:?}");
        assert!(all(b"Content-Length: 1000000\r\n\r\n{}").is_empty());
    }
}

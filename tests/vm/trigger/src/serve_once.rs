//! `serve-once ADDRESS:PORT`: answers one request of HTTP, and prints its first line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [address] = arguments else { return Err("ADDRESS:PORT is missing".into()) };
    let served = TcpListener::bind(address).and_then(|listener| {
        let (mut stream, _) = listener.accept()?;
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line)?;
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n")?;
        println!("{}", line.trim_end());
        Ok(())
    });
    served.map_err(|error| error.to_string())
}

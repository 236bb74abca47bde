//! `answer-name ADDRESS:PORT`: answers questions of DNS with that there is no such name, prints the
//! first name that is asked for, and ends when nobody asks for two seconds after.

use std::net::UdpSocket;
use std::time::Duration;

/// Where questions begin in a message.
const HEADER: usize = 12;

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [address] = arguments else { return Err("ADDRESS:PORT is missing".into()) };
    let socket = UdpSocket::bind(address).map_err(|error| error.to_string())?;
    let mut message = [0; 512];
    let mut is_told = false;
    while let Ok((length, from)) = socket.recv_from(&mut message) {
        let asked = message.get(..length).unwrap_or_default();
        if !std::mem::replace(&mut is_told, true) {
            println!("{}", name(asked.get(HEADER..).unwrap_or_default()));
        }
        let answer = socket.send_to(&refusal(asked), from);
        answer.map_err(|error| error.to_string())?;
        let patience = Some(Duration::from_secs(2));
        socket.set_read_timeout(patience).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// The name with which a question begins: labels, each behind its length.
fn name(mut question: &[u8]) -> String {
    let mut labels = Vec::new();
    while let Some((length @ 1.., rest)) = question.split_first()
        && let Some((label, rest)) = rest.split_at_checked(usize::from(*length))
    {
        labels.push(String::from_utf8_lossy(label).into_owned());
        question = rest;
    }
    labels.join(".")
}

/// The question as an answer with the code 3: there is no such name.
fn refusal(question: &[u8]) -> Vec<u8> {
    let mut answer = question.to_vec();
    if let Some(flags) = answer.get_mut(2..4) {
        flags.copy_from_slice(&[0x81, 0x83]);
    }
    answer
}

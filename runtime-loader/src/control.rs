//! The socket through which policies of a running loader are listed and switched.
//!
//! Only root may: the socket has the mode 0600, and whoever connects is asked for as well. A
//! connection carries one request and its answer, each one line of JSON.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use writ_bundle::Mode;

use crate::code::{self, Problem};
use crate::policies::Listed;
use crate::system;

/// Where the socket is when nobody says otherwise.
pub const DEFAULT_PATH: &str = "/run/writ-loader.sock";

/// Bytes of a request that are read.
const REQUEST_MAX: u64 = 4_096;

/// How long the other side is waited for: events must not wait for it longer.
const PATIENCE: Duration = Duration::from_millis(500);

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "request")]
pub enum Request {
    List,
    Switch { policy: String, namespace: Option<String>, mode: Mode },
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "answer")]
pub enum Answer {
    Policies { policies: Vec<Listed> },
    Switched,
    Refused { code: String, message: String, help: Option<String> },
}

impl From<Problem> for Answer {
    fn from(problem: Problem) -> Self {
        let Problem { code, message, help } = problem;
        Self::Refused { code: code.id.to_owned(), message, help }
    }
}

/// The loader's side. Dropping it takes the socket away.
#[derive(Debug)]
pub struct Control {
    listener: UnixListener,
    path: PathBuf,
}

impl Control {
    /// Makes the socket. One that a loader left which is gone is replaced.
    ///
    /// # Errors
    ///
    /// When another loader serves it, or it cannot be made there.
    pub fn listen(path: &Path) -> Result<Self, Problem> {
        if UnixStream::connect(path).is_ok() {
            let message = format!("`{}` is served by another loader", path.display());
            return Err(Problem::new(&code::CONTROL, message).help("say another --socket"));
        }
        let problem =
            |error| Problem::new(&code::CONTROL, format!("`{}`: {error}", path.display()));
        take_away(path).map_err(problem)?;
        let listener = UnixListener::bind(path).map_err(problem)?;
        let control = Self { listener, path: path.to_owned() };
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(problem)?;
        control.listener.set_nonblocking(true).map_err(problem)?;
        Ok(control)
    }

    /// Answers everybody who waits.
    pub fn serve(&self, mut answer: impl FnMut(Request) -> Answer) {
        while let Ok((stream, _)) = self.listener.accept() {
            // Whoever goes away without waiting for the answer harms nobody else.
            let _ = converse(&stream, &mut answer);
        }
    }
}

impl AsFd for Control {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.listener.as_fd()
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Removes a socket that is there. Anything else stays: it is no loader's.
fn take_away(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_socket() => fs::remove_file(path),
        Ok(_) => Err(io::Error::new(io::ErrorKind::AlreadyExists, "it is there, and no socket")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn converse(stream: &UnixStream, answer: &mut impl FnMut(Request) -> Answer) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let user = system::peer_user(stream.as_fd())?;
    if user != 0 && user != system::own_user() {
        return Ok(());
    }
    let mut line = String::new();
    BufReader::new(stream.take(REQUEST_MAX)).read_line(&mut line)?;
    let said = match serde_json::from_str(&line) {
        Ok(request) => answer(request),
        Err(error) => Problem::new(&code::CONTROL, format!("no request: {error}")).into(),
    };
    send(stream, &said)
}

fn send(mut stream: &UnixStream, what: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    stream.write_all(&line)
}

/// Asks the loader that serves the socket.
///
/// # Errors
///
/// When there is none, when it does not answer, or when it refuses.
pub fn ask(path: &Path, request: &Request) -> Result<Answer, Problem> {
    let place = path.display();
    let problem = |error: io::Error| {
        let is_gone = [io::ErrorKind::NotFound, io::ErrorKind::ConnectionRefused];
        let help = if is_gone.contains(&error.kind()) {
            "no loader runs there; `writ-loader run` serves the socket that --socket names"
        } else if error.kind() == io::ErrorKind::PermissionDenied {
            "only root may list and switch policies"
        } else {
            "is it a writ-loader that serves the socket?"
        };
        Problem::new(&code::CONTROL, format!("`{place}`: {error}")).help(help)
    };
    let mut text = String::new();
    let stream = UnixStream::connect(path).map_err(problem)?;
    send(&stream, request).map_err(problem)?;
    (&stream).read_to_string(&mut text).map_err(problem)?;
    if text.is_empty() {
        return Err(problem(io::ErrorKind::PermissionDenied.into()));
    }
    match serde_json::from_str(&text) {
        Ok(Answer::Refused { code, message, help }) => {
            let code = code::find(&code).unwrap_or(&code::CONTROL);
            Err(Problem { code, message, help })
        }
        Ok(answer) => Ok(answer),
        Err(error) => Err(problem(error.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("writ-control-{name}-{}", std::process::id()))
    }

    #[test]
    fn a_request_is_answered_and_a_refusal_is_a_problem() {
        let path = path("answers");
        let control = Control::listen(&path).unwrap();
        let asked = std::thread::spawn({
            let path = path.clone();
            move || {
                let mode = Mode::Monitor;
                let switch = Request::Switch { policy: "p".into(), namespace: None, mode };
                (ask(&path, &Request::List), ask(&path, &switch))
            }
        });
        while !asked.is_finished() {
            control.serve(|request| match request {
                Request::List => Answer::Policies { policies: Vec::new() },
                Request::Switch { .. } => Problem::new(&code::UNKNOWN_POLICY, "none").into(),
            });
            std::thread::sleep(Duration::from_millis(5));
        }
        let (list, switch) = asked.join().unwrap();
        assert_eq!(list, Ok(Answer::Policies { policies: Vec::new() }));
        assert_eq!(switch.unwrap_err().code, &code::UNKNOWN_POLICY);
    }

    #[test]
    fn only_the_owner_may_open_the_socket_and_it_goes_with_the_loader() {
        let path = path("mode");
        let control = Control::listen(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Control::listen(&path).unwrap_err().code, &code::CONTROL);
        drop(control);
        assert!(!path.exists());
        assert_eq!(ask(&path, &Request::List).unwrap_err().code, &code::CONTROL);
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test looks at its own file")]
    fn a_file_that_is_no_socket_stays_where_it_is() {
        let path = path("file");
        fs::write(&path, "precious").unwrap();
        assert_eq!(Control::listen(&path).unwrap_err().code, &code::CONTROL);
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
        fs::remove_file(&path).unwrap();
    }
}

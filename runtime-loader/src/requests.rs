//! What events ask of the loader itself: to fetch an address or look a name up, so that a canary
//! sings. Only what the operator allows is done, in a thread of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use writ_bundle::{Manifest, Request};

use crate::events::Requests;
use crate::output::Messages;

/// What the operator allows; `*` allows everything.
#[derive(Debug, Clone, Default)]
pub struct Allowed {
    /// Hosts from which an address may be fetched.
    pub get_url: Vec<String>,
    /// Names that may be looked up.
    pub dns: Vec<String>,
}

/// Requests that wait at most. Events can come faster than any host answers.
const WAITING_MAX: usize = 64;

/// How long a host may take for each step.
const PATIENCE: Duration = Duration::from_secs(5);

/// Something that can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Job {
    Fetch { host: String, port: u16, path: String },
    Resolve { name: String },
}

/// Carries requests of these bundles out, as far as `allowed` says. What is not allowed or cannot
/// be done is told now, once for each request.
pub fn requests(manifests: &[Manifest], allowed: &Allowed, messages: Messages) -> Requests {
    let mut jobs = BTreeMap::new();
    for request in wanted(manifests) {
        match job(request, allowed) {
            Ok(job) => drop(jobs.insert(request.clone(), job)),
            Err(why) => messages.warning(&why),
        }
    }
    if jobs.is_empty() {
        return Box::new(|_| {});
    }
    let (sender, receiver) = sync_channel(WAITING_MAX);
    thread::spawn(move || carry_out(&receiver, messages));
    Box::new(move |request| send(&jobs, request, &sender))
}

fn wanted(manifests: &[Manifest]) -> BTreeSet<&Request> {
    let hooks = manifests.iter().flat_map(|manifest| &manifest.hooks);
    let selectors = hooks.flat_map(|hook| &hook.selectors);
    selectors.flat_map(|one| one.requests.iter().chain(&one.return_requests)).collect()
}

/// When as many wait as may, the canary sings already.
fn send(jobs: &BTreeMap<Request, Job>, request: &Request, sender: &SyncSender<Job>) {
    if let Some(job) = jobs.get(request) {
        let _ = sender.try_send(job.clone());
    }
}

fn job(request: &Request, allowed: &Allowed) -> Result<Job, String> {
    let is_allowed = |list: &[String], one: &str| list.iter().any(|may| may == "*" || may == one);
    match request {
        Request::GetUrl { url } => {
            let job =
                fetch(url).map_err(|why| format!("`GetUrl` of {url:?} is not done: {why}"))?;
            match &job {
                Job::Fetch { host, .. } if !is_allowed(&allowed.get_url, host) => Err(format!(
                    "`GetUrl` of {url:?} is not done: allow it with `--allow-get-url {host}`"
                )),
                Job::Fetch { .. } | Job::Resolve { .. } => Ok(job),
            }
        }
        Request::DnsLookup { name } if !is_allowed(&allowed.dns, name) => {
            Err(format!("`DnsLookup` of {name:?} is not done: allow it with `--allow-dns {name}`"))
        }
        Request::DnsLookup { name } => Ok(Job::Resolve { name: name.clone() }),
    }
}

/// The parts of an address. Nothing in it may end a line of the request.
fn fetch(url: &str) -> Result<Job, &'static str> {
    if url.starts_with("https://") {
        return Err("only http is fetched, not https");
    }
    let rest = url.strip_prefix("http://").ok_or("it does not begin with http://")?;
    if !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("it has a character that must be written with %");
    }
    let rest = rest.split('#').next().unwrap_or(rest);
    let (authority, path) = match rest.find(['/', '?']).and_then(|end| rest.split_at_checked(end)) {
        Some((authority, path)) if path.starts_with('/') => (authority, path.to_owned()),
        Some((authority, query)) => (authority, format!("/{query}")),
        None => (rest, "/".to_owned()),
    };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()),
        _ => (authority, Some(80)),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match port {
        Some(port) if !host.is_empty() && !host.contains('@') => {
            Ok(Job::Fetch { host: host.to_owned(), port, path })
        }
        _ => Err("it has no host, no good port, or a user"),
    }
}

fn carry_out(jobs: &Receiver<Job>, messages: Messages) {
    let mut told = BTreeSet::new();
    while let Ok(job) = jobs.recv() {
        let (what, done) = match &job {
            Job::Fetch { host, port, path } => {
                (format!("`GetUrl` of http://{host}:{port}{path}"), get(host, *port, path))
            }
            Job::Resolve { name } => {
                let found = (name.as_str(), 0).to_socket_addrs().map(|_| ());
                (format!("`DnsLookup` of {name}"), found)
            }
        };
        // There are no more different ones than the bundles have.
        if let Err(error) = done
            && told.insert(what.clone())
        {
            messages.warning(&format!("{what} failed: {error}"));
        }
    }
}

/// Asks for a page and waits for the beginning of the answer, whatever that is: who is asked knows
/// then.
fn get(host: &str, port: u16, path: &str) -> io::Result<()> {
    let address = (host, port).to_socket_addrs()?.next().ok_or(io::ErrorKind::NotFound)?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUser-Agent: writ-loader\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    stream.read_exact(&mut [0; 12])
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn url(url: &str) -> Request {
        Request::GetUrl { url: url.to_owned() }
    }

    #[test]
    fn an_address_is_taken_apart() {
        for (text, host, port, path) in [
            ("http://a.example", "a.example", 80, "/"),
            ("http://a.example:8080/x?y=1#z", "a.example", 8080, "/x?y=1"),
            ("http://a.example?y", "a.example", 80, "/?y"),
            ("http://[::1]:81/", "::1", 81, "/"),
            ("http://[::1]/", "::1", 80, "/"),
        ] {
            let (host, path) = (host.to_owned(), path.to_owned());
            assert_eq!(fetch(text), Ok(Job::Fetch { host, port, path }), "{text}");
        }
        for text in [
            "https://a.example/",
            "a.example",
            "http://",
            "http://a:b/",
            "http://u@a/",
            "http://a/x y",
            "http://a/\r\nX: y",
        ] {
            assert!(fetch(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_what_the_operator_allows_is_done() {
        let one = Allowed { get_url: vec!["a.example".to_owned()], dns: Vec::new() };
        assert!(job(&url("http://a.example/x"), &one).is_ok());
        assert!(job(&url("http://b.example/x"), &one).unwrap_err().contains("--allow-get-url"));
        assert!(job(&url("http://a.example/x"), &Allowed::default()).is_err());
        let lookup = Request::DnsLookup { name: "a.example".to_owned() };
        assert!(job(&lookup, &one).unwrap_err().contains("--allow-dns a.example"));
        let all = Allowed { get_url: Vec::new(), dns: vec!["*".to_owned()] };
        assert_eq!(job(&lookup, &all), Ok(Job::Resolve { name: "a.example".to_owned() }));
    }

    #[test]
    fn a_page_is_asked_for() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = thread::spawn(move || get("127.0.0.1", port, "/canary?1"));
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 20];
        stream.read_exact(&mut request).unwrap();
        assert_eq!(&request, b"GET /canary?1 HTTP/1");
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        asked.join().unwrap().unwrap();
    }
}

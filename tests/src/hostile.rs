//! A loopback server that answers as no honest one would: byte by byte, over plain HTTP and over TLS.
//!
//! It is every host of the hostile worlds. Each connection carries one request, so that what an answer breaks is
//! that answer's own.

pub mod answer;
mod certificates;
mod flood;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::site::{Request, media_type};
use crate::world::{Route, World};

/// The longest that one connection lives: an endless answer ends with the visit that asked for it.
const LONGEST: Duration = Duration::from_secs(120);
const GREETING: Duration = Duration::from_secs(10);
const MOST_HEAD: usize = 64 << 10;
const MOST_BODY: u64 = 1 << 20;
const BAD_REQUEST: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// A running server; it stops when dropped.
pub struct Hostile {
    plain: SocketAddr,
    tls: SocketAddr,
    shared: Arc<Shared>,
    serving: [JoinHandle<()>; 2],
}

struct Shared {
    worlds: Vec<World>,
    requests: Mutex<Vec<Request>>,
}

/// What a client asked for.
pub struct Asked {
    pub host: String,
    pub path: String,
    pub query: String,
    headers: Vec<(String, String)>,
}

impl Asked {
    /// The value of this header, by its name in lower case; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

impl Hostile {
    /// Serves these worlds on two free ports.
    pub async fn start(worlds: Vec<World>) -> Result<Self> {
        let shared = Arc::new(Shared { worlds, requests: Mutex::default() });
        let (plain, serving_plain) = listen(Arc::clone(&shared), None).await?;
        let (tls, serving_tls) = listen(Arc::clone(&shared), Some(certificates::acceptor()?)).await?;
        Ok(Self { plain, tls, shared, serving: [serving_plain, serving_tls] })
    }

    /// Names and where they lead: plain HTTP for `*.hostile.test`, TLS for `*.tls.hostile.test`. Browsers speak brotli
    /// and zstd over plain HTTP with `*.localhost` alone.
    pub fn names(&self) -> [(&'static str, SocketAddr); 3] {
        [("*.hostile.test", self.plain), ("*.localhost", self.plain), ("*.tls.hostile.test", self.tls)]
    }

    /// The part of a configuration that makes postlink find these hosts, and nothing else on this machine.
    pub fn guard(&self) -> String {
        let names = self.names().map(|(name, at)| format!("\"{name}\" = \"{at}\"")).join(", ");
        format!("[guard]\nallow = [\"127.0.0.1/32\"]\nresolve = {{ {names} }}\n")
    }

    /// Everything that was asked so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().expect("a connection panicked").clone()
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        for serving in &self.serving {
            serving.abort();
        }
    }
}

async fn listen(shared: Arc<Shared>, tls: Option<TlsAcceptor>) -> Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("no free port")?;
    let at = listener.local_addr()?;
    let serving = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            while connections.try_join_next().is_some() {}
            let Ok((stream, _)) = listener.accept().await else { continue };
            stream.set_nodelay(true).ok();
            let (shared, tls) = (Arc::clone(&shared), tls.clone());
            connections.spawn(timeout(LONGEST, async move {
                match tls {
                    None => serve(stream, &shared).await.ok(),
                    Some(tls) => serve(tls.accept(stream).await.ok()?, &shared).await.ok(),
                }
            }));
        }
    });
    Ok((at, serving))
}

/// Reads one request and answers it; an error is a client that has gone.
async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, shared: &Shared) -> std::io::Result<()> {
    let Ok(head) = timeout(GREETING, head(&mut stream)).await else { return Ok(()) };
    let Some((method, asked)) = parse(&head?) else { return stream.write_all(BAD_REQUEST).await };
    let body: u64 = asked.header("content-length").parse().unwrap_or_default();
    tokio::io::copy(&mut (&mut stream).take(body.min(MOST_BODY)), &mut tokio::io::sink()).await?;
    let user_agent = asked.header("user-agent");
    let found = shared.worlds.iter().find_map(|world| {
        Some((world, world.routes.iter().find(|route| route.fits(&asked.host, &asked.path, user_agent))?))
    });
    let path = if asked.query.is_empty() { asked.path.clone() } else { format!("{}?{}", asked.path, asked.query) };
    shared.requests.lock().expect("a connection panicked").push(Request {
        method,
        host: asked.host.clone(),
        path,
        user_agent: user_agent.to_owned(),
        body: usize::try_from(body).unwrap_or(usize::MAX),
        known: found.is_some(),
    });
    match found {
        Some((world, route)) => {
            tokio::time::sleep(Duration::from_millis(route.delay_ms)).await;
            match route.raw {
                Some(raw) => answer::play(raw, &mut stream, &asked).await?,
                None => stream.write_all(&plain(world, route)).await?,
            }
        }
        None => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await?,
    }
    stream.shutdown().await
}

/// Up to the empty line; where TLS is spoken, which this is not, up to its first byte.
async fn head(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Vec<u8>> {
    const TLS_HANDSHAKE: u8 = 0x16;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.first() != Some(&TLS_HANDSHAKE) && head.len() < MOST_HEAD {
        head.push(stream.read_u8().await?);
    }
    Ok(head)
}

/// The method, and the rest of what was asked.
fn parse(head: &[u8]) -> Option<(String, Asked)> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers: Vec<_> =
        headers.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned())).collect();
    let mut asked = Asked { host: String::new(), path: path.to_owned(), query: query.to_owned(), headers };
    asked.host = asked.header("host").split(':').next().unwrap_or_default().to_ascii_lowercase();
    Some((method, asked))
}

/// A well-formed answer, as a route describes it; its status line names no reason.
fn plain(world: &World, route: &Route) -> Vec<u8> {
    let mut status = route.status.unwrap_or(200);
    let mut headers: Vec<(String, String)> =
        route.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let mut body = Vec::new();
    if let Some(redirect) = &route.redirect {
        status = redirect.status;
        headers.push(("Location".into(), redirect.to.clone()));
    } else if let Some(file) = &route.file {
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            headers.push(("Content-Type".into(), media_type(file).into()));
        }
        match std::fs::read(world.folder.join("pages").join(file)) {
            Ok(bytes) => body = bytes,
            Err(error) => (status, body) = (500, format!("{}: {file}: {error}\n", world.name).into_bytes()),
        }
    }
    headers.extend([("Content-Length".into(), body.len().to_string()), ("Connection".into(), "close".into())]);
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    [format!("HTTP/1.1 {status} \r\n{lines}\r\n").into_bytes(), body].concat()
}

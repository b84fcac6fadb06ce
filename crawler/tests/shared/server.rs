//! A server that reads requests as they come, byte by byte: it knows the order and the case of their headers.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    /// In the order in which they came.
    pub(crate) headers: Vec<(String, String)>,
}

/// A server of 127.0.0.1; it answers every host and closes each connection after one answer.
pub(crate) struct Server {
    pub(crate) at: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// `answer` gives the media type and the body; it is told what was asked before, this request last.
    pub(crate) async fn start(
        answer: impl Fn(&Asked, &[Asked]) -> (&'static str, String) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let (at, asked) = (listener.local_addr().expect("an address"), Arc::new(Mutex::new(Vec::new())));
        let (log, answer) = (Arc::clone(&asked), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        let Ok(byte) = stream.read_u8().await else { return };
                        head.push(byte);
                    }
                    let request = read(&String::from_utf8_lossy(&head));
                    let (kind, body) = {
                        let mut log = log.lock().expect("the log");
                        log.push(request.clone());
                        answer(&request, &log)
                    };
                    if request.path.starts_with("/slow") {
                        tokio::time::sleep(Duration::from_millis(250)).await;
                    }
                    let answer = format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\naccess-control-allow-origin: *\r\n\
                         cache-control: no-store\r\nconnection: close\r\n\r\n{body}",
                        body.len()
                    );
                    stream.write_all(answer.as_bytes()).await.ok();
                });
            }
        });
        Self { at, asked }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("the log").clone()
    }
}

fn read(head: &str) -> Asked {
    let mut lines = head.lines();
    let path = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
    let headers =
        lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_owned(), value.to_owned()));
    Asked { path, headers: headers.collect() }
}

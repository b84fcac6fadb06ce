//! A real NATS with JetStream for tests: each starts one of its own, on a free port.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::consumer::pull;
use futures_util::StreamExt as _;
use tempfile::TempDir;

use crate::courier::JetStream;

/// A server of its own, ended when dropped.
pub struct Server {
    folder: TempDir,
    at: SocketAddr,
    process: Child,
}

fn program() -> PathBuf {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.cache/nats/bin/nats-server");
    assert!(program.is_file(), "{} is not there: scripts/setup installs it", program.display());
    program
}

fn run(folder: &Path, at: SocketAddr) -> Child {
    let config = folder.join("nats.conf");
    let store = folder.join("store");
    let text = format!("listen: \"{at}\"\njetstream {{ store_dir: \"{}\" }}\n", store.display());
    std::fs::write(&config, text).unwrap();
    Command::new(program()).arg("-c").arg(config).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

impl Server {
    pub fn start() -> Self {
        Self::start_at(Ipv4Addr::LOCALHOST.into())
    }

    /// Heard at this address of this machine.
    pub fn start_at(address: IpAddr) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = std::net::TcpListener::bind((address, 0)).unwrap().local_addr().unwrap();
        let process = run(folder.path(), at);
        Self { folder, at, process }
    }

    pub fn url(&self) -> String {
        format!("nats://{}", self.at)
    }

    /// A connection, once the server is up.
    pub async fn courier(&self) -> JetStream {
        for _ in 0..100 {
            match JetStream::connect(&self.url(), None, 1).await {
                Ok(courier) => return courier,
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
        panic!("NATS did not start");
    }

    /// Everything that stands on the stream of events, as anybody reads it: subject, id and body.
    pub async fn events(&self) -> Vec<(String, String, String)> {
        let client = async_nats::connect(self.url()).await.unwrap();
        let stream = async_nats::jetstream::new(client).get_stream("POSTLINK_EVENTS").await.unwrap();
        let consumer = stream.create_consumer(pull::Config::default()).await.unwrap();
        let mut read = consumer.fetch().max_messages(1_000).messages().await.unwrap();
        let mut events = Vec::new();
        while let Some(message) = read.next().await {
            let message = message.unwrap();
            message.ack().await.unwrap();
            let id = message.headers.as_ref().and_then(|headers| headers.get(NATS_MESSAGE_ID)).unwrap().to_string();
            events.push((message.subject.to_string(), id, String::from_utf8(message.payload.to_vec()).unwrap()));
        }
        events
    }

    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Everything that it kept is gone.
    pub fn lose_its_disk(&self) {
        std::fs::remove_dir_all(self.folder.path().join("store")).unwrap();
    }

    pub fn up_again(&mut self) {
        self.process = run(self.folder.path(), self.at);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

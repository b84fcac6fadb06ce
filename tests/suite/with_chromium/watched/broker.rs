//! A nats-server with JetStream, for as long as it is held, with the users of deploy/secrets-new.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use postlink_tests::repository;

pub(super) struct Broker {
    server: Child,
    pub(super) port: u16,
    secrets: PathBuf,
}

impl Broker {
    /// Starts it in this folder, as deploy/nats/single.conf says, but for where it is.
    pub(super) fn start(folder: &Path) -> Self {
        let secrets = folder.join("run/secrets");
        let made = Command::new(repository::root().join("deploy/secrets-new")).arg(&secrets).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let text = std::fs::read_to_string(repository::root().join("deploy/nats/single.conf")).unwrap();
        let text = text.replace("port: 4222", &format!("listen: 127.0.0.1:{port}"));
        let here = folder.join("streams").display().to_string();
        let text = text.lines().filter(|line| !line.starts_with("http:")).collect::<Vec<_>>().join("\n");
        let config = folder.join("etc/nats/nats.conf");
        std::fs::create_dir_all(config.parent().unwrap()).unwrap();
        std::fs::write(&config, text.replace("/data", &here)).unwrap();
        let program = repository::root().join(".cache/nats/bin/nats-server");
        let server = Command::new(program).arg("-c").arg(&config).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut broker = Self { server: server.unwrap(), port, secrets };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(broker.server.try_wait().unwrap().is_none(), "nats-server has ended");
            assert!(began.elapsed() < Duration::from_secs(20), "nats-server does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        broker
    }

    /// The part of a configuration by which it is reached as this user.
    pub(super) fn reached_by(&self, user: &str) -> String {
        let credentials = self.secrets.join(format!("nats_{user}"));
        format!(
            "[fleet]\nnats = \"nats://127.0.0.1:{}\"\nnats_credentials = \"{}\"\n",
            self.port,
            credentials.display()
        )
    }

    pub(super) fn stop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.stop();
    }
}

//! A real PostgreSQL for tests: each starts one of its own, on a free port.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A server of its own, ended when dropped.
pub struct Server {
    folder: TempDir,
    port: u16,
}

/// Where Debian puts the programs of each version, the newest last.
fn programs() -> PathBuf {
    let mut versions: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
        .expect("PostgreSQL is installed: scripts/setup does it")
        .map(|entry| entry.unwrap().path().join("bin"))
        .collect();
    versions.sort();
    versions.pop().expect("a version of PostgreSQL")
}

impl Server {
    pub fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("postlink-pg-").tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { folder, port };
        let data = server.data();
        server.run(
            "initdb",
            &["-D", &data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-instructions"],
        );
        server.up();
        server
    }

    pub fn up(&self) {
        let (port, home) = (self.port, self.folder.path().display());
        let options = format!("-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home} -c fsync=off");
        let log = format!("{home}/log");
        self.run("pg_ctl", &["-D", &self.data(), "-w", "-t", "60", "-l", &log, "-o", &options, "start"]);
    }

    /// As when its machine fails: nothing is said to those who are connected.
    pub fn down(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]);
    }

    /// Stops all processes of the server where they are, or lets them go on.
    pub fn signal(&self, signal: &str) {
        let pid = std::fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap();
        assert!(Command::new("pkill").args([signal, "-P", pid]).status().unwrap().success());
        assert!(Command::new("kill").args([signal, pid]).status().unwrap().success());
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    /// Runs a program of the server. It refuses to run as root: then as the user that its package made.
    fn run(&self, program: &str, arguments: &[&str]) {
        let program = programs().join(program);
        let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        let mut command = if root {
            assert!(Command::new("chown").arg("postgres").arg(self.folder.path()).status().unwrap().success());
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let run = command.args(arguments).env("HOME", self.folder.path()).output().unwrap();
        assert!(run.status.success(), "{command:?}: {}", String::from_utf8_lossy(&run.stderr));
    }

    pub fn url(&self) -> String {
        format!("postgres://tester@127.0.0.1:{}/postgres", self.port)
    }

    /// The address of a new database.
    pub fn database(&self, name: &str) -> String {
        let port = self.port.to_string();
        self.run("createdb", &["-h", "127.0.0.1", "-p", &port, "-U", "tester", name]);
        format!("postgres://tester@127.0.0.1:{port}/{name}")
    }
}

impl Server {
    /// Holds up whoever takes in or says something of complaints, until it is dropped.
    pub fn holds_up_hearing(&self, database: &str) -> HeldUp {
        let mut command = self.psql(database);
        let mut client = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let lock = crate::postgres::hearing::LOCK;
        writeln!(client.stdin.as_mut().unwrap(), "SELECT pg_advisory_lock({lock}); SELECT 'held';").unwrap();
        let mut said = BufReader::new(client.stdout.as_mut().unwrap()).lines();
        assert!(said.any(|line| line.unwrap() == "held"));
        HeldUp(client)
    }

    /// How many wait for it.
    pub fn held_up(&self, database: &str) -> u64 {
        let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
        let told = self.psql(database).args(["-c", waiting]).output().unwrap();
        String::from_utf8_lossy(&told.stdout).trim().parse().unwrap()
    }

    fn psql(&self, database: &str) -> Command {
        let mut command = Command::new(programs().join("psql"));
        let port = self.port.to_string();
        command.args(["-h", "127.0.0.1", "-p", &port, "-U", "tester", "-At", "-q", "-d", database]);
        command
    }
}

/// As long as it is there, nobody takes in or says anything of complaints.
pub struct HeldUp(Child);

impl Drop for HeldUp {
    fn drop(&mut self) {
        // With its input its session ends, and what it held.
        drop(self.0.stdin.take());
        self.0.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.down();
    }
}

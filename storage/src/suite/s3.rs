//! An S3 service for tests, and what stands before it to make it fail.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::evidence::{Bucket, Patience};

/// Nobody who does not sign writes over what is there; the service believes every signature.
const SIGNED: &str =
    "AWS4-HMAC-SHA256 Credential=tester/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";

/// A service of its own with one empty bucket, ended when dropped.
pub struct Service {
    process: Child,
    at: SocketAddr,
}

impl Service {
    pub fn start() -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.cache/moto/bin/moto_server");
        let at = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let process = Command::new(&program)
            .args(["-H", "127.0.0.1", "-p", &at.port().to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}; scripts/setup installs it", program.display()));
        let service = Self { process, at };
        let begun = Instant::now();
        while !service.make_bucket() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the service does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        service
    }

    fn make_bucket(&self) -> bool {
        self.put("", b"")
    }

    /// Puts something into the bucket, behind the back of whoever uses it.
    pub fn put(&self, path: &str, bytes: &[u8]) -> bool {
        let Ok(mut stream) = TcpStream::connect(self.at) else { return false };
        let length = bytes.len();
        let head = format!(
            "PUT /evidence{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {SIGNED}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        let mut answer = String::new();
        stream.write_all(&[head.as_bytes(), bytes].concat()).is_ok()
            && stream.read_to_string(&mut answer).is_ok()
            && answer.starts_with("HTTP/1.1 200")
    }

    pub fn bucket(&self) -> Bucket {
        reached_through(self.at)
    }

    pub fn address(&self) -> SocketAddr {
        self.at
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// The bucket, behind this address; who uses it has little patience.
pub fn reached_through(at: SocketAddr) -> Bucket {
    Bucket {
        url: "s3://evidence/of/postlink".into(),
        endpoint: format!("http://{at}"),
        region: "us-east-1".into(),
        access_key: "tester".into(),
        secret_key: "tester".into(),
        session_token: String::new(),
        patience: Patience {
            connect: Duration::from_secs(1),
            silence: Duration::from_millis(700),
            retries: 3,
            together: Duration::from_secs(5),
        },
    }
}

/// What goes wrong with a connection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// The service is not asked, and says 500.
    InternalError,
    /// The service is not asked, and says 503.
    SlowDown,
    /// The service is not asked, and nothing is said.
    Silence,
    /// The service is not asked, and the connection ends.
    Reset,
    /// A part of what is sent reaches the service, and the connection ends.
    PartOfTheRequest,
    /// The service does as it is asked, and its answer is lost.
    AnswerLost,
    /// The service does as it is asked, and the end of its answer never comes.
    PartOfTheAnswer,
    /// The service does as it is asked, and the last byte of its answer is another.
    AnswerGarbled,
}

pub const FAULTS: [Fault; 8] = [
    Fault::InternalError,
    Fault::SlowDown,
    Fault::Silence,
    Fault::Reset,
    Fault::PartOfTheRequest,
    Fault::AnswerLost,
    Fault::PartOfTheAnswer,
    Fault::AnswerGarbled,
];

/// Stands before a service, and lets requests fail as it is told.
pub struct Proxy {
    at: SocketAddr,
    plan: Arc<Mutex<Option<(Fault, usize)>>>,
    asked: Arc<AtomicUsize>,
}

impl Proxy {
    pub fn before(service: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self { at: listener.local_addr().unwrap(), plan: Arc::default(), asked: Arc::default() };
        let (plan, asked) = (Arc::clone(&proxy.plan), Arc::clone(&proxy.asked));
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (plan, asked) = (Arc::clone(&plan), Arc::clone(&asked));
                std::thread::spawn(move || one(client, service, &plan, &asked));
            }
        });
        proxy
    }

    pub fn bucket(&self) -> Bucket {
        reached_through(self.at)
    }

    /// The next so many requests fail in this way.
    pub fn fail(&self, fault: Fault, times: usize) {
        *self.plan.lock().unwrap() = Some((fault, times));
    }

    pub fn mend(&self) {
        *self.plan.lock().unwrap() = None;
    }

    /// How many requests came since it was asked last.
    pub fn asked(&self) -> usize {
        self.asked.swap(0, Ordering::SeqCst)
    }
}

/// One request a connection: the client is told to close it.
fn one(mut client: TcpStream, service: SocketAddr, plan: &Mutex<Option<(Fault, usize)>>, asked: &AtomicUsize) {
    let Some(request) = message(&mut client) else { return };
    asked.fetch_add(1, Ordering::SeqCst);
    let fault = {
        let mut plan = plan.lock().unwrap();
        match *plan {
            Some((fault, times)) if times > 0 => {
                *plan = Some((fault, times - 1));
                Some(fault)
            }
            _ => None,
        }
    };
    let said =
        |status: &str| format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into_bytes();
    let answer = match fault {
        Some(Fault::InternalError) => said("500 Internal Server Error"),
        Some(Fault::SlowDown) => said("503 Slow Down"),
        Some(Fault::Silence) => {
            std::thread::sleep(Duration::from_secs(2));
            return;
        }
        Some(Fault::Reset) => return,
        Some(Fault::PartOfTheRequest) => {
            if let Ok(mut stream) = TcpStream::connect(service) {
                stream.write_all(&request[..request.len() - request.len() / 4]).ok();
                stream.shutdown(Shutdown::Both).ok();
            }
            return;
        }
        _ => match forward(service, &request) {
            Some(answer) => answer,
            None => return,
        },
    };
    let answer = match fault {
        Some(Fault::AnswerLost) => return,
        Some(Fault::PartOfTheAnswer) => answer[..answer.len() - answer.len().min(5)].to_vec(),
        Some(Fault::AnswerGarbled) if answer.ends_with(b"\n") => answer,
        Some(Fault::AnswerGarbled) => {
            let mut answer = answer;
            if let Some(last) = answer.last_mut() {
                *last ^= 1;
            }
            answer
        }
        _ => answer,
    };
    client.write_all(&answer).ok();
    client.shutdown(Shutdown::Write).ok();
}

/// The service's answer, which says that the connection ends with it.
fn forward(service: SocketAddr, request: &[u8]) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect(service).ok()?;
    let end = request.windows(4).position(|four| four == b"\r\n\r\n")?;
    stream.write_all(&request[..end]).ok()?;
    stream.write_all(b"\r\nConnection: close").ok()?;
    stream.write_all(&request[end..]).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Some(answer)
}

/// A whole request, by its length.
fn message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let (mut bytes, mut piece) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&piece[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        if bytes.len() >= end + 4 + length.unwrap_or(0_usize) {
            return Some(bytes);
        }
    }
}

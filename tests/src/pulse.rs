//! What a process that examines ads holds at one moment, its browser included: what grows from round to round is a leak.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One look at a process and everything it started.
#[derive(Clone, Debug, Default)]
pub struct Pulse {
    /// Pages, workers and frames that the browser has open, its own empty first page left out.
    pub targets: usize,
    /// Isolated contexts of the browser.
    pub contexts: usize,
    /// Processes below this one.
    pub processes: usize,
    /// Of this process: open file descriptors, threads.
    pub descriptors: usize,
    pub threads: usize,
    /// Folders for temporary files that carry this process's number.
    pub folders: usize,
    /// MiB that this process has in memory.
    pub own: f64,
    /// MiB that the processes below it have in memory, shared pages counted once.
    pub browser: f64,
}

impl Pulse {
    /// Looks at the process that asks.
    pub async fn take() -> Result<Self> {
        let own = std::process::id();
        let below = below(own);
        let mut pulse = Self {
            processes: below.len(),
            descriptors: entries(&format!("/proc/{own}/fd")).len(),
            threads: entries(&format!("/proc/{own}/task")).len(),
            folders: folders(own).len(),
            own: memory(own),
            browser: below.iter().map(|&process| memory(process)).sum(),
            ..Self::default()
        };
        for port in below.iter().filter_map(|&process| debugging_port(process)) {
            (pulse.targets, pulse.contexts) = browser(port).await.context("the browser does not say what it holds")?;
        }
        Ok(pulse)
    }

    /// What this look shows more of than an earlier one did, beyond what may vary.
    pub fn growth_since(&self, earlier: &Self) -> Vec<String> {
        let mut growth = Vec::new();
        let mut compare = |what: &str, now: f64, then: f64, bound: f64| {
            if now > then + bound {
                growth.push(format!("{what}: {now:.0}, from {then:.0}, more than {bound:.0} more"));
            }
        };
        let count = |number: usize| number as f64;
        compare("targets", count(self.targets), count(earlier.targets), 0.0);
        compare("contexts", count(self.contexts), count(earlier.contexts), 0.0);
        compare("processes", count(self.processes), count(earlier.processes), count(MORE_PROCESSES));
        compare("descriptors", count(self.descriptors), count(earlier.descriptors), count(MORE_DESCRIPTORS));
        compare("threads", count(self.threads), count(earlier.threads), count(MORE_THREADS));
        compare("folders", count(self.folders), count(earlier.folders), 0.0);
        compare("MiB of this process", self.own, earlier.own, MORE_OWN_MIB);
        compare("MiB of the browser", self.browser, earlier.browser, MORE_BROWSER_MIB);
        growth
    }
}

/// What may grow between two looks without being a leak.
const MORE_PROCESSES: usize = 2; // renderers and helpers that the browser keeps in stock
const MORE_DESCRIPTORS: usize = 40; // sockets of the test's own server that wait for their end
const MORE_THREADS: usize = 8;
const MORE_OWN_MIB: f64 = 150.0; // what allocators keep, and the debug build
const MORE_BROWSER_MIB: f64 = 150.0;

/// Every process below this one.
fn below(root: u32) -> Vec<u32> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for process in entries("/proc").iter().filter_map(|name| name.parse().ok()) {
        let status = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // The name of the program, in brackets, may hold anything.
        let after_name = status.rsplit(')').next().unwrap_or_default();
        let mut fields = after_name.split_whitespace();
        // One that has ended and waits to be noticed holds nothing.
        if let (Some(state), Some(Ok(parent))) = (fields.next(), fields.next().map(str::parse))
            && state != "Z"
        {
            children.entry(parent).or_default().push(process);
        }
    }
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(process) = open.pop() {
        let more = children.remove(&process).unwrap_or_default();
        found.extend(&more);
        open.extend(more);
    }
    found
}

fn entries(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Folders in the folder for temporary files whose name says that this process made them.
fn folders(process: u32) -> Vec<PathBuf> {
    let here = std::env::temp_dir();
    let mark = format!("-{process}-");
    entries(&here.to_string_lossy())
        .into_iter()
        .filter(|name| name.contains(&mark))
        .map(|name| here.join(name))
        .collect()
}

fn memory(process: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kib: f64 = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default();
    kib / 1_024.0
}

/// Where a browser can be spoken to, if the process is one.
fn debugging_port(process: u32) -> Option<u16> {
    let line = std::fs::read(format!("/proc/{process}/cmdline")).ok()?;
    let line = String::from_utf8_lossy(&line);
    // Its helpers name their type and share the rest.
    let mut words = line.split(['\0', ' ']);
    if line.contains("--type=") {
        return None;
    }
    words.find_map(|word| word.strip_prefix("--remote-debugging-port="))?.parse().ok()
}

/// How many targets and contexts a browser has.
async fn browser(port: u16) -> Result<(usize, usize)> {
    let own = |target: &&Value| target["url"] == "about:blank" && target["type"] == "page";
    let targets = ask(port, "/json/list").await?;
    let targets = targets.as_array().context("/json/list is a list")?;
    let count = targets.len() - usize::from(targets.iter().any(|target| own(&target)));
    let version = ask(port, "/json/version").await?;
    let address = version["webSocketDebuggerUrl"].as_str().context("the browser has an address")?;
    Ok((count, contexts(address).await?))
}

/// The browser keeps the connection open, whatever it is asked: its answer ends where it says.
async fn ask(port: u16, path: &str) -> Result<Value> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.context("an answer has a length")?];
    stream.read_exact(&mut body).await?;
    Ok(serde_json::from_slice(&body)?)
}

async fn contexts(address: &str) -> Result<usize> {
    use futures_util::{SinkExt, StreamExt};
    let (mut socket, _) = tokio_tungstenite::connect_async(address).await?;
    socket.send(r#"{"id": 1, "method": "Target.getBrowserContexts"}"#.into()).await?;
    while let Some(message) = socket.next().await {
        let message: Value = serde_json::from_str(message?.to_text()?)?;
        if message["id"] == 1 {
            return Ok(message["result"]["browserContextIds"].as_array().map_or(0, Vec::len));
        }
    }
    anyhow::bail!("the browser hung up")
}

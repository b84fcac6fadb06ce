//! The sockets of the browsers that this process has started, as the kernel tells of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// 127.0.0.1, as the kernel writes it.
const LOOPBACK: &str = "0100007F:";
/// 5353, by which names are asked for on the local network.
const MULTICAST_DNS: &str = "14E9";

/// Where the browsers' processes are connected to, other than to 127.0.0.1; over UDP anywhere. WebRTC's other sockets
/// are bound and never used: the listeners prove that.
pub(crate) fn strangers() -> BTreeSet<String> {
    let processes = processes();
    let mut browsers: BTreeSet<u32> = BTreeSet::new();
    // Children of children: as many rounds as there are generations.
    for _ in 0..4 {
        for (&id, (parent, name)) in &processes {
            if browsers.contains(parent) || (*parent == std::process::id() && name.contains("chrom")) {
                browsers.insert(id);
            }
        }
    }
    let theirs: BTreeSet<u64> = browsers.iter().flat_map(|&id| inodes(id)).collect();
    let sockets = sockets();
    // Both ends of what is spoken over loopback are ours: the guard's doors, and the browser's own for us.
    let strange = sockets.iter().filter(|socket| {
        let unused = socket.remote.ends_with(":0000") && socket.local.rsplit(':').next() != Some(MULTICAST_DNS);
        let strange = if socket.udp { !unused } else { !socket.remote.starts_with(LOOPBACK) };
        theirs.contains(&socket.inode) && !socket.listens && strange
    });
    let told = |socket: &Socket| format!("{} -> {}", socket.local, socket.remote);
    strange.map(told).collect()
}

struct Socket {
    udp: bool,
    local: String,
    remote: String,
    listens: bool,
    inode: u64,
}

fn sockets() -> Vec<Socket> {
    let mut sockets = Vec::new();
    for kind in ["tcp", "tcp6", "udp", "udp6"] {
        let table = fs::read_to_string(format!("/proc/net/{kind}")).unwrap_or_default();
        for line in table.lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let &[_, local, remote, state, _, _, _, _, _, inode, ..] = &fields[..] else { continue };
            sockets.push(Socket {
                udp: kind.starts_with("udp"),
                local: local.to_owned(),
                remote: remote.to_owned(),
                listens: kind.starts_with("tcp") && state == "0A",
                inode: inode.parse().unwrap_or_default(),
            });
        }
    }
    sockets
}

/// By id: the parent, and the name.
fn processes() -> BTreeMap<u32, (u32, String)> {
    let mut processes = BTreeMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Ok(id) = entry.file_name().to_string_lossy().parse() else { continue };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let Some((name, rest)) = stat.rsplit_once(')') else { continue };
        let parent = rest.split_whitespace().nth(1).and_then(|parent| parent.parse().ok()).unwrap_or_default();
        processes.insert(id, (parent, name.to_owned()));
    }
    processes
}

/// The sockets that a process holds.
fn inodes(process: u32) -> BTreeSet<u64> {
    let held = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
    held.filter_map(|entry| {
        let to = fs::read_link(entry.path()).ok()?;
        to.to_string_lossy().strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
    })
    .collect()
}

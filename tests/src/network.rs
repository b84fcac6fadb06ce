//! A network of its own for a process, and the only cable between it and this machine's, which can be pulled.

use std::net::IpAddr;
use std::process::Command;
use std::sync::atomic::{AtomicU8, Ordering};

use anyhow::{Result, bail};

/// Networks that this process has made.
static MADE: AtomicU8 = AtomicU8::new(0);

/// A network namespace (`ip netns`); it goes when dropped.
pub struct Network {
    name: String,
    /// Our end of the cable.
    plug: String,
    /// This machine, as seen from there.
    pub here: IpAddr,
}

impl Network {
    /// Whether this process may make one: it needs the rights to administer networks and to mount.
    pub fn may() -> bool {
        const NEEDED: u64 = 1 << 12 | 1 << 21;
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let rights = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
        rights
            .and_then(|rights| u64::from_str_radix(rights.trim(), 16).ok())
            .is_some_and(|rights| rights & NEEDED == NEEDED)
    }

    pub fn new() -> Result<Self> {
        let (process, made) = (std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        // An interface's name has fifteen letters at most; 198.18.0.0/15 is for tests of networks (RFC 2544).
        let (name, plug, socket) =
            (format!("pl{process}-{made}"), format!("p{process}-{made}"), format!("s{process}-{made}"));
        let [low, high] = u16::try_from(process % (1 << 15))?.to_be_bytes();
        let [third, fourth] = [low << 1 | high >> 7, (high << 1).wrapping_add(made << 2) & 0xfc];
        let (here, there) = ([198, 19, third, fourth + 1], [198, 19, third, fourth + 2]);
        let here = IpAddr::from(here);
        let network = Self { name, plug, here };
        let (name, plug) = (&network.name, &network.plug);
        ip(&["netns", "add", name])?;
        ip(&["link", "add", plug, "type", "veth", "peer", "name", &socket, "netns", name])?;
        ip(&["addr", "add", &format!("{here}/30"), "dev", plug])?;
        ip(&["link", "set", plug, "up"])?;
        ip(&["-n", name, "addr", "add", &format!("{}/30", IpAddr::from(there)), "dev", &socket])?;
        ip(&["-n", name, "link", "set", &socket, "up"])?;
        ip(&["-n", name, "link", "set", "lo", "up"])?;
        Ok(network)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Nothing comes through, and nobody is told: packets are lost.
    pub fn pull(&self) -> Result<()> {
        ip(&["link", "set", &self.plug, "down"])
    }

    pub fn plug_in(&self) -> Result<()> {
        ip(&["link", "set", &self.plug, "up"])
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // The cable goes with the network that its other end is in.
        ip(&["netns", "delete", &self.name]).ok();
    }
}

fn ip(arguments: &[&str]) -> Result<()> {
    let run = Command::new("ip").args(arguments).output()?;
    if !run.status.success() {
        bail!("ip {}: {}", arguments.join(" "), String::from_utf8_lossy(&run.stderr));
    }
    Ok(())
}

//! One visit's door to the Internet: a SOCKS5 server on loopback that lives as long as the visit.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fast_socks5::server::{NoAuthentication, Socks5ServerProtocol, SocksServerError};
use fast_socks5::{ReplyError, Socks5Command};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use tracing::debug;

use crate::guard::fenced::Fenced;
use crate::guard::journal::{Journal, Trouble};
use crate::guard::pasted::Pasted;
use crate::guard::rules::Guard;

/// A page that wants more connections at once has to wait.
const MOST_CONNECTIONS: usize = 256;
const CONNECT_BOUND: Duration = Duration::from_secs(10);
const GREETING_BOUND: Duration = Duration::from_secs(10);

/// The door of one visit; dropping it closes the door and every connection through it.
///
/// Any process of this machine could use it: Chromium knows no SOCKS password, so there is none. The door
/// therefore listens on loopback, on a port chosen by the system, and only while the visit lasts; and what goes
/// through it is under the guard's rules whoever sent it.
pub(crate) struct Gate {
    at: SocketAddr,
    journal: Journal,
    serving: JoinHandle<()>,
}

impl Gate {
    /// Opens it; after `until`, a moment at which somebody else may begin to look, nothing goes out any more.
    pub(crate) async fn open(guard: Arc<Guard>, until: Option<Instant>) -> io::Result<Self> {
        Self::with(guard, until, None).await
    }

    /// The same, with a page behind it that is nowhere else.
    pub(crate) async fn with(guard: Arc<Guard>, until: Option<Instant>, pasted: Option<Pasted>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let at = listener.local_addr()?;
        let journal = Journal::default();
        let serving = tokio::spawn(serve(listener, guard, journal.clone(), until, pasted.map(Arc::new)));
        Ok(Self { at, journal, serving })
    }

    pub(crate) fn at(&self) -> SocketAddr {
        self.at
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.journal
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        // The connections are children of this task, and end with it.
        self.serving.abort();
    }
}

async fn serve(
    listener: TcpListener,
    guard: Arc<Guard>,
    journal: Journal,
    until: Option<Instant>,
    pasted: Option<Arc<Pasted>>,
) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        if connections.len() >= MOST_CONNECTIONS {
            connections.join_next().await;
            continue;
        }
        match listener.accept().await {
            Ok((client, _)) => {
                let (guard, journal, pasted) = (Arc::clone(&guard), journal.clone(), pasted.clone());
                connections.spawn(async move {
                    if let Err(error) = connect(client, &guard, &journal, until, pasted.as_deref()).await {
                        debug!(%error, "A connection through the guard ended");
                    }
                });
            }
            Err(error) => {
                // Out of file descriptors, most likely: others must close first.
                debug!(%error, "The guard could not accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// Serves one client: reads where to, checks, connects to the very address that was checked.
async fn connect(
    client: TcpStream,
    guard: &Guard,
    journal: &Journal,
    until: Option<Instant>,
    pasted: Option<&Pasted>,
) -> Result<(), SocksServerError> {
    client.set_nodelay(true).ok();
    let greeting = async {
        let greeted = Socks5ServerProtocol::start(client).negotiate_auth(&[NoAuthentication]).await?;
        Socks5ServerProtocol::finish_auth(greeted).read_command().await
    };
    let Ok(greeted) = timeout(GREETING_BOUND, greeting).await else { return Ok(()) };
    let (protocol, command, to) = greeted?;
    if !matches!(command, Socks5Command::TCPConnect) {
        // Neither UDP nor listening: nothing a page needs, and nothing the rules could be applied to.
        return protocol.reply_error(&ReplyError::CommandNotSupported).await;
    }
    let (host, port) = to.into_string_and_port();
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    if until.is_some_and(|until| Instant::now() >= until) {
        return protocol.reply_error(&ReplyError::ConnectionNotAllowed).await;
    }
    if let Some(pasted) = pasted.filter(|pasted| pasted.is_at(&host, port)) {
        let mut client = protocol.reply_success(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0)).await?;
        if let Err(error) = pasted.answer(&mut client).await {
            debug!(%error, "A page that was pasted was not taken whole");
        }
        return Ok(());
    }
    match open(&host, port, guard).await {
        Ok(server) => {
            let address = server.peer_addr().unwrap_or_else(|_| SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0));
            debug!(host, port, %address, "The guard opened a connection");
            journal.opened(&host, port, address);
            server.set_nodelay(true).ok();
            let mut client = protocol.reply_success(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0)).await?;
            let mut server = Fenced { stream: server, until };
            if tokio::io::copy_bidirectional(&mut client, &mut server).await.is_ok() {
                server.ends();
            }
            Ok(())
        }
        Err(trouble) => {
            debug!(host, port, %trouble, "The guard opened no connection");
            let reply = match &trouble {
                Trouble::Refused { .. } => ReplyError::ConnectionNotAllowed,
                Trouble::NameNotResolved(_) | Trouble::NoSuchName(_) => ReplyError::HostUnreachable,
                Trouble::Failed(_) => ReplyError::ConnectionRefused,
            };
            journal.trouble(&host, port, trouble);
            protocol.reply_error(&reply).await
        }
    }
}

/// Resolves, checks each address, and connects to the first permitted one that answers.
async fn open(host: &str, port: u16, guard: &Guard) -> Result<TcpStream, Trouble> {
    let addresses = addresses(host, port, guard).await?;
    let mut trouble = None;
    for address in addresses {
        if let Some(class) = refusal(address, guard) {
            trouble.get_or_insert(Trouble::Refused { address: address.ip(), class });
            continue;
        }
        match timeout(CONNECT_BOUND, TcpStream::connect(address)).await {
            Ok(Ok(server)) => return Ok(server),
            Ok(Err(error)) => trouble = Some(Trouble::Failed(format!("{address}: {error}"))),
            Err(_) => {
                trouble = Some(Trouble::Failed(format!("{address}: no answer within {} s", CONNECT_BOUND.as_secs())))
            }
        }
    }
    Err(trouble.unwrap_or_else(|| Trouble::NameNotResolved("no address".into())))
}

async fn addresses(host: &str, port: u16, guard: &Guard) -> Result<Vec<SocketAddr>, Trouble> {
    if let Some(at) = guard.resolve(host) {
        return Ok(vec![at]);
    }
    if let Ok(ip) = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    guard.names().addresses(host, port).await
}

/// Why this address is not connected to. Beside the guard's rules: an address that is public, but this machine's own,
/// leads to services that nobody outside can reach.
fn refusal(address: SocketAddr, guard: &Guard) -> Option<&'static str> {
    let ours = || !guard.allows(address.ip()) && is_this_machine(address);
    guard.refuses(address.ip()).or_else(|| ours().then_some("this machine"))
}

/// Whether the way to an address begins and ends here. Nothing is sent: connecting a UDP socket only chooses a way.
fn is_this_machine(address: SocketAddr) -> bool {
    let any: IpAddr = if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let from = std::net::UdpSocket::bind((any, 0)).and_then(|socket| {
        socket.connect(address)?;
        socket.local_addr()
    });
    from.is_ok_and(|from| from.ip() == address.ip())
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::guard::Rules;
    use crate::guard::names::Names;

    async fn gate(allow: &[&str], resolve: &[(&str, SocketAddr)]) -> Gate {
        let rules = Rules {
            allow: allow.iter().map(|&range| range.to_owned()).collect(),
            resolve: resolve.iter().map(|(name, at)| ((*name).to_owned(), at.to_string())).collect(),
            ..Rules::default()
        };
        Gate::open(Arc::new(Guard::new(&rules).expect("rules")), None).await.expect("a gate")
    }

    /// Asks for a connection; gives the stream and the reply's code.
    async fn ask(gate: &Gate, command: u8, host: &str, port: u16) -> (TcpStream, u8) {
        let mut client = TcpStream::connect(gate.at()).await.expect("the gate is open");
        client.write_all(&[5, 1, 0]).await.expect("greets");
        let mut method = [0; 2];
        client.read_exact(&mut method).await.expect("is greeted");
        let mut request = vec![5, command, 0, 3, u8::try_from(host.len()).expect("a short name")];
        request.extend_from_slice(host.as_bytes());
        request.extend_from_slice(&port.to_be_bytes());
        client.write_all(&request).await.expect("asks");
        let mut reply = [0; 10];
        client.read_exact(&mut reply).await.expect("is answered");
        (client, reply[1])
    }

    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let at = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                stream.write_all(b"here").await.expect("speaks");
            }
        });
        at
    }

    #[tokio::test]
    async fn what_is_allowed_is_opened_and_written_down() {
        let at = echo().await;
        let gate = gate(&["127.0.0.1"], &[("*.test", at)]).await;
        let (mut stream, code) = ask(&gate, 1, "A.test.", 80).await;
        let mut said = [0; 4];
        stream.read_exact(&mut said).await.expect("is spoken to");
        assert_eq!((code, &said), (0, b"here"));
        assert_eq!(gate.journal().remote("http://a.test/x"), Some(at.to_string()));
        drop(gate);
        assert_eq!(stream.read(&mut said).await.unwrap_or(0), 0, "the connection ends with its gate");
    }

    /// The hosts of the table, as a SOCKS client would name them.
    fn hosts() -> impl Iterator<Item = &'static str> {
        let lines = include_str!("../../tests/guard/hosts.txt").lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| line.split_whitespace().next()).filter(|host| !host.contains(['@']))
    }

    #[tokio::test]
    async fn what_is_not_allowed_is_refused_however_it_is_written() {
        let at = echo().await;
        let gate = gate(&[], &[("inside.test", at)]).await;
        for host in hosts() {
            let host = host.trim_start_matches('[').trim_end_matches(']').replace("%25", "%");
            let (_, code) = ask(&gate, 1, &host, at.port()).await;
            // 2 is refused; 4, not found, is as good for what no resolver takes for a host.
            assert!(matches!(code, 2 | 4), "{host}: {code}");
            if let Ok(address) = host.parse::<IpAddr>() {
                assert_eq!(ask_by_address(&gate, address, at.port()).await, 2, "{host}");
                assert_eq!(code, 2, "{host}");
            }
        }
        assert!(gate.journal().all_opened().is_empty());
        assert!(matches!(
            gate.journal().why_not(&format!("http://inside.test:{}/", at.port())),
            Some(Trouble::Refused { class: "loopback", .. })
        ));
    }

    /// The same, the address said in bytes.
    async fn ask_by_address(gate: &Gate, address: IpAddr, port: u16) -> u8 {
        let mut client = TcpStream::connect(gate.at()).await.expect("the gate is open");
        let mut request = vec![5, 1, 0, 5, 1, 0, if address.is_ipv4() { 1 } else { 4 }];
        match address {
            IpAddr::V4(v4) => request.extend(v4.octets()),
            IpAddr::V6(v6) => request.extend(v6.octets()),
        }
        request.extend(port.to_be_bytes());
        client.write_all(&request).await.expect("asks");
        let mut reply = [0; 4];
        client.read_exact(&mut reply).await.expect("is answered");
        reply[3]
    }

    /// A gate whose resolver gives these answers one after the other, and how often it was asked.
    async fn lied_to(answers: Vec<Vec<SocketAddr>>) -> (Gate, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let names = Names::answered(move |_, _| {
            let answer = answers.get(count.fetch_add(1, Ordering::SeqCst)).cloned().unwrap_or_default();
            Box::pin(async move { Ok(answer) })
        });
        // 127.0.0.1 plays the public address, 127.0.0.2 the private one.
        let rules = Rules { allow: vec!["127.0.0.1".to_owned()], ..Rules::default() };
        let guard = Guard::new(&rules).expect("rules").asking(names);
        (Gate::open(Arc::new(guard), None).await.expect("a gate"), asked)
    }

    /// Counts who connects to 127.0.0.2 at this port.
    async fn private(port: u16) -> Arc<AtomicUsize> {
        let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 2), port)).await.expect("the port");
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        count
    }

    #[tokio::test]
    async fn a_name_that_changes_its_address_is_checked_each_time_and_asked_for_once() {
        let public = echo().await;
        let connections = private(public.port()).await;
        let inside = SocketAddr::new(Ipv4Addr::new(127, 0, 0, 2).into(), public.port());
        // Public, then private, then both, then private as IPv6 writes it, then public again.
        let mapped = SocketAddr::new(Ipv4Addr::new(127, 0, 0, 2).to_ipv6_mapped().into(), public.port());
        let answers = vec![vec![public], vec![inside], vec![inside, public], vec![mapped], vec![public, inside]];
        let (gate, asked) = lied_to(answers).await;
        for (turn, expected) in [0, 2, 0, 2, 0].into_iter().enumerate() {
            let (mut stream, code) = ask(&gate, 1, "rebinding.test", public.port()).await;
            assert_eq!((code, asked.load(Ordering::SeqCst)), (expected, turn + 1), "turn {turn}");
            if code == 0 {
                let mut said = [0; 4];
                stream.read_exact(&mut said).await.expect("is spoken to");
                let remote = gate.journal().remote(&format!("http://rebinding.test:{}/", public.port()));
                assert_eq!((&said, remote), (b"here", Some(public.to_string())), "turn {turn}");
            }
        }
        assert_eq!(connections.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn a_name_without_addresses_or_with_private_ones_only_opens_nothing() {
        let at = echo().await;
        let inside = |last: u8| SocketAddr::new(Ipv4Addr::new(10, 0, 0, last).into(), at.port());
        let (gate, _) = lied_to(vec![vec![], (1..9).map(inside).chain([at]).collect()]).await;
        assert_eq!(ask(&gate, 1, "nothing.test", at.port()).await.1, 4);
        assert_eq!(ask(&gate, 1, "many.test", at.port()).await.1, 2);
    }

    #[test]
    fn this_machine_is_known_by_every_address_of_its_own() {
        let at = |text: &str| SocketAddr::new(text.parse().expect("an address"), 80);
        assert!(is_this_machine(at("127.0.0.1")) && is_this_machine(at("::1")));
        assert!(!is_this_machine(at("8.8.8.8")) && !is_this_machine(at("2400:3200::1")));
    }

    #[tokio::test]
    async fn after_its_time_nothing_goes_out_not_even_what_was_begun_before() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let at = listener.local_addr().expect("an address");
        let rules = Rules { allow: vec!["127.0.0.1".to_owned()], ..Rules::default() };
        let until = Instant::now() + Duration::from_secs(2);
        let gate = Gate::open(Arc::new(Guard::new(&rules).expect("rules")), Some(until)).await.expect("a gate");
        let (mut client, code) = ask(&gate, 1, "127.0.0.1", at.port()).await;
        assert_eq!(code, 0);
        let (mut server, _) = listener.accept().await.expect("a connection");
        client.write_all(b"early").await.expect("is written");
        let mut heard = [0; 5];
        server.read_exact(&mut heard).await.expect("what was said in time");
        tokio::time::sleep_until(until.into()).await;
        client.write_all(b"late").await.expect("is written");
        assert_eq!(server.read(&mut heard).await.unwrap_or(0), 0, "the connection ends, and nothing more comes");
        assert_eq!(ask(&gate, 1, "127.0.0.1", at.port()).await.1, 2, "nor is another one opened");
    }

    #[tokio::test]
    async fn nothing_but_connecting_is_served() {
        let gate = gate(&["127.0.0.0/8"], &[]).await;
        for (command, what) in [(2, "bind"), (3, "UDP associate")] {
            let (_, code) = ask(&gate, command, "127.0.0.1", 53).await;
            assert_eq!(code, 7, "{what}");
        }
    }
}

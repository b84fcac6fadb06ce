//! Connections: so many at once, and none that keeps its place by being slow.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use futures_util::{StreamExt as _, stream};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

/// What connections may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// At once; who comes beyond them waits. A process has some thousand files open at most.
    pub(super) connections: usize,
    /// From one request's end, or the connection's begin, to the end of the next one's head.
    pub(super) head: Duration,
    /// For the next piece of a body, and for all of it.
    pub(super) piece: Duration,
    pub(super) body: Duration,
}

pub(super) const BOUNDS: Bounds = Bounds {
    connections: 512,
    head: Duration::from_secs(60),
    piece: Duration::from_secs(30),
    body: Duration::from_secs(600),
};

/// After a connection that could not be taken: files may run out, and come back.
const PAUSE: Duration = Duration::from_millis(100);

#[derive(Debug, thiserror::Error)]
#[error("what was sent came too slowly: the rest of it is not waited for")]
struct TooSlow;

/// Answers until `end` comes, and then what is under way.
pub(super) async fn serve(
    listener: TcpListener,
    routes: Router,
    bounds: Bounds,
    end: impl Future<Output = ()>,
) -> io::Result<()> {
    let routes = TowerToHyperService::new(routes.layer(from_fn_with_state(bounds, in_time)));
    let (places, closing, mut end) = (Arc::new(Semaphore::new(bounds.connections)), GracefulShutdown::new(), pin!(end));
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await.expect("internal error: nobody closes it");
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = &mut end => break,
        };
        let Ok((stream, peer)) = accepted else {
            sleep(PAUSE).await;
            continue;
        };
        let routes = routes.clone();
        let answer = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer));
            routes.call(request)
        });
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(bounds.head);
        let connection = closing.watch(http.serve_connection(TokioIo::new(stream), answer));
        tokio::spawn(async move {
            // How it ended is its own matter.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    closing.shutdown().await;
    Ok(())
}

/// Waits so long for what is sent, and no longer.
async fn in_time(State(bounds): State<Bounds>, request: Request, next: Next) -> Response {
    let request = request.map(|body| if body.is_end_stream() { body } else { bounded(body, bounds) });
    next.run(request).await
}

fn bounded(body: Body, bounds: Bounds) -> Body {
    let begun = (body.into_data_stream(), Box::pin(sleep(bounds.body)));
    Body::from_stream(stream::try_unfold(begun, move |(mut pieces, mut over)| async move {
        let piece = tokio::select! {
            piece = timeout(bounds.piece, pieces.next()) => piece.ok(),
            () = &mut over => None,
        };
        let piece = piece.ok_or_else(|| axum::Error::new(TooSlow))?.transpose()?;
        Ok::<_, axum::Error>(piece.map(|piece| (piece, (pieces, over))))
    }))
}

#[cfg(test)]
mod tests {
    use axum::routing::post;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;

    const LONG: Duration = Duration::from_secs(600);
    const SHORT: Duration = Duration::from_millis(50);
    const PATIENT: Bounds = Bounds { connections: 9, head: LONG, piece: LONG, body: LONG };

    async fn served(bounds: Bounds) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let said = async |body: axum::body::Bytes| format!("{} bytes", body.len());
        tokio::spawn(serve(listener, Router::new().route("/", post(said)), bounds, std::future::pending()));
        address
    }

    async fn connected(address: SocketAddr, sent: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.expect("connects");
        stream.write_all(sent.as_bytes()).await.expect("writes");
        stream
    }

    /// What it is told until it is sent away.
    async fn told(stream: &mut TcpStream) -> String {
        let mut told = Vec::new();
        // A connection that is cut off is at its end as well.
        let _ = stream.read_to_end(&mut told).await;
        String::from_utf8(told).expect("text")
    }

    const WHOLE: &str = "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc";
    const PART: &str = "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 9\r\n\r\nabc";

    #[tokio::test]
    async fn who_is_slow_is_sent_away() {
        let hasty = served(Bounds { head: SHORT, ..PATIENT }).await;
        for sent in ["", "POST / HTTP/1.1\r\nhost: a\r\nx: "] {
            assert!(!told(&mut connected(hasty, sent).await).await.contains("200"), "{sent}");
        }
        let kept = WHOLE.replace("connection: close\r\n", "");
        assert!(told(&mut connected(hasty, &kept).await).await.contains("3 bytes"), "and then nothing more came");
        for bounds in [Bounds { piece: SHORT, ..PATIENT }, Bounds { body: SHORT, ..PATIENT }] {
            let told = told(&mut connected(served(bounds).await, PART).await).await;
            assert!(told.contains(" 400 ") && !told.contains("bytes"), "{told}");
        }
        assert!(told(&mut connected(served(PATIENT).await, WHOLE).await).await.contains("3 bytes"));
    }

    #[tokio::test]
    async fn who_comes_beyond_the_bound_waits() {
        let address = served(Bounds { connections: 1, ..PATIENT }).await;
        let mut first = connected(address, PART).await;
        let second = tokio::spawn(async move { told(&mut connected(address, WHOLE).await).await });
        // The first one is answered though it came in two parts, and the other after it.
        tokio::task::yield_now().await;
        first.write_all(b"defghi").await.expect("writes");
        assert!(told(&mut first).await.contains("9 bytes"));
        assert!(second.await.expect("ends").contains("3 bytes"));
        let held = connected(address, "").await;
        let mut waits = connected(address, WHOLE).await;
        assert!(timeout(SHORT, told(&mut waits)).await.is_err(), "there is no place");
        drop(held);
        assert!(told(&mut waits).await.contains("3 bytes"));
    }
}

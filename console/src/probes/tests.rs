//! The three addresses, asked over a real connection.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

#[tokio::test]
async fn a_process_is_ready_when_all_that_it_rests_on_is_reached() {
    let there = Arc::new(AtomicBool::new(false));
    let database = Arc::clone(&there);
    let probes = Probes::new(String::new).rests_on("browser", async || Ok(())).rests_on("database", move || {
        let there = database.load(Ordering::SeqCst);
        async move { if there { Ok(()) } else { Err("connection refused".to_owned()) } }
    });
    let at = served(probes).await;

    let (status, body) = get(at, "/readyz").await;
    assert_eq!((status, body.as_str()), (503, r#"{"browser":"ok","database":"connection refused"}"#));
    assert_eq!(get(at, "/healthz").await, (200, "ok\n".to_owned()), "it lives all the same");

    there.store(true, Ordering::SeqCst);
    tokio::time::sleep(GOOD_FOR).await;
    assert_eq!(get(at, "/readyz").await, (200, r#"{"browser":"ok","database":"ok"}"#.to_owned()));
}

#[tokio::test]
async fn what_never_answers_is_not_waited_for_and_many_who_ask_burden_nobody() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let probes = Probes::new(String::new).rests_on("nats", move || {
        counted.fetch_add(1, Ordering::SeqCst);
        std::future::pending()
    });
    let at = served(probes).await;
    let began = Instant::now();
    let answers = futures_util::future::join_all((0..20).map(|_| get(at, "/readyz"))).await;
    assert!(began.elapsed() < PATIENCE * 2, "{:?}", began.elapsed());
    for answer in answers {
        assert_eq!(answer, (503, r#"{"nats":"no answer within 2500 ms"}"#.to_owned()));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_waits_does_not_keep_others_from_living() {
    let at = served(Probes::new(String::new).rests_on("nats", std::future::pending)).await;
    let waiting = tokio::spawn(async move {
        let many = futures_util::future::join_all((0..MOST_AT_ONCE + 8).map(|_| get(at, "/readyz"))).await;
        many.into_iter().filter(|(_, body)| body.is_empty()).count()
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(get(at, "/healthz").await.0, 200);
    assert_eq!(waiting.await.unwrap(), 8, "as many as are too many are sent away at once");
}

async fn served(probes: Probes) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(crate::web::serve(listener, routes(std::sync::Arc::new(probes)), std::future::pending()));
    at
}

/// Status and body.
async fn get(at: SocketAddr, path: &str) -> (u16, String) {
    let mut connection = tokio::net::TcpStream::connect(at).await.unwrap();
    let asked = format!("GET {path} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
    connection.write_all(asked.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

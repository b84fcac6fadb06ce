//! A worker that does next to nothing, so that a benchmark shows what the rest of a fleet can do, and the server it asks.
//!
//! `standin site PORT MILLISECONDS` answers every request after so long. `standin work NATS DATA AT_ONCE NAME ADDRESS` takes jobs,
//! asks ADDRESS once for each (`-`: not at all), and brings back an outcome without cases.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use axum::Router;
use storage::chest::Chest;
use storage::courier::{Courier as _, End, FORMAT, JetStream, Presence, Report};
use storage::evidence::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const POOL: &str = "default";

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["site", port, milliseconds] => site(port, milliseconds.parse()?).await,
        ["work", nats, data, at_once, name, address] => work(nats, data, at_once.parse()?, name, address).await,
        _ => bail!("standin site PORT MILLISECONDS | standin work NATS DATA AT_ONCE NAME ADDRESS"),
    }
}

async fn site(port: &str, milliseconds: u64) -> Result<()> {
    let answer = move || async move {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        "<h1>云朵阅读</h1>"
    };
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    Ok(axum::serve(listener, Router::new().fallback(answer)).await?)
}

async fn work(nats: &str, data: &str, at_once: u32, name: &str, address: &str) -> Result<()> {
    let courier = Arc::new(JetStream::connect(nats, None, 1).await?);
    let chest = Arc::new(Chest::open(&std::path::Path::new(data).into(), Limits::default())?);
    let said = Arc::clone(&courier);
    let presence =
        Presence { worker: name.to_owned(), pool: POOL.to_owned(), at_once, version: "a stand-in".to_owned() };
    tokio::spawn(async move {
        loop {
            said.announce(&presence).await.ok();
            tokio::time::sleep(Duration::from_secs(3)).await;
        }
    });
    let slots = (0..at_once).map(|_| {
        let (courier, chest, name, address) =
            (Arc::clone(&courier), Arc::clone(&chest), name.to_owned(), address.to_owned());
        tokio::spawn(async move { slot(&courier, &chest, &name, &address).await })
    });
    for ended in futures_util::future::join_all(slots).await {
        ended?.context("work")?;
    }
    Ok(())
}

async fn slot(courier: &JetStream, chest: &Chest, name: &str, address: &str) -> Result<()> {
    loop {
        let Some(parcel) = courier.next(POOL, Duration::from_secs(2)).await? else { continue };
        if address != "-" {
            ask(address).await?;
        }
        let outcome = chest.lay_down(parcel.token(), br#"{"cases":[]}"#).await?;
        let report = Report {
            format: FORMAT,
            job_id: parcel.job_id,
            token: parcel.token,
            worker: name.to_owned(),
            pool: POOL.to_owned(),
            errand: None,
            end: End::Done { outcome, pause_ms: 0 },
            trace: None,
        };
        courier.report(&report).await?;
    }
}

async fn ask(address: &str) -> Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"GET / HTTP/1.0\r\nHost: h.test\r\n\r\n").await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(())
}

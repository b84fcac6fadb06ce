//! Answers that no HTTP library would send: endless, bursting, broken, slow.

use std::io;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use crate::hostile::Asked;
use crate::hostile::flood;

/// The text that is read on a page which survives its attack.
const PAGE: &str = "<!doctype html><meta charset=utf-8><title>云朵阅读</title>\
    <h1>云朵阅读</h1><p>海量好书，随时随地阅读。</p>";
const OK: &str = "HTTP/1.1 200 OK\r\n";
const HTML: &str = "Content-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
const TRICKLE: Duration = Duration::from_millis(200);

/// One way to answer, by its name in `site.toml`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Raw {
    /// Sends on to itself, and gives a new cookie each time.
    CookieLoop,
    /// Sends on 200 times, and then has a page.
    Chain,
    /// Sends on for ever, each time elsewhere.
    EndlessChain,
    /// Sends on to an address of a megabyte.
    LongLocation,
    /// A header, a byte at a time, that never ends.
    SlowLoris,
    /// A page, a byte at a time, that never ends.
    SlowBody,
    /// Headers without end.
    EndlessHeaders,
    /// A page without end.
    EndlessBody,
    /// A picture without end, on a page that is whole.
    EndlessPicture,
    /// Says that 10 GB will come, sends a page and waits.
    TenGigabytes,
    /// Provisional answers without end.
    EndlessHints,
    GzipBomb,
    BrotliBomb,
    ZstdBomb,
    /// A page in gzip in gzip in gzip, the outermost without end.
    NestedBomb,
    /// Lines that end with LF alone.
    BareLf,
    /// A status line of a number.
    NoStatusText,
    /// A status of four digits.
    LongStatus,
    /// A header of a megabyte.
    HugeHeader,
    /// Five thousand headers.
    ManyHeaders,
    /// NUL bytes in a header, and in the page.
    NulBytes,
    /// Two lengths that contradict each other.
    TwoLengths,
    /// A length below zero.
    NegativeLength,
    /// Chunks whose lengths are no numbers.
    ChunkGarbage,
    /// A chunk that says it is longer than memory.
    ChunkHuge,
    /// Says that more will come, and hangs up.
    Truncated,
    /// A page and nothing before it.
    HttpZeroNine,
    /// Bytes that mean nothing.
    Noise,
    /// Hangs up at once.
    NoAnswer,
    /// Elements in elements, as deep as a quarter of a megabyte goes.
    DeepNesting,
    /// A new download each time.
    Download,
    /// A socket that never stops talking.
    SocketFlood,
    /// Events without end.
    EventFlood,
}

/// Answers so; an error is a client that has gone.
pub(super) async fn play(
    raw: Raw,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    asked: &Asked,
) -> io::Result<()> {
    let head = |more: &str| format!("{OK}{HTML}{more}\r\n");
    match raw {
        Raw::CookieLoop => {
            let count: u64 = asked.header("cookie").trim_start_matches("n=").parse().unwrap_or_default();
            let cookie = format!("Set-Cookie: n={}; Path=/\r\n", count + 1);
            send_on(stream, &asked.path, &cookie).await
        }
        Raw::Chain => match asked.path.trim_start_matches("/hop/").parse::<u32>().unwrap_or_default() {
            hop if hop < 200 => send_on(stream, &format!("/hop/{}", hop + 1), "").await,
            _ => send(stream, &[head("").as_bytes(), PAGE.as_bytes()]).await,
        },
        Raw::EndlessChain => {
            let hop: u64 = asked.query.parse().unwrap_or_default();
            send_on(stream, &format!("/?{}", hop + 1), "").await
        }
        Raw::LongLocation => send_on(stream, &format!("/{}", "a".repeat(1 << 20)), "").await,
        Raw::SlowLoris => {
            send(stream, &[OK.as_bytes(), b"X-Slow: "]).await?;
            trickle(stream).await
        }
        Raw::SlowBody => {
            send(stream, &[head("").as_bytes(), PAGE.as_bytes()]).await?;
            trickle(stream).await
        }
        Raw::EndlessHeaders => {
            send(stream, &[OK.as_bytes()]).await?;
            flood::repeat(stream, &b"X-More: and more and more and more and more and more\r\n".repeat(64)).await
        }
        Raw::EndlessBody => {
            send(stream, &[head("").as_bytes(), PAGE.as_bytes()]).await?;
            flood::repeat(stream, &b"<p>and more and more and more</p>\n".repeat(1_024)).await
        }
        Raw::EndlessPicture => {
            send(stream, &[OK.as_bytes(), b"Content-Type: image/bmp\r\n\r\nBM"]).await?;
            flood::repeat(stream, &[0x7f; 32 << 10]).await
        }
        Raw::TenGigabytes => {
            send(stream, &[head("Content-Length: 10737418240\r\n").as_bytes(), PAGE.as_bytes()]).await?;
            std::future::pending().await
        }
        Raw::EndlessHints => flood::repeat(stream, b"HTTP/1.1 103 Early Hints\r\nX-Hint: more\r\n\r\n").await,
        Raw::GzipBomb => flood::gzip(stream, head("Content-Encoding: gzip\r\n").as_bytes()).await,
        Raw::BrotliBomb => flood::brotli(stream, head("Content-Encoding: br\r\n").as_bytes()).await,
        Raw::ZstdBomb => flood::zstd(stream, head("Content-Encoding: zstd\r\n").as_bytes()).await,
        Raw::NestedBomb => flood::gzip(stream, head("Content-Encoding: gzip, gzip, gzip\r\n").as_bytes()).await,
        Raw::BareLf => send(stream, &[head("").replace("\r\n", "\n").as_bytes(), PAGE.as_bytes()]).await,
        Raw::NoStatusText => send(stream, &[b"HTTP/1.1 200\r\n", HTML.as_bytes(), b"\r\n", PAGE.as_bytes()]).await,
        Raw::LongStatus => send(stream, &[b"HTTP/1.1 2000 Very\r\n", HTML.as_bytes(), b"\r\n", PAGE.as_bytes()]).await,
        Raw::HugeHeader => {
            let huge = format!("X-Huge: {}\r\n", "h".repeat(1 << 20));
            send(stream, &[head(&huge).as_bytes(), PAGE.as_bytes()]).await
        }
        Raw::ManyHeaders => {
            let many: String = (0..5_000).map(|n| format!("X-{n}: {n}\r\n")).collect();
            send(stream, &[head(&many).as_bytes(), PAGE.as_bytes()]).await
        }
        Raw::NulBytes => {
            send(stream, &[head("X-Nul: a\0b\r\n").as_bytes(), b"<!-- \0\0\0 -->", PAGE.as_bytes(), b"<p>\0\0</p>"])
                .await
        }
        Raw::TwoLengths => {
            send(stream, &[head("Content-Length: 10\r\nContent-Length: 500\r\n").as_bytes(), PAGE.as_bytes()]).await
        }
        Raw::NegativeLength => send(stream, &[head("Content-Length: -1\r\n").as_bytes(), PAGE.as_bytes()]).await,
        Raw::ChunkGarbage => {
            let head = head("Transfer-Encoding: chunked\r\n");
            send(stream, &[head.as_bytes(), b"5\r\n<h1>x\r\nnot a number\r\n", PAGE.as_bytes(), b"\r\n0\r\n\r\n"]).await
        }
        Raw::ChunkHuge => {
            let head = head("Transfer-Encoding: chunked\r\n");
            send(stream, &[head.as_bytes(), b"7fffffffffffffff\r\n", PAGE.as_bytes()]).await?;
            std::future::pending().await
        }
        Raw::Truncated => send(stream, &[head("Content-Length: 100000\r\n").as_bytes(), PAGE.as_bytes()]).await,
        Raw::HttpZeroNine => send(stream, &[PAGE.as_bytes()]).await,
        Raw::Noise => send(stream, &[&[0x16, 0x03, 0x00, 0xff, 0x00, 0x80, 0xfe].repeat(4_096)]).await,
        Raw::NoAnswer => Ok(()),
        Raw::DeepNesting => {
            let deep = "<b><div>".repeat(32 << 10);
            send(stream, &[head("").as_bytes(), PAGE.as_bytes(), deep.as_bytes()]).await
        }
        Raw::Download => {
            let name = format!("Content-Disposition: attachment; filename=\"{}.apk\"\r\n", asked.query);
            let kind = "Content-Type: application/vnd.android.package-archive\r\n";
            send(stream, &[OK.as_bytes(), kind.as_bytes(), name.as_bytes(), b"Connection: close\r\n\r\nPK\x03\x04"])
                .await?;
            flood::repeat(stream, &[0; 32 << 10]).await
        }
        Raw::SocketFlood => flood::socket(stream, asked).await,
        Raw::EventFlood => {
            send(stream, &[OK.as_bytes(), b"Content-Type: text/event-stream\r\n\r\n"]).await?;
            flood::repeat(stream, b"data: more\n\n").await
        }
    }
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), parts: &[&[u8]]) -> io::Result<()> {
    for part in parts {
        stream.write_all(part).await?;
    }
    stream.flush().await
}

async fn send_on(stream: &mut (impl AsyncWrite + Unpin), to: &str, headers: &str) -> io::Result<()> {
    let answer =
        format!("HTTP/1.1 302 Found\r\n{headers}Location: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    send(stream, &[answer.as_bytes()]).await
}

async fn trickle(stream: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
    loop {
        send(stream, &[b"."]).await?;
        tokio::time::sleep(TRICKLE).await;
    }
}

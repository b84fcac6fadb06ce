//! Streams without end: plain ones, compressed ones that swell, and a socket.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::hostile::Asked;

/// RFC 1952: method deflate, no name, no time.
const GZIP: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
/// A deflate block of 64 KiB of `a`, from a full flush, so that it can stand anywhere any number of times. The bytes in
/// its middle, all of them 0, are left out.
const DEFLATED: ([u8; 15], usize, [u8; 6]) =
    ([0xec, 0xc1, 0x81, 0, 0, 0, 0, 0x80, 0x20, 0xd6, 0xfd, 0x25, 0x16, 0xa9, 0x0a], 63, [0x6a, 0, 0, 0, 0xff, 0xff]);
/// A brotli stream up to its first flush: 1 MiB of `a`.
const BROTLI: [u8; 14] = [0xab, 0xff, 0xff, 0x87, 0x5f, 0x22, 0x2c, 0x1e, 0x0b, 0x04, 0x72, 0xef, 0x1f, 0x0c];
/// What follows it as often as one likes: 1 MiB more.
const BROTLI_MORE: [u8; 14] = [0xfa, 0xff, 0x7f, 0xf8, 0x25, 0, 0xe2, 0xb0, 0, 0x40, 0xf7, 0xfe, 0xc1, 0];
/// RFC 8878: magic number, no content size, a window of 128 KiB.
const ZSTD: [u8; 6] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
/// A block that says: 128 KiB of `a`.
const ZSTD_BLOCK: [u8; 4] = [0x02, 0x00, 0x10, b'a'];
/// RFC 6455: the end of a message of 1000 bytes of text.
const FRAME: [u8; 4] = [0x81, 126, 0x03, 0xe8];

/// Sends the same bytes until nobody listens.
pub(super) async fn repeat(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    loop {
        stream.write_all(bytes).await?;
        // Loopback takes whatever it is given: others have to run, too.
        tokio::task::yield_now().await;
    }
}

/// Each byte sent becomes 800.
pub(super) async fn gzip(stream: &mut (impl AsyncWrite + Unpin), head: &[u8]) -> io::Result<()> {
    let (begin, zeros, end) = DEFLATED;
    let block = [&begin[..], &vec![0; zeros], &end[..]].concat();
    stream.write_all(&[head, &GZIP].concat()).await?;
    repeat(stream, &block.repeat(32)).await
}

/// Each byte sent becomes 75,000.
pub(super) async fn brotli(stream: &mut (impl AsyncWrite + Unpin), head: &[u8]) -> io::Result<()> {
    stream.write_all(&[head, &BROTLI].concat()).await?;
    repeat(stream, &BROTLI_MORE.repeat(8)).await
}

/// Each byte sent becomes 32,000.
pub(super) async fn zstd(stream: &mut (impl AsyncWrite + Unpin), head: &[u8]) -> io::Result<()> {
    stream.write_all(&[head, &ZSTD].concat()).await?;
    repeat(stream, &ZSTD_BLOCK.repeat(32)).await
}

/// Messages of a WebSocket.
pub(super) async fn socket(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), asked: &Asked) -> io::Result<()> {
    let accepted = derive_accept_key(asked.header("sec-websocket-key").as_bytes());
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accepted}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    repeat(stream, &[&FRAME[..], &[b'm'; 1_000]].concat()).await
}

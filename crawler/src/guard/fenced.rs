//! A connection that takes nothing more after its time: whoever wakes up late must not be heard.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What is written to it goes out until `until`, and is an error afterwards.
///
/// A process that was frozen wakes up with requests at hand that were written long ago. Its visit is over by then, and is
/// ended; but the word of that may come after they went out, beside the visit of whoever has the host now. So it is with what
/// waits in the system for a network that comes back: a connection that is cut off takes it along.
pub(super) struct Fenced {
    pub(super) stream: TcpStream,
    pub(super) until: Option<Instant>,
}

impl Fenced {
    /// Both sides have said all that they had to say: there is nothing to be cut off.
    pub(super) fn ends(mut self) {
        self.until = None;
    }
}

impl Drop for Fenced {
    fn drop(&mut self) {
        if self.until.is_some() {
            self.stream.set_zero_linger().ok();
        }
    }
}

impl AsyncRead for Fenced {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Fenced {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.until.is_some_and(|until| Instant::now() >= until) {
            return Poll::Ready(Err(io::Error::from(io::ErrorKind::TimedOut)));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

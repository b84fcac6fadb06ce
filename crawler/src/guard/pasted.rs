//! A page that somebody gave in place of an address: answered within the door of one visit, and nowhere else.
//!
//! No port is opened for it, and no rule is loosened: whatever it asks for by itself goes the way of every page.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use url::Url;

/// Names of such pages end so; no resolver knows any (RFC 6761).
const ENDING: &str = ".pasted.invalid";
/// A longer question is none of a browser of ours. Bytes.
const LONGEST_HEAD: usize = 64 * 1024;
/// Of HTTP in the clear: nobody could vouch for such a name.
const PORT: u16 = 80;

/// The page, and the name that leads to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    host: String,
    page: Arc<[u8]>,
}

impl Pasted {
    /// An address for a page; `chance` is what nobody guesses, of letters and digits.
    pub fn address(chance: &str) -> String {
        format!("http://{}{ENDING}/", chance.to_ascii_lowercase())
    }

    /// The page that a click on such an address leads to; none where the address is another one.
    pub fn at(click_url: &str, page: Vec<u8>) -> Option<Self> {
        let host = Url::parse(click_url).ok()?.host_str()?.to_ascii_lowercase();
        host.ends_with(ENDING).then(|| Self { host, page: page.into() })
    }

    pub(super) fn is_at(&self, host: &str, port: u16) -> bool {
        host == self.host && port == PORT
    }

    /// Answers one question: the page at its one path, and nothing beside it.
    pub(super) async fn answer(&self, client: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> io::Result<()> {
        let head = head(client).await?;
        let mut asked = head.split(|byte| *byte == b' ');
        let (method, path) = (asked.next().unwrap_or_default(), asked.next().unwrap_or_default());
        let (status, body): (_, &[u8]) = match (method, path) {
            (b"GET" | b"HEAD", b"/") => ("200 OK", &self.page),
            (b"GET" | b"HEAD", _) => ("404 Not Found", b""),
            _ => ("405 Method Not Allowed", b""),
        };
        // What is no UTF-8 says itself what it is.
        let charset = if std::str::from_utf8(body).is_ok() { "; charset=utf-8" } else { "" };
        let (length, server) = (body.len(), "postlink (a page that was pasted, and is nowhere on the web)");
        let said = format!(
            "HTTP/1.1 {status}\r\nServer: {server}\r\nContent-Type: text/html{charset}\r\nContent-Length: {length}\r\n\
             Cache-Control: no-store\r\nConnection: close\r\n\r\n"
        );
        client.write_all(said.as_bytes()).await?;
        if method != b"HEAD" {
            client.write_all(body).await?;
        }
        client.shutdown().await
    }
}

/// A question up to its empty line.
async fn head(client: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let (mut head, mut piece) = (Vec::new(), [0; 4096]);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let length = client.read(&mut piece).await?;
        if length == 0 || head.len() > LONGEST_HEAD {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the question has no end"));
        }
        head.extend_from_slice(&piece[..length]);
    }
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn asked(question: &str) -> String {
        let page = Pasted::at("http://ab12.pasted.invalid/", b"<p>here".to_vec()).expect("such an address");
        let (mut ours, mut theirs) = tokio::io::duplex(1 << 16);
        ours.write_all(question.as_bytes()).await.expect("is asked");
        page.answer(&mut theirs).await.expect("answers");
        let mut said = String::new();
        ours.read_to_string(&mut said).await.expect("an answer");
        said
    }

    #[tokio::test]
    async fn the_page_is_at_its_one_path() {
        let said = asked("GET / HTTP/1.1\r\nHost: ab12.pasted.invalid\r\n\r\n").await;
        assert!(said.starts_with("HTTP/1.1 200 OK\r\n") && said.ends_with("\r\n\r\n<p>here"), "{said}");
        assert!(said.contains("charset=utf-8") && said.contains("pasted"), "{said}");
        assert!(asked("GET /other HTTP/1.1\r\n\r\n").await.starts_with("HTTP/1.1 404"));
        assert!(asked("POST / HTTP/1.1\r\n\r\n").await.starts_with("HTTP/1.1 405"));
        assert!(asked("HEAD / HTTP/1.1\r\n\r\n").await.ends_with("\r\n\r\n"));
    }

    #[test]
    fn only_an_address_of_this_kind_leads_to_a_page() {
        let at = |url: &str| Pasted::at(url, Vec::new());
        let page = at(&Pasted::address("AB12")).expect("such an address");
        assert!(page.is_at("ab12.pasted.invalid", 80));
        assert!(!page.is_at("ab13.pasted.invalid", 80) && !page.is_at("ab12.pasted.invalid", 443));
        for other in ["http://pasted.invalid.test/", "https://a.test/.pasted.invalid", "pasted.invalid"] {
            assert_eq!(at(other), None, "{other}");
        }
    }
}

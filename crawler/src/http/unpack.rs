//! The beginning of a body that a server packed.

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder};
use tokio::io::{AsyncRead, AsyncReadExt};

/// Up to so many bytes, unpacked; what is not packed as its header says gives as much as could be unpacked.
pub(super) async fn beginning(body: &[u8], encoding: &str, most: usize) -> Vec<u8> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "gzip" | "x-gzip" => take(GzipDecoder::new(body), most).await,
        "deflate" => take(ZlibDecoder::new(body), most).await,
        "br" => take(BrotliDecoder::new(body), most).await,
        "zstd" => take(ZstdDecoder::new(body), most).await,
        _ => body[..body.len().min(most)].to_vec(),
    }
}

async fn take(mut unpacked: impl AsyncRead + Unpin, most: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut piece = vec![0; 16 << 10];
    while bytes.len() < most {
        match unpacked.read(&mut piece).await {
            Ok(0) | Err(_) => break,
            Ok(read) => bytes.extend_from_slice(&piece[..read]),
        }
    }
    bytes.truncate(most);
    bytes
}

#[cfg(test)]
mod tests {
    use async_compression::tokio::bufread::{BrotliEncoder, GzipEncoder, ZlibEncoder, ZstdEncoder};

    use super::*;

    #[tokio::test]
    async fn whatever_a_server_packs_with_is_unpacked_up_to_the_bound() {
        let page = "<meta http-equiv=refresh content='0; url=/next'>".repeat(1_000).into_bytes();
        for (encoding, packed) in [
            ("gzip", take(GzipEncoder::new(&page[..]), usize::MAX).await),
            ("deflate", take(ZlibEncoder::new(&page[..]), usize::MAX).await),
            ("br", take(BrotliEncoder::new(&page[..]), usize::MAX).await),
            ("Zstd", take(ZstdEncoder::new(&page[..]), usize::MAX).await),
            ("", page.clone()),
        ] {
            assert_eq!(beginning(&packed, encoding, 100).await, page[..100], "{encoding}");
            assert_eq!(beginning(&packed, encoding, 1 << 20).await, page, "{encoding}");
            let half = beginning(&packed[..packed.len() / 2], encoding, 1 << 20).await;
            assert!(page.starts_with(&half), "{encoding}");
        }
        assert_eq!(beginning(b"<html>", "gzip", 100).await, b"");
    }
}

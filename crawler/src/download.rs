//! The beginning of a file that a page offered: enough to say what it is, and no more.

use std::net::SocketAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use model::chain::{File, Way, WayKind};
use model::evidence::Evidence;
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use url::Url;

use crate::http;
use crate::visitor::Visitor;

/// Bytes of a file that are taken.
const BEGINNING: usize = 64 << 10;
/// Files of one visit that are looked at.
const MOST: usize = 3;
const BOUND: Duration = Duration::from_secs(10);

/// Asks for the beginning of each file among the ways on, and writes down what it is.
pub(crate) async fn look_at(
    ways: &mut [Way],
    visitor: &Visitor,
    proxy: SocketAddr,
    now: DateTime<Utc>,
) -> Vec<Evidence> {
    let mut evidence = Vec::new();
    for way in ways.iter_mut().filter(|way| way.kind == WayKind::Download).take(MOST) {
        let Some(url) = way.url.as_deref().and_then(|url| Url::parse(url).ok()) else { continue };
        let name = way.file.take().map(|file| file.name).filter(|name| !name.is_empty());
        let Some((file, beginning)) = begin(&url, name, visitor, proxy, now).await else { continue };
        way.file = Some(file);
        evidence.extend(beginning);
    }
    evidence
}

async fn begin(
    url: &Url,
    name: Option<String>,
    visitor: &Visitor,
    proxy: SocketAddr,
    now: DateTime<Utc>,
) -> Option<(File, Option<Evidence>)> {
    let client = http::client(proxy, BOUND).ok()?;
    let range = format!("bytes=0-{}", BEGINNING - 1);
    let mut answer =
        client.get(url.clone()).headers(http::headers(visitor, url)).header(RANGE, range).send().await.ok()?;
    let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let whole = header(CONTENT_RANGE).rsplit('/').next().and_then(|size| size.parse().ok());
    let stated = header(CONTENT_LENGTH).parse().ok().filter(|_| answer.status().as_u16() == 200);
    let mime = header(CONTENT_TYPE).split(';').next().unwrap_or_default().trim().to_owned();
    let name = name.or_else(|| named(&header(CONTENT_DISPOSITION))).or_else(|| last_part(url)).unwrap_or_default();
    let mut bytes = Vec::new();
    while bytes.len() < BEGINNING
        && let Ok(Some(chunk)) = answer.chunk().await
    {
        bytes.extend_from_slice(&chunk);
    }
    bytes.truncate(BEGINNING);
    let what = format!("beginning of the download {name}");
    let kept = (!bytes.is_empty()).then(|| Evidence::new(what, "application/octet-stream", bytes, now));
    let file = File { name, mime, bytes: whole.or(stated), beginning: kept.as_ref().map(Evidence::id) };
    Some((file, kept))
}

fn named(disposition: &str) -> Option<String> {
    let name = disposition.split(';').find_map(|part| part.trim().strip_prefix("filename="))?;
    Some(name.trim_matches('"').chars().take(200).collect())
}

fn last_part(url: &Url) -> Option<String> {
    Some(url.path_segments()?.next_back()?.chars().take(200).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_what_its_server_calls_it() {
        assert_eq!(named("attachment; filename=\"游戏.apk\"").as_deref(), Some("游戏.apk"));
        assert_eq!(named("inline"), None);
        let url = Url::parse("https://a.test/dl/game.apk?x=1").expect("a url");
        assert_eq!(last_part(&url).as_deref(), Some("game.apk"));
    }
}

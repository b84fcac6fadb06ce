//! One artefact of a case: pictures and films are shown, everything else is only handed out as a file.

use std::ops::Range;
use std::str::FromStr as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::account::Sight;
use model::evidence::EvidenceId;
use storage::desk::Desk as _;
use storage::store::{CaseId, Store as _};

use crate::app::App;
use crate::auth::Person;
use crate::stored::ask;
use crate::web::failure::Failure;

/// What browsers draw without running any of it. SVG is not among them.
pub(crate) const SHOWN: [&str; 7] =
    ["image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "video/mp4", "video/webm"];
/// What is handed out may not do anything even where somebody opens it here.
const POLICY: &str = "default-src 'none'; sandbox";

pub(crate) async fn give(
    State(app): State<Arc<App>>,
    person: Person,
    Path((case, sha256)): Path<(String, String)>,
    asked: HeaderMap,
) -> Result<Response, Failure> {
    let given = artefact(&app, &person.sight(), &case, &sha256, &asked).await?;
    if let Some(object) = &given.handed_out {
        person.note(&app, "export", object).await?;
    }
    Ok(given.response)
}

/// An artefact on its way to whoever asked, by a page or by the API.
pub(crate) struct Given {
    pub(crate) response: Response,
    /// All of its bytes.
    pub(crate) length: usize,
    /// How it is named in the access log, where it goes out as a file.
    pub(crate) handed_out: Option<String>,
}

pub(crate) async fn artefact(
    app: &App,
    sight: &Sight,
    case: &str,
    sha256: &str,
    asked: &HeaderMap,
) -> Result<Given, Failure> {
    let case = CaseId::named(case).ok_or(Failure::NotFound)?;
    let id = EvidenceId::from_str(&format!("sha256:{sha256}")).map_err(|_| Failure::NotFound)?;
    let kept = ask!(app.stored, store => store.evidence_in_sight(sight, &case, id).await)?.ok_or(Failure::NotFound)?;
    let bytes = ask!(app.stored, store => store.read(id).await)?;
    let length = bytes.len();
    let plain = kept.media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // What a file of an ad is stands in its bytes: platforms name them as they like.
    let shown = SHOWN.into_iter().find(|known| *known == plain).or_else(|| by_its_bytes(&bytes));
    if let Some(media_type) = shown {
        return Ok(Given { response: part_of(bytes, media_type, asked), length, handed_out: None });
    }
    let name = format!("attachment; filename=\"{}.{}\"", &sha256[..16], suffix(&plain));
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CONTENT_DISPOSITION, name.as_str()),
    ];
    Ok(Given { response: (headers, bytes).into_response(), length, handed_out: Some(format!("{case} {id}")) })
}

/// Pictures and films by how they begin.
fn by_its_bytes(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some("video/mp4"),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Some("video/webm"),
        _ => None,
    }
}

fn suffix(media_type: &str) -> &'static str {
    match media_type {
        "text/html" => "html.txt",
        "application/json" => "json",
        "application/pkix-cert" => "cer",
        "application/wacz" | "application/wacz+zip" => "wacz",
        _ => "bin",
    }
}

/// The whole, or the part that a player asks for.
fn part_of(bytes: Vec<u8>, media_type: &'static str, asked: &HeaderMap) -> Response {
    let length = bytes.len();
    let kept = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "private, max-age=86400"),
        (header::ACCEPT_RANGES, "bytes"),
    ];
    let range = asked.get(header::RANGE).and_then(|value| value.to_str().ok());
    match range.and_then(|range| bounds(range, length)) {
        None => (kept, bytes).into_response(),
        Some(None) => {
            let whole = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
            (StatusCode::RANGE_NOT_SATISFIABLE, whole).into_response()
        }
        Some(Some(part)) => {
            let range = HeaderValue::from_str(&format!("bytes {}-{}/{length}", part.start, part.end - 1));
            let mut response = (StatusCode::PARTIAL_CONTENT, kept, bytes[part].to_vec()).into_response();
            response.headers_mut().insert(header::CONTENT_RANGE, range.expect("internal error: digits are a header"));
            response
        }
    }
}

/// `bytes=0-99`, `bytes=100-`, `bytes=-50`; one part only, as players ask for. What is no such thing is passed over, as RFC 9110
/// has it; of a part that there is not, the inner one is none.
fn bounds(range: &str, length: usize) -> Option<Option<Range<usize>>> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (start, end) = match (from.trim(), to.trim()) {
        ("", last) => (length.saturating_sub(last.parse().ok()?), length),
        (from, "") => (from.parse().ok()?, length),
        (from, to) => {
            let (from, to) = (from.parse().ok()?, to.parse::<usize>().ok()?);
            if to < from {
                return None;
            }
            (from, to.saturating_add(1).min(length))
        }
    };
    Some((start < end).then_some(start..end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_player_gets_the_part_it_asks_for() {
        let asked = [
            ("bytes=0-4", Some(Some(0..5))),
            ("bytes=7-", Some(Some(7..10))),
            ("bytes=-3", Some(Some(7..10))),
            ("bytes=8-99", Some(Some(8..10))),
            ("bytes=10-", Some(None)),
            ("bytes=-0", Some(None)),
            ("lines=1-2", None),
            ("bytes=5-2", None),
            ("", None),
        ];
        for (range, part) in asked {
            assert_eq!(bounds(range, 10), part, "{range}");
        }
    }

    #[test]
    fn what_could_run_is_no_picture() {
        assert_eq!(by_its_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'>"), None);
        assert_eq!(by_its_bytes(b"\x89PNG\r\n"), Some("image/png"));
        assert!(!SHOWN.contains(&"image/svg+xml"));
    }
}

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
use storage::previews::Previews as _;
use storage::store::{CaseId, Kept, Store as _};

use crate::app::App;
use crate::auth::Person;
use crate::media;
use crate::stored::ask;
use crate::web::failure::Failure;

/// What is handed out may not do anything even where somebody opens it here.
const POLICY: &str = "default-src 'none'; sandbox";

pub(crate) async fn give(
    State(app): State<Arc<App>>,
    person: Person,
    Path((case, sha256)): Path<(String, String)>,
    asked: HeaderMap,
) -> Result<Response, Failure> {
    let given = match artefact(&app, &person.sight(), &case, &sha256, &asked).await {
        Err(Failure::NotFound) => of_preview(&app, &person, &case, &sha256, &asked).await?,
        given => given?,
    };
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
    let (case, id) = named(case, sha256)?;
    let kept = ask!(app.stored, store => store.evidence_in_sight(sight, &case, id).await)?.ok_or(Failure::NotFound)?;
    given(app, &case, &kept, asked).await
}

/// The same of a preview of this account.
async fn of_preview(app: &App, person: &Person, case: &str, sha256: &str, asked: &HeaderMap) -> Result<Given, Failure> {
    let ((case, id), maker) = (named(case, sha256)?, person.maker());
    ask!(app.stored, store => store.case_of_preview(&maker, &case).await)?.ok_or(Failure::NotFound)?;
    let kept = ask!(app.stored, store => store.rests_on(&case).await)?;
    given(app, &case, kept.iter().find(|kept| kept.id == id).ok_or(Failure::NotFound)?, asked).await
}

fn named(case: &str, sha256: &str) -> Result<(CaseId, EvidenceId), Failure> {
    let id = EvidenceId::from_str(&format!("sha256:{sha256}")).map_err(|_| Failure::NotFound)?;
    Ok((CaseId::named(case).ok_or(Failure::NotFound)?, id))
}

async fn given(app: &App, case: &CaseId, kept: &Kept, asked: &HeaderMap) -> Result<Given, Failure> {
    let bytes = ask!(app.stored, store => store.read(kept.id).await)?;
    let length = bytes.len();
    let plain = kept.media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // What a file of an ad is stands in its bytes: platforms name them as they like.
    let shown = media::shown(&plain).or_else(|| media::by_its_bytes(&bytes));
    let handed_out = shown.is_none().then(|| format!("{case} {}", kept.id));
    let response = answer(bytes, shown.unwrap_or(&plain), &kept.id.hex()[..16], asked);
    Ok(Given { response, length, handed_out })
}

/// What is shown is shown; everything else is a file that does nothing here.
pub(crate) fn answer(bytes: Vec<u8>, media_type: &str, name: &str, asked: &HeaderMap) -> Response {
    if let Some(shown) = media::shown(media_type) {
        return part_of(bytes, shown, asked);
    }
    let name = format!("attachment; filename=\"{name}.{}\"", suffix(media_type));
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CONTENT_DISPOSITION, name.as_str()),
    ];
    (headers, bytes).into_response()
}

fn suffix(media_type: &str) -> &'static str {
    match media_type {
        "text/html" => "html.txt",
        "application/json" => "json",
        "application/pdf" => "pdf",
        "application/pkix-cert" => "cer",
        "application/wacz" | "application/wacz+zip" => "wacz",
        _ => "bin",
    }
}

/// The whole, or the part that a player asks for.
fn part_of(bytes: Vec<u8>, media_type: &'static str, asked: &HeaderMap) -> Response {
    let length = bytes.len();
    let kept = [(header::CONTENT_TYPE, media_type), (header::ACCEPT_RANGES, "bytes")];
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
}

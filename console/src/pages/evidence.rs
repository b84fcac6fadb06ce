//! One artefact of a case: pictures and films are shown, everything else is only handed out as a file.

use std::ops::Range;
use std::str::FromStr as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
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
    let length = usize::try_from(kept.bytes).unwrap_or(usize::MAX);
    if let Some(Some(part)) = range(asked).and_then(|range| bounds(range, length))
        && let Some(shown) = app.checked.lately(kept.id, (app.clock)())
    {
        let bytes = ask!(app.stored, store => store.read_part(kept.id, part.start as u64..part.end as u64).await)?;
        let end = part.start + bytes.len();
        return Ok(Given { response: partial(bytes, shown, part.start..end, length), length, handed_out: None });
    }
    let bytes = ask!(app.stored, store => store.read(kept.id).await)?;
    let length = bytes.len();
    let plain = kept.media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // What a file of an ad is stands in its bytes: platforms name them as they like.
    let shown = media::shown(&plain).or_else(|| media::by_its_bytes(&bytes));
    if let Some(shown) = shown {
        app.checked.now(kept.id, shown, (app.clock)());
    }
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
    match range(asked).and_then(|range| bounds(range, length)) {
        None => (head(media_type), bytes).into_response(),
        Some(None) => {
            let whole = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
            (StatusCode::RANGE_NOT_SATISFIABLE, whole).into_response()
        }
        Some(Some(part)) => partial(bytes[part.clone()].to_vec(), media_type, part, length),
    }
}

/// These bytes, which are this part of so many.
fn partial(bytes: Vec<u8>, media_type: &'static str, part: Range<usize>, length: usize) -> Response {
    let range = HeaderValue::from_str(&format!("bytes {}-{}/{length}", part.start, part.end.saturating_sub(1)));
    let mut response = (StatusCode::PARTIAL_CONTENT, head(media_type), bytes).into_response();
    response.headers_mut().insert(header::CONTENT_RANGE, range.expect("internal error: digits are a header"));
    response
}

fn head(media_type: &'static str) -> [(HeaderName, &'static str); 2] {
    [(header::CONTENT_TYPE, media_type), (header::ACCEPT_RANGES, "bytes")]
}

/// The part that a player asks for, as it writes it.
fn range(asked: &HeaderMap) -> Option<&str> {
    asked.get(header::RANGE)?.to_str().ok()
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

    /// Each part of a film that was checked is read by itself: a player asks for hundreds.
    #[tokio::test]
    async fn a_film_is_checked_as_a_whole_once_and_not_for_each_of_its_parts() {
        let (app, store, folder) = crate::app::tests::app().await;
        let film = [&b"\0\0\0\x18ftypmp42"[..], &[7; 1_000]].concat();
        let film = model::evidence::Evidence::new("film", "video/mp4", film, (app.clock)());
        let kept = store.keep(&film).await.expect("keeps");
        let case = CaseId::named("20260101T000000Z-0123456789ab").expect("a name");
        let asked = |range: &'static str| HeaderMap::from_iter([(header::RANGE, HeaderValue::from_static(range))]);
        let answered = async |range| {
            let given = given(&app, &case, &kept, &asked(range)).await?;
            let head = (given.response.status().as_u16(), given.response.headers()[header::CONTENT_RANGE].clone());
            let bytes = axum::body::to_bytes(given.response.into_body(), usize::MAX).await.expect("bytes");
            Ok::<_, Failure>((head.0, head.1.to_str().expect("text").to_owned(), bytes.to_vec()))
        };
        let first = answered("bytes=0-11").await.expect("the first part");
        assert_eq!((first.0, first.1.as_str(), &first.2[4..8]), (206, "bytes 0-11/1012", &b"ftyp"[..]));
        // Whoever reads all of it finds that its end is another one.
        let path = folder.path().join(storage::evidence::blob_path(kept.id));
        let mut changed = std::fs::read(&path).expect("reads");
        changed[1_011] = 8;
        std::fs::remove_file(&path).and_then(|()| std::fs::write(&path, changed)).expect("is changed");
        let second = answered("bytes=1000-").await.expect("a further part");
        assert_eq!((second.0, second.1.as_str(), second.2.len()), (206, "bytes 1000-1011/1012", 12));
        assert!(answered("bytes=2000-").await.is_err(), "there is no such part, and all of it is read to say so");
    }

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

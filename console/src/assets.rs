//! The few files that pages need beside themselves: style, script. Named by what is in them, so that they are kept for ever.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::evidence::EvidenceId;

struct Asset {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

const ASSETS: &[Asset] = &[
    Asset {
        name: "report.css",
        media_type: "text/css; charset=utf-8",
        bytes: include_bytes!("../templates/report.css"),
    },
    Asset {
        name: "console.css",
        media_type: "text/css; charset=utf-8",
        bytes: include_bytes!("../static/console.css"),
    },
    Asset {
        name: "console.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../static/console.js"),
    },
    Asset { name: "mark.svg", media_type: "image/svg+xml", bytes: include_bytes!("../static/mark.svg") },
];

/// Each with the beginning of its SHA-256.
static NAMED: LazyLock<Vec<(String, &Asset)>> =
    LazyLock::new(|| ASSETS.iter().map(|asset| (EvidenceId::of(asset.bytes).hex()[..12].to_owned(), asset)).collect());

/// Where a page finds it.
pub(crate) fn address(name: &str) -> String {
    let found = NAMED.iter().find(|(_, asset)| asset.name == name);
    let (hash, _) = found.expect("internal error: a template names an asset that is not there");
    format!("/static/{hash}/{name}")
}

pub(crate) async fn give(Path((hash, name)): Path<(String, String)>) -> Response {
    match NAMED.iter().find(|(its, asset)| *its == hash && asset.name == name) {
        Some((_, asset)) => {
            let headers = [
                (header::CONTENT_TYPE, asset.media_type),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ];
            (headers, asset.bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

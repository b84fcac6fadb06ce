//! Refuses what another site has a browser send: by what the browser says of where a request comes from.

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::failure::Failure;

pub(crate) async fn check(request: Request, next: Next) -> Response {
    if !request.method().is_safe() && comes_from_elsewhere(request.headers()) {
        return Failure::Forged.into_response();
    }
    next.run(request).await
}

/// Browsers say it themselves (`Sec-Fetch-Site`, which no page can set), older ones name the origin. Who says neither is no
/// browser, and sends no cookie that it was not given by hand.
fn comes_from_elsewhere(headers: &HeaderMap) -> bool {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = said("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = said(header::ORIGIN.as_str()) else { return false };
    let host = said(header::HOST.as_str()).unwrap_or_default();
    origin.split_once("://").map(|(_, its)| its) != Some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_site_has_sent_is_told_apart() {
        let headers = |pairs: &[(&'static str, &'static str)]| -> HeaderMap {
            pairs.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value"))).collect()
        };
        let own = [
            headers(&[("sec-fetch-site", "same-origin")]),
            headers(&[("sec-fetch-site", "none")]),
            headers(&[("origin", "https://a.test:8080"), ("host", "a.test:8080")]),
            headers(&[("host", "a.test")]),
        ];
        let foreign = [
            headers(&[("sec-fetch-site", "cross-site")]),
            headers(&[("sec-fetch-site", "same-site")]),
            headers(&[("origin", "https://b.test"), ("host", "a.test")]),
            headers(&[("origin", "null"), ("host", "a.test")]),
            headers(&[("origin", "https://a.test:8081"), ("host", "a.test:8080")]),
        ];
        assert!(own.iter().all(|headers| !comes_from_elsewhere(headers)), "{own:?}");
        assert!(foreign.iter().all(comes_from_elsewhere), "{foreign:?}");
    }
}

//! A link by which anybody can see how one case came out, and that what they have in hand is what was sealed.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use model::account::Role;
use model::line::CaseLine;
use ring::hmac;
use serde::Serialize;
use storage::badges::{Badged, Badges as _};
use storage::store::{CaseId, Store as _, StoreError};

use super::case::in_sight_or_preview;
use super::login::Nothing;
use crate::app::App;
use crate::auth::{Signed, looks};
use crate::page::Page;
use crate::stored::ask;
use crate::told::{day, local};
use crate::web::failure::Failure;

/// A link is good for so long.
const DAYS: i64 = 90;

/// An advertiser shows what is clean; a regulator what it has looked at.
pub(crate) fn may_show(role: Role, verdict: &str) -> bool {
    verdict == "clean" || matches!(role, Role::Regulator | Role::Admin)
}

#[derive(Serialize)]
pub(crate) struct VerifyPage {
    token: String,
    /// Where people reach this page from outside.
    address: String,
    case: String,
    ad_id: String,
    verdict: String,
    opened_at: String,
    sealed_at: String,
    manifest: String,
    until: String,
    /// Whether the link's time is over: then it says nothing more.
    over: bool,
}

impl Page for VerifyPage {
    const TEMPLATE: &'static str = "verify.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let page = |verdict: &str, over| Self {
            token: hostile(),
            address: hostile(),
            case: hostile(),
            ad_id: hostile(),
            verdict: verdict.into(),
            opened_at: hostile(),
            sealed_at: hostile(),
            manifest: hostile(),
            until: hostile(),
            over,
        };
        vec![page("clean", false), page("violating", false), page("inconclusive", true)]
    }
}

/// Makes a link, and goes there.
pub(crate) async fn make(
    State(app): State<Arc<App>>,
    Path(case): Path<String>,
    Signed { person, form: Nothing {} }: Signed<Nothing>,
) -> Result<Response, Failure> {
    let (row, _) = in_sight_or_preview(&app, &person, &case).await?;
    let line = line(&app, &row.case_id).await?;
    if !may_show(person.account.role, &row.verdict) || !is_vouched_for(&line) {
        return Err(Failure::Forbidden);
    }
    person.note(&app, "badge", row.case_id.as_str()).await?;
    let token = signed(&key(&app).await?, &row.case_id, (app.clock)() + TimeDelta::days(DAYS));
    Ok(Redirect::to(&format!("/verify/{token}")).into_response())
}

/// Whether its page is seen by nobody: then there is nothing to vouch for.
pub(crate) async fn is_pasted(app: &App, case: &CaseId) -> Result<bool, Failure> {
    Ok(line(app, case).await?.ad.pasted().is_some())
}

/// Whether somebody may show it to anybody: its page is there for all, and was visited for this case. A cheap look saw nothing behind
/// the landing page.
pub(crate) fn is_vouched_for(line: &CaseLine) -> bool {
    line.ad.pasted().is_none() && line.chains.iter().all(|chain| chain.reconfirmed.is_none())
}

async fn line(app: &App, case: &CaseId) -> Result<CaseLine, Failure> {
    let line = ask!(app.stored, store => store.line(case).await)?;
    Ok(serde_json::from_str(&line).map_err(|_| StoreError::CaseChanged { case_id: case.clone() })?)
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    parts: Parts,
) -> Result<Response, Failure> {
    let (case, badged, until) = opened(&app, &token).await?;
    let page = VerifyPage {
        address: format!("{}/verify/{token}", app.settings.url.trim_end_matches('/')),
        token,
        case: case.to_string(),
        ad_id: badged.ad_id,
        verdict: badged.verdict,
        opened_at: local(badged.opened_at),
        sealed_at: local(badged.sealed_at),
        manifest: badged.manifest.to_string(),
        until: local(until),
        over: until < (app.clock)(),
    };
    app.pages.show(&looks::frame(&parts, None), &page)
}

/// The same in one small picture, which may stand on pages of others.
pub(crate) async fn picture(State(app): State<Arc<App>>, Path(token): Path<String>) -> Result<Response, Failure> {
    let (_, badged, until) = opened(&app, &token).await?;
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    let (word, colour) = said(&badged.verdict, until < (app.clock)());
    let day = day(badged.sealed_at).to_string();
    Ok((headers, svg(word, colour, &day)).into_response())
}

/// How it came out in the languages of both pages, which never is more than a suspicion; and in which colour.
fn said(verdict: &str, over: bool) -> (&'static str, &'static str) {
    match verdict {
        _ if over => ("已失效 expired", "#5a5f69"),
        "clean" => ("一致 consistent", "#15663a"),
        "violating" => ("涉嫌违规 suspected", "#a1161a"),
        _ => ("无法核对 not checked", "#7a4b00"),
    }
}

fn svg(word: &str, colour: &str, day: &str) -> String {
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="330" height="28" viewBox="0 0 330 28" role="img" aria-label="postlink: {word}, {day}"><rect width="330" height="28" rx="6" fill="#2b2f36"/><path d="M76 0h248a6 6 0 0 1 6 6v16a6 6 0 0 1-6 6H76z" fill="{colour}"/><g fill="#fff" font-family="sans-serif" font-size="13"><text x="12" y="19">postlink</text><text x="88" y="19">{word} · {day}</text></g></svg>"##
    )
}

/// The case that a link is to, and until when it is good.
async fn opened(app: &App, token: &str) -> Result<(CaseId, Badged, DateTime<Utc>), Failure> {
    let (case, until) = case_of(&key(app).await?, token).ok_or(Failure::NotFound)?;
    let badged = ask!(app.stored, store => store.badged(&case).await)?.ok_or(Failure::NotFound)?;
    Ok((case, badged, until))
}

async fn key(app: &App) -> Result<hmac::Key, Failure> {
    let kept = app.badge_key.get_or_try_init(async || {
        let mut chance = [0_u8; 32];
        getrandom::fill(&mut chance).expect("internal error: the system has chance");
        let new: String = chance.iter().map(|byte| format!("{byte:02x}")).collect();
        ask!(app.stored, store => store.badge_key(&new).await)
    });
    Ok(hmac::Key::new(hmac::HMAC_SHA256, kept.await?.as_bytes()))
}

/// `<case>.<seconds since 1970>.<signature of both>`
fn signed(key: &hmac::Key, case: &CaseId, until: DateTime<Utc>) -> String {
    let says = format!("{case}.{}", until.timestamp());
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(key, says.as_bytes()));
    format!("{says}.{signature}")
}

/// Of a link that was signed here.
fn case_of(key: &hmac::Key, token: &str) -> Option<(CaseId, DateTime<Utc>)> {
    let (says, signature) = token.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    hmac::verify(key, says.as_bytes(), &signature).ok()?;
    let (case, until) = says.split_once('.')?;
    Some((CaseId::named(case)?, DateTime::from_timestamp(until.parse().ok()?, 0)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<VerifyPage>();
    }

    #[test]
    fn only_what_was_signed_here_is_opened() {
        let key = |text: &str| hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes());
        let case = CaseId::named("20261128T000000Z-0123456789ab").expect("an id");
        let until = DateTime::from_timestamp(1_900_000_000, 0).expect("a time");
        let token = signed(&key("one"), &case, until);
        assert_eq!(case_of(&key("one"), &token), Some((case.clone(), until)));
        assert_eq!(case_of(&key("other"), &token), None);
        for forged in [
            token.replace("ab.", "ac."),
            token.replace(".19", ".29"),
            token[..token.len() - 1].to_owned(),
            case.to_string(),
        ] {
            assert_eq!(case_of(&key("one"), &forged), None, "{forged}");
        }
    }

    #[test]
    fn a_badge_says_suspected_in_both_languages() {
        let of = |verdict, over| said(verdict, over).0;
        assert_eq!(of("violating", false), "涉嫌违规 suspected");
        assert_eq!((of("clean", false), of("clean", true)), ("一致 consistent", "已失效 expired"));
    }

    #[test]
    fn an_advertiser_shows_what_is_clean_alone() {
        let may = |role| ["clean", "violating", "inconclusive"].map(|verdict| may_show(role, verdict));
        assert_eq!(may(Role::Advertiser), [true, false, false]);
        assert_eq!(may(Role::Regulator), [true, true, true]);
    }
}

//! Before launch: an ad that does not run yet is examined as if it did, and shown to those who sent it alone.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::TimeDelta;
use model::account::Role;
use serde::Serialize;
use storage::previews::{Previewed, Previews as _};

use crate::app::App;
use crate::auth::{LONGEST_PAGE, PAGE, Person, Uploaded};
use crate::doors::{Draft, LeadsTo, Media};
use crate::media;
use crate::page::Page;
use crate::stored::ask;
use crate::told::local;
use crate::web::failure::Failure;

/// Pictures of one ad.
const PICTURES: usize = 6;
/// Of subtitles. Bytes.
const LONGEST_SUBTITLES: usize = 1 << 20;
/// Of what is written into a field. Characters.
const LONGEST: usize = 2_000;
/// Earlier previews that are listed.
const LISTED: u64 = 50;
/// So many in an hour, and those who made them wait.
const IN_AN_HOUR: usize = 30;

const MAKERS: [Role; 2] = [Role::Advertiser, Role::Platform];

#[derive(Serialize)]
pub(crate) struct PreviewsPage {
    /// What the account says already: it cannot be another.
    platform: Option<String>,
    advertiser: Option<String>,
    pictures: usize,
    megabytes: usize,
    previews: Vec<PreviewShown>,
    /// As many as are listed, where there are more.
    more: Option<u64>,
}

#[derive(Clone, Serialize)]
struct PreviewShown {
    ad_id: String,
    title: Option<String>,
    made_by: String,
    made_at: String,
    case: Option<String>,
    verdict: Option<String>,
}

fn shown(Previewed { preview, case }: &Previewed) -> PreviewShown {
    PreviewShown {
        ad_id: preview.ad_id.clone(),
        title: preview.title.clone(),
        made_by: preview.made_by.clone(),
        made_at: local(preview.made_at),
        case: case.as_ref().map(|(case, _)| case.to_string()),
        verdict: case.as_ref().map(|(_, verdict)| verdict.clone()),
    }
}

/// While an ad is examined.
#[derive(Serialize)]
pub(crate) struct PreviewPage {
    preview: PreviewShown,
}

impl Page for PreviewsPage {
    const TEMPLATE: &'static str = "previews.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || Some(crate::page::tests::HOSTILE.to_owned());
        let page = |platform, advertiser, previews| Self {
            platform,
            advertiser,
            pictures: 6,
            megabytes: 64,
            previews,
            more: Some(LISTED),
        };
        vec![page(hostile(), hostile(), PreviewShown::samples()), page(None, None, Vec::new())]
    }
}

impl Page for PreviewPage {
    const TEMPLATE: &'static str = "preview.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        PreviewShown::samples().into_iter().map(|preview| Self { preview }).collect()
    }
}

#[cfg(test)]
impl PreviewShown {
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let done = Self {
            ad_id: hostile(),
            title: Some(hostile()),
            made_by: hostile(),
            made_at: hostile(),
            case: Some(hostile()),
            verdict: Some("violating".into()),
        };
        vec![done.clone(), Self { title: None, case: None, verdict: None, ..done }]
    }
}

pub(crate) async fn list(State(app): State<Arc<App>>, person: Person) -> Result<Response, Failure> {
    person.must_be(&MAKERS)?;
    let (maker, sight) = (person.maker(), person.sight());
    let mut previews = ask!(app.stored, store => store.previews(&maker, LISTED + 1).await)?;
    let more = (previews.len() as u64 > LISTED).then_some(LISTED);
    previews.truncate(LISTED as usize);
    let page = PreviewsPage {
        platform: sight.platform,
        advertiser: sight.advertiser,
        pictures: PICTURES,
        megabytes: app.settings.upload_bytes / 1_000_000,
        previews: previews.iter().map(shown).collect(),
        more,
    };
    app.pages.show(person.frame(), &page)
}

/// Has the ad examined.
pub(crate) async fn make(State(app): State<Arc<App>>, uploaded: Uploaded) -> Result<Response, Failure> {
    uploaded.person.must_be(&MAKERS)?;
    not_too_many(&app, &uploaded.person).await?;
    let (draft, person) = draft(uploaded)?;
    let ad_id = app.doors.preview(draft).await?;
    person.note(&app, "preview", &ad_id).await?;
    Ok(Redirect::to(&format!("/preview/{ad_id}")).into_response())
}

/// Each costs minutes of a browser.
async fn not_too_many(app: &App, person: &Person) -> Result<(), Failure> {
    let maker = person.maker();
    let latest = ask!(app.stored, store => store.previews(&maker, IN_AN_HOUR as u64).await)?;
    let Some(last) = latest.get(IN_AN_HOUR - 1) else { return Ok(()) };
    let over = last.preview.made_at + TimeDelta::hours(1) - (app.clock)();
    match u64::try_from(over.num_seconds()) {
        Ok(again_in_secs @ 1..) => Err(Failure::TooMany { again_in_secs }),
        _ => Ok(()),
    }
}

/// What was sent, as whose it may be: an account of one advertiser, or of one platform, is no other here.
fn draft(mut uploaded: Uploaded) -> Result<(Draft, Person), Failure> {
    let pictures = uploaded.files("picture");
    let videos = uploaded.files("video");
    let subtitles = uploaded.files("subtitles").pop();
    let page_file = uploaded.files("page_file").pop();
    if pictures.len() > PICTURES || videos.len() > 1 {
        return Err(Failure::Bad("pictures", PICTURES.to_string()));
    }
    let pictures = pictures.into_iter().map(|bytes| of_type("image/", bytes)).collect::<Result<_, _>>()?;
    let video = videos.into_iter().next().map(|bytes| of_type("video/", bytes)).transpose()?;
    if subtitles.as_ref().is_some_and(|bytes| bytes.len() > LONGEST_SUBTITLES) {
        return Err(Failure::Bad("subtitles", LONGEST_SUBTITLES.to_string()));
    }
    if subtitles.is_some() && video.is_none() {
        return Err(Failure::bad("subtitles-alone"));
    }
    let field = |name: &str| match uploaded.text(name) {
        Some(text) if text.chars().count() > LONGEST => Err(Failure::Bad("long", format!("`{name}`, {LONGEST}"))),
        text => Ok(text),
    };
    let leads_to = leads_to(field("click_url")?, uploaded.text(PAGE).map(String::into_bytes), page_file)?;
    let sight = uploaded.person.sight();
    let draft = Draft {
        maker: uploaded.person.maker(),
        by: uploaded.person.account.name.clone(),
        title: field("title")?,
        description: field("description")?,
        cta: field("cta")?,
        leads_to,
        platform: sight.platform.map_or_else(|| field("platform"), |own| Ok(Some(own)))?,
        advertiser: sight.advertiser.map_or_else(|| field("advertiser"), |own| Ok(Some(own)))?,
        legal_name: field("legal_name")?,
        trade: field("trade")?,
        pictures,
        video,
        subtitles,
    };
    if draft.title.is_none() && draft.description.is_none() && draft.pictures.is_empty() && draft.video.is_none() {
        return Err(Failure::bad("nothing-promised"));
    }
    Ok((draft, uploaded.person))
}

/// Where the click leads: to an address, or to a page that was pasted or chosen as a file; to one of them.
fn leads_to(address: Option<String>, pasted: Option<Vec<u8>>, file: Option<Vec<u8>>) -> Result<LeadsTo, Failure> {
    let bad = |key| Err(Failure::bad(key));
    match (address, pasted.or(file)) {
        (Some(_), Some(_)) => bad("address-and-page"),
        (None, None) => bad("address-or-page"),
        (Some(address), None) if address.starts_with("https://") || address.starts_with("http://") => {
            Ok(LeadsTo::Address(address))
        }
        (Some(_), None) => bad("click-url"),
        (None, Some(page)) if page.len() > LONGEST_PAGE => Err(Failure::Bad("long-page", LONGEST_PAGE.to_string())),
        (None, Some(page)) if page.contains(&0) || !page.contains(&b'<') => bad("no-html"),
        (None, Some(page)) => Ok(LeadsTo::Pasted(page)),
    }
}

/// A file, if its bytes are of this kind.
fn of_type(kind: &str, bytes: Vec<u8>) -> Result<Media, Failure> {
    match media::by_its_bytes(&bytes).filter(|found| found.starts_with(kind)) {
        Some(found) => Ok(Media { ending: media::ending(found), bytes }),
        None if kind == "image/" => Err(Failure::bad("picture")),
        None => Err(Failure::bad("video")),
    }
}

/// How far it is; then its case.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Path(ad): Path<String>,
) -> Result<Response, Failure> {
    let maker = person.maker();
    let found = ask!(app.stored, store => store.preview(&maker, &ad).await)?.ok_or(Failure::NotFound)?;
    match &found.case {
        Some((case, _)) => Ok(Redirect::to(&format!("/cases/{case}")).into_response()),
        None => app.pages.show(person.frame(), &PreviewPage { preview: shown(&found) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_stand() {
        crate::page::tests::renders::<PreviewsPage>();
        crate::page::tests::renders::<PreviewPage>();
    }

    #[test]
    fn a_click_leads_to_an_address_or_to_a_page() {
        let page = || Some(b"<p>x".to_vec());
        let address = || Some("https://a.test/".to_owned());
        assert_eq!(leads_to(address(), None, None).ok(), Some(LeadsTo::Address("https://a.test/".into())));
        assert_eq!(leads_to(None, page(), None).ok(), Some(LeadsTo::Pasted(b"<p>x".to_vec())));
        assert_eq!(leads_to(None, None, page()).ok(), Some(LeadsTo::Pasted(b"<p>x".to_vec())));
        let binary = || Some(b"<\0".to_vec());
        let long = || Some(vec![b'<'; LONGEST_PAGE + 1]);
        for (address, page) in
            [(address(), page()), (None, None), (Some("file:///x".into()), None), (None, binary()), (None, long())]
        {
            assert!(leads_to(address.clone(), page.clone(), None).is_err(), "{address:?}");
        }
    }

    #[test]
    fn a_file_is_what_its_bytes_are() {
        assert_eq!(of_type("image/", b"\xff\xd8\xff\xe0".to_vec()).expect("a picture").ending, "jpg");
        assert!(of_type("video/", b"\xff\xd8\xff\xe0".to_vec()).is_err(), "a picture is no video");
        for page in ["<html>", "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"] {
            assert!(of_type("image/", page.into()).is_err(), "{page}");
        }
    }
}

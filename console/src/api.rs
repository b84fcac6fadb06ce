//! The API, version 1: what the pages show, as JSON, for programs that come with a token.
//!
//! An endpoint is a line here and a handler in a file of `api/`; the document is made of both (`api/document.rs`).

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::middleware::from_fn_with_state;

use self::document::{About, Document, Endpoints, Routed};
use self::problem::{Kind, Problem};
use crate::app::App;

mod accept;
mod ads;
mod asked;
mod bundles;
mod caller;
mod cases;
mod decisions;
mod document;
mod evidence;
mod exports;
mod filters;
mod governing;
mod heard;
pub(crate) mod limit;
mod me;
mod once;
mod problem;
mod rejections;
mod sweeps;
mod webhooks;

/// What is sent is short. Bytes.
const LONGEST: usize = 64 * 1024;

fn endpoints() -> Endpoints {
    let about = |id, summary| About { id, summary, problems: &[] };
    Endpoints::new()
        .free("/openapi.json", give_document, about("getDocument", "This document"))
        .get("/me", me::show, about("getMe", "Whose the token is, and what it may be used for"))
        .get("/cases", cases::list, about("listCases", "Cases, the latest first"))
        .get("/cases/{case}", cases::one, about("getCase", "A case with all that is known of it"))
        .get(
            "/cases/{case}/decisions",
            decisions::list,
            about("listDecisions", "What was decided about a case, in order"),
        )
        .post(
            "/cases/{case}/decisions",
            decisions::decide,
            about("decide", "Decides about a case, or one of its violations"),
        )
        .get(
            "/cases/{case}/evidence/{sha256}",
            evidence::give,
            about("getEvidence", "The bytes of something that a case rests on"),
        )
        .get(
            "/cases/{case}/rejections",
            rejections::list,
            about("listRejections", "Why the ad of a case is rejected, as platforms tell their advertisers"),
        )
        .get("/ads", ads::list, about("listAds", "The ads that were imported, by id"))
        .get("/ads/{id}", ads::one, about("getAd", "An ad with its cases"))
        .get("/complaints", heard::list, about("listComplaints", "Complaints, the latest first"))
        .post_larger(
            "/complaints",
            heard::complaints,
            about("sendComplaints", "Takes complaints in, 1,000 at most"),
            heard::LARGEST,
        )
        .post_larger(
            "/conversions",
            heard::conversions,
            about("sendConversions", "Takes conversions in, 1,000 at most"),
            heard::LARGEST,
        )
        .post_larger(
            "/touchpoints",
            heard::touchpoints,
            about("sendTouchpoints", "Takes contacts of users with ads in, 1,000 at most"),
            heard::LARGEST,
        )
        .get("/ccr", heard::ccr, about("getRates", "How often users who converted complain, week by week"))
        .get("/measures", governing::measures, about("listMeasures", "What was proposed and done about advertisers"))
        .get(
            "/advertisers/linked",
            governing::linked,
            about("listLinkedAdvertisers", "Accounts that are suspected to be one advertiser's, and what shows it"),
        )
        .get("/deadlines", governing::due, about("listDeadlines", "What waits for people, by when it is due"))
        .get(
            "/ledger",
            governing::ledger,
            about("listLedger", "The ledger: what was found, decided, done, and what came of it"),
        )
        .get("/attribution", governing::attribution, about("getAttribution", "Who gets the credit, by eight models"))
        .get("/traffic", governing::traffic, about("getTraffic", "How much of the traffic is valid, by kind and rule"))
        .get("/sweeps", sweeps::list, about("listSweeps", "Sweeps, by name"))
        .get("/sweeps/{name}", sweeps::one, about("getSweep", "A sweep, and how far its latest rounds are"))
        .post(
            "/sweeps/{name}/pause",
            sweeps::pause,
            About { problems: &[Kind::Over], ..about("pauseSweep", "Opens no further round, and holds what waits") },
        )
        .post(
            "/sweeps/{name}/resume",
            sweeps::resume,
            About { problems: &[Kind::Over], ..about("resumeSweep", "Goes on with a sweep that is paused") },
        )
        .post(
            "/sweeps/{name}/cancel",
            sweeps::cancel,
            About { problems: &[Kind::Over], ..about("cancelSweep", "Ends a sweep for good") },
        )
        .get(
            "/webhooks",
            webhooks::list,
            about("listWebhooks", "Who is told of what happens to the ads of this account"),
        )
        .post("/webhooks", webhooks::add, about("addWebhook", "Has another system told of what happens"))
        .post(
            "/webhooks/{hook}/secret",
            webhooks::turn,
            about("turnWebhook", "Gives a webhook another secret; the one before it signs for a day more"),
        )
        .delete("/webhooks/{hook}", webhooks::drop_it, about("deleteWebhook", "Tells another system nothing more"))
        .get("/exports/cases.csv", exports::csv, about("exportCsv", "Cases as CSV; no cell of it is a formula"))
        .get("/exports/cases.jsonl", exports::json_lines, about("exportJsonLines", "Cases as JSON Lines"))
        .get(
            "/exports/cases.xlsx",
            exports::xlsx,
            About { problems: &[Kind::Unprocessable], ..about("exportXlsx", "Cases as a sheet of 20,000 at most") },
        )
        .get(
            "/exports/bundle.zip",
            bundles::bundle,
            About {
                problems: &[Kind::NotFound, Kind::Unprocessable],
                ..about("exportBundle", "Cases with their evidence, as a bundle that strangers can verify")
            },
        )
}

/// The document, made once.
static DOCUMENT: LazyLock<String> = LazyLock::new(|| format!("{:#}\n", endpoints().done().document));

/// The OpenAPI document as it is served, and as it stands in `console/openapi.json`.
pub fn document() -> &'static str {
    &DOCUMENT
}

async fn give_document(State(_): State<Arc<App>>) -> Result<Document, Problem> {
    Ok(Document(document()))
}

/// Everything below `/api/v1`.
pub(crate) fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    let Routed { guarded, free, .. } = endpoints().done();
    guarded
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || {
            let detail = "see /api/v1/openapi.json for what may be asked for here, and the header Allow";
            Problem::new(Kind::NoMethod, detail)
        })
        .layer(DefaultBodyLimit::max(LONGEST))
        .layer(from_fn_with_state(Arc::clone(app), caller::known))
        .merge(free)
}

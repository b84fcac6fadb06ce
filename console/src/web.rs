//! The addresses of the console, and what every request goes through.

use std::sync::Arc;
use std::time::Duration;

pub use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tokio::net::TcpListener;

use crate::app::App;
use crate::doors::LONGEST_ADS;
use crate::pages::{
    account, ad, ads, appeals, badge, case, cases, ccr, complaints, coverage, deadlines, evidence, export, home,
    landing, language, ledger, log, login, measures, outbox, overview, paths, preview, progress, provider, quality,
    queue, reports, sweep, sweeps, traffic, users, webhooks,
};
use crate::{api, assets, probes};

mod connections;
pub(crate) mod failure;
mod headers;
mod origin;

/// A form of the console is short. Bytes.
const LONGEST_FORM: usize = 64 * 1024;

/// Everything that the console answers.
pub fn routes(app: Arc<App>) -> Router {
    let pages = Router::new()
        .route("/", get(home::show))
        .route("/login", get(login::show).post(login::sign_in))
        .route("/login/provider", get(provider::leave))
        .route(crate::identity::CALLBACK, get(provider::come_back))
        .route("/logout", post(login::sign_out))
        .route("/language", post(language::choose))
        .route("/account", get(account::show))
        .route("/account/password", post(account::password))
        .route("/account/factor", post(account::factor))
        .route("/account/codes", post(account::codes))
        .route("/account/sessions/end", post(account::end_sessions))
        .route("/cases", get(cases::show))
        .route("/cases/{case}", get(case::show))
        .route("/cases/{case}/decide", post(case::decide))
        .route("/cases/{case}/evidence/{sha256}", get(evidence::give))
        .route("/export", post(export::make))
        .route("/queue", get(queue::show).post(queue::decide))
        .route("/quality", get(quality::show))
        .route("/log", get(log::show))
        .route("/outbox", get(outbox::show).post(outbox::retry))
        .route("/webhooks", get(webhooks::show).post(webhooks::add))
        .route("/webhooks/{id}/{what}", post(webhooks::act))
        .route("/users", get(users::show).post(users::add))
        .route("/users/{name}/{to}", post(users::turn))
        .route("/landing", get(landing::show))
        .route("/overview", get(overview::show))
        .route("/coverage", get(coverage::show))
        .route("/sweeps", get(sweeps::show).post(sweeps::create))
        .route("/sweeps/_new", get(sweeps::new))
        .route("/sweeps/{name}", get(sweep::show))
        .route("/sweeps/{name}/progress", get(progress::follow))
        .route("/sweeps/{name}/{what}", post(sweep::act))
        .route(
            "/preview",
            get(preview::list).post(preview::make).layer(DefaultBodyLimit::max(app.settings.upload_bytes)),
        )
        .route("/preview/{ad}", get(preview::show))
        .route("/appeals", get(appeals::list))
        .route(
            "/ads",
            get(ads::list).post(ads::import).layer(DefaultBodyLimit::max(LONGEST_ADS.min(app.settings.upload_bytes))),
        )
        .route("/ad", get(ad::show))
        .route("/cases/{case}/corrected", post(case::said::corrected))
        .route(
            "/cases/{case}/appeals",
            post(case::said::appeal).layer(DefaultBodyLimit::max(app.settings.upload_bytes)),
        )
        .route("/cases/{case}/appeals/{number}/{place}", get(case::said::file))
        .route("/cases/{case}/badge", post(badge::make))
        .route("/verify/{token}", get(badge::show))
        .route("/verify/{token}/badge.svg", get(badge::picture))
        .route("/complaints", get(complaints::show))
        .route("/complaints/sample", get(complaints::sampled::show))
        .route("/complaint", get(complaints::one::show).post(complaints::one::say))
        .route("/ccr", get(ccr::show))
        .route("/ccr/{name}", get(ccr::file))
        .route("/paths", get(paths::show))
        .route("/traffic", get(traffic::show))
        .route("/measures", get(measures::show))
        .route("/measures/propose", get(measures::propose::show).post(measures::propose::make))
        .route("/measures/{id}", post(measures::turn))
        .route("/deadlines", get(deadlines::show))
        .route("/reports", get(reports::show))
        .route("/reports/{name}", get(reports::file))
        .route("/ledger", get(ledger::show))
        .route("/ledger/{name}", get(ledger::file))
        .fallback(async || failure::Failure::NotFound)
        .layer(DefaultBodyLimit::max(LONGEST_FORM))
        .layer(from_fn_with_state(Arc::clone(&app), failure::told))
        .layer(from_fn(origin::check));
    Router::new()
        .merge(pages)
        .nest("/api/v1", api::routes(&app))
        .route("/static/{hash}/{name}", get(assets::give))
        .layer(from_fn_with_state(Arc::clone(&app), headers::set))
        .with_state(app)
        .merge(probes::alive())
}

/// Answers until `end` comes; who is slow then is waited for a little.
pub async fn serve(
    listener: TcpListener,
    routes: Router,
    end: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    connections::serve(listener, routes, connections::BOUNDS, end).await
}

/// How long requests that are under way at the end are waited for.
pub const LAST_WORDS: Duration = Duration::from_secs(3);

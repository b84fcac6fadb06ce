//! The crawler: one browser, any number of visits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use model::ad::Ad;
use model::case::{Gap, Step};
use model::chain::{Chain, HopKind};
use model::evidence::Evidence;
use model::snapshot::Snapshot;
use model::units::{Clock, Millis};
use serde_json::json;
use tokio::sync::Mutex;
use tracing::{debug, warn};
use url::Url;

use crate::browser::{CallError, Chromium, LaunchError, NotFound, find_program};
use crate::certificates;
use crate::guard::{Gate, Guard, Pasted, RuleError};
use crate::http::Walked;
use crate::options::Options;
use crate::source::macros::{self, Macro, Truth};
use crate::visit::{Request, Seen, see};
use crate::{capture, download, follow, gap, health, http};

/// Follows clicks as declared visitors. One browser process serves all visits; each has a context and a guard of its own.
pub struct Crawler {
    options: Options,
    clock: Clock,
    guard: Arc<Guard>,
    browser: Mutex<Option<Arc<Chromium>>>,
}

/// Why the crawler cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Rule(#[from] RuleError),
    #[error(transparent)]
    Browser(#[from] LaunchError),
}

/// What one visitor met after the click.
#[derive(Debug)]
pub struct Visit {
    pub chain: Chain,
    /// The page on which the visitor came to rest, if there is one.
    pub snapshots: Vec<Snapshot>,
    /// Everything that the hops and snapshots name, and the record of the chain.
    pub evidence: Vec<Evidence>,
    pub gaps: Vec<Gap>,
}

impl Crawler {
    /// Reads the guard's rules and starts the browser.
    pub async fn start(options: Options, clock: Clock) -> Result<Self, StartError> {
        http::choose_cryptography();
        let guard = Arc::new(Guard::new(&options.guard)?);
        let browser = launch(&options, &guard, &clock).await?;
        Ok(Self { options, clock, guard, browser: Mutex::new(Some(Arc::new(browser))) })
    }

    /// Follows the ad's click as this visitor. Never fails: what could not be seen is a gap.
    pub async fn visit(&self, ad: &Ad, visitor: &str) -> Visit {
        self.visit_levels(ad, visitor, self.options.follow.next_levels, None, None).await
    }

    /// Follows the ad's click as this visitor, and walks so many levels behind the landing page. Nothing goes out after `until`.
    /// A page that was pasted stands behind its address for this visit alone.
    pub async fn visit_levels(
        &self,
        ad: &Ad,
        visitor: &str,
        levels: u8,
        until: Option<Instant>,
        pasted: Option<&Pasted>,
    ) -> Visit {
        let mut options = self.options.clone();
        options.follow.next_levels = levels;
        let (seen, walked) = match self.prepare(ad, visitor, &options) {
            Ok(request) => self.go(&request, until, pasted).await,
            Err(gap) => (refused(ad, gap), Walked::default()),
        };
        self.told(ad, visitor, seen, walked)
    }

    /// Walks the ad's click over plain HTTP alone, as the visit does beside its browser: the chain has a walk and no hops.
    /// Nothing goes out after `until`.
    pub async fn probe(&self, ad: &Ad, visitor: &str, until: Option<Instant>) -> Visit {
        let (seen, walked) = match self.prepare(ad, visitor, &self.options) {
            Ok(request) => match Gate::open(Arc::clone(&self.guard), until).await {
                Ok(gate) => (Seen::default(), self.walk(&request, &gate).await),
                Err(error) => (Seen { gaps: vec![no_guard(visitor, &error)], ..Seen::default() }, Walked::default()),
            },
            Err(gap) => (Seen { gaps: vec![gap], ..Seen::default() }, Walked::default()),
        };
        self.told(ad, visitor, seen, walked)
    }

    /// Follows the ad's click with the browser to the landing page, as the visit does, and no further: nothing is pressed, no
    /// film is made, nothing is walked beside. Nothing goes out after `until`.
    pub async fn glance(&self, ad: &Ad, visitor: &str, until: Option<Instant>) -> Visit {
        let options = self.options.for_a_glance();
        let seen = match self.prepare(ad, visitor, &options) {
            Ok(request) => match Gate::open(Arc::clone(&self.guard), until).await {
                Ok(gate) => self.seen(&gate, &request).await,
                Err(error) => failed(&request, no_guard(visitor, &error)),
            },
            Err(gap) => refused(ad, gap),
        };
        self.told(ad, visitor, seen, Walked::default())
    }

    /// What was met, as evidence tells it.
    fn told(&self, ad: &Ad, visitor: &str, seen: Seen, walked: Walked) -> Visit {
        let Seen { snapshots, mut traffic, mut evidence, gaps, blocked, opened, .. } = seen;
        // Tabs are joined when they are done with; their requests went out side by side.
        traffic.exchanges.sort_by_key(|exchange| exchange.at_ms);
        traffic.exchanges.extend(walked.exchanges);
        traffic.visitor = visitor.to_owned();
        evidence.extend(walked.bodies);
        let traffic = serde_json::to_vec(&traffic).expect("internal error: traffic is plain data");
        let traffic = Evidence::new("traffic", "application/json", traffic, (self.clock)());
        let mut chain = Chain {
            visitor: visitor.to_owned(),
            hops: seen.hops,
            walk: walked.hops,
            ways: seen.ways,
            acts: seen.acts,
            film: seen.film,
            record: None,
            clicked: None,
            traffic: Some(traffic.id()),
            reconfirmed: None,
        };
        evidence.push(traffic);
        let record = capture::record(
            json!({"ad_id": ad.ad_id, "click_url": ad.click_url, "chain": chain, "gaps": gaps, "blocked": blocked, "opened": opened}),
        );
        let record = Evidence::new("record of the chain", "application/json", record, (self.clock)());
        chain.record = Some(record.id());
        evidence.push(record);
        debug!(ad.id = %ad.ad_id, visitor, hops = chain.hops.len(), "Followed a click");
        Visit { chain, snapshots, evidence, gaps }
    }

    /// Visits that are under way keep their browser; the next one gets a fresh one. Browsers grow with the pages they saw.
    pub async fn renew(&self) {
        *self.browser.lock().await = None;
    }

    /// Whether there is a browser, or one could be started.
    pub async fn reached(&self) -> Result<(), NotFound> {
        match self.browser.lock().await.as_ref() {
            Some(browser) if browser.connection.is_open() => Ok(()),
            _ => find_program(&self.options.browser.path).map(drop),
        }
    }

    /// Ends the browser and removes its profile.
    pub async fn stop(self) {
        if let Some(browser) = self.browser.into_inner().and_then(Arc::into_inner) {
            browser.stop().await;
        }
    }

    /// Who looks, and at what; a gap when there is nothing that could be looked at.
    fn prepare<'a>(&'a self, ad: &'a Ad, name: &'a str, options: &'a Options) -> Result<Request<'a>, Gap> {
        let no = |reason: &str, detail: String| gap::gap(Step::Follow, reason, name, Some(0), false, detail);
        let Some(visitor) = options.visitors.get(name) else {
            let known: Vec<&str> = options.visitors.keys().map(String::as_str).collect();
            return Err(no(
                "unknown-visitor",
                format!("There is no visitor `{name}`; there are {}.", known.join(", ")),
            ));
        };
        let written = ad.click_url.trim();
        let truth = Truth {
            now_ms: (self.clock)().timestamp_millis(),
            user_agent: &visitor.agent(),
            address: None,
            landing_url: ad.landing_url.as_deref(),
        };
        let filled = macros::fill(written, &truth);
        let click = Url::parse(&filled.url).map_err(|error| {
            no("not-a-url", format!("The click URL `{written}` is no URL ({error}). Correct it in the ads file."))
        })?;
        if !matches!(click.scheme(), "http" | "https") {
            return Err(no(
                "scheme-refused",
                format!(
                    "The click URL `{written}` is not http or https; nothing else is followed. Give the URL behind the app link."
                ),
            ));
        }
        let macros = filled.macros;
        Ok(Request { options, name, visitor, clock: &self.clock, click, macros })
    }

    /// Browser first, then plain HTTP: a click that works only once works for the browser.
    async fn go(&self, request: &Request<'_>, until: Option<Instant>, pasted: Option<&Pasted>) -> (Seen, Walked) {
        let gate = match Gate::with(Arc::clone(&self.guard), until, pasted.cloned()).await {
            Ok(gate) => gate,
            Err(error) => return (failed(request, no_guard(request.name, &error)), Walked::default()),
        };
        let mut seen = self.seen(&gate, request).await;
        let walk = self.walk(request, &gate).await;
        let files = download::look_at(&mut seen.ways, request.visitor, gate.at(), (self.clock)()).await;
        seen.evidence.extend(files);
        let refused = certificates::look_at(&mut seen.hops, gate.at(), (self.clock)()).await;
        seen.evidence.extend(refused);
        let opened =
            gate.journal().all_opened().into_iter().map(|(host, port, at)| format!("{host}:{port} {at}")).collect();
        (Seen { opened, ..seen }, walk)
    }

    async fn walk(&self, request: &Request<'_>, gate: &Gate) -> Walked {
        let (click, follow) = (&request.click, &self.options.follow);
        http::walk(click, request.visitor, gate.at(), gate.journal(), follow, &self.clock).await
    }

    /// What the browser saw, with a click in any case.
    async fn seen(&self, gate: &Gate, request: &Request<'_>) -> Seen {
        match self.see(gate, request).await {
            Ok(mut seen) => {
                if seen.hops.is_empty() {
                    seen.hops.push(follow::hop(0, HopKind::Click, request.click.as_str(), Millis(0), None));
                }
                seen.hops[0].cause = filled(&request.macros);
                seen
            }
            Err(why) => {
                let detail =
                    format!("The browser failed twice: {why}. Try again; `postlink doctor` looks at the browser.");
                failed(request, gap::gap(Step::Follow, "browser-failed", request.name, Some(0), true, detail))
            }
        }
    }

    /// Looks with the browser; when the browser itself fails, or draws nothing, once more with a fresh one.
    async fn see(&self, gate: &Gate, request: &Request<'_>) -> Result<Seen, String> {
        let browser = self.browser(None).await.map_err(|error| error.to_string())?;
        let fresh = match self.bounded(&browser, gate, request).await {
            Ok(seen) if !is_undrawn(&seen) => return Ok(seen),
            // Another page may keep the whole browser from drawing: whoever comes next shall not have it.
            Ok(_) => {
                self.retire(&browser).await;
                self.browser(None).await
            }
            Err(error) => {
                debug!(%error, "The browser failed, a fresh one is started");
                self.browser(Some((&browser, &error))).await
            }
        };
        let fresh = fresh.map_err(|error| error.to_string())?;
        let seen = self.bounded(&fresh, gate, request).await.map_err(|error| error.to_string())?;
        if is_undrawn(&seen) {
            self.retire(&fresh).await;
        }
        Ok(seen)
    }

    /// Visits that are under way keep the browser to their end; the next one gets a fresh one.
    async fn retire(&self, browser: &Arc<Chromium>) {
        let mut slot = self.browser.lock().await;
        if slot.as_ref().is_some_and(|present| Arc::ptr_eq(present, browser)) {
            *slot = None;
        }
    }

    /// Every wait within a visit has its own bound; this one is for what nobody thought of.
    async fn bounded(&self, browser: &Chromium, gate: &Gate, request: &Request<'_>) -> Result<Seen, CallError> {
        let bound = Duration::from_secs(self.options.follow.page_timeout_secs) * 4 + Duration::from_secs(120);
        let seen = tokio::time::timeout(bound, see(browser, gate, request)).await;
        let mut seen = seen.unwrap_or(Err(CallError::TimedOut { method: "visit", bound }))?;
        seen.gaps.extend(unwell(browser, request.name));
        Ok(seen)
    }

    /// The browser; a fresh one in place of the one that failed, unless another visit has seen to that already.
    async fn browser(&self, failed: Option<(&Arc<Chromium>, &CallError)>) -> Result<Arc<Chromium>, LaunchError> {
        let mut slot = self.browser.lock().await;
        if let Some(browser) = slot.as_ref().filter(|browser| browser.connection.is_open())
            && failed.is_none_or(|(failed, _)| !Arc::ptr_eq(failed, browser))
        {
            return Ok(Arc::clone(browser));
        }
        let fresh = Arc::new(launch(&self.options, &self.guard, &self.clock).await?);
        *slot = Some(Arc::clone(&fresh));
        Ok(fresh)
    }
}

/// Starts a browser, and looks whether it is well.
async fn launch(options: &Options, guard: &Arc<Guard>, clock: &Clock) -> Result<Chromium, LaunchError> {
    let mut browser = Chromium::launch(&options.browser).await?;
    let health = health::of(&browser, guard, clock).await;
    for looked in health.looked.iter().filter(|looked| !looked.well) {
        warn!(what = looked.what, detail = looked.detail, "The browser is not well");
    }
    browser.health = Some(health);
    Ok(browser)
}

/// What a browser that is not well showed proves nothing.
fn unwell(browser: &Chromium, visitor: &str) -> Option<Gap> {
    let looked = &browser.health.as_ref()?.looked;
    let wrong: Vec<_> = looked.iter().filter(|one| !one.well).map(|one| one.detail.as_str()).collect();
    let detail = format!("The browser was not well when it was started: {}.", wrong.join("; "));
    (!wrong.is_empty()).then(|| gap::gap(Step::Capture, "browser-unwell", visitor, Some(0), true, detail))
}

/// Whether a page was not drawn, and may be another time: one that was cut off for its size will not be.
fn is_undrawn(seen: &Seen) -> bool {
    let has = |reason: &str| seen.gaps.iter().any(|gap| gap.reason == reason);
    has("no-picture") && !has("page-incomplete")
}

/// What was put in place of macros that the platform had not filled, as the click's cause tells it.
fn filled(macros: &[Macro]) -> Option<String> {
    let told = macros.iter().map(|one| format!("{} by {:?}", one.written, one.value));
    let told = told.collect::<Vec<_>>().join(", ");
    (!told.is_empty()).then(|| format!("macros filled: {told}"))
}

/// A click that came to nothing.
fn failed(request: &Request<'_>, gap: Gap) -> Seen {
    let hop = follow::hop(0, HopKind::Click, request.click.as_str(), Millis(0), None);
    Seen { hops: vec![hop], gaps: vec![gap], ..Seen::default() }
}

fn no_guard(visitor: &str, error: &std::io::Error) -> Gap {
    let detail = format!("The guard could not listen on this machine: {error}.");
    gap::gap(Step::Follow, "browser-failed", visitor, Some(0), true, detail)
}

/// A click that was not even tried.
fn refused(ad: &Ad, gap: Gap) -> Seen {
    let mut hop = follow::hop(0, HopKind::Click, &ad.click_url, Millis(0), None);
    hop.error = Some(gap.reason.clone());
    Seen { hops: vec![hop], gaps: vec![gap], ..Seen::default() }
}

//! One visit: a click as one visitor, from the first request to the page it comes to rest on.

use std::time::{Duration, Instant};

use model::case::{Gap, Step};
use model::chain::Hop;
use model::evidence::{Evidence, EvidenceId};
use model::snapshot::{Blocked, Snapshot};
use model::units::{Clock, Level};
use url::Url;

use crate::browser::{CallError, Chromium};
use crate::capture::settle::{Rest, scroll_through, settle};
use crate::capture::{self, Captured, challenge};
use crate::gap::{gap, of_error};
use crate::guard::Gate;
use crate::options::Options;
use crate::seat::Seat;
use crate::visitor::Visitor;
use crate::watch::Watch;

/// Who looks, and how.
pub(crate) struct Request<'a> {
    pub(crate) options: &'a Options,
    pub(crate) name: &'a str,
    pub(crate) visitor: &'a Visitor,
    pub(crate) clock: &'a Clock,
    pub(crate) click: Url,
}

/// What the browser saw.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) hops: Vec<Hop>,
    pub(crate) snapshots: Vec<Snapshot>,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) blocked: Vec<Blocked>,
    /// Connections that were made: `host:port address:port`.
    pub(crate) opened: Vec<String>,
}

/// Visits the click with the browser. An error means that the browser itself is to blame.
pub(crate) async fn see(browser: &Chromium, gate: &Gate, request: &Request<'_>) -> Result<Seen, CallError> {
    let mut context = browser.context(gate.at()).await?;
    context.deny().await?;
    let (tab, popups) = context.tab().await?;
    let seat = Seat::take(tab, popups, browser, gate, request).await?;
    seat.click();
    let (rest, captured) = look(&seat).await;
    let lost = seat.tab.is_lost();
    let seen = conclude(&seat, rest, captured);
    seat.tab.close();
    if lost { Err(CallError::Lost { method: "visit" }) } else { Ok(seen) }
}

/// Follows until a page stays, and captures it; begins again while pages move on.
async fn look(seat: &Seat<'_>) -> (Rest, Option<Captured>) {
    let watch_for = Duration::from_millis(seat.options.follow.watch_ms);
    loop {
        let rest = settle(seat).await;
        let moves = seat.watch().moves;
        if matches!(rest, Rest::Nothing | Rest::Hung) {
            return (rest, None);
        }
        let quiet_since = Instant::now();
        scroll_through(seat).await;
        while !seat.has_moved(moves)
            && rest == Rest::Quiet
            && quiet_since.elapsed() < watch_for
            && !seat.left().is_zero()
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        if seat.has_moved(moves) && !seat.left().is_zero() {
            continue;
        }
        let captured = capture::page(seat, rest == Rest::Quiet).await;
        if seat.has_moved(moves) && !seat.left().is_zero() {
            continue;
        }
        let rest = if captured.is_none() { Rest::Hung } else { rest };
        return (rest, captured);
    }
}

/// Puts together what was seen, and names what was not.
fn conclude(seat: &Seat<'_>, rest: Rest, captured: Option<Captured>) -> Seen {
    let mut seen = Seen { gaps: gaps(seat, rest), ..Seen::default() };
    let mut watch = seat.watch();
    seen.blocked = watch.blocked.clone();
    seen.blocked.extend(seat.refusals());
    seen.hops = std::mem::take(&mut watch.trail).into_hops();
    for hop in &mut seen.hops {
        hop.remote = seat.journal.remote(&hop.url);
        if let Some(trouble) = seat.journal.why_not(&hop.url).filter(|_| hop.error.is_some()) {
            hop.error = Some(format!("{}: {trouble}", hop.error.as_deref().unwrap_or_default()));
        }
    }
    let request = watch.page.request.clone().unwrap_or_default();
    let headers = watch.traffic.of(&request).map(|exchange| exchange.headers.clone()).unwrap_or_default();
    drop(watch);
    let Some(Captured { snapshot, html, evidence, missing }) = captured else { return seen };
    let last = seen.hops.last().map(|hop| hop.index);
    let mut add = |reason: &str, retry: bool, detail: String| {
        seen.gaps.push(gap(Step::Capture, reason, seat.name, last, retry, detail))
    };
    let url = &snapshot.url;
    if let Some(status) = snapshot.status.filter(|status| *status >= 400) {
        let retry = status >= 500 || matches!(status, 408 | 425 | 429);
        add(
            "error-status",
            retry,
            format!("{url} answered with status {status}. Check that the link is still meant to work, and look again."),
        );
    }
    if let Some(found) = challenge::find(&challenge::Signs { snapshot: &snapshot, html: &html, headers: &headers }) {
        let what = if found.reason == "app-only-page" { "asks for another app" } else { "asks whether we are human" };
        add(
            found.reason,
            true,
            format!("{url} {what}: {}. A person has to look, or the operator lets this visitor in.", found.sign),
        );
    } else if !missing.iter().any(|(reason, _)| matches!(*reason, "no-layout" | "page-too-large"))
        && capture::is_empty(&snapshot.nodes)
    {
        add(
            "empty-page",
            true,
            format!("{url} shows no text and no picture. Look again, or look at it as another visitor."),
        );
    }
    for (reason, detail) in missing {
        add(reason, reason != "page-too-large", detail);
    }
    seen.evidence = evidence;
    keep(&mut seen, snapshot, seat);
    seen
}

/// Serialises the snapshot; its id is what the hop names.
fn keep(seen: &mut Seen, snapshot: Snapshot, seat: &Seat<'_>) {
    let bytes = serde_json::to_vec(&snapshot).unwrap_or_default();
    let kept = Evidence::new("page snapshot", "application/json", bytes, (seat.clock)());
    let id: EvidenceId = kept.id();
    if let Some(hop) = seen.hops.last_mut() {
        (hop.snapshot, hop.level) = (Some(id), Level(1));
    }
    seen.evidence.push(kept);
    seen.snapshots.push(snapshot);
}

/// What kept us from seeing where the click leads.
fn gaps(seat: &Seat<'_>, rest: Rest) -> Vec<Gap> {
    let watch = seat.watch();
    let last = watch.trail.hops().last();
    let (hop, url) = (last.map(|hop| hop.index), last.map_or(seat.click.as_str(), |hop| &hop.url));
    let timeout = seat.options.follow.page_timeout_secs;
    let tell = |step: Step, reason: &str, retry: bool, detail: String| gap(step, reason, seat.name, hop, retry, detail);
    let mut gaps = Vec::new();
    if let Some(ended) = watch.trail.ended {
        let detail = format!(
            "After {} hops {url} sends its visitors on again. Nobody arrives anywhere; see the chain.",
            watch.trail.hops().len()
        );
        gaps.push(tell(Step::Follow, ended, false, detail));
    } else if watch.app_link.is_some() && !watch.page.committed {
        gaps.push(nothing(&watch, url, tell));
    } else if let Some(error) = &watch.page.failed {
        let trouble = seat.journal.why_not(url);
        let (reason, retry, hint) = of_error(error, trouble.as_ref());
        let why = trouble.map_or_else(|| error.clone(), |trouble| trouble.to_string());
        gaps.push(tell(Step::Follow, reason, retry, format!("{url} could not be opened: {why}. {hint}")));
    } else if watch.page.crashed {
        gaps.push(tell(
            Step::Capture,
            "browser-failed",
            true,
            format!("{url} brought its browser tab down. Try again."),
        ));
    } else if rest == Rest::Nothing && !watch.page.committed {
        gaps.push(nothing(&watch, url, tell));
    } else if rest == Rest::Hung {
        gaps.push(tell(
            Step::Capture,
            "timeout",
            true,
            format!("{url} was busy with its own script for {timeout} s and could not be captured."),
        ));
    } else if rest == Rest::Late || rest == Rest::Nothing {
        gaps.push(tell(Step::Capture, "timeout", true, format!("{url} did not come to rest within {timeout} s; what was there was kept. Look again, or raise `follow.page_timeout_secs`.")));
    }
    if let Some(form) = watch.held_back.as_ref().filter(|_| watch.page.committed) {
        gaps.push(tell(
            Step::Follow,
            "form-held-back",
            false,
            format!(
                "{url} sends a form by itself to {form}; nothing is submitted, so what comes after it was not seen."
            ),
        ));
    }
    gaps
}

/// Why the click led to no document at all.
fn nothing(watch: &Watch, url: &str, tell: impl Fn(Step, &str, bool, String) -> Gap) -> Gap {
    if let Some(file) = &watch.download {
        tell(Step::Follow, "download", false, format!("The click leads to a download, {file}, which was not accepted."))
    } else if let Some(form) = &watch.held_back {
        tell(Step::Follow, "form-held-back", false, format!("{url} sends a form to {form}; nothing is submitted."))
    } else if let Some(link) = &watch.app_link {
        tell(
            Step::Follow,
            "scheme-refused",
            false,
            format!("The click leads into an app, {link}. Only http and https are followed."),
        )
    } else if let Some(status) = watch.trail.hops().last().and_then(|hop| hop.status.filter(|_| hop.error.is_some())) {
        tell(Step::Follow, "empty-page", true, format!("{url} answered with status {status} and without a page."))
    } else {
        tell(
            Step::Follow,
            "timeout",
            true,
            format!("{url} did not answer in time. Look again, or raise `follow.page_timeout_secs`."),
        )
    }
}

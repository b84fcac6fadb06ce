//! What one tab of a visit went through: from the address it was sent to, to the page it came to rest on.

use model::case::{Gap, Step};
use model::chain::{Act, Frame, Hop, Way};
use model::evidence::{Evidence, EvidenceId};
use model::snapshot::{Blocked, Snapshot};
use model::traffic::Exchange;
use model::units::{Clock, Level};

use crate::capture::settle::Rest;
use crate::capture::{Captured, obstacle, responses};
use crate::certificates;
use crate::gap::{gap, of_error};
use crate::seat::Seat;
use crate::visit::Seen;
use crate::watch::Watch;

/// A page with less to read than this, which its visitor left again by itself, was no page but a door.
const A_DOOR: usize = 24;

/// Ends of a way that are no failure to see: it led to what is never done.
const BY_DESIGN: [&str; 5] = ["app-only-page", "download", "form-held-back", "login-wall", "scheme-refused"];

/// One tab's part of a visit. Hops are counted from 0 until it is joined to the others.
#[derive(Default)]
pub(crate) struct Leg {
    pub(crate) hops: Vec<Hop>,
    pub(crate) captured: Vec<Captured>,
    pub(crate) ways: Vec<Way>,
    pub(crate) acts: Vec<Act>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) blocked: Vec<Blocked>,
    frames: Vec<Frame>,
    exchanges: Vec<Exchange>,
    /// Requests beyond the bounds, of which nothing was kept.
    dropped: u64,
    evidence: Vec<Evidence>,
    /// What opened in place, by the way that opened it.
    pub(crate) opened: Vec<(usize, Captured)>,
}

impl Leg {
    /// Puts together what was seen, and names what was not; `ends` is what kept the tab from arriving.
    pub(crate) async fn conclude(
        seat: &Seat<'_>,
        ends: Vec<Gap>,
        mut captured: Vec<Captured>,
        opened: Vec<(usize, Captured)>,
    ) -> Self {
        let mut gaps = ends;
        responses::bodies(seat).await;
        certificates::ask(seat).await;
        let clicked_at = seat.clicked_at();
        let (frames, mut evidence) = seat.film.develop((seat.clock)());
        let mut watch = seat.watch();
        let mut blocked = watch.blocked.clone();
        blocked.extend(seat.refusals());
        let (ways, acts) = (std::mem::take(&mut watch.ways), std::mem::take(&mut watch.acts));
        let mut hops = watch.trail.take();
        let (exchanges, bodies) = watch.traffic.tell(seat.journal, clicked_at);
        evidence.extend(bodies);
        evidence.extend(certificates::keep(&watch.certificates, &mut hops, (seat.clock)()));
        let dropped = watch.traffic.dropped();
        drop(watch);
        for hop in &mut hops {
            hop.remote = seat.journal.remote(&hop.url);
            if let Some(trouble) = seat.journal.why_not(&hop.url).filter(|_| hop.error.is_some()) {
                hop.error = Some(format!("{}: {trouble}", hop.error.as_deref().unwrap_or_default()));
            }
        }
        // Of the pages that sent their visitor on only those are kept that showed something.
        if let Some(last) = captured.pop() {
            captured.retain(shows_something);
            gaps.extend(faults(seat, &last));
            captured.push(last);
        }
        if seat.errand.level > Level(1) {
            // Behind a button these are ends, not failures: the way on tells of them.
            gaps.retain(|gap| !BY_DESIGN.contains(&gap.reason.as_str()));
        }
        Self { hops, captured, ways, acts, gaps, blocked, frames, exchanges, dropped, evidence, opened }
    }

    /// Whether a page is one to walk on from: no error, and nothing that stands in for the page of the ad.
    pub(crate) fn is_walkable(page: &Captured) -> bool {
        !page.snapshot.nodes.is_empty()
            && page.snapshot.status.is_none_or(|status| status < 400)
            && stand_in(page).is_none()
    }

    /// Joins it to the visit, behind the hops that are there; `from` is the hop whose page it began on.
    pub(crate) fn join(mut self, seen: &mut Seen, from: Option<u16>, clock: &Clock) {
        let first = u16::try_from(seen.hops.len()).unwrap_or(u16::MAX);
        for hop in &mut self.hops {
            hop.index += first;
            hop.from = hop.from.map(|from| from + first).or(from);
        }
        self.ways.iter_mut().for_each(|way| way.hop += first);
        self.acts.iter_mut().for_each(|act| act.hop += first);
        self.frames.iter_mut().for_each(|frame| frame.hop += first);
        self.gaps.iter_mut().for_each(|gap| gap.hop = gap.hop.map(|hop| hop + first));
        for captured in self.captured {
            let local = usize::from(captured.snapshot.hop);
            let (id, level) = keep(seen, captured, first, clock);
            if let Some(hop) = self.hops.get_mut(local) {
                (hop.snapshot, hop.level) = (Some(id), level);
            }
        }
        for (way, captured) in self.opened {
            let (id, _) = keep(seen, captured, first, clock);
            if let Some(way) = self.ways.get_mut(way) {
                way.snapshot = Some(id);
            }
        }
        seen.hops.extend(self.hops);
        seen.ways.extend(self.ways);
        seen.acts.extend(self.acts);
        seen.film.extend(self.frames);
        seen.traffic.exchanges.extend(self.exchanges);
        seen.traffic.dropped += self.dropped;
        seen.evidence.extend(self.evidence);
        seen.gaps.extend(self.gaps);
        for blocked in self.blocked {
            if !seen.blocked.contains(&blocked) {
                seen.blocked.push(blocked);
            }
        }
    }
}

/// Serialises the snapshot; its id is what hops and ways name.
fn keep(seen: &mut Seen, captured: Captured, first: u16, clock: &Clock) -> (EvidenceId, Level) {
    let Captured { mut snapshot, evidence, .. } = captured;
    snapshot.hop += first;
    let bytes = serde_json::to_vec(&snapshot).unwrap_or_default();
    let kept = Evidence::new("page snapshot", "application/json", bytes, clock());
    let (id, level) = (kept.id(), snapshot.level);
    seen.evidence.extend(evidence);
    seen.evidence.push(kept);
    seen.snapshots.push(snapshot);
    (id, level)
}

fn shows_something(page: &Captured) -> bool {
    let Snapshot { nodes, viewport, .. } = &page.snapshot;
    let visible = || nodes.iter().filter(|node| node.style.as_ref().is_some_and(|style| style.visible));
    let letters: usize =
        visible().filter_map(|node| node.text.as_deref()).map(|text| text.trim().chars().count()).sum();
    let pictures =
        visible().filter(|node| node.tag == "img" || node.style.as_ref().is_some_and(|s| s.background_image));
    let pictured: f64 = pictures.filter_map(|node| node.area).map(|area| area.size()).sum();
    let screen = f64::from(viewport.0) * f64::from(viewport.1);
    (letters >= A_DOOR || pictured > 0.25 * screen) && stand_in(page).is_none()
}

/// What stands there instead of the page, if something does.
fn stand_in(page: &Captured) -> Option<obstacle::Obstacle> {
    let laid_out = !page.missing.iter().any(|(reason, _)| matches!(*reason, "no-layout" | "page-too-large"));
    let Captured { snapshot, html, headers, .. } = page;
    obstacle::find(&obstacle::Signs { snapshot, html, headers, laid_out })
}

/// Why a captured page is not the page of the ad.
fn faults(seat: &Seat<'_>, page: &Captured) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let snapshot = &page.snapshot;
    let mut add = |reason: &str, retry: bool, detail: String| {
        gaps.push(gap(Step::Capture, reason, seat.name, Some(snapshot.hop), retry, detail))
    };
    let url = &snapshot.url;
    if let Some(status) = snapshot.status.filter(|status| *status >= 400) {
        let retry = status >= 500 || matches!(status, 408 | 425 | 429);
        let detail =
            format!("{url} answered with status {status}. Check that the link is still meant to work, and look again.");
        add("error-status", retry, detail);
    }
    if let Some(found) = stand_in(page) {
        add(found.reason, found.retry, found.detail(url));
    }
    for (reason, detail) in &page.missing {
        add(reason, *reason != "page-too-large", detail.clone());
    }
    gaps
}

/// What kept us from seeing where the way leads. To be asked before anything is pressed, which may take the page away.
pub(crate) fn ends(seat: &Seat<'_>, rest: Rest) -> Vec<Gap> {
    let watch = seat.watch();
    let last = watch.trail.hops().last();
    let (hop, url) = (last.map(|hop| hop.index), last.map_or(seat.errand.url.as_str(), |hop| &hop.url));
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
        let detail = format!("{url} brought its browser tab down. Try again.");
        gaps.push(tell(Step::Capture, "browser-failed", true, detail));
    } else if matches!(rest, Rest::Nothing | Rest::Hung) && !watch.page.committed {
        gaps.push(nothing(&watch, url, tell));
    } else if rest == Rest::Hung {
        let detail = format!("{url} was busy with its own script for {timeout} s and could not be captured.");
        gaps.push(tell(Step::Capture, "timeout", true, detail));
    } else if rest == Rest::Late || rest == Rest::Nothing {
        let detail = format!(
            "{url} did not come to rest within {timeout} s; what was there was kept. Look again, or raise `follow.page_timeout_secs`."
        );
        gaps.push(tell(Step::Capture, "timeout", true, detail));
    }
    if let Some(why) = watch.page.incomplete.as_ref().filter(|_| watch.page.committed) {
        let detail = format!("{url} did not come whole: {why}. Look again; what came was kept.");
        gaps.push(tell(Step::Capture, "page-incomplete", true, detail));
    }
    if let Some(form) = watch.held_back.as_ref().filter(|_| watch.page.committed && !watch.gesture) {
        let detail = format!(
            "{url} sends a form by itself to {form}; nothing is submitted, so what comes after it was not seen."
        );
        gaps.push(tell(Step::Follow, "form-held-back", false, detail));
    }
    gaps
}

/// Why the way led to no document at all.
fn nothing(watch: &Watch, url: &str, tell: impl Fn(Step, &str, bool, String) -> Gap) -> Gap {
    let (reason, retry, detail) = if let Some(file) = &watch.download {
        ("download", false, format!("The click leads to a download, {file}, which was not accepted."))
    } else if let Some(form) = &watch.held_back {
        ("form-held-back", false, format!("{url} sends a form to {form}; nothing is submitted."))
    } else if let Some(link) = &watch.app_link {
        let detail = format!("The click leads into an app, {link}. Only http and https are followed.");
        ("scheme-refused", false, detail)
    } else if let Some(status) = watch.trail.hops().last().and_then(|hop| hop.status.filter(|_| hop.error.is_some())) {
        ("empty-page", true, format!("{url} answered with status {status} and without a page."))
    } else {
        let detail = format!("{url} did not answer in time. Look again, or raise `follow.page_timeout_secs`.");
        ("timeout", true, detail)
    };
    tell(Step::Follow, reason, retry, detail)
}

//! One visit: a click as one visitor, to the page it comes to rest on, and on from there as a person would go.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use model::case::Gap;
use model::chain::{Act, ActKind, Frame, Hop, HopKind, Way};
use model::evidence::Evidence;
use model::snapshot::{Blocked, Part, Snapshot};
use model::traffic::Traffic;
use model::units::{Clock, Level};
use tokio::task::JoinHandle;
use url::Url;

use crate::browser::{CallError, Chromium, Context};
use crate::capture::settle::{self, Rest, Watched, settle};
use crate::capture::{self, Captured};
use crate::certificates;
use crate::companions::{self, Tabs};
use crate::explore;
use crate::explore::candidates::{Cover, cover};
use crate::follow::{Step, frame};
use crate::guard::Gate;
use crate::leg::{Leg, ends};
use crate::options::Options;
use crate::seat::{Errand, Seat};
use crate::source::macros::Macro;
use crate::visitor::Visitor;

/// A page behind the landing page is watched no longer than this for sending its visitor on.
const NEXT_WATCH: Duration = Duration::from_millis(800);

/// How often a page that cannot be reached yet is looked at again.
const CLOSELY: Duration = Duration::from_millis(700);

/// How long a layer that came late is looked at for a mark: most of those that hold their visitor do so for 5 to 10 seconds.
const LAYER_WATCH: Duration = Duration::from_secs(7);

/// Who looks, and how.
pub(crate) struct Request<'a> {
    pub(crate) options: &'a Options,
    pub(crate) name: &'a str,
    pub(crate) visitor: &'a Visitor,
    pub(crate) clock: &'a Clock,
    pub(crate) click: Url,
    /// Those of its macros that were filled here.
    pub(crate) macros: Vec<Macro>,
}

/// What the browser saw.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) hops: Vec<Hop>,
    pub(crate) ways: Vec<Way>,
    pub(crate) acts: Vec<Act>,
    pub(crate) film: Vec<Frame>,
    pub(crate) snapshots: Vec<Snapshot>,
    pub(crate) traffic: Traffic,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) blocked: Vec<Blocked>,
    /// Connections that were made: `host:port address:port`.
    pub(crate) opened: Vec<String>,
}

/// The browser context of a visit, in which its tabs are opened.
pub(crate) struct Room<'a> {
    context: Arc<Context>,
    browser: &'a Chromium,
    gate: &'a Gate,
    pub(crate) request: &'a Request<'a>,
    tabs: Tabs,
    receiving: JoinHandle<()>,
}

impl<'a> Room<'a> {
    async fn open(browser: &'a Chromium, gate: &'a Gate, request: &'a Request<'a>) -> Result<Self, CallError> {
        let mut context = browser.context(gate.at()).await?;
        context.deny().await?;
        let uninvited = context.uninvited();
        let context = Arc::new(context);
        let tabs = Tabs::default();
        let receiving = tokio::spawn(companions::receive(
            Arc::clone(&context),
            uninvited,
            Arc::clone(&tabs),
            Arc::new(request.visitor.worker_calls()),
        ));
        Ok(Self { context, browser, gate, request, tabs, receiving })
    }

    /// Opens a tab and sends it on its errand.
    pub(crate) async fn send(&self, errand: Errand, clicked: Option<Instant>) -> Result<Seat<'a>, CallError> {
        let tab = self.context.tab().await?;
        let target = tab.target.clone();
        let seat = Seat::take(tab, self.browser, self.gate, self.request, errand, clicked).await?;
        self.tabs.lock().unwrap_or_else(PoisonError::into_inner).push((target, Arc::clone(&seat.events)));
        seat.go();
        Ok(seat)
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        // It holds on to the context, which is to close.
        self.receiving.abort();
    }
}

/// Visits the click with the browser. An error means that the browser itself is to blame.
pub(crate) async fn see(browser: &Chromium, gate: &Gate, request: &Request<'_>) -> Result<Seen, CallError> {
    let room = Room::open(browser, gate, request).await?;
    let click = Errand {
        kind: HopKind::Click,
        url: request.click.as_str().to_owned(),
        referrer: Some(request.visitor.referrer.clone()).filter(|referrer| !referrer.is_empty()),
        level: Level(1),
        part: Part::Landing,
    };
    let mut seen = Seen::default();
    let mut seat = room.send(click, None).await?;
    let follow = &request.options.follow;
    let (mut rest, mut captured) = arrive(&seat, Duration::from_millis(follow.watch_ms)).await;
    if let Some(errand) = web_instead_of_app(&seat).filter(|_| captured.is_empty()) {
        lost(&seat)?;
        let clicked = seat.clicked();
        let mut leg = Leg::conclude(&seat, ends(&seat, rest), captured, Vec::new()).await;
        // The app was not launched; a visitor who does not have it arrives all the same.
        leg.gaps.clear();
        leg.join(&mut seen, None, request.clock);
        seat = room.send(errand, Some(clicked)).await?;
        (rest, captured) = arrive(&seat, Duration::from_millis(follow.watch_ms)).await;
    }
    let from = seen.hops.last().map(|hop| hop.index);
    if follow.next_levels == 0 || captured.is_empty() {
        lost(&seat)?;
        Leg::conclude(&seat, ends(&seat, rest), captured, Vec::new()).await.join(&mut seen, from, request.clock);
    } else {
        explore::from(&room, seat, rest, captured, from, &mut seen).await?;
    }
    Ok(seen)
}

/// Where a click that leads into an app leads those who do not have it.
fn web_instead_of_app(seat: &Seat<'_>) -> Option<Errand> {
    let watch = seat.watch();
    let url = watch.ways.iter().find_map(|way| way.app.as_ref()?.fallback.clone())?;
    let referrer = watch.trail.hops().last().map(|hop| hop.url.clone());
    Some(Errand { kind: HopKind::AppLink, url, referrer, ..seat.errand.clone() })
}

/// Captures the page as it stands. A frame that is all there is to see is where the visitor arrived.
async fn picture(seat: &Seat<'_>, rest: Rest) -> Option<Captured> {
    let mut captured = capture::page(seat, rest == Rest::Quiet, seat.errand.level, seat.errand.part).await?;
    certificates::ask(seat).await;
    if let Some(frame) = frame::find(&captured.snapshot) {
        captured.snapshot.hop = enter(seat, &frame);
    }
    Some(captured)
}

/// The hop into a frame.
fn enter(seat: &Seat<'_>, frame: &str) -> u16 {
    let mut watch = seat.watch();
    let answer = watch.traffic.exchanges().iter().rfind(|exchange| exchange.url == frame).cloned();
    let at_ms = answer.as_ref().map_or_else(|| watch.traffic.now(), |answer| answer.at_ms);
    let known = watch.trail.hops().last().is_some_and(|hop| hop.url == frame);
    if !known
        && watch.trail.step(Step::new(HopKind::Frame, frame, at_ms).because("a frame that fills the screen".into()))
    {
        let hop = watch.trail.last_mut();
        if let (Some(hop), Some(answer)) = (hop, answer) {
            (hop.status, hop.tls) = (answer.status, answer.tls);
        }
    }
    watch.hop()
}

/// Whether the browser itself went away.
pub(crate) fn lost(seat: &Seat<'_>) -> Result<(), CallError> {
    if seat.tab.is_lost() { Err(CallError::Lost { method: "visit" }) } else { Ok(()) }
}

/// Follows until a page stays, and captures it; a page that sends its visitor on, or becomes another one, has been
/// captured before. The last one is where the way ends.
pub(crate) async fn arrive(seat: &Seat<'_>, watch_for: Duration) -> (Rest, Vec<Captured>) {
    let mut pages: Vec<Captured> = Vec::new();
    let watch_for = if seat.errand.level == Level(1) { watch_for } else { watch_for.min(NEXT_WATCH) };
    // A page that rewrites itself for ever is looked at this often.
    for _ in 0..=seat.options.follow.max_hops {
        let rest = settle(seat).await;
        let (moves, hop) = {
            let watch = seat.watch();
            (watch.moves, watch.hop())
        };
        if matches!(rest, Rest::Nothing | Rest::Hung) {
            // What was there before it went away is no page to stay on.
            return (rest, Vec::new());
        }
        let quiet_since = Instant::now();
        let look = settle::look(seat).await;
        if seat.watch().hop() != hop && !seat.left().is_zero() {
            // It sent its visitor on meanwhile: what is there now has still to come to rest.
            continue;
        }
        let captured = picture(seat, rest).await;
        if seat.has_moved(moves) && !seat.left().is_zero() {
            pages.extend(captured);
            continue;
        }
        let Some(captured) = captured else { return (Rest::Hung, Vec::new()) };
        if rest != Rest::Quiet {
            pages.push(captured);
            return (rest, pages);
        }
        // A page that answered no look cannot be said to have changed.
        let watched = match &look {
            Some(look) => watch(seat, look, moves, quiet_since, watch_for, &captured).await,
            None => Watched::Same,
        };
        // The same page, as it stands now.
        let now = if watched == Watched::Changed { picture(seat, rest).await } else { None };
        if let Some(now) = now.as_ref().filter(|_| watch_for > CLOSELY && cover(&captured.snapshot) == Cover::None) {
            watch_layer(seat, now).await;
        }
        pages.push(now.unwrap_or(captured));
        match watched {
            Watched::MovedOn => continue,
            Watched::Same => return (rest, pages),
            Watched::Changed => {}
        }
        if !seat.has_moved(moves) || seat.left().is_zero() {
            return (rest, pages);
        }
    }
    (Rest::Late, pages)
}

/// Looks on while a layer that came late covers the page and cannot be closed.
async fn watch_layer(seat: &Seat<'_>, captured: &Captured) {
    let since = Instant::now();
    let mut shut = cover(&captured.snapshot) == Cover::Shut;
    while shut && since.elapsed() < LAYER_WATCH && seat.left() > CLOSELY {
        tokio::time::sleep(CLOSELY).await;
        let Some(now) = capture::layout_now(seat, captured).await else { return };
        shut = match cover(&now) {
            Cover::Shut => true,
            Cover::None => false,
            Cover::Opens(mark) => {
                tell_late_close(seat, captured, &mark);
                false
            }
        };
    }
}

/// Writes down that a layer which covered a captured page can be closed only now.
fn tell_late_close(seat: &Seat<'_>, captured: &Captured, mark: &str) {
    let at_ms = seat.since_click();
    let (shut, open) = (captured.snapshot.at_ms.0 as f64 / 1_000.0, at_ms.0 as f64 / 1_000.0);
    let detail = format!(
        "A layer covered the page and had nothing to close it {shut:.1} s after the click; its mark 「{mark}」 was there at {open:.1} s."
    );
    seat.watch().act(ActKind::LateClose, at_ms, detail);
}

/// Watches a page that was just captured. One that a layer covers which cannot be closed is looked at more closely: it
/// may let its visitor go after some seconds.
async fn watch(
    seat: &Seat<'_>,
    look: &settle::Look,
    moves: u64,
    quiet_since: Instant,
    watch_for: Duration,
    captured: &Captured,
) -> Watched {
    let mut watched = Watched::Same;
    let shut = watch_for > CLOSELY && cover(&captured.snapshot) == Cover::Shut;
    while shut && quiet_since.elapsed() + CLOSELY < watch_for {
        match settle::linger(seat, look, moves, quiet_since, quiet_since.elapsed() + CLOSELY).await {
            Watched::MovedOn => return Watched::MovedOn,
            Watched::Changed => watched = Watched::Changed,
            Watched::Same => {}
        }
        let Some(now) = capture::layout_now(seat, captured).await else { break };
        if let Cover::Opens(mark) = cover(&now) {
            tell_late_close(seat, captured, &mark);
            watched = Watched::Changed;
            break;
        }
    }
    match settle::linger(seat, look, moves, quiet_since, watch_for).await {
        Watched::Same => watched,
        other => other,
    }
}

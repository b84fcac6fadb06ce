//! Presses what stands on a page, as the visitor's finger or mouse would, and sees what comes of it.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use model::chain::{ActKind, Outcome, Way, WayKind};
use model::snapshot::Part;
use model::units::Level;
use serde_json::{Value, json};

use crate::browser::CallError;
use crate::capture::settle::{self, Look};
use crate::capture::{self, Captured};
use crate::explore::candidates::{Candidate, candidates};
use crate::explore::safety::Safety;
use crate::seat::Seat;
use crate::watch::Caught;

const BOUND: Duration = Duration::from_millis(1_500);
/// How long an element may take to answer that watches itself while it is pressed.
const SECONDS_OF_ITS_OWN: Duration = Duration::from_secs(8);
/// How long to wait for what a press brings about.
const REACTION: Duration = Duration::from_millis(1_500);
const STEP: Duration = Duration::from_millis(60);
/// A layer that stays after its close mark was pressed this often does not close.
const CLOSINGS: usize = 3;
/// Ways on of each kind that one page is said to offer.
const MOST_OFFERED: usize = 6;
/// What is pressed, in this order, and how many of each: what opens in place first, since a call to action may take
/// the page away.
const PRESSED: [(WayKind, usize); 3] = [(WayKind::Fold, 2), (WayKind::Agreement, 2), (WayKind::Action, 3)];

/// What pressing brought about.
struct Reaction {
    caught: Option<Caught>,
    /// The page shows something more, less, or else.
    changed: bool,
    held_back: bool,
    launched: bool,
}

/// Notes the ways on that a page offers, and presses those that have to be pressed to know where they lead. Gives what
/// opened in place, by the place of its way in the tab's list; none when the page is too busy to be pressed at all.
pub(crate) async fn all(
    seat: &Seat<'_>,
    page: &Captured,
    until: Instant,
) -> Result<Option<Vec<(usize, Captured)>>, CallError> {
    let offered = candidates(&page.snapshot);
    if refused(seat.begin_pressing().await)?.is_none() {
        return Ok(None);
    }
    let mut opened = Vec::new();
    let mut left = seat.options.follow.max_presses;
    for mark in offered.iter().filter(|one| one.kind == WayKind::Close && one.layer && one.safe == Safety::Link) {
        let mut watch = seat.watch();
        let at_ms = watch.traffic.now();
        let to = mark.href.as_deref().unwrap_or_default();
        let detail = format!("The mark 「{}」 that should close a layer is a link to {to}.", mark.words);
        watch.act(ActKind::CloseTrap, at_ms, detail);
    }
    // What lies above the page is closed first, as a person would.
    for mark in offered.iter().filter(|one| closes(one) && !one.covered).take(1) {
        if left > 0 {
            left -= 1;
            close(seat, page, mark).await?;
        }
    }
    let (pressed, told) = sort(&offered);
    for one in told {
        let way = way(seat, one, page);
        seat.watch().way(way);
    }
    let mut unfolded: Vec<String> = Vec::new();
    for one in pressed {
        let mut way = way(seat, one, page);
        if one.kind == WayKind::Fold && is_among(&one.words, &unfolded) {
            way.outcome = Outcome::Opened;
            seat.watch().way(way);
            continue;
        }
        if left == 0 || Instant::now() > until {
            seat.watch().way(way);
            continue;
        }
        left -= 1;
        let Some(reaction) = press(seat, handle(page, one), &one.words).await? else {
            way.outcome = Outcome::Failed;
            seat.watch().way(way);
            continue;
        };
        way.outcome = outcome(&reaction);
        way.url = reaction.caught.as_ref().map(|caught| caught.url.clone());
        if one.kind == WayKind::Fold && way.outcome == Outcome::Opened {
            unfolded.extend(unfold_alike(seat, handle(page, one)).await);
        }
        let shows = if reaction.changed && reaction.caught.is_none() { shown(seat, one).await } else { None };
        let place = {
            let mut watch = seat.watch();
            watch.way(way);
            watch.ways.len() - 1
        };
        if let Some(shows) = shows {
            let mark = candidates(&shows.snapshot).into_iter().find(closes);
            if let Some(mark) = mark.filter(|_| left > 0) {
                left -= 1;
                close(seat, &shows, &mark).await?;
            }
            opened.push((place, shows));
        }
    }
    Ok(Some(opened))
}

/// Opens what else is folded as this one is, and gives the words that head it: a person goes through all of them, and a list
/// of questions has more than there are presses. Nothing is pressed: a `details` opens by itself, and asks nobody.
async fn unfold_alike(seat: &Seat<'_>, handle: i64) -> Vec<String> {
    const OPEN: &str = "function () { if (this.localName !== 'summary') return []; \
        const folded = [...this.ownerDocument.querySelectorAll('details:not([open])')].slice(0, 60); \
        for (const d of folded) d.open = true; \
        return folded.map(d => String(d.querySelector('summary')?.innerText || '').trim().slice(0, 300)); }";
    let found = ask(seat, handle, OPEN, json!([]), BOUND).await.unwrap_or_default();
    let heads: Vec<String> =
        found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let heads: Vec<String> = heads.into_iter().filter(|head| head.chars().any(char::is_alphanumeric)).collect();
    for way in &mut seat.watch().ways {
        if way.kind == WayKind::Fold && is_among(&way.words, &heads) {
            way.outcome = Outcome::Opened;
        }
    }
    heads
}

/// Whether a fold with these words is headed by one of those.
fn is_among(words: &str, heads: &[String]) -> bool {
    !words.is_empty() && heads.iter().any(|head| still_says(words, head))
}

/// What is to be pressed, in order, and what is only told of.
fn sort(offered: &[Candidate]) -> (Vec<&Candidate>, Vec<&Candidate>) {
    let mut seen = HashSet::new();
    let once: Vec<&Candidate> = offered.iter().filter(|one| seen.insert((one.kind, one.same))).collect();
    let pressed: Vec<&Candidate> = PRESSED
        .iter()
        .flat_map(|(kind, most)| once.iter().filter(|one| one.kind == *kind && presses(one)).take(*most))
        .copied()
        .collect();
    let is_pressed = |one: &Candidate| pressed.iter().any(|other| other.node == one.node);
    let mut count: HashMap<WayKind, usize> = HashMap::new();
    let told = once.into_iter().filter(|one| one.kind != WayKind::Close && !is_pressed(one)).filter(|one| {
        let count = count.entry(one.kind).or_default();
        *count += 1;
        *count <= MOST_OFFERED
    });
    let told = told.collect();
    (pressed, told)
}

/// A mark that by all that can be seen closes a layer, and does nothing else.
fn closes(one: &Candidate) -> bool {
    one.kind == WayKind::Close && one.layer && one.safe == Safety::Press
}

/// A plain link is gone in a tab of its own; what could submit something is never pressed.
fn presses(one: &Candidate) -> bool {
    one.safe == Safety::Press && !one.covered
}

fn way(seat: &Seat<'_>, one: &Candidate, page: &Captured) -> Way {
    let outcome = match (one.kind, one.safe) {
        (WayKind::AppLink, _) => Outcome::NotLaunched,
        (WayKind::Download | WayKind::Form, _) | (_, Safety::Submits) => Outcome::HeldBack,
        _ => Outcome::Unspent,
    };
    Way {
        kind: one.kind,
        hop: page.snapshot.hop,
        at_ms: seat.since_click(),
        words: one.words.clone(),
        area: Some(one.area),
        url: one.href.clone(),
        gesture: true,
        app: one.href.as_deref().filter(|_| one.kind == WayKind::AppLink).and_then(crate::explore::app::read),
        file: None,
        outcome,
        snapshot: None,
    }
}

fn outcome(reaction: &Reaction) -> Outcome {
    match reaction {
        // To be gone later, in a tab of its own.
        Reaction { caught: Some(_), .. } => Outcome::Unspent,
        Reaction { launched: true, .. } => Outcome::NotLaunched,
        Reaction { changed: true, .. } => Outcome::Opened,
        Reaction { held_back: true, .. } => Outcome::HeldBack,
        _ => Outcome::Nothing,
    }
}

/// What the page shows now that something opened.
async fn shown(seat: &Seat<'_>, one: &Candidate) -> Option<Captured> {
    let here = seat.errand.level;
    let (level, part) = match one.kind {
        WayKind::Fold => (here, Part::Unfolded),
        WayKind::Agreement => (Level(here.0 + 1), Part::Agreement),
        _ => (Level(here.0 + 1), Part::Next),
    };
    settle::picture(seat).await;
    capture::page(seat, true, level, part).await
}

/// Presses a close mark until its layer is gone, and tells if it does not go, or if the mark leads elsewhere.
async fn close(seat: &Seat<'_>, page: &Captured, mark: &Candidate) -> Result<(), CallError> {
    let mut way = way(seat, mark, page);
    way.outcome = Outcome::Failed;
    let mut trap = None;
    for turn in 1..=CLOSINGS {
        let handle = handle(page, mark);
        let (stayed, pressed) = tokio::join!(stays(seat, handle), press(seat, handle, &mark.words));
        let Some(reaction) = pressed? else { break };
        if let Some(caught) = reaction.caught {
            trap = Some(format!("The mark 「{}」 that should close a layer leads to {}.", mark.words, caught.url));
            (way.url, way.outcome) = (Some(caught.url), Outcome::Unspent);
            break;
        }
        match stayed {
            Some(false) => {
                way.outcome = Outcome::Opened;
                let often = format!("The layer closed only when its mark 「{}」 was pressed {turn} times.", mark.words);
                trap = (turn > 1).then_some(often);
                break;
            }
            Some(true) => way.outcome = Outcome::Nothing,
            // A page too busy to say what the press did cannot be said to have refused it.
            None => break,
        }
        if turn == CLOSINGS {
            trap = Some(format!("The layer stays when its mark 「{}」 is pressed {turn} times.", mark.words));
        }
    }
    let mut watch = seat.watch();
    let at_ms = way.at_ms;
    watch.way(way);
    if let Some(trap) = trap {
        watch.act(ActKind::CloseTrap, at_ms, trap);
    }
    Ok(())
}

fn handle(page: &Captured, one: &Candidate) -> i64 {
    page.handles.get(one.node).copied().unwrap_or_default()
}

/// Presses in the middle of an element; none when it is not there to be pressed, when something else lies above it by
/// now, or when it says something else than when it was chosen: it could order by then.
async fn press(seat: &Seat<'_>, handle: i64, words: &str) -> Result<Option<Reaction>, CallError> {
    let node = json!({"backendNodeId": handle});
    if refused(seat.tab.call("DOM.scrollIntoViewIfNeeded", node.clone(), BOUND).await)?.is_none() {
        return Ok(None);
    }
    let Some(quads) = refused(seat.tab.call("DOM.getContentQuads", node, BOUND).await)? else { return Ok(None) };
    let Some((x, y)) = middle(&quads["quads"][0]) else { return Ok(None) };
    let Some(lies) = ask(seat, handle, LIES, json!([{"value": x}, {"value": y}]), BOUND).await else { return Ok(None) };
    if lies["hit"] != true || !still_says(words, lies["says"].as_str().unwrap_or_default()) {
        return Ok(None);
    }
    let Some(before) = settle::look(seat).await else { return Ok(None) };
    let noted = Noted::of(seat);
    tap(seat, x, y).await?;
    Ok(Some(react(seat, &before, &noted).await))
}

/// Whether what lies at this place belongs to the element, and what the element says.
const LIES: &str = "function (x, y) { const d = this.ownerDocument, v = d.defaultView; let [left, top] = [0, 0]; \
    for (let w = v; w && w !== w.parent && w.frameElement; w = w.parent) { const r = w.frameElement.getBoundingClientRect(); left += r.x; top += r.y; } \
    const e = d.elementFromPoint(x - left, y - top); \
    const hit = !!e && (this.contains(e) || (e.contains(this) && e !== d.body && e !== d.documentElement)); \
    return {hit, says: String(this.innerText || this.value || this.alt || '').slice(0, 300)}; }";

/// Letters only, since lines break differently each time.
fn still_says(chosen: &str, says: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (chosen, says) = (letters(chosen), letters(says));
    chosen.is_empty() || says.is_empty() || says.contains(&chosen) || chosen.contains(&says)
}

/// What was known before a press.
struct Noted {
    caught: usize,
    ways: usize,
    blocked: usize,
    popups: usize,
    history: usize,
}

impl Noted {
    fn of(seat: &Seat<'_>) -> Self {
        let watch = seat.watch();
        Self {
            caught: watch.caught.len(),
            ways: watch.ways.len(),
            blocked: watch.blocked.len(),
            popups: watch.popups,
            history: watch.trail.hops().len(),
        }
    }
}

/// Waits for what a press brings about.
async fn react(seat: &Seat<'_>, before: &Look, noted: &Noted) -> Reaction {
    let began = Instant::now();
    let mut last = before.clone();
    let mut same = 0;
    loop {
        tokio::time::sleep(STEP).await;
        let (caught, window, quiet) = {
            let mut watch = seat.watch();
            // A window that was opened is the same way on as a document.
            let window =
                watch.ways.iter().skip(noted.ways).position(|way| way.kind == WayKind::Popup && way.url.is_some());
            let window = window.and_then(|at| {
                let way = watch.ways.remove(noted.ways + at);
                Some(Caught { url: way.url?, referrer: Some(watch.page.url.clone()), cause: "window".to_owned() })
            });
            let waiting = watch.popups > noted.popups && window.is_none();
            let caught = watch.caught.get(noted.caught).cloned().or(window);
            (caught, waiting, watch.traffic.quiet_for().is_some())
        };
        let now = settle::look(seat).await;
        same = if now.as_ref().is_some_and(|now| now.is_like(&last)) { same + 1 } else { 0 };
        last = now.unwrap_or(last);
        let calm = same >= 4 && quiet && !window;
        if caught.is_some() || calm || began.elapsed() > REACTION {
            let watch = seat.watch();
            let new = watch.ways.get(noted.ways..).unwrap_or_default();
            return Reaction {
                changed: last.is_more_than(before) || watch.trail.hops().len() > noted.history,
                held_back: watch.blocked.len() > noted.blocked
                    || new.iter().any(|way| way.outcome == Outcome::HeldBack),
                launched: new.iter().any(|way| way.kind == WayKind::AppLink),
                caught,
            };
        }
    }
}

/// As fingers do it where the visitor has some, else as a mouse.
async fn tap(seat: &Seat<'_>, x: f64, y: f64) -> Result<(), CallError> {
    let call = |method: &'static str, params: Value| seat.tab.call(method, params, BOUND);
    if seat.visitor.touch {
        refused(
            call("Input.dispatchTouchEvent", json!({"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})).await,
        )?;
        refused(call("Input.dispatchTouchEvent", json!({"type": "touchEnd", "touchPoints": []})).await)?;
        return Ok(());
    }
    for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
        let button = if kind == "mouseMoved" { "none" } else { "left" };
        let event = json!({"type": kind, "x": x, "y": y, "button": button, "clickCount": u8::from(button == "left")});
        refused(call("Input.dispatchMouseEvent", event).await)?;
    }
    Ok(())
}

/// Whether an element is still to be seen 1.5 s after a press that is on its way; none when the page heard no press.
///
/// The page itself looks, by its own clock: a layer that comes back after some seconds is there again by the time that
/// a busy machine asks.
async fn stays(seat: &Seat<'_>, handle: i64) -> Option<bool> {
    const STAYS: &str = "function () { return new Promise(done => { \
        const began = performance.now(); let pressed = 0; \
        for (const kind of ['pointerdown', 'touchstart', 'mousedown', 'click']) \
            addEventListener(kind, () => { pressed = pressed || performance.now(); }, {capture: true, once: true, passive: true}); \
        const seen = () => { const r = this.getBoundingClientRect(), s = getComputedStyle(this); \
            if (!r.width || !r.height || s.visibility === 'hidden' || +s.opacity === 0) return false; \
            const e = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2); return !!e && (this.contains(e) || e.contains(this)); }; \
        const look = () => { const now = performance.now(); \
            if (!seen()) return done(pressed ? false : null); \
            if (pressed && now - pressed > 1500) return done(true); \
            if (now - began > 6000) return done(null); \
            setTimeout(look, 50); }; \
        look(); }); }";
    ask(seat, handle, STAYS, json!([]), SECONDS_OF_ITS_OWN).await?.as_bool()
}

/// Has an element answer a question of ours.
async fn ask(seat: &Seat<'_>, handle: i64, question: &str, arguments: Value, bound: Duration) -> Option<Value> {
    let found = seat.tab.call("DOM.resolveNode", json!({"backendNodeId": handle}), BOUND).await.ok()?;
    let asked = json!({
        "functionDeclaration": question, "objectId": found["object"]["objectId"], "arguments": arguments,
        "returnByValue": true, "awaitPromise": true,
    });
    let mut answer = seat.tab.call("Runtime.callFunctionOn", asked, bound).await.ok()?;
    Some(answer["result"]["value"].take())
}

fn middle(quad: &Value) -> Option<(f64, f64)> {
    let corners: Vec<f64> = quad.as_array()?.iter().filter_map(Value::as_f64).collect();
    let [x1, y1, _, _, x3, y3, ..] = corners[..] else { return None };
    Some(((x1 + x3) / 2.0, (y1 + y3) / 2.0))
}

/// A refusal, or a page too busy to answer, is no fault of the browser; a lost connection is.
pub(super) fn refused<T>(answer: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error @ CallError::Lost { .. }) => Err(error),
        Err(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::still_says;

    #[test]
    fn a_button_that_says_something_else_by_now_is_another_button() {
        assert!(still_says("立即 领取", "立即\n领取") && still_says("", "确认开通") && still_says("去看看", ""));
        assert!(!still_says("立即领取", "确认开通"));
    }
}

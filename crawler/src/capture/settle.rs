//! Waits until a page has come to rest: its document is there, it was gone through to its end, its network and its layout
//! are quiet.

use std::time::{Duration, Instant};

use model::chain::HopKind;
use model::snapshot::After;
use serde_json::Value;

use crate::browser::CallError;
use crate::capture::{likeness, scroll};
use crate::follow::Step;
use crate::seat::Seat;
use crate::watch::Moved;

/// How often to look.
const STEP: Duration = Duration::from_millis(50);
const PROBE_EVERY: Duration = Duration::from_millis(150);
const PROBE_BOUND: Duration = Duration::from_millis(2_000);
/// How often a quiet page is looked at while it is watched.
const LINGER_STEP: Duration = Duration::from_millis(250);
/// A page that is loaded and never comes to rest (a ticker, a poll) counts as quiet after this.
const RESTLESS: Duration = Duration::from_millis(6_000);
/// A page that has been quiet for so long is gone through, so that what it loads then is waited for with the rest; one that
/// is never quiet, when it has been there for so long.
const CALM: Duration = Duration::from_millis(100);
const LONG_THERE: Duration = Duration::from_millis(1_500);
/// A page that grew by this many CSS pixels since is gone through once more.
const GREW: u64 = 400;
/// How long a quiet page without anything to see may take to show something.
const EMPTY: Duration = Duration::from_millis(10_000);

/// How many characters of a page are asked for, UTF-16; and how many are enough to say whether it is another page.
const MOST_WORDS: u64 = 20_000;
const BEGINNING: usize = 4_000;

/// How long after a request without a document it may take to hear what came instead: a download, say.
const TOLD_LATE: Duration = Duration::from_millis(500);

/// How waiting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    Quiet,
    /// The time is over; the page still answers.
    Late,
    /// The time is over, and the page's own script keeps it from answering.
    Hung,
    /// There is no page to wait for: an error page, a crash, a click that led to no document.
    Nothing,
}

/// What a look at the page gives; runs apart from the page's own scripts.
const PROBE: &str = r"(() => {
  const b = document.body, d = document.scrollingElement || document.documentElement;
  if (!b || !d) return {text: '', length: 0, height: 0, elements: 0, seen: false};
  const text = b.innerText.trim();
  const big = e => { const r = e.getBoundingClientRect(); return r.width >= 40 && r.height >= 40; };
  const seen = text.length > 0 || [...document.querySelectorAll('img,canvas,video,svg,iframe,object,embed')].slice(0, 300).some(big)
    || [...document.querySelectorAll('body, body *')].slice(0, 300).some(e => big(e) && getComputedStyle(e).backgroundImage.includes('url('));
  return {text: text.slice(0, 20000), length: text.length, height: d.scrollHeight, elements: document.getElementsByTagName('*').length, seen};
})()";

/// One look at the page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Look {
    /// The beginning of what can be read.
    pub(crate) text: String,
    /// More of it, as far as it is asked for.
    words: String,
    length: u64,
    height: u64,
    elements: u64,
    seen: bool,
}

impl Look {
    /// The page's shape; figures that tick away do not change it.
    fn shape(&self) -> (u64, u64, u64, bool) {
        (self.length, self.height, self.elements, self.seen)
    }

    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.shape() == other.shape()
    }

    /// Whether a person sees that something opened, closed, or became something else since `before`.
    pub(crate) fn is_more_than(&self, before: &Self) -> bool {
        self.length.abs_diff(before.length) >= 6
            || self.height.abs_diff(before.height) >= 40
            || likeness::is_other(&before.text, &self.text)
    }
}

/// What changes start the waiting anew.
struct Calm {
    moves: u64,
    look: Look,
    changed: Instant,
    /// Since when the document and everything it loads at first is there.
    ready: Option<Instant>,
    probed: Option<Instant>,
    hung: bool,
    gone_through: GoneThrough,
}

/// How far a page was scrolled through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum GoneThrough {
    NotYet,
    /// When it was so high.
    Once(u64),
    /// It had grown.
    Twice,
    /// And those places were gone back to where something had not loaded.
    Mended,
}

impl Calm {
    fn new(moves: u64) -> Self {
        Self {
            moves,
            look: Look::default(),
            changed: Instant::now(),
            ready: None,
            probed: None,
            hung: false,
            gone_through: GoneThrough::NotYet,
        }
    }
}

/// Waits for rest, and goes through the page meanwhile; no longer than the seat's deadline, which each new document moves.
pub(crate) async fn settle(seat: &Seat<'_>) -> Rest {
    let quiet = Duration::from_millis(seat.options.capture.quiet_ms);
    let mut calm = Calm::new(seat.watch().moves);
    let mut ended: Option<Instant> = None;
    loop {
        let (moves, nothing, moving, ready, network) = {
            let watch = seat.watch();
            let page = &watch.page;
            let network = watch.traffic.quiet_for();
            let nothing = page.crashed || page.failed.is_some() || watch.trail.ended.is_some();
            // The click was answered without a document (204, a download), or held back.
            let never = !page.committed && !watch.is_moving() && watch.has_begun();
            // What came instead of a document may be told a moment later.
            let told = watch.download.is_some() || watch.held_back.is_some() || watch.app_link.is_some();
            let never = match never {
                true => told || ended.get_or_insert_with(Instant::now).elapsed() >= TOLD_LATE,
                false => {
                    ended = None;
                    false
                }
            };
            (
                watch.moves,
                nothing || never,
                watch.is_moving(),
                page.dom_ready && (page.loaded || network.is_some()),
                network,
            )
        };
        if nothing || seat.tab.is_lost() {
            return Rest::Nothing;
        }
        if moves != calm.moves {
            calm = Calm::new(moves);
            seat.postpone();
        }
        if seat.left().is_zero() {
            return if calm.hung || !ready { last_look(seat).await } else { Rest::Late };
        }
        if moving || !ready {
            calm.ready = None;
        } else {
            let since = *calm.ready.get_or_insert_with(Instant::now);
            if calm.probed.is_none_or(|probed| probed.elapsed() >= PROBE_EVERY) {
                probe(seat, &mut calm, since.elapsed() > RESTLESS).await;
            }
            let still =
                |quiet: Duration| calm.changed.elapsed() >= quiet && network.is_some_and(|network| network >= quiet);
            let (calm_enough, quiet) =
                (still(CALM) || since.elapsed() > LONG_THERE, still(quiet) || since.elapsed() > RESTLESS);
            if !calm.hung && calm.look.seen && calm_enough && go_through(seat, &mut calm, quiet).await {
                continue;
            }
            if quiet && !calm.hung && (calm.look.seen || since.elapsed() > EMPTY) {
                return Rest::Quiet;
            }
        }
        tokio::time::sleep(STEP).await;
    }
}

/// Goes through the page, or some more of it, when it is time to; says whether it did.
async fn go_through(seat: &Seat<'_>, calm: &mut Calm, quiet: bool) -> bool {
    match calm.gone_through {
        GoneThrough::NotYet => calm.gone_through = GoneThrough::Once(scroll::through(seat).await),
        GoneThrough::Once(height) if quiet && calm.look.height >= height + GREW => {
            scroll::through(seat).await;
            calm.gone_through = GoneThrough::Twice;
        }
        GoneThrough::Once(_) | GoneThrough::Twice if quiet => {
            calm.gone_through = GoneThrough::Mended;
            if !scroll::mend(seat).await {
                return false;
            }
        }
        _ => return false,
    }
    // What it looks like now is to be seen before it counts as quiet.
    calm.probed = None;
    true
}

/// Looks once; `coarse` sees only what changes the page's shape, not its words.
async fn probe(seat: &Seat<'_>, calm: &mut Calm, coarse: bool) {
    calm.probed = Some(Instant::now());
    match seat.evaluate(PROBE, PROBE_BOUND).await {
        Ok(seen) => {
            let look = read(seen);
            let differs = look.shape() != calm.look.shape();
            if differs && (!coarse || (look.height, look.seen) != (calm.look.height, calm.look.seen)) {
                calm.changed = Instant::now();
            }
            note_history(seat, &calm.look, &look);
            let after = if calm.gone_through == GoneThrough::NotYet { After::Time } else { After::Scroll };
            note_words(seat, &look, after);
            let seen_something = look.seen;
            (calm.look, calm.hung) = (look, false);
            if differs && seen_something {
                picture(seat).await;
            }
        }
        Err(CallError::TimedOut { .. }) => calm.hung = true,
        // The document has just been replaced: the next look sees the new one.
        Err(_) => calm.changed = Instant::now(),
    }
}

/// Whether the page answers at all, now that its time is over.
async fn last_look(seat: &Seat<'_>) -> Rest {
    match seat.evaluate(PROBE, PROBE_BOUND).await {
        Ok(_) if seat.watch().page.committed => Rest::Late,
        Ok(_) | Err(CallError::Refused { .. }) => Rest::Nothing,
        Err(_) => Rest::Hung,
    }
}

/// What became of a quiet page while it was watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Watched {
    Same,
    /// A layer opened, something was added or taken away.
    Changed,
    /// It sent its visitor on, or became another page: another hop.
    MovedOn,
}

/// Watches a page that was just captured, until so long after it became quiet. `first` is how it looked right before it
/// was captured: what opened meanwhile counts.
pub(crate) async fn linger(
    seat: &Seat<'_>,
    first: &Look,
    moves: u64,
    quiet_since: Instant,
    watch_for: Duration,
) -> Watched {
    let mut before = first.clone();
    picture(seat).await;
    while quiet_since.elapsed() < watch_for && !seat.left().is_zero() {
        tokio::time::sleep(LINGER_STEP).await;
        if seat.has_moved(moves) {
            return Watched::MovedOn;
        }
        let Some(now) = look(seat).await else { break };
        if now.shape() != before.shape() {
            picture(seat).await;
        }
        note_words(seat, &now, After::Time);
        let hops = seat.watch().trail.hops().len();
        note_history(seat, &before, &now);
        if seat.watch().trail.hops().len() > hops {
            return Watched::MovedOn;
        }
        if likeness::is_other(&first.text, &now.text) {
            let mut watch = seat.watch();
            let (url, at_ms) = (watch.page.url.clone(), watch.traffic.now());
            let step = Step::new(HopKind::Rewrite, &url, at_ms);
            watch.trail.step(step.because("the page replaced what it showed".to_owned()));
            return Watched::MovedOn;
        }
        before = now;
    }
    if let Some(now) = look(seat).await {
        before = now;
    }
    match seat.has_moved(moves) {
        true => Watched::MovedOn,
        false if before.is_more_than(first) => Watched::Changed,
        false => Watched::Same,
    }
}

/// A frame for the film.
pub(crate) async fn picture(seat: &Seat<'_>) {
    let hop = seat.watch().hop();
    seat.film.change(&seat.tab, seat.since_click(), hop).await;
}

/// The address changed without a document: a hop, if what is shown changed with it.
fn note_history(seat: &Seat<'_>, before: &Look, now: &Look) {
    let mut watch = seat.watch();
    let Some(Moved { url, at_ms }) = watch.history.last().cloned() else { return };
    watch.history.clear();
    if likeness::is_other(&before.text, &now.text) {
        let step = Step::new(HopKind::History, &url, at_ms).because("history of the page's own script".to_owned());
        let gesture = watch.gesture;
        watch.trail.step(Step { gesture, ..step });
    }
}

fn note_words(seat: &Seat<'_>, look: &Look, after: After) {
    let all = look.length <= MOST_WORDS;
    seat.watch().page.words.note(&look.words, all, seat.since_click(), after);
}

/// Looks once, at a page that has come to rest.
pub(crate) async fn look(seat: &Seat<'_>) -> Option<Look> {
    seat.evaluate(PROBE, PROBE_BOUND).await.ok().map(read)
}

fn read(mut look: Value) -> Look {
    let number = |name: &str| look[name].as_f64().unwrap_or_default() as u64;
    let (length, height, elements, seen) =
        (number("length"), number("height"), number("elements"), look["seen"] == true);
    let words = match look["text"].take() {
        Value::String(text) => text,
        _ => String::new(),
    };
    let text = words.chars().take(BEGINNING).collect();
    Look { text, words, length, height, elements, seen }
}

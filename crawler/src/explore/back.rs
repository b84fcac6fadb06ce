//! Goes back, last of all: an honest page lets its visitor go.

use std::time::{Duration, Instant};

use model::chain::{ActKind, Outcome, Way, WayKind};

use crate::browser::CallError;
use crate::capture::settle;
use crate::explore::hand::refused;
use crate::seat::Seat;

const BOUND: Duration = Duration::from_millis(1_500);
/// How long a page that was gone back on may take to let go, or to keep its visitor.
const REACTION: Duration = Duration::from_millis(900);
/// How long a busy page may take until the tab goes back at all.
const LATE: Duration = Duration::from_millis(5_000);
/// Entries that our own presses added, and that Back undoes one by one: `#top`, a view. More are the page's doing.
const MOST_OWN: u64 = 6;

/// How many entries the tab's history has.
pub(crate) async fn entries(seat: &Seat<'_>) -> u64 {
    let counted = refused(seat.evaluate("history.length", BOUND).await).ok().flatten();
    counted.and_then(|length| length.as_u64()).unwrap_or_default()
}

/// Presses Back on the landing page and tells where that leads. The tab came from an empty page, which stands for the
/// ad: to be back there is to be let go. `entries` is how many there were before anything was pressed: what was pressed
/// since is gone back through first.
pub(crate) async fn press(seat: &Seat<'_>, entries: u64) -> Result<(), CallError> {
    let Some(before) = settle::look(seat).await else { return Ok(()) };
    let own = self::entries(seat).await.saturating_sub(entries).min(MOST_OWN);
    let (caught, at_ms) = (seat.watch().caught.len(), seat.since_click());
    let gone = || seat.watch().page.url == "about:blank" || seat.watch().caught.len() > caught;
    let mut went_back = true;
    for _ in 0..=own {
        let within = seat.watch().within;
        // A call that takes the page away is not answered.
        refused(seat.evaluate("history.back()", BOUND).await)?;
        let began = Instant::now();
        went_back = false;
        while began.elapsed() < if went_back { REACTION } else { LATE } && !gone() {
            tokio::time::sleep(Duration::from_millis(60)).await;
            went_back |= seat.watch().within > within;
        }
        if gone() || !went_back {
            break;
        }
    }
    let (here, elsewhere, hop) = {
        let watch = seat.watch();
        (watch.page.url.clone(), watch.caught.get(caught).map(|caught| caught.url.clone()), watch.hop())
    };
    let mut way = Way {
        kind: WayKind::Back,
        hop,
        at_ms,
        words: String::new(),
        area: None,
        url: None,
        gesture: true,
        app: None,
        file: None,
        outcome: Outcome::Known,
        snapshot: None,
    };
    let trap = if here == "about:blank" {
        None
    } else if let Some(url) = elsewhere {
        // A page on the way that only sends its visitors on is a nuisance many have; another page is a trap.
        let on_the_way = seat.watch().trail.hops().iter().any(|hop| hop.url == url);
        way.url = Some(url.clone());
        way.outcome = if on_the_way { Outcome::Known } else { Outcome::Unspent };
        (!on_the_way).then(|| format!("Back leads to {url} instead of back."))
    } else if !went_back {
        // The tab is where it was: too busy, or told to stay by nobody knows whom. That is no page that keeps its visitor.
        way.outcome = Outcome::Failed;
        None
    } else {
        let now = settle::look(seat).await;
        way.outcome = Outcome::Nothing;
        way.url = Some(here.clone());
        let more =
            if now.is_some_and(|now| now.is_more_than(&before)) { ", and the page shows something more" } else { "" };
        Some(format!("Back stays on {here}{more}."))
    };
    let mut watch = seat.watch();
    watch.way(way);
    if let Some(trap) = trap {
        watch.act(ActKind::BackTrap, at_ms, trap);
    }
    Ok(())
}

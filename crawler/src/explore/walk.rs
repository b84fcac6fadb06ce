//! From the landing page to the pages behind it, the likeliest first, within the budget.

use std::collections::{HashSet, VecDeque};
use std::time::{Duration, Instant};

use model::chain::{HopKind, Outcome, Way, WayKind};
use model::snapshot::Part;
use model::units::Level;

use crate::browser::CallError;
use crate::capture::Captured;
use crate::capture::settle::Rest;
use crate::explore::hand::refused;
use crate::explore::{back, hand};
use crate::leg::{Leg, ends};
use crate::seat::{Errand, Seat};
use crate::visit::{Room, Seen, arrive, lost};

/// Agreements of one page that are opened.
const MOST_AGREEMENTS: usize = 2;
/// Calls to action, and windows, of one page that are followed.
const MOST_ACTIONS: usize = 2;

/// A way on that is to be gone.
struct Next {
    /// Its place among all ways of the visit.
    way: usize,
    errand: Errand,
}

/// Walks on from where a click led.
pub(crate) async fn from(
    room: &Room<'_>,
    seat: Seat<'_>,
    rest: Rest,
    captured: Vec<Captured>,
    came_from: Option<u16>,
    seen: &mut Seen,
) -> Result<(), CallError> {
    let follow = &room.request.options.follow;
    let until = Instant::now() + Duration::from_secs(follow.next_secs);
    let clicked = seat.clicked();
    let mut known: HashSet<String> = HashSet::new();
    let mut queue: VecDeque<Next> = VecDeque::new();
    look_around(&seat, rest, captured, until, came_from, seen).await?;
    drop(seat);
    known.extend(seen.hops.iter().map(|hop| plain(&hop.url)));
    choose(seen, 0, Level(1), follow.next_levels, &mut queue);
    let mut left = follow.max_pages;
    while let Some(next) = queue.pop_front() {
        let gone = known.contains(&plain(&next.errand.url));
        if gone || left == 0 || Instant::now() > until {
            seen.ways[next.way].outcome = if gone { Outcome::Known } else { Outcome::Unspent };
            continue;
        }
        left -= 1;
        known.insert(plain(&next.errand.url));
        let (from, level, part) = (seen.ways[next.way].hop, next.errand.level, next.errand.part);
        // A landing page that keeps the browser busy costs the pages behind it, not the visit.
        let Some(seat) = refused(room.send(next.errand, Some(clicked)).await)? else {
            seen.ways[next.way].outcome = Outcome::Failed;
            continue;
        };
        let (rest, captured) = arrive(&seat, Duration::ZERO).await;
        let (hops, ways) = (seen.hops.len(), seen.ways.len());
        if part == Part::Next && !captured.is_empty() {
            look_around(&seat, rest, captured, until, Some(from), seen).await?;
        } else {
            lost(&seat)?;
            Leg::conclude(&seat, ends(&seat, rest), captured, Vec::new()).await.join(
                seen,
                Some(from),
                room.request.clock,
            );
        }
        let new = seen.hops.get(hops..).unwrap_or_default();
        let arrived = new.last().is_some_and(|hop| hop.snapshot.is_some());
        seen.ways[next.way].outcome = if arrived { Outcome::Followed } else { Outcome::Failed };
        known.extend(new.iter().map(|hop| plain(&hop.url)));
        if part == Part::Next {
            choose(seen, ways, level, follow.next_levels, &mut queue);
        }
    }
    Ok(())
}

/// Presses what stands on the page that the tab came to, and joins all of it to the visit.
async fn look_around(
    seat: &Seat<'_>,
    rest: Rest,
    captured: Vec<Captured>,
    until: Instant,
    from: Option<u16>,
    seen: &mut Seen,
) -> Result<(), CallError> {
    let mut opened = Vec::new();
    let ends = ends(seat, rest);
    // A page that stands in for the ad's own, a challenge say, is nobody's to press on.
    if rest == Rest::Quiet
        && ends.is_empty()
        && let Some(page) = captured.last().filter(|page| Leg::is_walkable(page))
    {
        let entries = back::entries(seat).await;
        let pressed = hand::all(seat, page, until).await?;
        if seat.errand.level == Level(1) && pressed.is_some() {
            back::press(seat, entries).await?;
        }
        opened = pressed.unwrap_or_default();
    }
    lost(seat)?;
    Leg::conclude(seat, ends, captured, opened).await.join(seen, from, seat.clock);
    Ok(())
}

/// Which of the ways found since `first` are to be gone, the likeliest first.
fn choose(seen: &Seen, first: usize, level: Level, next_levels: u8, queue: &mut VecDeque<Next>) {
    if level.0 > next_levels {
        return;
    }
    let (mut agreements, mut actions) = (0, 0);
    let mut chosen: Vec<(u8, Next)> = Vec::new();
    for (place, way) in seen.ways.iter().enumerate().skip(first) {
        let Some((kind, part, url)) = leads(way) else { continue };
        let count = if part == Part::Agreement { &mut agreements } else { &mut actions };
        let most = if part == Part::Agreement { MOST_AGREEMENTS } else { MOST_ACTIONS };
        if *count >= most {
            continue;
        }
        *count += 1;
        let order = match (part, *count) {
            (Part::Next, 1) => 0,
            (Part::Agreement, 1) => 1,
            (Part::Next, _) => 2,
            _ => 3,
        };
        let referrer = seen.hops.get(usize::from(way.hop)).map(|hop| hop.url.clone());
        let errand = Errand { kind, url, referrer, level: Level(level.0 + 1), part };
        chosen.push((order, Next { way: place, errand }));
    }
    chosen.sort_by_key(|(order, _)| *order);
    queue.extend(chosen.into_iter().map(|(_, next)| next));
}

/// Where a way leads that is still to be gone.
fn leads(way: &Way) -> Option<(HopKind, Part, String)> {
    let web =
        |url: &Option<String>| url.clone().filter(|url| url.starts_with("http://") || url.starts_with("https://"));
    match (way.kind, way.outcome) {
        (WayKind::Agreement, Outcome::Unspent) => Some((HopKind::NextLevel, Part::Agreement, web(&way.url)?)),
        (WayKind::Action | WayKind::Close | WayKind::Back, Outcome::Unspent) => {
            Some((HopKind::NextLevel, Part::Next, web(&way.url)?))
        }
        (WayKind::Popup, Outcome::Unspent) => Some((HopKind::Popup, Part::Next, web(&way.url)?)),
        (WayKind::AppLink, _) => Some((HopKind::AppLink, Part::Next, web(&way.app.as_ref()?.fallback)?)),
        _ => None,
    }
}

/// Two addresses that differ only behind the `#` show the same document.
fn plain(url: &str) -> String {
    url.split('#').next().unwrap_or(url).trim_end_matches('/').to_owned()
}

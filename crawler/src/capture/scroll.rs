//! Goes down a page and back up, as a reader would, so that what loads when it comes into view does load.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::browser::CallError;
use crate::seat::Seat;

/// Screens that are gone through at one go; and how long that may take.
const SCREENS: u32 = 24;
const BOUND: Duration = Duration::from_millis(4_000);
/// Screens with holes that are gone back to.
const HOLES: usize = 12;
/// How long the eye rests on one of those: loaders that listen to scrolling often look only every 200 ms.
const REST: Duration = Duration::from_millis(250);
/// How long what is asked for there may take.
const LOAD: Duration = Duration::from_millis(1_500);
const STEP: Duration = Duration::from_millis(50);

/// What scrolls: the page, or the pane that fills most of the screen where the page itself does not.
const SCROLLER: &str = r"(() => {
  const d = document.scrollingElement || document.documentElement;
  if (d.scrollHeight > innerHeight + 4) return d;
  const panes = [...document.querySelectorAll('body *')].slice(0, 3000).filter(e => e.scrollHeight > e.clientHeight + 40
    && e.clientWidth * e.clientHeight > 0.4 * innerWidth * innerHeight && /auto|scroll/.test(getComputedStyle(e).overflowY));
  return panes.sort((a, b) => b.clientHeight * b.clientWidth - a.clientHeight * a.clientWidth)[0] || d;
})()";

/// Down screen by screen, each for two frames, in which the page's observers are told what came into view; and back up.
/// With one frame each it costs more: what is drawn for one screen is thrown away for the next before it is shown. A page
/// that draws no frames is given a tenth of a second a screen.
const THROUGH: &str = r"(async scroller => {
  const to = top => scroller.scrollTo({top, behavior: 'instant'});
  const frames = () => new Promise(seen => {
    setTimeout(seen, 100);
    requestAnimationFrame(() => requestAnimationFrame(seen));
  });
  for (let screen = 1; screen <= SCREENS; screen++) {
    const before = scroller.scrollTop;
    to(screen * innerHeight);
    if (scroller.scrollTop <= before) break;
    await frames();
  }
  to(0);
  return scroller.scrollHeight;
})";

/// The tops of screens with something that has not loaded: what it is to show stands in an attribute, and it shows
/// nothing, or what others show too until they have loaded.
const UNLOADED: &str = r"(scroller => {
  const sources = ['data-src', 'data-original', 'data-lazy-src', 'data-lazy', 'data-echo', 'data-bg', 'data-background', 'data-background-image', 'data-srcset', 'data-lazyload'];
  const wants = e => sources.map(name => e.getAttribute(name)).find(value => value);
  const lazy = [...document.querySelectorAll(sources.map(name => `[${name}]`).join() + ',img[loading=lazy]')].slice(0, 2000);
  const shown = {};
  for (const e of lazy) if (e.currentSrc) shown[e.currentSrc] = (shown[e.currentSrc] || 0) + 1;
  const stand_in = /^data:|load|lazy|placeholder|blank|gr[ae]y|spacer|transparent|default/i;
  const is_hole = e => {
    if (!e.getClientRects().length) return false;
    const wanted = wants(e);
    if (e.localName === 'img') {
      if (!e.complete || e.naturalWidth <= 4) return true;
      if (!wanted || e.currentSrc.includes(wanted.replace(/^[./]+/, ''))) return false;
      return shown[e.currentSrc] > 1 || stand_in.test(e.currentSrc);
    }
    if (e.localName === 'iframe' || e.localName === 'video') return !e.src && !e.currentSrc;
    return wanted && /[./]/.test(wanted) && getComputedStyle(e).backgroundImage === 'none' && !e.childElementCount;
  };
  const tops = lazy.filter(is_hole).map(e => Math.floor((e.getBoundingClientRect().top + scroller.scrollTop) / innerHeight));
  return [...new Set(tops)].filter(top => top >= 0).sort((a, b) => a - b);
})";

/// Goes through the page once. Gives its height at the end, CSS pixels.
pub(crate) async fn through(seat: &Seat<'_>) -> u64 {
    let through = THROUGH.replace("SCREENS", &SCREENS.to_string());
    let height = seat.evaluate(&format!("{through}({SCROLLER})"), BOUND).await;
    height.ok().and_then(|height| height.as_u64()).unwrap_or_default()
}

/// Goes back to where something has not loaded, slowly. Says whether there was anything.
pub(crate) async fn mend(seat: &Seat<'_>) -> bool {
    let moves = seat.watch().moves;
    let Ok(Value::Array(holes)) = seat.evaluate(&format!("{UNLOADED}({SCROLLER})"), BOUND).await else { return false };
    let holes: Vec<u64> = holes.iter().filter_map(Value::as_u64).take(HOLES).collect();
    for screen in &holes {
        if go_to(seat, *screen).await.is_err() || seat.has_moved(moves) || seat.left().is_zero() {
            return true;
        }
        let began = Instant::now();
        tokio::time::sleep(REST).await;
        while began.elapsed() < LOAD && seat.watch().traffic.quiet_for().is_none() {
            tokio::time::sleep(STEP).await;
        }
    }
    if !holes.is_empty() {
        go_to(seat, 0).await.ok();
    }
    !holes.is_empty()
}

async fn go_to(seat: &Seat<'_>, screen: u64) -> Result<Value, CallError> {
    let go = format!("({SCROLLER}).scrollTo({{top: {screen} * innerHeight, behavior: 'instant'}})");
    seat.evaluate(&go, BOUND).await
}

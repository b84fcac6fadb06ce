//! What stood on the screen, from moment to moment: pictures of the screen, changed ones only.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use model::chain::Frame;
use model::evidence::{Evidence, EvidenceId};
use model::units::Millis;
use serde_json::{Value, json};

use crate::browser::Tab;
use crate::options::Capture;
use crate::visitor::Visitor;

/// Pixels; wide enough to read a headline and a price.
const WIDTH: f64 = 400.0;
const QUALITY: u8 = 55;
/// Two changes within this time are one.
const BETWEEN: Millis = Millis(350);
const BOUND: Duration = Duration::from_millis(1_500);

/// The film of one tab.
pub(crate) struct Film {
    /// Device pixels to one CSS pixel.
    scale: f64,
    most_frames: usize,
    most_bytes: usize,
    shot: Mutex<Shot>,
}

/// What the screen shows of the page, CSS pixels.
#[derive(Clone, Copy)]
struct Screen {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Screen {
    fn read(said: &Value) -> Option<Self> {
        let side = |name: &str| said[name].as_f64().filter(|side| (0.0..1e7).contains(side));
        let (width, height) = (side("clientWidth")?.max(1.0), side("clientHeight")?.max(1.0));
        Some(Self { x: side("pageX")?, y: side("pageY")?, width, height })
    }
}

#[derive(Default)]
struct Shot {
    screen: Option<Screen>,
    frames: Vec<(Frame, Vec<u8>)>,
    bytes: usize,
    /// When the last picture was taken, whether or not it showed anything new.
    last: Option<Millis>,
}

impl Film {
    pub(crate) fn new(options: &Capture, visitor: &Visitor) -> Self {
        Self {
            scale: visitor.scale,
            most_frames: options.film_frames,
            most_bytes: options.film_bytes,
            shot: Mutex::default(),
        }
    }

    /// Takes a picture because something changed, unless one was taken just now or the film is full.
    pub(crate) async fn change(&self, tab: &Tab, at_ms: Millis, hop: u16) {
        let soon = self.shot().last.is_some_and(|last| at_ms.0 < last.0 + BETWEEN.0);
        if soon || self.is_full() {
            return;
        }
        let Ok(metrics) = tab.call("Page.getLayoutMetrics", json!({}), BOUND).await else { return };
        let screen = Screen::read(&metrics["cssLayoutViewport"]);
        self.shot().screen = screen;
        self.shoot(tab, at_ms, hop, BOUND).await;
    }

    /// Takes a picture, and keeps it if it differs from the one before it. Gives the picture that shows this moment.
    ///
    /// A tab that is about to leave its page does not say any more how large its screen is: it is as it was before.
    pub(crate) async fn shoot(&self, tab: &Tab, at_ms: Millis, hop: u16, bound: Duration) -> Option<EvidenceId> {
        if self.is_full() {
            return None;
        }
        let Screen { x, y, width, height } = self.shot().screen?;
        let asked = json!({
            "format": "jpeg", "quality": QUALITY, "optimizeForSpeed": true,
            "clip": {
                "x": x, "y": y, "width": width, "height": height,
                "scale": (WIDTH / width).min(1.0) / self.scale,
            },
        });
        let taken = tab.call("Page.captureScreenshot", asked, bound).await.ok()?;
        let picture = STANDARD.decode(taken["data"].as_str()?).ok()?;
        let id = EvidenceId::of(&picture);
        let mut shot = self.shot();
        shot.last = Some(at_ms);
        let same = shot.frames.last().is_some_and(|(last, _)| last.picture == id && last.hop == hop);
        if same {
            return Some(id);
        }
        if shot.bytes + picture.len() > self.most_bytes {
            return None;
        }
        shot.bytes += picture.len();
        shot.frames.push((Frame { at_ms, hop, picture: id }, picture));
        Some(id)
    }

    fn is_full(&self) -> bool {
        let shot = self.shot();
        shot.frames.len() >= self.most_frames || shot.bytes >= self.most_bytes
    }

    /// The frames in their order, and the pictures they name.
    pub(crate) fn develop(&self, captured_at: DateTime<Utc>) -> (Vec<Frame>, Vec<Evidence>) {
        let mut frames = std::mem::take(&mut self.shot().frames);
        frames.sort_by_key(|(frame, _)| frame.at_ms);
        let evidence = frames.iter_mut().map(|(frame, picture)| {
            let what = format!("screen at {} ms", frame.at_ms.0);
            Evidence::new(what, "image/jpeg", std::mem::take(picture), captured_at)
        });
        let evidence = evidence.collect();
        (frames.into_iter().map(|(frame, _)| frame).collect(), evidence)
    }

    fn shot(&self) -> MutexGuard<'_, Shot> {
        self.shot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

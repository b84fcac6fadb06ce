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
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::browser::Tab;
use crate::options::Capture;

/// Pixels; wide enough to read a headline and a price.
const WIDTH: u32 = 400;
const HEIGHT: u32 = 2_000;
const QUALITY: u8 = 55;
/// Two changes within this time are one.
const BETWEEN: Millis = Millis(350);
const BOUND: Duration = Duration::from_millis(1_500);

/// The film of one tab.
pub(crate) struct Film {
    most_frames: usize,
    most_bytes: usize,
    shot: Mutex<Shot>,
    /// Who waits for the next frame.
    waiting: Mutex<Option<oneshot::Sender<String>>>,
}

#[derive(Default)]
struct Shot {
    frames: Vec<(Frame, Vec<u8>)>,
    bytes: usize,
    /// When the last picture was taken, whether or not it showed anything new.
    last: Option<Millis>,
}

impl Film {
    pub(crate) fn new(options: &Capture) -> Self {
        Self {
            most_frames: options.film_frames,
            most_bytes: options.film_bytes,
            shot: Mutex::default(),
            waiting: Mutex::default(),
        }
    }

    /// Takes a picture because something changed, unless one was taken just now or the film is full.
    pub(crate) async fn change(&self, tab: &Tab, at_ms: Millis, hop: u16) {
        if self.shot().last.is_none_or(|last| at_ms.0 >= last.0 + BETWEEN.0) {
            self.shoot(tab, at_ms, hop, BOUND).await;
        }
    }

    /// Takes a picture, and keeps it if it differs from the one before it. Gives the picture that shows this moment.
    ///
    /// One frame of a screencast costs a quarter of a screenshot at another scale, for which the page would be drawn
    /// anew; and the page does not notice it.
    pub(crate) async fn shoot(&self, tab: &Tab, at_ms: Millis, hop: u16, bound: Duration) -> Option<EvidenceId> {
        if self.is_full() {
            return None;
        }
        let (send, frame) = oneshot::channel();
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(send);
        let cast =
            json!({"format": "jpeg", "quality": QUALITY, "maxWidth": WIDTH, "maxHeight": HEIGHT, "everyNthFrame": 1});
        tab.tell("Page.startScreencast", cast);
        let frame = timeout(bound, frame).await;
        tab.tell("Page.stopScreencast", json!({}));
        let frame = frame.ok()?.ok()?;
        let picture = STANDARD.decode(frame).ok()?;
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

    /// A frame has come.
    pub(crate) fn hears(&self, data: &Value) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let (Some(waiting), Some(data)) = (waiting, data.as_str()) {
            waiting.send(data.to_owned()).ok();
        }
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

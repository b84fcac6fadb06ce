//! The full-page picture.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::seat::Seat;

/// No longer than a page may take, either.
const BOUND: Duration = Duration::from_secs(15);
/// Chromium draws no picture with a longer side, in its own pixels.
const MOST_SIDE: f64 = 16_000.0;

/// The bytes of a JPEG, and what it covers.
pub(crate) struct Shot {
    pub(crate) jpeg: Vec<u8>,
    pub(crate) scale: f64,
    /// CSS pixels from the top.
    pub(crate) height: u32,
}

/// CSS pixels of the screen and of the whole page.
pub(crate) struct Sizes {
    pub(crate) screen: (u32, u32),
    pub(crate) page: (u32, u32),
}

/// The sizes, given the width that the page is laid out in: a page that is not made for phones is laid out wider than
/// the phone is, and then the screen holds more CSS pixels.
pub(crate) async fn sizes(seat: &Seat<'_>, laid_out: Option<f64>) -> Sizes {
    let visitor = seat.visitor.viewport;
    let zoom = laid_out.filter(|width| seat.visitor.mobile && *width >= 1.0).unwrap_or(visitor.0.into())
        / f64::from(visitor.0.max(1));
    let screen = (pixels(zoom * f64::from(visitor.0)), pixels(zoom * f64::from(visitor.1)));
    let metrics = seat.tab.call("Page.getLayoutMetrics", json!({}), Duration::from_secs(3)).await.unwrap_or_default();
    let side = |name: &str, otherwise: u32| metrics["cssContentSize"][name].as_f64().map_or(otherwise, pixels);
    Sizes { screen, page: (side("width", screen.0), side("height", screen.1)) }
}

fn pixels(side: f64) -> u32 {
    side.ceil().clamp(1.0, 10_000_000.0) as u32
}

/// Takes the picture of the whole page, cut at the configured height; fixed layers stand where they stand at its top.
pub(crate) async fn take(seat: &Seat<'_>, sizes: &Sizes) -> Option<Shot> {
    let capture = &seat.options.capture;
    // What hangs far out to the right is out of sight, and would only make everything else too small to read.
    let width = sizes.page.0.clamp(1, sizes.screen.0 + sizes.screen.0 / 2);
    let height = sizes.page.1.clamp(1, capture.max_page_height);
    // Finer than the visitor's screen there is nothing to see, and the page would have to be drawn anew for it.
    let scale = capture.picture_scale.min(seat.visitor.scale).min(MOST_SIDE / f64::from(width.max(height)));
    let clip = json!({"x": 0, "y": 0, "width": width, "height": height, "scale": scale / seat.visitor.scale});
    let asked = json!({
        "format": "jpeg",
        "quality": capture.picture_quality,
        "captureBeyondViewport": true,
        "optimizeForSpeed": true,
        "clip": clip,
    });
    let bound = BOUND.min(Duration::from_secs(seat.options.follow.page_timeout_secs));
    let taken = seat.tab.call("Page.captureScreenshot", asked, bound).await.ok()?;
    let jpeg = STANDARD.decode(taken.get("data").and_then(Value::as_str)?).ok()?;
    Some(Shot { jpeg, scale, height })
}

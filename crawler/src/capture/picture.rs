//! The full-page picture.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::seat::Seat;

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

/// CSS pixels of the whole page, from the browser's own layout.
pub(crate) async fn page_size(seat: &Seat<'_>) -> Option<(u32, u32)> {
    let metrics = seat.tab.call("Page.getLayoutMetrics", json!({}), Duration::from_secs(3)).await.ok()?;
    let side =
        |name: &str| metrics["cssContentSize"][name].as_f64().map(|side| side.ceil().clamp(0.0, 10_000_000.0) as u32);
    Some((side("width")?, side("height")?))
}

/// Takes the picture of the whole page, cut at the configured height; fixed layers stand where they stand at its top.
pub(crate) async fn take(seat: &Seat<'_>, page_size: (u32, u32)) -> Option<Shot> {
    let capture = &seat.options.capture;
    let (width, height) = (page_size.0.max(1), page_size.1.clamp(1, capture.max_page_height));
    let scale = capture.picture_scale.min(MOST_SIDE / f64::from(width.max(height)));
    let clip = json!({"x": 0, "y": 0, "width": width, "height": height, "scale": scale / seat.visitor.scale});
    let asked = json!({
        "format": "jpeg",
        "quality": capture.picture_quality,
        "captureBeyondViewport": true,
        "optimizeForSpeed": true,
        "clip": clip,
    });
    let taken = seat.tab.call("Page.captureScreenshot", asked, BOUND).await.ok()?;
    let jpeg = STANDARD.decode(taken.get("data").and_then(Value::as_str)?).ok()?;
    Some(Shot { jpeg, scale, height })
}

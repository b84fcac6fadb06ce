//! The browser's own snapshot of DOM, layout and style, as it comes over the wire.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use crate::seat::Seat;

/// No longer than a page may take, either.
const BOUND: Duration = Duration::from_secs(15);

/// The computed styles asked for, in this order.
pub(crate) const STYLES: [&str; 24] = [
    "font-size",
    "font-weight",
    "color",
    "background-color",
    "background-image",
    "opacity",
    "visibility",
    "display",
    "position",
    "cursor",
    "text-decoration-line",
    "overflow-x",
    "overflow-y",
    "clip-path",
    "clip",
    "transform",
    "float",
    "-webkit-text-fill-color",
    "background-clip",
    "content-visibility",
    "filter",
    "scale",
    "zoom",
    "fill",
];

#[derive(Debug, Deserialize)]
pub(crate) struct DomSnapshot {
    pub(crate) documents: Vec<Document>,
    pub(crate) strings: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document {
    pub(crate) nodes: Nodes,
    pub(crate) layout: Layout,
    pub(crate) text_boxes: TextBoxes,
    #[serde(default)]
    pub(crate) scroll_offset_x: f64,
    #[serde(default)]
    pub(crate) scroll_offset_y: f64,
}

/// One entry for each node; texts are indices of [`DomSnapshot::strings`], −1 for none.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Nodes {
    pub(crate) parent_index: Vec<i64>,
    pub(crate) node_type: Vec<u8>,
    pub(crate) node_name: Vec<i64>,
    pub(crate) attributes: Vec<Vec<i64>>,
    pub(crate) text_value: Rare,
    pub(crate) input_value: Rare,
    pub(crate) input_checked: Rare,
    pub(crate) content_document_index: Rare,
    pub(crate) is_clickable: Rare,
    pub(crate) backend_node_id: Vec<i64>,
}

/// What only some nodes have.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Rare {
    pub(crate) index: Vec<usize>,
    /// Empty where being in the list is all there is to say.
    pub(crate) value: Vec<i64>,
}

/// One entry for each layout object: boxes, and texts.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Layout {
    pub(crate) node_index: Vec<usize>,
    pub(crate) styles: Vec<Vec<i64>>,
    pub(crate) bounds: Vec<Vec<f64>>,
    pub(crate) text: Vec<i64>,
    pub(crate) paint_orders: Vec<u32>,
    pub(crate) client_rects: Vec<Vec<f64>>,
    pub(crate) blended_background_colors: Vec<i64>,
    pub(crate) text_color_opacities: Vec<f64>,
}

/// Line fragments of texts, in UTF-16 units of the layout's text.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct TextBoxes {
    pub(crate) layout_index: Vec<usize>,
    pub(crate) bounds: Vec<Vec<f64>>,
    pub(crate) start: Vec<usize>,
    pub(crate) length: Vec<usize>,
}

impl DomSnapshot {
    pub(crate) fn text(&self, index: i64) -> &str {
        usize::try_from(index).ok().and_then(|index| self.strings.get(index)).map_or("", String::as_str)
    }
}

/// Asks for the snapshot; none when the page does not answer in time.
pub(crate) async fn take(seat: &Seat<'_>) -> Option<DomSnapshot> {
    let asked = json!({
        "computedStyles": STYLES,
        "includePaintOrder": true,
        "includeDOMRects": true,
        "includeBlendedBackgroundColors": true,
        "includeTextColorOpacities": true,
    });
    let bound = BOUND.min(Duration::from_secs(seat.options.follow.page_timeout_secs));
    let taken = seat.tab.call("DOMSnapshot.captureSnapshot", asked, bound).await.ok()?;
    serde_json::from_value(taken).ok()
}

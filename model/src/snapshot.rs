//! Everything captured of one page at one moment.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::evidence::EvidenceId;
use crate::units::{Area, Level, Millis};

/// One page, as one visitor had it before their eyes at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    pub visitor: String,
    /// Position in the visitor's chain.
    pub hop: u16,
    pub level: Level,
    /// What part the page plays for the visitor.
    #[serde(default)]
    pub part: Part,
    pub url: String,
    pub title: String,
    /// The document's HTTP status.
    pub status: Option<u16>,
    /// After the click.
    pub at_ms: Millis,
    pub captured_at: DateTime<Utc>,
    /// Whether network and layout had become quiet before the picture was taken.
    pub settled: bool,
    /// The DOM as it stood, serialised.
    pub html: EvidenceId,
    /// The full-page picture; `scale` of its pixels make one CSS pixel.
    pub picture: Option<Picture>,
    /// CSS pixels of the visitor's screen.
    pub viewport: (u32, u32),
    /// CSS pixels of the whole page.
    pub page_size: (u32, u32),
    pub nodes: Vec<Node>,
    pub responses: Vec<Response>,
    /// Errors and warnings of the page's console, oldest first, bounded.
    pub console: Vec<String>,
    pub provenance: Provenance,
}

/// What part a page plays on the visitor's way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Where the click led.
    #[default]
    Landing,
    /// Where the page's call to action led, or what it opened.
    Next,
    /// An agreement, terms, a privacy notice.
    Agreement,
    /// The landing page again, with something unfolded or another tab chosen.
    Unfolded,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    pub evidence: EvidenceId,
    /// Picture pixels to one CSS pixel.
    pub scale: f64,
    /// CSS pixels from the top that the picture covers: a very tall page is cut here.
    pub height: u32,
}

/// One element or text of the rendered page, in document order.
///
/// Only what has a layout box, or is an ancestor of such, or a control, stands here; `script`, `style` and the like do not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Index of the parent in `Snapshot::nodes`; always smaller than the node's own.
    pub parent: Option<u32>,
    /// Lower-case tag name; `#text` for text.
    pub tag: String,
    /// The attributes that say what a thing is: id, class, name, type, href, placeholder, aria-*, value, alt, src, role, for, …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attrs: BTreeMap<String, String>,
    /// For `#text`, the rendered text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// For `#text`, one entry for each line fragment: its box and which characters (Unicode scalar values of `text`) it holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Line>,
    /// The box in CSS pixels of the page (not of the screen); none when it has no layout.
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub area: Option<Area>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<Style>,
    /// For a check box or radio button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<bool>,
    /// For an input: what stands in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Whether Chromium found a mouse listener on it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clickable: bool,
    /// Position in paint order: larger is painted later, thus above.
    #[serde(default)]
    pub paint: u32,
    /// For `#text`, when it came; none when it was there with the first words of the page, or nobody can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
}

/// When words came that were not there with the first words of their page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// After the first words.
    pub late_ms: Millis,
    pub after: After,
}

/// What words came after; that they came because of it is not said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum After {
    /// Nothing but time.
    Time,
    /// The page was scrolled through.
    Scroll,
    /// Something on it was pressed.
    Press,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub start: u32,
    pub end: u32,
    #[serde(rename = "box")]
    pub area: Area,
}

/// How a node looks, computed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Style {
    /// As drawn: transforms and zoom make letters smaller than their style says.
    pub font_px: f64,
    pub weight: u16,
    /// Red, green, blue; opacity multiplied in against the background.
    pub color: [u8; 3],
    /// What lies behind the text, blended; none over a picture or gradient, where it must be measured on the pixels.
    pub background: Option<[u8; 3]>,
    /// WCAG contrast of `color` on `background`, 1 to 21.
    pub contrast: Option<f64>,
    /// Product of the opacity of the node and its ancestors, 0 to 1.
    pub opacity: f64,
    /// `visibility: visible`, opacity above 0, and not clipped away.
    pub visible: bool,
    pub struck: bool,
    pub display: String,
    pub position: String,
    /// `cursor: pointer`
    pub pointer: bool,
    /// Whether a CSS background picture fills it.
    pub background_image: bool,
    /// What is left of it by those that cut away what overflows them; none where nothing of it is cut. Of no width or
    /// height where nothing is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clip: Option<Area>,
}

/// One answer the page was built from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Response {
    pub url: String,
    pub method: String,
    pub status: u16,
    pub mime: String,
    /// Bytes of the decoded body; none when the body could not be had.
    pub bytes: Option<u64>,
    pub body: Option<EvidenceId>,
    pub remote: Option<String>,
    /// After the click.
    pub at_ms: Millis,
}

/// How a snapshot came to be: what a court will ask.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    pub crawler_version: String,
    pub browser_version: String,
    pub user_agent: String,
    pub language: String,
    pub time_zone: String,
    /// The public address from which visits come, as the operator publishes it; empty when not stated.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub egress: String,
    /// How the browser was found before it was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// Addresses and requests that the guard refused, and submissions that were held back.
    pub blocked: Vec<Blocked>,
}

/// What a browser was found to be able to do, on a page of our own, when it was started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Health {
    pub at: DateTime<Utc>,
    pub looked: Vec<Looked>,
}

/// One thing that was looked at: `script`, `letters`, `picture`, `guard`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Looked {
    pub what: String,
    pub well: bool,
    pub detail: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Blocked {
    pub url: String,
    pub reason: String,
}

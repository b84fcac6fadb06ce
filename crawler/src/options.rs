//! How to look: the crawler's part of the configuration.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::guard::Rules;
use crate::visitor::Visitor;

/// Everything the crawler can be told. There are no defaults here: the compiled-in configuration is complete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    pub guard: Rules,
    pub follow: Follow,
    pub capture: Capture,
    pub browser: Browser,
    /// By name: `android-douyin`.
    pub visitors: BTreeMap<String, Visitor>,
}

impl Options {
    /// The same visitors, the same guard, the same patience; the landing page alone, and no film.
    pub(crate) fn for_a_glance(&self) -> Self {
        let (mut follow, mut capture) = (self.follow.clone(), self.capture.clone());
        (follow.next_levels, capture.film_frames) = (0, 0);
        Self { follow, capture, ..self.clone() }
    }
}

/// How far to follow a click.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Follow {
    /// Hops from the click to the landing page.
    pub max_hops: u16,
    /// Seconds; one page, until it is quiet.
    pub page_timeout_secs: u64,
    /// Milliseconds; how long the landing page is watched, once it is quiet, for sending its visitor on or becoming
    /// another page.
    pub watch_ms: u64,
    /// Levels behind the landing page that are walked as a person would: 0 for the landing page alone.
    pub next_levels: u8,
    /// Pages behind the landing page that are opened, for each visitor.
    pub max_pages: usize,
    /// Things pressed on one page: buttons, tabs, agreements, close marks.
    pub max_presses: usize,
    /// Seconds; all that is done behind the landing page, for each visitor.
    pub next_secs: u64,
}

/// What to keep of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capture {
    /// Milliseconds without network or layout changes after which a page counts as quiet.
    pub quiet_ms: u64,
    /// Bytes; a longer response body, or a longer serialised page, is not kept whole.
    pub max_body_bytes: u64,
    /// Bytes; a longer document, unpacked, is not read to its end.
    pub max_document_bytes: u64,
    /// Bytes; all response bodies of one visit together.
    pub max_visit_bytes: u64,
    /// CSS pixels; a taller page is cut here in the picture.
    pub max_page_height: u32,
    /// Elements and texts; what comes after is left out of the layout.
    pub max_nodes: u32,
    /// JPEG quality of the full-page picture, 1 to 100.
    pub picture_quality: u8,
    /// Picture pixels to one CSS pixel; no more than the visitor's screen has.
    pub picture_scale: f64,
    /// Pictures of the screen, for each page that is opened: 0 for no film.
    pub film_frames: usize,
    /// Bytes of all of them.
    pub film_bytes: usize,
}

/// Which browser to use, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Browser {
    /// The program; empty to look in the usual places.
    pub path: String,
    /// Chromium's own sandbox; it does not start for root, nor in most containers.
    pub sandbox: bool,
    /// Mebibytes; a page that takes more memory is ended.
    pub max_page_memory_mb: u64,
}

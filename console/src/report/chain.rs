//! The chain of one visitor as the report tells it.

use serde::Serialize;

#[derive(Clone, Debug, Default, Serialize)]
pub struct Chain {
    pub visitor: String,
    /// From the click to the landing page.
    pub hops: Vec<Hop>,
    /// The same over plain HTTP.
    pub walk: Vec<Hop>,
    /// The pages behind the landing page, by level and in the order in which they were gone to.
    pub next: Vec<Next>,
    pub ways: Vec<Way>,
    pub acts: Vec<Act>,
    pub film: Option<Film>,
    pub reconfirmed: Option<Reconfirmed>,
}

/// A cheap look in place of a visit: all the rest is of an earlier one.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Reconfirmed {
    /// Moments as people read them.
    pub at: String,
    pub visited_at: String,
}

/// The way to one page behind the landing page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Next {
    pub level: u8,
    pub hops: Vec<Hop>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Hop {
    pub index: u16,
    pub kind: String,
    pub level: u8,
    pub host: String,
    pub url: String,
    /// What stood in the address bar before.
    pub before: Option<String>,
    /// The hop whose page sent the visitor here.
    pub from: Option<u16>,
    pub status: Option<u16>,
    /// Seconds after the click, as text.
    pub at_s: String,
    pub cause: Option<String>,
    /// The script that did it, with line and column.
    pub initiator: Option<String>,
    pub gesture: bool,
    pub service_worker: bool,
    pub referrer: Option<String>,
    pub remote: Option<String>,
    pub tls: Option<String>,
    pub error: Option<String>,
    /// A `data:` URL: the screen as it stood when the page was left.
    pub left: Option<String>,
}

/// A way on that a page offered or took.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Way {
    pub kind: String,
    pub hop: u16,
    pub at_s: String,
    pub words: String,
    pub url: Option<String>,
    pub gesture: bool,
    /// The app's name and what the link names for those who do not have it.
    pub app: Option<String>,
    pub fallback: Option<String>,
    /// Name, type and size of a download.
    pub file: Option<String>,
    /// Whether it stands in the ad itself, not on a page.
    pub in_ad: bool,
    pub outcome: String,
}

/// Something that a page did to its visitor.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Act {
    pub kind: String,
    pub hop: u16,
    pub at_s: String,
    pub detail: String,
}

/// What stood on the screen.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Film {
    /// A `data:` URL: some of the frames side by side, equally wide.
    pub strip: String,
    /// When each of them stood there: seconds after the click, as text.
    pub seconds: Vec<String>,
    /// Pixels of the strip.
    pub width: u32,
    pub height: u32,
    /// A `data:` URL: all of the frames, one after another.
    pub moving: Option<String>,
    /// Whether that is a video, not an animated picture.
    pub video: bool,
    /// All frames that are kept as evidence.
    pub frames: usize,
}

/// In what two visitors were shown different things.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Difference {
    /// `fate`, `offer`, `price`, `fields`, `entity`
    pub about: String,
    pub level: u8,
    pub confidence: String,
    /// Whether it showed again when both clicked once more.
    pub repeated: bool,
    /// What each of the two was shown.
    pub sides: [Shown; 2],
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Shown {
    pub visitor: String,
    /// In short words; empty when nothing of the matter was there.
    pub words: Vec<String>,
    pub quote: Option<String>,
    pub url: Option<String>,
    /// A `data:` URL.
    pub picture: Option<String>,
}

//! The ordered hops from the click to the last page followed, for one visitor.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::evidence::EvidenceId;
use crate::units::{Area, Level, Millis};

/// What happened after one visitor's click, as the browser saw it, and as plain HTTP saw it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chain {
    /// The visitor's name, for example `android-douyin`.
    pub visitor: String,
    /// What the browser went through; hop 0 is the click. Never empty. The way to the landing page comes first, then
    /// the ways to each page behind it, which begin with a hop of kind `next-level` or `popup`.
    pub hops: Vec<Hop>,
    /// The same click over plain HTTP without a browser: what a server says before any script runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub walk: Vec<Hop>,
    /// Ways on that the pages offered or took: buttons, agreements, codes in pictures, app links, downloads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<Way>,
    /// What the pages did to their visitor: traps, storms, close marks that do not close.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<Act>,
    /// What stood on the screen, from the click on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub film: Vec<Frame>,
    /// The chain as it was first written down, as evidence: what a place refers to where no picture could be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<EvidenceId>,
    /// The ad whose click was followed, where it is another one that leads to the same landing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clicked: Option<String>,
    /// What went over the wire (`traffic::Traffic`), as evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic: Option<EvidenceId>,
    /// That all this is of an earlier visit, and was confirmed by a cheap look instead of visiting anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconfirmed: Option<Reconfirmed>,
}

/// A cheap look that found a landing as it was: the same answers over plain HTTP, the same landing page in the browser, the
/// same picture of it. What lies behind the landing page was not seen again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reconfirmed {
    pub at: DateTime<Utc>,
    /// When the visit began that the chain and its pages are of.
    pub visited_at: DateTime<Utc>,
    /// Cheap looks in a row since then, this one included.
    pub times: u32,
    /// The versions of the program and of the browser that looked.
    pub by: String,
    /// What the plain-HTTP walk asked and was answered (`traffic::Traffic`).
    pub probe: EvidenceId,
    /// What the browser asked and was answered.
    pub traffic: EvidenceId,
    /// The landing page as it was captured now, and its picture.
    pub snapshot: EvidenceId,
    pub picture: EvidenceId,
    /// All that the look left, and the visit had not.
    pub evidence: Vec<EvidenceId>,
}

/// One step of a chain: a document that was asked for, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hop {
    /// 0-based position in the chain; 0 is the click.
    pub index: u16,
    /// How we were sent here.
    pub kind: HopKind,
    pub level: Level,
    /// After the hop.
    pub url: String,
    /// The HTTP status of the answer; none when there was no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// After the click.
    pub at_ms: Millis,
    /// The hop from which we were sent here; none for the click.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u16>,
    /// The address that stood in the address bar before the hop; none for the click.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What sent us here, in words a reader can check: `302 Location`, `<meta http-equiv=refresh>`, `script app.js:12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The script that sent us here, where the browser tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initiator: Option<Initiator>,
    /// Whether a person's gesture (ours) caused it; the click itself does not count.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gesture: bool,
    /// The `Referer` header that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrer: Option<String>,
    /// `address:port` that answered, behind the guard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
    /// The certificate that the server showed; none over plain HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<Tls>,
    /// The certificates that the server showed, as evidence (DER): its own first, then those that vouch for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<EvidenceId>,
    /// Whether the page's own service worker answered instead of a server.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub service_worker: bool,
    /// Why there was no answer, in the client's own words (`net::ERR_NAME_NOT_RESOLVED`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The screen as it stood when this page was left, if it showed anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<EvidenceId>,
    /// The captured page, for hops on which the visitor rested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<EvidenceId>,
}

/// How a hop happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HopKind {
    /// The click itself.
    Click,
    /// An HTTP 3xx answer.
    Http,
    /// `<meta http-equiv="refresh">` or a `Refresh` header.
    MetaRefresh,
    /// A script changed the location.
    Script,
    /// The address changed without a document being asked for, and the page shows something else.
    History,
    /// The page, at the same address, replaced what it showed with something else.
    Rewrite,
    /// A frame that fills the screen holds what is offered.
    Frame,
    /// A window that a page opened.
    Popup,
    /// A way into an app, never gone: this is the address it names for those who do not have the app.
    AppLink,
    /// A way that a person goes from a page: a button, an agreement.
    NextLevel,
}

/// A place in a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Initiator {
    pub url: String,
    /// From 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// From 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}

/// What a server's certificate says, and what was agreed with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tls {
    /// `TLS 1.3`
    pub protocol: String,
    pub cipher: String,
    pub subject: String,
    pub issuer: String,
    /// At most the first twenty names it is good for.
    pub names: Vec<String>,
    pub valid_from: DateTime<Utc>,
    pub valid_to: DateTime<Utc>,
}

/// A way on from a page: offered to the visitor, or taken by the page itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Way {
    pub kind: WayKind,
    /// The hop on whose page it was found.
    pub hop: u16,
    /// After the click.
    pub at_ms: Millis,
    /// The words a person reads on it; empty when the page took it by itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// CSS pixels of the page.
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub area: Option<Area>,
    /// Where it leads, as far as that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whether it took a gesture of the visitor; false says that the page went there by itself.
    pub gesture: bool,
    /// For an app link: the app, and what the link names for those who do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<App>,
    /// For a download.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<File>,
    pub outcome: Outcome,
    /// What it showed, if it opened in place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<EvidenceId>,
}

/// What sort of way on it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WayKind {
    /// A call to action: the button the page wants to be pressed.
    Action,
    /// An agreement, terms, a privacy notice.
    Agreement,
    /// A tab, or something folded that opens in place.
    Fold,
    /// A mark that closes a layer.
    Close,
    /// A window that the page opened.
    Popup,
    /// A form; described and never sent.
    Form,
    /// Into an app, a mini program or a store.
    AppLink,
    Download,
    /// A QR code in a picture.
    QrCode,
    /// Words that the page put into the clipboard.
    Clipboard,
    /// Back to where the visitor came from.
    Back,
}

/// An app that a link wants to open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct App {
    /// `weixin`, `intent`, `itms-apps`
    pub scheme: String,
    /// Its usual name (`微信`), where the scheme or the package is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `com.tencent.mm`, or the number in a store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The web address for those who do not have the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<String>,
}

/// A file that a page offered for download; no more of it was taken than its beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    pub name: String,
    pub mime: String,
    /// Bytes, as the server states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Of its first bytes, kept as evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beginning: Option<EvidenceId>,
}

/// What became of a way on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was gone, and led to the hop that comes from here.
    Followed,
    /// It opened in place, and what it showed was captured.
    Opened,
    /// It was pressed, and nothing came of it.
    Nothing,
    /// It is the same as another one, or leads back to a page already seen.
    Known,
    /// Not gone: the budget was spent.
    Unspent,
    /// Not gone: it would submit something.
    HeldBack,
    /// Not gone: it leads out of the browser.
    NotLaunched,
    /// It could not be gone.
    Failed,
}

/// Something that a page did to its visitor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Act {
    pub kind: ActKind,
    pub hop: u16,
    /// After the click.
    pub at_ms: Millis,
    /// A sentence for people, with the address or the count.
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActKind {
    /// The page left for elsewhere after it had shown something, without a gesture.
    ForcedRedirect,
    /// A download began without a gesture.
    AutoDownload,
    /// An app was called without a gesture.
    AppWithoutGesture,
    /// A window was opened without a gesture.
    PopupWithoutGesture,
    /// Back does not lead back.
    BackTrap,
    /// A layer's close mark does not close it, or leads elsewhere.
    CloseTrap,
    /// A layer cannot be closed before some seconds have passed.
    LateClose,
    /// A dialog (`alert`, `confirm`, `prompt`, `beforeunload`) was shown.
    Dialog,
    /// A permission was asked for, or the visitor's place.
    PermissionAsked,
    /// The clipboard was written to.
    ClipboardWritten,
}

/// What stood on the screen at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// After the click.
    pub at_ms: Millis,
    pub hop: u16,
    /// A JPEG of the screen.
    pub picture: EvidenceId,
}

impl Chain {
    /// Where the click itself led: the last hop before the ways to the pages behind the landing page begin.
    pub fn landing(&self) -> &Hop {
        let mut arrived = false;
        let way = self.hops.iter().take_while(|hop| {
            let behind = match hop.kind {
                HopKind::NextLevel | HopKind::Popup => true,
                // Behind a page it is a way on; instead of one it is the way there.
                HopKind::AppLink => arrived,
                _ => false,
            };
            arrived |= hop.snapshot.is_some();
            !behind
        });
        way.last().expect("internal error: a chain begins with its click")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(index: u16, kind: &str, level: u8, snapshot: bool) -> Hop {
        let snapshot = snapshot.then(|| EvidenceId::of(b"page"));
        let written = serde_json::json!({"index": index, "kind": kind, "level": level, "url": "http://a.test/", "at_ms": 0, "snapshot": snapshot});
        serde_json::from_value(written).expect("a hop")
    }

    fn landing(hops: Vec<Hop>) -> u16 {
        Chain { hops, ..Chain::default() }.landing().index
    }

    #[test]
    fn the_landing_page_is_where_the_click_led_whatever_lies_behind_it() {
        let way = || vec![hop(0, "click", 0, false), hop(1, "http", 1, true)];
        assert_eq!(landing(way()), 1);
        // A way on that failed has no level, and is no landing page for it.
        let failed = [way(), vec![hop(2, "next-level", 0, false), hop(3, "http", 0, false)]].concat();
        assert_eq!(landing(failed), 1);
        assert_eq!(landing([way(), vec![hop(2, "app-link", 2, true)]].concat()), 1);
        assert_eq!(landing(vec![hop(0, "click", 0, false), hop(1, "app-link", 1, true)]), 1);
        let late = [way(), vec![hop(2, "script", 1, true), hop(3, "popup", 2, true)]].concat();
        assert_eq!(landing(late), 2);
    }
}

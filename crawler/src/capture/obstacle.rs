//! Tells a page that stands in for the landing page from the landing page.
//!
//! Each kind has its own file and its own reason. A page is only called an obstacle when that is its main thing: the
//! words alone never suffice (`obstacle/message.rs`). The words themselves are data (`obstacle/words.toml`).

mod app_only;
mod broken;
mod challenge;
mod denied;
mod empty;
mod field;
mod geo;
mod gone;
mod login_wall;
mod message;
mod not_set_up;
mod page;
mod parked;
mod words;

use std::collections::HashMap;

use model::snapshot::Snapshot;

use page::Page;

/// A page that stands between the click and what was advertised.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Obstacle {
    /// The reason of its gap.
    pub(crate) reason: &'static str,
    /// Whether the same visitor could see the page another time.
    pub(crate) retry: bool,
    /// By what it was recognised.
    pub(crate) sign: String,
    what: &'static str,
    advice: &'static str,
}

impl Obstacle {
    /// A sentence for people: what, where, by what it was recognised, what to do.
    pub(crate) fn detail(&self, url: &str) -> String {
        format!("{url} {}: {}. {}", self.what, self.sign, self.advice)
    }
}

/// The signs of one page.
pub(crate) struct Signs<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) html: &'a str,
    /// Of the page's own document.
    pub(crate) headers: &'a HashMap<String, String>,
    /// Whether the layout was read: without it a page only looks empty.
    pub(crate) laid_out: bool,
}

/// A kind of obstacle.
struct Kind {
    reason: &'static str,
    retry: bool,
    what: &'static str,
    advice: &'static str,
    /// By what a page is recognised as one.
    sign: fn(&Page<'_>) -> Option<String>,
    /// What hints at one on a page that says next to nothing.
    hint: fn(&Page<'_>) -> Option<String>,
}

/// All kinds; the first that fits is it, so those that say more about the cause come first.
const KINDS: [Kind; 12] = [
    challenge::KIND,
    parked::KIND,
    not_set_up::KIND,
    geo::KIND,
    login_wall::KIND,
    denied::KIND,
    app_only::APP,
    app_only::BROWSER,
    broken::MAINTENANCE,
    gone::KIND,
    broken::ERROR,
    empty::KIND,
];

/// What stands in for the landing page, if something does.
pub(crate) fn find(signs: &Signs<'_>) -> Option<Obstacle> {
    let page = Page::read(signs);
    let looked_for = || KINDS.iter().filter(|kind| signs.laid_out || kind.reason != empty::KIND.reason);
    let signs = looked_for().find_map(|kind| Some((kind, (kind.sign)(&page)?)));
    let (kind, sign) = signs.or_else(|| looked_for().find_map(|kind| Some((kind, (kind.hint)(&page)?))))?;
    let Kind { reason, retry, what, advice, .. } = *kind;
    Some(Obstacle { reason, retry, sign, what, advice })
}

/// How a message is told in a gap.
fn quoted(words: &str) -> String {
    let shown: String = words.chars().take(60).collect();
    format!("the page says 「{shown}」 and little else")
}

/// Whether the server itself says that the answer is an error: then `error-status` tells it already.
fn is_error_status(page: &Page<'_>) -> bool {
    page.snapshot.status.is_some_and(|status| status >= 400)
}

#[cfg(test)]
mod sample;

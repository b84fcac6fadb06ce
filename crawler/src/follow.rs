//! The trail of one click: each document that was asked for, and why.

pub(crate) mod http;
pub(crate) mod meta_refresh;
pub(crate) mod script;

use model::chain::{Hop, HopKind};
use model::units::{Level, Millis};
use serde_json::Value;

/// How often one address may be asked for before it counts as a loop: once, and twice more for pages that set a cookie
/// and come back.
const MOST_RETURNS: usize = 3;

/// The hops so far.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    hops: Vec<Hop>,
    max_hops: u16,
    /// Why no further hop is followed: `too-many-hops`, `redirect-loop`.
    pub(crate) ended: Option<&'static str>,
}

impl Trail {
    pub(crate) fn new(max_hops: u16) -> Self {
        Self { hops: Vec::new(), max_hops, ended: None }
    }

    pub(crate) fn hops(&self) -> &[Hop] {
        &self.hops
    }

    pub(crate) fn last_mut(&mut self) -> Option<&mut Hop> {
        self.hops.last_mut()
    }

    pub(crate) fn into_hops(self) -> Vec<Hop> {
        self.hops
    }

    /// Adds a hop; false when the trail ends instead.
    pub(crate) fn step(&mut self, kind: HopKind, url: &str, at_ms: Millis, cause: Option<String>) -> bool {
        if self.ended.is_some() {
            return false;
        }
        let returns = self.hops.iter().filter(|hop| hop.url == url).count();
        if returns >= MOST_RETURNS {
            self.ended = Some("redirect-loop");
        } else if self.hops.len() > usize::from(self.max_hops) {
            self.ended = Some("too-many-hops");
        }
        if self.ended.is_some() {
            return false;
        }
        let kind = if self.hops.is_empty() { HopKind::Click } else { kind };
        let index = u16::try_from(self.hops.len()).unwrap_or(u16::MAX);
        self.hops.push(hop(index, kind, url, at_ms, cause));
        true
    }
}

/// A hop of which nothing is known yet but that it was taken.
pub(crate) fn hop(index: u16, kind: HopKind, url: &str, at_ms: Millis, cause: Option<String>) -> Hop {
    Hop {
        index,
        kind,
        level: Level(0),
        url: url.to_owned(),
        status: None,
        at_ms,
        from: None,
        before: None,
        cause,
        initiator: None,
        gesture: false,
        referrer: None,
        remote: None,
        tls: None,
        service_worker: false,
        error: None,
        left: None,
        snapshot: None,
    }
}

/// What a page announced before it asked for the next document (`Page.frameRequestedNavigation`).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Announced {
    pub(crate) reason: String,
    pub(crate) url: String,
}

impl Announced {
    pub(crate) fn is_form(&self) -> bool {
        self.reason.starts_with("formSubmission")
    }

    /// How the hop happened, and what to call its cause.
    pub(crate) fn explain(announced: Option<&Self>, initiator: &Value) -> (HopKind, String) {
        match announced.map(|announced| announced.reason.as_str()) {
            Some("httpHeaderRefresh") => (HopKind::MetaRefresh, meta_refresh::HEADER.to_owned()),
            Some("metaTagRefresh") => (HopKind::MetaRefresh, meta_refresh::META.to_owned()),
            Some("anchorClick") => (HopKind::Script, format!("{}, by clicking a link", script::cause(initiator))),
            Some("reload") => (HopKind::Script, format!("{}, by reloading", script::cause(initiator))),
            _ => (HopKind::Script, script::cause(initiator)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trail_ends_at_a_loop_and_at_the_bound() {
        let mut trail = Trail::new(20);
        for turn in 0..MOST_RETURNS {
            assert!(trail.step(HopKind::Http, "https://a.test/", Millis(0), None), "{turn}");
            assert!(trail.step(HopKind::Http, "https://b.test/", Millis(0), None), "{turn}");
        }
        assert!(!trail.step(HopKind::Http, "https://a.test/", Millis(0), None));
        assert_eq!(trail.ended, Some("redirect-loop"));
        assert_eq!(trail.hops()[0].kind, HopKind::Click);

        let mut trail = Trail::new(3);
        let taken =
            (0..9).filter(|n| trail.step(HopKind::Http, &format!("https://a.test/{n}"), Millis(0), None)).count();
        assert_eq!((taken, trail.ended), (4, Some("too-many-hops")));
    }
}

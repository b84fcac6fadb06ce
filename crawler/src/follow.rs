//! The trail of one click: each document that was asked for, and why.

pub(crate) mod frame;
pub(crate) mod http;
pub(crate) mod meta_refresh;
pub(crate) mod script;

use chrono::{DateTime, Utc};
use model::chain::{Hop, HopKind, Initiator, Tls};
use model::evidence::EvidenceId;
use model::units::{Level, Millis};
use serde_json::Value;

/// How often one address may be asked for before it counts as a loop: once, and twice more for pages that set a cookie
/// and come back.
const MOST_RETURNS: usize = 3;

/// Names of a certificate that are kept.
const MOST_NAMES: usize = 20;

/// One step to be added to a trail.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) kind: HopKind,
    pub(crate) url: String,
    pub(crate) at_ms: Millis,
    pub(crate) cause: Option<String>,
    pub(crate) before: Option<String>,
    pub(crate) initiator: Option<Initiator>,
    pub(crate) gesture: bool,
    pub(crate) referrer: Option<String>,
}

impl Step {
    pub(crate) fn new(kind: HopKind, url: &str, at_ms: Millis) -> Self {
        let url = url.to_owned();
        Self { kind, url, at_ms, cause: None, before: None, initiator: None, gesture: false, referrer: None }
    }

    pub(crate) fn because(self, cause: String) -> Self {
        Self { cause: Some(cause), ..self }
    }
}

/// The hops so far.
#[derive(Debug)]
pub(crate) struct Trail {
    first: HopKind,
    hops: Vec<Hop>,
    max_hops: u16,
    /// Why no further hop is followed: `too-many-hops`, `redirect-loop`.
    pub(crate) ended: Option<&'static str>,
}

impl Trail {
    /// A trail from a click.
    pub(crate) fn new(max_hops: u16) -> Self {
        Self { first: HopKind::Click, hops: Vec::new(), max_hops, ended: None }
    }

    /// A trail that begins as such a hop.
    pub(crate) fn beginning_as(first: HopKind, max_hops: u16) -> Self {
        Self { first, ..Self::new(max_hops) }
    }

    pub(crate) fn hops(&self) -> &[Hop] {
        &self.hops
    }

    pub(crate) fn last_mut(&mut self) -> Option<&mut Hop> {
        self.hops.last_mut()
    }

    /// How the screen of a hop stood when it was left.
    pub(crate) fn leave(&mut self, hop: u16, picture: EvidenceId) {
        if let Some(hop) = self.hops.get_mut(usize::from(hop)) {
            hop.left = Some(picture);
        }
    }

    /// The hops, which then are no longer here.
    pub(crate) fn take(&mut self) -> Vec<Hop> {
        std::mem::take(&mut self.hops)
    }

    /// Adds a hop; false when the trail ends instead.
    pub(crate) fn step(&mut self, step: Step) -> bool {
        if self.ended.is_some() {
            return false;
        }
        let returns = self.hops.iter().filter(|hop| hop.url == step.url).count();
        // A page that changes only what it shows asks nobody for anything, and cannot go in circles that way.
        if returns >= MOST_RETURNS && step.kind != HopKind::Rewrite {
            self.ended = Some("redirect-loop");
        } else if self.hops.len() > usize::from(self.max_hops) {
            self.ended = Some("too-many-hops");
        }
        if self.ended.is_some() {
            return false;
        }
        let last = self.hops.last();
        let kind = if last.is_none() { self.first } else { step.kind };
        let index = u16::try_from(self.hops.len()).unwrap_or(u16::MAX);
        let before = last.map(|last| step.before.unwrap_or_else(|| last.url.clone()));
        self.hops.push(Hop {
            from: last.map(|last| last.index),
            before,
            initiator: step.initiator,
            // A button or an agreement is pressed by somebody.
            gesture: step.gesture || kind == HopKind::NextLevel,
            referrer: step.referrer,
            ..hop(index, kind, &step.url, step.at_ms, step.cause.filter(|_| last.is_some()))
        });
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
        certificates: Vec::new(),
        service_worker: false,
        error: None,
        left: None,
        snapshot: None,
    }
}

/// What a response says of the server's certificate.
pub(crate) fn tls(response: &Value) -> Option<Tls> {
    let said = response["securityDetails"].as_object()?;
    let text = |name: &str| said.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let moment =
        |name: &str| -> Option<DateTime<Utc>> { DateTime::from_timestamp(said.get(name)?.as_f64()? as i64, 0) };
    let names = said.get("sanList").and_then(Value::as_array).into_iter().flatten();
    Some(Tls {
        protocol: text("protocol"),
        cipher: text("cipher"),
        subject: text("subjectName"),
        issuer: text("issuer"),
        names: names.filter_map(Value::as_str).take(MOST_NAMES).map(str::to_owned).collect(),
        valid_from: moment("validFrom")?,
        valid_to: moment("validTo")?,
    })
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

    fn step(trail: &mut Trail, url: &str) -> bool {
        trail.step(Step::new(HopKind::Http, url, Millis(0)))
    }

    #[test]
    fn a_trail_ends_at_a_loop_and_at_the_bound() {
        let mut trail = Trail::new(20);
        for turn in 0..MOST_RETURNS {
            assert!(step(&mut trail, "https://a.test/"), "{turn}");
            assert!(step(&mut trail, "https://b.test/"), "{turn}");
        }
        assert!(!step(&mut trail, "https://a.test/"));
        assert_eq!(trail.ended, Some("redirect-loop"));
        assert_eq!((trail.hops()[0].kind, trail.hops()[0].from), (HopKind::Click, None));
        assert_eq!((trail.hops()[1].from, trail.hops()[1].before.as_deref()), (Some(0), Some("https://a.test/")));

        let mut trail = Trail::new(3);
        let taken = (0..9).filter(|n| step(&mut trail, &format!("https://a.test/{n}"))).count();
        assert_eq!((taken, trail.ended), (4, Some("too-many-hops")));
    }

    #[test]
    fn a_certificate_is_read_from_an_answer() {
        let response = serde_json::json!({"securityDetails": {"protocol": "TLS 1.3", "cipher": "AES_128_GCM",
            "subjectName": "a.test", "issuer": "CA", "sanList": ["a.test"], "validFrom": 0.0, "validTo": 86400.0}});
        let tls = tls(&response).expect("a certificate");
        assert_eq!((tls.protocol.as_str(), tls.valid_to.timestamp(), tls.names.len()), ("TLS 1.3", 86_400, 1));
        assert_eq!(super::tls(&serde_json::json!({"status": 200})), None);
    }
}

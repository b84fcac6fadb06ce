//! Pages put together by hand, for the tests of the kinds.

use std::collections::HashMap;

use chrono::DateTime;
use model::evidence::EvidenceId;
use model::snapshot::{Node, Part, Provenance, Snapshot, Style};
use model::units::{Area, Level, Millis};

use super::{Signs, find};

pub(super) fn shown(tag: &str, class: &str, text: Option<&str>, size: (f64, f64)) -> Node {
    let style = Style { visible: true, opacity: 1.0, font_px: 16.0, display: "block".into(), ..Style::default() };
    let attrs = [("class".to_owned(), class.to_owned())].into();
    Node {
        tag: tag.into(),
        attrs,
        text: text.map(str::to_owned),
        area: Some(Area::new(0.0, 0.0, size.0, size.1)),
        style: Some(style),
        ..Node::default()
    }
}

pub(super) fn text(text: &str) -> Node {
    shown("#text", "", Some(text), (300.0, 20.0))
}

pub(super) fn field(attrs: &[(&str, &str)]) -> Node {
    let mut node = shown("input", "", None, (300.0, 40.0));
    node.attrs.extend(attrs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    node
}

/// A page at an address.
pub(super) fn page(status: u16, url: &str, title: &str, nodes: Vec<Node>) -> Snapshot {
    Snapshot {
        visitor: "v".into(),
        hop: 0,
        level: Level(1),
        part: Part::Landing,
        url: url.into(),
        title: title.into(),
        status: Some(status),
        at_ms: Millis(0),
        captured_at: DateTime::UNIX_EPOCH,
        settled: true,
        html: EvidenceId::of(b""),
        picture: None,
        viewport: (393, 852),
        page_size: (393, 852),
        nodes,
        responses: Vec::new(),
        console: Vec::new(),
        provenance: Provenance::default(),
    }
}

pub(super) fn reason_of(snapshot: &Snapshot, html: &str) -> Option<&'static str> {
    find(&Signs { snapshot, html, headers: &HashMap::new(), laid_out: true }).map(|found| found.reason)
}

pub(super) fn reason(status: u16, html: &str, nodes: Vec<Node>) -> Option<&'static str> {
    reason_of(&page(status, "https://a.test/", "", nodes), html)
}

/// The reason of a page that says no more than this.
pub(super) fn saying(words: &str) -> Option<&'static str> {
    reason(200, "", vec![text(words)])
}

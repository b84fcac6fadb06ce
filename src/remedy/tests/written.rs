//! Cases written down in a few lines.

use model::ad::Ad;
use model::case::Case;
use model::chain::{Chain, Hop, HopKind};
use model::evidence::{AdPlace, AdSource, EvidenceId, PagePlace, Place};
use model::snapshot::Part;
use model::statement::{Button, Page, ReadBy, Role, Statement, Visibility};
use model::units::{Area, Level, Millis};

const VISITOR: &str = "android-douyin";
const URL: &str = "https://landing.test/";

/// A line of a page.
#[derive(Clone, Copy, Debug)]
pub(super) enum Line<'t> {
    Head(&'t str),
    Text(&'t str),
    /// Small and pale.
    Small(&'t str),
    Button(&'t str),
}

impl<'t> Line<'t> {
    pub(super) fn text(&self) -> &'t str {
        let (Self::Head(text) | Self::Text(text) | Self::Small(text) | Self::Button(text)) = self;
        text
    }

    /// The same line with other words.
    pub(super) fn reading<'n>(&self, text: &'n str) -> Line<'n> {
        match self {
            Self::Head(_) => Line::Head(text),
            Self::Text(_) => Line::Text(text),
            Self::Small(_) => Line::Small(text),
            Self::Button(_) => Line::Button(text),
        }
    }
}

/// An ad of a title, sentences and a button, and its landing page.
pub(super) fn written(ad: &[&str], page: &[Line<'_>]) -> Case {
    let said: Ad =
        serde_json::from_value(serde_json::json!({ "ad_id": "a", "click_url": URL })).expect("that is an ad");
    let at = "2026-11-24T12:00:00Z".parse().expect("that is a time");
    let mut case = Case::open(said, EvidenceId::of(b"ad"), at);
    let last = ad.len() - 1;
    for (position, text) in ad.iter().enumerate() {
        let source = match position {
            0 => AdSource::Title,
            _ if position == last => AdSource::Cta,
            _ => AdSource::Description,
        };
        let place = AdPlace { source, at_s: None, until_s: None, area: None, evidence: case.ad_evidence };
        case.promised.push(statement(text, Place::Ad(place), Role::Text, Visibility::default()));
    }
    case.chains.push(Chain { visitor: VISITOR.into(), hops: vec![hop()], ..Chain::default() });
    case.pages.push(landing(page));
    case
}

fn landing(lines: &[Line<'_>]) -> Page {
    let mut page = Page {
        snapshot: EvidenceId::of(b"snapshot"),
        visitor: VISITOR.into(),
        hop: 0,
        level: Level(1),
        part: Part::Landing,
        url: URL.into(),
        title: String::new(),
        status: Some(200),
        at_ms: Millis(900),
        viewport: (393, 852),
        statements: Vec::new(),
        fields: Vec::new(),
        buttons: Vec::new(),
        main_button: None,
        forms: Vec::new(),
        checkboxes: Vec::new(),
        facts: Vec::new(),
        hidden: Vec::new(),
        codes: Vec::new(),
        invented: Vec::new(),
        template: None,
    };
    for (row, line) in (0_u16..).zip(lines) {
        let (text, role, font_px, contrast) = match *line {
            Line::Head(text) => (text, Role::Headline, 24.0, 15.0),
            Line::Text(text) => (text, Role::Text, 16.0, 12.0),
            Line::Small(text) => (text, Role::Text, 10.0, 2.0),
            Line::Button(text) => (text, Role::Button, 18.0, 8.0),
        };
        let place = PagePlace {
            visitor: VISITOR.into(),
            hop: 0,
            level: Level(1),
            url: URL.into(),
            at_ms: Millis(900),
            area: Some(Area::new(16.0, f64::from(row) * 60.0, 361.0, 44.0)),
            selector: Some(format!("p:nth-of-type({})", row + 1)),
            evidence: EvidenceId::of(b"picture"),
        };
        let visibility = Visibility {
            font_px: Some(font_px),
            contrast: Some(contrast),
            screens_down: Some(f64::from(row) * 60.0 / 852.0),
            ..Visibility::default()
        };
        let said = statement(text, Place::Page(place.clone()), role, visibility.clone());
        if role == Role::Button {
            page.main_button.get_or_insert(page.buttons.len());
            page.buttons.push(Button {
                label: text.into(),
                normal: said.normal.clone(),
                place,
                form: None,
                layer: false,
                visibility,
                href: None,
                send: None,
            });
        }
        page.statements.push(said);
    }
    page
}

fn statement(text: &str, place: Place, role: Role, visibility: Visibility) -> Statement {
    let normal = reader::text::normal(text);
    let prices = reader::price::tags(&normal.text);
    Statement { text: text.into(), normal, place, visibility, role, read_by: ReadBy::Text, prices }
}

fn hop() -> Hop {
    Hop {
        index: 0,
        kind: HopKind::Click,
        level: Level(1),
        url: URL.into(),
        status: Some(200),
        at_ms: Millis(0),
        from: None,
        before: None,
        cause: None,
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

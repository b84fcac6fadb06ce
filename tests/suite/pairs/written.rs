//! Pages in short writing, and the case that they make.

use std::collections::BTreeSet;

use model::ad::Ad;
use model::case::{Case, Gap, Step};
use model::chain::{Chain, Hop, HopKind};
use model::difference::About;
use model::evidence::{EvidenceId, PagePlace, Place};
use model::snapshot::Part;
use model::statement::{Button, Field, FieldKind, Page, ReadBy, Role, Statement, Visibility};
use model::units::{Area, Level, Millis};
use serde::Deserialize;

const VISITORS: [&str; 2] = ["android-douyin", "desktop-chrome"];

/// Two pages at one click.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pair {
    pub(super) name: String,
    /// In what they differ in meaning.
    #[serde(default)]
    differ: Vec<About>,
    /// In what one may find that they differ.
    #[serde(default)]
    may: Vec<About>,
    phone: Shown,
    desktop: Shown,
}

/// What one visitor is shown.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Shown {
    url: Option<String>,
    title: String,
    page: String,
    /// The page behind the button, and the agreement.
    next: Option<String>,
    agreement: Option<String>,
    status: Option<u16>,
    gap: Option<String>,
}

#[derive(Deserialize)]
struct File {
    pair: Vec<Pair>,
}

impl Pair {
    pub(super) fn all(text: &str) -> Result<Vec<Self>, toml::de::Error> {
        Ok(toml::from_str::<File>(text)?.pair)
    }

    pub(super) fn case(&self) -> Case {
        case([&self.phone, &self.desktop])
    }

    pub(super) fn differ(&self) -> BTreeSet<About> {
        self.differ.iter().copied().collect()
    }

    pub(super) fn may(&self) -> BTreeSet<About> {
        self.may.iter().copied().collect()
    }
}

impl Shown {
    pub(crate) fn of(page: &str) -> Self {
        Self { page: page.to_owned(), ..Self::default() }
    }

    /// The same, but for a gap.
    pub(super) fn with_gap(self, reason: &str) -> Self {
        Self { gap: Some(reason.to_owned()), ..self }
    }

    fn url(&self) -> &str {
        self.url.as_deref().unwrap_or("https://m.qinghe.test/p/1")
    }
}

/// The case of two visitors at one click.
pub(crate) fn case(shown: [&Shown; 2]) -> Case {
    let ad: Ad = serde_json::from_value(serde_json::json!({"ad_id": "a", "click_url": "https://ad.test/"})).unwrap();
    let mut case = Case::open(ad, EvidenceId::of(b"ad"), chrono::DateTime::UNIX_EPOCH);
    for (visitor, shown) in VISITORS.into_iter().zip(shown) {
        let hop = Hop {
            index: 0,
            kind: HopKind::Click,
            level: Level(1),
            url: shown.url().to_owned(),
            status: Some(shown.status.unwrap_or(200)),
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
        };
        case.chains.push(Chain { visitor: visitor.into(), hops: vec![hop], ..Chain::default() });
        let parts = [
            (Some(&shown.page), Part::Landing),
            (shown.next.as_ref(), Part::Next),
            (shown.agreement.as_ref(), Part::Agreement),
        ];
        for (level, (text, part)) in parts.into_iter().enumerate() {
            if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                case.pages.push(page(visitor, shown, text, part, if level == 0 { 1 } else { 2 }));
            }
        }
        case.gaps.extend(shown.gap.as_ref().map(|reason| Gap {
            step: if reason == "picture-unread" { Step::Read } else { Step::Capture },
            reason: reason.clone(),
            visitor: Some(visitor.into()),
            hop: Some(0),
            retry: true,
            detail: String::new(),
        }));
    }
    case
}

fn page(visitor: &str, shown: &Shown, text: &str, part: Part, level: u8) -> Page {
    let mut page = Page {
        snapshot: EvidenceId::of(text.as_bytes()),
        visitor: visitor.into(),
        hop: 0,
        level: Level(level),
        part,
        url: shown.url().to_owned(),
        title: shown.title.clone(),
        status: Some(200),
        at_ms: Millis(0),
        viewport: (393, 852),
        statements: Vec::new(),
        fields: Vec::new(),
        buttons: Vec::new(),
        checkboxes: Vec::new(),
        codes: Vec::new(),
        invented: Vec::new(),
        template: None,
        main_button: None,
        forms: Vec::new(),
        facts: Vec::new(),
        hidden: Vec::new(),
    };
    let mut writing = Writing { visitor, url: shown.url(), level: Level(level), lines: 0, entries: 0 };
    if !shown.title.is_empty() {
        let title = writing.statement(&shown.title, Role::PageTitle, "html > head > title".into());
        page.statements.push(title);
    }
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        writing.line(line, &mut page);
    }
    page
}

/// A page as it is being written, line by line.
struct Writing<'w> {
    visitor: &'w str,
    url: &'w str,
    level: Level,
    lines: u16,
    entries: u16,
}

impl Writing<'_> {
    fn line(&mut self, line: &str, page: &mut Page) {
        self.lines += 1;
        let plain = format!("html > body > p:nth-of-type({})", self.lines);
        if let Some(words) = line.strip_prefix("# ") {
            page.statements.push(self.statement(words, Role::Headline, plain));
        } else if let Some(entry) = line.strip_prefix("* ") {
            self.entries += 1;
            for (at, words) in entry.split('|').enumerate() {
                let selector = format!("#list > li:nth-of-type({}) > span:nth-of-type({})", self.entries, at + 1);
                page.statements.push(self.statement(words.trim(), Role::Text, selector));
            }
        } else if let Some(field) = line.strip_prefix("? ") {
            let (kind, label) = field.split_once(' ').unwrap_or((field, field));
            let kind: FieldKind = serde_json::from_value(kind.into()).unwrap_or_else(|_| panic!("no field: {line}"));
            let statement = self.statement(label, Role::FieldLabel, plain);
            let place = statement.page_place().unwrap().clone();
            page.statements.push(statement);
            page.fields.push(Field { kind, label: label.into(), place, form: 0, layer: false });
        } else if let Some((label, form)) = button(line) {
            let statement = self.statement(label, Role::Button, plain);
            page.buttons.push(Button {
                label: label.into(),
                normal: statement.normal.clone(),
                place: statement.page_place().unwrap().clone(),
                form,
                layer: false,
                visibility: Visibility::default(),
                href: None,
                send: None,
            });
            page.statements.push(statement);
        } else {
            page.statements.push(self.statement(line, Role::Text, plain));
        }
    }

    fn statement(&self, words: &str, role: Role, selector: String) -> Statement {
        let normal = reader::text::normal(words);
        let place = PagePlace {
            visitor: self.visitor.into(),
            hop: 0,
            level: self.level,
            url: self.url.into(),
            at_ms: Millis(0),
            area: Some(Area::new(16.0, f64::from(self.lines) * 60.0, 360.0, 24.0)),
            selector: Some(selector),
            evidence: EvidenceId::of(b"picture"),
        };
        Statement {
            text: words.into(),
            prices: reader::price::tags(&normal.text),
            normal,
            place: Place::Page(place),
            visibility: Visibility::default(),
            role,
            read_by: ReadBy::Text,
        }
    }
}

/// The label of a button, and its form.
fn button(line: &str) -> Option<(&str, Option<u32>)> {
    let within = |open, close| line.strip_prefix(open)?.strip_suffix(close);
    within('[', ']').map(|label| (label, Some(0))).or_else(|| within('(', ')').map(|label| (label, None)))
}

//! The page is not the one that the platform approved.

use model::ad::ApprovedLanding;
use model::evidence::{AdPlace, AdSource};
use model::finding::{Confidence, Exhibit, Finding};
use model::statement::{FieldKind, Normal, ReadBy, Role, Statement, Visibility};

use crate::asked::is_asked;
use crate::check::{Check, Sides};
use crate::lasting::{self, Of};
use crate::meaning::entity::{companies, is_kin};
use crate::meaning::host::registrable;
use crate::side::{PageSide, Side, Sum};
use crate::{exhibit, house};

/// ## What it finds
/// A landing page that differs in meaning from the text that was approved: another sort of thing, a sum or a fee that was
/// not there, a phone number and a code that were not asked for, another company, a shorter warranty or a longer contract.
///
/// ## Why it misleads
/// The ad runs on the trust that somebody looked at its page. Nobody has looked at this one.
///
/// ## Example
/// Approved: 「云阙纪 下载游戏」 — three days later: 「办理权益包 29元/月」.
///
/// ## What to do instead
/// Submit the page anew when it changes; keep what was approved on its address.
///
/// ## What it leaves alone
/// Other bytes, pictures, dates, stocks and words for the same; a lower price; an approval that kept no text; another address
/// alone.
#[derive(Debug)]
pub(super) struct LandingChangedAfterApproval;

/// An approved text of fewer characters says too little for what it leaves out to mean anything. Heuristic.
const A_TEXT: usize = 30;
/// A side of this score says what it is for. A word of weight 1.0 in a sentence of text says it once.
const PLAIN: f64 = 0.8;

/// Terms that differ by less are one: a month is 30 days or 31. Share.
const ANOTHER_TERM: f64 = 0.1;

impl Check for LandingChangedAfterApproval {
    fn id(&self) -> &'static str {
        "landing-changed-after-approval"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["asks-code", "asks-person"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let Some(approved) = &sides.case.ad.approved_landing else { return Vec::new() };
        let Some(then) = Then::read(approved, sides) else { return Vec::new() };
        sides.landings().filter_map(|page| self.on(page, &then, sides)).collect()
    }
}

impl LandingChangedAfterApproval {
    fn on(&self, page: &PageSide<'_>, then: &Then<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let kind = kind(page, then, sides);
        let (sum, fields, company) = (sum(page, then, sides), fields(page, then, sides), company(page, then, sides));
        let moved = then.approved.url.as_deref().is_some_and(|url| registrable(url) != registrable(&page.page.url));
        let terms = terms(page, then, sides);
        let changes = [
            (kind.is_some(), "kind"),
            (sum.is_some(), "price"),
            (fields.is_some(), "fields"),
            (company.is_some(), "operator"),
            (terms.is_some(), "terms"),
            (moved, "address"),
        ];
        let changed: Vec<_> = changes.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
        let weighty = changed.iter().filter(|word| **word != "address").count();
        let confidence = match (weighty, kind.is_some()) {
            (0, _) if moved => Confidence::Low,
            (0, _) => return None,
            (2.., true) => Confidence::High,
            _ => Confidence::Medium,
        };
        let delivered = sum
            .as_ref()
            .and_then(|sum| exhibit::sum_on_page(*sum))
            .or(kind)
            .or(fields)
            .or(company)
            .or(terms)
            .or_else(|| head(page))?;
        let mut finding = Finding::of(self.id())
            .promised(then.promised(sides))
            .delivered(delivered)
            .sure(confidence)
            .fact("changed", changed)
            .fact("first_switched", sides.case.opened_at.to_rfc3339());
        if let Some(at) = &then.approved.at {
            finding = finding.fact("last_consistent", at);
        }
        if let Some(sum) = sum {
            finding = finding.fact("delivered_price", sum.shown());
        }
        Some(finding)
    }
}

/// What was approved, read as a side.
struct Then<'a> {
    approved: &'a ApprovedLanding,
    text: String,
    top: Option<(model::claim::OfferKind, String)>,
    families: Vec<String>,
    /// How long what lasts was said to last, in days.
    lasting: Vec<(Of, f64)>,
}

impl<'a> Then<'a> {
    /// None when no text was kept, or too little of it.
    fn read(approved: &'a ApprovedLanding, sides: &Sides<'_>) -> Option<Self> {
        let written =
            [approved.title.as_deref(), approved.text.as_deref()].into_iter().flatten().collect::<Vec<_>>().join("\n");
        let text = folded(&written);
        if approved.text.is_none() || text.chars().count() < A_TEXT {
            return None;
        }
        let lines: Vec<Statement> = text
            .split(['\n', '。', ';', '!'])
            .filter(|line| !line.trim().is_empty())
            .map(|line| statement(line, sides))
            .collect();
        let side = Side::read(&lines, sides.words);
        let top =
            side.standings.first().filter(|top| top.score >= PLAIN).map(|top| (top.kind.clone(), top.family.clone()));
        let families = side.standings.iter().map(|one| one.family.clone()).collect();
        let lasting = lasting::all(&lines, sides.words).into_iter().map(|one| (one.of, one.days)).collect();
        Some(Self { approved, text, top, families, lasting })
    }

    /// The ad's own promise; what was approved stands in the ad as it was handed in.
    fn promised(&self, sides: &Sides<'_>) -> Exhibit<AdPlace> {
        exhibit::main_promise(sides)
    }

    fn digits(&self) -> Vec<&str> {
        self.text.split(|c: char| !c.is_ascii_digit() && c != '.').filter(|part| !part.is_empty()).collect()
    }
}

/// What the page is for now, if that goes with nothing that was approved.
fn kind(page: &PageSide<'_>, then: &Then<'_>, sides: &Sides<'_>) -> Option<Exhibit<model::evidence::PagePlace>> {
    let (before, family) = then.top.as_ref()?;
    let now = page.side.standings.iter().find(|top| top.score >= PLAIN * 1.5)?;
    let first = page.side.standings.first()?;
    let gone = page.side.standing(family).is_none_or(|still| still.score < 0.6 * first.score);
    let new = !sides.together(before, &now.kind) && !then.families.contains(&now.family);
    if !(gone && new) {
        return None;
    }
    exhibit::said_by_page(page.side.statements.get(now.best)?, None)
}

/// The dearest sum that is asked now and stood nowhere in what was approved, nor one above it.
fn sum<'s>(page: &'s PageSide<'_>, then: &Then<'_>, sides: &Sides<'_>) -> Option<Sum<'s>> {
    let before: Vec<f64> = then.digits().iter().filter_map(|part| part.parse().ok()).collect();
    let asked = page.side.to_pay().filter(|sum| sum.price.cents > 0 && is_asked(sum, page, sides.words));
    let new = asked.filter(|sum| {
        let amount = sum.price.cents as f64 / 100.0;
        // 「29.90」 was approved as 「29.9」; whatever was dearer then is cheaper now.
        let told = before.iter().any(|one| (one - amount).abs() < 0.005)
            || sides.words.has("sum", &then.text) && before.iter().any(|one| *one > amount);
        !told
    });
    new.max_by_key(|sum| sum.price.cents)
}

/// The field that asks for what nobody was told of.
fn fields(page: &PageSide<'_>, then: &Then<'_>, sides: &Sides<'_>) -> Option<Exhibit<model::evidence::PagePlace>> {
    let told = |field: &&model::statement::Field| match field.kind {
        FieldKind::SmsCode => sides.words.has("asks-code", &then.text),
        FieldKind::IdCard | FieldKind::BankCard => sides.words.has("asks-person", &then.text),
        _ => true,
    };
    let new = page.page.fields.iter().find(|field| !told(field))?;
    Some(Exhibit::new(new.label.clone(), new.place.clone()))
}

/// The company that runs the page now, where another one did.
fn company(page: &PageSide<'_>, then: &Then<'_>, sides: &Sides<'_>) -> Option<Exhibit<model::evidence::PagePlace>> {
    let before = companies(&then.text, sides.words);
    let now = house::named_on(page, sides.words);
    let kin = now.iter().any(|one| before.iter().any(|other| is_kin(one, other, sides.words)));
    if before.is_empty() || now.is_empty() || kin {
        return None;
    }
    let said = page.side.statements.iter().find(|said| !companies(&said.normal.text, sides.words).is_empty())?;
    exhibit::said_by_page(said, None)
}

/// What lasts shorter now than was approved: a warranty, a time to return things, a trial, a membership; or binds longer.
fn terms(page: &PageSide<'_>, then: &Then<'_>, sides: &Sides<'_>) -> Option<Exhibit<model::evidence::PagePlace>> {
    let now = lasting::all(page.side.statements, sides.words);
    [Of::Warranty, Of::Return, Of::Trial, Of::Service, Of::Contract].into_iter().find_map(|of| {
        let before = then.lasting.iter().filter(|one| one.0 == of).map(|one| one.1).max_by(f64::total_cmp)?;
        let longest = now.iter().filter(|one| one.of == of).max_by(|a, b| a.days.total_cmp(&b.days))?;
        let worse = if of == Of::Contract {
            longest.days > before * (1.0 + ANOTHER_TERM)
        } else {
            longest.days < before * (1.0 - ANOTHER_TERM)
        };
        exhibit::said_by_page(longest.statement, None).filter(|_| worse)
    })
}

fn head(page: &PageSide<'_>) -> Option<Exhibit<model::evidence::PagePlace>> {
    exhibit::said_by_page(house::shown(page).next()?, None)
}

/// A line of the approved text, as a statement of the ad's.
fn statement(line: &str, sides: &Sides<'_>) -> Statement {
    let place = AdPlace {
        source: AdSource::Description,
        at_s: None,
        until_s: None,
        area: None,
        evidence: sides.case.ad_evidence,
    };
    let origin = (0..).take(line.chars().count()).collect();
    Statement {
        text: line.to_owned(),
        normal: Normal { text: line.to_owned(), origin, ..Normal::default() },
        place: model::evidence::Place::Ad(place),
        visibility: Visibility::default(),
        role: Role::Text,
        read_by: ReadBy::Text,
        prices: Vec::new(),
    }
}

/// Half width and lower case: as near to the normal form as a kept text has to be.
fn folded(text: &str) -> String {
    let half = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '¥' => '¥',
        c => c,
    };
    text.chars().map(half).collect::<String>().to_lowercase()
}

//! A form asks for identity card, bank card or other people's numbers, and the promised service needs none of it.

use model::claim::{Offer, PriceRole};
use model::finding::{Confidence, Exhibit, Finding};
use model::statement::{Field, FieldKind};

use crate::check::{Check, Sides};
use crate::claims::Standing;
use crate::exhibit;
use crate::ordered::is_paid_there;
use crate::side::{PageSide, Side};

/// ## What it finds
/// A field for an identity card, a bank card, other people's numbers, a face or the like, on a page whose promise (a gift,
/// a coupon, a test, a tool, goods) needs no such thing.
///
/// ## Why it misleads
/// Data of that sort is the most dangerous to lose. Who asks for it to hand out a red packet wants the data.
///
/// ## Example
/// Page: 「填写姓名、身份证号、银行卡号，红包立即到账」
///
/// ## What to do instead
/// Ask for what the offer needs and no more; let the rest be left empty.
///
/// ## What it leaves alone
/// SIM cards, loans, insurance, journeys, jobs, customs and what else the law or the thing itself ties to a person; a card
/// number where one pays; fields one may leave empty; a page whose own words tell for what the law demands it.
#[derive(Debug)]
pub(super) struct PiOvercollection;

/// What each family of offers may ask for beyond name, number and address. A family that is not named here needs nothing.
const NEEDED: &[(&str, &[Sort])] = &[
    ("telecom", &[Sort::Identity]),
    ("loan", &[Sort::Identity, Sort::Bank, Sort::Others, Sort::Life]),
    ("insurance", &[Sort::Identity, Sort::Bank, Sort::Others, Sort::Life]),
    ("investment", &[Sort::Identity, Sort::Bank, Sort::Life]),
    ("travel", &[Sort::Identity, Sort::Others]),
    ("job", &[Sort::Identity, Sort::Others, Sort::Life]),
    ("public", &[Sort::Identity, Sort::Bank, Sort::Others, Sort::Life]),
    ("clinic", &[Sort::Identity, Sort::Others, Sort::Life]),
    ("car", &[Sort::Identity]),
    ("rental", &[Sort::Identity]),
    ("property", &[Sort::Identity, Sort::Life]),
    ("legal", &[Sort::Identity, Sort::Life]),
    ("franchise", &[Sort::Life]),
    ("dating", &[Sort::Life]),
    ("education", &[Sort::Others, Sort::Life]),
    ("fitness", &[Sort::Others]),
    ("health", &[Sort::Life]),
];

/// A sort of data that needs a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Identity,
    Bank,
    /// Numbers of other people.
    Others,
    /// Income, marriage, illness.
    Life,
    Face,
}

/// A family of less strength on a page is not what the page is for.
const SPOKEN_OF: f64 = 0.8;

impl Check for PiOvercollection {
    fn id(&self) -> &'static str {
        "pi-overcollection"
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "data-identity",
            "data-face",
            "data-life",
            "data-optional",
            "data-lawful",
            "data-light-offer",
            "data-self-service",
            "data-only-number",
            "data-for-a-call",
            "data-card-to-receive",
        ]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.pages.iter().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl PiOvercollection {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let asked: Vec<(&Field, Sort)> = (page.page.fields.iter())
            .filter(|field| !is_optional(field, page, sides))
            .filter_map(|field| Some((field, sort(field, sides)?)))
            .filter(|(field, sort)| !is_needed(field, *sort, page, sides))
            .collect();
        let (first, _) = asked.first()?;
        let lead = told(page, "data-for-a-call", sides);
        if !lead && !only_number(sides) && is_explained(page, sides) {
            return None;
        }
        // An offer of a sort that nobody listed may need what it asks for, unless it is plainly given away.
        let other =
            spoken(&page.side).any(|one| !is_promised(one, sides) && asked.iter().any(|(_, sort)| needs(one, *sort)));
        let light = lead || other || only_number(sides) || is_light(&sides.ad, sides) || is_light(&page.side, sides);
        let many = asked.iter().any(|(_, sort)| *sort != asked[0].1);
        let sure = match (light, many) {
            (true, true) => Confidence::High,
            (true, false) => Confidence::Medium,
            (false, _) => Confidence::Low,
        };
        let labels: Vec<_> = asked.iter().map(|(field, _)| field.label.as_str()).collect();
        let finding = Finding::of(self.id())
            .promised(exhibit::main_promise(sides))
            .delivered(Exhibit::new(first.label.clone(), first.place.clone()))
            .sure(sure)
            .fact("fields", labels);
        let others = asked[1..].iter().map(|(field, _)| Exhibit::new(field.label.clone(), field.place.clone()));
        Some(others.fold(finding, Finding::also))
    }
}

fn sort(field: &Field, sides: &Sides<'_>) -> Option<Sort> {
    let label = field.label.to_lowercase();
    let has = |term| sides.words.has(term, &label);
    match field.kind {
        FieldKind::IdCard => Some(Sort::Identity),
        FieldKind::BankCard => Some(Sort::Bank),
        FieldKind::Contacts => Some(Sort::Others),
        FieldKind::Name | FieldKind::Phone | FieldKind::SmsCode | FieldKind::Search => None,
        _ if has("data-identity") => Some(Sort::Identity),
        _ if has("data-face") => Some(Sort::Face),
        _ if has("data-life") => Some(Sort::Life),
        _ => None,
    }
}

/// Whether the field says itself, or words right beside it say, that one may leave it empty.
fn is_optional(field: &Field, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let row = |text: &crate::side::PageSide<'_>| {
        let Some(place) = field.place.area else { return false };
        text.side.statements.iter().any(|said| {
            crate::side::area(said).is_some_and(|area| area.y < place.bottom() && place.y < area.bottom() + 30.0)
                && sides.words.has("data-optional", &said.normal.text)
        })
    };
    sides.words.has("data-optional", &field.label.to_lowercase()) || row(page)
}

/// Whether what the ad or the page offers needs data of this sort; a card is needed where one pays with it.
fn is_needed(field: &Field, sort: Sort, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let priced = || page.side.sums().any(|sum| sum.price.cents > 0 && is_paid(sum.price.role));
    let pays_by = sort == Sort::Bank && !sides.words.has("data-card-to-receive", &field.label.to_lowercase());
    if pays_by && (is_paid_there(page.page, sides.words) || priced()) {
        return true;
    }
    // By the ad's own words a number is all that it needs.
    if only_number(sides) {
        return false;
    }
    // What nobody promised is no reason to ask for what it needs.
    let offered = |one: &&Standing| needs(one, sort) && is_promised(one, sides);
    spoken(&page.side).any(|one| offered(&one)) || spoken(&sides.ad).any(|one| needs(one, sort))
}

/// What a side is plainly about.
fn spoken<'s>(side: &'s Side<'_>) -> impl Iterator<Item = &'s Standing> {
    side.standings.iter().enumerate().filter(|(at, one)| *at == 0 || one.score >= SPOKEN_OF).map(|(_, one)| one)
}

fn needs(one: &Standing, sort: Sort) -> bool {
    NEEDED.iter().any(|(family, sorts)| *family == one.family && sorts.contains(&sort))
}

/// Whether the ad has a word of what a page is about, or plainly promises nothing else.
fn is_promised(one: &Standing, sides: &Sides<'_>) -> bool {
    let declared = |kind| sides.declared.as_ref().is_some_and(|declared| sides.together(declared, kind));
    let plainly = match sides.ad.standings.first() {
        Some(promised) => promised.score >= SPOKEN_OF || declared(&promised.kind),
        // An ad of few words promises what it is declared to be for.
        None => sides.declared.is_some(),
    };
    let near = sides.ad.standings.first().is_some_and(|promised| sides.together(&promised.kind, &one.kind));
    !plainly || near || sides.ad.standing(&one.family).is_some() || declared(&one.kind)
}

/// Whether the ad says that a number is all one has to leave.
fn only_number(sides: &Sides<'_>) -> bool {
    sides.ad.statements.iter().any(|said| sides.words.has("data-only-number", &said.normal.text))
}

fn told(page: &PageSide<'_>, term: &'static str, sides: &Sides<'_>) -> bool {
    page.side.statements.iter().any(|said| sides.words.says(term, &said.normal.text))
}

/// Postage is paid by card as well.
fn is_paid(role: PriceRole) -> bool {
    !matches!(role, PriceRole::Reference | PriceRole::Benefit)
}

/// Whether the page's own words tell for what the law, customs or a journey demand it.
fn is_explained(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    page.side
        .statements
        .iter()
        .any(|said| ["data-lawful", "data-self-service"].iter().any(|term| sides.words.says(term, &said.normal.text)))
}

/// Whether it is about something that is given away or done in passing: a gift, a coupon, a test, a draw.
fn is_light(side: &Side<'_>, sides: &Sides<'_>) -> bool {
    const LIGHT: [&str; 9] =
        ["game", "coupon", "sweepstake", "food", "app", "fortune", "printable", "membership", "reading"];
    let gives = side.claims.iter().any(|claim| match &claim.offer {
        Offer::Price(price) => price.cents == 0,
        _ => false,
    });
    let of_kind = side.standings.first().is_some_and(|top| LIGHT.contains(&top.family.as_str()));
    let said = side.statements.iter().any(|said| sides.words.says("data-light-offer", &said.normal.text));
    gives || of_kind || said
}

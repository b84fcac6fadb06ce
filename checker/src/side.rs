//! The two sides of a comparison, read once and shared by all checks: what the ad says, and what each page gives.

use model::ad::Ad;
use model::case::Case;
use model::claim::{Claim, Offer, OfferKind, Price, PriceRole};
use model::snapshot::Part;
use model::statement::{Page, Statement};
use model::units::Area;

use crate::claims::{Standing, claims, standings};
use crate::words::Words;

/// A case, with the claims of both sides.
#[derive(Debug)]
pub struct Sides<'a> {
    pub(crate) case: &'a Case,
    pub(crate) words: &'a Words,
    pub(crate) ad: Side<'a>,
    /// What sort of thing the ad is declared to be for, where that can be known.
    pub(crate) declared: Option<OfferKind>,
    /// The landing page of each visitor, and the pages behind it that go on with the offer.
    pub(crate) pages: Vec<PageSide<'a>>,
    /// Agreements, and what was unfolded on a landing page: evidence of terms, where no offer is made.
    pub(crate) fine_print: Vec<PageSide<'a>>,
}

/// What one side says.
#[derive(Debug)]
pub(crate) struct Side<'a> {
    pub(crate) statements: &'a [Statement],
    pub(crate) claims: Vec<Claim>,
    /// Strongest first.
    pub(crate) standings: Vec<Standing>,
}

/// One page, with what it says.
#[derive(Debug)]
pub(crate) struct PageSide<'a> {
    pub(crate) page: &'a Page,
    pub(crate) side: Side<'a>,
}

/// A sum of money where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sum<'a> {
    pub(crate) claim: &'a Claim,
    pub(crate) price: &'a Price,
    pub(crate) statement: &'a Statement,
}

impl<'a> Sides<'a> {
    pub(crate) fn read(case: &'a Case, words: &'a Words) -> Self {
        let read = |page| PageSide { page, side: Side::read(&page.statements, words) };
        // Agreements and what was unfolded are evidence; an offer is made where the visitor is led.
        let (pages, fine_print): (Vec<_>, Vec<_>) =
            (case.pages.iter().map(read)).partition(|side| matches!(side.page.part, Part::Landing | Part::Next));
        let declared = declared(&case.ad, words);
        Self { case, words, ad: Side::read(&case.promised, words), declared, pages, fine_print }
    }

    /// Whether the ad itself tells that something is to be paid again and again.
    pub(crate) fn ad_tells_recurring_fee(&self) -> bool {
        self.ad.sums().any(|sum| sum.price.role == PriceRole::Recurring && sum.price.cents > 0)
            || self.ad.statements.iter().any(|s| self.words.says("recurring-disclosed", &s.normal.text))
    }
}

/// The kind that the declared category names most plainly, else the advertiser's trade.
fn declared(ad: &Ad, words: &Words) -> Option<OfferKind> {
    let trade = ad.advertiser.as_ref().and_then(|advertiser| advertiser.industry.as_deref());
    let plainest = |text: &str| {
        let hits = words.kinds_in(&text.to_lowercase()).into_iter();
        hits.max_by(|a, b| a.weight.total_cmp(&b.weight)).map(|hit| hit.kind)
    };
    [ad.declared_category.as_deref(), trade].into_iter().flatten().find_map(plainest)
}

impl Sides<'_> {
    /// The landing pages, one a visitor that came to one.
    pub(crate) fn landings(&self) -> impl Iterator<Item = &PageSide<'_>> {
        self.pages.iter().filter(|side| side.page.part == Part::Landing)
    }

    /// The agreements and unfolded parts that the visitor of a page came to see.
    pub(crate) fn fine_print_of(&self, page: &Page) -> impl Iterator<Item = &PageSide<'_>> {
        self.fine_print.iter().filter(move |side| side.page.visitor == page.visitor)
    }

    /// The landing page again with something unfolded or another tab chosen, as its visitor saw it.
    pub(crate) fn unfolded_of(&self, page: &Page) -> impl Iterator<Item = &PageSide<'_>> {
        self.fine_print_of(page).filter(|side| side.page.part == Part::Unfolded)
    }

    /// The pages that a visitor was led on to: where the order is filled in, or what the page lays down in a page of its own.
    pub(crate) fn next_of(&self, page: &Page) -> impl Iterator<Item = &PageSide<'_>> {
        self.pages.iter().filter(move |side| side.page.part == Part::Next && side.page.visitor == page.visitor)
    }

    /// Whether two kinds are of one family, or honestly go together.
    pub(crate) fn together(&self, a: &OfferKind, b: &OfferKind) -> bool {
        self.words.together(a, b)
    }
}

impl<'a> Side<'a> {
    pub(crate) fn read(statements: &'a [Statement], words: &Words) -> Self {
        Self {
            statements,
            claims: claims(statements, words),
            standings: standings(statements.iter().enumerate(), words),
        }
    }

    /// Every sum, whatever it is for, in the order of the statements.
    pub(crate) fn sums(&self) -> impl Iterator<Item = Sum<'_>> {
        self.claims.iter().filter_map(|claim| match &claim.offer {
            Offer::Price(price) => Some(Sum { claim, price, statement: &self.statements[claim.statement] }),
            _ => None,
        })
    }

    /// Sums that one pays: once, at first, or each period.
    pub(crate) fn to_pay(&self) -> impl Iterator<Item = Sum<'_>> {
        self.sums()
            .filter(|sum| matches!(sum.price.role, PriceRole::Once | PriceRole::Introductory | PriceRole::Recurring))
    }

    pub(crate) fn standing(&self, family: &str) -> Option<&Standing> {
        self.standings.iter().find(|standing| standing.family == family)
    }

    /// The statement and its neighbours, as far as `reach` statements away.
    pub(crate) fn around(&self, at: usize, reach: usize) -> &'a [Statement] {
        &self.statements[at.saturating_sub(reach)..(at + reach + 1).min(self.statements.len())]
    }
}

impl<'a> Sum<'a> {
    /// The part of its sentence, between commas, in which it stands; in normal form.
    pub(crate) fn clause(&self) -> &'a str {
        let text = &self.statement.normal.text;
        let at = crate::claims::byte_of(text, self.claim.chars.start);
        let mark = |c: char| matches!(c, ',' | '。' | ';' | '!' | '\n');
        let from =
            text[..at].rfind(mark).map_or(0, |found| found + text[found..].chars().next().map_or(1, char::len_utf8));
        let until = text[at..].find(mark).map_or(text.len(), |found| at + found);
        &text[from..until]
    }

    /// What stands in the brackets in which it stands: 「(12个月返还,每月100元)」 is one remark, whatever its commas.
    pub(crate) fn bracket(&self) -> Option<&'a str> {
        let text = &self.statement.normal.text;
        let at = crate::claims::byte_of(text, self.claim.chars.start);
        let from = text[..at].rfind(['(', ')']).filter(|open| text[*open..].starts_with('('))?;
        let until = text[at..].find(')').map_or(text.len(), |close| at + close);
        Some(&text[from + 1..until])
    }

    /// As written on the ad or page: 「29元/月」.
    pub(crate) fn shown(&self) -> &'a str {
        self.statement.normal.shown(&self.statement.text, self.claim.chars.clone())
    }
}

/// Whether a person who does not look for it will notice it. Heuristic: the law only says 显著.
///
/// At least 13 CSS px, at least WCAG's 4.5:1, and not less than two fifths of the page's largest text.
pub(crate) fn conspicuous(statement: &Statement) -> bool {
    let seen = &statement.visibility;
    seen.font_px.is_none_or(|px| px >= 13.0)
        && seen.contrast.is_none_or(|contrast| contrast >= 4.5)
        && seen.relative.is_none_or(|share| share >= 0.4 || seen.font_px.is_some_and(|px| px >= 16.0))
        && seen.screens_down.is_none_or(|screens| screens < 1.0)
}

/// Whether a sentence of the ad stands in much smaller letters than the largest beside it, or goes by too fast to be read.
pub(crate) fn in_a_note(statement: &Statement) -> bool {
    /// Of the height of the largest letters beside it. Heuristic.
    const SMALL: f64 = 0.3;
    statement.visibility.relative.is_some_and(|share| share > 0.0 && share < SMALL) || statement.visibility.hurried
}

/// The box of a statement, on the page or in the ad's picture.
pub(crate) fn area(statement: &Statement) -> Option<Area> {
    statement.page_place().and_then(|place| place.area).or_else(|| statement.ad_place().and_then(|place| place.area))
}

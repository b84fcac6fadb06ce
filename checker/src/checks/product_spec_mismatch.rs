//! The page sells another size, number, make or model than the ad names.

use model::finding::{Confidence, Finding};
use model::snapshot::Part;

use crate::check::{Check, Sides};
use crate::exhibit;
use crate::named::{self, OfOneSort};
use crate::side::PageSide;
use crate::sized::{Measured, Offered};

/// ## What it finds
/// An amount of the ad (data, weight, volume, pieces, lessons), a material, grade or model, that stands nowhere on the page,
/// while the page names another one for the same thing; and data for all apps that turns out to be for a few.
///
/// ## Why it misleads
/// A price means nothing without what one gets for it.
///
/// ## Example
/// Ad: 「每月200G高速流量」 — page: 「30G通用+170G定向(限指定App)」
///
/// ## What it leaves alone
/// Any of several sizes; other units of the same amount (1公斤, 2斤) and sums of parts; rounding within a hundredth; more
/// than was promised; numbers of sales, stock, reviews, delivery, gifts and extras.
#[derive(Debug)]
pub(super) struct ProductSpecMismatch;

impl Check for ProductSpecMismatch {
    fn id(&self) -> &'static str {
        "product-spec-mismatch"
    }

    fn terms(&self) -> &'static [&'static str] {
        named::TERMS
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let landings = sides.pages.iter().filter(|side| side.page.part == Part::Landing);
        landings.filter_map(|page| self.on(page, sides)).collect()
    }
}

impl ProductSpecMismatch {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let promised = Measured::of(&sides.ad, sides.words);
        let offered = Offered::of(page, sides);
        let amount = promised.iter().find_map(|one| {
            let (other, confidence) = offered.instead_of(one, &promised, sides)?;
            Some((one.statement, one.shown(), other.statement, Some(other.chars()), other.shown(), confidence))
        });
        let (ad, promised_spec, there, chars, delivered_spec, confidence) = amount.or_else(|| {
            let OfOneSort { ad, promised, there, delivered } = named::instead(page, sides)?;
            Some((ad, promised, there, None, delivered, Confidence::Medium))
        })?;
        Some(
            Finding::of(self.id())
                .promised(exhibit::said_by_ad(ad)?)
                .delivered(exhibit::said_by_page(there, chars)?)
                .sure(confidence)
                .fact("promised_spec", promised_spec)
                .fact("delivered_spec", delivered_spec),
        )
    }
}

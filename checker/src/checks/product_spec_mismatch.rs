//! The page sells another size, number, make or model than the ad names.

use std::sync::LazyLock;

use model::finding::{Confidence, Finding};
use model::snapshot::Part;

use crate::check::{Check, Sides};
use crate::named::{self, OfOneSort};
use crate::paired::less_for_the_sum;
use crate::side::PageSide;
use crate::sized::{Measured, Offered};
use crate::{doing, exhibit, provided};

/// ## What it finds
/// An amount of the ad (data, weight, volume, pieces, lessons), a material, grade or model, that stands nowhere on the page,
/// while the page names another one for the same thing; a smaller size at the promised price; data for all apps that turns
/// out to be for a few; what is said to be included, or lacking, and is not; work or delivery that takes longer.
///
/// ## Why it misleads
/// A price means nothing without what one gets for it.
///
/// ## Example
/// Ad: 「每月200G高速流量」 — page: 「30G通用+170G定向(限指定App)」
///
/// ## What to do instead
/// Name the size, number or model that the page sells at that price.
///
/// ## What it leaves alone
/// Any of several sizes; other units of the same amount (1公斤, 2斤) and sums of parts; rounding within a hundredth; more
/// than was promised; numbers of sales, stock, reviews, gifts and extras; what everybody pays for oneself.
#[derive(Debug)]
pub(super) struct ProductSpecMismatch;

impl Check for ProductSpecMismatch {
    fn id(&self) -> &'static str {
        "product-spec-mismatch"
    }

    fn terms(&self) -> &'static [&'static str] {
        static TERMS: LazyLock<Vec<&'static str>> =
            LazyLock::new(|| [named::TERMS, provided::TERMS, doing::TERMS].concat());
        &TERMS
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
        let at_the_price = || {
            let less = less_for_the_sum(page, sides)?;
            let (ad, there) = (less.promised.statement, less.there.statement);
            let chars = Some(less.there.chars());
            Some((ad, less.promised.shown(), there, chars, less.there.shown(), Confidence::High))
        };
        let otherwise = || {
            let named = named::instead(page, sides).or_else(|| provided::left_out(page, sides));
            let OfOneSort { ad, promised, there, delivered } = named.or_else(|| doing::later(page, sides))?;
            Some((ad, promised, there, None, delivered, Confidence::Medium))
        };
        let (ad, promised_spec, there, chars, delivered_spec, confidence) =
            amount.or_else(at_the_price).or_else(otherwise)?;
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

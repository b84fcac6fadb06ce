//! Ad and page name two different prices that the same thing is said to have cost.

use model::claim::PriceRole;
use model::finding::{Confidence, Finding};

use crate::check::{Check, Sides};
use crate::exhibit;
use crate::side::{PageSide, Side, Sum};

/// ## What it finds
/// One former price in the ad and a lower one on the page, for what costs the same now: both cannot have been.
///
/// ## Why it misleads
/// The greater the price that is struck through, the greater seems the bargain.
///
/// ## Example
/// Ad: 「原价1999元，现99元」 — page: 「划线价399元 到手价99元」
///
/// ## What to do instead
/// Cross out only a price at which it was truly sold, say when, and name the same one in ad and page.
///
/// ## What it leaves alone
/// A single former price, however high: whether it was ever asked, one look cannot tell; several goods with prices of
/// their own; a former price that the page raises; prices said to be a maker's or a market's beside one's own.
#[derive(Debug)]
pub(super) struct DiscountBaselineUnfounded;

/// Less than this is rounding. Share of the higher price.
const ROUNDING: f64 = 0.02;

impl Check for DiscountBaselineUnfounded {
    fn id(&self) -> &'static str {
        "discount-baseline-unfounded"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["baseline-own", "baseline-of-parts"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.landings().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl DiscountBaselineUnfounded {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let (promised, shown) = (only_former(&sides.ad, sides)?, only_former(&page.side, sides)?);
        let (high, low) = (promised.price.cents, shown.price.cents);
        #[expect(clippy::cast_precision_loss, reason = "a price has few digits")]
        let differ = (high - low) as f64 > ROUNDING * high as f64;
        let comparable = promised.price.currency == shown.price.currency && same_price_now(&sides.ad, &page.side);
        if !differ || !comparable {
            return None;
        }
        Some(
            Finding::of(self.id())
                .promised(exhibit::said_by_ad(promised.statement)?)
                .delivered(exhibit::sum_on_page(shown)?)
                .sure(Confidence::Medium)
                .fact("promised_price", promised.shown())
                .fact("delivered_price", shown.shown()),
        )
    }
}

/// The one former price that a side names as its own; none when it names several, or parts of a whole.
fn only_former<'a>(side: &'a Side<'_>, sides: &Sides<'_>) -> Option<Sum<'a>> {
    let struck = |sum: &Sum<'_>| sum.statement.prices.iter().any(|tag| tag.struck && tag.chars == sum.claim.chars);
    let own = |sum: &Sum<'_>| struck(sum) || sides.words.has("baseline-own", sum.clause());
    let mut former =
        side.sums().filter(|sum| sum.price.role == PriceRole::Reference && sum.price.cents > 0 && own(sum));
    let first = former.next()?;
    let parts = side.statements.iter().any(|s| sides.words.has("baseline-of-parts", &s.normal.text));
    (!parts && former.all(|other| other.price.cents == first.price.cents)).then_some(first)
}

/// Whether both sides ask one and the same price now: it is the same thing.
fn same_price_now(ad: &Side<'_>, page: &Side<'_>) -> bool {
    let mut now = page.to_pay().filter(|sum| sum.price.cents > 0).map(|sum| sum.price.cents);
    let Some(first) = now.next() else { return false };
    now.all(|other| other == first) && ad.to_pay().any(|sum| sum.price.cents == first)
}

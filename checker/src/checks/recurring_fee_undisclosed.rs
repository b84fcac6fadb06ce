//! The page takes money again and again; the ad says nothing of it.

use model::claim::PriceRole;
use model::evidence::AdPlace;
use model::finding::{Confidence, Exhibit, Finding};
use model::statement::{Role, Statement};

use crate::asked::{is_asked, is_beside_the_offer, need_not_be_taken};
use crate::check::{Check, Sides};
use crate::documents::{fees_of, is_only_read};
use crate::exhibit;
use crate::ordered::{is_paid_there, renews};
use crate::side::{PageSide, Sum, conspicuous};
use crate::wording::sells;

/// ## What it finds
/// A fee by the month or week, or a renewal with its price, anywhere on the page (also in small pale print), of which
/// the ad says nothing although it lures with something free, cheap or of another kind, or the page itself hides it.
///
/// ## Why it misleads
/// What is promised as a gift or as one small price is paid for each month until someone notices.
///
/// ## Example
/// Ad: 「免费领视频会员」 — page: 「确认后每月扣25元信息费，次月自动续」
///
/// ## What to do instead
/// Say in the ad that a fee comes each month, and how much.
///
/// ## What it leaves alone
/// An ad that tells the fee; instalments of one price; pay, savings and gifts by the month; extras one may add; a bill
/// that is only shown; a plainly priced membership behind an ad that promises no price at all.
#[derive(Debug)]
pub(super) struct RecurringFeeUndisclosed;

impl Check for RecurringFeeUndisclosed {
    fn id(&self) -> &'static str {
        "recurring-fee-undisclosed"
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        if sides.ad_tells_recurring_fee() {
            return Vec::new();
        }
        sides.pages.iter().filter_map(|page| self.on(page, sides).or_else(|| self.behind(page, sides))).collect()
    }
}

impl RecurringFeeUndisclosed {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        if need_not_be_taken(page, sides) {
            return None;
        }
        let fees: Vec<_> = page.side.sums().filter(|sum| is_fee(sum, page, sides)).collect();
        // What says most about the fee: that it renews, then that it is charged to the phone, then the mere price.
        let fee = fees.iter().min_by_key(|sum| {
            let text = &sum.statement.normal.text;
            match () {
                () if sides.words.says("renewal", text) => 0,
                () if sides.words.says("carrier-billed", text) => 1,
                () if sides.words.says("recurring", text) => 2,
                () => 3,
            }
        })?;
        let lure = lure(sides);
        let plain = fees.iter().any(|sum| sum.price.cents == fee.price.cents && conspicuous(sum.statement));
        if lure.is_none() && plain && !other_kind(fee.statement, page, sides) && !is_ordered_unsaid(fee, page, sides) {
            return None;
        }
        let certain = page.side.around(fee.claim.statement, 1).iter().any(|s| {
            ["renewal", "recurring", "carrier-billed"].iter().any(|term| sides.words.says(term, &s.normal.text))
        });
        self.finding(*fee, if certain { Confidence::High } else { Confidence::Medium }, sides)
    }

    /// The fee that only a fold or an agreement of the page tells.
    fn behind(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        if is_only_read(page, sides.words) || !sells(page, sides) || need_not_be_taken(page, sides) {
            return None;
        }
        let fee = sides.fine_print_of(page.page).find_map(|side| fees_of(side, page, sides).next())?;
        self.finding(fee, Confidence::High, sides)
    }

    fn finding(&self, fee: Sum<'_>, sure: Confidence, sides: &Sides<'_>) -> Option<Finding> {
        let promised = lure(sides).unwrap_or_else(|| exhibit::main_promise(sides));
        let seen = &fee.statement.visibility;
        Some(
            Finding::of(self.id())
                .promised(promised)
                .delivered(exhibit::sum_on_page(fee)?)
                .sure(sure)
                .fact("fee", fee.shown())
                .fact("fee_font_px", seen.font_px)
                .fact("fee_contrast", seen.contrast)
                .fact("fee_screens_down", seen.screens_down),
        )
    }
}

/// Whether a sum on the page is a fee that comes again for what one orders there: one that says so, or the price of a
/// stretch of time on a page that renews by itself.
fn is_fee(sum: &Sum<'_>, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let renewed = || {
        let once = matches!(sum.price.role, PriceRole::Once | PriceRole::Introductory);
        once && sum.price.per.is_some() && renews(page, sides)
    };
    sum.price.cents > 0
        && (sum.price.role == PriceRole::Recurring || renewed())
        && sum.statement.role != Role::PageTitle
        && is_asked(sum, page, sides.words)
        && !is_beside_the_offer(sum, page, sides)
}

/// Whether the fee goes to the phone bill and the page has no button that says that one orders: 「听完整版」.
fn is_ordered_unsaid(fee: &Sum<'_>, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let text = &fee.statement.normal.text;
    // 「代收的信息费(如5元/月的天气短信)」 is an example.
    let of_all = !sides.words.has("conditional-fee", text);
    of_all && sides.words.says("carrier-billed", text) && !is_paid_there(page.page, sides.words)
}

/// The ad's sentence that makes one expect to pay nothing, little or once.
fn lure(sides: &Sides<'_>) -> Option<Exhibit<AdPlace>> {
    sides
        .ad
        .sums()
        .filter(|sum| {
            matches!(sum.price.role, PriceRole::Once | PriceRole::Introductory | PriceRole::Benefit)
                && !sides.words.has("not-a-fee", sum.clause())
        })
        .min_by_key(|sum| (sum.price.cents > 0, exhibit::rank(sum.statement)))
        .map(|sum| sum.statement)
        .or_else(|| {
            let says = |statement: &&Statement| {
                let text = &statement.normal.text;
                ["one-off", "fee-waived", "nothing-more"].iter().any(|term| sides.words.says(term, text))
            };
            sides.ad.statements.iter().find(says)
        })
        .and_then(exhibit::said_by_ad)
}

/// Whether the fee is for another sort of thing than the ad speaks of: by its own words, else by what the page is about.
fn other_kind(fee: &Statement, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let said = sides.ad.standings.first().map(|standing| &standing.kind);
    let Some(promised) = said.or(sides.declared.as_ref()) else { return false };
    let hits = sides.words.kinds_in(&fee.normal.text);
    if hits.is_empty() {
        return page.side.standings.first().is_some_and(|top| !sides.together(promised, &top.kind));
    }
    hits.iter().all(|hit| !sides.together(promised, &hit.kind))
}

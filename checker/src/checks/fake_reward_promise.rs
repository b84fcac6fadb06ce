//! Money that is said to lie ready, and has to be paid for, worked for, or is not there.

use std::collections::BTreeSet;

use model::evidence::AdPlace;
use model::finding::{Confidence, Exhibit, Finding};
use model::statement::{Role, Statement};

use crate::asked::{is_asked, is_demanded, is_ordered};
use crate::check::{Check, Sides};
use crate::exhibit;
use crate::side::PageSide;
use crate::wording;

/// ## What it finds
/// A red packet, a balance, cash or points that ad or page says lie ready, while the page asks for a payment or a
/// membership first, lets nothing be withdrawn below a sum or without tasks of which the ad says nothing, or has nothing of
/// them and sells something else.
///
/// ## Why it misleads
/// The money is only shown so that somebody clicks, pays, or works for others.
///
/// ## Example
/// Ad: 「您有88元现金待提现，今日过期」 — page: 「开通会员29元后即可提现」
///
/// ## What to do instead
/// Say with the sum for whom, for doing what and when it is paid; ask for no payment before it.
///
/// ## What it leaves alone
/// Rewards whose conditions the ad tells; coupons and discounts on a purchase that are called so; interest and cash back of a
/// purchase; a log-in before paying out; a small subsidy that is really paid.
#[derive(Debug)]
pub(super) struct FakeRewardPromise;

const TERMS: &[&str] = &[
    "reward",
    "reward-at-once",
    "reward-pay-first",
    "reward-threshold",
    "reward-condition",
    "reward-discount",
    "reward-there",
    "denied-before",
    "warned",
];

impl Check for FakeRewardPromise {
    fn id(&self) -> &'static str {
        "fake-reward-promise"
    }

    fn terms(&self) -> &'static [&'static str] {
        TERMS
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.pages.iter().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl FakeRewardPromise {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let lure = sides.ad.statements.iter().find(|s| is_reward(s, sides));
        if let Some(demand) = pay_first(page, sides) {
            let told =
                sides.ad.sums().any(|sum| sum.price.cents > 0 && sides.words.says("payment-demand", sum.clause()));
            // Without a lure in the ad, the page itself must have dangled the money.
            let dangled = lure.is_some() || page.side.statements.iter().any(|s| is_reward(s, sides));
            let fee = page.side.sums().find(|sum| std::ptr::eq(sum.statement, demand) && sum.price.cents > 0);
            let finding = self.found(lure, demand, sides, Confidence::High)?;
            return (dangled && !told).then(|| match fee {
                Some(fee) => finding.fact("fee", fee.shown()),
                None => finding,
            });
        }
        let lure = lure.filter(|_| !tells_condition(sides))?;
        let parts = || std::iter::once(page).chain(sides.fine_print_of(page.page));
        if let Some(threshold) = parts().find_map(|part| said(part, "reward-threshold", sides)) {
            let at_once = sides.ad.statements.iter().any(|s| sides.words.says("reward-at-once", &s.normal.text));
            let sure = if at_once { Confidence::Medium } else { Confidence::Low };
            return self.found(Some(lure), threshold, sides, sure);
        }
        self.vanished(lure, page, sides)
    }

    /// The page has nothing of the reward, and charges for something.
    fn vanished(&self, lure: &Statement, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        if wording::told_by(page, "reward-there", sides) {
            return None;
        }
        let fee = page.side.to_pay().find(|sum| {
            sum.price.cents > 0
                && is_asked(sum, page, sides.words)
                && (is_ordered(sum, page, sides) || is_demanded(sum, page, sides))
        })?;
        let sure = if wording::read_whole(page, sides) { Confidence::Medium } else { Confidence::Low };
        Some(self.found(Some(lure), fee.statement, sides, sure)?.fact("fee", fee.shown()))
    }

    fn found(
        &self,
        lure: Option<&Statement>,
        shown: &Statement,
        sides: &Sides<'_>,
        sure: Confidence,
    ) -> Option<Finding> {
        let promised: Exhibit<AdPlace> =
            lure.and_then(exhibit::said_by_ad).unwrap_or_else(|| exhibit::main_promise(sides));
        Some(Finding::of(self.id()).promised(promised).delivered(exhibit::said_by_page(shown, None)?).sure(sure))
    }
}

/// Whether a statement says that money lies ready for whoever reads it.
fn is_reward(statement: &Statement, sides: &Sides<'_>) -> bool {
    let text = &statement.normal.text;
    sides.words.says("reward", text) && !sides.words.has("reward-discount", text) && !sides.words.has("warned", text)
}

fn tells_condition(sides: &Sides<'_>) -> bool {
    // A sum beside the reward is the reward itself, and so is the same sum elsewhere: 「¥88.00」 in the picture.
    let lies_ready: BTreeSet<_> =
        sides.ad.sums().filter(|sum| is_reward(sum.statement, sides)).map(|sum| sum.price.cents).collect();
    let priced = sides.ad.to_pay().any(|sum| sum.price.cents > 0 && !lies_ready.contains(&sum.price.cents));
    wording::told_by_ad("reward-condition", sides) || priced
}

fn said<'a>(page: &'a PageSide<'_>, term: &'static str, sides: &Sides<'_>) -> Option<&'a Statement> {
    let says = |s: &&Statement| {
        let text = &s.normal.text;
        s.role != Role::PageTitle && says(text, term, sides) && !sides.words.has("optional-extra", text)
    };
    page.side.statements.iter().find(says)
}

fn says(text: &str, term: &'static str, sides: &Sides<'_>) -> bool {
    sides.words.occurrences(term, text).iter().any(|found| !wording::is_denied(text, found.start, sides.words))
}

/// The sentence that makes the reward depend on a payment.
fn pay_first<'a>(page: &'a PageSide<'_>, sides: &Sides<'_>) -> Option<&'a Statement> {
    said(page, "reward-pay-first", sides)
}

//! Money in the ad, coupons on the page.

use model::finding::{Confidence, Finding};
use model::statement::Statement;

use crate::aside::{all_of, is_aside};
use crate::check::{Check, Sides};
use crate::exhibit;
use crate::measure;
use crate::side::PageSide;
use crate::words::Words;

/// ## What it finds
/// An ad that tops up, pays back, pays out or takes off a sum, gives back what was paid, or money for what one sells, where
/// the page gives coupons with a threshold, a packet of small ones, credit to be spent, or the sum bit by bit over months.
///
/// ## Why it misleads
/// Twenty coupons of 5 for purchases above 100 are not 100 on one's account.
///
/// ## Example
/// Ad: 「29.9元充100元话费」 — page, second screen: 「20张满100减5元充值券」
///
/// ## What to do instead
/// Call it a coupon, with its threshold, wherever its sum stands.
///
/// ## What it leaves alone
/// An ad that says 券, 满减 or 分月返; a real top-up beside which coupons are given; coupons without a threshold; cash back
/// that is paid out.
#[derive(Debug)]
pub(super) struct CouponAsCash;

impl Check for CouponAsCash {
    fn id(&self) -> &'static str {
        "coupon-as-cash"
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "cash-promise",
            "cash-sure",
            "coupon-said",
            "coupon-strings",
            "coupon-word",
            "coupon-threshold",
            "cash-real",
            "refund-promise",
            "cash-for-goods",
            "off-at-once",
            "coupon-for-refund",
        ]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let given = promise(sides);
        let on = |page| {
            let sum = given.and_then(|promise| self.on(page, promise, sides));
            sum.or_else(|| self.back(page, refund(sides)?, sides)).or_else(|| self.in_pieces(page, sides))
        };
        sides.landings().filter_map(on).collect()
    }
}

impl CouponAsCash {
    fn on(&self, page: &PageSide<'_>, promise: &Statement, sides: &Sides<'_>) -> Option<Finding> {
        let sums = sums(sides);
        let words = sides.words;
        let real = page.side.statements.iter().any(|statement| words.says("cash-real", &statement.normal.text));
        let coupon = |side: &PageSide<'_>, at: usize| {
            let text = &side.side.statements[at].normal.text;
            let given = words.says("coupon-strings", text) && !words.says("cash-real", text);
            (given && !is_aside(side, at, words)).then(|| amounts_to(text, &side.side.statements[at], &sums))
        };
        let sure = words.says("cash-sure", &promise.normal.text);
        let every = || all_of(page, sides).flat_map(|side| (0..side.side.statements.len()).map(move |at| (side, at)));
        let says = |side: &PageSide<'_>, at: usize, term| words.says(term, &side.side.statements[at].normal.text);
        // The sum itself as a coupon says most; without it, nothing on the page may be the money. A 红包 is money only
        // until it wants a purchase.
        let tied =
            every().find(|(side, at)| coupon(side, *at) == Some(true) && (sure || says(side, *at, "coupon-threshold")));
        let loose = || {
            let plain =
                |(side, at): &(&PageSide<'_>, usize)| coupon(side, *at).is_some() && says(side, *at, "coupon-word");
            every().find(plain).filter(|_| sure && !real)
        };
        let confidence = if tied.is_some() && sure { Confidence::High } else { Confidence::Medium };
        let (side, at) = tied.or_else(loose)?;
        let there = &side.side.statements[at];
        Some(
            Finding::of(self.id())
                .promised(exhibit::said_by_ad(promise)?)
                .delivered(exhibit::said_by_page(there, coupon_chars(there, words))?)
                .sure(confidence)
                .fact("promised_cash", sums.iter().map(|cents| *cents as f64 / 100.0).next_back()),
        )
    }
}

impl CouponAsCash {
    /// What was paid, or what is sold, comes back, and not as money.
    fn back(&self, page: &PageSide<'_>, promise: &Statement, sides: &Sides<'_>) -> Option<Finding> {
        let words = sides.words;
        let every = || all_of(page, sides).flat_map(|side| (0..side.side.statements.len()).map(move |at| (side, at)));
        let (side, at) = every().find(|(side, at)| {
            let text = &side.side.statements[*at].normal.text;
            words.says("coupon-for-refund", text) && !words.says("cash-real", text) && !is_aside(side, *at, words)
        })?;
        Some(
            Finding::of(self.id())
                .promised(exhibit::said_by_ad(promise)?)
                .delivered(exhibit::said_by_page(&side.side.statements[at], None)?)
                .sure(Confidence::High),
        )
    }
}

impl CouponAsCash {
    /// What the ad takes off the price at once is given in so many coupons that one order cannot use them.
    fn in_pieces(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let words = sides.words;
        let off = |statement: &&Statement| words.says("off-at-once", &statement.normal.text);
        let promise = sides.ad.statements.iter().find(off)?;
        let sums: Vec<_> = promise.prices.iter().map(|price| price.cents).filter(|cents| *cents > 0).collect();
        let mut every = all_of(page, sides).flat_map(|side| (0..side.side.statements.len()).map(move |at| (side, at)));
        let (side, at) = every.find(|(side, at)| {
            let there = &side.side.statements[*at];
            words.says("coupon-word", &there.normal.text)
                && in_parts(&there.normal.text, there, &sums)
                && !is_aside(side, *at, words)
        })?;
        Some(
            Finding::of(self.id())
                .promised(exhibit::said_by_ad(promise)?)
                .delivered(exhibit::said_by_page(&side.side.statements[at], None)?)
                .sure(Confidence::Medium),
        )
    }
}

/// The ad's sentence that gives back what was paid, or money for what one sells; none when the ad says in which form.
fn refund<'a>(sides: &Sides<'a>) -> Option<&'a Statement> {
    let words = sides.words;
    if sides.ad.statements.iter().any(|statement| words.has("coupon-said", &statement.normal.text)) {
        return None;
    }
    let back = |statement: &&Statement| {
        ["refund-promise", "cash-for-goods", "cash-sure"].iter().any(|term| words.says(term, &statement.normal.text))
    };
    sides.ad.statements.iter().filter(back).min_by_key(|one| exhibit::rank(one))
}

/// The ad's sentence that gives money; none when the ad says that it is a coupon or comes bit by bit.
fn promise<'a>(sides: &Sides<'a>) -> Option<&'a Statement> {
    let words = sides.words;
    if sides.ad.statements.iter().any(|statement| words.has("coupon-said", &statement.normal.text)) {
        return None;
    }
    let gives = |statement: &&Statement| {
        words.says("cash-promise", &statement.normal.text) && statement.prices.iter().any(|price| price.cents > 0)
    };
    let sure = |statement: &Statement| words.says("cash-sure", &statement.normal.text);
    sides.ad.statements.iter().filter(gives).min_by_key(|one| (!sure(one), exhibit::rank(one)))
}

/// What the ad gives, in hundredths, rising.
fn sums(sides: &Sides<'_>) -> Vec<i64> {
    let gives = |statement: &&Statement| sides.words.says("cash-promise", &statement.normal.text);
    let given = sides.ad.statements.iter().filter(gives).flat_map(|statement| &statement.prices);
    let mut sums: Vec<_> = given.map(|price| price.cents).filter(|cents| *cents > 0).collect();
    sums.sort_unstable();
    sums
}

/// Whether a text names one of these sums, or so many coupons, months or times of a part of it.
fn amounts_to(text: &str, statement: &Statement, sums: &[i64]) -> bool {
    statement.prices.iter().any(|price| sums.contains(&price.cents)) || in_parts(text, statement, sums)
}

/// Whether a text names so many coupons, months or times of a part of one of these sums.
fn in_parts(text: &str, statement: &Statement, sums: &[i64]) -> bool {
    let pieces = measure::amounts(text, false).into_iter().filter(|amount| amount.pieces).map(|amount| amount.value);
    let months = measure::times(text).into_iter().map(|time| (time.value * 12.0 / 365.0).round());
    let mut parts = statement.prices.iter().map(|price| price.cents);
    let counts: Vec<_> = pieces.chain(months).filter(|count| *count > 1.0).collect();
    parts.any(|part| counts.iter().any(|count| sums.iter().any(|sum| *sum as f64 == part as f64 * count)))
}

fn coupon_chars(statement: &Statement, words: &Words) -> Option<std::ops::Range<usize>> {
    let text = &statement.normal.text;
    let found = words.find("coupon-strings", text)?;
    Some(crate::claims::chars_before(text, found.start)..crate::claims::chars_before(text, found.end))
}

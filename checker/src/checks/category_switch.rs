//! The ad promises one sort of thing; what is ordered on the page is another.

use model::claim::PriceRole;
use model::finding::{Confidence, Finding};
use model::statement::{Role, Statement};

use crate::aside::is_aside;
use crate::asked::is_asked;
use crate::check::{Check, Sides};
use crate::claims::Standing;
use crate::exhibit;
use crate::side::{PageSide, Sum};

/// ## What it finds
/// A page whose main conversion (what its buttons order and its prices pay for) is of another family of goods or
/// services than the ad promised, while the ad says nothing of that family; or one that lends what the ad
/// spoke of buying, or says itself that it does not give what the ad speaks of.
///
/// ## Why it misleads
/// Someone who came for a game gift leaves with a telecom subscription.
///
/// ## Example
/// Ad, second 3: 「点击免费领《××》手游豪华礼包」 — page: 「输入手机号 办理39元大流量权益包」
///
/// ## What to do instead
/// Advertise what the page sells; or lead the click to a page where the promised thing is the main one.
///
/// ## What it leaves alone
/// A telecom card that truly gives a game item when the ad names the card; a shop that has the promised thing among
/// others; a log-in or an app on the way; words that belong to both sides.
#[derive(Debug)]
pub(super) struct CategorySwitch;

/// The ad must say its kind about this plainly. A word of weight 1.0 in a sentence of text says it once.
const PLAIN_PROMISE: f64 = 0.8;
/// The page must speak for the other family at least this much.
const PLAIN_DELIVERY: f64 = 1.5;
/// The ad has named the other family when it speaks for it this much.
const NAMED: f64 = 0.5;
/// A neighbouring family must be named more plainly than that: 「手机」 alone does not tell of a rental.
const NAMED_NEAR: f64 = 0.9;
/// What one sentence names together with its price is plain at this strength already.
const PLAIN_WITH_PRICE: f64 = 1.0;
/// The promised family is still the page's subject when it has this share of the other's strength.
const STILL_THERE: f64 = 0.6;
/// The family of what is lent.
const RENTAL: &str = "rental";
/// A price in it, or a place among headlines and buttons, makes a sentence as plain as so much more of the thing's name.
const SAYS_MORE: f64 = 0.4;

impl Check for CategorySwitch {
    fn id(&self) -> &'static str {
        "category-switch"
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides
            .pages
            .iter()
            .filter_map(|page| {
                self.on(page, sides).or_else(|| self.lent(page, sides)).or_else(|| self.denied(page, sides))
            })
            .collect()
    }

    fn terms(&self) -> &'static [&'static str] {
        &["manner-own", "manner-rent", "manner-sold", "kind-denied", "kind-by-others"]
    }
}

impl CategorySwitch {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let promised = &promised(sides)?;
        // What an ad was declared for says less than its words: the page must then speak the more plainly.
        let (least, words) = if promised.words == 0 { (PLAIN_DELIVERY, 2) } else { (PLAIN_WITH_PRICE, 1) };
        let ordered = page.side.standings.iter().find(|other| {
            other.score >= least
                && other.words >= words
                && !sides.together(&promised.kind, &other.kind)
                && !named_by_ad(other, sides)
                && !is_declared(other, promised, sides)
                && !is_in_passing(page, other, promised, sides)
                && binding(page, other, sides)
                    .is_some_and(|bound| bound.chars.is_some() || (other.score >= PLAIN_DELIVERY && other.words >= 2))
        })?;
        let bound = binding(page, ordered, sides)?;
        let there = page.side.standing(&promised.family).map_or(0.0, |standing| standing.score);
        let vanished = there < STILL_THERE * ordered.score;
        let lure = is_lure(page, promised, sides) && bound.paid;
        if !vanished && !lure {
            return None;
        }
        let confidence = match (vanished, bound.paid) {
            (true, true) => Confidence::High,
            _ => Confidence::Medium,
        };
        let ad_statement = exhibit::promise_of(&promised.family, sides)?;
        let finding = Finding::of(self.id())
            .promised(exhibit::said_by_ad(ad_statement)?)
            .delivered(exhibit::said_by_page(bound.statement, bound.chars)?)
            .sure(confidence)
            .fact("promised_kind", &sides.words.kind(&promised.kind).title)
            .fact("delivered_kind", &sides.words.kind(&ordered.kind).title);
        let finding = match bound.price {
            Some(price) => finding.fact("delivered_price", price),
            None => finding,
        };
        Some(match bound.button {
            Some(button) => finding.fact("button", &button.quote).also(button),
            None => finding,
        })
    }
}

impl CategorySwitch {
    /// The ad speaks of buying or owning; the page only lends, for a rent, and says nothing of a sale.
    fn lent(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let words = sides.words;
        let says = |side: &[Statement], term| side.iter().any(|said| words.says(term, &said.normal.text));
        let ad = sides.ad.statements.iter().find(|said| words.says("manner-own", &said.normal.text))?;
        let told = says(sides.ad.statements, "manner-rent") || sides.ad.standing(RENTAL).is_some();
        let rental = page.side.standing(RENTAL).filter(|standing| standing.score >= PLAIN_WITH_PRICE && !told)?;
        let there = page.side.statements.iter().enumerate().find(|(at, said)| {
            said.role != Role::PageTitle && words.says("manner-rent", &said.normal.text) && !is_aside(page, *at, words)
        });
        let promised = promised(sides).filter(|promised| promised.family != RENTAL)?;
        let sold = says(page.side.statements, "manner-sold");
        let (_, there) = there.filter(|_| !sold)?;
        Some(
            Finding::of(self.id())
                .promised(exhibit::said_by_ad(ad)?)
                .delivered(exhibit::said_by_page(there, None)?)
                .sure(Confidence::Medium)
                .fact("promised_kind", &words.kind(&promised.kind).title)
                .fact("delivered_kind", &words.kind(&rental.kind).title),
        )
    }
}

impl CategorySwitch {
    /// The page says itself that it does not give what the ad speaks of, nor has others give it, and sells something else:
    /// 「本公司不放款」 of a membership at 39.9.
    fn denied(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let words = sides.words;
        let promised = promised(sides)?;
        let says = |term| page.side.statements.iter().any(|said| words.has(term, &said.normal.text));
        let denies = |said: &&Statement| {
            let text = &said.normal.text;
            // What is denied stands right behind: 「非终身保险」 denies the lifetime, and is an insurance.
            let names = words.kinds_in(text).into_iter().filter(|hit| words.kind(&hit.kind).family == promised.family);
            let named: Vec<_> = names.map(|hit| hit.bytes).collect();
            let is_denied = |found: regex::Match<'_>| {
                named.iter().any(|name| name.start <= found.end() && name.end > found.start())
            };
            words.term("kind-denied").find_iter(text).any(is_denied)
        };
        let denial = page.side.statements.iter().find(denies).filter(|_| !says("kind-by-others"))?;
        let told = |sum: &Sum<'_>| sides.ad.sums().any(|said| said.price.cents == sum.price.cents);
        let sold = page.side.to_pay().find(|sum| sum.price.cents > 0 && !told(sum) && is_asked(sum, page, words))?;
        Some(
            Finding::of(self.id())
                .promised(exhibit::said_by_ad(exhibit::promise_of(&promised.family, sides)?)?)
                .delivered(exhibit::sum_on_page(sold)?)
                .sure(Confidence::Medium)
                .fact("promised_kind", &words.kind(&promised.kind).title)
                .fact("delivered_price", sold.shown())
                .also(exhibit::said_by_page(denial, None)?),
        )
    }
}

/// What the ad is for, by its words; by what it was declared as where they say nothing.
fn promised(sides: &Sides<'_>) -> Option<Standing> {
    let said = sides.ad.standings.first().filter(|standing| standing.score >= PLAIN_PROMISE);
    // One word in passing (the boots of a warehouse, the powder of a clinic's patient) says less than what was declared.
    let plain = said.filter(|standing| standing.words > 1 || standing.score >= 2.0 * PLAIN_PROMISE);
    let declared = || {
        let kind = sides.declared.clone().filter(|kind| {
            sides.ad.standings.is_empty() || said.is_some_and(|said| !sides.together(&said.kind, kind))
        })?;
        let family = sides.words.kind(&kind).family.clone();
        Some(Standing { family, kind, score: PLAIN_PROMISE, words: 0, best: 0 })
    };
    plain.cloned().or_else(declared).or_else(|| said.cloned())
}

fn named_by_ad(other: &Standing, sides: &Sides<'_>) -> bool {
    let near = &sides.words.kind(&other.kind).near;
    sides.ad.standings.iter().any(|said| {
        (said.family == other.family && said.score >= NAMED)
            || (near.contains(&said.family) && said.score >= NAMED_NEAR)
    })
}

/// Whether the ad was declared for the other family, and speaks for its own by a single word: 「换了粉底」 in an ad of a clinic.
///
/// An ad that lures with another thing says it more than once, or with its price.
fn is_declared(other: &Standing, promised: &Standing, sides: &Sides<'_>) -> bool {
    let lures = promised.words >= 2 && promised.score >= PLAIN_DELIVERY;
    let declared = sides.declared.as_ref().map(|kind| &sides.words.kind(kind).family);
    declared == Some(&other.family) && !lures
}

/// Whether the page sells what the ad promises, or was declared for, and speaks of the other family beside it: the
/// fitting-out of a shop whose franchise it offers, the insurance of a car that it lends.
fn is_in_passing(page: &PageSide<'_>, other: &Standing, promised: &Standing, sides: &Sides<'_>) -> bool {
    let declared = sides.declared.as_ref().map(|kind| &sides.words.kind(kind).family);
    let mut own = page.side.standings.iter().filter(|own| {
        own.family != other.family && (declared == Some(&own.family) || sides.together(&own.kind, &promised.kind))
    });
    own.any(|own| own.score >= other.score && !is_lure(page, own, sides))
}

/// What ties a family to the order: the sentence that orders or prices it.
struct Bound<'a> {
    statement: &'a Statement,
    chars: Option<std::ops::Range<usize>>,
    price: Option<String>,
    /// Whether money is asked for it.
    paid: bool,
    button: Option<model::finding::Exhibit<model::evidence::PagePlace>>,
}

fn binding<'a>(page: &PageSide<'a>, ordered: &Standing, sides: &Sides<'_>) -> Option<Bound<'a>> {
    let strength = |statement: &Statement| sides.words.strength(&statement.normal.text, &ordered.family);
    let charged = |sum: &Sum<'_>| sum.price.cents > 0 && is_asked(sum, page, sides.words);
    let priced = || page.side.to_pay().filter(charged);
    let button = page
        .page
        .buttons
        .iter()
        .filter(|button| button.form.is_some() || sides.words.has("order-button", &button.normal.text))
        .max_by(|a, b| a.size().total_cmp(&b.size()))
        .map(exhibit::button);
    // Best is the sentence that names the thing most plainly; one with its price in it says more.
    let price_in = |statement: &Statement| priced().find(|sum| std::ptr::eq(sum.statement, statement));
    let names = |statement: &&Statement| {
        strength(statement) > 0.0
            && statement.role != Role::FieldLabel
            && (is_prominent(statement)
                || price_in(statement).is_some()
                || sides.words.says("order-words", &statement.normal.text))
    };
    let plainness = |statement: &Statement| {
        let bonus = if price_in(statement).is_some() || is_prominent(statement) { SAYS_MORE } else { 0.0 };
        // What one can point at on the page is better than the title of its window.
        if statement.role == Role::PageTitle { 0.0 } else { strength(statement) + bonus }
    };
    let statement = page.side.statements.iter().filter(names).max_by(|a, b| plainness(a).total_cmp(&plainness(b)))?;
    let own = price_in(statement);
    let price = own.or_else(|| priced().max_by_key(|sum| sum.price.role == PriceRole::Recurring));
    let sells = price.is_some() || page.page.buttons.iter().any(|b| sides.words.has("order-button", &b.normal.text));
    let orders = sells || !page.page.fields.is_empty() || sides.words.says("order-words", &statement.normal.text);
    orders.then(|| Bound {
        statement,
        chars: own.map(|sum| sum.claim.chars.clone()),
        paid: price.is_some(),
        price: price.map(|sum| sum.shown().to_owned()),
        button,
    })
}

fn is_prominent(statement: &Statement) -> bool {
    matches!(statement.role, Role::Headline | Role::Button | Role::PageTitle)
}

/// Whether the promised thing stands on the page only to draw people in: nothing there sells it.
fn is_lure(page: &PageSide<'_>, promised: &Standing, sides: &Sides<'_>) -> bool {
    !page
        .side
        .to_pay()
        .any(|sum| sum.price.cents > 0 && sides.words.strength(&sum.statement.normal.text, &promised.family) > 0.0)
}

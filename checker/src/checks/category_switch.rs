//! The ad promises one sort of thing; what is ordered on the page is another.

use model::claim::PriceRole;
use model::finding::{Confidence, Finding};
use model::statement::{Role, Statement};

use crate::check::{Check, Sides};
use crate::claims::Standing;
use crate::exhibit;
use crate::side::{PageSide, Sum};

/// ## What it finds
/// A page whose main conversion (what its buttons order and its prices pay for) is of another family of goods or
/// services than the ad promised, while the ad says nothing of that family.
///
/// ## Why it misleads
/// Someone who came for a game gift leaves with a telecom subscription.
///
/// ## Example
/// Ad, second 3: 「点击免费领《××》手游豪华礼包」 — page: 「输入手机号 办理39元大流量权益包」
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
/// The promised family is still the page's subject when it has this share of the other's strength.
const STILL_THERE: f64 = 0.6;

impl Check for CategorySwitch {
    fn id(&self) -> &'static str {
        "category-switch"
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.pages.iter().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl CategorySwitch {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let promised = sides.ad.standings.first().filter(|standing| standing.score >= PLAIN_PROMISE)?;
        let ordered = page.side.standings.iter().find(|other| {
            other.score >= PLAIN_DELIVERY
                && !together(promised, other, sides)
                && !named_by_ad(other, sides)
                && binding(page, other, sides).is_some()
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
        let ad_statement = best_promise(promised, sides);
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

/// The sentence of the ad that names the promised kind most plainly; of equals, the one in the picture.
fn best_promise<'a>(promised: &Standing, sides: &Sides<'a>) -> &'a Statement {
    let weight = |statement: &Statement| -> f64 {
        sides
            .words
            .kinds_in(&statement.normal.text)
            .iter()
            .filter(|hit| sides.words.kind(&hit.kind).family == promised.family)
            .map(|hit| hit.weight)
            .sum()
    };
    let most = sides.ad.statements.iter().map(weight).fold(0.0, f64::max);
    sides
        .ad
        .statements
        .iter()
        .filter(|statement| weight(statement) >= 0.7 * most)
        .min_by_key(|statement| exhibit::rank(statement))
        .unwrap_or(&sides.ad.statements[promised.best])
}

/// Whether two families honestly go together.
fn together(promised: &Standing, other: &Standing, sides: &Sides<'_>) -> bool {
    let near = |a: &Standing, b: &Standing| sides.words.kind(&a.kind).near.contains(&b.family);
    promised.family == other.family || near(promised, other) || near(other, promised)
}

fn named_by_ad(other: &Standing, sides: &Sides<'_>) -> bool {
    let near = &sides.words.kind(&other.kind).near;
    sides
        .ad
        .standings
        .iter()
        .any(|said| (said.family == other.family || near.contains(&said.family)) && said.score >= NAMED)
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
    let speaks = |statement: &Statement| {
        sides
            .words
            .kinds_in(&statement.normal.text)
            .iter()
            .any(|hit| sides.words.kind(&hit.kind).family == ordered.family)
    };
    let charged = |sum: &Sum<'_>| sum.price.cents > 0 && !sides.words.has("optional-extra", &sum.statement.normal.text);
    let priced = page
        .side
        .to_pay()
        .filter(charged)
        .filter(|sum| page.side.around(sum.claim.statement, 1).iter().any(speaks))
        // The sentence itself rather than its neighbour; then a fee rather than a price.
        .max_by_key(|sum| (speaks(sum.statement), sum.price.role == PriceRole::Recurring));
    let button = page
        .page
        .buttons
        .iter()
        .filter(|button| button.form.is_some() || sides.words.has("order-button", &button.normal.text))
        .max_by(|a, b| a.size().total_cmp(&b.size()))
        .map(exhibit::button);
    if let Some(sum) = priced {
        let statement = &page.side.statements[sum.claim.statement];
        return Some(Bound {
            statement,
            chars: Some(sum.claim.chars.clone()),
            price: Some(sum.shown().to_owned()),
            paid: true,
            button,
        });
    }
    let statement = page.side.statements.iter().find(|statement| {
        speaks(statement)
            && sides.words.says("order-words", &statement.normal.text)
            && matches!(statement.role, Role::Headline | Role::Button | Role::PageTitle | Role::Text | Role::PictureText)
    })?;
    Some(Bound { statement, chars: None, price: None, paid: false, button })
}

/// Whether the promised thing stands on the page only to draw people in: nothing there sells or delivers it.
fn is_lure(page: &PageSide<'_>, promised: &Standing, sides: &Sides<'_>) -> bool {
    !page.side.to_pay().any(|sum| {
        sum.price.cents > 0
            && sides
                .words
                .kinds_in(&sum.statement.normal.text)
                .iter()
                .any(|hit| sides.words.kind(&hit.kind).family == promised.family)
    })
}

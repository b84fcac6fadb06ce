//! A draw whose outcome stands before anybody has drawn, or whose rules nobody can read.

use std::collections::BTreeSet;

use model::finding::{Confidence, Exhibit, Finding};
use model::snapshot::{After, Part};
use model::statement::{FieldKind, Role, Statement};

use crate::asked::is_asked;
use crate::check::{Check, Sides};
use crate::exhibit;
use crate::side::{PageSide, Sum};
use crate::wording;

/// ## What it finds
/// A page that tells its visitor of a prize before they have drawn, and asks for money or personal details to claim it; a draw
/// that asks for those and states neither prizes nor chances nor rules anywhere.
///
/// ## Why it misleads
/// Whoever believes in their luck pays postage, a "rest", or with their data for what everybody "wins".
///
/// ## Example
/// Ad: 「免费抽手机」 — page at once: 「恭喜您抽中蓝牙耳机，付邮19.9元领取」
///
/// ## What to do instead
/// Publish prizes, numbers and odds, draw by them, and charge nothing for what was won.
///
/// ## What it leaves alone
/// A wheel that waits to be turned, with its rules or a way to them; the winners of another round; a chance to draw; a
/// gift that everybody gets and that is called one; a raffle among buyers that tells its numbers.
#[derive(Debug)]
pub(super) struct LotteryAlwaysWins;

const TERMS: &[&str] = &[
    "draw",
    "draw-won",
    "draw-won-by-others",
    "draw-rules",
    "draw-sure",
    "draw-claim",
    "draw-lore",
    "denied-before",
    "warned",
];

impl Check for LotteryAlwaysWins {
    fn id(&self) -> &'static str {
        "lottery-always-wins"
    }

    fn terms(&self) -> &'static [&'static str] {
        TERMS
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let draws = |page: &&PageSide<'_>| {
            wording::told_by_ad("draw", sides)
                || page.side.statements.iter().any(|s| sides.words.has("draw", &s.normal.text))
        };
        sides.pages.iter().filter(draws).filter_map(|page| self.on(page, sides)).collect()
    }
}

impl LotteryAlwaysWins {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let ruled = wording::told_by(page, "draw-rules", sides) || wording::told_by_ad("draw-rules", sides);
        let paid = price_of_claim(page, sides);
        let asks = page.page.fields.iter().find(|field| is_personal(field.kind));
        let won = page.side.statements.iter().find(|statement| is_win(statement, sides));
        // Behind the landing page something was pressed: one look cannot tell chance from a fixed outcome.
        let drawn = page.page.part != Part::Landing;
        let (shown, sure) = match won {
            Some(won) if drawn => {
                (paid.map(|_| won)?, if must_win(won, page, sides) { Confidence::Medium } else { Confidence::Low })
            }
            Some(won) if paid.is_some() => (won, Confidence::High),
            Some(won) if asks.is_some() && !ruled => (won, Confidence::Medium),
            Some(won) if asks.is_some() || all_win(won, page, sides) => (won, Confidence::Low),
            Some(_) => return None,
            None if drawn || ruled || (paid.is_none() && asks.is_none()) => return None,
            None if wording::read_whole(page, sides) => (self.unruled(page, sides)?, Confidence::Medium),
            None => (self.unruled(page, sides)?, Confidence::Low),
        };
        let promised = sides.ad.statements.iter().find(|s| sides.words.has("draw", &s.normal.text));
        let mut finding = Finding::of(self.id())
            .promised(promised.and_then(exhibit::said_by_ad).unwrap_or_else(|| exhibit::main_promise(sides)))
            .delivered(exhibit::said_by_page(shown, None)?)
            .sure(sure)
            .fact("rules", ruled)
            .fact("outcome_fixed", won.is_some());
        if let Some(sum) = paid {
            finding = finding.fact("fee", sum.shown()).also(exhibit::sum_on_page(sum)?);
        }
        if let Some(field) = asks {
            finding =
                finding.fact("fields", [&field.label]).also(Exhibit::new(field.label.clone(), field.place.clone()));
        }
        Some(finding)
    }

    /// The sentence by which the page itself invites to a draw.
    fn unruled<'a>(&self, page: &PageSide<'a>, sides: &Sides<'_>) -> Option<&'a Statement> {
        let mut invites = page.side.statements.iter().filter(|s| {
            s.role != Role::PageTitle
                && sides.words.says("draw", &s.normal.text)
                && !sides.words.has("draw-lore", &s.normal.text)
        });
        // One word in passing (a shop's 「下单抽奖」) makes no draw of a page; its headline or a button does.
        invites.clone().find(|s| matches!(s.role, Role::Headline | Role::Button)).or_else(|| invites.nth(1))
    }
}

/// Whether a page tells this visitor, who has done nothing yet, of a prize.
fn is_win(statement: &Statement, sides: &Sides<'_>) -> bool {
    let pressed = statement.visibility.since.is_some_and(|since| since.after == After::Press);
    let text = &statement.normal.text;
    !pressed
        && statement.role != Role::PageTitle
        && sides.words.says("draw-won", text)
        && !sides.words.has("draw-won-by-others", text)
        && !sides.words.has("warned", text)
}

/// Whether every visitor, of several, was told of the same prize.
fn all_win(won: &Statement, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let told = |page: &&PageSide<'_>| page.side.statements.iter().any(|s| s.normal.text == won.normal.text);
    let alike: BTreeSet<_> = (sides.pages.iter())
        .filter(|other| other.page.part == page.page.part)
        .filter(told)
        .map(|other| &other.page.visitor)
        .collect();
    alike.len() > 1
}

/// Whether the page behind the draw shows a prize that nobody could miss, and that costs something after all.
fn must_win(won: &Statement, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let told =
        |term| wording::told_by_ad(term, sides) || sides.landings().any(|page| wording::told_by(page, term, sides));
    all_win(won, page, sides) || told("draw-sure") || wording::told_by_ad("free-word", sides)
}

/// What claiming costs: postage, a rest, a price by the side of the prize.
fn price_of_claim<'a>(page: &'a PageSide<'_>, sides: &Sides<'_>) -> Option<Sum<'a>> {
    let near = |sum: &Sum<'_>| {
        let around = page.side.around(sum.claim.statement, 1);
        let pressed = page
            .page
            .buttons
            .iter()
            .any(|button| button.label.contains(sum.shown()) || sides.words.has("pay-button", &button.normal.text));
        pressed || around.iter().any(|s| sides.words.says("draw-claim", &s.normal.text))
    };
    use model::claim::PriceRole::{Ancillary, Introductory, Once, Recurring};
    page.side
        .sums()
        .filter(|sum| sum.price.cents > 0 && matches!(sum.price.role, Once | Introductory | Recurring | Ancillary))
        .filter(|sum| sum.price.role == Ancillary || is_asked(sum, page, sides.words))
        .find(near)
}

fn is_personal(kind: FieldKind) -> bool {
    use FieldKind::{Account, Address, BankCard, IdCard, Name, Phone};
    matches!(kind, Account | Address | BankCard | IdCard | Name | Phone)
}

//! What one has to pay stands where nobody reads it.

use model::finding::{Confidence, Finding};
use model::statement::{Role, Statement};

use crate::asked::{is_demanded, is_ordered, need_not_be_taken};
use crate::check::{Check, Sides};
use crate::documents::{behind, fees_of, is_only_read};
use crate::exhibit;
use crate::ordered::{asked_sums, comes_again, declared, is_paid_there};
use crate::shown::{Weakness, weakness, why_hidden};
use crate::side::{PageSide, Sum};
use crate::wording::sells;

/// ## What it finds
/// A fee of what the page orders that is told in small or pale letters, far below its button, cut away, covered, folded
/// up, in a document behind the page only or not to be seen at all, while nothing on the page tells the same sum plainly.
///
/// ## Why it misleads
/// The price condition that is to one's disadvantage is there for the court, not for the reader.
///
/// ## Example
/// Under the button, pale grey, 10 px: 「资费25元/月」
///
/// ## What to do instead
/// Put price and period beside the button that orders, as large as the words on it and before it is pressed.
///
/// ## What it leaves alone
/// The same sum told plainly once; prices of other things, of comparison, of extras one may add; small print that repeats
/// the ad's own price; pages on which nothing is ordered.
#[derive(Debug)]
pub(super) struct FeeDisclosureHidden;

impl Check for FeeDisclosureHidden {
    fn id(&self) -> &'static str {
        "fee-disclosure-hidden"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["act-orders", "own-act", "auto-renew"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.pages.iter().filter_map(|page| self.on(page, sides)).collect()
    }
}

/// A fee that is hard to see.
struct Faint<'p> {
    said: &'p Statement,
    fee: &'p str,
    cents: i64,
    weak: Weakness,
}

impl FeeDisclosureHidden {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        if page.page.buttons.is_empty() || is_only_read(page, sides.words) || need_not_be_taken(page, sides) {
            return None;
        }
        let mut all: Vec<_> = faint(page, sides).chain(unseen(page, sides)).chain(told_behind(page, sides)).collect();
        all.retain(|one| !is_plain(one.cents, page));
        let worst = all.iter().max_by_key(|one| (one.weak, std::cmp::Reverse(one.said.text.len())))?;
        let in_ad = sides.ad.to_pay().any(|sum| sum.price.cents == worst.cents);
        let sure = match worst.weak {
            _ if in_ad => Confidence::Low,
            Weakness::Unreadable => Confidence::High,
            Weakness::Weak => Confidence::Medium,
        };
        let seen = &worst.said.visibility;
        Some(
            Finding::of(self.id())
                .promised(exhibit::main_promise(sides))
                .delivered(exhibit::said_by_page(worst.said, None)?)
                .sure(sure)
                .fact("fee", worst.fee)
                .fact("hidden_as", why_hidden(worst.said))
                .fact("fee_font_px", seen.font_px)
                .fact("fee_contrast", seen.contrast)
                .fact("fee_screens_down", seen.screens_down),
        )
    }
}

/// Fees of the order that are shown, and weakly.
fn faint<'p>(page: &'p PageSide<'_>, sides: &'p Sides<'_>) -> impl Iterator<Item = Faint<'p>> {
    asked_sums(page, sides)
        .filter(|sum| is_of_the_order(sum, page, sides) && !matches!(sum.statement.role, Role::Button | Role::Link))
        .filter_map(|sum| {
            let weak = weakness(sum.statement, page)?;
            Some(Faint { said: sum.statement, fee: sum.shown(), cents: sum.price.cents, weak })
        })
}

/// Fees that the page lays out and nobody sees. Only what says that it is a fee: pages hide templates of all sorts.
fn unseen<'p>(page: &'p PageSide<'_>, sides: &'p Sides<'_>) -> impl Iterator<Item = Faint<'p>> {
    let words = sides.words;
    let fee = move |said: &&Statement| {
        let text = &said.normal.text;
        let terms = ["carrier-billed", "auto-renew", "act-orders"];
        terms.iter().any(|term| words.says(term, text))
            && !words.has("not-a-fee", text)
            && !words.has("optional-extra", text)
    };
    page.page.hidden.iter().filter(fee).filter_map(|said| {
        let tag = said.prices.iter().rfind(|tag| tag.cents > 0)?;
        let fee = said.normal.shown(&said.text, tag.chars.clone());
        Some(Faint { said, fee, cents: tag.cents, weak: Weakness::Unreadable })
    })
}

/// Fees of which only a fold, an agreement or another document behind the page tells.
fn told_behind<'p>(page: &'p PageSide<'p>, sides: &'p Sides<'_>) -> impl Iterator<Item = Faint<'p>> {
    let orders = is_paid_there(page.page, sides.words) || sells(page, sides);
    let fees = behind(page, sides).filter(move |_| orders).flat_map(move |side| fees_of(side, page, sides));
    fees.map(|sum| Faint { said: sum.statement, fee: sum.shown(), cents: sum.price.cents, weak: Weakness::Weak })
}

/// Whether the sum is a part of what one orders by going on: it comes again, is demanded, or a press orders it.
fn is_of_the_order(sum: &Sum<'_>, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let at = sum.claim.statement;
    let by_act = || declared(page, sides).any(|(other, _)| other.abs_diff(at) <= 1);
    match () {
        () if comes_again(sum) => by_act() || is_ordered(sum, page, sides) || is_subject(sum, page),
        // A sum paid once stands on pages for many things; its own sentence must ask for it.
        () => by_act() || (demands(sum, sides) && is_demanded(sum, page, sides)),
    }
}

fn demands(sum: &Sum<'_>, sides: &Sides<'_>) -> bool {
    sides.words.says("payment-demand", &sum.statement.normal.text)
}

/// Whether the page speaks of no other price: then that is what it sells for.
fn is_subject(sum: &Sum<'_>, page: &PageSide<'_>) -> bool {
    page.side.to_pay().all(|other| other.price.cents == 0 || other.price.cents == sum.price.cents)
}

/// Whether the same sum is told somewhere so that one notices it, on a button for instance.
fn is_plain(cents: i64, page: &PageSide<'_>) -> bool {
    let shown = |said: &Statement| said.role != Role::PageTitle && weakness(said, page).is_none();
    page.side
        .statements
        .iter()
        .any(|said| shown(said) && said.prices.iter().any(|tag| tag.cents == cents || tag.monthly_cents == Some(cents)))
}

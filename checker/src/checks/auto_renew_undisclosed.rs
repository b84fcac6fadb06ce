//! It renews by itself, and only fine print or an agreement says so.

use model::claim::PriceRole;
use model::evidence::PagePlace;
use model::finding::{Confidence, Exhibit, Finding};
use model::statement::{Role, Statement};

use crate::asked::need_not_be_taken;
use crate::check::{Check, Sides};
use crate::claims::chars_before;
use crate::documents::{behind, is_only_read};
use crate::exhibit;
use crate::shown::{Weakness, weakness, why_hidden};
use crate::side::PageSide;

/// ## What it finds
/// A page that sells, whose agreement, folded or hidden words, or small pale print say that it renews by itself, while
/// nothing that a person notices on the page or in the ad says so.
///
/// ## Why it misleads
/// Whoever paid once does not look for a second payment.
///
/// ## Example
/// Page: 「9.9元开通会员」 — agreement, clause 8: 「到期自动续费25元/月」
///
/// ## What to do instead
/// Say in the ad and beside the button that it renews, at what price, how often and how to stop it; ask for that
/// consent apart; remind people five days before.
///
/// ## What it leaves alone
/// 「到期自动续费25元/月，可随时取消」 in plain letters above the button; an ad that tells it; what says that it does not
/// renew; a page that sells nothing; an agreement that tells how to end a renewal one may choose elsewhere.
#[derive(Debug)]
pub(super) struct AutoRenewUndisclosed;

impl Check for AutoRenewUndisclosed {
    fn id(&self) -> &'static str {
        "auto-renew-undisclosed"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["auto-renew", "renewal-chosen", "no-renewal", "document-name"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        if sides.ad.statements.iter().any(|said| sides.words.says("auto-renew", &said.normal.text)) {
            return Vec::new();
        }
        // What a document behind the page tells, nobody is told who orders.
        let ordering = sides.pages.iter().filter(|page| !is_only_read(page, sides.words));
        ordering.filter_map(|page| self.on(page, sides)).collect()
    }
}

impl AutoRenewUndisclosed {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let words = sides.words;
        let denied = page.side.statements.iter().any(|said| words.has("no-renewal", &said.normal.text));
        if !sells(page, sides) || need_not_be_taken(page, sides) || denied || is_told_on_the_way(page, sides) {
            return None;
        }
        let (said, sure) = weakest_told(page, sides)?;
        let seen = &said.visibility;
        let fee = fee_in(said, page, sides);
        Some(
            Finding::of(self.id())
                .promised(exhibit::main_promise(sides))
                .delivered(exhibit_of(said, sides)?)
                .sure(sure)
                .fact("fee", fee)
                .fact("hidden_as", why_hidden(said))
                .fact("fee_font_px", seen.font_px)
                .fact("fee_contrast", seen.contrast)
                .fact("fee_screens_down", seen.screens_down),
        )
    }
}

/// Whether one pays, orders or signs something on the page.
fn sells(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    page.page.buttons.iter().any(|button| sides.words.says("order-button", &button.normal.text))
        || page.side.to_pay().any(|sum| sum.price.cents > 0)
}

/// Whether a sentence says that it renews by itself. One about a renewal that one may choose says nothing of this order.
fn renews(said: &Statement, sides: &Sides<'_>) -> bool {
    let text = &said.normal.text;
    said.role != Role::PageTitle
        && sides.words.says("auto-renew", text)
        && !sides.words.has("renewal-chosen", text)
        && !sides.words.has("optional-extra", text)
}

/// Whether a page on which one can order says it, this one or another that the same visitor was led to.
fn is_told_on_the_way(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let same = |other: &&PageSide<'_>| other.page.visitor == page.page.visitor && !is_only_read(other, sides.words);
    sides.pages.iter().filter(same).any(|other| is_told(other, sides))
}

/// Whether the page says it where a person notices it; the button itself may.
fn is_told(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    page.side.statements.iter().any(|said| {
        sides.words.says("auto-renew", &said.normal.text)
            && said.role != Role::PageTitle
            && !is_document_name(said, sides)
            && weakness(said, page).is_none()
            && !answers(said, page)
    })
}

/// Whether it stands among the questions and answers further down, which nobody reads before the button is pressed.
fn answers(said: &Statement, page: &PageSide<'_>) -> bool {
    let all = page.side.statements;
    let Some(at) = all.iter().position(|one| std::ptr::eq(one, said)) else { return false };
    let asks = |one: &Statement| one.normal.text.ends_with(['?', '吗', '呢']);
    let below = said.visibility.screens_down.is_some_and(|screens| screens >= 1.0)
        && said.visibility.to_button_px.is_some_and(|px| px > 0.0);
    // An answer may be of two sentences.
    below && all[at.saturating_sub(2)..at].iter().any(asks)
}

/// 「《自动续费协议》」 names a document. That alone tells nobody that this order renews.
fn is_document_name(said: &Statement, sides: &Sides<'_>) -> bool {
    let text = &said.normal.text;
    let without = sides.words.term("document-name").replace_all(text, "");
    sides.words.has("document-name", text) && !sides.words.says("auto-renew", &without)
}

/// The sentence that tells it, and how sure it is that nobody is told: hidden, in an agreement, or in small pale print.
fn weakest_told<'p>(page: &'p PageSide<'p>, sides: &'p Sides<'_>) -> Option<(&'p Statement, Confidence)> {
    let hidden = page.page.hidden.iter().find(|said| renews(said, sides));
    if let Some(said) = hidden {
        return Some((said, Confidence::High));
    }
    let shown = page.side.statements.iter().filter(|said| renews(said, sides) && !is_document_name(said, sides));
    let weakly = |said| weakness(said, page).or_else(|| answers(said, page).then_some(Weakness::Weak));
    let weak = shown.filter_map(|said| Some((said, weakly(said)?))).min_by_key(|(_, weak)| *weak);
    if let Some((said, weak)) = weak {
        let sure = if weak == Weakness::Unreadable { Confidence::High } else { Confidence::Medium };
        return Some((said, sure));
    }
    let mut terms = behind(page, sides).flat_map(|other| other.side.statements);
    terms.find(|said| renews(said, sides)).map(|said| {
        // An agreement for all that a trader sells may speak of other goods than this one, unless it names a sum.
        let names_sum = sides.words.has("sum", &said.normal.text);
        let once = ["goods", "food", "travel", "rental", "car"];
        let service = page.side.standings.first().is_none_or(|top| !once.contains(&top.family.as_str()));
        (said, if names_sum && service { Confidence::High } else { Confidence::Medium })
    })
}

fn exhibit_of(said: &Statement, sides: &Sides<'_>) -> Option<Exhibit<PagePlace>> {
    let at = sides.words.find("auto-renew", &said.normal.text)?;
    let chars = chars_before(&said.normal.text, at.start)..chars_before(&said.normal.text, at.end);
    exhibit::said_by_page(said, Some(chars))
}

/// The sum in the sentence, as shown.
fn fee_in<'p>(said: &'p Statement, page: &'p PageSide<'p>, sides: &'p Sides<'_>) -> Option<&'p str> {
    let all = page.side.sums().chain(behind(page, sides).flat_map(|other| other.side.sums()));
    let here = all.filter(|sum| std::ptr::eq(sum.statement, said) && sum.price.cents > 0);
    let shown = here.max_by_key(|sum| sum.price.role == PriceRole::Recurring);
    shown.map(|sum| sum.shown()).or_else(|| {
        let tag = said.prices.last()?;
        Some(said.normal.shown(&said.text, tag.chars.clone()))
    })
}

//! The button says 「领取」 or 「下一步」; pressing it orders or pays.

use model::evidence::PagePlace;
use model::finding::{Confidence, Exhibit, Finding};
use model::statement::{Button, Page};

use crate::check::{Check, Sides};
use crate::exhibit;
use crate::ordered::{asked_sums, declared, main_button, names_order};
use crate::shown::weakness;
use crate::side::{PageSide, Sum};

/// ## What it finds
/// A main button that speaks of claiming, logging in, going on or of something free, while the page itself says that
/// pressing it orders what costs money, or the button sends to an address that pays or signs a standing charge.
///
/// ## Why it misleads
/// One reads buttons, not what stands below them. A button must let one see that it obliges to pay.
///
/// ## Example
/// Button 「立即免费领取」 — below it: 「点击即开通××会员，25元/月」
///
/// ## What it leaves alone
/// 「确认订购 15元/月」; a first step that truly costs nothing; a button right by the plain price, unless it says that it
/// is free; a page where another button orders openly.
#[derive(Debug)]
pub(super) struct PayButtonDisguised;

/// CSS pixels; a price nearer to the button is read with it.
const BESIDE_PX: f64 = 160.0;

impl Check for PayButtonDisguised {
    fn id(&self) -> &'static str {
        "pay-button-disguised"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["act-orders", "own-act", "auto-renew", "paying-address", "goes-on-button"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.pages.iter().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl PayButtonDisguised {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let button = disguised(page.page, sides)?;
        let fee = asked_sums(page, sides)
            .min_by_key(|sum| (!sides.words.says("paid-service", &sum.statement.normal.text), sum.claim.statement));
        let says_free = sides.words.says("free-word", &button.normal.text);
        let beside = asked_sums(page, sides).any(|sum| is_beside(&sum, button, page));
        let told = sides.ad_tells_recurring_fee();
        let declared = declared(page, sides).next().map(|(_, said)| said);
        let (delivered, sure) = match declared {
            _ if beside && !says_free => return None,
            None => (paid_at(button, page, sides)?, Confidence::Medium),
            Some(said) => {
                let sure = match () {
                    () if told => Confidence::Low,
                    () if beside || weakness(said, page).is_none() => Confidence::Medium,
                    () => Confidence::High,
                };
                (exhibit::said_by_page(said, None)?, sure)
            }
        };
        Some(
            Finding::of(self.id())
                .promised(exhibit::main_promise(sides))
                .delivered(delivered)
                .sure(sure)
                .fact("button", &button.label)
                .fact("fee", fee.map(|sum| sum.shown()))
                .also(Exhibit::new(button.label.clone(), button.place.clone())),
        )
    }
}

/// The page's main button, if it speaks of no order, and no other button near it does.
fn disguised<'p>(page: &'p Page, sides: &Sides<'_>) -> Option<&'p Button> {
    let words = sides.words;
    let button = main_button(page)?;
    let label = &button.normal.text;
    let harmless = ["harmless-button", "free-word", "goes-on-button"].iter().any(|term| words.has(term, label));
    let open = |other: &Button| {
        other.layer == button.layer
            && names_order(other, words)
            && (words.has("sum", &other.normal.text) || other.size() >= button.size() / 2.0)
    };
    (harmless && !page.buttons.iter().any(open)).then_some(button)
}

/// Whether a sum stands so plainly and so near that whoever presses has read it.
fn is_beside(sum: &Sum<'_>, button: &Button, page: &PageSide<'_>) -> bool {
    let seen = &sum.statement.visibility;
    let near = match seen.to_button_px {
        Some(px) => px <= BESIDE_PX,
        None => seen.layer == button.layer && !seen.screens_down.is_some_and(|screens| screens >= 1.0),
    };
    near && weakness(sum.statement, page).is_none() && seen.font_px.is_none_or(|px| px >= 13.0)
}

/// What tells that pressing pays, where the button leads or sends to an address that pays by its own words: the fee, else
/// (where the button says that it is free) the button itself.
fn paid_at(button: &Button, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Exhibit<PagePlace>> {
    let own = button.send.as_ref().and_then(|send| send.url.as_deref());
    let form = page.page.forms.iter().find(|form| Some(form.number) == button.form);
    let form = form.and_then(|form| form.send.url.as_deref());
    let chain = sides.case.chains.iter().find(|chain| chain.visitor == page.page.visitor);
    let ways = chain.iter().flat_map(|chain| &chain.ways).filter(|way| way.words == button.label);
    let addresses = [own, form, button.href.as_deref()].into_iter().flatten();
    let pays = |address: &str| {
        let path = address.split_once("://").map_or(address, |(_, rest)| rest).to_lowercase();
        sides.words.has("paying-address", &path)
    };
    if !addresses.chain(ways.filter_map(|way| way.url.as_deref())).any(pays) {
        return None;
    }
    let fee = asked_sums(page, sides).next().and_then(exhibit::sum_on_page);
    fee.or_else(|| sides.words.says("free-word", &button.normal.text).then(|| exhibit::button(button)))
}

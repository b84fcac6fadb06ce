//! A box that consents or orders is ticked before anyone touched it.

use model::finding::{Confidence, Finding};
use model::statement::Checkbox;

use crate::check::{Check, Sides};
use crate::side::PageSide;
use crate::words::Words;
use crate::{exhibit, extras};

/// ## What it finds
/// A box found ticked whose words agree to terms or to the use of personal data, order or renew something, add
/// something to the bill, or take advertising messages.
///
/// ## Why it misleads
/// What nobody ticked, nobody agreed to.
///
/// ## Example
/// Page: 「☑ 我已阅读并同意开通××会员」
///
/// ## What to do instead
/// Leave every box of consent empty until the visitor ticks it.
///
/// ## What it leaves alone
/// An empty box; 「记住我」, a coupon that is used, an address that is kept; one of several plans whose prices stand beside
/// them; a box of which nothing tells whether it is ticked; what says that it is of no charge and no consent.
#[derive(Debug)]
pub(super) struct PretickedConsent;

/// What the words of a box do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Effect {
    Orders,
    Data,
    Messages,
    Terms,
}

impl Effect {
    fn word(self) -> &'static str {
        match self {
            Self::Orders => "order",
            Self::Data => "personal-data",
            Self::Messages => "messages",
            Self::Terms => "terms",
        }
    }
}

impl Check for PretickedConsent {
    fn id(&self) -> &'static str {
        "preticked-consent"
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "box-harmless",
            "box-consent",
            "box-data",
            "box-messages",
            "box-order",
            "box-tier",
            "box-consent-plain",
            "box-select-all",
            "auto-renew",
            "extra-of-course",
        ]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.pages.iter().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl PretickedConsent {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let boxes = &page.page.checkboxes;
        let ticked = boxes.iter().filter(|one| one.checked && !one.unknown);
        let effects = ticked.filter_map(|one| Some((one, effect(one, page, sides)?)));
        let (first, effect) = effects.min_by_key(|(_, effect)| *effect)?;
        // A drawn box is what its class says; what it means to agree to terms alone, people judge differently.
        let sure = if first.drawn || effect == Effect::Terms { Confidence::Medium } else { Confidence::High };
        let place = first.place.clone();
        let fee = sum_of(first, page, sides);
        Some(
            Finding::of(self.id())
                .promised(exhibit::main_promise(sides))
                .delivered(model::finding::Exhibit::new(first.label.clone(), place))
                .sure(sure)
                .fact("box", &first.label)
                .fact("consent_to", effect.word())
                .fact("fee", fee),
        )
    }
}

/// What a box does; none when it does no harm, or is one of several plans to choose from.
fn effect(one: &Checkbox, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Effect> {
    let (words, text, all) = (sides.words, &one.normal.text, &page.page.checkboxes);
    let consents = words.says("box-consent", text);
    let adds = !is_cart(all, words) && extras::adds(one, page, sides);
    let orders = adds || words.says("box-order", text);
    // A gift of no charge is counted in, and binds to nothing.
    let gift = words.has("nothing-to-pay", text) && !words.says("auto-renew", text);
    if words.has("box-harmless", text) && (!orders || gift) {
        return None;
    }
    if orders && (consents || adds || !(is_choice(one, all, sides) || is_list(one, all, sides))) {
        return Some(Effect::Orders);
    }
    // A tick drawn before an advantage looks like a box: 「✓ 品牌授权」.
    if one.drawn && !words.says("box-consent-plain", text) {
        return None;
    }
    match () {
        () if words.says("box-data", text) && consents => Some(Effect::Data),
        () if words.says("box-messages", text) => Some(Effect::Messages),
        () if consents => Some(Effect::Terms),
        () => None,
    }
}

/// Whether it is the chosen one of several plans or ways to pay: others stand beside it empty, and each is such an offer.
fn is_choice(one: &Checkbox, all: &[Checkbox], sides: &Sides<'_>) -> bool {
    let words = sides.words;
    let offer = |other: &Checkbox| {
        let text = &other.normal.text;
        (words.has("sum", text) || words.has("box-tier", text)) && !words.says("box-consent", text)
    };
    if one.choice && !words.says("box-consent", &one.normal.text) {
        return true;
    }
    let fellows = all.iter().filter(|other| other.place != one.place && other.form == one.form && offer(other));
    offer(one) && fellows.clone().count() > 0 && fellows.into_iter().all(|other| !other.checked)
}

/// Whether it is a row of a cart, or a tick drawn before what one gets: boxes do not come by the list, all ticked.
fn is_list(one: &Checkbox, all: &[Checkbox], sides: &Sides<'_>) -> bool {
    let words = sides.words;
    let consents = |other: &&Checkbox| words.says("box-consent-plain", &other.normal.text);
    let ticks = all.iter().filter(|other| other.drawn && other.checked && !consents(other)).count();
    is_cart(all, words) || (one.drawn && (ticks > 2 || !words.has("sum", &one.normal.text)))
}

fn is_cart(all: &[Checkbox], words: &Words) -> bool {
    all.iter().any(|other| words.has("box-select-all", &other.normal.text))
}

/// The sum that the box adds: in its own words, else in the sentence that stands there.
fn sum_of<'p>(one: &Checkbox, page: &'p PageSide<'_>, sides: &Sides<'_>) -> Option<&'p str> {
    if !sides.words.has("sum", &one.normal.text) {
        return None;
    }
    let sums = page.side.sums().filter(|sum| sum.price.cents > 0);
    sums.map(|sum| sum.shown()).filter(|shown| one.label.contains(shown)).last()
}

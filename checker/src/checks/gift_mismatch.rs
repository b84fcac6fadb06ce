//! What comes along as a gift is another thing, fewer, smaller, for a shorter time, or not simply given.

use model::claim::{Gift, Offer};
use model::finding::{Confidence, Finding};
use model::snapshot::Part;
use model::statement::Statement;

use crate::about;
use crate::aside::{all_of, is_aside, is_whole};
use crate::check::{Check, Sides};
use crate::claims::gift;
use crate::exhibit;
use crate::measure::same;
use crate::side::{PageSide, Side};
use crate::words::Words;

/// ## What it finds
/// A gift of the ad that the page gives in a smaller number, size, worth or for a shorter time; gives by a draw, a coupon or
/// for a further payment only; replaces by another one, a part of it or a coupon for it; or, although it sells there, does
/// not know of.
///
/// ## Why it misleads
/// Law wants the kind, size, number, term and manner of a gift told, since people buy for its sake.
///
/// ## Example
/// Ad: 「下单送蓝牙耳机」 — page: 「满三年合约可凭券抵扣耳机」
///
/// ## What to do instead
/// Give the gift that the ad names, in that number and size, or name the one that is given, with kind, number,
/// period and manner.
///
/// ## What it leaves alone
/// The same gift in other words or units; a larger one; one of several to choose from; a gift that the page tells a level
/// further; terms that the ad tells itself.
#[derive(Debug)]
pub(super) struct GiftMismatch;

/// Rounding that is no difference: a year is 12 months, 52 weeks or 365 days. Share.
const ROUNDING: f64 = 0.02;

impl Check for GiftMismatch {
    fn id(&self) -> &'static str {
        "gift-mismatch"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["gift-strings", "gift-return", "gift-part", "gift-sold"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let promised = gifts(&sides.ad);
        let landings = sides.pages.iter().filter(|side| side.page.part == Part::Landing);
        landings.filter_map(|page| promised.iter().find_map(|gift| self.on(*gift, page, sides))).collect()
    }
}

impl GiftMismatch {
    fn on(&self, promised: Given<'_>, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let Instead { statement, slot, shown, confidence } = instead(promised, page, sides)?;
        let finding = Finding::of(self.id())
            .promised(exhibit::said_by_ad(promised.statement)?)
            .delivered(exhibit::said_by_page(statement, None)?)
            .sure(confidence)
            .fact("gift", &promised.gift.name)
            .fact("gift_slot", slot);
        Some(match shown {
            Some(shown) => finding.fact("delivered_gift", shown),
            None => finding,
        })
    }
}

/// A gift where it is named.
#[derive(Clone, Copy)]
struct Given<'a> {
    gift: &'a Gift,
    at: usize,
    statement: &'a Statement,
}

fn gifts<'a>(side: &'a Side<'_>) -> Vec<Given<'a>> {
    let of = |claim: &'a model::claim::Claim| match &claim.offer {
        Offer::Gift(gift) => Some(Given { gift, at: claim.statement, statement: &side.statements[claim.statement] }),
        _ => None,
    };
    side.claims.iter().filter_map(of).collect()
}

/// What is to be had instead of the promised gift.
struct Instead<'a> {
    statement: &'a Statement,
    /// In what it differs: `number`, `size`, `term`, `worth`, `manner`, `kind`, `absent`.
    slot: &'static str,
    shown: Option<String>,
    confidence: Confidence,
}

fn instead<'a>(promised: Given<'_>, page: &'a PageSide<'a>, sides: &Sides<'_>) -> Option<Instead<'a>> {
    let given: Vec<_> = gifts(&page.side).into_iter().filter(|given| !is_aside(page, given.at, sides.words)).collect();
    let same_thing: Vec<_> =
        given.iter().copied().filter(|given| hinted(&promised.gift.name, &given.gift.name)).collect();
    let told: Vec<_> = same_thing.iter().map(|given| (given.gift.clone(), given.statement)).collect();
    // 「首刷礼:20寸登机箱」: named in other words than those of giving.
    let told = if told.is_empty() { mentions(promised.gift, page, sides) } else { told };
    if let Some((slot, statement)) = lesser(promised.gift, &told) {
        return Some(Instead { statement, slot, shown: Some(statement.text.clone()), confidence: Confidence::High });
    }
    if let Some(strings) = strings(promised, page, sides) {
        return Some(Instead { statement: strings, slot: "manner", shown: None, confidence: Confidence::Medium });
    }
    if let Some(part) = only_a_part(&promised.gift.name, page, sides) {
        let shown = Some(part.text.clone());
        return Some(Instead { statement: part, slot: "kind", shown, confidence: Confidence::Medium });
    }
    if let Some(sold) = sold_apart(promised.gift, &same_thing, page, sides) {
        let shown = Some(sold.text.clone());
        return Some(Instead { statement: sold, slot: "price", shown, confidence: Confidence::Medium });
    }
    let named = all_of(page, sides)
        .any(|side| side.side.statements.iter().any(|s| hinted(&promised.gift.name, &s.normal.text)));
    if named || !same_thing.is_empty() {
        return None;
    }
    let sold = page.side.to_pay().find(|sum| sum.price.cents > 0);
    if let Some(other) = given.first() {
        let shown = Some(other.gift.name.clone());
        return Some(Instead { statement: other.statement, slot: "kind", shown, confidence: Confidence::Medium });
    }
    // 「全套画材大礼包」 is 「含全套画材」 there.
    let spoken_of = |s: &Statement| about::alike(&promised.gift.name, &s.normal.text, sides.words);
    if all_of(page, sides).any(|side| side.side.statements.iter().any(spoken_of)) {
        return None;
    }
    // A page that sells and does not know of the gift: perhaps a page behind it does.
    let sold = sold?;
    let sells = page.page.buttons.iter().any(|button| sides.words.has("order-button", &button.normal.text));
    let confidence = if sells && is_whole(page, sides) { Confidence::Medium } else { Confidence::Low };
    Some(Instead { statement: sold.statement, slot: "absent", shown: None, confidence })
}

/// The sentence by which the page sells by itself what the ad gives along, where no sentence there gives it.
fn sold_apart<'a>(
    promised: &Gift,
    given: &[Given<'_>],
    page: &'a PageSide<'a>,
    sides: &Sides<'_>,
) -> Option<&'a Statement> {
    let words = sides.words;
    let mut sums = page.side.to_pay().filter(|sum| sum.price.cents > 0 && given.is_empty());
    let sold = |sum: &crate::side::Sum<'_>| {
        let text = &sum.statement.normal.text;
        alike(&promised.name, text) && words.has("gift-sold", text) && !is_aside(page, sum.claim.statement, words)
    };
    let sold = sums.find(sold)?;
    Some(&page.side.statements[sold.claim.statement])
}

/// The sentence by which the page gives a part of the thing, or a paper on it, where it nowhere names the thing itself.
fn only_a_part<'a>(name: &str, page: &'a PageSide<'a>, sides: &Sides<'_>) -> Option<&'a Statement> {
    let words = sides.words;
    let named = |text: &str| -> Vec<bool> {
        let ends = head(name).map(|head| text.match_indices(&head).map(|(at, _)| at + head.len()).collect::<Vec<_>>());
        ends.unwrap_or_default().into_iter().map(|end| words.has("gift-part", &text[end..])).collect()
    };
    let whole = |said: &Statement| named(&said.normal.text).contains(&false);
    if all_of(page, sides).any(|side| side.side.statements.iter().any(whole)) {
        return None;
    }
    page.side.statements.iter().find(|said| named(&said.normal.text).contains(&true))
}

/// The word that says what a thing is: the last two characters of its name, or its last word.
fn head(name: &str) -> Option<String> {
    let name = name.trim();
    if name.is_ascii() {
        return name.split(' ').next_back().map(|word| word.trim_end_matches('s').to_owned()).filter(|w| w.len() > 2);
    }
    let chars: Vec<char> = name.chars().filter(|c| c.is_alphanumeric()).collect();
    (chars.len() > 1).then(|| chars[chars.len() - 2..].iter().collect())
}

/// Where a page names the thing without saying that it gives it, with the measures in that clause.
fn mentions<'a>(promised: &Gift, page: &'a PageSide<'a>, sides: &Sides<'_>) -> Vec<(Gift, &'a Statement)> {
    let clauses = |statement: &'a Statement| {
        let parts = statement.normal.text.split([',', '。', ';', '!', '+']);
        let named = parts.filter(|part| alike(&promised.name, part) && !sides.words.has("gift-return", part));
        named.filter_map(|part| gift(part, sides.words)).map(move |gift| (gift, statement))
    };
    page.side.statements.iter().flat_map(clauses).collect()
}

/// Whether a text names the thing: its last two characters say what it is, in Chinese; in Latin letters its last word.
fn alike(name: &str, text: &str) -> bool {
    let name = name.trim();
    if let Some(word) = name.split(' ').next_back().filter(|word| word.is_ascii()) {
        return !word.is_empty() && text.contains(word.trim_end_matches('s'));
    }
    let chars: Vec<char> = name.chars().filter(|c| c.is_alphanumeric()).collect();
    let tail: String = chars[chars.len().saturating_sub(2)..].iter().collect();
    // 「耳机一副」 and 「耳机」: measures were taken out, a word behind may remain.
    let head: String = chars.iter().take(2).collect();
    text.contains(&tail) || (chars.len() <= 4 && text.contains(&head))
}

/// Whether a text may mean the thing in other words: 「油卡」 is 「加油电子卡」.
fn hinted(name: &str, text: &str) -> bool {
    let last: Vec<char> = name.chars().filter(|c| c.is_alphanumeric()).collect();
    alike(name, text) || (!name.is_ascii() && last[last.len().saturating_sub(2)..].iter().all(|c| text.contains(*c)))
}

/// The slot in which the page gives less of the same thing, where no mention of it keeps the promise.
fn lesser<'a>(promised: &Gift, given: &[(Gift, &'a Statement)]) -> Option<(&'static str, &'a Statement)> {
    let less = |slot: &'static str, wanted: Option<f64>, of: &dyn Fn(&Gift) -> Option<f64>| {
        let wanted = wanted?;
        let kept = |value: f64| value >= wanted || same(value, wanted, ROUNDING);
        let told: Vec<_> = given.iter().filter(|(gift, _)| of(gift).is_some()).collect();
        let all_less = !told.iter().any(|(gift, _)| of(gift).is_some_and(kept));
        told.first().filter(|_| all_less).map(|(_, statement)| (slot, *statement))
    };
    let size = |gift: &Gift| {
        let (sort, value) = gift.size.as_ref()?;
        (promised.size.as_ref()?.0 == *sort).then_some(*value)
    };
    less("term", promised.days, &|gift| gift.days)
        .or_else(|| less("number", promised.pieces, &|gift| gift.pieces))
        .or_else(|| less("size", size(promised), &size))
        .or_else(|| less("worth", promised.worth, &|gift| gift.worth))
}

/// The sentence that makes of the gift something to be drawn, redeemed or paid for, where the ad does not say so.
fn strings<'a>(promised: Given<'_>, page: &'a PageSide<'a>, sides: &Sides<'_>) -> Option<&'a Statement> {
    let words = sides.words;
    if sides.ad.statements.iter().any(|statement| words.has("gift-strings", &statement.normal.text)) {
        return None;
    }
    let tied = |(at, statement): (usize, &'a Statement)| {
        let text = &statement.normal.text;
        (bound(&promised.gift.name, text, words) && !is_aside(page, at, words)).then_some(statement)
    };
    page.side.statements.iter().enumerate().find_map(tied)
}

/// Whether one sentence names the gift and how it is to be got.
fn bound(name: &str, text: &str, words: &Words) -> bool {
    let parts = text.split(['。', ';', '!']);
    let told = |part: &&str| words.says("gift-strings", part) && !words.has("gift-return", part);
    parts.filter(|part| alike(name, part)).any(|part| told(&part))
}

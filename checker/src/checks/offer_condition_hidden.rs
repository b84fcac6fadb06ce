//! A condition decides whether one gets what the ad promises, and the ad does not tell it.

use model::finding::{Confidence, Finding};
use model::snapshot::Part;
use model::statement::Statement;

use crate::about::clause;
use crate::aside::is_aside;
use crate::check::{Check, Sides};
use crate::claims::chars_before;
use crate::exhibit;
use crate::narrowed::{Promised, narrows};
use crate::side::{PageSide, conspicuous};
use crate::wording::is_asked;

/// ## What it finds
/// A condition on the page or in its small print that the ad leaves out: friends to invite, tasks, a first top-up or
/// purchase, only new customers, some regions, hours, ages, a contract, a draw, a fee first, and whatever else a sentence
/// narrows that names the promised sum or thing. Heavy ones wherever they stand; the usual ones when they stand where few
/// people look, or on a page of rules behind, or when the ad says that the offer is for all.
///
/// ## Why it misleads
/// People click, give their number, and learn at the end that the offer was never meant for them.
///
/// ## Example
/// Ad: 「人人可领1000M」 — page: 「邀请10位新用户完成实名后可领」
///
/// ## What to do instead
/// Tell each condition that decides who gets the offer in the ad itself, beside the offer.
///
/// ## What it leaves alone
/// What the ad tells in whatever words; what everybody expects (of age, one a person, a real name); conditions of another
/// offer, of free delivery, of a further gift; a usual condition that stands plainly at the top of the page.
#[derive(Debug)]
pub(super) struct OfferConditionHidden;

/// How much a condition takes from the offer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// Few people would have clicked.
    Heavy,
    /// Heavy where the ad promises something for nothing.
    HeavyOfFree,
    Usual,
    /// Worth a word only where the ad says that the offer is for all.
    Slight,
}

const CONDITIONS: &[Condition] = &[
    Condition { name: "invite", stated: "cond-invite", told: "told-invite", weight: Weight::Heavy },
    Condition { name: "task", stated: "cond-task", told: "told-task", weight: Weight::Heavy },
    Condition { name: "top-up", stated: "cond-topup", told: "told-topup", weight: Weight::HeavyOfFree },
    Condition { name: "purchase", stated: "cond-spend", told: "told-spend", weight: Weight::HeavyOfFree },
    Condition { name: "other-network", stated: "cond-port", told: "told-port", weight: Weight::Usual },
    Condition { name: "membership", stated: "cond-member", told: "told-member", weight: Weight::Usual },
    Condition { name: "contract", stated: "cond-contract", told: "told-contract", weight: Weight::Usual },
    Condition { name: "new-customers", stated: "cond-new", told: "told-new", weight: Weight::Usual },
    Condition { name: "region", stated: "cond-region", told: "told-region", weight: Weight::Usual },
    Condition { name: "persons", stated: "cond-group", told: "told-group", weight: Weight::Usual },
    Condition { name: "number", stated: "cond-quota", told: "told-quota", weight: Weight::Usual },
    Condition { name: "hours", stated: "cond-hours", told: "told-hours", weight: Weight::Usual },
    Condition { name: "standing", stated: "cond-insured", told: "told-standing", weight: Weight::Usual },
    Condition { name: "fee-first", stated: "cond-fee-first", told: "told-fee-first", weight: Weight::HeavyOfFree },
    Condition { name: "passing", stated: "cond-pass", told: "told-pass", weight: Weight::Usual },
    Condition { name: "waiting", stated: "cond-wait", told: "told-wait", weight: Weight::Heavy },
    Condition { name: "papers", stated: "cond-papers", told: "told-papers", weight: Weight::Slight },
    Condition { name: "age", stated: "cond-age", told: "told-age", weight: Weight::Slight },
];

/// A condition, with the terms by which a page states it and an ad mentions it.
struct Condition {
    name: &'static str,
    stated: &'static str,
    told: &'static str,
    weight: Weight,
}

impl Check for OfferConditionHidden {
    fn id(&self) -> &'static str {
        "offer-condition-hidden"
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "cond-invite",
            "cond-task",
            "cond-topup",
            "cond-spend",
            "cond-new",
            "cond-region",
            "cond-contract",
            "cond-port",
            "cond-age",
            "cond-group",
            "cond-quota",
            "cond-hours",
            "cond-member",
            "cond-insured",
            "cond-fee-first",
            "cond-pass",
            "cond-papers",
            "cond-wait",
            "told-invite",
            "told-task",
            "told-topup",
            "told-spend",
            "told-port",
            "told-member",
            "told-contract",
            "told-new",
            "told-region",
            "told-group",
            "told-quota",
            "told-hours",
            "told-standing",
            "told-age",
            "told-fee-first",
            "told-pass",
            "told-papers",
            "told-wait",
            "cond-gate",
            "cond-limit",
            "price-all-in",
            "cond-payout",
            "promised-pay",
            "promised-at-once",
            "cond-gate-gets",
            "cond-label",
            "cond-no-gate",
            "open-to-all",
            "promised-outcome",
            "promised-refund",
            "cond-usual",
            "cond-other",
        ]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let Some(promise) = Promise::of(sides) else { return Vec::new() };
        let landings = sides.pages.iter().filter(|side| side.page.part == Part::Landing);
        landings.filter_map(|page| self.on(page, &promise, sides)).collect()
    }
}

impl OfferConditionHidden {
    fn on(&self, page: &PageSide<'_>, promise: &Promise<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let pages = || std::iter::once(page).chain(sides.fine_print_of(page.page)).chain(sides.next_of(page.page));
        // That one waits is usual, and told in the words of paying back: it matters where the ad says that nobody does.
        let matters = |condition: &&Condition| condition.stated != "cond-wait" || promise.at_once;
        let untold = CONDITIONS.iter().filter(matters).filter(|condition| !promise.tells(condition, sides));
        let found = untold.flat_map(|condition| {
            pages().filter_map(move |side| {
                let (at, chars) = stated(side, condition, sides)?;
                let plain = side.page.part == Part::Landing && conspicuous(&side.side.statements[at]);
                Some((condition.name, side, at, chars, promise.sure(condition.weight, plain)?))
            })
        });
        // Whatever else narrows what the ad names, in a sentence that names it too.
        let promised = Promised::by(sides);
        let narrowed = pages().filter_map(|side| {
            let (at, bytes) = narrows(side, &promised, sides)?;
            let statement = &side.side.statements[at];
            let text = &statement.normal.text;
            // Where the ad says that nothing is added, a sum for so much only is told nowhere plainly enough.
            let limited = promise.all_in && sides.words.has("cond-limit", text);
            let plain = side.page.part == Part::Landing && conspicuous(statement) && !limited;
            let chars = chars_before(text, bytes.start)..chars_before(text, bytes.end);
            Some(("terms", side, at, chars, promise.sure(Weight::Usual, plain)?))
        });
        // Of equals the first: a condition that is known by name.
        let mut best = None;
        for one in found.chain(narrowed) {
            if best.as_ref().is_none_or(|(.., confidence): &(_, _, _, _, Confidence)| one.4 > *confidence) {
                best = Some(one);
            }
        }
        let (name, side, at, chars, confidence) = best?;
        let statement = &side.side.statements[at];
        let seen = &statement.visibility;
        Some(
            Finding::of(self.id())
                .promised(exhibit::said_by_ad(promise.statement)?)
                .delivered(exhibit::said_by_page(statement, Some(chars))?)
                .sure(confidence)
                .fact("condition", name)
                .fact("condition_font_px", seen.font_px)
                .fact("condition_screens_down", seen.screens_down),
        )
    }
}

/// What the ad gives, and to whom it says it does.
struct Promise<'a> {
    statement: &'a Statement,
    /// Something for nothing.
    free: bool,
    /// For everybody, without conditions, as the ad says.
    open: bool,
    /// Nothing is added to the price, as the ad says.
    all_in: bool,
    /// It holds from the first day, as the ad says.
    at_once: bool,
}

impl<'a> Promise<'a> {
    /// None when the ad promises no price, sum, gift or outcome.
    fn of(sides: &Sides<'a>) -> Option<Self> {
        let words = sides.words;
        let open = sides.ad.statements.iter().find(|statement| words.has("open-to-all", &statement.normal.text));
        let sums = || sides.ad.sums().filter(|sum| !words.has("not-a-fee", sum.clause()));
        let free = sums().any(|sum| sum.price.cents == 0);
        let gives = sums()
            .min_by_key(|sum| (sum.price.cents > 0, exhibit::rank(sum.statement)))
            .map(|sum| &sides.ad.statements[sum.claim.statement]);
        let gift = || {
            let mut gifts = sides.ad.claims.iter().filter(|claim| matches!(claim.offer, model::claim::Offer::Gift(_)));
            gifts.next().map(|claim| &sides.ad.statements[claim.statement])
        };
        let outcome =
            || sides.ad.statements.iter().find(|statement| words.says("promised-outcome", &statement.normal.text));
        let all_in = sides.ad.statements.iter().find(|said| words.has("price-all-in", &said.normal.text));
        let at_once = sides.ad.statements.iter().find(|said| words.has("promised-at-once", &said.normal.text));
        let statement = open.or(at_once).or(gives).or_else(gift).or(all_in).or_else(outcome)?;
        Some(Self { statement, free, open: open.is_some(), all_in: all_in.is_some(), at_once: at_once.is_some() })
    }

    fn tells(&self, condition: &Condition, sides: &Sides<'_>) -> bool {
        let terms = [condition.stated, condition.told];
        let text = |statement: &Statement| terms.iter().any(|term| sides.words.says(term, &statement.normal.text));
        sides.ad.statements.iter().any(text)
    }

    /// How sure it is that a condition of this weight ought to have been told.
    fn sure(&self, weight: Weight, plain: bool) -> Option<Confidence> {
        let heavy = weight == Weight::Heavy || (weight == Weight::HeavyOfFree && self.free);
        let matters = self.open || (!plain && weight != Weight::Slight);
        match (heavy, matters) {
            (true, true) => Some(Confidence::High),
            (true, false) | (false, true) => Some(Confidence::Medium),
            (false, false) => None,
        }
    }
}

/// Where a page states a condition of its offer.
fn stated(side: &PageSide<'_>, condition: &Condition, sides: &Sides<'_>) -> Option<(usize, std::ops::Range<usize>)> {
    let words = sides.words;
    side.side.statements.iter().enumerate().find_map(|(at, statement)| {
        let text = &statement.normal.text;
        let found = words.find(condition.stated, text)?;
        let sentence = text[..found.start].rfind(['。', ';', '!']).map_or(0, |from| from + 1);
        let sentence = text.get(sentence..).or_else(|| text.get(sentence + 2..)).unwrap_or(text);
        let sentence = sentence.split(['。', ';', '!']).next().unwrap_or(sentence);
        // No usual word makes ten friends a usual condition.
        let usual = condition.weight != Weight::Heavy && words.has("cond-usual", clause(text, found.clone()));
        // What is to be bought in the shop is another check's matter.
        let other = usual || words.has("cond-other", sentence) || words.has("visit-strings", sentence);
        let asked = is_asked(text, &found, words);
        let optional = asked || words.has("optional-extra", text) || is_aside(side, at, words);
        (!other && !optional).then(|| (at, chars_before(text, found.start)..chars_before(text, found.end)))
    })
}

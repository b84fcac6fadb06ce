//! Children are addressed with what may not be advertised to them, or told to make their parents pay.

use model::finding::{Confidence, Finding};

use crate::check::{Check, Sides};
use crate::wording::{self, Said};

/// ## What it finds
/// Words that tell children to ask, press or go round their parents for a purchase; and alcohol, tobacco, medicine, health
/// food, cosmetics, beauty treatment, loans, lotteries or paid games advertised to children: by the age of the audience or
/// by the words that address them.
///
/// ## Why it misleads
/// Children cannot weigh what they are asked to want.
///
/// ## Example
/// Ad: 「小学生也能领！叫爸妈充6元，限定皮肤到手」
///
/// ## What to do instead
/// Speak to parents; keep what is not for minors out of their media, and urge no child to buy.
///
/// ## What it leaves alone
/// Ads for parents, whatever children they show; students, who are mostly of age (学生党, 大学生); schools, books and toys
/// for children without such urging; notices that keep minors out (未成年人请勿, 适龄提示, 防沉迷).
#[derive(Debug)]
pub(super) struct MinorProhibitedAd;

/// Below this age one is a minor. Years; the law of the place says the same everywhere this runs.
const OF_AGE: u8 = 18;

impl Check for MinorProhibitedAd {
    fn id(&self) -> &'static str {
        "minor-prohibited-ad"
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "minor-urged",
            "minor-addressed",
            "minor-for-parents",
            "minor-kept-out",
            "minor-forbidden",
            "minor-paid-game",
            "denied-before",
            "warned",
            "reviews-heading",
            "reviewer",
        ]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let words = sides.words;
        let plain = |term: &'static str| -> Vec<_> {
            let all = Said::all(term, sides).into_iter();
            all.filter(|one| {
                !words.has("minor-kept-out", one.sentence())
                    && !words.has("minor-for-parents", one.sentence())
                    && !one.is_review(words)
            })
            .collect()
        };
        let urged = plain("minor-urged");
        if !urged.is_empty() {
            return wording::finding(self.id(), &urged, sides, Confidence::High).into_iter().collect();
        }
        let addressed = plain("minor-addressed");
        let by_age = sides.case.ad.audience.as_ref().and_then(|audience| audience.min_age).filter(|age| *age < OF_AGE);
        if addressed.is_empty() && by_age.is_none() {
            return Vec::new();
        }
        let forbidden = plain("minor-forbidden").into_iter().chain(plain("minor-paid-game"));
        let forbidden: Vec<_> = forbidden.filter(|one| is_main(one, sides)).collect();
        if forbidden.is_empty() {
            return Vec::new();
        }
        let sure = if addressed.is_empty() { by_age_alone(sides) } else { Confidence::Medium };
        let said: Vec<_> = addressed.into_iter().chain(forbidden).collect();
        let found = wording::finding(self.id(), &said, sides, sure);
        found.map(|finding| finding.fact("min_age", by_age)).into_iter().collect()
    }
}

/// Whether the goods are what the ad or the page is about, not named in passing: told by the ad, or twice on a page.
fn is_main(said: &Said<'_>, sides: &Sides<'_>) -> bool {
    let Some(page) = said.page else { return true };
    let name = &said.text()[said.bytes.clone()];
    wording::sells(page, sides) && page.side.statements.iter().filter(|s| s.normal.text.contains(name)).count() > 1
}

/// The age of an audience begins somewhere below 18 for many an ad that all may see; well below, it is aimed at children.
fn by_age_alone(sides: &Sides<'_>) -> Confidence {
    /// Younger than this nobody opens an account of their own. Years.
    const CHILD: u8 = 14;
    let age = sides.case.ad.audience.as_ref().and_then(|audience| audience.min_age);
    let kept_out = wording::told_by_ad("minor-kept-out", sides) || wording::told_by_ad("minor-for-parents", sides);
    if age.is_some_and(|age| age < CHILD) && !kept_out { Confidence::Medium } else { Confidence::Low }
}

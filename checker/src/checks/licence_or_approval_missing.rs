//! What may only be sold with a licence or an approval is sold, and no number of one stands anywhere.

use model::finding::{Confidence, Finding};

use crate::aside::all_of;
use crate::check::{Check, Sides};
use crate::exhibit;
use crate::side::PageSide;
use crate::wording::{self, Said};

/// ## What it finds
/// A page that takes money or details for injections, operations and the like, for what it calls a health food, a medicine
/// or a medical device, or for tips on shares, where neither ad nor any page shows the number that such offers carry.
///
/// ## Why it misleads
/// The number is how one learns that somebody looked at the place, the thing or the adviser before it was sold.
///
/// ## Example
/// A beauty parlour books 「水光针 分点注射」, and no 医疗机构执业许可证 and no 医广 stands on its page
///
/// ## What to do instead
/// Show the number of the licence or approval in the ad and on the page.
///
/// ## What it leaves alone
/// Whether a number is a true one, which only registers tell; a number on any page or in the ad; courses, jobs, insurance
/// and articles about such things; what says that it is none of them (「普通食品，非保健食品」); pages that were not read whole.
#[derive(Debug)]
pub(super) struct LicenceOrApprovalMissing;

/// What only a licence lets one sell: how it is told that it is sold, and how its number is told.
const LICENSED: &[(&str, &str)] = &[
    ("sold-treatment", "number-treatment"),
    ("sold-health-food", "number-health-food"),
    ("sold-medicine", "number-medicine"),
    ("sold-device", "number-device"),
    ("sold-share-tips", "number-share-tips"),
];
/// Trades that speak of such things and sell others.
const ABOUT_THEM: &[&str] = &["education", "job", "insurance", "loan", "legal", "reading", "game"];

impl Check for LicenceOrApprovalMissing {
    fn id(&self) -> &'static str {
        "licence-or-approval-missing"
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "sold-treatment",
            "number-treatment",
            "sold-health-food",
            "number-health-food",
            "sold-medicine",
            "number-medicine",
            "sold-device",
            "number-device",
            "sold-share-tips",
            "number-share-tips",
            "med-animal",
            "denied-before",
            "warned",
        ]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.landings().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl LicenceOrApprovalMissing {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let other = |side: &crate::side::Side<'_>| {
            side.standings.first().is_some_and(|top| ABOUT_THEM.contains(&top.family.as_str()))
        };
        if !wording::sells(page, sides) || other(&sides.ad) || other(&page.side) || is_about_animals(page, sides) {
            return None;
        }
        let lacking = |(sold, number): &(&'static str, &'static str)| {
            if wording::told_by_ad(number, sides) || all_of(page, sides).any(|one| wording::told_by(one, number, sides))
            {
                return None;
            }
            let said = Said::all(sold, sides).into_iter();
            let plain = |one: &Said<'_>| sides.words.says(sold, one.clause());
            let mut said: Vec<Said<'_>> = said.filter(plain).collect();
            said.retain(|one| one.page.is_none_or(|on| std::ptr::eq(on.page, page.page)));
            // The page itself must offer it: what an ad only names may be something else there.
            said.iter().find(|one| one.page.is_some()).cloned().map(|on_page| (on_page, said))
        };
        let (on_page, said) = LICENSED.iter().find_map(lacking)?;
        let by_ad = said.iter().find(|one| one.page.is_none()).and_then(|one| exhibit::said_by_ad(one.statement));
        let sure = if wording::read_whole(page, sides) { Confidence::Medium } else { Confidence::Low };
        Some(
            Finding::of(self.id())
                .promised(by_ad.unwrap_or_else(|| exhibit::main_promise(sides)))
                .delivered(exhibit::said_by_page(on_page.statement, Some(on_page.chars()))?)
                .sure(sure)
                .fact("wording", [on_page.shown()]),
        )
    }
}

/// Whether it is for animals, which has rules of its own.
fn is_about_animals(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    wording::told_by_ad("med-animal", sides) && wording::told_by(page, "med-animal", sides)
}

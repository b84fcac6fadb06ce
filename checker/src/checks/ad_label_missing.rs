//! An article, a test or a diary that sells, and nowhere says that it is an ad.

use model::chain::Outcome;
use model::finding::{Confidence, Finding};
use model::snapshot::Part;
use model::statement::{FieldKind, Role, Statement};

use crate::check::{Check, Sides};
use crate::exhibit;
use crate::side::PageSide;
use crate::story;
use crate::wording;

/// ## What it finds
/// A page written as a test, a report, a letter or somebody's own experience, with its author or source, on which or by
/// whose links one can buy what it praises, and no word 「广告」.
///
/// ## Why it misleads
/// Readers trust what seems to be told by one of them, and do not weigh it as an ad.
///
/// ## Example
/// Page: 「用了三个月的真实测评 · 作者：小鹿」 and at its end 「立即购买」
///
/// ## What to do instead
/// Mark the ad 「广告」 where its words begin, as large and as plain as the rest, also in stories, reviews and popular
/// science.
///
/// ## What it leaves alone
/// A shop's own page of goods, with its buyers' reviews; articles that sell nothing; pages marked 「广告」「推广」「赞助」. The mark
/// on the ad itself, which platforms lay over it, cannot be seen from here and is not asked for.
#[derive(Debug)]
pub(super) struct AdLabelMissing;

/// A page of fewer characters tells no story. Heuristic.
const LEAST_STORY: usize = 80;

impl Check for AdLabelMissing {
    fn id(&self) -> &'static str {
        "ad-label-missing"
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "ad-label",
            "story-voice",
            "story-i",
            "story-byline",
            "shop-page",
            "shop-link",
            "affiliate-network",
            "affiliate-parameter",
        ]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.landings().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl AdLabelMissing {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        if wording::told_by(page, "ad-label", sides) || wording::told_by(page, "shop-page", sides) {
            return None;
        }
        let long = story::told(page).map(|s| s.text.chars().count()).sum::<usize>() >= LEAST_STORY;
        let way = way_to_buy(page, sides).filter(|_| long)?;
        let (voice, byline) = (story::voice(page, sides), story::byline(page, sides));
        let sure = match (voice, byline) {
            (Some(_), Some(_)) if wording::read_whole(page, sides) => Confidence::Medium,
            (None, None) => return None,
            _ => Confidence::Low,
        };
        let shown: &Statement = story::told(page).find(|s| s.role == Role::Headline).or(voice).or(byline)?;
        let also = byline.filter(|byline| !std::ptr::eq(*byline, shown)).and_then(|s| exhibit::said_by_page(s, None));
        let finding = Finding::of(self.id())
            .promised(exhibit::main_promise(sides))
            .delivered(exhibit::said_by_page(shown, None)?)
            .sure(sure)
            .fact("button", way);
        Some(match also {
            Some(also) => finding.also(also),
            None => finding,
        })
    }
}

/// The words of what one presses to buy, in the page or in a shop that it links to.
fn way_to_buy(page: &PageSide<'_>, sides: &Sides<'_>) -> Option<String> {
    let words = sides.words;
    let buys = |label: &str| words.says("pay-button", label) || words.says("order-button", label);
    let button = page.page.buttons.iter().find(|button| {
        let shop = button.href.as_deref().is_some_and(|href| words.has("shop-link", &href.to_lowercase()));
        shop || buys(&button.normal.text)
    });
    let delivers = || page.page.fields.iter().any(|field| field.kind == FieldKind::Address);
    let form = || page.page.buttons.iter().find(|button| button.form.is_some()).filter(|_| delivers());
    // A link of many words is no button.
    let link = || page.side.statements.iter().find(|s| s.role == Role::Link && buys(&s.normal.text));
    let here = button.or_else(form).map(|button| button.label.clone()).or_else(|| link().map(|s| s.text.clone()));
    let paid = || ["affiliate-network", "affiliate-parameter"].iter().find_map(|t| story::paid_link(page, t, sides));
    here.or_else(|| paid().map(|(_, shown)| shown.quote)).or_else(|| shop_behind(page, sides))
}

/// The words of a link to a page on which what the story praises is sold.
fn shop_behind(page: &PageSide<'_>, sides: &Sides<'_>) -> Option<String> {
    let buys = |side: &&PageSide<'_>| {
        side.page.visitor == page.page.visitor
            && side.page.part == Part::Next
            && side.page.buttons.iter().any(|button| {
                ["pay-button", "order-button", "shop-page"].iter().any(|t| sides.words.has(t, &button.normal.text))
            })
    };
    let shop = sides.pages.iter().find(buys)?;
    let chain = sides.case.chains.iter().find(|chain| chain.visitor == page.page.visitor)?;
    let gone = chain.ways.iter().find(|way| way.hop == page.page.hop && way.outcome == Outcome::Followed)?;
    Some(if gone.words.is_empty() { shop.page.url.clone() } else { gone.words.clone() })
}

//! An article, a test or a diary that sells, and nowhere says that it is an ad.

use model::finding::{Confidence, Finding};
use model::statement::{FieldKind, Role, Statement};

use crate::check::{Check, Sides};
use crate::exhibit;
use crate::side::PageSide;
use crate::wording;

/// ## What it finds
/// A page written as a test, a report, a letter or somebody's own experience, with its author or source, on which one can
/// buy what it praises, and no word 「广告」.
///
/// ## Why it misleads
/// Readers trust what seems to be told by one of them, and do not weigh it as an ad.
///
/// ## Example
/// Page: 「用了三个月的真实测评 · 作者：小鹿」 and at its end 「立即购买」
///
/// ## What it leaves alone
/// A shop's own page of goods, with its buyers' reviews; articles that sell nothing; pages marked 「广告」「推广」「赞助」. The mark
/// on the ad itself, which platforms lay over it, cannot be seen from here and is not asked for.
#[derive(Debug)]
pub(super) struct AdLabelMissing;

/// A page of fewer characters tells no story. Heuristic.
const LEAST_STORY: usize = 80;

/// Sentences of the first person that make a story somebody's own.
const OFTEN_I: usize = 3;

impl Check for AdLabelMissing {
    fn id(&self) -> &'static str {
        "ad-label-missing"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["ad-label", "story-voice", "story-i", "story-byline", "shop-page", "shop-link"]
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
        let text = || page.side.statements.iter().filter(|s| matches!(s.role, Role::Text | Role::Headline));
        let long = text().map(|s| s.text.chars().count()).sum::<usize>() >= LEAST_STORY;
        let way = way_to_buy(page, sides).filter(|_| long)?;
        let has = |term: &'static str| text().find(|s| sides.words.has(term, &s.normal.text));
        let says_i = || text().filter(|s| sides.words.has("story-i", &s.normal.text));
        let voice = has("story-voice").or_else(|| says_i().nth(OFTEN_I - 1));
        let byline = has("story-byline");
        let sure = match (voice, byline) {
            (Some(_), Some(_)) if wording::read_whole(page, sides) => Confidence::Medium,
            (None, None) => return None,
            _ => Confidence::Low,
        };
        let shown: &Statement = text().find(|s| s.role == Role::Headline).or(voice).or(byline)?;
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
    button.or_else(form).map(|button| button.label.clone()).or_else(|| link().map(|s| s.text.clone()))
}

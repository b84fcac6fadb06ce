//! What one visitor came to see: where the click ended for them, and what the pages there mean.

use model::case::Case;
use model::chain::Chain;
use model::evidence::PagePlace;
use model::finding::Exhibit;
use model::snapshot::Part;
use model::statement::{Page, Role, Statement};

use super::chance;
use super::fate::Fate;
use crate::exhibit;
use crate::side::{PageSide, Side, Sum};
use crate::words::Words;

/// One visitor's look.
pub(super) struct Sight<'a> {
    pub(super) chain: &'a Chain,
    pub(super) case: &'a Case,
    pub(super) fate: Fate,
    /// None when the visitor came to no page of the ad, or it could not be read.
    pub(super) meaning: Option<Meaning<'a>>,
}

/// The pages of one visitor, read for their meaning.
pub(super) struct Meaning<'a> {
    /// The landing page first.
    pub(super) pages: Vec<Shown<'a>>,
    /// Words in pictures were not read: what is not found here may stand there.
    pub(super) partly: bool,
}

/// One page.
pub(super) struct Shown<'a> {
    pub(super) side: PageSide<'a>,
    /// For each statement, whether it may be another one at the next look.
    pub(super) chance: Vec<bool>,
}

impl<'a> Sight<'a> {
    pub(super) fn of(chain: &'a Chain, case: &'a Case, words: &Words) -> Self {
        let fate = Fate::of(chain, case);
        let mut pages: Vec<&Page> = case.pages.iter().filter(|page| page.visitor == chain.visitor).collect();
        pages.sort_by_key(|page| page.part != Part::Landing);
        let landed = pages.first().is_some_and(|page| page.part == Part::Landing);
        let unread = |gap: &&model::case::Gap| gap.visitor.as_ref() == Some(&chain.visitor);
        let partly = case.gaps.iter().filter(unread).any(|gap| gap.reason == "picture-unread");
        let meaning = (landed && fate == Fate::Page)
            .then(|| Meaning { pages: pages.into_iter().map(|page| Shown::read(page, words)).collect(), partly });
        Self { chain, case, fate, meaning }
    }

    pub(super) fn visitor(&self) -> &'a str {
        &self.chain.visitor
    }

    /// What stands first and largest where the click ended, as an exhibit.
    pub(super) fn face(&self) -> Exhibit<PagePlace> {
        let landing = self.chain.landing();
        let page = self.case.pages.iter().find(|page| page.visitor == self.chain.visitor && page.hop == landing.index);
        page.and_then(face).unwrap_or_else(|| exhibit::end_of(self.chain, self.case))
    }
}

impl<'a> Shown<'a> {
    fn read(page: &'a Page, words: &Words) -> Self {
        let side = Side::read(&page.statements, words);
        let chance = chance::of(&side, words);
        Self { side: PageSide { page, side }, chance }
    }

    /// Every statement that will be there at the next look, too.
    pub(super) fn lasting(&self) -> impl Iterator<Item = &'a Statement> {
        let statements = self.side.side.statements.iter();
        statements.zip(&self.chance).filter(|(_, chance)| !**chance).map(|(statement, _)| statement)
    }

    /// Every sum to pay that will be there at the next look, too.
    pub(super) fn lasting_sums(&self) -> impl Iterator<Item = Sum<'_>> {
        self.side.side.to_pay().filter(|sum| !self.chance[sum.claim.statement])
    }
}

impl<'a> Meaning<'a> {
    /// The landing page, with what was unfolded on it; and, if asked for, the pages that its buttons lead to.
    pub(super) fn said(&self, behind: bool) -> impl Iterator<Item = &Shown<'a>> {
        self.pages.iter().filter(move |shown| match shown.side.page.part {
            Part::Landing | Part::Unfolded => true,
            Part::Next => behind,
            Part::Agreement => false,
        })
    }

    /// Whether a page behind the landing page was read.
    pub(super) fn goes_behind(&self) -> bool {
        self.pages.iter().any(|shown| shown.side.page.part == Part::Next)
    }

    pub(super) fn landing(&self) -> &Shown<'a> {
        self.pages.first().expect("internal error: a meaning has a landing page")
    }

    pub(super) fn statements(&self) -> impl Iterator<Item = &'a Statement> {
        self.pages.iter().flat_map(|shown| shown.side.side.statements)
    }

    /// Whether some sentence or button of the landing page says so.
    pub(super) fn says(&self, term: &'static str, words: &Words) -> bool {
        let texts = self.said(false).flat_map(|shown| shown.side.side.statements).map(|said| &said.normal.text);
        let labels = self.said(false).flat_map(|shown| &shown.side.page.buttons).map(|button| &button.normal.text);
        texts.chain(labels).any(|text| words.says(term, text))
    }

    /// Whether some button of the landing page, or link that looks like one, says so.
    pub(super) fn presses(&self, term: &'static str, words: &Words) -> bool {
        let buttons = self.said(false).flat_map(|shown| &shown.side.page.buttons);
        buttons.into_iter().any(|button| words.has(term, &button.normal.text))
    }

    /// Whether one can order there, or leave something of one's own.
    pub(super) fn takes_orders(&self, behind: bool, words: &Words) -> bool {
        self.said(behind).any(|shown| {
            let page = shown.side.page;
            page.buttons.iter().any(|button| words.has("order-button", &button.normal.text))
                || page.fields.iter().any(|field| super::fields::is_telling(field.kind))
        })
    }

    /// What stands first and largest on the landing page, as an exhibit.
    pub(super) fn face(&self) -> Option<Exhibit<PagePlace>> {
        face(self.landing().side.page)
    }
}

fn face(page: &Page) -> Option<Exhibit<PagePlace>> {
    let mut shown = page.statements.iter().filter(|statement| statement.role != Role::PageTitle);
    let headline = shown.clone().find(|statement| statement.role == Role::Headline).or_else(|| shown.next());
    exhibit::said_by_page(headline.or_else(|| page.statements.first())?, None)
}

//! Data, a rank or a test is quoted, and nobody says from where.

use model::finding::{Confidence, Finding};
use model::statement::{Role, Statement};

use crate::aside::{all_of, is_whole};
use crate::check::{Check, Sides};
use crate::exhibit;
use crate::side::PageSide;

/// ## What it finds
/// An ad that leans on a rank, a test, a share of people, a rate of success or a multiple of what others do, where neither
/// ad nor page names a source, a period or a report.
///
/// ## Why it misleads
/// A number sounds like knowledge. What cannot be looked up may be made up.
///
/// ## Example
/// Ad: 「全国销量第一」 — page: no source
///
/// ## What to do instead
/// Name source, date, sample and conditions beside the figure, as legible as itself; or leave the figure out.
///
/// ## What it leaves alone
/// A source on either side, in small print or behind a fold; a shop's praise of its own; the platform's counter of sales;
/// pages that were not read whole.
#[derive(Debug)]
pub(super) struct CitationUnsupported;

impl Check for CitationUnsupported {
    fn id(&self) -> &'static str {
        "citation-unsupported"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["cited-claim", "cited-source", "cited-own"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let sourced = sides.ad.statements.iter().any(|s| sides.words.has("cited-source", &s.normal.text));
        let claim = sides.ad.statements.iter().filter(|s| is_claim(s, sides)).min_by_key(|s| exhibit::rank(s));
        let Some(claim) = claim.filter(|_| !sourced) else { return Vec::new() };
        sides.landings().filter_map(|page| self.on(page, claim, sides)).collect()
    }
}

impl CitationUnsupported {
    fn on(&self, page: &PageSide<'_>, claim: &Statement, sides: &Sides<'_>) -> Option<Finding> {
        let words = sides.words;
        let sourced = all_of(page, sides)
            .flat_map(|side| side.side.statements.iter().chain(&side.page.hidden))
            .any(|statement| words.has("cited-source", &statement.normal.text));
        // The page repeats the claim, or has other words first of all.
        let mut shown = page.side.statements.iter().filter(|statement| statement.role != Role::PageTitle);
        let first =
            shown.clone().find(|statement| statement.role == Role::Headline).or_else(|| shown.clone().next())?;
        let repeated = shown.find(|statement| is_claim(statement, sides));
        // An article may sell on the page that it links to.
        let sells = sides
            .pages
            .iter()
            .filter(|one| one.page.visitor == page.page.visitor)
            .any(|one| one.side.to_pay().any(|sum| sum.price.cents > 0) || !one.page.fields.is_empty());
        let confidence = if is_whole(page, sides) && sells { Confidence::Medium } else { Confidence::Low };
        (!sourced).then_some(())?;
        Some(
            Finding::of(self.id())
                .promised(exhibit::said_by_ad(claim)?)
                .delivered(exhibit::said_by_page(repeated.unwrap_or(first), None)?)
                .sure(confidence)
                .fact("claim", &claim.text),
        )
    }
}

fn is_claim(statement: &Statement, sides: &Sides<'_>) -> bool {
    let text = &statement.normal.text;
    sides.words.says("cited-claim", text) && !sides.words.has("cited-own", text)
}

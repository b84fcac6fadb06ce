//! It charges again and again, and nothing tells how to end it.

use model::finding::{Confidence, Finding};
use model::statement::FieldKind;

use crate::check::{Check, Sides};
use crate::exhibit;
use crate::ordered::{asked_sums, comes_again, main_button};
use crate::side::PageSide;
use crate::whole::{has_gap, unopened};

/// ## What it finds
/// A page that orders what is charged for each month until it is ended, with no word of how to end it, neither on the
/// page nor in anything folded or behind it; or with words that make ending it harder than beginning.
///
/// ## Why it misleads
/// Ordered with one press, it runs on because nobody finds the way out.
///
/// ## Example
/// Page: 「输入验证码开通，15元/月从话费扣除」 and nothing else
///
/// ## What to do instead
/// Give a way out as short as the way in: by the same means, named where the order is made.
///
/// ## What it leaves alone
/// Any way out, however short: 「可随时取消」, 「退订发TD到…」, a hotline for it; what is paid once; an agreement that was not
/// opened and may tell it; a page of which a part could not be read.
#[derive(Debug)]
pub(super) struct CancelPathMissing;

impl Check for CancelPathMissing {
    fn id(&self) -> &'static str {
        "cancel-path-missing"
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "cancel-way",
            "cancel-hard",
            "cancel-hard-lawful",
            "auto-renew",
            "fixed-term",
            "document-name",
            "privacy-document",
        ]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.pages.iter().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl CancelPathMissing {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let words = sides.words;
        main_button(page.page)?;
        let hard = page.side.statements.iter().find(|said| {
            let text = &said.normal.text;
            words.says("cancel-hard", text) && !words.has("cancel-hard-lawful", text)
        });
        // A card is ended where the number is: the law of number portability tells how. A pack on it is not.
        if hard.is_none() && page.side.standings.first().is_some_and(|top| top.family == "telecom") {
            return None;
        }
        let card = page.page.fields.iter().any(|field| matches!(field.kind, FieldKind::Address | FieldKind::IdCard));
        let told = |term: &'static str| page.side.statements.iter().any(|said| words.says(term, &said.normal.text));
        let renews = told("auto-renew");
        let runs_on = renews || (!card && told("carrier-billed"));
        // By the day or the year a sum is a fee where the page says that it renews.
        let fee = asked_sums(page, sides).find(|sum| comes_again(sum) || (renews && sum.price.per.is_some()));
        let fee = fee.filter(|_| runs_on)?;
        if hard.is_none() && (says(page, "cancel-way", sides) || says(page, "fixed-term", sides)) {
            return None;
        }
        let behind = sides.fine_print_of(page.page).any(|other| says(other, "cancel-way", sides));
        if hard.is_none() && behind {
            return None;
        }
        let sure = if hard.is_some() || is_read(page, sides) { Confidence::Medium } else { Confidence::Low };
        let delivered = match hard {
            Some(said) => exhibit::said_by_page(said, None)?,
            None => exhibit::sum_on_page(fee)?,
        };
        let finding = Finding::of(self.id()).promised(exhibit::main_promise(sides)).delivered(delivered).sure(sure);
        Some(finding.fact("fee", fee.shown()))
    }
}

/// Whether neither a gap nor a document that nobody opened may hold it. A privacy notice does not.
fn is_read(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let may_tell = |name: &String| !sides.words.has("privacy-document", name);
    !has_gap(page.page, sides) && !unopened(page.page, sides).iter().any(may_tell)
}

/// Whether the page says it; in hidden words nobody finds it.
fn says(page: &PageSide<'_>, term: &'static str, sides: &Sides<'_>) -> bool {
    page.side.statements.iter().any(|said| sides.words.has(term, &said.normal.text))
}

//! What is free to try turns into what is paid for, by itself.

use model::claim::PriceRole;
use model::evidence::PagePlace;
use model::finding::{Confidence, Exhibit, Finding};
use model::snapshot::Part;
use model::statement::Statement;

use crate::aside::{all_of, is_aside};
use crate::asked::need_not_be_taken;
use crate::check::{Check, Sides};
use crate::documents::{behind, is_only_read};
use crate::exhibit;
use crate::measure::times;
use crate::side::{PageSide, Sum, conspicuous};

/// ## What it finds
/// A free or nearly free time to try something, in the ad, after which the page (or its small print, or its agreement)
/// takes money by itself, or for which it first wants leave to debit; while the ad says nothing of what comes after.
///
/// ## Why it misleads
/// People forget, and are meant to: the first payment comes without a further word.
///
/// ## Example
/// Ad: 「免费试用7天」 — page, in grey: 「试用期满未取消的，按25元/月自动扣费」
///
/// ## What to do instead
/// Say with the trial what follows it, at what price and when, and let it end by itself unless the visitor goes on.
///
/// ## What it leaves alone
/// A trial that ends by itself or asks again before it costs something; a thing that stays free with extras to buy; an ad
/// that tells the later price.
#[derive(Debug)]
pub(super) struct FreeTrialConversion;

impl Check for FreeTrialConversion {
    fn id(&self) -> &'static str {
        "free-trial-conversion"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["trial-lure", "trial-begins", "trial-converts", "trial-needs-debit", "trial-ends", "trial-told"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let Some(lure) = lure(sides) else { return Vec::new() };
        let landings = sides.pages.iter().filter(|side| matches!(side.page.part, Part::Landing | Part::Next));
        landings.filter(|page| !is_only_read(page, sides.words)).filter_map(|page| self.on(page, lure, sides)).collect()
    }
}

impl FreeTrialConversion {
    fn on(&self, page: &PageSide<'_>, lure: &Statement, sides: &Sides<'_>) -> Option<Finding> {
        let turn = Turn::find(page, sides)?;
        Some(
            Finding::of(self.id())
                .promised(exhibit::said_by_ad(lure)?)
                .delivered(turn.exhibit)
                .sure(turn.confidence)
                .fact("fee", turn.fee)
                .fact("fee_font_px", turn.font_px),
        )
    }
}

/// A price so small that it is none. Hundredths of the currency.
const NEXT_TO_NOTHING: i64 = 100;

/// The ad's promise that it costs nothing to begin with; none when the ad tells what comes after.
fn lure<'a>(sides: &Sides<'a>) -> Option<&'a Statement> {
    let words = sides.words;
    let says = |statement: &&Statement| words.says("trial-lure", &statement.normal.text);
    // 「3天体验只要0.1元」: a price so small is a lure as well.
    let small = |statement: &&Statement| {
        let cheap = statement.prices.iter().any(|price| price.cents <= NEXT_TO_NOTHING);
        cheap && words.has("free-trial", &statement.normal.text)
    };
    // What is said to be free for good is a lure as well, where the page gives it for some days.
    let free = |statement: &&Statement| {
        sides.ad.to_pay().any(|sum| sum.price.cents == 0 && std::ptr::eq(sum.statement, *statement))
    };
    let told = sides.ad.statements.iter().any(|statement| words.says("trial-told", &statement.normal.text));
    let lures = sides.ad.statements.iter().filter(|statement| says(statement) || small(statement) || free(statement));
    lures.min_by_key(|statement| exhibit::rank(statement)).filter(|_| !told)
}

/// The sentence by which the trial turns into something paid for.
struct Turn {
    exhibit: Exhibit<PagePlace>,
    fee: Option<String>,
    font_px: Option<f64>,
    confidence: Confidence,
}

impl Turn {
    fn find(page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Self> {
        let words = sides.words;
        let said = |term| {
            all_of(page, sides).any(|side| side.side.statements.iter().any(|s| words.says(term, &s.normal.text)))
        };
        // What ends by itself, or asks again, turns into nothing.
        if said("trial-ends") || need_not_be_taken(page, sides) {
            return None;
        }
        let begins = page.side.statements.iter().any(|s| words.says("trial-begins", &s.normal.text))
            || page.side.to_pay().any(|sum| sum.price.role == PriceRole::Introductory)
            // 「1元 / 七天」
            || page.side.to_pay().any(|sum| sum.price.cents <= NEXT_TO_NOTHING && lasts(&sum));
        let converts = |side: &PageSide<'_>| {
            (0..side.side.statements.len()).find(|at| {
                let text = &side.side.statements[*at].normal.text;
                words.says("trial-converts", text) && !is_aside(side, *at, words)
            })
        };
        let own = converts(page).map(|at| (page, at));
        let told_behind = || behind(page, sides).find_map(|side| Some((side, converts(side)?)));
        if let Some((side, at)) = own.or_else(told_behind).filter(|_| begins) {
            return Self::at(side, at, sides);
        }
        // Leave to debit is wanted, and no word of how much.
        let debits = (0..page.side.statements.len())
            .find(|at| words.says("trial-needs-debit", &page.side.statements[*at].normal.text))?;
        let priced = all_of(page, sides).any(|side| side.side.to_pay().any(|sum| sum.price.cents > 0));
        let turn = Self::at(page, debits, sides)?;
        (begins && !priced).then_some(Self { confidence: Confidence::Medium, ..turn })
    }

    fn at(side: &PageSide<'_>, at: usize, sides: &Sides<'_>) -> Option<Self> {
        let statement = &side.side.statements[at];
        let near = |reach| move |sum: &Sum<'_>| sum.price.cents > 0 && sum.claim.statement.abs_diff(at) <= reach;
        let fee = side.side.to_pay().filter(near(0)).max_by_key(|sum| sum.price.cents);
        let fee = fee.or_else(|| side.side.to_pay().find(near(2)));
        // Something must be paid for: a sum, or words that say so.
        let charged = fee.is_some()
            || ["renewal", "trial-needs-debit", "recurring"]
                .iter()
                .any(|term| sides.words.says(term, &statement.normal.text));
        let told = side.page.part == Part::Landing && conspicuous(statement);
        charged.then_some(())?;
        Some(Self {
            exhibit: exhibit::said_by_page(
                statement,
                fee.filter(|sum| sum.claim.statement == at).map(|sum| sum.claim.chars.clone()),
            )?,
            fee: fee.map(|sum| sum.shown().to_owned()),
            font_px: statement.visibility.font_px,
            confidence: if told { Confidence::Medium } else { Confidence::High },
        })
    }
}

/// Whether the sum is for a time that its sentence tells.
fn lasts(sum: &Sum<'_>) -> bool {
    !times(&sum.statement.normal.text).is_empty()
}

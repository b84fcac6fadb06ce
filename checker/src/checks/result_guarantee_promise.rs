//! A gain, a pass, a job or a loan is promised as certain where nobody can promise it.

use model::finding::{Confidence, Finding};

use crate::check::{Check, Sides};
use crate::exhibit;
use crate::side::PageSide;
use crate::wording::{self, Said};

/// ## What it finds
/// 「保本保息」「稳赚不赔」「三个月回本」 of investments and franchises, 「包过」「保录取」「包就业」 of courses, 「躺赚」「日入500」 of
/// jobs, 「包下款」「不看征信」 of loans; and returns told on a page that takes money or details for an investment and nowhere warns of a risk.
///
/// ## Why it misleads
/// The certainty is what is bought, and it is the one thing that nobody has to sell.
///
/// ## Example
/// Ad: 「学完月入过万，学不会全退」 — page: 「签约包就业」
///
/// ## What to do instead
/// Promise the service, not its result; put the warning that the law demands beside any figure.
///
/// ## What it leaves alone
/// Deposits and bonds of the state; what an insurance contract guarantees; past results with their warning; wages of a
/// job as such; a refund of a course within some days; what the page denies (「不承诺收益」「不保过」) or warns of.
#[derive(Debug)]
pub(super) struct ResultGuaranteePromise;

const TERMS: &[&str] = &[
    "sure-gain",
    "sure-gain-anywhere",
    "sure-pass",
    "sure-income",
    "sure-approval",
    "sure-income-figure",
    "sure-mild",
    "gain-told",
    "risk-notice",
    "guarantee-allowed",
    "guarantee-of-goods",
    "denied-before",
    "warned",
    "reviews-heading",
    "reviewer",
];

/// Ad or page must speak for the trade about this plainly. A word of weight 1.0 says it by itself.
const PLAIN: f64 = 0.8;

impl Check for ResultGuaranteePromise {
    fn id(&self) -> &'static str {
        "result-guarantee-promise"
    }

    fn terms(&self) -> &'static [&'static str] {
        TERMS
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        // What a job pays is no return, however much of it is told.
        let job = is_job(sides);
        let gains = !job && trades(&["investment", "franchise"], sides);
        let mut said = plain("sure-gain-anywhere", sides);
        for (term, families) in [
            ("sure-gain", &["investment", "franchise"][..]),
            ("sure-pass", &["education"]),
            ("sure-approval", &["loan"]),
            ("sure-income-figure", &["education", "franchise", "investment"]),
            ("sure-income", &["education", "job", "franchise", "investment"]),
        ] {
            if trades(families, sides) && !(job && term == "sure-income-figure") {
                said.extend(plain(term, sides));
            }
        }
        if said.is_empty() {
            let mild = if trades(&["education", "investment", "franchise"], sides) {
                plain("sure-mild", sides)
            } else {
                Vec::new()
            };
            let found = wording_of(&mild, sides, Confidence::Low);
            return if gains { risk_unsaid(sides).or(found) } else { found }.into_iter().collect();
        }
        said.sort_by_key(|one| one.page.is_some());
        let sure = if said.len() > 1 { Confidence::High } else { Confidence::Medium };
        wording_of(&said, sides, sure).into_iter().collect()
    }
}

fn wording_of(said: &[Said<'_>], sides: &Sides<'_>, sure: Confidence) -> Option<Finding> {
    said.first()?;
    wording::finding(ResultGuaranteePromise.id(), said, sides, sure)
}

/// Whether ad or page are of one of these trades.
fn trades(families: &[&str], sides: &Sides<'_>) -> bool {
    families.iter().any(|family| {
        let plainly = |side: &crate::side::Side<'_>| side.standing(family).is_some_and(|s| s.score >= PLAIN);
        plainly(&sides.ad) || sides.landings().any(|page| plainly(&page.side))
    })
}

/// Whether a job is what ad or page speak of first.
fn is_job(sides: &Sides<'_>) -> bool {
    let first = |side: &crate::side::Side<'_>| side.standings.first().is_some_and(|top| top.family == "job");
    first(&sides.ad) || sides.landings().any(|page| first(&page.side))
}

/// Where a term is said as a promise of whoever advertises.
fn plain<'a>(term: &'static str, sides: &'a Sides<'a>) -> Vec<Said<'a>> {
    let words = sides.words;
    let promise = |one: &Said<'_>| {
        one.page.is_none_or(|page| wording::sells(page, sides))
            && !words.has("guarantee-allowed", one.sentence())
            && !words.has("guarantee-of-goods", one.clause())
            && !one.is_review(words)
    };
    Said::all(term, sides).into_iter().filter(promise).collect()
}

/// Returns told where money or details are taken for them, and no word of a risk on a page that was read whole.
fn risk_unsaid(sides: &Sides<'_>) -> Option<Finding> {
    if wording::told_by_ad("risk-notice", sides) || wording::told_by_ad("guarantee-allowed", sides) {
        return None;
    }
    let told = plain("gain-told", sides);
    let lacks = |page: &&PageSide<'_>| {
        wording::sells(page, sides)
            && !wording::told_by(page, "risk-notice", sides)
            && !wording::told_by(page, "guarantee-allowed", sides)
    };
    let page = sides.landings().find(lacks)?;
    let on_page = told.iter().find(|one| one.page.is_some_and(|other| std::ptr::eq(other, page)));
    let by_ad = told.iter().find(|one| one.page.is_none());
    let promised =
        by_ad.and_then(|one| exhibit::said_by_ad(one.statement)).unwrap_or_else(|| exhibit::main_promise(sides));
    let delivered = match on_page {
        Some(one) => exhibit::said_by_page(one.statement, Some(one.chars()))?,
        None => by_ad.and_then(|_| wording::first_seen(sides))?,
    };
    let takes = !page.page.fields.is_empty();
    let sure = if takes && wording::read_whole(page, sides) { Confidence::Medium } else { Confidence::Low };
    Some(
        Finding::of(ResultGuaranteePromise.id())
            .promised(promised)
            .delivered(delivered)
            .sure(sure)
            .fact("missing_notice", true),
    )
}

//! It holds for a shorter time than the ad says, or binds for a longer one.

use model::finding::{Confidence, Finding};
use model::snapshot::Part;
use model::statement::Statement;

use crate::aside::{all_of, is_aside};
use crate::check::{Check, Sides};
use crate::exhibit;
use crate::lasting::{self, Lasting, Of};
use crate::measure::{same, times};
use crate::side::PageSide;

/// ## What it finds
/// A price, membership, warranty, trial or right to return that lasts shorter on the page than in the ad, also where the
/// ad says 永久 or 长期, or where the page says that its 终身 means a few years; a contract that binds longer, or one where the ad says that none does; an earlier last day.
///
/// ## Why it misleads
/// 19 a month for ever and 19 a month for a year are different prices.
///
/// ## Example
/// Ad: 「19元/月永久不变」 — page: 「优惠期12个月，期满恢复59元/月」
///
/// ## What to do instead
/// Name in the ad how long it holds, and what it costs afterwards.
///
/// ## What it leaves alone
/// A longer time; the same one in other units; 「长期」 for what can be renewed at the same price; times of delivery,
/// answer, use and life; what others say of theirs.
#[derive(Debug)]
pub(super) struct ValidityPeriodMismatch;

/// Rounding that is no difference: a month has 28 to 31 days, a year 360 to 366. Share.
const ROUNDING: f64 = 0.035;
/// What lasts longer than this is for ever to most people. Days.
const AS_GOOD_AS_EVER: f64 = 3650.0;

impl Check for ValidityPeriodMismatch {
    fn id(&self) -> &'static str {
        "validity-period-mismatch"
    }

    fn terms(&self) -> &'static [&'static str] {
        lasting::TERMS
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let landings = sides.pages.iter().filter(|side| side.page.part == Part::Landing);
        landings.filter_map(|page| self.on(page, sides)).collect()
    }
}

impl ValidityPeriodMismatch {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let found = shorter(page, sides)
            .or_else(|| binds_after_all(page, sides))
            .or_else(|| ends_after_all(page, sides))
            .or_else(|| ends_earlier(page, sides))?;
        let finding = Finding::of(self.id())
            .promised(exhibit::said_by_ad(found.ad)?)
            .delivered(exhibit::said_by_page(found.there, None)?)
            .sure(found.confidence);
        let finding = found.promised.into_iter().fold(finding, |finding, said| finding.fact("promised_period", said));
        Some(found.delivered.into_iter().fold(finding, |finding, said| finding.fact("delivered_period", said)))
    }
}

/// The ad's sentence, and the one of the page that does not keep it.
struct Broken<'a> {
    ad: &'a Statement,
    there: &'a Statement,
    promised: Option<String>,
    delivered: Option<String>,
    confidence: Confidence,
}

/// A stretch of time that is worse for the visitor on the page, where no mention there keeps the ad's.
fn shorter<'a>(page: &'a PageSide<'a>, sides: &'a Sides<'a>) -> Option<Broken<'a>> {
    let promised = lasting::all(sides.ad.statements, sides.words);
    // A contract is most often laid down behind the page that leads to it.
    let offered: Vec<_> = all_of(page, sides)
        .flat_map(|side| {
            let own = std::ptr::eq(side, page);
            let times = lasting::all(side.side.statements, sides.words).into_iter();
            times.filter(move |one| (own || one.of == Of::Contract) && !is_aside(side, one.at, sides.words))
        })
        .collect();
    let behind: Vec<_> = (all_of(page, sides))
        .flat_map(|side| side.side.statements.iter())
        .filter(|said| !sides.words.has("period-elsewhere", &said.normal.text))
        .flat_map(|said| times(&said.normal.text))
        .map(|time| time.value)
        .collect();
    promised.iter().find_map(|wanted| {
        let keeps = |one: &&Lasting<'_>| match wanted.of {
            Of::Contract => one.days <= wanted.days * (1.0 + ROUNDING),
            _ => one.days >= wanted.days * (1.0 - ROUNDING),
        };
        let of: Vec<_> = offered.iter().filter(|one| one.of == wanted.of).collect();
        // Whatever the page says of just this time, it may be of this; how long one is bound is never said in passing.
        let named = wanted.of != Of::Contract && behind.iter().any(|days| same(*days, wanted.days, ROUNDING));
        let worse = of.first().filter(|_| !named && !of.iter().any(keeps))?;
        let distinct = of.iter().all(|one| same(one.days, worse.days, ROUNDING));
        Some(Broken {
            ad: wanted.statement,
            there: worse.statement,
            promised: Some(wanted.shown().to_owned()),
            delivered: Some(worse.shown().to_owned()),
            confidence: if distinct { Confidence::High } else { Confidence::Medium },
        })
    })
}

/// A contract, or what it costs to leave, where the ad says that nothing binds.
fn binds_after_all<'a>(page: &'a PageSide<'a>, sides: &'a Sides<'a>) -> Option<Broken<'a>> {
    let words = sides.words;
    let ad = sides.ad.statements.iter().find(|statement| words.has("no-contract", &statement.normal.text))?;
    let contract = |side: &'a PageSide<'a>| {
        let times = lasting::all(side.side.statements, words);
        let bound = times.into_iter().find(|lasting| {
            let text = &lasting.statement.normal.text;
            lasting.of == Of::Contract && !words.has("no-contract", text) && words.says("period-contract", text)
        });
        let costs = || {
            let mut all = side.side.statements.iter();
            all.find(|said| says_something(&said.normal.text) && words.says("leaving-costs", &said.normal.text))
        };
        bound.map(|lasting| lasting.statement).or_else(costs)
    };
    let mut behind = sides.fine_print_of(page.page).chain(sides.next_of(page.page));
    let there = contract(page).or_else(|| behind.find_map(contract))?;
    Some(Broken { ad, there, promised: None, delivered: None, confidence: Confidence::High })
}

/// Whether it is more than a heading: 「合约与违约金」.
fn says_something(text: &str) -> bool {
    const LONGEST_HEADING: usize = 9;
    text.chars().count() > LONGEST_HEADING || text.contains(|c: char| c.is_ascii_digit())
}

/// An end, or a higher price after some time, of what the ad calls lasting.
fn ends_after_all<'a>(page: &'a PageSide<'a>, sides: &'a Sides<'a>) -> Option<Broken<'a>> {
    let words = sides.words;
    let says = |term| sides.ad.statements.iter().find(move |statement| words.says(term, &statement.normal.text));
    let ad = says("forever").or_else(|| says("long-term"))?;
    // An ad that tells what comes after says nothing of ever: 「两年内不涨价，两年后39」.
    let bounded = |statement: &Statement| words.says("price-rises", &statement.normal.text);
    if sides.ad.statements.iter().any(bounded) {
        return None;
    }
    let sure = !words.has("long-term", &ad.normal.text);
    let text = |statement: &Statement| statement.normal.text.clone();
    let goes_on = all_of(page, sides).any(|side| side.side.statements.iter().any(|s| words.says("goes-on", &text(s))));
    let priced = sides.ad.to_pay().next().is_some();
    // A sum or a sentence of what comes after.
    let statements = page.side.statements;
    let rises = |at: &usize| {
        // 「次年起」 may stand in the cell before the sum.
        let label = at.checked_sub(1).map_or("", |at| lasting::label(&statements[at]));
        let says = words.says("price-rises", &statements[*at].normal.text) || words.says("price-rises", label);
        says && statements[*at].prices.iter().any(|price| price.cents > 0)
    };
    let later = || (0..statements.len()).find(rises).map(|at| &statements[at]);
    let higher = || later().filter(|_| priced && !goes_on);
    let of = |wanted: &[Of]| {
        let times = lasting::all(page.side.statements, words).into_iter();
        let mut within = times.filter(|one| wanted.contains(&one.of) && one.days < AS_GOOD_AS_EVER);
        within.find(|one| !is_aside(page, one.at, words) && !words.has("forever", &one.statement.normal.text))
    };
    if let Some(meant) = all_of(page, sides).find_map(|side| lasting::ever_meant(side.side.statements, words)) {
        let delivered = Some(meant.shown().to_owned());
        let there = meant.statement;
        return (sure && meant.days < AS_GOOD_AS_EVER).then_some(Broken {
            ad,
            there,
            promised: None,
            delivered,
            confidence: Confidence::High,
        });
    }
    let kept = || page.side.statements.iter().any(|s| words.says("forever", &s.normal.text));
    let matter: &[Of] = match () {
        () if words.has("period-warranty", &ad.normal.text) => &[Of::Warranty],
        () if words.has("period-service", &ad.normal.text) || !priced => &[Of::Service],
        () => &[Of::Price],
    };
    if let Some(there) = higher() {
        return Some(Broken { ad, there, promised: None, delivered: None, confidence: Confidence::High });
    }
    let there = of(matter).filter(|_| sure && !goes_on && !kept())?;
    let delivered = Some(there.shown().to_owned());
    Some(Broken { ad, there: there.statement, promised: None, delivered, confidence: Confidence::Medium })
}

/// A last day on the page before the one in the ad.
fn ends_earlier<'a>(page: &PageSide<'a>, sides: &Sides<'a>) -> Option<Broken<'a>> {
    let words = sides.words;
    let last = |statements: &'a [Statement]| {
        let ends = |statement: &'a Statement| {
            let text = &statement.normal.text;
            let day = last_day(text).filter(|_| words.has("offer-ends", text))?;
            Some((statement, day))
        };
        statements.iter().filter_map(ends).collect::<Vec<_>>()
    };
    let (ad, promised) = last(sides.ad.statements).into_iter().next()?;
    let offered = last(page.side.statements);
    let (there, delivered) = *offered.first()?;
    let kept = offered.iter().any(|(_, day)| *day >= promised);
    let shown = |(month, day): (u32, u32)| Some(format!("{month}-{day}"));
    // Across a turn of the year January is later than December.
    let same_year = promised.0.abs_diff(delivered.0) < 6;
    (!kept && same_year).then(|| Broken {
        ad,
        there,
        promised: shown(promised),
        delivered: shown(delivered),
        confidence: Confidence::Medium,
    })
}

/// The last day named in a text, as month and day.
fn last_day(text: &str) -> Option<(u32, u32)> {
    let digits = |text: &str| text.rsplit(|c: char| !c.is_ascii_digit()).next().and_then(|n| n.parse::<u32>().ok());
    let mut last = None;
    for (at, _) in text.match_indices('月') {
        let rest = &text[at + '月'.len_utf8()..];
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let day = rest[..end].parse().ok().filter(|_| rest[end..].starts_with(['日', '号']));
        if let (Some(month), Some(day)) = (digits(&text[..at]), day) {
            last = Some((month, day));
        }
    }
    last
}

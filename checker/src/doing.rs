//! How soon something is done, as ad and page say: the work, the delivery, the payment.

use model::statement::Statement;

use crate::about::clause;
use crate::aside::{all_of, is_aside};
use crate::check::Sides;
use crate::measure::{Amount, amounts, times};
use crate::named::OfOneSort;
use crate::side::PageSide;
use crate::words::Words;

/// What is done, each by its words.
const DEEDS: &[&str] = &["doing-work", "doing-delivery", "doing-payout"];

/// The term lists that it needs.
pub(crate) const TERMS: &[&str] =
    &["doing-work", "doing-delivery", "doing-payout", "doing-same-day", "doing-next-day", "doing-noise"];

/// Working days, a day more or less, and rounding are no difference. Share of the promised time, and days.
const SLACK: (f64, f64) = (0.5, 1.0);
/// A label of a row is no longer. Characters.
const LONGEST_LABEL: usize = 8;

/// The page's time for what the ad says is done sooner, where no time there keeps the ad's.
pub(crate) fn later<'a>(page: &'a PageSide<'a>, sides: &'a Sides<'a>) -> Option<OfOneSort<'a>> {
    let words = sides.words;
    DEEDS.iter().find_map(|deed| {
        let promised = takes(sides.ad.statements, deed, words);
        let (_, ad, soon) = promised.iter().min_by(|a, b| a.2.value.total_cmp(&b.2.value))?;
        let pages = || all_of(page, sides);
        let told: Vec<_> = pages()
            .flat_map(|side| {
                let found = takes(side.side.statements, deed, words).into_iter();
                found.filter(move |(at, ..)| !is_aside(side, *at, words))
            })
            .collect();
        // Whatever else the page says of just this time may be of this.
        let named = pages().flat_map(|side| side.side.statements.iter().flat_map(|said| times(&said.normal.text)));
        let kept = named.map(|time| time.value).any(|days| (days - soon.value).abs() < 0.5);
        let most = soon.value * (1.0 + SLACK.0) + SLACK.1;
        let (_, there, long) = told.iter().min_by(|a, b| a.2.value.total_cmp(&b.2.value))?;
        let shown = |text: &str, time: &Amount| text[time.bytes.clone()].to_owned();
        (long.value > most && !kept).then(|| OfOneSort {
            ad,
            promised: shown(&ad.normal.text, soon),
            there,
            delivered: shown(&there.normal.text, long),
        })
    })
}

/// The times that one deed takes: its word in the same clause, or in the label of the row.
fn takes<'a>(statements: &'a [Statement], deed: &'static str, words: &Words) -> Vec<(usize, &'a Statement, Amount)> {
    let mut found = Vec::new();
    for (at, said) in statements.iter().enumerate() {
        let text = &said.normal.text;
        let label = at.checked_sub(1).map(|before| &statements[before]);
        let labelled = label
            .is_some_and(|label| label.text.chars().count() <= LONGEST_LABEL && words.has(deed, &label.normal.text));
        for time in times(text).into_iter().chain(soon(text, words)) {
            let part = clause(text, time.bytes.clone());
            if (labelled || words.has(deed, part)) && !words.has("doing-noise", part) {
                found.push((at, said, time));
            }
        }
    }
    found
}

/// Times without a number of days: 「当天」, 「次日」, and many hours.
fn soon<'t>(text: &'t str, words: &'t Words) -> impl Iterator<Item = Amount> + 't {
    /// Fewer hours are for how long something goes on, or is open.
    const SHORTEST: f64 = 12.0 / 24.0;
    const A_DAY: f64 = 24.0 * 60.0;
    let named = [("doing-same-day", 1.0), ("doing-next-day", 2.0)].into_iter().flat_map(|(term, value)| {
        let found = words.term(term).find_iter(text);
        found.map(move |found| Amount { sort: "days", value, pieces: false, bytes: found.range() })
    });
    let of_hours = amounts(text, false).into_iter().filter(|one| one.sort == "minutes");
    let hours = of_hours.map(|one| Amount { sort: "days", value: one.value / A_DAY, ..one });
    named.chain(hours.filter(|one| one.value >= SHORTEST))
}

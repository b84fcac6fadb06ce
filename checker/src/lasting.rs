//! For how long something holds: a price, a contract, a membership, a warranty, a trial, a right to return.

use model::statement::Statement;

use crate::measure::{Amount, times};
use crate::words::Words;

/// What a stretch of time is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    Price,
    Contract,
    Service,
    Warranty,
    Return,
    Trial,
}

/// Words by which one knows what a stretch of time is of. The first of those that stand equally near wins.
const KINDS: &[(&str, Of)] = &[
    ("period-contract", Of::Contract),
    ("period-warranty", Of::Warranty),
    ("period-return", Of::Return),
    ("period-trial", Of::Trial),
    ("period-price", Of::Price),
    ("period-service", Of::Service),
];

/// A contract is no shorter. Days; heuristic.
const SHORTEST_CONTRACT: f64 = 28.0;

/// The term lists that are needed to read them.
pub(crate) const TERMS: &[&str] = &[
    "period-contract",
    "period-warranty",
    "period-return",
    "period-trial",
    "period-price",
    "period-service",
    "period-noise",
    "period-elsewhere",
    "forever",
    "ever-means",
    "long-term",
    "no-contract",
    "price-rises",
    "leaving-costs",
    "goes-on",
    "offer-ends",
];

/// A stretch of time where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Lasting<'a> {
    pub(crate) of: Of,
    pub(crate) days: f64,
    pub(crate) at: usize,
    pub(crate) statement: &'a Statement,
    bytes: std::ops::Range<usize>,
}

impl Lasting<'_> {
    /// As written.
    pub(crate) fn shown(&self) -> &str {
        let text = &self.statement.normal.text;
        let chars =
            crate::claims::chars_before(text, self.bytes.start)..crate::claims::chars_before(text, self.bytes.end);
        self.statement.normal.shown(&self.statement.text, chars)
    }
}

/// The stretches of time of a side, with what each is of; those of nothing known are left out.
pub(crate) fn all<'a>(statements: &'a [Statement], words: &Words) -> Vec<Lasting<'a>> {
    // Where nothing is bought, what is given is the offer itself; else for how long it lasts is a matter of the gift.
    let bought = statements.iter().any(|said| !said.prices.is_empty() || words.has("gift-deal", &said.normal.text));
    let mut found = Vec::new();
    for (at, statement) in statements.iter().enumerate() {
        let text = &statement.normal.text;
        for time in times(text) {
            let label = at.checked_sub(1).map_or("", |at| label(&statements[at]));
            // Nobody is bound for a week: it takes as long to sign.
            let kind = kind(text, &time, label, bought, words);
            if let Some(of) = kind.filter(|of| *of != Of::Contract || time.value >= SHORTEST_CONTRACT) {
                found.push(Lasting { of, days: time.value, at, statement, bytes: time.bytes });
            }
        }
    }
    found
}

/// Where a side says that its word of ever means some length of time: 「终身指三年」, "lifetime means thirty-six months".
pub(crate) fn ever_meant<'a>(statements: &'a [Statement], words: &Words) -> Option<Lasting<'a>> {
    statements.iter().enumerate().find_map(|(at, statement)| {
        let text = &statement.normal.text;
        let ever = words.find("forever", text)?;
        let meant = |time: &Amount| {
            let between = text.get(ever.end..time.bytes.start);
            between.is_some_and(|between| !between.contains(['。', ';']) && words.has("ever-means", between))
        };
        let time = times(text).into_iter().find(meant)?;
        Some(Lasting { of: Of::Service, days: time.value, at, statement, bytes: time.bytes })
    })
}

/// The text of a short statement, which may head the row that the next one stands in.
pub(crate) fn label(statement: &Statement) -> &str {
    const LONGEST: usize = 8;
    if statement.text.chars().count() <= LONGEST { &statement.normal.text } else { "" }
}

/// The kind whose word stands nearest within the clause; without one, what the label of the row says.
fn kind(text: &str, time: &Amount, label: &str, bought: bool, words: &Words) -> Option<Of> {
    let mark = |c: char| matches!(c, ',' | '。' | ';' | '!' | '?' | '\n' | '|' | '+' | '、' | '(' | ')');
    let before = text[..time.bytes.start].rsplit(mark).next().unwrap_or_default();
    let after = text[time.bytes.end..].split(mark).next().unwrap_or_default();
    let own = &text[time.bytes.clone()];
    // What stands farther away speaks of something else: 「42天月子餐,每天六顿」. Characters.
    const NEAR: usize = 8;
    let close = after.char_indices().nth(NEAR).map_or(after, |(at, _)| &after[..at]);
    let gift = words.has("gift-verb", before) && (bought || !words.has("period-service", after));
    if gift || words.has("period-noise", before) || words.has("period-noise", close) {
        return None;
    }
    if own.ends_with('卡') {
        return Some(Of::Service);
    }
    let near = |(term, of): &(&'static str, Of)| {
        let ahead = words.term(term).find_iter(before).last().map(|found| before[found.end()..].chars().count());
        // What follows says more than what stands before: 「送1年质保」.
        let behind = words.term(term).find(after).map(|found| after[..found.start()].chars().count());
        let distance = ahead.into_iter().chain(behind).min()?;
        Some((distance, *of))
    };
    let nearest = KINDS.iter().filter_map(near).min_by_key(|(distance, _)| *distance).map(|(_, of)| of);
    nearest.or_else(|| KINDS.iter().find(|(term, _)| words.has(term, label)).map(|(_, of)| *of))
}

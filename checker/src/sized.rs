//! How much and how many: the amounts by which an ad and a page describe what they sell, and which of them agree.

use std::ops::Range;

use model::finding::Confidence;
use model::statement::{Role, Statement};

use crate::about::{alike, clause};
use crate::aside::{all_of, is_aside};
use crate::check::Sides;
use crate::claims::chars_before;
use crate::measure::{Amount, amounts, same};
use crate::side::{PageSide, Side, in_a_note};
use crate::words::Words;

/// Rounding that is no difference. Share of the promised amount.
const ROUNDING: f64 = 0.01;
/// Of data one counts 1000 or 1024 to the next unit. Share.
const OF_DATA: f64 = 0.03;
/// Parts of one whole stand so many statements apart at most. Heuristic.
const REACH: usize = 4;
/// Statements of two pages are no neighbours: those of the second are counted from here.
const APART: usize = 100_000;
/// Data for a few apps only matters from this share of what was promised on; from the second where the ad says nothing of
/// the sort 通用 or 高速. Heuristic.
const WORTH_TELLING: [f64; 2] = [0.05, 0.5];

/// An amount where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Measured<'a> {
    at: usize,
    pub(crate) statement: &'a Statement,
    /// What stands before it: the label of its row, perhaps.
    before: Option<&'a Statement>,
    amount: Amount,
}

impl<'a> Measured<'a> {
    /// The amounts by which a side describes what it sells.
    pub(crate) fn of(side: &Side<'a>, words: &Words) -> Vec<Self> {
        let all = Self::all(side, words);
        all.into_iter().filter(|one| !one.is_noise(words) && !one.is_range()).collect()
    }

    /// The amounts of a list of sizes, in which a trial size is one of them.
    pub(crate) fn listed(side: &Side<'a>, words: &Words) -> Vec<Self> {
        Self::all(side, words).into_iter().filter(|one| !one.is_range()).collect()
    }

    fn all(side: &Side<'a>, words: &Words) -> Vec<Self> {
        let data = side.statements.iter().any(|statement| words.has("spec-data", &statement.normal.text));
        let every = side.statements.iter().enumerate();
        every
            .flat_map(|(at, statement)| {
                let found = amounts(&statement.normal.text, data).into_iter();
                let before = at.checked_sub(1).map(|at| &side.statements[at]);
                found.map(move |amount| Self { at, statement, before, amount })
            })
            .collect()
    }

    /// Its part of the sentence: 「100G流量+送一年会员」 has two.
    fn clause(&self) -> &'a str {
        let text = &self.statement.normal.text;
        let whole = clause(text, self.amount.bytes.clone());
        let own = &text[self.amount.bytes.clone()];
        whole.split('+').find(|part| part.contains(own)).unwrap_or(whole)
    }

    /// Characters of its statement in normal form.
    pub(crate) fn chars(&self) -> Range<usize> {
        let text = &self.statement.normal.text;
        chars_before(text, self.amount.bytes.start)..chars_before(text, self.amount.bytes.end)
    }

    pub(crate) fn shown(&self) -> String {
        self.statement.normal.shown(&self.statement.text, self.chars()).to_owned()
    }

    fn is_noise(&self, words: &Words) -> bool {
        words.has("spec-noise", self.clause())
    }

    fn is_range(&self) -> bool {
        let text = &self.statement.normal.text;
        let (before, after) = (&text[..self.amount.bytes.start], &text[self.amount.bytes.end..]);
        before.ends_with(['-', '~', '至', '到', '/']) || after.starts_with(['-', '~', '至', '起', '以'])
    }

    pub(crate) fn value(&self) -> f64 {
        self.amount.value
    }

    pub(crate) fn is_of(&self, other: &Self) -> bool {
        self.amount.sort == other.amount.sort
    }

    fn tolerance(&self) -> f64 {
        if self.amount.sort == "data" { OF_DATA } else { ROUNDING }
    }

    /// Whether it is the same, in whatever unit or by whatever count of pieces.
    fn equals(&self, other: &Self) -> bool {
        (self.is_of(other) || self.amount.pieces && other.amount.pieces)
            && same(self.amount.value, other.amount.value, self.tolerance())
    }

    /// How many of them there are: 「500ml×12」.
    fn times(&self) -> Option<f64> {
        let rest = self.statement.normal.text[self.amount.bytes.end..].trim_start_matches(['(', ')', '装', ' ', '/']);
        let digits = rest.strip_prefix(['x', '×', '*'])?.trim_start();
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse().ok()
    }
}

/// What one visitor's pages say of amounts.
pub(crate) struct Offered<'a> {
    page: &'a PageSide<'a>,
    /// On this page and what unfolds of it, as what it sells.
    own: Vec<Measured<'a>>,
    /// Anywhere behind it too, and whatever for: reason enough to accuse nobody.
    all: Vec<Measured<'a>>,
}

impl<'a> Offered<'a> {
    pub(crate) fn of(page: &'a PageSide<'a>, sides: &'a Sides<'_>) -> Self {
        let parts = std::iter::once(page).chain(sides.unfolded_of(page.page)).chain(sides.next_of(page.page));
        // What unfolds is the page again, with more on it.
        let mut read = std::collections::BTreeSet::new();
        let mut own = Vec::new();
        for (part, side) in parts.enumerate() {
            let of_part = Measured::of(&side.side, sides.words).into_iter();
            let mut here: Vec<_> = of_part
                .filter(|one| {
                    !is_aside(side, one.at, sides.words) && !read.contains(one.statement.normal.text.as_str())
                })
                .map(|one| Measured { at: one.at + part * APART, ..one })
                .collect();
            own.append(&mut here);
            read.extend(side.side.statements.iter().map(|said| said.normal.text.as_str()));
        }
        let of = |side: &'a PageSide<'a>| {
            Measured::all(&side.side, sides.words).into_iter().filter(|one| !is_aside(side, one.at, sides.words))
        };
        let all = all_of(page, sides).flat_map(of).collect();
        Self { page, own, all }
    }

    /// What is left of the promised weight without box, ice or water, where one sentence tells both.
    fn net(&self, promised: &Measured<'_>, sides: &Sides<'_>) -> Option<&Measured<'a>> {
        /// What is less than this share of the promised weight is no mere wrapping. Heuristic.
        const WRAPPED: f64 = 0.8;
        let weighed = matches!(promised.amount.sort, "mass" | "volume");
        let told = sides.ad.statements.iter().any(|one| sides.words.has("spec-gross", &one.normal.text));
        let beside = |net: &&Measured<'a>| {
            let gross = |one: &Measured<'a>| std::ptr::eq(one.statement, net.statement) && one.equals(promised);
            net.is_of(promised)
                && net.amount.value < promised.amount.value * WRAPPED
                && sides.words.has("spec-gross", &net.statement.normal.text)
                && self.all.iter().any(gross)
        };
        self.all.iter().filter(|_| weighed && !told).find(beside)
    }

    /// The amount that is to be had instead of the promised one.
    pub(crate) fn instead_of(
        &self,
        promised: &Measured<'_>,
        others: &[Measured<'_>],
        sides: &Sides<'_>,
    ) -> Option<(&Measured<'a>, Confidence)> {
        if let Some(targeted) = self.targeted(promised, sides) {
            return Some((targeted, Confidence::High));
        }
        if let Some(net) = self.net(promised, sides) {
            return Some((net, Confidence::High));
        }
        if self.keeps(promised) {
            return None;
        }
        let told = |one: &Measured<'_>| others.iter().any(|other| other.equals(one));
        let less = |one: &&Measured<'a>| one.is_of(promised) && one.amount.value < promised.amount.value && !told(one);
        let tied = self.own.iter().filter(less).map(|one| (one, self.tie(promised, one, sides)));
        let (best, tie) = tied.max_by_key(|(_, tie)| *tie)?;
        // More than what was promised is to be had: of several sizes one may be.
        if self.own.iter().any(|one| one.is_of(promised) && one.amount.value > promised.amount.value) && tie < 3 {
            return None;
        }
        match tie {
            0 | 1 => None,
            2 => Some((best, Confidence::Medium)),
            _ => Some((best, Confidence::High)),
        }
    }

    /// How surely both amounts are of one thing: the words they share, and where the page's stands.
    fn tie(&self, promised: &Measured<'_>, there: &Measured<'_>, sides: &Sides<'_>) -> u8 {
        let words = sides.words;
        if promised.amount.sort == "percent" {
            let noun = words.term("spec-percent-noun").find(promised.clause());
            let same = noun.is_some_and(|noun| there.statement.normal.text.contains(noun.as_str()));
            return if same { 3 } else { 0 };
        }
        let label = || {
            words.has("spec-label", there.clause())
                || there.before.is_some_and(|before| {
                    before.text.chars().count() <= 8 && words.has("spec-label", &before.normal.text)
                })
        };
        let shown = matches!(there.statement.role, Role::Headline | Role::PageTitle | Role::Button)
            || !there.statement.prices.is_empty();
        let alike = alike(&promised.statement.normal.text, &there.statement.normal.text, words);
        // Sorts of amount of which a thing has one only need no name beside them.
        let own_sort = matches!(promised.amount.sort, "data" | "speed" | "battery" | "horse" | "节" | "课时" | "人餐");
        u8::from(alike) * 2 + u8::from(label()) * 2 + u8::from(shown) + u8::from(own_sort) * 2
    }

    /// Whether the promised amount is to be had: as it stands, as a sum of parts, or so many times a part.
    fn keeps(&self, promised: &Measured<'_>) -> bool {
        let wanted = promised.amount.value;
        let times = promised.times().unwrap_or(1.0);
        let near =
            |value: f64| same(value, wanted, promised.tolerance()) || same(value, wanted * times, promised.tolerance());
        let of_sort = || self.all.iter().filter(|one| one.is_of(promised));
        let pieces = || self.all.iter().filter_map(Measured::times).any(|count| promised.amount.pieces && near(count));
        self.all.iter().any(|one| one.equals(promised) || one.is_of(promised) && near(one.amount.value))
            || of_sort().any(|one| one.times().is_some_and(|times| near(one.amount.value * times)))
            || pieces()
            || self.sums(promised).any(near)
            || self.stands_alone(promised)
    }

    /// What the parts in one sentence, or in neighbouring ones, come to.
    fn sums(&self, promised: &Measured<'_>) -> impl Iterator<Item = f64> {
        let of_sort: Vec<_> = self.own.iter().filter(|one| one.is_of(promised)).collect();
        // 「共100G(80G+20G)」: a total is no part.
        let is_total = |one: &Measured<'_>| {
            let mut pairs = of_sort.iter().flat_map(|a| of_sort.iter().map(move |b| (a.amount.value, b.amount.value)));
            pairs.any(|(a, b)| a != b && same(a + b, one.amount.value, promised.tolerance()))
        };
        let of_sort: Vec<_> = of_sort.iter().filter(|one| !is_total(one)).collect();
        // The parts of a plan stand in rows of their own; pieces in two sentences are most often the same ones.
        let reach = if promised.amount.sort == "data" { REACH } else { 0 };
        let mut sums = Vec::new();
        for (first, one) in of_sort.iter().enumerate() {
            // The same amount again is most often the same part told again.
            let mut parts = vec![one.amount.value];
            for other in of_sort[first + 1..].iter().take_while(|other| other.at <= one.at + reach) {
                if !parts.contains(&other.amount.value) {
                    parts.push(other.amount.value);
                    sums.push(parts.iter().sum());
                }
            }
        }
        // 「第一章12节」「第二章28节」: all of them are the whole.
        if promised.amount.pieces {
            sums.push(of_sort.iter().map(|one| one.amount.value).sum());
        }
        sums.into_iter()
    }

    /// Whether the number stands by itself: in a cell of a table, its unit in another.
    fn stands_alone(&self, promised: &Measured<'_>) -> bool {
        let digits: String = promised.shown().chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
        !digits.is_empty()
            && self.page.side.statements.iter().any(|statement| {
                statement.normal.text.trim_matches(|c: char| !c.is_ascii_digit()) == digits
                    && statement.text.chars().count() <= digits.len() + 2
            })
    }

    /// The part of the promised data that is for a few apps or hours only, when the ad does not say so.
    fn targeted(&self, promised: &Measured<'_>, sides: &Sides<'_>) -> Option<&Measured<'a>> {
        let of_data = promised.amount.sort == "data";
        // What the ad itself only notes beside its large letters, it has not told.
        let noticed = || sides.ad.statements.iter().filter(|one| !in_a_note(one));
        let told = || noticed().any(|one| sides.words.has("spec-targeted", &one.normal.text));
        if !of_data || told() {
            return None;
        }
        let share = |one: &Measured<'a>| {
            let text = &one.statement.normal.text[one.amount.bytes.end..];
            let own = text.split(['+', ',', '。', ';', '、', ')', '和']).next().unwrap_or_default();
            let before = &one.statement.normal.text[..one.amount.bytes.start];
            let before = before.rsplit(['+', ',', '。', ';', '、', '(', '和']).next().unwrap_or_default();
            sides.words.says("spec-targeted", own) || sides.words.says("spec-targeted", before)
        };
        let (few, all): (Vec<_>, Vec<_>) =
            self.own.iter().filter(|one| one.is_of(promised)).partition(|one| share(one));
        let wanted = promised.amount.value;
        let near = |value: f64| same(value, wanted, OF_DATA);
        let general = sides.ad.statements.iter().any(|one| sides.words.says("spec-general", &one.normal.text));
        let share_told = if general { WORTH_TELLING[0] } else { WORTH_TELLING[1] };
        few.into_iter().find(|part| {
            let with_it = near(part.amount.value) || all.iter().any(|one| near(one.amount.value + part.amount.value));
            with_it && part.amount.value >= wanted * share_told
        })
    }
}

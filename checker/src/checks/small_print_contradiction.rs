//! Big words promise, small words beside them take it back.

use model::finding::{Confidence, Finding};
use model::statement::{Role, Statement};

use crate::about::alike;
use crate::aside::is_aside;
use crate::check::{Check, Sides};
use crate::exhibit;
use crate::narrowed::Promised;
use crate::side::{PageSide, in_a_note};
use crate::words::Words;

/// ## What it finds
/// A large claim on the page or in the ad (free, unlimited, for all, for ever, a per cent of effect, guaranteed, all
/// inclusive, the first, a price) and, in letters much smaller or paler, a note on the same matter that limits or denies it.
///
/// ## Why it misleads
/// Who reads at the size of the claim has read something that is not so.
///
/// ## Example
/// Large: 「全屋净化99%」 — small: 「*仅指××实验舱内××污染物」
///
/// ## What to do instead
/// Put the limit into the sentence that it limits, or take the sentence back to what holds.
///
/// ## What it leaves alone
/// Conditions in the claim's own sentence or size; notices that the trade must carry and that take nothing back (one a
/// person, pictures may differ, remote regions); small print about another matter.
#[derive(Debug)]
pub(super) struct SmallPrintContradiction;

/// Each matter: the claim's words, and those that take it back.
const MATTERS: &[(&str, &str)] = &[
    ("big-free", "small-not-free"),
    ("big-unlimited", "small-limited"),
    ("big-all", "small-not-all"),
    ("big-ever", "small-not-ever"),
    ("big-effect", "small-effect"),
    ("big-sure", "small-unsure"),
    ("big-inclusive", "small-exclusive"),
    ("big-rank", "small-rank"),
    (PRICE, "small-narrows"),
];
/// A price is taken back by a note that names the same sum.
const PRICE: &str = "big-price";
/// What is all in the price is taken back by whatever is charged beside it, in other words or not.
const INCLUSIVE: &str = "big-inclusive";

/// Letters of this height or lower are small. CSS pixels; heuristic, as for 显著.
const SMALL_PX: f64 = 13.0;
/// A note is small beside a claim that is at least so many times as high. Heuristic.
const TIMES_SMALLER: f64 = 1.5;
/// And plainly so from here on: the finding is then sure.
const MANY_TIMES_SMALLER: f64 = 1.9;
/// Letters paler than this are weak: WCAG's bound for normal text is 4.5, for large text 3.
const PALE: f64 = 3.0;

impl Check for SmallPrintContradiction {
    fn id(&self) -> &'static str {
        "small-print-contradiction"
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "big-free",
            "small-not-free",
            "big-unlimited",
            "small-limited",
            "big-all",
            "small-not-all",
            "big-ever",
            "small-not-ever",
            "big-effect",
            "small-effect",
            "big-sure",
            "small-unsure",
            "big-inclusive",
            "small-exclusive",
            "big-rank",
            "small-rank",
            "big-price",
            "small-narrows",
            "small-mark",
            "small-usual",
        ]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let on_pages = sides.landings().filter_map(|page| self.on_page(page, sides));
        let in_ad = sides.landings().filter_map(|page| self.in_ad(page, sides));
        on_pages.chain(in_ad).collect()
    }
}

impl SmallPrintContradiction {
    fn on_page(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let statements = page.side.statements;
        let asides = |at: usize| is_aside(page, at, sides.words);
        let pair = Pair::find(statements, &asides, sides.words)?;
        // For what the price is may be told in the ad.
        if pair.matter == PRICE && Promised::by(sides).tells(&pair.small.normal.text, sides.words) {
            return None;
        }
        // The ad's own word on the matter, if it has one.
        let mut same = sides.ad.statements.iter().filter(|s| sides.words.says(pair.matter, &s.normal.text));
        let promised = same.next().and_then(exhibit::said_by_ad).unwrap_or_else(|| exhibit::main_promise(sides));
        Some(
            Finding::of(self.id())
                .promised(promised)
                .delivered(exhibit::said_by_page(pair.small, None)?)
                .sure(pair.confidence())
                .fact("claim", &pair.big.text)
                .fact("claim_font_px", pair.big.visibility.font_px)
                .fact("note_font_px", pair.small.visibility.font_px)
                .also(exhibit::said_by_page(pair.big, None)?),
        )
    }

    fn in_ad(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let pair = Pair::find(sides.ad.statements, &|_| false, sides.words)?;
        // Where the page speaks of it; else its first words.
        let mut statements = page.side.statements.iter().filter(|one| one.role != Role::PageTitle);
        let first = statements.clone().next()?;
        let speaks = |one: &&Statement| sides.words.says(pair.matter, &one.normal.text);
        let there = statements.find(speaks).unwrap_or(first);
        Some(
            Finding::of(self.id())
                .promised(exhibit::said_by_ad(pair.big)?)
                .delivered(exhibit::said_by_page(there, None)?)
                .sure(pair.confidence())
                .fact("claim", &pair.big.text)
                .fact("note", &pair.small.text)
                .also(exhibit::said_by_ad(pair.small)?),
        )
    }
}

/// A claim and the note that takes it back.
struct Pair<'a> {
    matter: &'static str,
    big: &'a Statement,
    small: &'a Statement,
    /// The note marks itself as one.
    marked: bool,
}

impl<'a> Pair<'a> {
    fn find(statements: &'a [Statement], aside: &dyn Fn(usize) -> bool, words: &Words) -> Option<Self> {
        MATTERS.iter().find_map(|(matter, back)| {
            let takes_back = |(at, small): (usize, &'a Statement)| {
                let text = &small.normal.text;
                let back = words.has(back, text) && !words.has("small-usual", text) && !words.has("notice", text);
                (back && !aside(at)).then_some(small)
            };
            let mut notes = statements.iter().enumerate().filter_map(takes_back);
            notes.find_map(|small| {
                let claims = statements.iter().enumerate().filter(|(at, big)| {
                    words.says(matter, &big.normal.text) && !words.has(back, &big.normal.text) && !aside(*at)
                });
                let pair = |big: &'a Statement| Self {
                    matter,
                    big,
                    small,
                    marked: words.has("small-mark", &small.normal.text),
                };
                let mut pairs = claims.map(|(_, big)| pair(big)).filter(|pair| pair.belongs(words));
                // What stands readably under the price of a picture is told with it.
                let told = |pair: &Self| pair.matter == PRICE && small.ad_place().is_some() && !in_a_note(small);
                let smaller = |pair: &Self| pair.times_smaller().is_some_and(|times| times >= TIMES_SMALLER);
                pairs.find(|pair| pair.beside() && smaller(pair) && !told(pair))
            })
        })
    }

    /// Whether the note speaks of the claim: marked as one to it, or with a word or number of it.
    fn belongs(&self, words: &Words) -> bool {
        let (big, small) = (&self.big.normal.text, &self.small.normal.text);
        let star = self.marked && (big.contains(['*', '※', '†']) || self.big.role == Role::Headline);
        let number = |text: &str| {
            text.split(|c: char| !c.is_ascii_digit()).filter(|n| n.len() > 1).map(str::to_owned).collect::<Vec<_>>()
        };
        let same_number = || number(big).iter().any(|one| number(small).contains(one));
        match self.matter {
            PRICE => same_number(),
            INCLUSIVE => true,
            _ => star || alike(big, small, words) || same_number(),
        }
    }

    /// Whether both are seen together: on one page; in a video, at one time; not the speech beside the picture.
    fn beside(&self) -> bool {
        let (Some(one), Some(other)) = (self.big.ad_place(), self.small.ad_place()) else {
            return self.big.ad_place().is_none() && self.small.ad_place().is_none();
        };
        let during = one.at_s.zip(other.until_s).is_none_or(|(from, until)| from <= until)
            && other.at_s.zip(one.until_s).is_none_or(|(from, until)| from <= until);
        one.source == other.source && during
    }

    /// How many times as high the claim's letters are; pale or hurried notes count as twice as small.
    fn times_smaller(&self) -> Option<f64> {
        let (big, small) = (&self.big.visibility, &self.small.visibility);
        let weak = small.contrast.is_some_and(|contrast| contrast < PALE) || small.hurried;
        let (one, other) = match (big.font_px.zip(small.font_px), big.relative.zip(small.relative)) {
            (Some(heights), _) | (None, Some(heights)) => heights,
            (None, None) => big.frame_share.zip(small.frame_share)?,
        };
        let on_page = small.font_px.is_none_or(|px| px <= SMALL_PX || self.small.ad_place().is_some());
        let factor = if weak { 2.0 } else { 1.0 };
        (on_page || weak).then(|| one / other.max(f64::MIN_POSITIVE) * factor)
    }

    fn confidence(&self) -> Confidence {
        let plainly = self.times_smaller().is_some_and(|times| times >= MANY_TIMES_SMALLER);
        if plainly && self.marked { Confidence::High } else { Confidence::Medium }
    }
}

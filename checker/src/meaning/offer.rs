//! What sort of thing is offered to one visitor and not to the other.

use model::difference::{About, Difference};
use model::finding::Confidence;
use model::statement::{Role, Statement};

use super::pair::{Pair, Part};
use super::sight::{Meaning, Shown};
use crate::asked::is_asked;
use crate::claims::{Standing, standings};
use crate::exhibit;
use crate::words::Words;

/// A page is for a kind when it speaks for it this much, in two words; a word of weight 1.0 says a kind by itself.
const PLAIN: f64 = 1.5;
/// One plain word is enough on a page that sells.
const PLAIN_IF_SOLD: f64 = 1.0;
/// The other visitor is offered it too when it makes up this share of what their pages speak of …
const SHARE: f64 = 0.25;
/// … or when they speak of it this strongly, measured by the first one's.
const NEARLY: f64 = 0.4;
/// A page of so many kinds, the first of which is no more than this share, is a shop of everything.
const EVERYTHING: (usize, f64) = (4, 0.4);
/// A page without a kind of its own tells of the same thing when it repeats this share of the other's headings.
const ALIKE: f64 = 0.5;

/// What one side offers.
struct Offered<'a> {
    /// Statements that will be there at the next look, of the pages compared.
    statements: Vec<&'a Statement>,
    /// What those speak for, strongest first.
    said: Vec<Standing>,
    /// What all pages of the visitor speak for.
    known: Vec<Standing>,
    /// What the page is for: what it takes money for, before what it speaks of most.
    mains: Vec<Standing>,
    sells: bool,
}

pub(super) fn difference(pair: &Pair<'_, '_>) -> Option<Difference> {
    let sides = pair.sides.map(|side| Offered::of(side, pair.behind, pair.words));
    let lacking = |me: usize| sides[me].mains.iter().position(|main| !sides[1 - me].knows(main, pair.words));
    let missing = [lacking(0), lacking(1)];
    let confidence = match (sides[0].mains.first(), sides[1].mains.first()) {
        (Some(_), Some(_)) => match missing {
            [None, None] => return None,
            [Some(_), Some(_)] if sides.iter().any(|side| side.sells) => Confidence::High,
            _ => Confidence::Medium,
        },
        (None, None) => return None,
        (one, _) => {
            let me = usize::from(one.is_none());
            missing[me]?;
            let says_nothing_of_it = sides[me].sells
                && pair.same_script()
                && pair.is_rich(1 - me)
                && !pair.sides[1 - me].partly
                && !pair.sends_to_phone(1 - me)
                && !heads_alike(pair.sides[me], pair.sides[1 - me]);
            if !says_nothing_of_it {
                return None;
            }
            Confidence::Medium
        }
    };
    let parts = [0, 1].map(|at| sides[at].part(missing[at].unwrap_or_default()));
    Some(pair.difference(About::Offer, confidence, parts))
}

impl<'a> Offered<'a> {
    fn of(meaning: &Meaning<'a>, behind: bool, words: &Words) -> Self {
        let statements: Vec<_> = meaning.said(behind).flat_map(|shown| shown.lasting()).collect();
        let said = standings(statements.iter().copied().enumerate(), words);
        let known = standings(meaning.statements().enumerate(), words);
        let paid: Vec<&str> = meaning.said(behind).flat_map(|shown| paid(shown, words)).collect();
        let sells = !paid.is_empty() || meaning.takes_orders(behind, words);
        let mains = mains(&said, &paid, sells, words);
        Self { statements, said, known, mains, sells }
    }

    fn knows(&self, main: &Standing, words: &Words) -> bool {
        let together = |other: &&Standing| words.together(&other.kind, &main.kind);
        let there: f64 = self.known.iter().filter(together).map(|standing| standing.score).sum();
        let all: f64 = self.known.iter().map(|standing| standing.score).sum();
        self.said.first().is_some_and(|top| together(&top))
            || (there > 0.0 && there >= SHARE * all)
            || there >= NEARLY * main.score
    }

    /// The side as a reader is shown it, at one of the things that it is for.
    fn part(&self, main: usize) -> Part {
        let Some(main) = self.mains.get(main) else { return Part::default() };
        let statement = self.statements.get(main.best);
        Part {
            shown: self.mains.iter().map(|main| main.kind.0.clone()).collect(),
            place: statement.and_then(|statement| exhibit::said_by_page(statement, None)),
        }
    }
}

/// The sentences in which a page asks for money.
fn paid<'s>(shown: &'s Shown<'_>, words: &'s Words) -> impl Iterator<Item = &'s str> {
    let asked = shown.lasting_sums().filter(|sum| sum.price.cents > 0 && is_asked(sum, &shown.side, words));
    asked.map(|sum| sum.statement.normal.text.as_str())
}

/// The kinds a page is for.
fn mains(said: &[Standing], paid: &[&str], sells: bool, words: &Words) -> Vec<Standing> {
    let Some(top) = said.first() else { return Vec::new() };
    let all: f64 = said.iter().map(|standing| standing.score).sum();
    let kinds = said.iter().filter(|standing| standing.score >= PLAIN_IF_SOLD).count();
    let everything = kinds >= EVERYTHING.0 && top.score < EVERYTHING.1 * all;
    let plain = (top.score >= PLAIN && top.words >= 2) || (top.score >= PLAIN_IF_SOLD && sells);
    if !plain || everything {
        return Vec::new();
    }
    let enough = |one: &&Standing| one.score >= PLAIN_IF_SOLD && one.score >= NEARLY * top.score;
    let (mut mains, rest): (Vec<_>, Vec<_>) = said.iter().filter(enough).cloned().partition(|standing| {
        paid.iter().any(|text| words.strength(text, &standing.family) > 0.0) // a lure stands without a price
    });
    mains.extend(rest.into_iter().find(|standing| standing.family == top.family));
    mains
}

/// Whether the other side repeats what stands largest on this one.
fn heads_alike(me: &Meaning<'_>, other: &Meaning<'_>) -> bool {
    let headings = me.landing().side.page.statements.iter().filter(|said| {
        matches!(said.role, Role::PageTitle | Role::Headline) // what a page calls itself
    });
    let heads: String = headings.map(|said| said.normal.text.as_str()).collect::<Vec<_>>().join("\n");
    let whole: String = other.statements().map(|said| said.normal.text.as_str()).collect::<Vec<_>>().join("\n");
    let letters: Vec<char> = heads.chars().collect();
    let twos = letters.windows(2).filter(|two| two.iter().all(|c| c.is_alphanumeric()));
    let twos: Vec<String> = twos.map(|two| two.iter().collect()).collect();
    let found = twos.iter().filter(|two| whole.contains(two.as_str())).count();
    !twos.is_empty() && found as f64 >= ALIKE * twos.len() as f64
}

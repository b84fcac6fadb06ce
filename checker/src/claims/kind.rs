//! What sort of thing is offered: words of a kind, and how strongly a whole side speaks for each kind.

use std::collections::{BTreeMap, BTreeSet};

use model::claim::{Claim, Offer, OfferKind};
use model::statement::{Role, Statement};

use super::chars_before;
use super::hearsay::is_warned_of;
use crate::words::Words;

/// The kinds named in one statement.
pub(super) fn read(statements: &[Statement], at: usize, words: &Words) -> Vec<Claim> {
    let text = &statements[at].normal.text;
    words
        .kinds_in(text)
        .into_iter()
        .map(|hit| Claim {
            statement: at,
            chars: chars_before(text, hit.bytes.start)..chars_before(text, hit.bytes.end),
            offer: Offer::Kind { kind: hit.kind },
        })
        .collect()
}

/// How strongly a side speaks for one family of kinds.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) family: String,
    /// The strongest kind of the family.
    pub(crate) kind: OfferKind,
    pub(crate) score: f64,
    /// How many different words of the family there are.
    pub(crate) words: usize,
    /// The statement that speaks for it most.
    pub(crate) best: usize,
}

/// Weighs every kind over some statements; strongest family first.
///
/// A word counts at most twice however often it stands there, or a long page would outweigh a plain word; titles,
/// headlines and buttons say more about what a page is for than its text.
pub(crate) fn standings<'a>(statements: impl Iterator<Item = (usize, &'a Statement)>, words: &Words) -> Vec<Standing> {
    let mut seen: BTreeMap<(OfferKind, String), u32> = BTreeMap::new();
    let mut kinds: BTreeMap<OfferKind, (f64, usize, f64)> = BTreeMap::new();
    for (at, statement) in statements {
        let text = &statement.normal.text;
        let mut here: BTreeMap<OfferKind, f64> = BTreeMap::new();
        for hit in words.kinds_in(text).into_iter().filter(|hit| !is_warned_of(text, hit.bytes.clone(), words)) {
            let count = seen.entry((hit.kind.clone(), text[hit.bytes.clone()].to_owned())).or_default();
            *count += 1;
            if *count <= 2 {
                *here.entry(hit.kind).or_default() += hit.weight * prominence(statement);
            }
        }
        for (kind, score) in here {
            let entry = kinds.entry(kind).or_insert((0.0, at, 0.0));
            entry.0 += score;
            if score > entry.2 {
                (entry.1, entry.2) = (at, score);
            }
        }
    }
    let mut families: BTreeMap<String, Standing> = BTreeMap::new();
    let mut strongest: BTreeMap<String, f64> = BTreeMap::new();
    let mut said: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (kind, word) in seen.into_keys() {
        said.entry(words.kind(&kind).family.clone()).or_default().insert(word);
    }
    for (kind, (score, best, _)) in kinds {
        let family = words.kind(&kind).family.clone();
        let top = strongest.entry(family.clone()).or_default();
        let standing = families.entry(family.clone()).or_insert_with(|| {
            let words = said.get(&family).map_or(0, BTreeSet::len);
            Standing { family: family.clone(), kind: kind.clone(), score: 0.0, words, best }
        });
        standing.score += score;
        if score > *top {
            *top = score;
            (standing.kind, standing.best) = (kind, best);
        }
    }
    let mut standings: Vec<_> = families.into_values().collect();
    standings.sort_by(|a, b| b.score.total_cmp(&a.score));
    standings
}

fn prominence(statement: &Statement) -> f64 {
    match statement.role {
        Role::PageTitle | Role::Headline | Role::Button => 1.3,
        Role::Text | Role::PictureText | Role::Speech => 1.0,
        Role::Link | Role::FieldLabel => 0.6,
    }
}

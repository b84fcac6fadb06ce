//! What visitors were shown, compared by meaning: what is offered, at what price, for which details, by whom.

mod again;
mod chance;
pub(crate) mod entity;
mod fate;
mod fields;
pub(crate) mod host;
mod offer;
mod pair;
mod price;
mod sight;

use model::case::Case;
use model::difference::Difference;

use crate::words::Words;
use pair::Pair;
use sight::Sight;

pub use again::{Again, seen_again};

/// In what the visitors of a case were shown different things; none of it repeated yet.
///
/// Each visitor is compared with the first one who came to a page. Other pictures, other words for the same, what
/// chance chooses, dates and stocks are no difference; what is told elsewhere on the other's pages is none either.
/// Of a page that was not read, or not whole, nothing is said but where the visitor came to.
pub fn differences(case: &Case, words: &Words) -> Vec<Difference> {
    let sights = sights(case, words);
    let Some(first) = sights.iter().find(|sight| sight.meaning.is_some()) else { return Vec::new() };
    let others = sights.iter().filter(|sight| sight.visitor() != first.visitor());
    others.flat_map(|other| between(first, other, words)).collect()
}

fn sights<'a>(case: &'a Case, words: &Words) -> Vec<Sight<'a>> {
    case.chains.iter().map(|chain| Sight::of(chain, case, words)).collect()
}

/// In what two visitors, or two looks of one, differ.
fn between(one: &Sight<'_>, other: &Sight<'_>, words: &Words) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut kin = false;
    if let (Some(a), Some(b)) = (&one.meaning, &other.meaning) {
        let pair = Pair::of([a, b], words);
        let offer = offer::difference(&pair);
        let another = offer.is_some();
        kin = entity::are_kin(&pair);
        found.extend(offer);
        found.extend(price::difference(&pair, another));
        found.extend(fields::difference(&pair, another));
        found.extend(entity::difference(&pair, another));
    }
    let fate = fate::difference([one, other], &found, kin);
    fate.into_iter().chain(found).collect()
}

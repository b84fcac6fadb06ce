//! The words of the lexicon that can be told by their sound.

use std::collections::BTreeSet;

use model::lexicon::Lexicon;

use super::super::is_han;

/// A longer word is a sentence.
const LONGEST: usize = 8;

/// Words of kinds that are nothing but Chinese characters, two at least: a single one sounds like too many others.
///
/// Those of terms are left out: what they say is about prices, conditions and denials, which nobody should guess.
pub(super) fn of(lexicon: &Lexicon) -> BTreeSet<String> {
    let words = lexicon.kinds.values().flat_map(|kind| kind.words.keys());
    words.filter(|word| word.chars().all(is_han) && (2..=LONGEST).contains(&word.chars().count())).cloned().collect()
}

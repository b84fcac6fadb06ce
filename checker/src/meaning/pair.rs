//! Two visitors' pages side by side.

use model::difference::{About, Difference};
use model::evidence::PagePlace;
use model::finding::{Confidence, Exhibit};
use model::statement::Role;
use model::units::Level;

use super::sight::Meaning;
use crate::words::Words;

/// A page of fewer characters than this shows too little for what it leaves out to mean anything.
const LITTLE: usize = 40;

/// The pages of two visitors.
pub(super) struct Pair<'p, 'a> {
    pub(super) sides: [&'p Meaning<'a>; 2],
    pub(super) words: &'p Words,
    /// Pages behind the landing page were read for both, and are compared as well.
    pub(super) behind: bool,
}

/// What one side shows of a matter.
#[derive(Default)]
pub(super) struct Part {
    pub(super) shown: Vec<String>,
    pub(super) place: Option<Exhibit<PagePlace>>,
}

impl<'p, 'a> Pair<'p, 'a> {
    pub(super) fn of(sides: [&'p Meaning<'a>; 2], words: &'p Words) -> Self {
        Self { sides, words, behind: sides.iter().all(|side| side.goes_behind()) }
    }

    /// Puts a difference together; a side that shows nothing of the matter shows its face.
    pub(super) fn difference(&self, about: About, confidence: Confidence, parts: [Part; 2]) -> Difference {
        let level = parts.iter().filter_map(|part| part.place.as_ref()).map(|exhibit| exhibit.place.level).max();
        let [one, other] = parts;
        Difference {
            about,
            visitors: self.sides.map(|side| side.landing().side.page.visitor.clone()),
            shown: [one.shown, other.shown],
            places: [one.place.or_else(|| self.sides[0].face()), other.place.or_else(|| self.sides[1].face())],
            level: level.unwrap_or(Level(1)),
            confidence,
            repeated: false,
            again: None,
        }
    }

    /// Whether a side says enough for what it does not say to mean something.
    pub(super) fn is_rich(&self, at: usize) -> bool {
        if self.sides[at].takes_orders(false, self.words) {
            return true;
        }
        let shown = self.sides[at].landing().side.page.statements.iter().filter(|said| said.role != Role::PageTitle);
        shown.map(|said| said.normal.text.chars().count()).sum::<usize>() >= LITTLE
    }

    /// Whether a side sends its visitor to a phone: the same offer, told otherwise.
    pub(super) fn sends_to_phone(&self, at: usize) -> bool {
        self.sides[at].says("scan-to-go", self.words)
    }

    /// Whether both are written in the same script: what one language's words find, another's may miss.
    pub(super) fn same_script(&self) -> bool {
        let [a, b] = self.sides.map(is_chinese);
        a == b
    }
}

fn is_chinese(meaning: &Meaning<'_>) -> bool {
    let (mut chinese, mut latin) = (0, 0);
    for ch in meaning.landing().side.page.statements.iter().flat_map(|said| said.normal.text.chars()) {
        chinese += usize::from(('\u{4e00}'..='\u{9fff}').contains(&ch));
        latin += usize::from(ch.is_ascii_alphabetic());
    }
    // A Chinese word has two characters, an English one five letters.
    chinese * 2 >= latin
}

//! Where a text is written so that people read it and filters do not.

use std::collections::BTreeMap;

use model::statement::{Disguise, DisguiseKind};

use super::{Glyph, letters};

/// More than these of one text are not told.
const MOST: usize = 200;

/// What the rules have undone so far, by the position in the shown text.
pub(super) struct Disguises(BTreeMap<u32, DisguiseKind>);

impl Disguises {
    /// Begins with what cannot be seen at all between two letters of the shown text.
    pub(super) fn new(shown: &str) -> Self {
        let mut found = BTreeMap::new();
        let mut hidden: Vec<u32> = Vec::new();
        let mut before = None;
        for (at, ch) in shown.chars().enumerate() {
            if letters::is_invisible(ch) {
                hidden.push(u32::try_from(at).unwrap_or(u32::MAX));
                continue;
            }
            let inside = before.is_some_and(char::is_alphanumeric) && ch.is_alphanumeric();
            found.extend(hidden.drain(..).filter(|_| inside).map(|at| (at, DisguiseKind::Invisible)));
            before = Some(ch);
        }
        Self(found)
    }

    /// Applies a rule, and notes what it changed or took away.
    pub(super) fn undone(
        &mut self,
        kind: DisguiseKind,
        glyphs: Vec<Glyph>,
        rule: fn(&[Glyph]) -> Vec<Glyph>,
    ) -> Vec<Glyph> {
        let after = rule(&glyphs);
        let mut left = after.iter().peekable();
        for glyph in glyphs {
            let now = left.next_if(|now| now.from == glyph.from);
            if now.is_none_or(|now| now.ch != glyph.ch) && is_disguise(kind, glyph.ch) {
                self.0.entry(glyph.from).or_insert(kind);
            }
        }
        after
    }

    /// Side by side ones of a kind as one, in the order of the text.
    pub(super) fn found(self) -> Vec<Disguise> {
        let mut found: Vec<Disguise> = Vec::new();
        for (at, kind) in self.0 {
            match found.last_mut().filter(|last| last.kind == kind && last.until == at) {
                Some(last) => last.until = at + 1,
                None => found.push(Disguise { kind, from: at, until: at + 1 }),
            }
        }
        found.truncate(MOST);
        found
    }
}

/// Spaces between letters are typography, 〇 and 零 are digits.
fn is_disguise(kind: DisguiseKind, ch: char) -> bool {
    match kind {
        DisguiseKind::PulledApart => ch != ' ',
        DisguiseKind::LetterForDigit => ch == 'o',
        _ => true,
    }
}

//! Words that matter are written so that people read them and filters do not.

use model::finding::{Confidence, Finding};
use model::statement::{Disguise, DisguiseKind, ReadBy, Statement};

use crate::check::{Check, Sides};
use crate::claims::byte_of;
use crate::wording::{self, Said};

/// ## What it finds
/// Promises, prices, ways of contact and terms of payment written with look-alike or sound-alike characters, with signs
/// or invisible characters between their letters, with pinyin in brackets, or by a code word of the trade (「加卫星」).
///
/// ## Why it misleads
/// It is written past those who check ads: what may not be promised openly is promised so, and what must be said is
/// said so that no machine finds it.
///
/// ## Example
/// Ad: 「加薇❤领0·元流糧」
///
/// ## What to do instead
/// Write words as people write them.
///
/// ## What it leaves alone
/// Typography (spaces, hyphens, 「福·禄·寿」); traditional characters; names of brands; a page whose every word has its
/// pinyin; the damage that copying or a mirror did to words of no weight; what was only recognised in a picture.
#[derive(Debug)]
pub(super) struct ObfuscatedText;

/// A disguise that hits weighty words no more often than this was made by chance, or for learners. Share of all.
const TARGETED: f64 = 0.34;

impl Check for ObfuscatedText {
    fn id(&self) -> &'static str {
        "obfuscated-text"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["evaded", "evading-code-word", "denied-before", "warned", "reviews-heading", "reviewer"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let disguised = disguised(sides);
        let coded = Said::all("evading-code-word", sides);
        let sure = match (sureness(&disguised), coded.is_empty()) {
            (Some(sure), _) => sure,
            (None, false) => Confidence::Medium,
            (None, true) => return Vec::new(),
        };
        let said: Vec<_> = disguised.into_iter().map(|(said, _)| said).chain(coded).collect();
        wording::finding(self.id(), &said, sides, sure).into_iter().collect()
    }
}

/// The weighty words that a disguise lies in, each with its kind; only kinds that aim at such words.
fn disguised<'a>(sides: &'a Sides<'a>) -> Vec<(Said<'a>, DisguiseKind)> {
    let pages = sides.pages.iter().flat_map(|page| page.side.statements.iter().map(move |s| (Some(page), s)));
    let all: Vec<_> = sides.ad.statements.iter().map(|s| (None, s)).chain(pages).collect();
    let hits: Vec<_> = (all.iter())
        .flat_map(|&(page, statement)| {
            statement.normal.disguises.iter().filter_map(move |disguise| {
                let bytes = weighty(statement, disguise, sides)?;
                if wording::is_denied(&statement.normal.text, bytes.start, sides.words) {
                    return None;
                }
                Some((Said { statement, bytes, page }, disguise.kind))
            })
        })
        .collect();
    let count = |kind| all.iter().flat_map(|(_, s)| &s.normal.disguises).filter(|d| d.kind == kind).count();
    let aimed = |kind: DisguiseKind| {
        let weighty = hits.iter().filter(|(_, hit)| *hit == kind).count();
        #[expect(clippy::cast_precision_loss, reason = "a page has few disguises")]
        let share = weighty as f64 / count(kind).max(1) as f64;
        share >= TARGETED
    };
    hits.iter().filter(|(_, kind)| aimed(*kind)).cloned().collect()
}

/// Where the weighty word stands that a disguise lies in; bytes of the normal form.
fn weighty(statement: &Statement, disguise: &Disguise, sides: &Sides<'_>) -> Option<std::ops::Range<usize>> {
    let normal = &statement.normal;
    let found = sides.words.term("evaded").find_iter(&normal.text).map(|found| found.range());
    found.into_iter().find(|range| {
        let first = normal.text[..range.start].chars().count();
        let last = normal.text[..range.end].chars().count().saturating_sub(1);
        let (Some(&from), Some(&until)) = (normal.origin.get(first), normal.origin.get(last)) else { return false };
        debug_assert!(byte_of(&normal.text, first) == range.start);
        from <= disguise.from && disguise.until <= until + 1
    })
}

/// How sure it is that it was done on purpose; none when nothing was.
fn sureness(hits: &[(Said<'_>, DisguiseKind)]) -> Option<Confidence> {
    let sure = |(said, kind): &(Said<'_>, DisguiseKind)| {
        let recognised = matches!(said.statement.read_by, ReadBy::Ocr(sure) if sure < 1.0);
        match kind {
            // A recogniser confuses letters, and sees marks that are none.
            _ if recognised => Confidence::Low,
            // What copying leaves behind: only many of them are a purpose.
            DisguiseKind::Invisible if hits.len() < 2 => Confidence::Low,
            DisguiseKind::Invisible | DisguiseKind::LetterForDigit => Confidence::Medium,
            _ => Confidence::High,
        }
    };
    hits.iter().map(sure).max()
}

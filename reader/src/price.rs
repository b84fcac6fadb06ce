//! Sums of money in a text, before anyone asks what they are for.

mod amount;
mod english;
mod kind;
mod numeral;
mod period;

use std::ops::Range;

use model::statement::{PriceKind, PriceTag};
use model::units::Period;

use amount::Amount;
use kind::Beside;

/// Gives the sums of money in a text in normal form, in the order of the text.
///
/// `struck` is left false: only the caller knows how the text looks, and tells it with `strike`.
pub fn tags(normal: &str) -> Vec<PriceTag> {
    let amounts = amount::all(normal);
    let mut tags: Vec<PriceTag> = Vec::with_capacity(amounts.len());
    let mut chars = Chars::new(normal);
    let (mut beside, mut ends) = (Vec::with_capacity(amounts.len()), 0);
    for (at, amount) in amounts.iter().enumerate() {
        // A period never reaches into the next amount, nor back into the one before.
        let floor = at.checked_sub(1).map_or(0, |i| amounts[i].bytes.end);
        let ceiling = amounts.get(at + 1).map_or(normal.len(), |next| next.bytes.start);
        let tag = read(normal, amount, floor..ceiling);
        let floor = tags.last().map_or(0, |_| ends);
        ends = tag.bytes.end;
        beside.push(Beside::of(normal, tag.bytes.clone(), floor..ceiling));
        tags.push(PriceTag {
            chars: chars.at(tag.bytes.start)..chars.at(tag.bytes.end),
            cents: amount.cents,
            currency: amount.currency,
            per: tag.per,
            from: tag.from,
            struck: false,
            kind: PriceKind::default(),
            monthly_cents: None,
        });
    }
    share_within_ranges(&amounts, &mut tags);
    for (tag, beside) in tags.iter_mut().zip(&beside) {
        let (kind, per) = kind::of(beside, tag.per);
        (tag.kind, tag.monthly_cents) = (kind, kind::monthly(tag.cents, kind, per));
    }
    tags
}

/// Says of a sum that it is struck through: what it is compared with, not what is paid.
pub(crate) fn strike(tag: &mut PriceTag) {
    (tag.struck, tag.kind, tag.monthly_cents) = (true, PriceKind::Compared, None);
}

/// What stands around an amount.
struct Around {
    bytes: Range<usize>,
    per: Option<Period>,
    from: bool,
}

fn read(text: &str, amount: &Amount, room: Range<usize>) -> Around {
    let (mut start, mut end) = (amount.bytes.start, amount.bytes.end);
    let mut per = amount.per;
    let mut from = false;
    // 「29元起/月」 and 「29元/月起」 both occur.
    for _ in 0..2 {
        let rest = &text[end..room.end];
        if let Some(len) = period::from_after(rest) {
            from = true;
            end += len;
        } else if per.is_none()
            && let Some((period, len)) = period::after(rest)
        {
            per = Some(period);
            end += len;
        }
    }
    let before = &text[room.start..start];
    if per.is_none()
        && let Some((period, len)) = period::before(before)
    {
        per = Some(period);
        start -= len;
    }
    from |= period::from_before(before);
    Around { bytes: start..end, per, from }
}

/// In 「19-39元/月」 what is said of the second sum holds for the first.
fn share_within_ranges(amounts: &[Amount], tags: &mut [PriceTag]) {
    for at in (1..tags.len()).rev() {
        if amounts[at - 1].opens_range {
            let per = tags[at].per.or(tags[at - 1].per);
            tags[at].per = per;
            tags[at - 1].per = per;
        }
    }
}

/// Turns byte positions into character positions, asked in rising order for the most part.
struct Chars<'a> {
    text: &'a str,
    byte: usize,
    char: usize,
}

impl<'a> Chars<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, byte: 0, char: 0 }
    }

    fn at(&mut self, byte: usize) -> usize {
        if byte < self.byte {
            (self.byte, self.char) = (0, 0);
        }
        self.char += self.text[self.byte..byte].chars().count();
        self.byte = byte;
        self.char
    }
}

#[cfg(test)]
mod tests;

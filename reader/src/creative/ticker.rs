//! Texts that run through the picture: what was read of one while it was cut by an edge is no text of its own.

use model::units::Area;

use super::tracks::{Track, distance_within};

/// Pixels of the frame: a text that begins or ends so near to its edge may be cut by it.
const EDGE: f64 = 16.0;
/// Seconds that may lie between two readings of a running text.
const APART_S: f64 = 0.7;

/// The texts, each running one once: as it was read when most of it was seen. `width` is that of the frame.
pub(super) fn joined(tracks: Vec<Track>, width: f64) -> Vec<Track> {
    let mut out: Vec<Track> = Vec::new();
    for track in tracks {
        match out.iter_mut().rev().find(|before| is_one(before, &track, width)) {
            Some(before) => {
                let (from_s, last_s) = (before.from_s.min(track.from_s), before.last_s.max(track.last_s));
                if letters(&track) > letters(before) {
                    *before = track;
                }
                (before.from_s, before.last_s) = (from_s, last_s);
            }
            None => out.push(track),
        }
    }
    out
}

/// Whether two readings, one after the other, are of one text that runs along its row, and one of them is cut.
fn is_one(before: &Track, after: &Track, width: f64) -> bool {
    let (a, b) = (&before.line.area, &after.line.area);
    let next = (-APART_S..=APART_S).contains(&(after.from_s - before.last_s));
    let row = a.bottom().min(b.bottom()) - a.y.max(b.y) > 0.6 * a.h.min(b.h);
    let (short, long) = if letters(before) < letters(after) { (before, after) } else { (after, before) };
    next && row && is_cut(&short.line.area, width) && says(&long.line.text, &short.line.text)
}

fn is_cut(area: &Area, width: f64) -> bool {
    area.x <= EDGE || area.right() >= width - EDGE
}

/// Whether a part of a text reads like this one: a letter in four may differ, for the one at the edge is a half. A digit
/// may not: it is a different price.
fn says(whole: &str, part: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    if !digits(whole).contains(&digits(part)) {
        return false;
    }
    let (whole, part): (Vec<char>, Vec<char>) = (whole.chars().collect(), part.chars().collect());
    part.len() >= 2 && distance_within(&part, &whole) * 4 <= part.len().max(4)
}

fn letters(track: &Track) -> usize {
    track.line.text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_told_from_another_text() {
        let whole = "次月起29元每月自动续费，可随时退订";
        for part in ["次月起29元", "无每月自动续费，可随时退订", "卖费，可随时退订", "时退订"]
        {
            assert!(says(whole, part), "{part}");
        }
        for other in ["点击立即领取", "首月免费体验", "每年自动扣款", "次月起59元", "订"] {
            assert!(!says(whole, other), "{other}");
        }
    }
}

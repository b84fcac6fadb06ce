//! What is given on top of what is bought: its name, how many, how large, for how long.

use model::claim::{Claim, Gift, Offer};
use model::statement::Statement;

use super::chars_before;
use crate::measure::{amounts, times};
use crate::words::Words;

/// A name reaches no further. Characters.
const LONGEST: usize = 26;
/// A cell that only says that its neighbour is a gift is no longer. Characters.
const LONGEST_LABEL: usize = 6;

/// The gifts named in one statement.
pub(super) fn read(statements: &[Statement], at: usize, words: &Words) -> Vec<Claim> {
    let text = &statements[at].normal.text;
    let mut claims: Vec<Claim> = Vec::new();
    for found in words.term("gift-verb").find_iter(text) {
        // 「赠品」 in a cell of its own: the next one names it.
        let (named_at, start, rest) = match statements.get(at + 1) {
            Some(next) if is_label(text, found.end()) => (at + 1, 0, next.normal.text.as_str()),
            _ => (at, found.end(), &text[found.end()..]),
        };
        let before: String =
            text[..found.start()].chars().rev().take(6).collect::<Vec<_>>().into_iter().rev().collect();
        if found.is_empty()
            || words.has("gift-not-before", &before)
            || words.has("gift-none", rest)
            || words.has("negation", &before)
        {
            continue;
        }
        let end = rest.find([',', '。', ';', '!', '?', '|', '\n', '(', '、', '~', '.']).unwrap_or(rest.len());
        let end = rest.char_indices().nth(LONGEST).map_or(end, |(byte, _)| end.min(byte));
        // 「送手环+水杯」 are two gifts.
        let mut from = 0;
        let lead = found.as_str().chars().filter(char::is_ascii_digit).collect::<String>().parse().ok();
        for part in rest[..end].split(['+', '和', '及', '与', '/']) {
            let start = start + from;
            from += part.len() + rest[from + part.len()..].chars().next().map_or(0, char::len_utf8);
            if let Some(mut gift) = gift(part, words) {
                // "with 4 free brush heads": the number stands before.
                gift.pieces = gift.pieces.or(lead);
                let named = &statements[named_at].normal.text;
                let chars = chars_before(named, start)..chars_before(named, start + part.len());
                claims.push(Claim { statement: named_at, chars, offer: Offer::Gift(gift) });
            }
        }
    }
    claims.extend(taken_home(text, at, words));
    claims
}

/// A gift whose verb stands behind it, in the clause after the one that says for what: 「充五百,耳机带回家」.
fn taken_home(text: &str, at: usize, words: &Words) -> Option<Claim> {
    let verb = words.term("gift-verb-after").find(text)?;
    let mark = [',', '。', ';', '!', '?', '|', '\n'];
    let comma = text[..verb.start()].rfind(',')?;
    let (deal, name) = (&text[..comma], &text[comma + 1..verb.start()]);
    let deal = deal.rsplit(mark).next().unwrap_or(deal);
    let named = !name.contains(mark) && name.chars().count() <= LONGEST && words.has("gift-deal", deal);
    let gift = gift(name, words).filter(|_| named && !words.has("gift-verb", name))?;
    let chars = chars_before(text, comma + 1)..chars_before(text, verb.start());
    Some(Claim { statement: at, chars, offer: Offer::Gift(gift) })
}

/// Whether a cell says no more than that its neighbour is a gift; 「下单即赠」 says when there is one.
fn is_label(text: &str, end: usize) -> bool {
    text[end..].trim().is_empty()
        && text.chars().count() <= LONGEST_LABEL
        && (text.contains(['品', '礼']) || text.is_ascii())
}

/// The sum in a name: 「100元加油卡」.
fn worth(named: &str) -> Option<f64> {
    let number = |c: char| c.is_ascii_digit() || c == '.';
    let before = |at: usize| named[..at].rsplit(|c| !number(c)).next().and_then(|digits| digits.parse().ok());
    let after = |at: usize| {
        let rest = named[at..].trim_start_matches(['¥', '$', '£', '€']);
        rest.split(|c| !number(c)).next().and_then(|digits| digits.parse().ok())
    };
    named.find('元').and_then(before).or_else(|| named.find(['¥', '$', '£', '€']).and_then(after))
}

/// The gift that some words name, with its measures; none when they name nothing.
pub(crate) fn gift(named: &str, words: &Words) -> Option<Gift> {
    let amounts = amounts(named, named.contains("流量") || named.contains("gb"));
    let lasts = times(named);
    // What is left without its measures is what it is.
    let mut name = named.to_owned();
    let mut taken: Vec<_> = amounts.iter().chain(&lasts).map(|amount| amount.bytes.clone()).collect();
    taken.sort_by_key(|bytes| std::cmp::Reverse(bytes.start));
    for bytes in taken.into_iter().filter(|bytes| bytes.end <= named.len()) {
        if name.is_char_boundary(bytes.start) && bytes.end <= name.len() && name.is_char_boundary(bytes.end) {
            name.replace_range(bytes, " ");
        }
    }
    // 「烤盘三件套」 is 「烤盘」: what is left of a number of pieces names nothing.
    let left = [" 套", " 装", " 组", " 入"].iter().find_map(|left| name.trim_end().strip_suffix(left));
    let name = left.unwrap_or(&name).to_owned();
    let name = words.term("gift-filler").replace(&name, "");
    let name: String = name.chars().filter(|c| !c.is_ascii_digit() && !"¥$£€.:*×x".contains(*c)).collect();
    let name = name.trim().to_owned();
    // 「送一箱」 names nothing, and 「VIP」 nothing that can be found again.
    let counted = name.starts_with(['一', '二', '两', '三']) && name.chars().count() == 2;
    let long_enough = name.chars().count() >= if name.is_ascii() { 4 } else { 2 };
    (long_enough && !counted).then(|| Gift {
        name,
        pieces: amounts.iter().find(|amount| amount.pieces).map(|amount| amount.value),
        size: amounts.iter().find(|amount| !amount.pieces).map(|amount| (amount.sort.to_owned(), amount.value)),
        days: lasts.first().map(|time| time.value),
        worth: worth(named),
    })
}

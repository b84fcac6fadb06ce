//! What is told only to warn of it: 「见到“次月起29元/月”请停手」.

use std::ops::Range;

use model::statement::Statement;

use crate::words::Words;

/// Marks that open and close a quotation, in normal form.
const QUOTES: [(char, char); 6] = [('“', '”'), ('「', '」'), ('『', '』'), ('"', '"'), ('‘', '’'), ('《', '》')];

/// Whether some words of a statement are told to warn of them, or as what others do: its own sentence says so before them,
/// or it quotes them and says so anywhere; a cell that is one quotation is answered by the cell behind it.
pub(crate) fn is_hearsay(statements: &[Statement], at: usize, bytes: Range<usize>, words: &Words) -> bool {
    let text = &statements[at].normal.text;
    if is_warned_of(text, bytes.clone(), words) {
        return true;
    }
    let quoted_whole = is_quoted(text, &bytes) && QUOTES.iter().any(|(open, close)| whole(text, *open, *close));
    quoted_whole && statements.get(at + 1).is_some_and(|answer| words.has("denial", &answer.normal.text))
}

/// The same, as far as the one text tells.
pub(crate) fn is_warned_of(text: &str, bytes: Range<usize>, words: &Words) -> bool {
    if !words.has("warning", text) {
        return false;
    }
    let sentence = text[..bytes.start].rfind(['。', ';', '!', '\n']).map_or(0, |mark| mark + 1);
    let before = text.get(sentence..bytes.start).unwrap_or(&text[..bytes.start]);
    is_quoted(text, &bytes) || words.has("warning", before)
}

/// Whether some words are quoted to say that they do not hold: 「“包过”两个字,我们班里没有」.
pub(crate) fn is_quoted_to_deny(text: &str, bytes: &Range<usize>, words: &Words) -> bool {
    is_quoted(text, bytes) && words.has("denial", text)
}

/// Whether a mark of quotation was opened before the words and is closed behind them.
fn is_quoted(text: &str, bytes: &Range<usize>) -> bool {
    let (before, after) = (&text[..bytes.start], &text[bytes.end.min(text.len())..]);
    QUOTES.iter().any(|&(open, close)| {
        if open == close {
            return before.matches(open).count() % 2 == 1 && after.contains(close);
        }
        let opened = before.rfind(open).is_some_and(|mark| !before[mark..].contains(close));
        opened && after.contains(close)
    })
}

fn whole(text: &str, open: char, close: char) -> bool {
    let text = text.trim();
    text.starts_with(open) && text.ends_with(close)
}

//! Agreements named in running text: 《用户协议》, with or without a link.

use std::ops::Range;

use model::units::Area;

use super::lexicon::LEXICON;
use super::tree::Tree;

/// Characters between the marks; longer titles are none.
const MOST_TITLE: usize = 40;
/// Titles of one page.
const MOST: usize = 40;

/// A title, where it stands.
pub(super) struct Title {
    /// The text node.
    pub(super) node: usize,
    pub(super) words: String,
    pub(super) area: Area,
}

/// The titles of agreements in legible text.
pub(super) fn of(tree: &Tree<'_>) -> Vec<Title> {
    let texts = tree.all().filter(|&at| tree.is_legible(at));
    let titles = texts.flat_map(|at| {
        let text = tree.node(at).text.as_deref().unwrap_or_default();
        let letters: Vec<char> = text.chars().take(20_000).collect();
        spans(&letters)
            .into_iter()
            .filter_map(|span| {
                let words: String = letters[span.clone()].iter().collect();
                let area = part(tree, at, &span)?;
                LEXICON.agreement.say(&LEXICON.form(&words)).then_some(Title { node: at, words, area })
            })
            .collect::<Vec<_>>()
    });
    titles.take(MOST).collect()
}

/// Each stretch from 《 to 》, marks included.
fn spans(letters: &[char]) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut open = None;
    for (at, letter) in letters.iter().enumerate() {
        match (letter, open) {
            ('《', _) => open = Some(at),
            ('》', Some(start)) => {
                if at - start <= MOST_TITLE {
                    spans.push(start..at + 1);
                }
                open = None;
            }
            _ => {}
        }
    }
    spans
}

/// The box of the first line that holds letters of the span.
fn part(tree: &Tree<'_>, at: usize, span: &Range<usize>) -> Option<Area> {
    let node = tree.node(at);
    let line = node.lines.iter().find(|line| (line.start as usize) < span.end && span.start < line.end as usize);
    let Some(line) = line else { return node.area };
    let (start, end) = (line.start as usize, line.end as usize);
    let width = line.area.w / (end - start).max(1) as f64;
    let (from, to) = (span.start.max(start), span.end.min(end));
    Some(Area::new(line.area.x + (from - start) as f64 * width, line.area.y, (to - from) as f64 * width, line.area.h))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_cut_out_of_running_text() {
        let letters: Vec<char> = "同意《用户协议》和《隐私政策》，《未完".chars().collect();
        let found: Vec<String> = spans(&letters).into_iter().map(|span| letters[span].iter().collect()).collect();
        assert_eq!(found, ["《用户协议》", "《隐私政策》"]);
    }
}

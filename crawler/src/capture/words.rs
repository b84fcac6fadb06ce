//! When the words of a page came: at first, later, after it was scrolled through, or after something was pressed.

use model::snapshot::{After, Node, Part, Since};
use model::units::Millis;

/// Words that come later are kept no further than this; a page that says more is not judged.
const MOST_LINES: usize = 400;
const MOST_CHARS: usize = 40_000;
/// Fewer characters are found anywhere.
const LEAST_CHARS: usize = 2;

/// The words a document has shown so far.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// When something was to be read first, after the click.
    first: Option<Millis>,
    /// What was there then.
    at_first: String,
    later: Vec<(String, Since)>,
    chars: usize,
    /// Whether a look did not show all words, or there are too many to keep.
    partial: bool,
}

impl Words {
    /// Notes what a look has shown. `all` says whether the look shows all words of the page.
    pub(crate) fn note(&mut self, text: &str, all: bool, now: Millis, after: After) {
        self.partial |= !all;
        if text.trim().is_empty() || self.partial {
            return;
        }
        let Some(first) = self.first else {
            (self.first, self.at_first) = (Some(now), folded(text));
            return;
        };
        let since = Since { late_ms: Millis(now.0.saturating_sub(first.0)), after };
        for line in text.lines().map(folded).filter(|line| line.chars().any(char::is_alphabetic)) {
            if self.at_first.contains(&line) || self.later.iter().any(|(known, _)| known.contains(&line)) {
                continue;
            }
            self.chars += line.len();
            self.partial |= self.later.len() >= MOST_LINES || self.chars > MOST_CHARS;
            if self.partial {
                return;
            }
            self.later.push((line, since));
        }
    }

    /// Tells each text when it came. What was never seen before something was pressed came with that.
    pub(crate) fn date(&self, nodes: &mut [Node], part: Part, now: Millis) {
        let Some(first) = self.first.filter(|_| !self.partial) else { return };
        let pressed = Since { late_ms: Millis(now.0.saturating_sub(first.0)), after: After::Press };
        // A look sees neither what frames hold nor what a style says.
        let mut apart: Vec<bool> = Vec::with_capacity(nodes.len());
        for node in nodes {
            let above = node.parent.and_then(|parent| apart.get(parent as usize)).copied().unwrap_or_default();
            apart.push(above || node.tag == "iframe" || node.tag.starts_with("::"));
            let Some(text) = node.text.as_deref().map(folded).filter(|_| !above) else { continue };
            let telling = text.chars().count() >= LEAST_CHARS && text.chars().any(char::is_alphabetic);
            let seen = node.style.as_ref().is_some_and(|style| style.visible);
            if !telling || !seen || self.at_first.contains(&text) {
                continue;
            }
            let later = self.later.iter().find(|(line, _)| line.contains(&text)).map(|(_, since)| *since);
            node.since = later.or((part == Part::Unfolded).then_some(pressed));
        }
    }
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::snapshot::Style;

    fn dated(words: &Words, text: &str, part: Part) -> Option<Since> {
        let style = Style { visible: true, ..Style::default() };
        let mut nodes =
            vec![Node { tag: "#text".into(), text: Some(text.into()), style: Some(style), ..Node::default() }];
        words.date(&mut nodes, part, Millis(9_000));
        nodes[0].since
    }

    #[test]
    fn words_are_dated_from_the_first_words_of_the_page() {
        let mut words = Words::default();
        words.note("", true, Millis(500), After::Time);
        words.note("首月0元\n立即领取", true, Millis(1_000), After::Time);
        words.note("首月0元\n立即领取\n次月起29元", true, Millis(3_500), After::Time);
        words.note("首月0元\n立即领取\n次月起29元\n查看更多", true, Millis(4_000), After::Scroll);
        let since = |late, after| Some(Since { late_ms: Millis(late), after });
        assert_eq!(dated(&words, "立即领取", Part::Landing), None);
        assert_eq!(dated(&words, "次月起29元", Part::Landing), since(2_500, After::Time));
        assert_eq!(dated(&words, "查看更多", Part::Landing), since(3_000, After::Scroll));
        assert_eq!(dated(&words, "详细资费", Part::Landing), None);
        assert_eq!(dated(&words, "详细资费", Part::Unfolded), since(8_000, After::Press));
    }

    #[test]
    fn a_page_of_which_not_all_words_were_seen_is_not_dated() {
        let mut words = Words::default();
        words.note("首月0元", false, Millis(1_000), After::Time);
        words.note("首月0元\n次月起29元", true, Millis(2_000), After::Time);
        assert_eq!(dated(&words, "次月起29元", Part::Landing), None);
        let mut words = Words::default();
        words.note("首月0元", true, Millis(1_000), After::Time);
        let many: String = (0..MOST_LINES + 1).map(|n| format!("第{n}行\n")).collect();
        words.note(&many, true, Millis(2_000), After::Time);
        assert_eq!(dated(&words, "第3行", Part::Landing), None);
    }
}

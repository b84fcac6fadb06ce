//! The sentences that are learnt from: one a line, with its language, its senses and itself between tabs.

use std::collections::BTreeSet;

/// The author of sentences that nobody wrote as examples: those of pages, in the frequency in which they are met there.
pub(crate) const AS_MET: &str = "pages";

/// A sentence in normal form, with what it says, and who wrote it.
#[derive(Clone, Debug)]
pub struct Example<'a> {
    pub author: &'a str,
    pub text: &'a str,
    pub says: BTreeSet<&'a str>,
}

/// A line that is no example.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("line {line}: write `language TAB senses TAB sentence`, senses with commas between them or `-` for none")]
pub struct BadLine {
    /// From 1.
    line: usize,
}

/// What one author wrote.
pub fn examples<'a>(author: &'a str, text: &'a str) -> Result<Vec<Example<'a>>, BadLine> {
    let example = |(at, line): (usize, &'a str)| {
        let mut cells = line.split('\t');
        match (cells.next(), cells.next(), cells.next(), cells.next()) {
            (Some("zh" | "en"), Some(senses), Some(text), None) if !senses.is_empty() && !text.is_empty() => {
                Ok(Example { author, text, says: senses.split(',').filter(|sense| *sense != "-").collect() })
            }
            _ => Err(BadLine { line: at + 1 }),
        }
    };
    text.lines().enumerate().map(example).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_it_says() {
        let text = "zh\trenews,fee-each-period\t到点接着走,每月照扣12元\nen\t-\tOpen on Sundays\n";
        let read = examples("ash", text).expect("both lines are examples");
        assert_eq!(read[0].says, BTreeSet::from(["fee-each-period", "renews"]));
        assert_eq!((read[1].author, read[1].text, read[1].says.len()), ("ash", "Open on Sundays", 0));
    }

    #[test]
    fn a_bad_line_is_named() {
        for bad in
            ["en\t-\tone\nno tabs", "en\t-\tone\nfr\t-\tdeux", "en\t-\tone\nen\t\tno sense", "en\t-\tone\nen\t-\ta\tb"]
        {
            assert_eq!(examples("ash", bad).expect_err(bad), BadLine { line: 2 });
        }
    }
}

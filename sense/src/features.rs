//! The parts of a sentence by which senses are told: runs of up to four Chinese characters, and up to three words of Latin
//! letters. Numbers are all alike: what a sentence says does not hang on how much.

/// Buckets that parts are hashed into.
pub(crate) const BUCKETS: usize = 1 << 16;
/// Longer runs of Chinese characters are seldom met twice.
const LONGEST_RUN: usize = 4;
const LONGEST_PHRASE: usize = 3;
/// Letters of a word by which its forms are held together: `renews`, `renewal`.
const STEM: usize = 5;

/// The buckets of a sentence in normal form, each once, in order.
pub(crate) fn buckets(text: &str) -> Vec<u32> {
    let tokens = tokens(text);
    let mut buckets = Vec::new();
    let mut run: Vec<&Token<'_>> = Vec::new();
    for token in tokens.iter().chain([&Token::Gap]) {
        if matches!(token, Token::Letter(_) | Token::Number) {
            run.push(token);
            continue;
        }
        for from in 0..run.len() {
            let mut hash = Hash::of("run");
            for token in run[from..].iter().take(LONGEST_RUN) {
                hash.letter(token);
                buckets.push(hash.bucket());
            }
        }
        run.clear();
    }
    let words: Vec<&str> = tokens
        .iter()
        .filter_map(|token| match token {
            Token::Word(word) => Some(*word),
            Token::Number => Some("0"),
            _ => None,
        })
        .collect();
    for from in 0..words.len() {
        let mut hash = Hash::of("phrase");
        for word in words[from..].iter().take(LONGEST_PHRASE) {
            hash.word(word);
            buckets.push(hash.bucket());
        }
        if let Some(later) = words.get(from + 2) {
            let mut hash = Hash::of("around");
            hash.word(words[from]);
            hash.word(later);
            buckets.push(hash.bucket());
        }
        if let Some(stem) = words[from].get(..STEM) {
            let mut hash = Hash::of("stem");
            hash.word(stem);
            buckets.push(hash.bucket());
        }
    }
    buckets.sort_unstable();
    buckets.dedup();
    buckets
}

enum Token<'a> {
    /// A Chinese character, or a mark within a sentence: 「到点,接着走」.
    Letter(char),
    Word(&'a str),
    Number,
    Gap,
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let of = |is: fn(char) -> bool| rest.find(|c| !is(c)).unwrap_or(rest.len());
        let (token, length) = match first {
            '0'..='9' => (Token::Number, of(|c| c.is_ascii_digit() || matches!(c, '.' | ','))),
            'a'..='z' | 'A'..='Z' | '\'' => (Token::Word(&rest[..of(is_word)]), of(is_word)),
            '£' | '$' | '€' | '%' => (Token::Word(&rest[..first.len_utf8()]), first.len_utf8()),
            ',' | '。' | ';' | '!' | '?' | '、' | '\u{3400}'..='\u{9fff}' => (Token::Letter(first), first.len_utf8()),
            _ => (Token::Gap, first.len_utf8()),
        };
        tokens.push(token);
        rest = &rest[length..];
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '\''
}

/// FNV-1a: the same on every machine, and in the build as in the program.
struct Hash(u64);

impl Hash {
    fn of(sort: &str) -> Self {
        let mut hash = Self(0xcbf2_9ce4_8422_2325);
        hash.bytes(sort.as_bytes());
        hash
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn letter(&mut self, token: &Token<'_>) {
        match token {
            Token::Letter(c) => self.bytes(c.encode_utf8(&mut [0; 4]).as_bytes()),
            _ => self.bytes(b"0"),
        }
    }

    fn word(&mut self, word: &str) {
        self.bytes(b" ");
        for byte in word.bytes() {
            self.bytes(&[byte.to_ascii_lowercase()]);
        }
    }

    fn bucket(&self) -> u32 {
        // The upper bits are mixed best.
        ((self.0 ^ (self.0 >> 32)) as usize % BUCKETS) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_with_another_number_is_the_same_sentence() {
        assert_eq!(buckets("满 30 元可用"), buckets("满 1,299.00 元可用"));
        assert_eq!(buckets("then £4.99 a week"), buckets("Then £12 a week"));
        assert_ne!(buckets("满 30 元可用"), buckets("满 30 元不可用"));
    }

    #[test]
    fn nothing_is_made_of_nothing() {
        assert!(buckets("").is_empty());
        assert!(buckets("—— … ☆").is_empty());
    }
}

//! A text as it is compared: what does not change what it says is left out.

use unicode_normalization::UnicodeNormalization as _;

/// Letters and digits in one form: full-width is half-width, capitals are small, every number is `0`, and emoji, marks, spaces and
/// what has no width are gone.
pub fn normal(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    for c in text.nfkc().flat_map(char::to_lowercase) {
        if c.is_numeric() {
            if !told.ends_with('0') {
                told.push('0');
            }
        } else if c.is_alphabetic() {
            told.push(c);
        }
    }
    told
}

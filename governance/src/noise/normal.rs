//! A text as it is compared: what does not change what it says is left out.

use unicode_normalization::UnicodeNormalization as _;

/// Letters and digits in one form: full-width is half-width, capitals are small, every number is `0` (and `零` where it is none, as
/// in 0元), and emoji, marks, spaces and what has no width are gone.
pub fn normal(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    // Of the number that goes on: whether it is more than none.
    let mut number: Option<bool> = None;
    for c in text.nfkc().flat_map(char::to_lowercase) {
        if c.is_numeric() {
            number = Some(number.unwrap_or_default() || c != '0');
        } else if c.is_alphabetic() {
            told.extend(number.take().map(figure));
            told.push(c);
        }
    }
    told.extend(number.map(figure));
    told
}

fn figure(is_some: bool) -> char {
    if is_some { '0' } else { '零' }
}

//! How makers name the parts of their pages: class, id, file name, cut into pieces.

/// Characters of a name that are read.
const MOST_CHARS: usize = 400;

/// Whether one of the pieces of which a maker's name is made is in a list; longer entries may be glued to others.
pub(super) fn names(pieces: &[String], list: &[String]) -> bool {
    const GLUED: usize = 5;
    pieces
        .iter()
        .any(|piece| list.iter().any(|name| piece == name || (name.len() >= GLUED && piece.contains(name.as_str()))))
}

/// The pieces of a maker's name: `van-popup__closeIcon` is van, popup, close, icon; glued pairs beside them.
pub(super) fn pieces(name: &str) -> Vec<String> {
    const MOST: usize = 64;
    let mut pieces: Vec<String> = vec![String::new()];
    let mut lower_before = false;
    for letter in name.chars().take(MOST_CHARS) {
        let starts = letter.is_uppercase() && lower_before;
        if (starts || !letter.is_alphabetic()) && pieces.last().is_some_and(|piece| !piece.is_empty()) {
            pieces.push(String::new());
        }
        lower_before = letter.is_lowercase();
        if let Some(piece) = pieces.last_mut().filter(|_| letter.is_alphabetic()) {
            piece.extend(letter.to_lowercase());
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces.truncate(MOST);
    let pairs: Vec<String> = pieces.windows(2).map(|pair| pair.concat()).collect();
    pieces.extend(pairs);
    pieces
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::LEXICON;
    use super::*;

    #[test]
    fn a_name_falls_into_pieces() {
        let pieces = pieces("van-popup__closeIcon btn2");
        assert!(
            ["van", "popup", "close", "icon", "btn", "closeicon"]
                .iter()
                .all(|piece| pieces.iter().any(|own| own == piece))
        );
        assert!(names(&pieces, &LEXICON.names.close) && !names(&pieces, &LEXICON.names.back));
    }
}

//! How weakly a sentence is shown, as the reader measured it. Every limit is a heuristic: the law only says 显著.

use model::statement::{Hidden, Statement, Visibility};

use crate::side::{PageSide, conspicuous};

/// Below this many CSS pixels letters are fine print, whatever their colour.
const FINE_PX: f64 = 10.5;
/// WCAG's least contrast for large letters; under it even those are hard to read.
const PALE: f64 = 3.0;
/// Under it the ground swallows the letters.
const VERY_PALE: f64 = 2.0;
/// CSS pixels from which letters count as large, as in WCAG (14 pt bold, 18 pt).
const LARGE_PX: f64 = 18.5;
/// Screens that one scrolls before it comes into sight.
const FAR_SCREENS: f64 = 1.3;
/// CSS pixels from the main button; nearer, it is seen by whoever presses it.
const NEAR_BUTTON_PX: f64 = 320.0;
/// Share of a sentence that must be gone before it cannot be understood.
const MOST_OF_IT: f64 = 0.5;

/// How hard it is to notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weakness {
    /// Smaller, paler or further down than what one should pay heed to.
    Weak,
    /// Nobody can be expected to read it.
    Unreadable,
}

/// How weakly a sentence of a page is shown; none when a person who reads the page will notice it.
pub(crate) fn weakness(statement: &Statement, page: &PageSide<'_>) -> Option<Weakness> {
    let seen = &statement.visibility;
    if seen.hidden.is_some() || is_gone(seen, page) {
        return Some(Weakness::Unreadable);
    }
    if conspicuous(statement) {
        return None;
    }
    let px = seen.font_px.unwrap_or(16.0);
    let contrast = seen.contrast.unwrap_or(21.0);
    // Large letters are read in weaker colours too.
    let pale =
        contrast < (if px < LARGE_PX { PALE } else { VERY_PALE }) || seen.opacity.is_some_and(|opacity| opacity < 0.5);
    let slightly_pale = contrast < 4.5;
    let small = px < 13.0;
    if contrast < VERY_PALE || (px < 12.0 && pale) {
        return Some(Weakness::Unreadable);
    }
    let weak = px < FINE_PX || pale || (small && slightly_pale) || (is_far(seen) && (small || slightly_pale));
    weak.then_some(Weakness::Weak)
}

/// Whether it lies so far down that it is below all one needs to see to press the button. Small letters need not be.
pub(crate) fn is_far(seen: &Visibility) -> bool {
    !seen.fixed
        && !seen.layer
        && seen.screens_down.is_some_and(|screens| screens >= FAR_SCREENS)
        && seen.to_button_px.is_none_or(|px| px > NEAR_BUTTON_PX)
}

/// Why nobody sees it, in a word of the facts.
pub(crate) fn why_hidden(statement: &Statement) -> Option<&'static str> {
    Some(match statement.visibility.hidden? {
        Hidden::Fold => "fold",
        Hidden::Cut => "cut",
        Hidden::OffPage => "off-page",
        Hidden::Transparent => "transparent",
        Hidden::Colour => "colour",
        Hidden::Tiny => "tiny",
        Hidden::Off => "off",
    })
}

/// Cut away, or lying under something. What lies under a pop-up layer comes to light when that closes.
fn is_gone(seen: &Visibility, page: &PageSide<'_>) -> bool {
    let under_layer = !seen.layer && page.side.statements.iter().any(|other| other.visibility.layer);
    seen.cut.is_some_and(|share| share >= MOST_OF_IT)
        || (!under_layer && seen.covered.is_some_and(|share| share >= MOST_OF_IT))
}

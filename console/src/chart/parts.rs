//! Bars beside each other, one for each of a few series: each from 0 to a common most.

use serde::Serialize;

/// How wide the longest bar is drawn; its picture is stretched to the room it has.
const WIDTH: f64 = 200.0;

/// One bar: how much, as text, and how wide.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Length {
    pub(crate) said: String,
    pub(crate) width: f64,
}

/// Of values that are none below 0.
pub(crate) fn lengths(values: &[f64], most: f64) -> Vec<Length> {
    let width =
        |value: f64| if most > 0.0 { (10.0 * WIDTH * (value / most).clamp(0.0, 1.0)).round() / 10.0 } else { 0.0 };
    values.iter().map(|value| Length { said: said(*value), width: width(*value) }).collect()
}

/// Whole numbers as they are, others to a tenth.
pub(crate) fn said(value: f64) -> String {
    if (value - value.round()).abs() < 1e-9 { format!("{value:.0}") } else { format!("{value:.1}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_fills_the_room() {
        let drawn = lengths(&[4.0, 1.25, 0.0], 4.0);
        let drawn: Vec<_> = drawn.iter().map(|one| (one.said.as_str(), one.width)).collect();
        assert_eq!(drawn, [("4", 200.0), ("1.2", 62.5), ("0", 0.0)]);
        assert_eq!(lengths(&[1.0], 0.0)[0].width, 0.0);
    }
}

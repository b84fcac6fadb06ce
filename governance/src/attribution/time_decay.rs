//! Time decay: half as much for each half-life between a contact and the conversion.

use chrono::TimeDelta;

use super::Touch;

pub(super) fn share(touches: &[Touch], half_life: TimeDelta, give: &mut impl FnMut(u32, f64)) {
    let Some(last) = touches.last() else { return };
    // Only how they relate counts: from the last contact on they are the same as from the conversion, and none of a path that
    // ended years ago comes to nothing.
    let half_life = half_life.as_seconds_f64();
    let weight = |touch: &Touch| {
        let before = (last.at - touch.at).as_seconds_f64();
        if before == 0.0 { 1.0 } else { (-before / half_life).exp2() }
    };
    let sum: f64 = touches.iter().map(weight).sum();
    for touch in touches {
        give(touch.key, weight(touch) / sum);
    }
}

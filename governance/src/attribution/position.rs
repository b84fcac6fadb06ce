//! Position-based (U-shaped): 40 % to the first, 40 % to the last, the rest to those in between.

use super::Touch;

/// Of each end.
const END: f64 = 0.4;

pub(super) fn share(touches: &[Touch], give: &mut impl FnMut(u32, f64)) {
    match touches {
        [] => {}
        [only] => give(only.key, 1.0),
        [first, last] => {
            give(first.key, 0.5);
            give(last.key, 0.5);
        }
        [first, between @ .., last] => {
            give(first.key, END);
            give(last.key, END);
            let each = (1.0 - 2.0 * END) / between.len() as f64;
            for touch in between {
                give(touch.key, each);
            }
        }
    }
}

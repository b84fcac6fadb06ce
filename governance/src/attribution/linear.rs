//! Linear: the same to every contact.

use super::Touch;

pub(super) fn share(touches: &[Touch], give: &mut impl FnMut(u32, f64)) {
    let each = 1.0 / touches.len() as f64;
    for touch in touches {
        give(touch.key, each);
    }
}

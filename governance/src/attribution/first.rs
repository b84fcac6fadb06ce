//! First touch: all of it to the contact that everything began with.

use super::Touch;

pub(super) fn share(touches: &[Touch], give: &mut impl FnMut(u32, f64)) {
    if let Some(first) = touches.first() {
        give(first.key, 1.0);
    }
}

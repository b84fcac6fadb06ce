//! Last touch: all of it to the contact right before the conversion.

use super::Touch;

pub(super) fn share(touches: &[Touch], give: &mut impl FnMut(u32, f64)) {
    if let Some(last) = touches.last() {
        give(last.key, 1.0);
    }
}

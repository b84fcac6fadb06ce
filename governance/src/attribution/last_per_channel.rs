//! Last touch of each channel: what every channel says of itself. The sum is more than one where several claim the same.

use super::Touch;

pub(super) fn share(touches: &[Touch], give: &mut impl FnMut(u32, f64)) {
    for (at, touch) in touches.iter().enumerate() {
        // Paths are short: looking ahead is cheaper than remembering.
        if touches[at + 1..].iter().all(|later| later.channel != touch.channel) {
            give(touch.key, 1.0);
        }
    }
}

//! Last non-direct touch: who comes by himself was brought by whatever came before; where nothing did, by that last one.

use super::Touch;

pub(super) fn share(touches: &[Touch], direct: u32, give: &mut impl FnMut(u32, f64)) {
    let indirect = touches.iter().rev().find(|touch| touch.channel != direct);
    if let Some(touch) = indirect.or(touches.last()) {
        give(touch.key, 1.0);
    }
}

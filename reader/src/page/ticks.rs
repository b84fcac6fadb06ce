//! Whether a small box shows a tick, by its pixels: for boxes whose makers do not say it in words.

use image::RgbImage;
use model::units::Area;

/// Share of a box's side that is its border, cut away before the inside is looked at.
const BORDER: f64 = 0.24;
/// Picture pixels across the inside of a box; in fewer no tick can be told from noise.
const LEAST_INSIDE: f64 = 3.0;
/// Brightest to darkest channel of a pixel from which it is coloured; the brightest channel of what is dark; and how far
/// a pixel is from its ground, in one channel, to be another colour. A JPEG's noise stays below.
const COLOURED: u8 = 70;
const DARK: u8 = 96;
const OTHER: u8 = 48;
/// Shares of the inside: less is no tick, more is a ground of its own.
const TICK: std::ops::Range<f64> = 0.05..0.8;

/// Whether the box is ticked; none when it may be either: a pale tick stands at times in a box that is not.
pub(super) fn is_ticked(full: &RgbImage, area: &Area, scale: f64) -> Option<bool> {
    let ground = around(full, area, scale)?;
    let inset = |side: f64| side * BORDER;
    let inside = Area::new(
        area.x + inset(area.w),
        area.y + inset(area.h),
        area.w - 2.0 * inset(area.w),
        area.h - 2.0 * inset(area.h),
    );
    let pixels = pixels(full, &inside, scale)?;
    let share = |is: &dyn Fn(&[u8; 3]) -> bool| pixels.iter().filter(|p| is(p)).count() as f64 / pixels.len() as f64;
    let other = |p: &[u8; 3]| differs(p, &ground);
    let strong = |p: &[u8; 3]| other(p) && (spread(p) >= COLOURED || p.iter().max().is_some_and(|&most| most <= DARK));
    let (others, strong) = (share(&other), share(&strong));
    if strong >= TICK.start {
        return Some(true);
    }
    // On a coloured page a tick may be as white as an empty box; but it does not fill it.
    let on_colour = spread(&ground) >= COLOURED;
    match others {
        none if none < TICK.start => Some(false),
        all if all >= 0.95 => Some(false),
        some if on_colour && TICK.contains(&some) => Some(true),
        _ => None,
    }
}

/// The colour that most of the pixels right around the box have.
fn around(full: &RgbImage, area: &Area, scale: f64) -> Option<[u8; 3]> {
    let edge = 2.0;
    let left = Area::new(area.x - 2.0 * edge, area.y, edge, area.h);
    let above = Area::new(area.x, area.y - 2.0 * edge, area.w, edge);
    let below = Area::new(area.x, area.bottom() + edge, area.w, edge);
    let mut all: Vec<[u8; 3]> =
        [left, above, below].iter().filter_map(|side| pixels(full, side, scale)).flatten().collect();
    let middle = all.len() / 2;
    all.sort_by_key(|p| p.iter().map(|&v| u32::from(v)).sum::<u32>());
    all.get(middle).copied()
}

fn pixels(full: &RgbImage, area: &Area, scale: f64) -> Option<Vec<[u8; 3]>> {
    let (x, y) = ((area.x * scale).round().max(0.0), (area.y * scale).round().max(0.0));
    let (right, bottom) = ((area.right() * scale).round(), (area.bottom() * scale).round());
    let (right, bottom) = (right.min(f64::from(full.width())), bottom.min(f64::from(full.height())));
    let large = area.w.max(area.h) * scale >= LEAST_INSIDE && right > x && bottom > y;
    let (x, y, right, bottom) = (x as u32, y as u32, right as u32, bottom as u32);
    large.then(|| (y..bottom).flat_map(|y| (x..right).map(move |x| full.get_pixel(x, y).0)).collect())
}

fn differs(a: &[u8; 3], b: &[u8; 3]) -> bool {
    a.iter().zip(b).any(|(a, b)| a.abs_diff(*b) >= OTHER)
}

fn spread(p: &[u8; 3]) -> u8 {
    p.iter().max().zip(p.iter().min()).map_or(0, |(most, least)| most - least)
}

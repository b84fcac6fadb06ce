//! The smallest rectangle, at any angle, around a set of points.

use super::Quad;

type Point = (f32, f32);

/// None without points; of zero width or height when they lie on a line.
pub(super) fn around(points: &[Point]) -> Option<Quad> {
    let hull = hull(points);
    let &first = hull.first()?;
    let mut best = Quad { centre: first, along: (1.0, 0.0), width: 0.0, height: 0.0 };
    let mut least = f32::MAX;
    // One side of the smallest rectangle lies on a side of the hull.
    for (at, from) in hull.iter().enumerate() {
        let to = hull[(at + 1) % hull.len()];
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        if length > 0.0 {
            let quad = along(&hull, reading_direction((dx / length, dy / length)));
            if quad.width * quad.height < least {
                least = quad.width * quad.height;
                best = quad;
            }
        }
    }
    Some(best)
}

/// Of the two axes of a rectangle, the one nearer to the horizontal, from left to right.
fn reading_direction((x, y): Point) -> Point {
    let (x, y) = if x.abs() >= y.abs() { (x, y) } else { (y, -x) };
    if x < 0.0 { (-x, -y) } else { (x, y) }
}

/// The rectangle around the hull with one side in this direction.
fn along(hull: &[Point], (ux, uy): Point) -> Quad {
    let span = |project: &dyn Fn(&Point) -> f32| {
        hull.iter().map(project).fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(value), high.max(value)))
    };
    let (left, right) = span(&|p| p.0 * ux + p.1 * uy);
    let (top, bottom) = span(&|p| p.1 * ux - p.0 * uy);
    let (across, down) = ((left + right) / 2.0, (top + bottom) / 2.0);
    Quad {
        centre: (across * ux - down * uy, across * uy + down * ux),
        along: (ux, uy),
        width: right - left,
        height: bottom - top,
    }
}

/// The convex hull (Andrew's monotone chain).
fn hull(points: &[Point]) -> Vec<Point> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    sorted.dedup();
    if sorted.len() < 3 {
        return sorted;
    }
    let turn = |a: Point, b: Point, c: Point| (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0);
    let half = |points: &mut dyn Iterator<Item = Point>| {
        let mut chain: Vec<Point> = Vec::new();
        for point in points {
            while chain.len() >= 2 && turn(chain[chain.len() - 2], chain[chain.len() - 1], point) <= 0.0 {
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut lower = half(&mut sorted.iter().copied());
    lower.extend(half(&mut sorted.iter().rev().copied()));
    lower
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rectangle_around_a_ragged_line_is_as_high_as_the_line() {
        // Almost upright: one side sags by a pixel.
        let quad = around(&[(0.0, 0.0), (300.0, 1.0), (600.0, 0.0), (600.0, 20.0), (300.0, 21.0), (0.0, 20.0)])
            .expect("points");
        assert!((quad.height - 21.0).abs() < 1.0 && (quad.width - 600.0).abs() < 2.0, "{quad:?}");
    }

    #[test]
    fn a_slanted_line_keeps_its_size_and_direction() {
        let (cos, sin) = (0.2f32.cos(), 0.2f32.sin());
        let turn = |x: f32, y: f32| (50.0 + x * cos - y * sin, 80.0 + x * sin + y * cos);
        let quad = around(&[turn(0.0, 0.0), turn(100.0, 0.0), turn(100.0, 10.0), turn(0.0, 10.0)]).expect("points");
        assert!((quad.width - 100.0).abs() < 0.1 && (quad.height - 10.0).abs() < 0.1, "{quad:?}");
        assert!((quad.along.1 - sin).abs() < 0.001);
        let (x, y) = turn(50.0, 5.0);
        assert!((quad.centre.0 - x).abs() < 0.1 && (quad.centre.1 - y).abs() < 0.1);
    }

    #[test]
    fn no_points_have_no_rectangle() {
        assert_eq!(around(&[]), None);
        assert!(around(&[(1.0, 1.0)]).is_some_and(|quad| quad.width == 0.0));
    }
}

//! Lines put in reading order, and joined into the sentences that were broken over them.

use model::units::Area;

use super::{Line, Look};

/// Rows from top to bottom, within a row from left to right.
pub(crate) fn in_reading_order(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_by(|a, b| middle(a).total_cmp(&middle(b)));
    let mut rows: Vec<Vec<Line>> = Vec::new();
    for line in lines {
        match rows.last_mut() {
            Some(row) if same_row(&row[0].area, &line.area) => row.push(line),
            _ => rows.push(vec![line]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| a.area.x.total_cmp(&b.area.x));
    }
    rows.concat()
}

fn middle(line: &Line) -> f64 {
    line.area.y + line.area.h / 2.0
}

fn same_row(a: &Area, b: &Area) -> bool {
    let shared = a.bottom().min(b.bottom()) - a.y.max(b.y);
    shared > 0.6 * a.h.min(b.h) && a.h.max(b.h) < 2.0 * a.h.min(b.h)
}

/// Joins a line to the one above when that one is full, of the same size and unfinished.
pub(crate) fn joined(lines: &[Line]) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    let mut last: Vec<Line> = Vec::new();
    for line in lines {
        let above = out.iter().zip(&last).rposition(|(whole, last)| goes_on(whole, last, line));
        match above {
            Some(at) => {
                join(&mut out[at], line);
                last[at] = line.clone();
            }
            None => {
                out.push(line.clone());
                last.push(line.clone());
            }
        }
    }
    out
}

/// Whether `next` is the rest of a sentence broken at the end of `last`, the last line of `whole`.
fn goes_on(whole: &Line, last: &Line, next: &Line) -> bool {
    let size = last.area.h.max(next.area.h) / last.area.h.min(next.area.h).max(1.0);
    let gap = next.area.y - last.area.bottom();
    let left = (whole.area.x - next.area.x).abs() < last.area.h * 0.8;
    let full = next.area.w <= whole.area.w * 1.05 && last.area.w >= whole.area.w * 0.9;
    let long = last.text.chars().count() >= 8;
    let finished = last.text.ends_with(['。', '！', '!', '？', '?', '；', ';', '：', ':', '】', '》']);
    size < 1.25 && (-0.4 * last.area.h..0.6 * last.area.h).contains(&gap) && left && full && long && !finished
}

fn join(whole: &mut Line, next: &Line) {
    let latin = whole.text.ends_with(|c: char| c.is_ascii_alphanumeric() || c == ',')
        && next.text.starts_with(|c: char| c.is_ascii_alphabetic());
    if latin {
        whole.text.push(' ');
    }
    let (n, m) = (whole.text.chars().count() as f64, next.text.chars().count() as f64);
    whole.text.push_str(&next.text);
    whole.confidence = (whole.confidence * n + next.confidence * m) / (n + m).max(1.0);
    whole.area = whole.area.union(&next.area);
    let contrast = match (whole.look.contrast, next.look.contrast) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    whole.look = Look { font_px: whole.look.font_px.min(next.look.font_px), contrast };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, area: [f64; 4]) -> Line {
        Line { text: text.into(), confidence: 0.9, area: area.into(), look: Look::default() }
    }

    fn texts(lines: &[Line]) -> Vec<&str> {
        lines.iter().map(|l| l.text.as_str()).collect()
    }

    #[test]
    fn rows_are_read_from_left_to_right() {
        let lines = vec![
            line("右", [200.0, 12.0, 50.0, 20.0]),
            line("下", [10.0, 50.0, 50.0, 20.0]),
            line("左", [10.0, 10.0, 50.0, 20.0]),
        ];
        assert_eq!(texts(&in_reading_order(lines)), ["左", "右", "下"]);
    }

    #[test]
    fn a_broken_sentence_is_one() {
        let lines = [
            line("首月免费，次月起按每月29元自动续", [10.0, 10.0, 300.0, 20.0]),
            line("费，可随时退订", [10.0, 34.0, 140.0, 20.0]),
            line("立即领取", [10.0, 90.0, 140.0, 40.0]),
        ];
        assert_eq!(texts(&joined(&lines)), ["首月免费，次月起按每月29元自动续费，可随时退订", "立即领取"]);
    }

    #[test]
    fn lines_of_a_list_stay_apart() {
        let lines = [line("流量30GB", [10.0, 10.0, 100.0, 20.0]), line("通话100分钟", [10.0, 34.0, 120.0, 20.0])];
        assert_eq!(joined(&lines).len(), 2);
    }
}

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

/// Joins what was found apart: a line to the one above when that one is full and unfinished, 「元」 to its number.
pub(crate) fn joined(lines: &[Line]) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    // The last line of each.
    let mut last: Vec<Line> = Vec::new();
    for line in lines {
        let before = out
            .iter()
            .zip(&last)
            .rposition(|(whole, last)| goes_on_below(whole, last, line) || is_price_in_parts(last, line));
        match before {
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
fn goes_on_below(whole: &Line, last: &Line, next: &Line) -> bool {
    let height = last.area.h;
    let size = height.max(next.area.h) / height.min(next.area.h).max(1.0);
    // The box of a few letters is rarely as high as that of many.
    let alike = size < if next.text.chars().count() <= 4 { 1.6 } else { 1.25 };
    let gap = next.area.y - last.area.bottom();
    // The lines of a numbered paragraph may stand under its first word.
    let indent = next.area.x - whole.area.x;
    let aligned = (-0.8 * height..if is_numbered(&whole.text) { 2.2 } else { 0.8 } * height).contains(&indent);
    let full =
        next.area.right() <= whole.area.right() + height && last.area.right() >= whole.area.right() - 1.5 * height;
    let long = last.text.chars().count() >= 8;
    let finished = last.text.ends_with(['。', '！', '!', '？', '?', '；', ';', '：', ':', '】', '》']);
    let close = (-0.4 * height..0.7 * height).contains(&gap);
    alike && close && aligned && full && long && !finished && !is_numbered(&next.text)
}

/// 「1.」「2、」「(3)」
fn is_numbered(text: &str) -> bool {
    let rest = text.trim_start_matches(['(', '（', '【']);
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    (1..=2).contains(&digits) && rest[digits..].starts_with(['.', '、', '．', ')', '）'])
}

/// Whether the two are a number and its unit, written in different sizes.
fn is_price_in_parts(last: &Line, next: &Line) -> bool {
    let (a, b) = (&last.area, &next.area);
    let low = a.h.min(b.h);
    let beside =
        a.bottom().min(b.bottom()) - a.y.max(b.y) > 0.5 * low && (-0.4 * low..0.6 * low).contains(&(b.x - a.right()));
    let number = |c: char| c.is_ascii_digit();
    let unit = last.text.ends_with(number) && next.text.starts_with(['元', '块', '/', '每', '折', '起', '%', '.']);
    let sign = last.text.ends_with(['¥', '￥', '$']) && next.text.starts_with(number);
    beside && (unit || sign)
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
    fn a_number_and_its_unit_are_one() {
        let lines = [line("1", [10.0, 10.0, 60.0, 120.0]), line("元开通", [75.0, 60.0, 180.0, 62.0])];
        assert_eq!(texts(&joined(&lines)), ["1元开通"]);
        let columns = [line("19", [10.0, 10.0, 60.0, 60.0]), line("元旦特惠", [200.0, 10.0, 180.0, 60.0])];
        assert_eq!(joined(&columns).len(), 2);
    }

    #[test]
    fn a_numbered_paragraph_goes_on_under_its_first_word() {
        let lines = [
            line("2.提交订单时需先付59元，用于支付检测费", [10.0, 10.0, 400.0, 20.0]),
            line("和保价费", [36.0, 34.0, 100.0, 26.0]),
            line("3.偏远地区不配送", [10.0, 66.0, 200.0, 20.0]),
        ];
        assert_eq!(texts(&joined(&lines)), ["2.提交订单时需先付59元，用于支付检测费和保价费", "3.偏远地区不配送"]);
    }

    #[test]
    fn lines_of_a_list_stay_apart() {
        let lines = [line("流量30GB", [10.0, 10.0, 100.0, 20.0]), line("通话100分钟", [10.0, 34.0, 120.0, 20.0])];
        assert_eq!(joined(&lines).len(), 2);
    }
}

//! Numbers as people write them: `1,299.5`, 「二十九」, 「1.5万」, 「2万5千」.

/// The value in hundredths; none when it is no number or too large to be a price.
pub(super) fn hundredths(text: &str) -> Option<i64> {
    let text: String = text.chars().filter(|&c| c != ' ' && c != ',').collect();
    let text = text.replace('廿', "二十").replace('卅', "三十");
    let last_unit = text.char_indices().rev().find_map(|(at, c)| unit(c).map(|u| (at, c, u)));
    let value = match last_unit {
        None => plain(&text)?,
        Some(_) => with_units(&text)?,
    };
    let cents = (value * 100.0).round();
    (0.0..=1e13).contains(&cents).then_some(cents as i64)
}

/// Digits or numerals without a unit: `29.9`, 「二九」 (read digit by digit), 「两」.
fn plain(text: &str) -> Option<f64> {
    let digits: Option<String> =
        text.chars().map(|c| if c == '.' { Some('.') } else { digit(c).map(|d| char::from(b'0' + d)) }).collect();
    digits.filter(|d| !d.is_empty() && d.len() <= 16)?.parse().ok()
}

/// 「二百零五」「1.5万」「2万5千」「一百五」: each unit multiplies what stands before it.
fn with_units(text: &str) -> Option<f64> {
    let (mut total, mut section, mut number) = (0.0, 0.0, String::new());
    let mut last = 1.0;
    for c in text.chars() {
        match unit(c) {
            Some(size) if size >= 10_000.0 => {
                total = (total + section + factor(&number, total + section == 0.0)?) * size;
                section = 0.0;
                number.clear();
                last = size;
            }
            Some(size) => {
                section += factor(&number, true)? * size;
                number.clear();
                last = size;
            }
            // 「一百零五」: the zero says that 「五」 counts ones, not tens.
            None if matches!(c, '零' | '〇') && number.is_empty() => last = 1.0,
            None => number.push(c),
        }
    }
    let rest = if number.is_empty() { 0.0 } else { plain(&number)? };
    // 「一百五」 is 150, 「一万二」 12 000; 「十五」 is 15.
    let short =
        number.chars().count() == 1 && last > 10.0 && digit(number.chars().next()?).is_some() && !number.is_ascii();
    Some(total + section + if short { rest * last / 10.0 } else { rest })
}

/// What stands before a unit; nothing there counts as one: 「十」「百元」.
fn factor(number: &str, alone: bool) -> Option<f64> {
    if number.is_empty() { Some(if alone { 1.0 } else { 0.0 }) } else { plain(number) }
}

fn digit(c: char) -> Option<u8> {
    Some(match c {
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        c => u8::try_from(c.to_digit(10)?).ok()?,
    })
}

fn unit(c: char) -> Option<f64> {
    Some(match c {
        '十' | '拾' => 10.0,
        '百' | '佰' => 100.0,
        '千' | '仟' | 'k' => 1_000.0,
        '万' | 'w' => 10_000.0,
        '亿' => 100_000_000.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_written() {
        for (text, expected) in [
            ("29", 2_900),
            ("29.9", 2_990),
            ("1,299", 129_900),
            ("二十九", 2_900),
            ("十", 1_000),
            ("十五", 1_500),
            ("一百", 10_000),
            ("一百零五", 10_500),
            ("一百五", 15_000),
            ("两", 200),
            ("1.5万", 1_500_000),
            ("2万5千", 2_500_000),
            ("一万二", 1_200_000),
            ("二九", 2_900),
            ("廿九", 2_900),
            ("卅", 3_000),
            ("3千", 300_000),
        ] {
            assert_eq!(hundredths(text), Some(expected), "{text}");
        }
        assert_eq!(hundredths("99999999999999999"), None);
    }
}

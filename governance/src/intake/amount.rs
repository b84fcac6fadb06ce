//! Sums of money: whole hundredths of the currency's unit (fen), or units with two decimals (yuan).

use super::{Fault, shown};

/// A thousand million yuan: what is more is a mistake.
const MOST: u64 = 100_000_000_000;

/// A sum that one of two fields says, each in its unit.
pub(super) fn of(
    fen_field: &str,
    fen: Option<&str>,
    yuan_field: &str,
    yuan: Option<&str>,
) -> Result<Option<u64>, Fault> {
    match (fen, yuan) {
        (Some(_), Some(_)) => Err(Fault::of(fen_field, format!("is told twice: `{yuan_field}` says it as well"))),
        (Some(fen), None) => read(fen_field, fen, 0).map(Some),
        (None, Some(yuan)) => read(yuan_field, yuan, 2).map(Some),
        (None, None) => Ok(None),
    }
}

fn read(field: &str, text: &str, decimals: usize) -> Result<u64, Fault> {
    let plain = text.trim_start_matches(['¥', '￥']);
    let plain = if is_grouped(plain) { plain.replace(',', "") } else { plain.to_owned() };
    if plain.starts_with('-') || plain.starts_with('−') {
        return Err(Fault::of(field, format!("`{}` is negative: write what was paid as 0 or more", shown(text))));
    }
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let sum = (!whole.is_empty() && digits(whole) && digits(part) && part.trim_end_matches('0').len() <= decimals)
        .then(|| format!("{whole}{:0<decimals$}", part.trim_end_matches('0')).parse::<u64>().ok())
        .flatten();
    let unit = if decimals == 0 { "a whole number of fen" } else { "a sum in yuan with two decimals at most" };
    let sum = sum.ok_or_else(|| Fault::of(field, format!("`{}` is not {unit}", shown(text))))?;
    if sum > MOST {
        return Err(Fault::of(field, format!("`{}` is more than {MOST} fen", shown(text))));
    }
    Ok(sum)
}

/// Whether each comma stands before three digits of the whole part, behind three at most: elsewhere it may be meant as the point.
fn is_grouped(text: &str) -> bool {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let mut groups = whole.trim_start_matches(['-', '−']).split(',');
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && digits(first))
        && groups.all(|group| group.len() == 3 && digits(group))
        && text.matches(',').count() == whole.matches(',').count()
}

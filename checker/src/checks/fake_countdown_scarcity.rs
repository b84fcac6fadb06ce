//! Time or stock runs out on the page, and begins anew for each visitor.

use model::finding::{Confidence, Finding};
use model::statement::Statement;

use crate::check::{Check, Sides};
use crate::exhibit;
use crate::side::PageSide;

/// ## What it finds
/// A countdown to the end of an offer that stood at the same full number of minutes when each of several visitors came; 「最后
/// 一天」「仅剩3个」 that stood in the approved text days before, word for word; and a countdown on a page that says of the same
/// offer that it has no end.
///
/// ## Why it misleads
/// People buy in haste for fear of missing what will still be there tomorrow.
///
/// ## Example
/// A phone comes and reads 「距优惠结束 09:58」, another phone comes and reads 「09:58」.
///
/// ## What to do instead
/// Count down to a moment that is the same for everybody, and let the offer end there; show stock as it is.
///
/// ## What it leaves alone
/// A countdown to a day or an hour that is the same for everybody; the time that a visitor has to pay an order or use a
/// coupon of their own; stocks that go down; one look, of which nobody can tell.
#[derive(Debug)]
pub(super) struct FakeCountdownScarcity;

/// A countdown starts this long after the click's document was asked for, at the most. Seconds; heuristic.
const STARTS_WITHIN: f64 = 6.0;
/// A countdown longer than this may well be to the end of a day. Seconds.
const LONGEST: f64 = 3_600.0;
/// Statements behind 「距结束」 in which its figures may stand.
const REACH: usize = 8;
/// What runs out does not stand there so long. Days; heuristic.
const STALE: i64 = 2;

impl Check for FakeCountdownScarcity {
    fn id(&self) -> &'static str {
        "fake-countdown-scarcity"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["countdown", "own-clock", "runs-out", "no-end", "clock-of-offer", "clock-of-day"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let looks: Vec<Look<'_>> = sides.landings().filter_map(|page| Look::of(page, sides)).collect();
        let restarts = self.restarting(&looks, sides);
        let stale = sides.landings().filter_map(|page| self.stale(page, sides));
        let endless = looks.iter().filter_map(|look| self.endless(look, sides));
        restarts.into_iter().chain(stale).chain(endless).collect()
    }
}

/// A countdown as one visitor saw it.
struct Look<'a> {
    page: &'a PageSide<'a>,
    statement: &'a Statement,
    shown: String,
    /// The full minutes from which it began when the visitor came, if it began then.
    began_at: Option<u32>,
}

impl<'a> Look<'a> {
    fn of(page: &'a PageSide<'a>, sides: &'a Sides<'_>) -> Option<Self> {
        let chain = sides.case.chains.iter().find(|chain| chain.visitor == page.page.visitor)?;
        let asked = chain.hops.iter().find(|hop| hop.index == page.page.hop)?.at_ms;
        let own =
            |at: usize| page.side.around(at, 2).iter().any(|near| sides.words.has("own-clock", &near.normal.text));
        let heads =
            page.side.statements.iter().enumerate().filter(|(_, said)| sides.words.has("countdown", &said.normal.text));
        let headed = heads.filter(|(at, _)| !own(*at)).find_map(|(at, statement)| {
            let until = (at + REACH).min(page.side.statements.len());
            let text: Vec<&str> =
                page.side.statements[at..until].iter().map(|said| said.normal.text.as_str()).collect();
            let (shown, left) = figures(&text.join(" "))?;
            let here = page.page.at_ms.0.saturating_sub(asked.0) as f64 / 1_000.0;
            Some(Self { page, statement, shown, began_at: beginning(left, here) })
        });
        headed.or_else(|| {
            let bare = page.side.statements.iter().enumerate().filter(|(at, _)| !own(*at));
            bare.filter_map(|(at, statement)| Self::bare(page, at, statement, asked.0, sides)).next()
        })
    }

    /// A clock without words of its own, beside words of the offer: it runs when it is some seconds short of round minutes.
    fn bare(
        page: &'a PageSide<'a>,
        at: usize,
        statement: &'a Statement,
        asked: u64,
        sides: &Sides<'_>,
    ) -> Option<Self> {
        /// Minutes at which nobody but a countdown begins.
        const ROUND: u32 = 5;
        /// Nothing else of note stands in its statement. Characters.
        const SHORT: usize = 16;
        let text = &statement.normal.text;
        let short = text.chars().count() <= SHORT && text.contains(':');
        let beside = |term| page.side.around(at, 1).iter().any(|near| sides.words.has(term, &near.normal.text));
        if !short || !beside("clock-of-offer") || beside("clock-of-day") {
            return None;
        }
        let (shown, left) = figures(text)?;
        let here = page.page.at_ms.0.saturating_sub(asked) as f64 / 1_000.0;
        let began_at =
            beginning(left, here).filter(|minutes| minutes % ROUND == 0 && left < f64::from(*minutes) * 60.0)?;
        Some(Self { page, statement, shown, began_at: Some(began_at) })
    }
}

impl FakeCountdownScarcity {
    fn restarting(&self, looks: &[Look<'_>], sides: &Sides<'_>) -> Option<Finding> {
        let first = looks.iter().find(|look| look.began_at.is_some())?;
        let same = looks
            .iter()
            .filter(|look| look.began_at == first.began_at && look.page.page.visitor != first.page.page.visitor);
        let same: Vec<_> = same.collect();
        let confidence = if same.is_empty() { Confidence::Low } else { Confidence::Medium };
        let mut finding = Finding::of(self.id())
            .promised(exhibit::main_promise(sides))
            .delivered(exhibit::said_by_page(first.statement, None)?)
            .sure(confidence)
            .fact(
                "values",
                std::iter::once(first).chain(same.iter().copied()).map(|look| &look.shown).collect::<Vec<_>>(),
            );
        for look in same {
            finding = finding.also(exhibit::said_by_page(look.statement, None)?);
        }
        Some(finding)
    }

    /// What was to run out stands there as it stood when the page was approved.
    fn stale(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let approved = sides.case.ad.approved_landing.as_ref()?;
        let now = sides.case.opened_at;
        let mut then = now;
        then = approved.at.as_deref().and_then(|at| at.parse().ok()).unwrap_or(then);
        let days = now.signed_duration_since(then).num_days().abs();
        let before: String = approved.text.as_deref()?.to_lowercase().split_whitespace().collect();
        let stays = |said: &&Statement| {
            let found = sides.words.find("runs-out", &said.normal.text);
            found.is_some_and(|range| before.contains(&said.normal.text[range].split_whitespace().collect::<String>()))
        };
        let said = page.side.statements.iter().filter(stays).find(|_| days >= STALE)?;
        let delivered = exhibit::said_by_page(said, None)?;
        let finding =
            Finding::of(self.id()).promised(exhibit::main_promise(sides)).delivered(delivered).sure(Confidence::Medium);
        Some(finding.fact("days", days))
    }

    /// A countdown beside words that there is no end.
    fn endless(&self, look: &Look<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let said = look.page.side.statements.iter().find(|said| sides.words.says("no-end", &said.normal.text))?;
        let finding = Finding::of(self.id())
            .promised(exhibit::main_promise(sides))
            .delivered(exhibit::said_by_page(look.statement, None)?)
            .sure(Confidence::Medium);
        Some(finding.also(exhibit::said_by_page(said, None)?))
    }
}

/// The figures of a countdown, as shown and in seconds: 「00:09:58」「9分58秒」.
fn figures(text: &str) -> Option<(String, f64)> {
    let parts = numbers(text);
    let tried = (0..parts.len()).flat_map(|first| [(first, 3), (first, 2)]);
    let mut clocks = tried.filter(|(first, count)| parts.get(*first..first + count).is_some_and(|t| is_clock(text, t)));
    let (first, count) = clocks.next()?;
    let taken = &parts[first..first + count];
    if first > 0 && is_days(text, parts[first - 1], taken[0].0) {
        return None;
    }
    let shown = taken.iter().map(|(_, figure)| *figure).collect::<Vec<_>>().join(":");
    let values = taken.iter().filter_map(|(_, figure)| figure.parse::<f64>().ok());
    Some((shown, values.fold(0.0, |sum, one| sum * 60.0 + one)))
}

/// Whether figures stand together as those of a clock.
fn is_clock(text: &str, taken: &[(usize, &str)]) -> bool {
    // One sort of mark between them: 「09:58」 before 「1.5L」 is no hour.
    let marks: Vec<u8> = (taken.windows(2)).map(|two| mark(text[two[0].0 + two[0].1.len()..two[1].0].trim())).collect();
    let alike = marks.iter().all(|mark| *mark != 0 && *mark == marks[0]);
    let short = taken.iter().all(|(_, figure)| figure.len() <= 2);
    alike && short && taken.iter().skip(1).all(|(_, figure)| figure.parse::<u32>().is_ok_and(|value| value < 60))
}

/// Whether the figure before a clock counts days: it is then to a date, not of minutes.
fn is_days(text: &str, figure: (usize, &str), clock: usize) -> bool {
    let told = text[..clock].trim_end().ends_with(['天', '日']);
    told && !figure.1.trim_start_matches('0').is_empty()
}

/// What stands between two figures: 1 a colon, 2 a unit, 3 nothing, 0 something else.
fn mark(between: &str) -> u8 {
    match between {
        ":" | "：" => 1,
        "时" | "小时" | "分" | "分钟" | "h" | "m" | "min" => 2,
        "" => 3,
        _ => 0,
    }
}

/// Each run of digits, with the byte at which it begins.
fn numbers(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(start) = text[rest..].find(|c: char| c.is_ascii_digit()).map(|at| rest + at) {
        let end = text[start..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |at| start + at);
        found.push((start, &text[start..end]));
        rest = end;
    }
    found
}

/// The full minutes at which a countdown with so many seconds left, so many after the click, began as the visitor came.
fn beginning(left: f64, here: f64) -> Option<u32> {
    let minutes = (left / 60.0).ceil();
    let gone = minutes * 60.0 - left;
    (left > 0.0 && left <= LONGEST && gone <= here + 1.0 && here - gone <= STARTS_WITHIN).then_some(minutes as u32)
}

#[cfg(test)]
mod tests {
    use super::{beginning, figures};

    #[test]
    fn the_figures_of_a_countdown_are_read_however_they_stand() {
        for (text, seconds) in [
            ("距结束 00:09:58", Some(598.0)),
            ("仅剩 09 : 58", Some(598.0)),
            ("倒计时 9分58秒", Some(598.0)),
            ("还剩 3 天 12:10:05", None),
            ("距优惠结束 09:58 1.5l 两用", Some(598.0)),
            ("优惠 29 元", None),
        ] {
            assert_eq!(figures(text).map(|(_, left)| left), seconds, "{text}");
        }
    }

    #[test]
    fn a_countdown_that_began_with_the_visit_began_at_full_minutes() {
        assert_eq!(beginning(598.0, 2.5), Some(10));
        assert_eq!(beginning(571.0, 2.5), None);
        assert_eq!(beginning(40_000.0, 2.5), None);
    }
}

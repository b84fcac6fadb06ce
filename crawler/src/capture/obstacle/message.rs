//! Whether a page says one thing and little else.

use std::sync::LazyLock;

use regex::Regex;

use super::page::{Block, FieldKind, Page};
use super::words::{Pattern, Says, WORDS, units};

/// How much else (units, see `words::units`) a page may say beside its message, by how many signs tell that it is the
/// page's main thing: its title says it, it is the headline, the address says it.
const BESIDE: [usize; 4] = [160, 350, 700, 900];
/// What a page may say beside a title that says it all.
const BESIDE_TITLE: usize = 60;
/// The longest text that is one message; of a longer one the rest counts as something else.
const MESSAGE: usize = 80;
/// More pictures than this, in screens, and the page shows something.
const SHOWS: f64 = 0.6;
/// CSS pixels; smaller print is no headline.
const HEADLINE_PX: f64 = 18.0;

/// A sum of money.
static PRICE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[¥$€£]\s?\d|\d(?:\.\d+)?元|\d(?:\.\d\d)? (?:usd|eur|gbp|rmb|cny)\b")
        .expect("internal error: a fixed pattern")
});

/// What is looked for.
pub(super) struct Asked<'a> {
    pub(super) says: &'a Says,
    pub(super) paths: Option<&'a Pattern>,
    pub(super) despite: Despite,
}

/// What on a page does not speak against the message.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Despite {
    pub(super) fields: bool,
    pub(super) code_field: bool,
    pub(super) prices: bool,
    pub(super) orders: bool,
    pub(super) downloads: bool,
    pub(super) pictures: bool,
}

/// The words by which the page says it, if that is its main thing.
pub(super) fn main_thing(page: &Page<'_>, asked: &Asked<'_>) -> Option<String> {
    let title = title(page, asked.says);
    let by_path = asked.paths.is_some_and(|paths| paths.is_in(&page.path));
    let bare = page.content().all(|block| block.pressable);
    let said: Vec<(&Block, &str)> = page
        .content()
        .filter(|block| block.top < 1.5 * page.screen.h && (bare || !block.pressable))
        .filter_map(|block| Some((block, stands(asked.says, &block.text)?)))
        .collect();
    let Some(&(first, words)) = said.first() else {
        let alone = rest(page, &[], f64::MAX) <= BESIDE_TITLE && !offers(page, &[], f64::MAX, asked.despite);
        let shows = page.pictures(f64::MAX, |_| false) > SHOWS;
        return title.filter(|_| alone && !shows).map(str::to_owned);
    };
    let blocks: Vec<&Block> = said.iter().map(|(block, _)| *block).collect();
    let is_headline = blocks.iter().any(|block| headline(page, block, &blocks));
    let signs = usize::from(title.is_some()) + usize::from(is_headline) + usize::from(by_path);
    let until = if signs > 0 { recommended_from(page, first.top) } else { f64::MAX };
    let beside = rest(page, &blocks, until);
    let shows = !asked.despite.pictures && title.is_none() && page.pictures(until, |_| false) > SHOWS;
    (beside <= BESIDE[signs] && !shows && !offers(page, &blocks, until, asked.despite)).then(|| words.to_owned())
}

/// The part of the title that says it, and is about nothing else.
pub(super) fn title<'p>(page: &'p Page<'_>, says: &Says) -> Option<&'p str> {
    page.titles.iter().map(String::as_str).find(|part| {
        says.all(part).any(|found| {
            let (own, whole) = (units(found.as_str()), units(part));
            whole <= own + 6 && stands(says, part).is_some()
        })
    })
}

/// The words by which a text says it: not in quotation marks, not as a question, not of some other time.
pub(super) fn stands<'t>(says: &Says, text: &'t str) -> Option<&'t str> {
    says.all(text)
        .find(|found| {
            let (before, after) = (&text[..found.start()], &text[found.end()..]);
            let quoted = before.ends_with(['「', '『', '“', '"', '《', '【', '‹', '«']);
            let asked = after
                .chars()
                .take(8)
                .take_while(|c| !matches!(c, '。' | '!' | '.' | ',' | ';'))
                .any(|c| matches!(c, '?' | '吗' | '怎' | '”' | '」' | '』'));
            !quoted && !asked && !found.as_str().ends_with(['?', '吗']) && !WORDS.condition.is_in(before)
        })
        .map(|found| found.as_str())
}

/// How much the page says beside these blocks, above `until`. Links count half: most lead elsewhere.
pub(super) fn rest(page: &Page<'_>, message: &[&Block], until: f64) -> usize {
    let beside = page.content().filter(|block| block.top < until).map(|block| {
        if message.iter().any(|said| std::ptr::eq(*said, block)) {
            block.units.saturating_sub(MESSAGE)
        } else if block.pressable {
            block.units / 2
        } else {
            block.units
        }
    });
    beside.sum()
}

/// Whether there is something to be had above `until`: a field to fill, a price, a button that orders.
pub(super) fn offers(page: &Page<'_>, message: &[&Block], until: f64, despite: Despite) -> bool {
    let field = |kind: FieldKind| !despite.fields && !(despite.code_field && kind == FieldKind::Code);
    let other = |block: &&Block| block.top < until && !message.iter().any(|said| std::ptr::eq(*said, *block));
    page.asks().filter(|asked| asked.top < until).any(|asked| field(asked.kind))
        || page.content().filter(other).any(|block| {
            (!despite.prices && PRICE.is_match(&block.text))
                || (!despite.orders && orders(block))
                || (!despite.downloads && is_button(block) && WORDS.download_button.is_in(&block.text))
        })
}

fn is_button(block: &Block) -> bool {
    block.pressable && block.units <= 16 && !WORDS.elsewhere_button.is_in(&block.text)
}

/// Whether it is a button by which something is had.
fn orders(block: &Block) -> bool {
    is_button(block) && WORDS.order.is_in(&block.text)
}

/// Whether nothing on the first screen is printed larger, figures and icons aside.
fn headline(page: &Page<'_>, block: &Block, message: &[&Block]) -> bool {
    let larger = |other: &&Block| {
        other.top < page.screen.h
            && other.units > 4
            && other.font_px > block.font_px
            && !message.iter().any(|said| std::ptr::eq(*said, *other))
    };
    (block.font_px >= HEADLINE_PX || block.heading) && !page.content().any(|other| larger(&other))
}

/// Where what is shown to those who did not find what they came for begins.
fn recommended_from(page: &Page<'_>, below: f64) -> f64 {
    let heading = |block: &&Block| block.top > below && block.units <= 16 && WORDS.recommendations.is_in(&block.text);
    page.content().find(heading).map_or(f64::MAX, |block| block.top)
}

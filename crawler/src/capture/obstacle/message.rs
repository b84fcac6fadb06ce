//! Whether a page says one thing and little else.

use std::sync::LazyLock;

use regex::Regex;

use super::field::FieldKind;
use super::page::{Block, Page};
use super::words::{Pattern, Says, WORDS, units};

/// How much else (units, see `words::units`) a page may say beside its message, by how many signs tell that it is the
/// page's main thing: its title says it, it is the headline, the address says it.
const BESIDE: [usize; 4] = [160, 350, 700, 900];
/// What a page may say beside a title that says it all.
const BESIDE_TITLE: usize = 60;
/// The longest text that is one message; of a longer one the rest counts as something else.
const MESSAGE: usize = 80;
/// A block of so few units is a message whole.
const SHORT: usize = 40;
/// Units before the words, in a message, and in a longer text.
const SOON: usize = 50;
const AT_ONCE: usize = 20;
/// Units, and screens of pictures, up to which a page says next to nothing.
const BARE: usize = 80;
const BARE_PICTURES: f64 = 0.35;
/// More pictures than this, in screens, and the page shows something.
const SHOWS: f64 = 0.6;
/// CSS pixels; smaller print is no headline.
const HEADLINE_PX: f64 = 18.0;

/// A sum of money.
static PRICE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[¥$€£]\s?\d|\d(?:\.\d+)?元|[\d一二三四五六七八九]折|\d ?% off|\d(?:\.\d\d)? (?:usd|eur|gbp|rmb|cny)\b")
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
}

/// A block that says it, and by which words.
type Message<'p> = (&'p Block, &'p str);

/// The words by which the page says it, if that is its main thing.
pub(super) fn main_thing(page: &Page<'_>, asked: &Asked<'_>) -> Option<String> {
    if is_name(page, asked.says) {
        return None;
    }
    let title = title(page, asked.says);
    let by_path = asked.paths.is_some_and(|paths| paths.is_in(&page.path));
    let bare = page.content().all(|block| block.pressable);
    let said: Vec<Message<'_>> = page
        .content()
        .filter(|block| block.top < 1.5 * page.screen.h && (bare || !block.pressable))
        .filter_map(|block| Some((block, leads(block, asked.says)?)))
        .collect();
    let Some(&(first, words)) = said.first() else {
        let alone = rest(page, &[], f64::MAX) <= BESIDE_TITLE && !offers(page, &[], f64::MAX, asked.despite);
        let shows = page.pictures(f64::MAX, |_| false) > SHOWS;
        return title.filter(|_| alone && !shows).map(str::to_owned);
    };
    let is_headline = said.iter().any(|(block, _)| headline(page, block, &said));
    let signs = usize::from(title.is_some()) + usize::from(is_headline) + usize::from(by_path);
    let until = if signs > 0 { recommended_from(page, first.top) } else { f64::MAX };
    let beside = rest(page, &said, until);
    let shows = title.is_none() && page.pictures(until, |_| false) > SHOWS;
    (beside <= BESIDE[signs] && !shows && !offers(page, &said, until, asked.despite)).then(|| words.to_owned())
}

/// The words that hint at it, on a page that says next to nothing else: the less there is on a page, the less it takes.
pub(super) fn hinted(page: &Page<'_>, hints: &Says, despite: Despite) -> Option<String> {
    let mut said = page.content().filter(|block| !block.pressable);
    let (words, block) = said.find_map(|block| Some((stands(hints, &block.text)?, block)))?;
    let until = if headline(page, block, &[(block, words)]) { recommended_from(page, block.top) } else { f64::MAX };
    let button =
        |block: &Block| block.button && !WORDS.elsewhere_button.is_in(&block.text) && !hints.is_in(&block.text);
    let orders = |other: &Block| !std::ptr::eq(other, block) && WORDS.order.is_in(&other.text);
    let invites = |other: &Block| orders(other) || (!despite.fields && button(other));
    let next_to_nothing = rest(page, &[], until) <= BARE
        && page.pictures(until, |_| false) <= BARE_PICTURES
        && !page.content().filter(|block| block.top < until).any(invites)
        && !offers(page, &[], until, despite);
    (next_to_nothing && !is_name(page, hints)).then(|| words.to_owned())
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

/// Whether the title takes the words as the name of something: 「Page Not Found: a novel」.
fn is_name(page: &Page<'_>, says: &Says) -> bool {
    let Some(title) = page.titles.first() else { return false };
    let mut found = says.all(title);
    found.any(|found| {
        title[found.end()..].strip_prefix([':', '：']).is_some_and(|more| !says.is_in(more) && units(more) > 2)
    })
}

/// The words by which a text says it: not in quotation marks, not as a question, not of some other time.
pub(super) fn stands<'t>(says: &Says, text: &'t str) -> Option<&'t str> {
    says.all(text)
        .find(|found| {
            let (before, after) = (&text[..found.start()], &text[found.end()..]);
            let negated = before.ends_with(['无', '不', '没', '免', '勿', '非']);
            let quoted = before.ends_with(['「', '『', '“', '"', '《', '【', '‹', '«']);
            let asked = after
                .chars()
                .take(40)
                .take_while(|c| !matches!(c, '。' | '!' | '.' | ',' | ';'))
                .any(|c| matches!(c, '?' | '吗' | '怎' | '”' | '」' | '』'));
            let all = found.len() == text.len();
            all || !negated
                && !quoted
                && !asked
                && !found.as_str().ends_with(['?', '吗'])
                && !WORDS.condition.is_in(before)
        })
        .map(|found| found.as_str())
}

/// The words by which a block says it, if it does so at once: what a long text mentions by the way is no message.
fn leads<'b>(block: &'b Block, says: &Says) -> Option<&'b str> {
    let words = stands(says, &block.text)?;
    let before = block.text.find(words).map_or(0, |at| units(&block.text[..at]));
    let at_once = before <= if block.units <= MESSAGE { SOON } else { AT_ONCE };
    at_once.then_some(words)
}

/// Units of a block that are the message: its sentence, and a short block whole.
fn own(block: &Block, words: &str) -> usize {
    let ends = ['。', '!', '?', ';'];
    let at = block.text.find(words).unwrap_or_default();
    let begin = block.text[..at].rfind(ends).or_else(|| block.text[..at].rfind(". ")).unwrap_or_default();
    let rest = &block.text[at + words.len()..];
    let end = rest.find(ends).or_else(|| rest.find(". ")).unwrap_or(rest.len());
    units(&block.text[begin..at + words.len() + end]).clamp(SHORT, MESSAGE)
}

/// How much the page says beside these blocks, above `until`. Links count half: most lead elsewhere.
pub(super) fn rest(page: &Page<'_>, message: &[Message<'_>], until: f64) -> usize {
    let beside = page.content().filter(|block| block.top < until).map(|block| {
        if let Some(said) = message.iter().find(|(said, _)| std::ptr::eq(*said, block)) {
            block.units.saturating_sub(own(block, said.1))
        } else if block.pressable {
            block.units / 2
        } else {
            block.units
        }
    });
    beside.sum()
}

/// Whether there is something to be had above `until`: a field to fill, a price, a button that orders.
pub(super) fn offers(page: &Page<'_>, message: &[Message<'_>], until: f64, despite: Despite) -> bool {
    let field = |kind: FieldKind| !(despite.fields || despite.code_field && kind == FieldKind::Code);
    let other = |block: &&Block| block.top < until && !message.iter().any(|(said, _)| std::ptr::eq(*said, *block));
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
fn headline(page: &Page<'_>, block: &Block, message: &[Message<'_>]) -> bool {
    let larger = |other: &&Block| {
        other.top < page.screen.h
            && other.units > 4
            && other.font_px > block.font_px
            && !message.iter().any(|(said, _)| std::ptr::eq(*said, *other))
    };
    (block.font_px >= HEADLINE_PX || block.heading) && !page.content().any(|other| larger(&other))
}

/// Where what is shown to those who did not find what they came for begins.
fn recommended_from(page: &Page<'_>, below: f64) -> f64 {
    let heading = |block: &&Block| block.top > below && block.units <= 16 && WORDS.recommendations.is_in(&block.text);
    page.content().find(heading).map_or(f64::MAX, |block| block.top)
}

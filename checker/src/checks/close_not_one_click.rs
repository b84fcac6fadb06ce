//! A layer that does not go away at one press.

use model::chain::{Act, ActKind, Chain, WayKind};
use model::finding::{Confidence, Exhibit, Finding};
use model::statement::Statement;

use crate::check::{Check, Sides};
use crate::deeds;
use crate::exhibit;
use crate::side::PageSide;

/// ## What it finds
/// A layer above the page whose mark has to be pressed more than once, or does nothing; one that has no mark until some
/// seconds have passed; and one that says itself that it can be closed only after a while.
///
/// ## Why it misleads
/// Whoever cannot get rid of a layer looks at what it sells, or presses it by mistake.
///
/// ## Example
/// A layer covers the page; 「5秒后可关闭」 counts down, and its × is there only then.
///
/// ## What to do instead
/// Let one press of a mark that can be seen and hit close it, from the first second on.
///
/// ## What it leaves alone
/// A layer whose mark is there at once and closes it; one that goes away by itself; a video that somebody chose to watch
/// for a reward; a page that fills the screen and is no layer.
#[derive(Debug)]
pub(super) struct CloseNotOneClick;

/// A mark that comes with the layer's own movement is there at once. Seconds; heuristic.
const AT_ONCE: f64 = 1.0;

impl Check for CloseNotOneClick {
    fn id(&self) -> &'static str {
        "close-not-one-click"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["closes-late", "for-a-reward"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let acts = deeds::acts(sides, &[ActKind::CloseTrap, ActKind::LateClose]);
        let done = acts.filter_map(|(chain, act)| self.of(chain, act, sides));
        let said = sides.pages.iter().filter_map(|page| self.said_by(page, sides));
        done.chain(said).collect()
    }
}

impl CloseNotOneClick {
    fn of(&self, chain: &Chain, act: &Act, sides: &Sides<'_>) -> Option<Finding> {
        // A mark that leads somewhere is no mark at all: that is another fact.
        if act.kind == ActKind::CloseTrap && deeds::address_in(&act.detail).is_some() {
            return None;
        }
        let page = deeds::page_on(act.hop, chain, sides);
        if page.is_some_and(|page| says(page, "for-a-reward", sides).is_some()) {
            return None;
        }
        let late = seconds(&act.detail).filter(|_| act.kind == ActKind::LateClose);
        let late = late.map(|(shut, open)| open - shut);
        if late.is_some_and(|late| late < AT_ONCE) {
            return None;
        }
        let area =
            chain.ways.iter().find(|way| way.kind == WayKind::Close && way.at_ms == act.at_ms).and_then(|w| w.area);
        let told = page.and_then(|page| says(page, "closes-late", sides));
        let head = told.or_else(|| page.and_then(head_of_layer));
        let quote = head.map_or_else(|| act.detail.clone(), |statement| statement.text.clone());
        let mut place = deeds::place(chain, act.hop, act.at_ms, area, sides);
        place.area = place.area.or_else(|| head.and_then(|head| head.page_place()).and_then(|place| place.area));
        let finding = Finding::of(self.id())
            .promised(exhibit::main_promise(sides))
            .delivered(Exhibit::new(quote, place))
            .sure(if told.is_some() { Confidence::High } else { Confidence::Medium });
        Some(match late {
            Some(late) => finding.fact("seconds", (late * 10.0).round() / 10.0),
            None => finding.fact("presses", act.detail.chars().filter(char::is_ascii_digit).collect::<String>()),
        })
    }

    /// A layer that says itself that it can be closed only later.
    fn said_by(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let told = says(page, "closes-late", sides).filter(|said| said.visibility.layer || said.visibility.fixed)?;
        if says(page, "for-a-reward", sides).is_some() {
            return None;
        }
        let delivered = exhibit::said_by_page(told, None)?;
        Some(
            Finding::of(self.id()).promised(exhibit::main_promise(sides)).delivered(delivered).sure(Confidence::Medium),
        )
    }
}

fn says<'a>(page: &PageSide<'a>, term: &'static str, sides: &Sides<'_>) -> Option<&'a Statement> {
    page.side.statements.iter().find(|said| sides.words.says(term, &said.normal.text))
}

/// What a layer says first.
fn head_of_layer<'a>(page: &PageSide<'a>) -> Option<&'a Statement> {
    page.side.statements.iter().find(|said| said.visibility.layer)
}

/// When a layer was seen shut and when it could be closed: the seconds of an act's sentence, in their order.
fn seconds(detail: &str) -> Option<(f64, f64)> {
    let mut told = detail.split(" s").filter_map(|part| part.rsplit(' ').next()?.parse::<f64>().ok());
    Some((told.next()?, told.next()?))
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn the_seconds_of_an_act_are_read_from_its_sentence() {
        let told = "A layer covered the page and had nothing to close it 1.2 s after the click; its mark 「×」 was there at 5.4 s.";
        assert_eq!(seconds(told), Some((1.2, 5.4)));
        assert_eq!(seconds("The layer stays when its mark 「×」 is pressed 3 times."), None);
    }
}

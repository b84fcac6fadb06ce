//! Changes of the landing page.

use model::case::Case;
use model::evidence::Place;
use model::finding::Finding;
use model::snapshot::Part;
use model::statement::{Button, Page, Role, Statement, Visibility};
use model::units::Area;

use super::{sentence, worded};

/// What a body text has at least, CSS pixels: the default of browsers.
const BODY_PX: f64 = 16.0;
/// Height of a line of it, CSS pixels.
const LINE_PX: f64 = 24.0;
/// Black on white, by WCAG.
const FULL_CONTRAST: f64 = 21.0;
/// From a sentence to the button under it, CSS pixels.
const ABOVE_PX: f64 = 8.0;

/// Puts a sentence above the main button of each landing page. None where no landing page has one.
pub(super) fn above_button(case: &mut Case, text: &str) -> Option<()> {
    let mut made = None;
    for page in case.pages.iter_mut().filter(|page| page.part == Part::Landing) {
        let Some(button) = page.main_button.and_then(|at| page.buttons.get(at)).cloned() else { continue };
        page.statements.insert(position(page, &button), body_text(page, &button, text));
        made = Some(());
    }
    made
}

/// Gives the button that the finding names another label, and returns the one it had.
pub(super) fn label(case: &mut Case, finding: &Finding, text: &str) -> Option<String> {
    let label = finding.facts().get("button")?.as_str()?;
    let mut made = false;
    for page in case.pages.iter_mut() {
        for button in page.buttons.iter_mut().filter(|button| button.label == label) {
            button.label = text.to_owned();
            button.normal = reader::text::normal(text);
            made = true;
        }
        for statement in page.statements.iter_mut().filter(|one| one.role == Role::Button && one.text == label) {
            *statement = worded(statement, text);
        }
    }
    made.then(|| label.to_owned())
}

/// Gives the sentence that the finding quotes of a page other words, wherever a page says it, and returns those it had.
pub(super) fn in_place(case: &mut Case, finding: &Finding, text: &str) -> Option<String> {
    let quoted = &finding.delivered().quote;
    let mut made = false;
    for statement in case.pages.iter_mut().flat_map(|page| &mut page.statements).filter(|one| one.text == *quoted) {
        *statement = worded(statement, text);
        made = true;
    }
    made.then(|| quoted.clone())
}

fn body_text(page: &Page, button: &Button, text: &str) -> Statement {
    let sizes = || page.statements.iter().filter_map(|one| one.visibility.font_px);
    let compared = page.statements.iter().any(|one| one.visibility.relative.is_some());
    let mut place = button.place.clone();
    place.selector = None;
    place.area = place.area.map(|area| Area::new(area.x, (area.y - LINE_PX - ABOVE_PX).max(0.0), area.w, LINE_PX));
    let visibility = Visibility {
        font_px: Some(BODY_PX),
        contrast: Some(FULL_CONTRAST),
        relative: compared.then(|| BODY_PX / sizes().fold(BODY_PX, f64::max)),
        screens_down: button.visibility.screens_down,
        layer: button.layer,
        fixed: button.visibility.fixed,
        frame: button.visibility.frame,
        to_button_px: button.place.area.map(|_| ABOVE_PX),
        ..Visibility::default()
    };
    sentence(text, Place::Page(place), visibility)
}

/// Where a sentence stands that is read just before a button.
fn position(page: &Page, button: &Button) -> usize {
    let own = |one: &Statement| one.role == Role::Button && one.text == button.label;
    let top = |area: Option<Area>| area.map_or(f64::MAX, |area| area.y);
    let below = |one: &Statement| one.page_place().is_some_and(|place| top(place.area) >= top(button.place.area));
    let all = &page.statements;
    all.iter().position(own).or_else(|| all.iter().position(below)).unwrap_or(all.len())
}

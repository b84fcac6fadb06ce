//! What a thing is by name, where it can be one only: its material, its grade, its model.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use model::statement::{Role, Statement};
use regex::Regex;

use crate::about;
use crate::aside::{all_of, is_aside};
use crate::check::Sides;
use crate::side::PageSide;

/// Names of which a thing has one only, sort by sort.
const SORTS: &[&[&str]] = &[
    &["spec-steel-316", "spec-steel-304", "spec-steel-201"],
    &["spec-energy-1", "spec-energy-2", "spec-energy-3"],
    &["spec-cloth-cotton", "spec-cloth-synthetic", "spec-cloth-silk", "spec-cloth-wool"],
    &["spec-leather-top", "spec-leather-split"],
    &["spec-wood-solid", "spec-wood-board"],
    &["spec-gold-solid", "spec-gold-plated"],
    &["spec-teach-single", "spec-teach-class", "spec-teach-recorded"],
    &["spec-teacher-foreign", "spec-teacher-local"],
    &["spec-cabin-business", "spec-cabin-economy"],
    &["spec-star-5", "spec-star-4"],
    &["spec-origin-imported", "spec-origin-home"],
    &["spec-state-new", "spec-state-used"],
    &["spec-meat-whole", "spec-meat-formed"],
    &["spec-juice-pure", "spec-juice-made"],
    &["spec-oil-pressed", "spec-oil-solvent"],
    &["spec-flight-direct", "spec-flight-stop"],
    &["spec-bath-own", "spec-bath-shared"],
    &["spec-tour-no-shops", "spec-tour-shops"],
    &["spec-food-fresh", "spec-food-premade"],
    &["spec-hand-made", "spec-machine-made"],
    &["spec-read-whole", "spec-read-part"],
    &["spec-view", "spec-view-none"],
];

/// What the ad says the thing is without, and what it has then after all.
const LACKS: &[[&str; 2]] = &[
    ["spec-no-install", "spec-install"],
    ["spec-no-sugar", "spec-sugar"],
    ["spec-no-alcohol", "spec-alcohol"],
    ["spec-no-additive", "spec-additive"],
    ["spec-no-touch-up", "spec-touch-up"],
];

/// The term lists that are needed to read amounts and names.
pub(crate) const TERMS: &[&str] = &[
    "spec-data",
    "spec-targeted",
    "spec-general",
    "spec-noise",
    "spec-label",
    "spec-percent-noun",
    "spec-steel-316",
    "spec-steel-304",
    "spec-steel-201",
    "spec-energy-1",
    "spec-energy-2",
    "spec-energy-3",
    "spec-cloth-cotton",
    "spec-cloth-synthetic",
    "spec-cloth-silk",
    "spec-cloth-wool",
    "spec-leather-top",
    "spec-leather-split",
    "spec-wood-solid",
    "spec-wood-board",
    "spec-gold-solid",
    "spec-gold-plated",
    "spec-teach-single",
    "spec-teach-class",
    "spec-teach-recorded",
    "spec-teacher-foreign",
    "spec-teacher-local",
    "spec-cabin-business",
    "spec-cabin-economy",
    "spec-star-5",
    "spec-star-4",
    "spec-origin-imported",
    "spec-origin-home",
    "spec-state-new",
    "spec-state-used",
    "spec-meat-whole",
    "spec-meat-formed",
    "spec-juice-pure",
    "spec-juice-made",
    "spec-oil-pressed",
    "spec-oil-solvent",
    "spec-flight-direct",
    "spec-flight-stop",
    "spec-bath-own",
    "spec-bath-shared",
    "spec-tour-no-shops",
    "spec-tour-shops",
    "spec-food-fresh",
    "spec-food-premade",
    "spec-hand-made",
    "spec-machine-made",
    "spec-read-whole",
    "spec-read-part",
    "spec-view",
    "spec-view-none",
    "spec-upgrade",
    "spec-gross",
    "spec-no-install",
    "spec-install",
    "spec-no-sugar",
    "spec-sugar",
    "spec-no-alcohol",
    "spec-alcohol",
    "spec-no-additive",
    "spec-additive",
    "spec-no-touch-up",
    "spec-touch-up",
];

/// One name in the ad, another of its sort on the page.
pub(crate) struct OfOneSort<'a> {
    pub(crate) ad: &'a Statement,
    pub(crate) promised: String,
    pub(crate) there: &'a Statement,
    pub(crate) delivered: String,
}

/// A line of a description is no longer. Characters; heuristic.
const SHORT: usize = 16;

/// The name that the page gives to what the ad named otherwise.
pub(crate) fn instead<'a>(page: &PageSide<'a>, sides: &Sides<'a>) -> Option<OfOneSort<'a>> {
    SORTS
        .iter()
        .find_map(|sort| of_sort(sort, page, sides))
        .or_else(|| LACKS.iter().find_map(|[lacks, has]| instead_of(lacks, &[has], page, sides)))
        .or_else(|| other_model(page, sides))
}

fn of_sort<'a>(sort: &[&'static str], page: &PageSide<'a>, sides: &Sides<'a>) -> Option<OfOneSort<'a>> {
    let words = sides.words;
    let said = |term: &&'static str| sides.ad.statements.iter().any(|s| words.says(term, &s.normal.text));
    let term = sort.iter().find(|term| said(term))?;
    let others: Vec<_> = sort.iter().copied().filter(|other| other != term).collect();
    instead_of(term, &others, page, sides)
}

/// One of the other names on the page, where the ad says `term` and the page nowhere does.
fn instead_of<'a>(
    term: &'static str,
    others: &[&'static str],
    page: &PageSide<'a>,
    sides: &Sides<'a>,
) -> Option<OfOneSort<'a>> {
    let words = sides.words;
    let said_by_ad = |term: &'static str| sides.ad.statements.iter().find(|s| words.says(term, &s.normal.text));
    let ad = said_by_ad(term)?;
    // What is to be had for more money only is not what is sold at the ad's price.
    let keeps = |s: &Statement| words.has(term, &s.normal.text) && !words.has("spec-upgrade", &s.normal.text);
    let kept = all_of(page, sides).any(|side| side.side.statements.iter().any(keeps));
    // An ad that names two of a sort sells both, or compares them.
    if kept || others.iter().any(|other| said_by_ad(other).is_some()) {
        return None;
    }
    let names = |at: usize, statement: &'a Statement| {
        let text = &statement.normal.text;
        let other = others.iter().find_map(|other| words.find(other, text))?;
        // A short line describes; a long one may tell of anything.
        let short = statement.text.chars().count() <= SHORT;
        let told = statement.role != Role::Text || !statement.prices.is_empty() || short;
        let label = at.checked_sub(1).is_some_and(|at| words.has("spec-label", &page.side.statements[at].normal.text));
        let tied = told || label || words.has("spec-label", text) || about::alike(&ad.normal.text, text, words);
        (tied && !is_aside(page, at, words)).then(|| text[other].to_owned())
    };
    let (there, delivered) =
        page.side.statements.iter().enumerate().find_map(|(at, statement)| Some((statement, names(at, statement)?)))?;
    let promised = words.find(term, &ad.normal.text).map_or_else(String::new, |found| ad.normal.text[found].to_owned());
    Some(OfOneSort { ad, promised, there, delivered })
}

/// Letters and digits of a model with what tells its versions apart: 「X200 Pro」.
static MODEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^a-z0-9.])([a-z]{1,8}[ -]?\d{1,4}[a-z]?(?: ?(?:pro|max|plus|ultra|mini|lite|air|青春版|标准版|至尊版|旗舰版|尊享版))*)(?:$|[^a-z0-9%])")
        .expect("internal error: the pattern of models is one")
});
/// Letters that stand before numbers and name no model.
const NO_MODEL: &[&str] = &[
    "top", "no", "ip", "wifi", "wi", "usb", "type", "vip", "svip", "app", "ios", "android", "windows", "icp", "b2",
    "iso", "gb", "spf", "upf", "pm", "omega", "day", "up", "over", "from", "for", "in", "at", "to", "of", "the",
    "only", "just", "and", "save", "get", "any", "within", "first", "per", "hdmi", "mp", "co", "h5", "version", "lv",
    "level", "step", "room", "page", "http", "or", "is", "with", "see", "all", "by",
];

/// The models in a text, written alike. One letter and a number are of a model from three digits on, or with a version.
fn models(text: &str) -> BTreeSet<String> {
    let names = |model: &String| {
        let letters = model.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
        let digits = model.chars().filter(char::is_ascii_digit).count();
        let bare = letters.len() + digits == model.len();
        !NO_MODEL.contains(&letters) && (letters.len() > 1 || digits > 2 || !bare)
    };
    MODEL.captures_iter(text).map(|found| found[1].replace([' ', '-'], "")).filter(names).collect()
}

/// Another model of the same family, where the page names none of those in the ad.
fn other_model<'a>(page: &PageSide<'a>, sides: &Sides<'a>) -> Option<OfOneSort<'a>> {
    let digits = |c: char| c.is_ascii_digit();
    let family = |model: &str| model.split(digits).next().unwrap_or_default().to_owned();
    let there: BTreeSet<String> = all_of(page, sides)
        .flat_map(|side| side.side.statements.iter().flat_map(|statement| models(&statement.normal.text)))
        .collect();
    let missing = |model: &String| {
        let kept = |other: &String| other.starts_with(model.as_str()) && !other[model.len()..].starts_with(digits);
        !there.iter().any(kept)
    };
    let named =
        |statement: &'a Statement| models(&statement.normal.text).into_iter().map(move |model| (statement, model));
    let (ad, promised) = sides.ad.statements.iter().flat_map(named).find(|(_, model)| missing(model))?;
    let shown = |statement: &&Statement| {
        matches!(statement.role, Role::Headline | Role::PageTitle) || !statement.prices.is_empty()
    };
    let (there, delivered) = (page.side.statements.iter().filter(shown))
        .flat_map(named)
        .find(|(_, model)| family(model) == family(&promised) && *model != promised)?;
    Some(OfOneSort { ad, promised, there, delivered })
}

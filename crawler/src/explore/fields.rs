//! What the page asks a person for: fields, drawn fields, boxes to tick, sentences that make a press a consent.

use model::units::Area;

use super::layers::Layers;
use super::lexicon::{Form, LEXICON, Phrases};
use super::names::names;
use super::tree::Tree;

/// More marks than this on one page are not told apart.
const MOST: usize = 150;
/// CSS pixels; what stands further from a button has nothing to do with it.
const NEAR: f64 = 260.0;

/// Characters; a longer text is no placeholder of a drawn field.
const MOST_DRAWN: usize = 24;

/// What a press could send, or agree to.
pub(super) struct Fields {
    fields: Vec<Mark>,
    ticks: Vec<Mark>,
    consents: Vec<Mark>,
    /// A subscription, or a charge to the phone bill, stands somewhere on the page.
    pub(super) billing: bool,
}

struct Mark {
    area: Area,
    layer: Option<usize>,
    form: Option<usize>,
    fixed: bool,
}

impl Mark {
    fn of(tree: &Tree<'_>, layers: &Layers, at: usize, area: Area) -> Self {
        let form = tree.up(at).find(|&up| tree.tag(up) == "form");
        Self { area, layer: layers.layer(at), form, fixed: tree.is_fixed(at) }
    }

    /// Whether both stand together: one below the other, or in one form, or both in a bar that stays.
    fn is_near(&self, other: &Self) -> bool {
        if self.layer != other.layer {
            return false;
        }
        let gap = (other.area.y - self.area.bottom()).max(self.area.y - other.area.bottom()).max(0.0);
        (self.form.is_some() && self.form == other.form) || (self.fixed == other.fixed && gap <= NEAR)
    }
}

/// What stands beside one thing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Beside {
    /// A field to fill in.
    pub(super) field: bool,
    /// A box to tick.
    pub(super) tick: bool,
    /// A sentence that makes the press a consent.
    pub(super) consent: bool,
}

impl Fields {
    pub(super) fn of(tree: &Tree<'_>, layers: &Layers) -> Self {
        let marks = |is: &dyn Fn(usize) -> bool| -> Vec<Mark> {
            let mark = |at: usize| Some(Mark::of(tree, layers, at, tree.node(at).area?));
            tree.all().filter(|&at| is(at)).filter_map(mark).take(MOST).collect()
        };
        let text = |at: usize| tree.node(at).text.as_deref().map(|text| LEXICON.form(text));
        let short = |at: usize| tree.node(at).text.as_deref().is_some_and(|text| text.chars().count() <= MOST_DRAWN);
        let drawn =
            |at: usize| short(at) && tree.is_legible(at) && text(at).is_some_and(|form| LEXICON.field.say(&form));
        // Pale print counts: a page that hides its terms is the one to be careful with.
        let consent = |at: usize| text(at).is_some_and(|form| LEXICON.consent.say(&form)) || says_consent(tree, at);
        Self {
            fields: marks(&|at| (is_field(tree, at) && !is_search(tree, at)) || drawn(at)),
            ticks: marks(&|at| is_tick(tree, at)),
            consents: marks(&consent),
            billing: is_billed(tree),
        }
    }

    /// What stands beside the node, in the same layer.
    pub(super) fn beside(&self, tree: &Tree<'_>, layers: &Layers, at: usize, area: Area) -> Beside {
        let own = Mark::of(tree, layers, at, area);
        let any = |marks: &[Mark]| marks.iter().any(|mark| own.is_near(mark));
        Beside { field: any(&self.fields), tick: any(&self.ticks), consent: any(&self.consents) }
    }

    /// Whether there is a field anywhere in the layer, or on the page itself.
    pub(super) fn in_layer(&self, layer: Option<usize>) -> bool {
        self.fields.iter().any(|field| field.layer == layer)
    }
}

/// What a person can write into.
pub(super) fn is_field(tree: &Tree<'_>, at: usize) -> bool {
    let node = tree.node(at);
    let editable = match node.tag.as_str() {
        "input" => !matches!(
            tree.attr(at, "type").to_ascii_lowercase().as_str(),
            "hidden" | "submit" | "button" | "image" | "reset" | "checkbox" | "radio" | "range" | "color"
        ),
        "textarea" => true,
        "select" => true,
        _ => {
            node.attrs.get("contenteditable").is_some_and(|value| value != "false")
                || tree.attr(at, "role") == "textbox"
        }
    };
    // An invisible input over drawn boxes still takes the code.
    editable && node.area.is_some_and(|area| area.w >= 8.0 && area.h >= 8.0 && area.right() > 0.0)
}

/// A field for looking something up asks nothing of the person.
fn is_search(tree: &Tree<'_>, at: usize) -> bool {
    let said = format!("{} {}", tree.attr(at, "placeholder"), tree.attr(at, "aria-label")).to_lowercase();
    let kind = tree.attr(at, "type").to_ascii_lowercase();
    kind == "search"
        || tree.names(at).iter().any(|piece| piece == "search")
        || said.contains("搜")
        || said.contains("search")
}

/// A box to tick, drawn or real, ticked or not: a press beside it is an agreement.
fn is_tick(tree: &Tree<'_>, at: usize) -> bool {
    let node = tree.node(at);
    if node.tag == "input" {
        return tree.attr(at, "type").eq_ignore_ascii_case("checkbox");
    }
    if tree.attr(at, "role") == "checkbox" || node.attrs.contains_key("aria-checked") {
        return true;
    }
    let small = node.area.is_some_and(|area| area.w <= 40.0 && area.h <= 40.0) && node.text.is_none();
    small && tree.seen(at).is_some() && names(&tree.names(at), &LEXICON.names.tick)
}

/// A sentence broken up by links: 「我已阅读并同意 <a>…</a>」.
fn says_consent(tree: &Tree<'_>, at: usize) -> bool {
    const MOST_TEXT: usize = 200;
    if !matches!(tree.tag(at), "p" | "div" | "label" | "span" | "li" | "small") || tree.below(at).len() > 40 {
        return false;
    }
    let text: String = tree.below(at).filter_map(|below| tree.node(below).text.as_deref()).collect();
    text.chars().count() <= MOST_TEXT && LEXICON.consent.say(&LEXICON.form(&text))
}

fn is_billed(tree: &Tree<'_>) -> bool {
    /// Characters of a page that are read for this.
    const MOST_TEXT: usize = 40_000;
    const STRETCH: usize = 360;
    const STEP: usize = 320;
    // Letters of one sentence may stand in boxes of their own.
    let texts = tree.all().filter_map(|at| tree.node(at).text.as_deref());
    let letters: Vec<char> = texts.flat_map(str::chars).take(MOST_TEXT).collect();
    let starts = (0..letters.len()).step_by(STEP);
    let form =
        |start: usize| LEXICON.form(&letters[start..letters.len().min(start + STRETCH)].iter().collect::<String>());
    let forms: Vec<Form> = starts.map(form).collect();
    let any = |phrases: &Phrases| forms.iter().any(|form| phrases.say(form));
    any(&LEXICON.billing) || (any(&LEXICON.monthly) && !any(&LEXICON.wages))
}

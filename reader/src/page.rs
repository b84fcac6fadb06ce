//! From everything captured of a page to what a person sees there and can do.

mod action;
mod buttons;
mod checkboxes;
mod codes;
mod facts;
mod fields;
mod forms;
mod invented;
mod kind;
mod layers;
mod pictures;
mod runs;
mod send;
mod sentences;
mod sight;
mod template;
mod ticks;
mod tree;
mod words;

use std::collections::HashSet;

use model::case::{Gap, Step};
use model::evidence::{EvidenceId, PagePlace, Place};
use model::snapshot::{Node, Snapshot};
use model::statement::{Button, Checkbox, Code, Field, Form, Page, ReadBy, Role, Statement, Visibility};
use model::units::Area;

use crate::ocr::{Ocr, unread_print};
use crate::options::Options;
use crate::{price, text};
use forms::Forms;
use pictures::Region;
use sentences::{Known, Sentence};
use sight::Covers;
use tree::Tree;

/// What a person sees of a snapshot, and what of it could not be read.
#[derive(Clone, Debug, PartialEq)]
pub struct PageReading {
    pub page: Page,
    pub gaps: Vec<Gap>,
}

pub(crate) fn read(
    snapshot: &Snapshot,
    picture: Option<&[u8]>,
    scripts: &[String],
    ocr: &Ocr,
    options: &Options,
) -> PageReading {
    let kept_as = snapshot_id(snapshot);
    // A page whose layout could not be had still has a root, with nothing in it.
    let rootless;
    let snapshot = if snapshot.nodes.is_empty() {
        let root = Node { tag: "html".to_owned(), ..Node::default() };
        rootless = Snapshot { nodes: vec![root], ..snapshot.clone() };
        &rootless
    } else {
        snapshot
    };
    let tree = Tree::new(snapshot);
    let ids = tree::by_id(&tree);
    let labels = fields::labels(&tree, &ids);

    let mut fields = fields::of(&tree, &ids);
    let mut checkboxes = checkboxes::of(&tree, &labels);
    let mut buttons = buttons::of(&tree);
    // Box and words of a check box are pressed to tick it: that is no button.
    buttons.retain(|b| {
        !checkboxes.iter().any(|c| tree.within(b.node, c.node) || (c.holder == Some(b.node) && b.label == c.label))
    });
    let (senders, submits): (Vec<_>, Vec<_>) =
        buttons.iter().partition(|b| buttons::sends_code(&text::normal(&b.label).text));
    let nodes = |buttons: &[&buttons::Found]| buttons.iter().map(|b| b.node).collect::<Vec<_>>();
    fields::decide_codes(&tree, &mut fields, &nodes(&senders));
    let forms = Forms::of(&tree, &fields.iter().map(|f| f.node).collect::<Vec<_>>(), &nodes(&submits));

    let (mut statements, hidden) = statements(&tree, &buttons, &fields, &labels);
    let mut gaps = Vec::new();
    let mute: Vec<Region> =
        buttons.iter().filter(|b| b.label.is_empty()).map(|b| Region { node: b.node, area: b.area }).collect();
    let codes = {
        let told = Told { statements: &mut statements, checkboxes: &mut checkboxes, gaps: &mut gaps };
        read_pictures(&tree, picture, &mute, ocr, options, told)
    };
    let covers = Covers::of(&tree);
    for (at, statement) in &mut statements {
        sight::surround(&tree, &covers, *at, statement);
    }
    statements.sort_by_key(|(node, _)| *node);
    let mut statements: Vec<Statement> =
        std::iter::once(title(&tree)).flatten().chain(statements.into_iter().map(|(_, s)| s)).collect();
    sentences::compare_sizes(&mut statements);

    // A button outside of its form names it.
    let form_of = |at: usize| forms.number(&tree, at).or_else(|| forms.number(&tree, *ids.get(tree.attr(at, "form"))?));
    let pressed: Vec<usize> = buttons.iter().map(|b| b.node).collect();
    let mut buttons: Vec<Button> =
        buttons.iter().map(|found| button(&tree, found, form_of(found.node), &statements)).collect();
    for (button, node) in buttons.iter_mut().zip(&pressed) {
        button.send = send::of_button(&tree, *node, &ids);
    }
    let main_button = action::main(&tree, &pressed, &buttons);
    if let Some(main) = main_button.and_then(|at| buttons.get(at)) {
        tell_distances(&mut statements, main);
    }
    let fields = fields.iter().enumerate().map(|(at, found)| field(&tree, found, &forms, at)).collect();
    let checkboxes = checkboxes.iter().map(|found| checkbox(&tree, found, &forms)).collect();
    let hidden: Vec<Statement> = hidden.into_iter().map(|s| s.statement).collect();
    let page = Page {
        invented: invented::of(&tree, statements.iter().chain(&hidden), scripts),
        snapshot: kept_as,
        visitor: snapshot.visitor.clone(),
        hop: snapshot.hop,
        level: snapshot.level,
        part: snapshot.part,
        url: snapshot.url.clone(),
        title: snapshot.title.clone(),
        status: snapshot.status,
        at_ms: snapshot.at_ms,
        viewport: snapshot.viewport,
        template: template::of(&tree),
        facts: facts::of(&statements),
        statements,
        fields,
        buttons,
        main_button,
        forms: forms_of(&tree, &forms),
        checkboxes,
        hidden,
        codes,
    };
    PageReading { page, gaps }
}

/// The id under which the snapshot is kept: of its serialised form.
fn snapshot_id(snapshot: &Snapshot) -> EvidenceId {
    serde_json::to_vec(snapshot).map_or(snapshot.html, |bytes| EvidenceId::of(&bytes))
}

/// Says of each statement how far it is from the main button, unless one of them scrolls and the other stays.
fn tell_distances(statements: &mut [Statement], main: &Button) {
    let Some(area) = main.place.area else { return };
    for statement in statements.iter_mut().filter(|s| s.visibility.fixed == main.visibility.fixed) {
        let far = statement.page_place().and_then(|place| sight::distance(place, &area));
        statement.visibility.to_button_px = far;
    }
}

/// Sentences, then what stands in fields and on input buttons, each with the node that orders it; and the sentences that
/// nobody can see.
fn statements(
    tree: &Tree,
    buttons: &[buttons::Found],
    fields: &[fields::Found],
    labels: &[(usize, usize)],
) -> (Vec<(usize, Statement)>, Vec<Sentence>) {
    let pressed: HashSet<usize> = buttons.iter().map(|b| b.node).collect();
    let action = |at: usize| tree.up(at).find(|up| pressed.contains(up));
    let asked: HashSet<usize> = fields.iter().map(|f| f.node).collect();
    let named: HashSet<usize> =
        labels.iter().filter(|(_, control)| asked.contains(control)).map(|(label, _)| *label).collect();
    let is_label = |at: usize| {
        tree.up(at).any(|up| {
            named.contains(&up) || (tree.node(up).tag == "label" && tree.below(up).any(|n| asked.contains(&n)))
        })
    };
    let known = Known { action: &action, is_label: &is_label };
    let (seen, hidden) = sentences::of(tree, &known);
    let mut found: Vec<(usize, Statement)> = seen.into_iter().map(|s| (s.node, s.statement)).collect();
    for field in fields {
        let node = tree.node(field.node);
        let value =
            node.value.as_deref().filter(|v| !v.trim().is_empty() && tree.attr(field.node, "type") != "password");
        let shown = value.unwrap_or_else(|| tree.attr(field.node, "placeholder"));
        found.extend(stated(tree, field.node, shown, Role::FieldLabel).map(|s| (field.node, s)));
    }
    for button in buttons.iter().filter(|b| tree.node(b.node).tag == "input") {
        found.extend(stated(tree, button.node, &button.label, Role::Button).map(|s| (button.node, s)));
    }
    (found, hidden)
}

/// Words that stand in a node without being a text of their own.
fn stated(tree: &Tree, at: usize, shown: &str, role: Role) -> Option<Statement> {
    let shown = text::folded(shown);
    let normal = text::normal(&shown);
    if normal.text.is_empty() || !tree.is_visible(at) {
        return None;
    }
    let area = tree.node(at).area;
    let prices = price::tags(&normal.text);
    let visibility = look(tree, at, area.as_ref());
    Some(Statement {
        text: shown,
        normal,
        place: Place::Page(tree.place(at, area)),
        visibility,
        role,
        read_by: ReadBy::Text,
        prices,
    })
}

fn look(tree: &Tree, at: usize, area: Option<&Area>) -> Visibility {
    let style = tree.style(at);
    Visibility {
        font_px: style.map(|s| s.font_px),
        contrast: style.and_then(|s| s.contrast),
        screens_down: area.map(|a| tree.screens_down(at, a)),
        layer: tree.layer(at).is_some(),
        weight: style.map(|s| s.weight),
        opacity: sight::opacity(tree, at),
        fixed: tree.is_fixed(at),
        frame: tree.is_framed(at),
        ..Visibility::default()
    }
}

fn title(tree: &Tree) -> Option<Statement> {
    let shown = text::folded(&tree.snapshot.title);
    let normal = text::normal(&shown);
    let prices = price::tags(&normal.text);
    let place = PagePlace { selector: None, ..tree.place(0, None) };
    (!normal.text.is_empty() && !tree.snapshot.nodes.is_empty()).then(|| Statement {
        text: shown,
        normal,
        place: Place::Page(PagePlace { evidence: tree.snapshot.html, ..place }),
        visibility: Visibility::default(),
        role: Role::PageTitle,
        read_by: ReadBy::Text,
        prices,
    })
}

/// What the picture of a page adds to, or measures.
struct Told<'t> {
    statements: &'t mut Vec<(usize, Statement)>,
    checkboxes: &'t mut [checkboxes::Found],
    gaps: &'t mut Vec<Gap>,
}

/// Reads words and codes that stand in pictures; what cannot be read is a gap.
fn read_pictures(
    tree: &Tree,
    picture: Option<&[u8]>,
    mute: &[Region],
    ocr: &Ocr,
    options: &Options,
    told: Told<'_>,
) -> Vec<Code> {
    let Told { statements, checkboxes, gaps } = told;
    let texts: Vec<Area> = statements.iter().filter_map(|(_, s)| s.page_place()?.area).collect();
    let regions = pictures::regions(tree, &texts, mute);
    let full = match picture {
        Some(bytes) => pictures::decode(bytes, options),
        None => Err("there is no picture of the page".to_owned()),
    };
    let full = match full {
        Ok(full) => full,
        Err(reason) => {
            // Without pictures on the page nothing is lost but measurements, and codes drawn by scripts.
            if !regions.is_empty() {
                gaps.push(gap(
                    tree,
                    format!("the words in {} pictures of {} were not read: {reason}", regions.len(), tree.snapshot.url),
                ));
            }
            return Vec::new();
        }
    };
    let outcome = pictures::read(tree, &full, &regions, &texts, ocr, options);
    gaps.extend(outcome.unread.into_iter().map(|detail| gap(tree, format!("{}: {detail}", tree.snapshot.url))));
    if let Some(told) = unread_print(&outcome.unread_print) {
        gaps.push(Gap { reason: "print-unread".into(), ..gap(tree, format!("{}: {told}", tree.snapshot.url)) });
    }
    statements.extend(outcome.read.into_iter().map(|r| (r.node, r.statement)));
    let scale = tree.snapshot.picture.as_ref().map_or(1.0, |p| p.scale);
    pictures::measure_contrast(statements.iter_mut().map(|(_, s)| s), &full, scale);
    sight::measure(statements.iter_mut().map(|(_, s)| s), &full, scale);
    checkboxes::look(checkboxes, &full, scale);
    let search = codes::of(tree, &full, scale);
    gaps.extend(search.unsearched.map(|detail| gap(tree, format!("{}: {detail}", tree.snapshot.url))));
    search.codes
}

fn gap(tree: &Tree, detail: String) -> Gap {
    Gap {
        step: Step::Read,
        reason: "picture-unread".into(),
        visitor: Some(tree.snapshot.visitor.clone()),
        hop: Some(tree.snapshot.hop),
        retry: false,
        detail,
    }
}

fn button(tree: &Tree, found: &buttons::Found, form: Option<u32>, statements: &[Statement]) -> Button {
    let inside = |s: &&Statement| {
        s.page_place().and_then(|p| p.area).is_some_and(|a| a.intersection(&found.area).size() > 0.6 * a.size())
    };
    let mut label = found.label.clone();
    if label.is_empty() {
        let read: Vec<&Statement> = statements.iter().filter(|s| s.role == Role::PictureText).filter(inside).collect();
        // What only shows through, or is cut by its edge, is smaller than the words on it.
        let size = |s: &Statement| s.visibility.font_px.unwrap_or_default();
        let largest = read.iter().map(|s| size(s)).fold(0.0, f64::max);
        let read: Vec<&str> = read.into_iter().filter(|s| size(s) >= 0.5 * largest).map(|s| s.text.as_str()).collect();
        // More than a few words in a picture are its content, not the name of a button.
        label = read.join(" ");
        if label.chars().count() > 60 {
            label.clear();
        }
    }
    let words = statements.iter().filter(inside).find(|s| s.role == Role::Button || s.role == Role::PictureText);
    let mut visibility = look(tree, found.node, Some(&found.area));
    if let Some(words) = words {
        visibility.font_px = words.visibility.font_px;
        visibility.contrast = words.visibility.contrast;
        visibility.relative = words.visibility.relative;
    }
    Button {
        normal: text::normal(&label),
        label,
        place: tree.place(found.node, Some(found.area)),
        form,
        layer: tree.layer(found.node).is_some(),
        visibility,
        href: found.href.clone(),
        send: None,
    }
}

fn forms_of(tree: &Tree, forms: &Forms) -> Vec<Form> {
    let form =
        |(number, at)| Some(Form { number, send: send::of_form(tree, at)?, place: tree.place(at, tree.node(at).area) });
    forms.holders().filter_map(form).collect()
}

fn field(tree: &Tree, found: &fields::Found, forms: &Forms, at: usize) -> Field {
    Field {
        kind: found.kind,
        label: found.label.clone(),
        place: tree.place(found.node, found.area),
        form: forms.number(tree, found.node).unwrap_or(1_000 + u32::try_from(at).unwrap_or_default()),
        layer: tree.layer(found.node).is_some(),
    }
}

fn checkbox(tree: &Tree, found: &checkboxes::Found, forms: &Forms) -> Checkbox {
    Checkbox {
        label: found.label.clone(),
        normal: text::normal(&found.label),
        checked: found.checked.unwrap_or_default(),
        drawn: found.drawn,
        choice: found.choice,
        unknown: found.checked.is_none(),
        place: tree.place(found.node, found.area),
        form: forms.number(tree, found.node),
    }
}

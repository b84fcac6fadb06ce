//! Form fields: what each asks for. Described, never filled.

use std::collections::HashMap;

use model::statement::FieldKind;
use model::units::Area;

use super::tree::Tree;
use super::{kind, words};
use crate::text::{folded, normal};

/// A field on its way to `model::statement::Field`.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) node: usize,
    pub(super) kind: FieldKind,
    /// Whether 「验证码」 alone does not say by which way the code comes.
    pub(super) unsure: bool,
    pub(super) label: String,
    pub(super) area: Option<Area>,
}

/// More fields than this on one page are not described.
const MAX_FIELDS: usize = 300;

/// All fields a person can fill in, in document order.
pub(super) fn of(tree: &Tree, ids: &HashMap<&str, usize>) -> Vec<Found> {
    let labels = labels(tree, ids);
    let mut found: Vec<Found> = tree
        .nodes()
        .map(|(at, _)| at)
        .filter(|&at| is_field(tree, at))
        .take(MAX_FIELDS)
        .map(|at| describe(tree, at, &labels))
        .collect();
    join_digit_boxes(tree, &mut found);
    found
}

/// Pairs of a `label` and the control it names.
pub(super) fn labels(tree: &Tree, ids: &HashMap<&str, usize>) -> Vec<(usize, usize)> {
    tree.nodes()
        .filter(|(_, node)| node.tag == "label")
        .filter_map(|(at, _)| ids.get(tree.attr(at, "for")).map(|&control| (at, control)))
        .collect()
}

pub(super) fn is_field(tree: &Tree, at: usize) -> bool {
    let node = tree.node(at);
    let editable = match node.tag.as_str() {
        "input" => !matches!(
            tree.attr(at, "type").to_lowercase().as_str(),
            "hidden" | "submit" | "button" | "image" | "reset" | "checkbox" | "radio" | "file" | "range" | "color"
        ),
        "textarea" | "select" => true,
        _ => node.attrs.get("contenteditable").is_some_and(|v| v != "false") || tree.attr(at, "role") == "textbox",
    };
    if !editable || node.area.is_none_or(|a| a.w < 8.0 || a.h < 8.0) {
        return false;
    }
    // An invisible input over drawn boxes still takes the code.
    tree.is_visible(at)
        || (node.area.is_some_and(|a| a.w >= 20.0 && a.h >= 20.0 && a.x > -100.0)
            && tree.attr(at, "autocomplete") == "one-time-code")
}

fn describe(tree: &Tree, at: usize, labels: &[(usize, usize)]) -> Found {
    let named: Vec<String> =
        labels.iter().filter(|(_, control)| *control == at).map(|(label, _)| words::of(tree, *label)).collect();
    let wrapping =
        tree.up(at).find(|&up| tree.node(up).tag == "label").map(|label| words::of(tree, label)).unwrap_or_default();
    let placeholder = folded(tree.attr(at, "placeholder"));
    let aria = folded(tree.attr(at, "aria-label"));
    let before = words::before(tree, at);
    let spoken =
        [&placeholder, &aria, &named.join(" "), &wrapping, &folded(tree.attr(at, "title"))].map(|s| normal(s).text);
    let hints = kind::Hints {
        shown: spoken.join(" | "),
        before: normal(&before).text,
        names: format!("{} {}", words::names(tree, at), tree.attr(at, "data-name")),
        input_type: tree.attr(at, "type").to_lowercase(),
        autocomplete: tree.attr(at, "autocomplete").to_lowercase(),
        max_length: tree.attr(at, "maxlength").parse().ok(),
    };
    let (kind, unsure) = kind::of(&hints);
    let label = [named.join(" "), placeholder, aria, wrapping, before, tree.attr(at, "name").to_owned()]
        .into_iter()
        .find(|l| !l.is_empty());
    Found { node: at, kind, unsure, label: label.unwrap_or_default(), area: tree.node(at).area }
}

/// Four to eight boxes of one digit each, in a row, are one field for a code.
fn join_digit_boxes(tree: &Tree, found: &mut Vec<Found>) {
    let single = |f: &Found| tree.attr(f.node, "maxlength") == "1";
    let row = |a: &Found, b: &Found| match (a.area, b.area) {
        (Some(a), Some(b)) => (a.y - b.y).abs() < a.h.max(b.h) * 0.5,
        _ => false,
    };
    let mut joined: Vec<Found> = Vec::new();
    for group in found.chunk_by(|a, b| single(a) && single(b) && row(a, b)) {
        if (4..=8).contains(&group.len()) {
            let area = group.iter().filter_map(|f| f.area).reduce(|a, b| a.union(&b));
            let label = group.iter().map(|f| &f.label).find(|l| !l.is_empty()).cloned().unwrap_or_default();
            joined.push(Found { kind: FieldKind::SmsCode, unsure: true, label, area, ..group[0].clone() });
        } else {
            joined.extend(group.iter().cloned());
        }
    }
    *found = joined;
}

/// Decides how an unsure code comes: a button that sends one beside it, or a picture that shows one.
pub(super) fn decide_codes(tree: &Tree, found: &mut [Found], senders: &[usize]) {
    for field in found.iter_mut().filter(|f| f.unsure) {
        let Some(area) = field.area else { continue };
        let in_row = |other: &Area| {
            let shared = area.bottom().min(other.bottom()) - area.y.max(other.y);
            shared > 0.3 * area.h.min(other.h) && other.x > area.x
        };
        let sends = senders.iter().any(|&at| tree.node(at).area.is_some_and(|a| in_row(&a)));
        let shows = tree.nodes().any(|(at, node)| {
            matches!(node.tag.as_str(), "img" | "canvas" | "svg")
                && tree.is_visible(at)
                && node.area.is_some_and(|a| {
                    in_row(&a) && (48.0..=220.0).contains(&a.w) && (18.0..=90.0).contains(&a.h) && a.w > 1.5 * a.h
                })
        });
        field.kind = if shows && !sends { FieldKind::PictureCode } else { FieldKind::SmsCode };
    }
}

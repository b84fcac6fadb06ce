//! What a page asks to be written.

use model::snapshot::Node;

use super::page::{attribute, is_visible};
use super::words::{WORDS, fold};

/// Something to be written into.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    pub(super) kind: FieldKind,
    pub(super) top: f64,
    pub(super) furniture: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldKind {
    Search,
    Password,
    /// A code, by message or from a picture.
    Code,
    /// A name to log in with: phone, mail, user name.
    Account,
    Other,
}

/// The fields that can be seen.
pub(super) fn fields(nodes: &[Node], furniture: &[bool]) -> Vec<Field> {
    let seen = nodes.iter().enumerate().filter(|(_, node)| is_visible(node));
    seen.filter_map(|(at, node)| {
        Some(Field { kind: field(node)?, top: node.area.map_or(0.0, |area| area.y), furniture: furniture[at] })
    })
    .collect()
}

fn field(node: &Node) -> Option<FieldKind> {
    match node.tag.as_str() {
        "textarea" | "select" => return Some(FieldKind::Other),
        "input" => {}
        _ => return None,
    }
    let named = ["name", "id", "placeholder", "autocomplete", "class", "aria-label", "title"]
        .map(|name| fold(node.attrs.get(name).map_or("", String::as_str)))
        .join(" ");
    let words = &WORDS.fields;
    Some(match attribute(node, "type").as_str() {
        "hidden" | "checkbox" | "radio" | "button" | "submit" | "image" | "reset" | "range" | "color" => return None,
        "password" => FieldKind::Password,
        "search" => FieldKind::Search,
        _ if words.search.is_in(&named) => FieldKind::Search,
        _ if words.code.is_in(&named) => FieldKind::Code,
        "tel" | "email" => FieldKind::Account,
        _ if words.account.is_in(&named) => FieldKind::Account,
        _ => FieldKind::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample::field as input;
    use super::*;

    #[test]
    fn fields_are_known_by_type_and_name() {
        let kind = |attrs: &[(&str, &str)]| field(&input(attrs));
        assert_eq!(kind(&[("type", "password")]), Some(FieldKind::Password));
        assert_eq!(kind(&[("placeholder", "请输入短信验证码")]), Some(FieldKind::Code));
        assert_eq!(kind(&[("type", "tel")]), Some(FieldKind::Account));
        assert_eq!(kind(&[("name", "q")]), Some(FieldKind::Search));
        assert_eq!(kind(&[("placeholder", "详细地址")]), Some(FieldKind::Other));
        assert_eq!(kind(&[("type", "checkbox")]), None);
    }
}

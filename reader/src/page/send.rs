//! Where a form would send what is filled in, as far as its page says so. Nothing is ever sent.

use std::collections::HashMap;

use model::statement::Send;
use url::Url;

use super::tree::Tree;

/// A longer address is not told.
const MAX_URL: usize = 2_048;

/// Where an element that holds fields would send them; none when it is no form of HTML, and only scripts know.
pub(super) fn of_form(tree: &Tree, form: usize) -> Option<Send> {
    (tree.node(form).tag == "form").then(|| Send {
        method: method(tree.attr(form, "method")),
        url: address(tree, form, tree.attr(form, "action")),
    })
}

/// Where a button would send its form; none when it is made to send none.
pub(super) fn of_button(tree: &Tree, button: usize, ids: &HashMap<&str, usize>) -> Option<Send> {
    let kind = tree.attr(button, "type").to_lowercase();
    let sends = match tree.node(button).tag.as_str() {
        "button" => matches!(kind.as_str(), "" | "submit"),
        "input" => matches!(kind.as_str(), "submit" | "image"),
        _ => false,
    };
    let named = ids.get(tree.attr(button, "form")).copied();
    let form = named.or_else(|| tree.up(button).find(|&up| tree.node(up).tag == "form")).filter(|_| sends)?;
    let mut send = of_form(tree, form)?;
    // A button may send the form elsewhere than the form itself would.
    send.url = address(tree, button, tree.attr(button, "formaction")).or(send.url);
    let own = tree.attr(button, "formmethod");
    if !own.is_empty() {
        send.method = method(own);
    }
    Some(send)
}

fn method(said: &str) -> String {
    if said.eq_ignore_ascii_case("post") { "POST" } else { "GET" }.to_owned()
}

/// The full address; none for what names none (`#`, `javascript:;`).
fn address(tree: &Tree, at: usize, said: &str) -> Option<String> {
    let said = said.trim();
    if said.is_empty() || said.starts_with('#') {
        return None;
    }
    let url = base(tree, at)?.join(said).ok()?;
    let goes_somewhere = !matches!(url.scheme(), "javascript" | "data" | "about" | "blob");
    (goes_somewhere && url.as_str().len() <= MAX_URL).then(|| url.into())
}

/// The address that others are seen from: of the frame it stands in, or of the page and its `<base>`.
fn base(tree: &Tree, at: usize) -> Option<Url> {
    let page = Url::parse(&tree.snapshot.url).ok()?;
    let frame = tree.up(at).skip(1).find(|&up| tree.node(up).tag == "iframe");
    let based = |within: Option<usize>| {
        tree.nodes().find_map(|(at, node)| {
            let own = tree.up(at).find(|&up| tree.node(up).tag == "iframe");
            (node.tag == "base" && own == within).then(|| tree.attr(at, "href")).filter(|href| !href.is_empty())
        })
    };
    let outer = based(None).and_then(|href| page.join(href).ok()).unwrap_or_else(|| page.clone());
    let Some(frame) = frame else { return Some(outer) };
    let inner = outer.join(tree.attr(frame, "src")).ok()?;
    Some(based(Some(frame)).and_then(|href| inner.join(href).ok()).unwrap_or(inner))
}

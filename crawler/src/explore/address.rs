//! Where a thing leads, as far as its attributes say: a page, a place on this page, an app, a file.

use url::Url;

use super::app;
use super::tree::Tree;

/// Characters of an address that are kept.
const MOST_CHARS: usize = 4_096;
const FILES: [&str; 14] = [
    ".apk",
    ".xapk",
    ".apks",
    ".aab",
    ".ipa",
    ".exe",
    ".msi",
    ".dmg",
    ".pkg",
    ".deb",
    ".mobileconfig",
    ".hap",
    ".zip",
    ".rar",
];

/// Where a thing leads.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Leads {
    /// Nothing is said: a script decides.
    Nowhere,
    /// A place on the page itself.
    InPage(String),
    /// A page over HTTP, absolute; by a script that does nothing else, or as a plain link.
    Page(String),
    /// Out of the browser.
    App(String),
    /// A file.
    File(String),
    /// A call, a mail: no page.
    Talk(String),
}

impl Leads {
    pub(super) fn href(&self) -> Option<&str> {
        match self {
            Self::Page(url) | Self::App(url) | Self::File(url) | Self::Talk(url) => Some(url),
            Self::Nowhere | Self::InPage(_) => None,
        }
    }
}

/// Where a press on the node leads: by itself, or by the link it stands in.
pub(super) fn of(tree: &Tree<'_>, at: usize) -> Leads {
    let link = tree.up(at).find(|&up| matches!(tree.tag(up), "a" | "area") && tree.node(up).attrs.contains_key("href"));
    if let Some(link) = link {
        let leads = written(tree, link, tree.attr(link, "href"));
        let download = tree.node(link).attrs.contains_key("download");
        match leads {
            Leads::Page(url) if download => return Leads::File(url),
            Leads::Nowhere => {}
            leads => return leads,
        }
    }
    let said = tree.up(at).take(3).find_map(|up| {
        let named = ["data-href", "data-url", "data-link"].map(|name| tree.attr(up, name));
        let named = named.into_iter().find(|address| !address.is_empty()).map(str::to_owned);
        named.or_else(|| sent_by(tree.attr(up, "onclick"))).map(|address| (up, address))
    });
    said.map_or(Leads::Nowhere, |(up, address)| written(tree, up, &address))
}

/// The address that a script of one step goes to: `location.href='…'`, `window.open('…')`.
pub(super) fn sent_by(script: &str) -> Option<String> {
    let script = script.trim().trim_end_matches(';').trim();
    let script = script.strip_prefix("javascript:").unwrap_or(script).trim();
    let script = script.strip_suffix("return false").unwrap_or(script).trim().trim_end_matches(';');
    let script = ["window.", "self.", "top.", "parent.", "document."]
        .iter()
        .fold(script, |script, owner| script.strip_prefix(owner).unwrap_or(script));
    let rest = ["location.href", "location.assign", "location.replace", "location", "open"]
        .iter()
        .find_map(|call| script.strip_prefix(call))?
        .trim_start_matches([' ', '=', '(']);
    let quote = rest.chars().next().filter(|quote| matches!(quote, '\'' | '"' | '`'))?;
    let (address, after) = rest[1..].split_once(quote)?;
    // Anything after it could be a second step.
    let plain = after
        .chars()
        .all(|letter| matches!(letter, ' ' | ')' | ';' | ',' | '\'' | '"' | '_') || letter.is_ascii_lowercase());
    (plain && !after.contains("();") && !address.is_empty()).then(|| address.to_owned())
}

fn written(tree: &Tree<'_>, at: usize, address: &str) -> Leads {
    let address: String = address.trim().chars().take(MOST_CHARS).collect();
    let lower = address.to_ascii_lowercase();
    if let Some(script) = lower.strip_prefix("javascript:") {
        // The address itself keeps its case.
        let inner = sent_by(&address[address.len() - script.len()..]);
        return inner.map_or(Leads::Nowhere, |inner| written(tree, at, &inner));
    }
    if address.is_empty()
        || ["about:", "data:", "blob:", "file:", "chrome:", "view-source:"].iter().any(|no| lower.starts_with(no))
    {
        return Leads::Nowhere;
    }
    if ["tel:", "mailto:", "sms:", "smsto:", "mms:", "callto:", "facetime:"].iter().any(|talk| lower.starts_with(talk))
    {
        return Leads::Talk(address);
    }
    if app::read(&address).is_some() {
        return Leads::App(address);
    }
    let Some(base) = base(tree, at) else { return Leads::Nowhere };
    let Ok(url) = base.join(&address) else { return Leads::Nowhere };
    if !matches!(url.scheme(), "http" | "https") {
        return Leads::Nowhere;
    }
    if let Some(place) = place_on(&base, &url) {
        return Leads::InPage(place);
    }
    if app::read(url.as_str()).is_some() {
        return Leads::App(url.into());
    }
    let path = url.path().to_ascii_lowercase();
    if FILES.iter().any(|file| path.ends_with(file)) { Leads::File(url.into()) } else { Leads::Page(url.into()) }
}

/// The fragment, where only it differs from the page's own address. `#/route` is a page of its own.
fn place_on(base: &Url, url: &Url) -> Option<String> {
    let without = |url: &Url| {
        let mut url = url.clone();
        url.set_fragment(None);
        url
    };
    let fragment = url.fragment().unwrap_or_default();
    let route = fragment.starts_with('/') || fragment.starts_with("!/");
    (without(base) == without(url) && !(route && base.fragment() != url.fragment())).then(|| fragment.to_owned())
}

/// The address that relative ones are seen from: of the nearest frame, or of its `<base>`.
fn base(tree: &Tree<'_>, at: usize) -> Option<Url> {
    let frame = tree.up(at).skip(1).find(|&up| matches!(tree.tag(up), "iframe" | "frame"));
    let own = match frame {
        Some(frame) => base(tree, frame)?.join(tree.attr(frame, "src")).ok()?,
        None => Url::parse(&tree.snapshot.url).ok()?,
    };
    let said =
        tree.bases.iter().find(|&&base| tree.up(base).find(|&up| matches!(tree.tag(up), "iframe" | "frame")) == frame);
    said.map_or(Some(own.clone()), |&said| own.join(tree.attr(said, "href")).ok())
}

/// The pieces of an address that say what opening it does: of its path, and the names in its query.
pub(super) fn pieces(url: &str) -> Vec<String> {
    let Ok(url) = Url::parse(url) else { return Vec::new() };
    let mut pieces: Vec<String> = Vec::new();
    for part in url.path().split('/').chain(url.fragment().unwrap_or_default().split('/')) {
        pieces.extend(super::names::pieces(part));
    }
    for (name, value) in url.query_pairs().take(30) {
        pieces.extend(super::names::pieces(&name));
        if matches!(name.as_ref(), "action" | "act" | "do" | "m" | "method" | "op" | "a" | "cmd" | "type") {
            pieces.extend(super::names::pieces(&value));
        }
    }
    pieces
}

/// Whether an address is the front page of another site.
pub(super) fn is_other_home(page: &str, url: &str) -> bool {
    let (Ok(page), Ok(url)) = (Url::parse(page), Url::parse(url)) else { return false };
    let front = matches!(url.path(), "/" | "/index.html" | "/index.htm" | "/index.php") && url.query().is_none();
    front && page.host_str() != url.host_str()
}

/// Whether an address is the front page of this site.
pub(super) fn is_home(page: &str, url: &str) -> bool {
    let (Ok(page), Ok(url)) = (Url::parse(page), Url::parse(url)) else { return false };
    page.host_str() == url.host_str()
        && matches!(url.path(), "/" | "/index.html")
        && url.query().is_none()
        && page.path() != url.path()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_of_one_step_is_a_link() {
        for (script, address) in [
            ("location.href='next.html'", Some("next.html")),
            ("window.location = \"/a?b=1\";", Some("/a?b=1")),
            ("window.open('https://a.test/','_blank')", Some("https://a.test/")),
            ("javascript:location.replace('x');return false;", Some("x")),
            ("location.href='x';order()", None),
            ("send(); location.href='x'", None),
            ("go('x')", None),
            ("location.href=base+'x'", None),
        ] {
            assert_eq!(sent_by(script).as_deref(), address, "{script}");
        }
    }

    #[test]
    fn a_fragment_is_a_place_and_a_route_a_page() {
        let base = Url::parse("https://a.test/p?x=1").expect("a URL");
        let on = |written: &str| place_on(&base, &base.join(written).expect("a URL"));
        assert_eq!(on("#form").as_deref(), Some("form"));
        assert_eq!(on("#").as_deref(), Some(""));
        assert_eq!(on("#/order"), None);
        assert_eq!(on("?x=2"), None);
    }

    #[test]
    fn the_front_page_of_another_site_is_told() {
        assert!(is_other_home("https://a.test/p", "https://b.test/"));
        assert!(!is_other_home("https://a.test/p", "https://b.test/p"));
        assert!(is_home("https://a.test/p", "https://a.test/"));
    }
}

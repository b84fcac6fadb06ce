//! Sent on by a page: `<meta http-equiv="refresh">`, or the same as a `Refresh` header.

use std::time::Duration;

use scraper::{Html, Selector};
use url::Url;

/// The words for it in a hop's cause.
pub(crate) const META: &str = "<meta http-equiv=refresh>";
pub(crate) const HEADER: &str = "Refresh header";

/// When and where to. None when the text sends nobody anywhere (a page that only reloads itself, or none at all).
pub(crate) fn parse(content: &str, base: &Url) -> Option<(Duration, Url)> {
    let content = content.trim_start();
    let digits = content.len() - content.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = &content[digits..];
    if digits == 0 && !rest.starts_with('.') {
        return None;
    }
    // More than a day is as good as never.
    let seconds = content[..digits].parse().unwrap_or(if digits == 0 { 0_u64 } else { 86_400 }).min(86_400);
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let rest = rest.trim_start();
    let rest = rest.strip_prefix([';', ',']).unwrap_or(rest).trim_start();
    let to = unquoted(without_url_equals(rest)).trim();
    if to.is_empty() {
        return None;
    }
    Some((Duration::from_secs(seconds), base.join(to).ok()?))
}

/// `url = …` without the `url =`, as browsers read it: any case, white space anywhere.
fn without_url_equals(text: &str) -> &str {
    let named = text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("url"));
    let value = named.then(|| text[3..].trim_start()).and_then(|rest| rest.strip_prefix('='));
    value.map_or(text, str::trim_start)
}

fn unquoted(text: &str) -> &str {
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => text[1..].split(quote).next().unwrap_or_default(),
        _ => text,
    }
}

/// The first refresh a page's HTML asks for; `base` is the page's address, which a `<base href>` may replace.
pub(crate) fn find(html: &str, base: &Url) -> Option<(Duration, Url)> {
    let page = Html::parse_document(html);
    let base = page
        .select(&selector("base[href]")?)
        .next()
        .and_then(|element| base.join(element.value().attr("href")?).ok())
        .unwrap_or_else(|| base.clone());
    let metas = selector("meta[http-equiv][content]")?;
    page.select(&metas)
        .filter(|meta| meta.value().attr("http-equiv").is_some_and(|name| name.trim().eq_ignore_ascii_case("refresh")))
        // Inside `noscript` it counts only for who has no scripts, and inside `template` for nobody.
        .filter(|meta| {
            !meta
                .ancestors()
                .any(|a| a.value().as_element().is_some_and(|e| matches!(e.name(), "noscript" | "template")))
        })
        .find_map(|meta| parse(meta.value().attr("content")?, &base))
}

fn selector(text: &str) -> Option<Selector> {
    Selector::parse(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> Option<(u64, String)> {
        let base = Url::parse("https://a.test/dir/page").expect("a url");
        parse(content, &base).map(|(delay, url)| (delay.as_secs(), url.into()))
    }

    #[test]
    fn refreshes_are_read_as_browsers_read_them() {
        for (content, delay, to) in [
            ("0;url=/x", 0, "https://a.test/x"),
            ("0; URL='/x'", 0, "https://a.test/x"),
            ("  3 ;\n url = \"https://b.test/?a=1;b\" trailing", 3, "https://b.test/?a=1;b"),
            ("5,uRl=next", 5, "https://a.test/dir/next"),
            ("1.5;url=x", 1, "https://a.test/dir/x"),
            (".5; url=x", 0, "https://a.test/dir/x"),
            ("0;//b.test/", 0, "https://b.test/"),
            ("0 url=x", 0, "https://a.test/dir/x"),
            ("0;url='x", 0, "https://a.test/dir/x"),
            ("99999999999999999999;url=x", 86_400, "https://a.test/dir/x"),
        ] {
            assert_eq!(read(content), Some((delay, to.to_owned())), "{content}");
        }
    }

    #[test]
    fn what_leads_nowhere_is_no_refresh() {
        for content in ["", "30", "30;", "url=/x", "0;url=", "0;url=''", "abc;url=x", "0;url=http://["] {
            assert_eq!(read(content), None, "{content}");
        }
    }

    #[test]
    fn a_refresh_is_found_in_a_page() {
        let base = Url::parse("https://a.test/").expect("a url");
        let found = |html: &str| find(html, &base).map(|(_, url)| String::from(url));
        assert_eq!(found("<META HTTP-EQUIV=\"Refresh\" CONTENT=\"0;URL=x\">").as_deref(), Some("https://a.test/x"));
        assert_eq!(
            found("<base href=/b/><meta http-equiv=refresh content='1;x'>").as_deref(),
            Some("https://a.test/b/x")
        );
        assert_eq!(found("<noscript><meta http-equiv=refresh content='0;url=x'></noscript>"), None);
        assert_eq!(found("<!-- <meta http-equiv=refresh content='0;url=x'> -->"), None);
    }
}

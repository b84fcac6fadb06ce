//! The report as a file that is handed on: it loads nothing, and tells everything in both languages.

use scraper::{Html, Selector};
use serde_json::Value;

use super::{list, text};

/// Attributes by which a page loads something, or leads elsewhere.
const LOADING: [&str; 8] = ["src", "srcset", "href", "poster", "action", "formaction", "data", "background"];

/// What in a report would be loaded from elsewhere, and what of the cases it does not tell.
pub(super) fn faults(html: &str, cases: &[Value]) -> Vec<String> {
    let page = Html::parse_document(html);
    let mut faults = loaded(&page);
    let policy = "meta[http-equiv=Content-Security-Policy][content^=\"default-src 'none'\"]";
    if all(&page, policy).next().is_none() {
        faults.push("report.html has no policy that forbids loading".to_owned());
    }
    for case in cases {
        faults.extend(untold(&page, case));
    }
    faults
}

fn loaded(page: &Html) -> Vec<String> {
    let mut faults = Vec::new();
    for element in all(page, "*") {
        for (name, value) in element.value().attrs() {
            let own = value.starts_with("data:") || value.starts_with('#');
            if LOADING.contains(&name) && !own {
                faults.push(format!("report.html loads something: <{} {name}=\"{value}\">", element.value().name()));
            }
        }
        let style = if element.value().name() == "style" { element.inner_html() } else { String::new() };
        let style = style + element.attr("style").unwrap_or_default();
        let foreign = style.split("url(").skip(1).any(|url| !url.trim_start_matches(['"', '\'']).starts_with("data:"));
        if foreign || style.contains("@import") {
            faults.push(format!("a style of report.html loads something: {style}"));
        }
    }
    faults
}

fn untold(page: &Html, case: &Value) -> Vec<String> {
    let ad_id = text(case, "/ad_id");
    let Some(article) = all(page, "article").find(|one| one.attr("id") == Some(&format!("case-{ad_id}"))) else {
        return vec![format!("report.html does not tell of {ad_id}")];
    };
    let told: String = article.text().collect();
    let mut wanted = Vec::new();
    for violation in list(case, "/violations") {
        wanted
            .extend(["/promised/quote", "/delivered/quote", "/rule", "/pack"].map(|pointer| text(violation, pointer)));
        for language in ["zh-CN", "en"] {
            wanted.extend(["what", "why", "do"].map(|part| text(violation, &format!("/note/{language}/{part}"))));
        }
    }
    let fixes = list(case, "/violations").iter().flat_map(|violation| list(violation, "/fixes"));
    wanted.extend(told_if_there(fixes, &["/text", "/instead_of", "/with_page", "/clears/0"]));
    wanted.extend(list(case, "/gaps").iter().map(|gap| text(gap, "/detail")));
    for chain in list(case, "/chains") {
        wanted.push(text(chain, "/visitor"));
        let hops = list(chain, "/hops").iter().chain(list(chain, "/walk"));
        let facts = ["/url", "/before", "/cause", "/referrer", "/remote", "/error", "/initiator/url", "/tls/subject"];
        wanted.extend(told_if_there(hops, &facts));
        wanted.extend(told_if_there(list(chain, "/ways").iter(), &["/words", "/url", "/app/scheme", "/file/name"]));
        wanted.extend(told_if_there(list(chain, "/acts").iter(), &["/detail"]));
    }
    let missing = wanted.iter().filter(|words| words.is_empty() || !told.contains(**words));
    missing.map(|words| format!("report.html does not say this of {ad_id}: 「{words}」")).collect()
}

/// What these values say at these pointers, where they say something.
fn told_if_there<'a>(values: impl Iterator<Item = &'a Value>, pointers: &[&str]) -> Vec<&'a str> {
    let said = values.flat_map(|value| pointers.iter().map(|pointer| text(value, pointer)));
    said.filter(|words| !words.is_empty()).collect()
}

fn all<'a>(page: &'a Html, selector: &str) -> impl Iterator<Item = scraper::ElementRef<'a>> {
    page.select(&Selector::parse(selector).expect("a selector of this file")).collect::<Vec<_>>().into_iter()
}

#[test]
fn a_report_that_loads_something_is_noticed() {
    let policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; img-src data:\">";
    assert_eq!(faults(&format!("{policy}<p>src=http://a.test/</p><img src=data:,>"), &[]), [""; 0]);
    for loading in
        ["<img src=//a.test/>", "<style>@import 'a'</style>", "<p style='background:url(a.png)'>", "<a href=x>"]
    {
        assert_eq!(faults(&format!("{policy}{loading}"), &[]).len(), 1, "{loading}");
    }
    assert_eq!(faults("<p>no policy</p>", &[]).len(), 1);
}

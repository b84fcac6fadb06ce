//! Pages: typed data, a template, samples that a test fills every template with, in every language.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use serde::Serialize;

use crate::web::failure::Failure;
use crate::words::word;

/// What one template shows.
pub(crate) trait Page: Serialize + Sized {
    /// A file of `templates/console/`.
    const TEMPLATE: &'static str;

    /// Every shape that it can have, with text as hostile as the web's.
    #[cfg(test)]
    fn samples() -> Vec<Self>;
}

/// What stands around every page.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Frame {
    /// `zh-CN` or `en`.
    pub(crate) language: &'static str,
    /// Path and query of this page: where one comes back to when the language is switched.
    pub(crate) here: String,
    pub(crate) me: Option<Me>,
    /// Goes with every form; empty for those who are not signed in.
    pub(crate) csrf: String,
    /// The key of what was just done, to be told once.
    pub(crate) done: Option<String>,
}

/// Who looks.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Me {
    pub(crate) name: String,
    pub(crate) role: &'static str,
    pub(crate) tenant: String,
    /// Whether nothing is outside of its sight.
    pub(crate) sees_all: bool,
}

/// All templates.
pub(crate) struct Pages([(&'static str, Environment<'static>); 2]);

/// The templates by their names.
macro_rules! templates {
    ($($name:literal),* $(,)?) => { [$(($name, include_str!(concat!("../templates/console/", $name)))),*] };
}

const TEMPLATES: &[(&str, &str)] = &templates![
    "frame.html",
    "macros.html",
    "login.html",
    "failure.html",
    "cases.html",
    "case.html",
    "exhibits.html",
    "account.html",
    "users.html",
    "log.html",
    "queue.html",
    "quality.html",
    "chart.html",
    "sweeps.html",
    "sweep.html",
    "sweep_new.html",
    "round.html",
    "overview.html",
    "coverage.html",
    "outbox.html",
    "previews.html",
    "preview.html",
    "appeals.html",
    "verify.html",
    "landing.html",
    "ads.html",
    "ad.html",
    "webhooks.html",
    "complaint_parts.html",
    "complaints.html",
    "complaint.html",
    "sample.html",
    "ccr.html",
    "paths.html",
    "traffic.html",
    "measures.html",
    "deadlines.html",
    "ledger.html",
    "propose.html",
    "reports.html",
];

impl Pages {
    pub(crate) fn new() -> Self {
        Self(LANGUAGES.map(|language| (language, environment(language))))
    }

    pub(crate) fn text<P: Page>(&self, frame: &Frame, page: &P) -> Result<String, minijinja::Error> {
        let its = self.0.iter().find(|(language, _)| *language == frame.language).unwrap_or(&self.0[0]);
        its.1.get_template(P::TEMPLATE)?.render(context! { frame => Serde(frame), page => Serde(page) })
    }

    pub(crate) fn show<P: Page>(&self, frame: &Frame, page: &P) -> Result<Response, Failure> {
        let text = self.text(frame, page)?;
        Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response())
    }
}

/// The templates with their words in one language.
fn environment(language: &'static str) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let t = move |group: &str, key: &str, value: Option<Value>| t(language, group, key, value);
    environment.add_function("t", t);
    // The pieces that the report has as well show both languages there, and one here.
    environment.add_function("both", t);
    environment.add_function("asset", |name: &str| crate::assets::address(name));
    environment.add_function("nav", |role: &str| nav(role).to_vec());
    environment.add_function("governance", |me: &Value| governance(me));
    // Where anybody reports unlawful content stands on every page, and so on those that need no account.
    environment.add_function("entrance", |language: &str| entrance(language));
    environment.add_filter("query", |text: &str| percent(text));
    let shared = [
        ("words", include_str!("../templates/report_words.html")),
        ("chain", include_str!("../templates/report_chain.html")),
    ];
    for (name, text) in TEMPLATES.iter().chain(&shared) {
        environment.add_template(name, text).expect("internal error: the templates are tested");
    }
    environment
}

/// Where anybody reports unlawful content, in this language.
fn entrance(language: &str) -> Value {
    let at = policies::entrance().expect("internal error: what is built in is tested");
    let name = at.name.get(language).cloned().unwrap_or_default();
    context! { name, url => at.url, phone => at.phone }
}

/// The pages that a role finds in its menu.
fn nav(role: &str) -> &'static [&'static str] {
    match role {
        "admin" => &[
            "overview",
            "queue",
            "cases",
            "ads",
            "appeals",
            "governance",
            "sweeps",
            "coverage",
            "quality",
            "preview",
            "webhooks",
            "outbox",
            "log",
            "users",
        ],
        "platform" => &[
            "overview",
            "queue",
            "cases",
            "ads",
            "appeals",
            "governance",
            "sweeps",
            "coverage",
            "quality",
            "preview",
            "webhooks",
            "log",
        ],
        "regulator" => {
            &["overview", "queue", "cases", "ads", "appeals", "governance", "coverage", "quality", "webhooks", "log"]
        }
        _ => &["cases", "ads", "appeals", "governance", "preview", "webhooks", "log"],
    }
}

/// The pages of what complaints and violations come to over time: a menu of their own, below the other.
fn governance(me: &Value) -> Vec<&'static str> {
    let role = me.get_attr("role").map(|role| role.to_string()).unwrap_or_default();
    match role.as_str() {
        "advertiser" => vec!["ccr", "complaints", "paths", "traffic", "measures"],
        _ => vec!["ccr", "complaints", "paths", "traffic", "measures", "deadlines", "reports", "ledger"],
    }
}

/// A word; `{}` in it becomes the value.
fn t(language: &str, group: &str, key: &str, value: Option<Value>) -> String {
    let word = word(language, group, key);
    match value {
        Some(value) => word.replace("{}", &value.to_string()),
        None => word,
    }
}

/// The languages, the first is taken where none is asked for.
pub(crate) const LANGUAGES: [&str; 2] = ["zh-CN", "en"];

/// The language of ours that a list of languages asks for (`Accept-Language`, a cookie, an account).
pub(crate) fn language(asked: &str) -> Option<&'static str> {
    asked.split(',').find_map(|one| {
        let tag = one.split(';').next()?.trim().to_ascii_lowercase();
        let primary = tag.split('-').next()?.to_owned();
        LANGUAGES.into_iter().find(|ours| ours.to_ascii_lowercase().starts_with(&primary) && !primary.is_empty())
    })
}

/// As it stands in a query.
pub(crate) fn percent(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::words::known;

    /// Opens an element or ends an attribute wherever it is not escaped.
    pub(crate) const HOSTILE: &str = "\"'><img src=x onerror=alert(2)><script>alert(1)</script>";

    #[test]
    fn the_first_language_that_is_known_is_taken() {
        let asked =
            [("en-GB,en;q=0.9,zh;q=0.5", Some("en")), ("fr, zh-Hans;q=0.8", Some("zh-CN")), ("fr", None), ("", None)];
        for (asked, ours) in asked {
            assert_eq!(language(asked), ours, "{asked}");
        }
    }

    /// Every page with each of its samples in every language: every slot is filled, and nothing hostile is left as it was.
    pub(crate) fn renders<P: Page>() {
        let pages = Pages::new();
        for language in LANGUAGES {
            for sample in P::samples() {
                let me = Some(Me { name: HOSTILE.into(), role: "admin", tenant: HOSTILE.into(), sees_all: true });
                let frame = Frame { language, here: HOSTILE.into(), me, csrf: HOSTILE.into(), done: None };
                let text = pages.text(&frame, &sample).unwrap_or_else(|error| panic!("{}: {error:#}", P::TEMPLATE));
                assert!(!text.contains("<img src=x") && !text.contains("<script>alert"), "{}: {text}", P::TEMPLATE);
                assert!(
                    !text.contains("style="),
                    "{}: the policy of the pages allows no style in an attribute",
                    P::TEMPLATE
                );
            }
        }
    }

    /// Words that templates ask for by name.
    #[test]
    fn every_word_of_a_template_stands_in_the_locales() {
        for (name, text) in TEMPLATES {
            for asked in text.split(" t(\"").skip(1).chain(text.split("(t(\"").skip(1)) {
                let mut parts = asked.split('"');
                let (Some(group), Some(between), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
                    continue;
                };
                if between.trim() == "," {
                    assert!(known("en", group, key), "{name}: there is no word {group}.{key}");
                }
            }
        }
    }
}

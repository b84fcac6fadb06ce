//! `report.html`: the cases of one run on a page of its own, to open from a disk and send on.

use std::collections::BTreeMap;
use std::io::Write;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use serde::Serialize;

use crate::words::word;

mod chain;
#[cfg(test)]
pub(crate) mod sample;

pub use chain::{Act, Chain, Difference, Film, Hop, Next, Reconfirmed, Shown, Way};

/// Languages of the page, the first is shown first.
const LANGUAGES: [&str; 2] = ["zh-CN", "en"];

/// What stands above the cases.
#[derive(Clone, Debug, Serialize)]
pub struct Head {
    /// RFC 3339, or as people of the place write it.
    pub generated_at: String,
    pub version: String,
    pub violating: usize,
    pub inconclusive: usize,
    pub clean: usize,
}

/// One ad with what was found.
#[derive(Clone, Debug, Serialize)]
pub struct Case {
    pub ad_id: String,
    pub verdict: String,
    pub title: Option<String>,
    pub description: Option<String>,
    pub cta: Option<String>,
    pub advertiser: Option<String>,
    pub platform: Option<String>,
    pub opened_at: String,
    /// One for each visitor.
    pub chains: Vec<Chain>,
    /// In what visitors were shown different things.
    pub differences: Vec<Difference>,
    pub violations: Vec<Violation>,
    pub gaps: Vec<Gap>,
    /// What the visitors saw, small; for cases without violations.
    pub seen: Vec<Seen>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Violation {
    pub check: String,
    pub rule: String,
    /// By language.
    pub title: BTreeMap<String, String>,
    pub pack: String,
    pub severity: String,
    pub confidence: String,
    pub scope: String,
    pub promised: Exhibit,
    pub delivered: Exhibit,
    pub also: Vec<Exhibit>,
    /// Checks whose findings rest on the same words and are told within this one.
    pub covers: Vec<String>,
    /// Why it is graver or less grave than its rule says.
    pub weighed: Vec<Weighed>,
    /// What further packs say of the same finding.
    pub also_by: Vec<Ruling>,
    pub cites: Vec<Cite>,
    pub notes: Vec<Note>,
    pub fixes: Vec<Fix>,
}

/// A wording that was proven to clear violations.
#[derive(Clone, Debug, Serialize)]
pub struct Fix {
    /// What to do with it: `ad-instead`, `ad-beside`, `ad-whole`, `page-instead`, `page-beside`.
    pub how: String,
    /// The words that it replaces; empty where it is added.
    pub instead_of: String,
    pub text: String,
    /// What must stand on the page as well; empty where nothing must.
    pub with_page: String,
    /// The rules that judge nothing any more, as `<pack>/<rule>`.
    pub clears: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Weighed {
    /// Steps up or down; 0 for a threshold that was lower.
    pub by: i8,
    /// By language.
    pub why: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Ruling {
    pub pack: String,
    pub rule: String,
    pub severity: String,
    /// By language.
    pub title: BTreeMap<String, String>,
}

/// Evidence plus place, with its picture.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Exhibit {
    pub quote: String,
    /// For the ad's side: `video`, `title`, …
    pub source: Option<String>,
    /// Seconds of the video, as text.
    pub at_s: Option<String>,
    pub until_s: Option<String>,
    /// Seconds after the click, as text.
    pub after_click_s: Option<String>,
    pub visitor: Option<String>,
    pub hop: Option<u16>,
    pub level: Option<u8>,
    pub url: Option<String>,
    pub selector: Option<String>,
    pub evidence: String,
    /// A `data:` URL, the box drawn.
    pub picture: Option<String>,
    /// Whether there is a picture that was left out because there are too many.
    pub left_out: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Cite {
    pub id: String,
    /// By language.
    pub title: BTreeMap<String, String>,
    pub text: BTreeMap<String, String>,
    pub verified: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Note {
    pub language: String,
    pub what: String,
    pub why: String,
    pub todo: String,
    pub remedy: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Gap {
    pub reason: String,
    pub detail: String,
    pub visitor: Option<String>,
    pub hop: Option<u16>,
    pub retry: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    pub visitor: String,
    pub url: String,
    /// A `data:` URL.
    pub picture: String,
}

/// Writes the page piece by piece: the head, then each case, so that the pictures of one case only are in memory.
pub struct Report<'w, W: Write> {
    environment: Environment<'static>,
    to: &'w mut W,
}

/// Why the page could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("write the report: {0}")]
    Write(#[from] std::io::Error),
    #[error("fill in the report's template: {0}")]
    Template(#[from] minijinja::Error),
}

impl<'w, W: Write> Report<'w, W> {
    /// Begins the page.
    pub fn begin(to: &'w mut W, head: &Head) -> Result<Self, ReportError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.add_function("both", both);
        environment.add_template("head", include_str!("../templates/report_head.html"))?;
        environment.add_template("words", include_str!("../templates/report_words.html"))?;
        environment.add_template("chain", include_str!("../templates/report_chain.html"))?;
        environment.add_template("case", include_str!("../templates/report_case.html"))?;
        let css = Value::from_safe_string(include_str!("../templates/report.css").to_owned());
        let page = environment.get_template("head")?.render(context! { head => Serde(head), css })?;
        to.write_all(page.as_bytes())?;
        Ok(Self { environment, to })
    }

    pub fn case(&mut self, case: &Case) -> Result<(), ReportError> {
        let page = self.environment.get_template("case")?.render(context! { case => Serde(case) })?;
        Ok(self.to.write_all(page.as_bytes())?)
    }

    /// Ends the page.
    pub fn end(self) -> Result<(), ReportError> {
        Ok(self.to.write_all(include_str!("../templates/report_foot.html").as_bytes())?)
    }
}

/// A word in every language; the page shows the one that is chosen. `{}` in it becomes `value`.
fn both(group: &str, key: &str, value: Option<String>) -> Value {
    let spans = LANGUAGES.iter().map(|language| {
        let word = word(language, group, key).replace("{}", value.as_deref().unwrap_or_default());
        format!("<span lang=\"{language}\">{}</span>", escaped(&word))
    });
    Value::from_safe_string(spans.collect())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(cases: &[Case]) -> String {
        let head = Head { generated_at: "now".into(), version: "0".into(), violating: 1, inconclusive: 0, clean: 0 };
        let mut page = Vec::new();
        let mut report = Report::begin(&mut page, &head).expect("begins");
        for case in cases {
            report.case(case).expect("every slot is filled");
        }
        report.end().expect("ends");
        String::from_utf8(page).expect("UTF-8")
    }

    #[test]
    fn what_comes_from_the_web_is_shown_and_never_run() {
        let page = page(&[sample::case()]);
        assert!(page.contains("&lt;script&gt;alert(1)&lt;") && !page.contains("<script>alert"), "{page}");
        assert!(page.contains("&lt;b&gt;免费"));
        assert!(page.contains("价格不一致") && page.contains("条文号待核实"));
        assert!(page.contains("<code>fee-disclosure-hidden</code>"), "what is told within the violation is named");
        // Every captured text of the sample holds a mark that would open an element or end an attribute.
        assert!(!page.contains(sample::HOSTILE), "something was not escaped");
        assert!(page.matches("&lt;img src=x onerror=alert(2)&gt;").count() >= 20, "the marks are shown");
    }

    #[test]
    fn every_word_that_is_told_has_its_translations() {
        let page = page(&[sample::case()]);
        let chain = sample::chain();
        let hops = chain.hops.iter().chain(chain.next.iter().flat_map(|next| &next.hops));
        let wanted = [
            hops.map(|hop| ("kind", hop.kind.clone())).collect::<Vec<_>>(),
            chain.ways.iter().flat_map(|way| [("way", way.kind.clone()), ("outcome", way.outcome.clone())]).collect(),
            chain.acts.iter().map(|act| ("act", act.kind.clone())).collect(),
            sample::case().differences.iter().map(|difference| ("about", difference.about.clone())).collect(),
            sample::HOWS.map(|how| ("fix", how.to_owned())).to_vec(),
        ];
        for (group, key) in wanted.concat() {
            // That both languages have the same words is tested with the words.
            assert_ne!(word("zh-CN", group, &key), key, "there is no word for {group}.{key}");
            for language in LANGUAGES {
                let told = escaped(word(language, group, &key).split("{}").next().unwrap_or_default());
                assert!(page.contains(&told), "{group}.{key}: {told}");
            }
        }
    }

    #[test]
    fn a_proven_wording_stands_under_what_to_do_with_the_rules_that_it_clears() {
        let page = page(&[sample::case()]).replace("&#x2f;", "/");
        let (_, note) = page.split_once("class=\"todo\"").expect("there is a note");
        let (note, _) = note.split_once("</div>").expect("it ends");
        for told in ["每月29元，自动续费", "收费说明：每月29元", "cn-internet-ads/recurring-fee-hidden"]
        {
            assert!(note.contains(told), "{told}: {note}");
        }
    }

    #[test]
    fn the_chain_is_told_in_full() {
        let page = page(&[sample::case()]).replace("&#x2f;", "/");
        for told in [
            "app.3f0a1c.js:12",
            "TLS 1.3",
            "203.0.113.9:443",
            "https://a.test/before",
            "https://b.test/after",
            "302",
            "6.2 s",
            "第 2 级链接",
            "level 2",
            "from the page of hop 6",
            "data:image/jpeg;base64,c3RyaXA=",
            "data:image/webp;base64,bW92aW5n",
            "next.apk",
        ] {
            assert!(page.contains(told), "{told}");
        }
    }
}

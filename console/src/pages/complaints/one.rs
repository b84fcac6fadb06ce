//! One complaint: what it is about, whether it counts and why, all that was said of it; and what a person says of it and of those
//! that are near-identical.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::TimeDelta;
use governance::noise::{Sketch, normal, similarity};
use model::account::{Role, Sight};
use model::complaint::{Exclusion, Kind, Labelled, Scenario};
use model::line::word;
use model::violation::Severity;
use serde::{Deserialize, Serialize};
use storage::hearing::{ComplaintRow, Heard as _, Hearing as _, NewWord, Saying, WantedComplaints, Word};

use super::shown::{ComplaintShown, LabelShown, Why, shown};
use crate::app::App;
use crate::auth::{Person, Signed};
use crate::page::{Page, percent};
use crate::stored::ask;
use crate::told::local;
use crate::web::failure::Failure;

/// A reason is a few sentences. Characters.
const LONGEST_REASON: usize = 2_000;
/// Days before and after within which those that are like it are looked for, and how many of them are compared.
const AROUND: TimeDelta = TimeDelta::days(7);
const COMPARED: u64 = 2_000;
/// From here on two texts are told as near-identical: a name or a number differs.
const LIKE: f64 = 0.7;
/// Those like it that are shown, and that are said something of at once.
const SHOWN: usize = 20;
const AT_ONCE: usize = 200;
/// How the address of a draw begins.
const SAMPLE: &str = "/complaints/sample?";

#[derive(Serialize)]
pub(crate) struct ComplaintPage {
    complaint: ComplaintShown,
    /// Who complains, by pseudonym, for those who decide.
    user: Option<String>,
    words: Vec<WordShown>,
    like: Vec<ComplaintShown>,
    like_count: usize,
    /// The draw of a sample from which one came; empty where from elsewhere.
    back: String,
    may_decide: bool,
}

/// Something that was said of it.
#[derive(Serialize)]
struct WordShown {
    /// `exclude`, `doubt`, `restore`, `label`
    what: &'static str,
    why: String,
    by: String,
    by_rule: bool,
    at: String,
    label: Option<LabelShown>,
    exclusion: Option<Why>,
}

impl WordShown {
    fn of(word: &Word, language: &str) -> Self {
        let (what, label, exclusion) = match &word.word.saying {
            Saying::Exclude(why) => ("exclude", None, Some(Why::of(why, language))),
            Saying::Doubt(why) => ("doubt", None, Some(Why::of(why, language))),
            Saying::Restore => ("restore", None, None),
            Saying::Label(label) => ("label", Some(LabelShown::of(label)), None),
        };
        let NewWord { why, by, by_rule, .. } = &word.word;
        Self { what, why: why.clone(), by: by.clone(), by_rule: *by_rule, at: local(word.at), label, exclusion }
    }
}

impl Page for ComplaintPage {
    const TEMPLATE: &'static str = "complaint.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let word = |what, by_rule, label, exclusion| WordShown {
            what,
            why: hostile(),
            by: hostile(),
            by_rule,
            at: hostile(),
            label,
            exclusion,
        };
        let samples = ComplaintShown::samples();
        let words = || {
            let full = &samples[0];
            let why = samples[1].excluded.clone();
            vec![
                word("label", true, full.label.clone(), None),
                word("exclude", true, None, why.clone()),
                word("doubt", true, None, why),
                word("restore", false, None, None),
            ]
        };
        let page = |complaint: &ComplaintShown, like: Vec<ComplaintShown>, may_decide| Self {
            complaint: complaint.clone(),
            user: Some(hostile()),
            words: words(),
            like_count: like.len(),
            like,
            back: if may_decide { format!("/complaints/sample?{}", percent(&hostile())) } else { String::new() },
            may_decide,
        };
        let mut pages: Vec<Self> = samples.iter().map(|one| page(one, samples.clone(), true)).collect();
        pages.push(Self { user: None, words: vec![], ..page(&samples[0], vec![], false) });
        pages
    }
}

/// Names a complaint.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Named {
    platform: String,
    id: String,
    /// The draw of a sample from which one came.
    back: String,
}

pub(crate) fn may_decide(person: &Person) -> bool {
    person.must_be(&[Role::Platform]).is_ok()
}

/// The complaint, if this account may see it.
async fn in_sight(app: &App, person: &Person, named: &Named) -> Result<ComplaintRow, Failure> {
    let sight = person.sight();
    let rows = ask!(app.stored, store => store.complaints_named(&sight, &named.id).await)?;
    rows.into_iter().find(|row| row.key().platform == named.platform).ok_or(Failure::NotFound)
}

/// Those of its platform that say nearly the same within some days, the nearest first.
async fn like(app: &App, sight: &Sight, row: &ComplaintRow) -> Result<Vec<ComplaintRow>, Failure> {
    if row.forgotten || row.complaint.text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let wanted = WantedComplaints {
        platform: row.complaint.platform.clone(),
        from: Some(row.complaint.at - AROUND),
        before: Some(row.complaint.at + AROUND),
        ..WantedComplaints::default()
    };
    let around = ask!(app.stored, store => store.complaints(sight, &wanted, None, COMPARED).await)?;
    let row = row.clone();
    app.comparing.done(move || nearest(&row, around)).await
}

/// Takes a core for up to seconds: not among those who answer requests.
fn nearest(row: &ComplaintRow, around: Vec<ComplaintRow>) -> Vec<ComplaintRow> {
    let sketch = |row: &ComplaintRow| Sketch::of(&normal(&row.complaint.text));
    let its = sketch(row);
    let mut like: Vec<(f64, ComplaintRow)> = around
        .into_iter()
        .filter(|other| other.key() != row.key() && !other.forgotten)
        .map(|other| (similarity(&its, &sketch(&other)), other))
        .filter(|(near, _)| *near >= LIKE)
        .collect();
    like.sort_by(|a, b| b.0.total_cmp(&a.0));
    like.into_iter().map(|(_, row)| row).take(AT_ONCE).collect()
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Query(named): Query<Named>,
) -> Result<Response, Failure> {
    let row = in_sight(&app, &person, &named).await?;
    person.note(&app, "view", &object(&row)).await?;
    let (words, like) =
        (ask!(app.stored, store => store.words_of(&row.key()).await)?, like(&app, &person.sight(), &row).await?);
    let (language, may_decide) = (person.frame().language, may_decide(&person));
    let back = Some(named.back).filter(|back| back.starts_with(SAMPLE)).unwrap_or_default();
    let page = ComplaintPage {
        complaint: shown(&row, language),
        user: row.complaint.user.clone().filter(|_| may_decide),
        words: words.iter().map(|word| WordShown::of(word, language)).collect(),
        like_count: like.len(),
        like: like.iter().take(SHOWN).map(|row| shown(row, language)).collect(),
        back,
        may_decide,
    };
    app.pages.show(person.frame(), &page)
}

/// As the access log names it.
fn object(row: &ComplaintRow) -> String {
    let key = row.key();
    if key.platform.is_empty() {
        format!("complaint {}", key.id)
    } else {
        format!("complaint {} of {}", key.id, key.platform)
    }
}

/// What a person says.
#[derive(Deserialize)]
pub(crate) struct Form {
    #[serde(default)]
    platform: String,
    id: String,
    what: Said,
    #[serde(default)]
    why: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    scenario: String,
    #[serde(default)]
    severity: String,
    /// The two narrower levels of the path, which a person may leave as they are.
    #[serde(default)]
    group: String,
    #[serde(default)]
    matter: String,
    /// Whether it is said of all that are near-identical, too.
    #[serde(default)]
    like: bool,
    /// Where one comes back to: the draw of a sample; empty: the complaint.
    #[serde(default)]
    back: String,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Said {
    Exclude,
    Restore,
    Label,
}

/// Says something of one complaint, and of those like it where that is wanted.
pub(crate) async fn say(
    State(app): State<Arc<App>>,
    Signed { person, form }: Signed<Form>,
) -> Result<Response, Failure> {
    person.must_be(&[Role::Platform])?;
    let row =
        in_sight(&app, &person, &Named { platform: form.platform.clone(), id: form.id.clone(), ..Named::default() })
            .await?;
    let why: String = form.why.trim().chars().take(LONGEST_REASON).collect();
    if why.is_empty() {
        return Err(Failure::bad("why-said"));
    }
    let saying = saying(&form, &why, row.label.as_ref())?;
    let mut about = vec![row.clone()];
    if form.like {
        about.extend(like(&app, &person.sight(), &row).await?);
    }
    let by = &person.account.name;
    let word = |row: &ComplaintRow| NewWord {
        of: row.key(),
        saying: saying.clone(),
        why: why.clone(),
        by: by.clone(),
        by_rule: false,
    };
    let words: Vec<NewWord> = about.iter().map(word).collect();
    ask!(app.stored, store => store.say(&words).await)?;
    for row in &about {
        person.note(&app, "said-of-complaint", &object(row)).await?;
    }
    let back = form.back.strip_prefix(SAMPLE).map(|query| format!("{SAMPLE}{query}&done=complaint-said"));
    let here =
        || format!("/complaint?platform={}&id={}&done=complaint-said", percent(&form.platform), percent(&form.id));
    Ok(Redirect::to(&back.unwrap_or_else(here)).into_response())
}

/// `old` is the label that stands: its matter is that of its group, and of no other.
fn saying(form: &Form, why: &str, old: Option<&Labelled>) -> Result<Saying, Failure> {
    Ok(match form.what {
        Said::Restore => Saying::Restore,
        Said::Exclude => {
            let why = crate::page::LANGUAGES.map(|language| (language.to_owned(), why.to_owned()));
            Saying::Exclude(Exclusion { rule: "person".into(), why: BTreeMap::from(why), rests_on: Vec::new() })
        }
        Said::Label => {
            let kind: Kind = chosen(&form.kind).ok_or_else(|| Failure::bad("what-kind"))?;
            let scenario: Option<Scenario> = chosen(&form.scenario);
            let severity: Severity = chosen(&form.severity).ok_or_else(|| Failure::bad("how-grave"))?;
            let level = |text: &str| Some(text.trim()).filter(|text| !text.is_empty()).unwrap_or("unknown").to_owned();
            let (group, matter) = (level(&form.group), level(&form.matter));
            let left = old.is_some_and(|old| {
                let same = old.path[1] == word(&kind) && old.path[2] == group;
                old.path[3] == matter && !same
            });
            let matter = if left { "unknown".to_owned() } else { matter };
            let path = [scenario.as_ref().map_or_else(|| "unknown".to_owned(), word), word(&kind), group, matter];
            Saying::Label(Labelled { scenario, kind, path, severity, confidence: 1.0, words: Vec::new() })
        }
    })
}

fn chosen<T: serde::de::DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(word.into()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<ComplaintPage>();
    }

    /// Beside what answers requests, and not among it: whoever comes while too many look for such texts is told so.
    #[tokio::test]
    async fn those_like_it_are_looked_for_in_turns() {
        let (app, _store, _folder) = crate::app::tests::app().await;
        let row = crate::sample::tests::row(1, model::complaint::Source::Comment, None);
        assert!(!row.complaint.text.is_empty());
        assert_eq!(like(&app, &Sight::default(), &row).await.expect("looks"), []);
        let mut turns = vec![app.comparing.turn().await.expect("a turn")];
        let waiting: Vec<_> = (0..4)
            .map(|_| {
                let (app, row) = (Arc::clone(&app), row.clone());
                tokio::spawn(async move { like(&app, &Sight::default(), &row).await.map(|like| like.len()) })
            })
            .collect();
        while app.comparing.has_room() {
            tokio::task::yield_now().await;
        }
        assert!(matches!(like(&app, &Sight::default(), &row).await, Err(Failure::Busy)));
        turns.clear();
        for waits in waiting {
            assert_eq!(waits.await.expect("ends").expect("looks"), 0);
        }
    }

    fn form(fields: &str) -> Form {
        serde_html_form::from_str(fields).expect("a form")
    }

    #[test]
    fn a_label_of_a_person_is_sure_and_has_four_levels() {
        let said =
            saying(&form("id=1&what=label&kind=content&scenario=goods&severity=S3&matter=price-differs"), "so", None);
        let Ok(Saying::Label(label)) = said else { panic!("a label") };
        assert_eq!(label.path, ["goods", "content", "unknown", "price-differs"]);
        assert_eq!((label.confidence, label.severity), (1.0, Severity::S3));
        assert!(saying(&form("id=1&what=label&kind=nothing&severity=S3"), "so", None).is_err());
        assert!(saying(&form("id=1&what=label&kind=content"), "so", None).is_err());
    }

    #[test]
    fn a_matter_does_not_go_along_into_another_group() {
        let path = |fields: &str, old: &Labelled| {
            let Ok(Saying::Label(label)) = saying(&form(fields), "so", Some(old)) else { panic!("a label") };
            label.path[3].clone()
        };
        let of = |group: &str, matter: &str| {
            let fields = format!("id=1&what=label&kind=fulfilment&severity=S2&group={group}&matter={matter}");
            let Ok(Saying::Label(label)) = saying(&form(&fields), "so", None) else { panic!("a label") };
            label
        };
        let old = of("delivery", "not-delivered");
        let said = |group: &str, matter: &str| {
            path(&format!("id=1&what=label&kind=fulfilment&severity=S2&group={group}&matter={matter}"), &old)
        };
        assert_eq!(said("delivery", "not-delivered"), "not-delivered");
        assert_eq!(said("quality", "not-delivered"), "unknown", "it was the rule's, of another group");
        assert_eq!(said("quality", "poor-quality"), "poor-quality");
        let content = "id=1&what=label&kind=content&severity=S2&group=delivery&matter=not-delivered";
        assert_eq!(path(content, &old), "unknown");
    }
}

//! What is wrong with an ad, in the shape in which platforms tell their advertisers why an ad is rejected.

use std::sync::Arc;

use axum::extract::State;
use model::line::{CaseLine, ViolationLine, word};
use model::units::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use storage::decisions::{Decided, Decisions as _};
use storage::store::Store as _;

use super::asked::{Asked, Given, Named};
use super::caller::{Caller, Read};
use super::cases::{OfCase, in_sight};
use super::problem::{Problem, damaged};
use crate::app::App;
use crate::stored::ask;

/// In which language.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Told {
    /// In which language it is told.
    #[serde(default)]
    language: Language,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[schemars(inline)]
enum Language {
    #[default]
    #[serde(rename = "zh-CN")]
    Chinese,
    #[serde(rename = "en")]
    English,
}

/// Why an ad is rejected.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(example = Rejection::sample())]
pub(crate) struct Rejection {
    ad_id: String,
    /// What is wrong, and by which rule.
    reject_reason: String,
    /// What to do, with a wording that was proven where there is one.
    suggestion: String,
    material: Material,
}

/// Where in the ad.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
struct Material {
    /// `title`, `description`, `cta`, `image`, `video`, `speech` or `click`.
    source: String,
    quote: String,
    /// Of the video.
    second: Option<f64>,
    until_second: Option<f64>,
    /// Pixels of the picture or the frame.
    #[serde(rename = "box")]
    area: Option<Boxed>,
}

#[derive(Debug, PartialEq, Serialize, JsonSchema)]
struct Boxed {
    x: f64,
    y: f64,
    w: f64,
    h: f64,
}

impl From<Area> for Boxed {
    fn from(area: Area) -> Self {
        Self { x: area.x, y: area.y, w: area.w, h: area.h }
    }
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<Read>,
    Named(OfCase { case }): Named<OfCase>,
    Asked(Told { language }): Asked<Told>,
) -> Result<Given<Vec<Rejection>>, Problem> {
    let id = in_sight(&app, &caller, &case).await?.case_id;
    caller.note(&app, "view", id.as_str()).await?;
    let line = ask!(app.stored, store => store.line(&id).await)?;
    let line: CaseLine = serde_json::from_str(&line).map_err(|error| damaged(&id, &error))?;
    let decided = ask!(app.stored, store => store.decisions_of(&id).await)?;
    Ok(Given(rejections(&line, &decided, &word(&language))))
}

/// Of what people have said that it is not so, nothing is told.
fn rejections(line: &CaseLine, decided: &[Decided], language: &str) -> Vec<Rejection> {
    let stands = |number: u64| {
        let about = |one: &&Decided| one.decision.violation.is_none_or(|its| its == number);
        let last = decided.iter().rev().find(about);
        last.is_none_or(|last| last.decision.choice != model::event::Choice::Reject)
    };
    let numbered = line.violations.iter().zip(1..).filter(|(_, number)| stands(*number));
    numbered.filter_map(|(violation, _)| rejection(&line.ad_id, violation, language)).collect()
}

fn rejection(ad: &str, violation: &ViolationLine, language: &str) -> Option<Rejection> {
    let note = violation.note.get(language).or_else(|| violation.note.values().next())?;
    let place = &violation.promised.place;
    let fixes = violation.fixes.iter().map(|fix| match fix.with_page.as_str() {
        "" => fix.text.clone(),
        page => format!("{} + {page}", fix.text),
    });
    let suggestion = std::iter::once(note.todo.clone()).chain(fixes).collect::<Vec<_>>().join("\n");
    Some(Rejection {
        ad_id: ad.to_owned(),
        reject_reason: format!("{}\n{}", note.what, note.why),
        suggestion,
        material: Material {
            source: word(&place.source),
            quote: violation.promised.quote.clone(),
            second: place.at_s,
            until_second: place.until_s,
            area: place.area.map(Into::into),
        },
    })
}

impl Rejection {
    fn sample() -> Self {
        Self {
            ad_id: "ad-1".to_owned(),
            reject_reason: "广告承诺「0元领」，点击后的页面要求付款 19.9 元。\n与所承诺的不一致。".to_owned(),
            suggestion: "请在广告中写明价格，或将落地页改为免费。\n四件套19.9元".to_owned(),
            material: Material {
                source: "video".to_owned(),
                quote: "0元领".to_owned(),
                second: Some(3.2),
                until_second: Some(5.0),
                area: Some(Boxed { x: 40.0, y: 320.0, w: 210.0, h: 48.0 }),
            },
        }
    }
}

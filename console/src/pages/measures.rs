//! The ladder: what is proposed and done about advertisers, why it is this step, and what became of it. People take, refuse and lift.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use governance::ladder::Ladders;
use model::account::{Role, Sight};
#[cfg(test)]
use model::kin::Trait;
use model::line::word;
use model::measure::MeasureState;
use serde::{Deserialize, Serialize};
use storage::kin::Kin as _;
use storage::measures::{KeptMeasure, Measures as _, Turn, Turned};

use crate::app::App;
use crate::auth::{Person, Signed};
use crate::kin::LinkedGiven;
#[cfg(test)]
use crate::kin::{AccountGiven, SharedGiven};
use crate::page::{Page, percent};
use crate::stored::ask;
use crate::told::local;
use crate::web::failure::Failure;

pub(crate) mod propose;

/// Measures that are shown at once, the latest first.
const SHOWN: usize = 100;
/// Accounts that are shown beside one.
const LINKED: usize = 50;
/// A reason is a few sentences. Characters.
const LONGEST_REASON: usize = 2_000;

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    state: String,
    advertiser: String,
    platform: String,
    /// The page begins behind so many.
    behind: usize,
}

impl Asked {
    /// No further than this account sees.
    fn within(&self, sight: Sight) -> Sight {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Sight {
            platform: sight.platform.or_else(|| some(&self.platform)),
            advertiser: sight.advertiser.or_else(|| some(&self.advertiser)),
            region: sight.region,
        }
    }

    fn state(&self) -> Option<MeasureState> {
        MeasureState::ALL.into_iter().find(|state| state.word() == self.state)
    }
}

#[derive(Serialize)]
pub(crate) struct MeasuresPage {
    asked: Asked,
    measures: Vec<MeasureShown>,
    more: usize,
    /// The query of the page behind this one.
    further: String,
    may_decide: bool,
    /// Whether one advertiser's history is shown.
    of_one: bool,
    /// The query by which a step about it is proposed.
    propose: Option<String>,
    /// Accounts that are suspected to be its as well, in sight.
    linked: Vec<LinkedGiven>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct MeasureShown {
    id: String,
    platform: Option<String>,
    advertiser: String,
    /// The query of all of this advertiser's.
    of_advertiser: String,
    ladder: String,
    step: String,
    severity: String,
    cases: Vec<String>,
    reasons: Vec<String>,
    proposed_at: String,
    state: &'static str,
    to_decide: bool,
    until: Option<String>,
    turns: Vec<TurnShown>,
    /// What it may turn to.
    next: Vec<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
struct TurnShown {
    state: &'static str,
    by: Option<String>,
    at: String,
    why: Option<String>,
}

impl MeasureShown {
    fn of(kept: &KeptMeasure, ladders: &Ladders, language: &str) -> Self {
        let measure = &kept.measure;
        let step = ladders.step_name(&measure.ladder, &measure.step, language);
        let platform = measure.platform.as_deref().map(|platform| format!("&platform={}", percent(platform)));
        Self {
            id: measure.id.clone(),
            platform: measure.platform.clone(),
            of_advertiser: format!("advertiser={}{}", percent(&measure.advertiser), platform.unwrap_or_default()),
            advertiser: measure.advertiser.clone(),
            ladder: measure.ladder.clone(),
            step: step.unwrap_or(&measure.step).to_owned(),
            severity: word(&measure.severity),
            cases: measure.cases.clone(),
            reasons: measure.reasons.clone(),
            proposed_at: local(measure.proposed_at),
            state: measure.state.word(),
            to_decide: kept.to_decide,
            until: measure.until.map(local),
            turns: kept
                .turns
                .iter()
                .map(|turn| TurnShown {
                    state: turn.state.word(),
                    by: turn.by.clone(),
                    at: local(turn.at),
                    why: turn.why.clone(),
                })
                .collect(),
            next: MeasureState::ALL
                .into_iter()
                .filter(|next| measure.state.turns_to(*next))
                .map(MeasureState::word)
                .collect(),
        }
    }
}

impl Page for MeasuresPage {
    const TEMPLATE: &'static str = "measures.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let turn = |by| TurnShown { state: "taken", by, at: hostile(), why: Some(hostile()) };
        let measure = |state, next: &[&'static str]| MeasureShown {
            id: "1".into(),
            platform: Some(hostile()),
            advertiser: hostile(),
            of_advertiser: "advertiser=1".into(),
            ladder: "platform".into(),
            step: hostile(),
            severity: "S3".into(),
            cases: vec![hostile()],
            reasons: vec![hostile()],
            proposed_at: hostile(),
            state,
            to_decide: true,
            until: Some(hostile()),
            turns: vec![turn(Some(hostile())), turn(None)],
            next: next.to_vec(),
        };
        let asked = Asked { advertiser: hostile(), platform: hostile(), ..Asked::default() };
        let measures =
            vec![measure("proposed", &["taken", "refused"]), measure("taken", &["lifted"]), measure("lifted", &[])];
        let account = || AccountGiven { platform: Some(hostile()), advertiser: hostile() };
        let shared = |what: &str| SharedGiven { what: what.into(), value: hostile(), cases: [Some(hostile()), None] };
        let shared = Trait::ALL.map(|what| shared(what.word())).to_vec();
        let linked = vec![LinkedGiven { accounts: [account(), account()], shared }];
        let full = Self {
            asked,
            measures,
            more: 3,
            further: "behind=100".into(),
            may_decide: true,
            of_one: true,
            propose: Some("advertiser=1".into()),
            linked,
        };
        vec![
            full,
            Self {
                asked: Asked::default(),
                measures: vec![],
                more: 0,
                further: String::new(),
                may_decide: false,
                of_one: false,
                propose: None,
                linked: vec![],
            },
        ]
    }
}

/// Advertisers are told of what was done, and not of what others only thought about.
pub(crate) fn is_told(role: Role, state: MeasureState) -> bool {
    role != Role::Advertiser || matches!(state, MeasureState::Taken | MeasureState::Lifted)
}

/// Nor of the accounts of others that it is suspected to have.
pub(crate) fn without_others(role: Role, mut kept: KeptMeasure) -> KeptMeasure {
    if role == Role::Advertiser {
        kept.measure.reasons.retain(|reason| !Ladders::built_in().names_others(reason));
    }
    kept
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (sight, state) = (asked.within(person.sight()), asked.state());
    let mut kept = ask!(app.stored, store => store.measures(&sight, state).await)?;
    kept.retain(|one| is_told(person.account.role, one.measure.state));
    let kept: Vec<KeptMeasure> = kept.into_iter().map(|one| without_others(person.account.role, one)).collect();
    let linked = match &sight.advertiser {
        Some(advertiser) => ask!(app.stored, store => store.linked(&person.sight(), Some(advertiser), LINKED).await)?,
        None => Vec::new(),
    };
    let more = kept.len().saturating_sub(asked.behind.saturating_add(SHOWN));
    let (ladders, language) = (Ladders::built_in(), person.frame().language);
    let may_decide = person.must_be(&[Role::Platform]).is_ok();
    let page = MeasuresPage {
        measures: kept
            .iter()
            .rev()
            .skip(asked.behind)
            .take(SHOWN)
            .map(|one| MeasureShown::of(one, &ladders, language))
            .collect(),
        more,
        further: format!(
            "state={}&advertiser={}&platform={}&behind={}",
            percent(&asked.state),
            percent(&asked.advertiser),
            percent(&asked.platform),
            asked.behind.saturating_add(SHOWN)
        ),
        may_decide,
        of_one: sight.advertiser.is_some(),
        propose: may_decide.then(|| of_advertiser(&sight)).flatten(),
        linked: linked.iter().map(LinkedGiven::of).collect(),
        asked,
    };
    app.pages.show(person.frame(), &page)
}

/// The query that names one advertiser, where one is meant.
fn of_advertiser(sight: &Sight) -> Option<String> {
    let platform = sight.platform.as_deref().unwrap_or_default();
    Some(format!("advertiser={}&platform={}", percent(sight.advertiser.as_ref()?), percent(platform)))
}

#[derive(Deserialize)]
pub(crate) struct Form {
    state: MeasureState,
    #[serde(default)]
    why: String,
}

pub(crate) async fn turn(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Signed { person, form }: Signed<Form>,
) -> Result<Response, Failure> {
    person.must_be(&[Role::Platform])?;
    let sight = person.sight();
    let kept = ask!(app.stored, store => store.measures(&sight, None).await)?;
    let measure = kept.into_iter().find(|one| one.measure.id == id).ok_or(Failure::NotFound)?.measure;
    let why: String = form.why.trim().chars().take(LONGEST_REASON).collect();
    if why.is_empty() {
        return Err(Failure::bad("why-measure"));
    }
    let turn = Turn { state: form.state, by: Some(person.account.name.clone()), at: (app.clock)(), why: Some(why) };
    match ask!(app.stored, store => store.turn(&id, &turn).await)? {
        Turned::Done(_) => {}
        Turned::Stands(now) => {
            let now = crate::words::word(person.frame().language, "measurestate", now.measure.state.word());
            return Err(Failure::Bad("measure-stands", now));
        }
        Turned::Unknown => return Err(Failure::NotFound),
    }
    person.note(&app, "measure", &format!("measure {id} {}", form.state.word())).await?;
    let of =
        Asked { advertiser: measure.advertiser, platform: measure.platform.unwrap_or_default(), ..Asked::default() };
    let of = format!("advertiser={}&platform={}", percent(&of.advertiser), percent(&of.platform));
    Ok(Redirect::to(&format!("/measures?{of}&done=measure-turned")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<MeasuresPage>();
    }

    #[test]
    fn nobody_asks_for_more_than_is_seen() {
        let asked = Asked { advertiser: "other".into(), platform: "other".into(), ..Asked::default() };
        let own = Sight { advertiser: Some("own".into()), region: Some("44".into()), ..Sight::default() };
        assert_eq!(asked.within(own.clone()), Sight { platform: Some("other".into()), ..own });
    }
}

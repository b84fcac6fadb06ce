//! What the confirmed cases of an advertiser come to: looked at with its reasons first, and proposed when somebody says so.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use governance::ladder::{Circumstance, Ladders};
use model::account::Role;
use model::line::word;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::auth::{Person, Signed};
use crate::doors::{ProposeWanted, ProposedStep};
use crate::page::{Page, percent};
use crate::told::local;
use crate::web::failure::Failure;

/// About whom, and what a person knows of it that no case tells.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    advertiser: String,
    platform: String,
    /// Ticked, or empty.
    cheating_registration: String,
    several_accounts: String,
    /// What was shown, when it is sent: nothing else is proposed than what somebody has read.
    seen: String,
}

impl Asked {
    fn known(&self) -> Vec<Circumstance> {
        let ticked = [
            (&self.cheating_registration, Circumstance::CheatingRegistration),
            (&self.several_accounts, Circumstance::SeveralAccounts),
        ];
        ticked.into_iter().filter(|(tick, _)| !tick.is_empty()).map(|(_, circumstance)| circumstance).collect()
    }

    fn of_advertiser(&self) -> String {
        format!("advertiser={}&platform={}", percent(&self.advertiser), percent(&self.platform))
    }
}

#[derive(Serialize)]
pub(crate) struct ProposePage {
    asked: Asked,
    /// The query of all that was done about this advertiser.
    history: String,
    /// None: no case of it is confirmed that nothing was done about yet.
    step: Option<StepShown>,
}

#[derive(Serialize)]
struct StepShown {
    ladder: String,
    step: String,
    severity: String,
    reasons: Vec<String>,
    cases: Vec<String>,
    until: Option<String>,
    to_decide: bool,
    seen: String,
}

impl StepShown {
    fn of(proposed: &ProposedStep, language: &str) -> Self {
        let (measure, ladders) = (&proposed.measure, Ladders::built_in());
        let step = ladders.step_name(&measure.ladder, &measure.step, language);
        Self {
            ladder: measure.ladder.clone(),
            step: step.unwrap_or(&measure.step).to_owned(),
            severity: word(&measure.severity),
            reasons: measure.reasons.clone(),
            cases: measure.cases.clone(),
            until: measure.until.map(local),
            to_decide: proposed.to_decide,
            seen: seen(proposed),
        }
    }
}

/// Names what is proposed, and of what.
fn seen(proposed: &ProposedStep) -> String {
    format!("{} {}", proposed.measure.step, proposed.measure.cases.join(" "))
}

impl Page for ProposePage {
    const TEMPLATE: &'static str = "propose.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let asked = Asked {
            advertiser: hostile(),
            platform: hostile(),
            cheating_registration: "on".into(),
            ..Asked::default()
        };
        let step = |to_decide, until| StepShown {
            ladder: "platform".into(),
            step: hostile(),
            severity: "S4".into(),
            reasons: vec![hostile()],
            cases: vec![hostile()],
            until,
            to_decide,
            seen: hostile(),
        };
        let page = |step| Self { asked: asked.clone(), history: "advertiser=1".into(), step };
        vec![page(Some(step(true, None))), page(Some(step(false, Some(hostile())))), page(None)]
    }
}

/// What is wanted, no further than this account sees.
fn wanted(person: &Person, asked: &Asked, keep: bool) -> Result<ProposeWanted, Failure> {
    person.must_be(&[Role::Platform])?;
    let (advertiser, sight) = (asked.advertiser.trim().to_owned(), person.sight());
    if advertiser.is_empty() {
        return Err(Failure::bad("no-advertiser"));
    }
    let platform = Some(asked.platform.trim().to_owned()).filter(|platform| !platform.is_empty());
    if sight.platform.is_some() && sight.platform != platform {
        return Err(Failure::NotFound);
    }
    let (circumstances, language) = (asked.known(), person.frame().language);
    Ok(ProposeWanted { advertiser, platform, circumstances, language, keep })
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let thought = app.doors.propose(wanted(&person, &asked, false)?).await?;
    let step = thought.map(|step| StepShown::of(&step, person.frame().language));
    app.pages.show(person.frame(), &ProposePage { history: asked.of_advertiser(), step, asked })
}

pub(crate) async fn make(
    State(app): State<Arc<App>>,
    Signed { person, form }: Signed<Asked>,
) -> Result<Response, Failure> {
    let none = || Failure::bad("proposal-none");
    let thought = app.doors.propose(wanted(&person, &form, false)?).await?.ok_or_else(none)?;
    if seen(&thought) != form.seen {
        return Err(Failure::bad("proposal-changed"));
    }
    let kept = app.doors.propose(wanted(&person, &form, true)?).await?.ok_or_else(none)?;
    person.note(&app, "measure", &format!("{} proposed", kept.measure.id)).await?;
    Ok(Redirect::to(&format!("/measures?{}&done=measure-proposed", form.of_advertiser())).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<ProposePage>();
    }
}

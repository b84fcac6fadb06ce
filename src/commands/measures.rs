//! `postlink measures`: what is proposed, taken, refused and taken back.

use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use governance::ladder::{Circumstance, LadderError, Ladders};
use model::account::Sight;
use model::measure::{Measure, MeasureState};
use model::units::Clock;
use storage::ledger::Ledger;
use storage::measures::{KeptMeasure, Measures, Turn, Turned};

use crate::cli::{self, MeasuresCommand, Say};
use crate::config;
use crate::exit::{Ended, Refused};
use crate::ledger::follow;
use crate::measures::{Acts, Outcome, Proposing, resting_on};
use crate::stores::{self, on};

pub(crate) async fn run(measures: cli::Measures) -> anyhow::Result<Ended> {
    let at = match &measures.command {
        MeasuresCommand::List { store, .. } | MeasuresCommand::Show { store, .. } => store,
        MeasuresCommand::Propose { store, .. } => store,
        MeasuresCommand::Take(say) | MeasuresCommand::Refuse(say) | MeasuresCommand::Lift(say) => &say.store,
    };
    let config = config::load(at.config.as_deref())?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let now = clock();
    let opened = stores::at(at, &config, clock).await?;
    let done = on!(&opened, store => go(store, &measures.command, now).await);
    opened.close().await;
    done
}

async fn go(store: &(impl Acts + Ledger), command: &MeasuresCommand, now: DateTime<Utc>) -> anyhow::Result<Ended> {
    match command {
        MeasuresCommand::List { platform, advertiser, state, .. } => {
            let sight = Sight { platform: platform.clone(), advertiser: advertiser.clone(), region: None };
            for kept in store.measures(&sight, state.as_deref().and_then(named)).await? {
                println!("{}", line(&kept));
            }
        }
        MeasuresCommand::Show { id, .. } => print!("{}", whole(&shown(store, id).await?)),
        MeasuresCommand::Propose { ladder, lang, advertiser, circumstances, without, .. } => {
            let ladders = Ladders::built_in();
            let [known, left_out] = [circumstances, without]
                .map(|words| words.iter().filter_map(|word| spoken(word)).collect::<Vec<Circumstance>>());
            let proposing = Proposing {
                ladders: &ladders,
                ladder,
                language: lang,
                at: now,
                advertiser: advertiser.as_deref(),
                known: &known,
                left_out: &left_out,
            };
            let outcome = proposing.go(store).await.map_err(|error| match error.downcast::<LadderError>() {
                Ok(error @ LadderError::Unknown { .. }) => Refused::Usage(error.to_string()).into(),
                Ok(error) => anyhow::Error::new(error),
                Err(error) => error,
            });
            let outcome = outcome?;
            tell(&outcome);
            for kept in &outcome.ended {
                tell_what_rests_on(store, &kept.measure).await?;
            }
        }
        MeasuresCommand::Take(say) => turn(store, say, MeasureState::Taken, now).await?,
        MeasuresCommand::Refuse(say) => turn(store, say, MeasureState::Refused, now).await?,
        MeasuresCommand::Lift(say) => turn(store, say, MeasureState::Lifted, now).await?,
    }
    follow(store).await?;
    Ok(Ended::Clean)
}

async fn shown(store: &impl Measures, id: &str) -> anyhow::Result<KeptMeasure> {
    let unknown = || Refused::Usage(format!("there is no measure `{id}`: see `postlink measures list`"));
    Ok(store.measure(id).await?.ok_or_else(unknown)?)
}

async fn turn(store: &impl Measures, say: &Say, state: MeasureState, at: DateTime<Utc>) -> anyhow::Result<()> {
    let turn = Turn { state, by: Some(say.by.clone()), at, why: Some(say.why.clone()) };
    match store.turn(&say.id, &turn).await? {
        Turned::Done(done) => {
            println!("{}", line(&done));
            tell_what_rests_on(store, &done.measure).await?;
        }
        Turned::Unknown => drop(shown(store, &say.id).await?),
        Turned::Stands(stands) => {
            let by = stands.measure.by.as_deref().map_or_else(String::new, |by| format!(" by {by}"));
            let (is, wanted) = (stands.measure.state.word(), state.word());
            let refusal = format!("{} is {is}{by}: it cannot be {wanted} from there", say.id);
            return Err(Refused::Usage(refusal).into());
        }
    }
    Ok(())
}

/// Later steps that a lifted one made graver: people decide what becomes of them.
async fn tell_what_rests_on(store: &impl Measures, lifted: &Measure) -> anyhow::Result<()> {
    if lifted.state != MeasureState::Lifted {
        return Ok(());
    }
    for measure in resting_on(store, lifted).await? {
        let Measure { id, step, state, .. } = measure;
        println!("{id} ({step}, {}) counted {} among the steps before it: look at it again", state.word(), lifted.id);
    }
    Ok(())
}

fn tell(outcome: &Outcome) {
    for kept in &outcome.proposed {
        print!("{}", whole(kept));
    }
    for kept in &outcome.ended {
        println!("{}", line(kept));
    }
    for case in &outcome.nameless {
        println!("case {} (ad {}) names no advertiser: nothing is proposed", case.case_id, case.ad_id);
    }
    let Outcome { proposed, ended, .. } = outcome;
    println!("{} measures proposed or taken, {} refused or lifted", proposed.len(), ended.len());
}

/// A measure in one line.
fn line(kept: &KeptMeasure) -> String {
    let Measure { id, platform, advertiser, ladder, step, severity, state, until, .. } = &kept.measure;
    let platform = platform.as_deref().unwrap_or("-");
    let until = until.map_or_else(String::new, |at| format!(" until {}", minute(at)));
    let mut line = format!("{id}  {:<8}  {platform}/{advertiser}  {ladder}:{step}  {severity:?}{until}", state.word());
    for Turn { state, by, at, why } in &kept.turns {
        let by = by.as_deref().unwrap_or("postlink");
        let why = why.as_ref().map_or_else(String::new, |why| format!(": {why}"));
        line += &format!("\n    {} {} by {by}{why}", minute(*at), state.word());
    }
    line
}

/// With why, and what it rests on.
fn whole(kept: &KeptMeasure) -> String {
    let mut text = line(kept) + "\n";
    for reason in &kept.measure.reasons {
        text += &format!("    - {reason}\n");
    }
    for case in &kept.measure.cases {
        text += &format!("    case {case}\n");
    }
    if kept.measure.state == MeasureState::Proposed {
        text += "    a person has to decide it: postlink measures take|refuse\n";
    }
    text
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%MZ").to_string()
}

fn named(word: &str) -> Option<MeasureState> {
    MeasureState::ALL.into_iter().find(|state| state.word() == word)
}

fn spoken(word: &str) -> Option<Circumstance> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).context("a circumstance").ok()
}

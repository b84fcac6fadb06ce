//! `postlink complaints`: what users did and said after the click is taken in, listed, and judged by people.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use governance::intake::Reading;
use model::account::Sight;
use model::complaint::{Exclusion, Kind, Labelled, Scenario};
use model::units::Clock;
use model::violation::Severity;
use serde::de::DeserializeOwned;
use storage::hearing::{ComplaintRow, Heard, Hearing, NewWord, Saying};

use crate::cli::{Complaints, ComplaintsCommand, ImportComplaints, LabelComplaint, Said, Which};
use crate::complaints::heed::{self, Told};
use crate::complaints::import::{self, Counts, Kept};
use crate::config::{self, Config};
use crate::exit::{Ended, Refused};
use crate::stores::{self, on};

mod list;
mod sample;

pub(crate) async fn run(complaints: Complaints) -> anyhow::Result<Ended> {
    match complaints.command {
        ComplaintsCommand::Import(import) => take_in(import).await,
        ComplaintsCommand::List(list) => list::list(*list).await,
        ComplaintsCommand::Show { which, json } => list::show(which, json).await,
        ComplaintsCommand::Label(label) => say_label(*label).await,
        ComplaintsCommand::Exclude { which, said } => {
            let why = [("en".to_owned(), said.why.clone()), ("zh-CN".to_owned(), said.why.clone())];
            let exclusion = Exclusion { rule: "person".to_owned(), why: BTreeMap::from(why), rests_on: Vec::new() };
            say(which, said, Saying::Exclude(exclusion), "does not count").await
        }
        ComplaintsCommand::Restore { which, said } => say(which, said, Saying::Restore, "counts").await,
        ComplaintsCommand::Sample(sample) => sample::run(sample).await,
    }
}

/// The one place where the clock of these commands is made.
#[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
pub(super) fn clock() -> Clock {
    Arc::new(Utc::now)
}

async fn take_in(import: ImportComplaints) -> anyhow::Result<Ended> {
    let config = config::load(import.config.as_deref())?;
    let clock = clock();
    let reading = Reading {
        now: clock(),
        place: config.hearing.time_zone,
        platform: import.platform.clone(),
        touchpoints_for: kept(&config).touchpoints,
    };
    let evidence = stores::place(&config.evidence, Some(&import.place.data))?;
    let opened = stores::begin(import.place.database.as_deref(), &import.place.data, evidence, clock).await?;
    let done = on!(&opened, store => read(store, &import, reading, &config).await);
    opened.close().await;
    let (counts, told) = done?;
    if counts.kept() == 0 {
        let refusal = format!("no row of {} was taken", import.file.display());
        return Err(Refused::Usage(refusal).into());
    }
    tell(&counts, &told);
    Ok(if counts.refused() > 0 { Ended::Inconclusive } else { Ended::Clean })
}

async fn read(
    store: &(impl Hearing + Heard),
    file: &ImportComplaints,
    reading: Reading,
    config: &Config,
) -> anyhow::Result<(Counts, Told)> {
    let kept = kept(config);
    let counts = import::import(store, &file.file, file.kind.into(), reading, kept, file.rejects.as_deref()).await?;
    Ok((counts, heed::heed(store).await?))
}

/// So many days of the configuration.
pub(crate) fn days(days: u32) -> TimeDelta {
    TimeDelta::days(i64::from(days))
}

fn kept(config: &Config) -> Kept {
    Kept { complaints: days(config.hearing.said_days), touchpoints: days(config.hearing.touchpoint_days) }
}

fn tell(counts: &Counts, told: &Told) {
    let Counts { new, same, changed, bad, of_unknown_ads, unknown_ads, otherwise, encoding, passed_over } = counts;
    println!("{} rows: {new} new, {same} as before ({encoding})", counts.kept());
    if *otherwise > 0 {
        println!("{otherwise} of them are in another encoding than the file");
    }
    if *of_unknown_ads > 0 {
        let names = unknown_ads.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        println!("{of_unknown_ads} name ads that are not known, and belong to none until they are: {names}");
    }
    if !passed_over.is_empty() {
        let names = passed_over.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        println!("columns that were passed over: {names}");
    }
    if told.looked_at > 0 {
        let Told { looked_at, excluded, doubted } = told;
        println!("{looked_at} complaints were labelled: {excluded} are noise, {doubted} wait for a person to look");
    }
    if counts.refused() > 0 {
        println!(
            "{bad} rows are wrong, {changed} come under the id of another: they are told above, and whole by --rejects"
        );
    }
}

async fn say_label(label: LabelComplaint) -> anyhow::Result<Ended> {
    let kind: Kind = word(&label.kind, "--kind", "content, fulfilment, distribution or other")?;
    let scenario: Option<Scenario> =
        label.scenario.as_deref().map(|text| word(text, "--scenario", "goods, virtual or service")).transpose()?;
    let severity: Severity = word(&label.severity, "--severity", "S1, S2, S3 or S4")?;
    let levels = label.about.split_once('/').filter(|(group, matter)| !group.is_empty() && !matter.is_empty());
    let (group, matter) = levels.ok_or_else(|| {
        Refused::Usage(format!("`{}` is not two levels: write --about as price/hidden-fee", label.about))
    })?;
    let scene = scenario.map_or_else(|| "unknown".to_owned(), |scenario| model::line::word(&scenario));
    let path = [scene, label.kind.clone(), group.to_owned(), matter.to_owned()];
    let said = Labelled { scenario, kind, path, severity, confidence: 1.0, words: Vec::new() };
    say(label.which, label.said, Saying::Label(said), "is labelled").await
}

fn word<T: DeserializeOwned>(text: &str, option: &str, known: &str) -> Result<T, Refused> {
    let wrong = |_| Refused::Usage(format!("`{text}` is not known for {option}: write {known}"));
    serde_json::from_value(text.into()).map_err(wrong)
}

async fn say(which: Which, said: Said, saying: Saying, becomes: &str) -> anyhow::Result<Ended> {
    let config = config::load(which.store.config.as_deref())?;
    let opened = stores::at(&which.store, &config, clock()).await?;
    let done = on!(&opened, store => async {
        let row = named(store, &which).await?;
        let word = NewWord { of: row.key(), saying, why: said.why, by: said.by, by_rule: false };
        store.say(&[word]).await?;
        println!("complaint {} {becomes}", which.id);
        Ok(Ended::Clean)
    }.await);
    opened.close().await;
    done
}

/// The complaint that the command line names.
async fn named(store: &impl Heard, which: &Which) -> anyhow::Result<ComplaintRow> {
    let mut found = store.complaints_named(&Sight::default(), &which.id).await?;
    if let Some(platform) = &which.platform {
        found.retain(|row| row.complaint.platform.as_ref() == Some(platform));
    }
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(Refused::Usage(format!("there is no complaint `{}`", which.id)).into()),
        _ => {
            let platforms: Vec<_> =
                found.iter().map(|row| row.complaint.platform.as_deref().unwrap_or("none")).collect();
            let platforms = platforms.join(", ");
            Err(Refused::Usage(format!(
                "complaints of {platforms} have the id `{}`: name one with --platform",
                which.id
            ))
            .into())
        }
    }
}

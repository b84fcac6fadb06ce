//! `postlink ccr`: how often users who converted complain.

use chrono::{DateTime, TimeDelta, Utc};
use console::rates::{self, Asked, By, GroupRates, Rates, Sort};
use governance::ccr::{Watch, Week};
use model::account::Sight;
use storage::hearing::{Heard, Hearing};

use super::complaints::clock;
use crate::cli::{self, Ccr, GroupBy};
use crate::complaints::heed;
use crate::config::{self, Config};
use crate::exit::{Ended, Refused};
use crate::stores::{self, on};

/// Weeks that are told where nobody says which.
const USUAL: i64 = 12;

pub(crate) async fn run(ccr: Ccr) -> anyhow::Result<Ended> {
    let config = config::load(ccr.store.config.as_deref())?;
    let clock = clock();
    let (from, to) = weeks(ccr.from, ccr.to, clock(), &config);
    let asked = Asked {
        by: match ccr.by {
            GroupBy::All => By::All,
            GroupBy::Ad => By::Ad,
            GroupBy::Advertiser => By::Advertiser,
            GroupBy::Trade => By::Trade,
            GroupBy::Platform => By::Platform,
        },
        from,
        to,
        place: config.hearing.time_zone,
        level: config.hearing.level,
        watch: watch(&config),
    };
    let opened = stores::at(&ccr.store, &config, clock).await?;
    let rates = on!(&opened, store => told(store, &asked).await);
    opened.close().await;
    let mut rates = rates?;
    let kind = ccr.kind.map(|kind| match kind {
        cli::Sort::Content => Sort::Content,
        cli::Sort::Fulfilment => Sort::Fulfilment,
    });
    rates.groups.retain(|group| kind.is_none_or(|kind| group.kind == kind));
    if ccr.json {
        println!("{}", serde_json::to_string(&rates)?);
    } else if ccr.csv {
        csv(&rates)?;
    } else {
        print(&rates);
    }
    Ok(Ended::Clean)
}

/// What came in since the last time is looked at before it is counted.
async fn told(store: &(impl Hearing + Heard), asked: &Asked) -> anyhow::Result<Rates> {
    heed::heed(store).await?;
    let rates = rates::rates(store, &Sight::default(), asked).await?;
    rates.ok_or_else(|| {
        let (from, to) = (asked.from, asked.to);
        Refused::Usage(format!("from {from} to {to} are no weeks, or more than {}", rates::MOST_WEEKS)).into()
    })
}

pub(crate) fn watch(config: &Config) -> Watch {
    let hearing = &config.hearing;
    Watch { usual_weeks: hearing.usual_weeks, times: hearing.alarm_times, false_a_year: hearing.alarm_false }
}

/// The weeks that the command line names: by itself the twelve that are over.
pub(super) fn weeks(from: Option<Week>, to: Option<Week>, now: DateTime<Utc>, config: &Config) -> (Week, Week) {
    let place = config.hearing.time_zone;
    let to = to.unwrap_or_else(|| Week::of(now - TimeDelta::weeks(1), place));
    let from = from.unwrap_or_else(|| {
        let monday = to.monday().unwrap_or_default() - TimeDelta::weeks(USUAL - 1);
        Week::of(monday.and_hms_opt(12, 0, 0).unwrap_or_default().and_utc(), chrono_tz::UTC)
    });
    (from, to)
}

/// One line a group, kind and week.
fn csv(rates: &Rates) -> anyhow::Result<()> {
    let mut table = csv::Writer::from_writer(std::io::stdout());
    table.write_record(["platform", "group", "kind", "week", "complaints", "conversions", "rate", "low", "high"])?;
    let shown = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    for group in &rates.groups {
        let (platform, who) = (group.group.platform.as_deref(), group.group.who.as_deref());
        for (week, rate) in rates.weeks.iter().zip(&group.weeks) {
            table.write_record([
                &formula_free(platform.unwrap_or_default()),
                &formula_free(who.unwrap_or_default()),
                group.kind.word(),
                week,
                &rate.complaints.to_string(),
                &rate.conversions.to_string(),
                &shown(rate.rate),
                &shown(rate.interval.map(|ends| ends[0])),
                &shown(rate.interval.map(|ends| ends[1])),
            ])?;
        }
    }
    Ok(table.flush()?)
}

/// What a spreadsheet would take for a formula is a text.
fn formula_free(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

fn print(rates: &Rates) {
    let (first, last) = (rates.weeks.first(), rates.weeks.last());
    println!("weeks {} to {}", first.map_or("", String::as_str), last.map_or("", String::as_str));
    for group in &rates.groups {
        println!("\n{}, {}", named(group), group.kind.word());
        for (week, rate) in
            rates.weeks.iter().zip(&group.weeks).filter(|(_, rate)| rate.complaints + rate.conversions > 0)
        {
            println!("  {week}  {}", rated(rate));
        }
        println!("  all       {}", rated(&group.total));
        if let Some(smoothed) = &group.smoothed {
            let [low, high] = smoothed.interval;
            println!("  smoothed  {} ({} to {})", percent(smoothed.rate), percent(low), percent(high));
        }
        if let Some(trend) = &group.trend {
            println!("  trend     {:+.4} % a week (p {:.3})", trend.a_week * 100.0, trend.p);
        }
        if let Some(alarm) = &group.alarm {
            let (since, noticed) = (&alarm.since, &alarm.noticed);
            println!(
                "  ALARM     from {} to {} since {since}, noticed in {noticed}",
                percent(alarm.from),
                percent(alarm.to)
            );
        }
    }
    let standings: Vec<_> = rates.complaints.iter().map(|(standing, many)| format!("{many} {standing}")).collect();
    println!("\ncomplaints: {}", if standings.is_empty() { "none".to_owned() } else { standings.join(", ") });
}

fn named(group: &GroupRates) -> String {
    match (&group.group.platform, &group.group.who) {
        (Some(platform), Some(who)) if platform != who => format!("{platform} {who}"),
        (_, Some(who)) => who.clone(),
        (Some(platform), None) => format!("{platform} (not said)"),
        (None, None) => "all".to_owned(),
    }
}

fn rated(rate: &rates::Rate) -> String {
    let counts = format!("{} / {}", rate.complaints, rate.conversions);
    match (rate.rate, rate.interval) {
        (Some(rate), Some([low, high])) => {
            format!("{counts}  {} ({} to {})", percent(rate), percent(low), percent(high))
        }
        _ => counts,
    }
}

fn percent(share: f64) -> String {
    format!("{:.3} %", share * 100.0)
}

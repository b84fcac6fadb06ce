//! `postlink traffic`: which contacts and conversions are no people's, by which rules, and how many are left.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use console::rates::span;
use governance::ccr::Week;
use governance::traffic::{Bounds, Contact, Gate, Judged, Ranges, Reason, What};
use model::account::Sight;
use model::line::word;
use model::touchpoint::{self, Touchpoint};
use serde_json::json;
use storage::hearing::{Converted, Heard, Hearing, Key, Mark, Span, TrafficCount};

use super::ccr::weeks;
use super::complaints::clock;
use crate::cli::Traffic;
use crate::config::{self, Config};
use crate::exit::{Ended, Refused};
use crate::stores::{self, on};

/// Marks of one transaction.
const AT_ONCE: usize = 1_000;
/// Of the latest so many it is known by what they are named.
const MOST_KNOWN: usize = 1_000_000;
/// Conversions that take a while, as platforms name them.
const INSTALLS: [&str; 4] = ["install", "activate", "安装", "激活"];

pub(crate) async fn run(traffic: Traffic) -> anyhow::Result<Ended> {
    let config = config::load(traffic.store.config.as_deref())?;
    let clock = clock();
    let now = Week::of(clock(), config.hearing.time_zone);
    let (from, to) = weeks(traffic.from, traffic.to.or(Some(now)), clock(), &config);
    let ends = |week| span(week, config.hearing.time_zone);
    let asked = ends(from).zip(ends(to)).filter(|(first, last)| first.from < last.to);
    let (first, last) = asked.ok_or_else(|| Refused::Usage(format!("from {from} to {to} are no weeks")))?;
    let span = Span { from: first.from, to: last.to };
    let gate = gate(&config)?;
    let opened = stores::at(&traffic.store, &config, clock).await?;
    let done = on!(&opened, store => async {
        if !traffic.dry_run {
            judge(store, &span, gate).await?;
        }
        Ok::<_, anyhow::Error>(store.traffic(&Sight::default(), &span).await?)
    }.await);
    opened.close().await;
    tell(&done?, traffic.json);
    Ok(Ended::Clean)
}

fn gate(config: &Config) -> anyhow::Result<Gate> {
    let path = &config.hearing.data_centres;
    let ranges = if path.as_os_str().is_empty() {
        Ranges::default()
    } else {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Refused::Configuration(format!("read hearing.data_centres, {}: {error}", path.display()))
        })?;
        Ranges::read(&text).map_err(|error| Refused::Configuration(format!("{}: {error}", path.display())))?
    };
    Ok(Gate::new(ranges, &config.hearing.own_agents, Bounds::default()))
}

/// One contact or conversion on its way to the gate.
enum Passing {
    Touchpoint(Touchpoint),
    Converted(Converted),
}

impl Passing {
    fn key(&self) -> Key {
        let (platform, id) = match self {
            Self::Touchpoint(one) => (&one.platform, &one.id),
            Self::Converted(one) => (&one.conversion.platform, &one.conversion.id),
        };
        Key { platform: platform.clone().unwrap_or_default(), id: id.clone() }
    }

    fn contact(&self, id: u64) -> Contact<'_> {
        match self {
            Self::Touchpoint(one) => Contact {
                id,
                what: match one.kind {
                    touchpoint::Contact::Impression => What::Impression,
                    touchpoint::Contact::Click => What::Click,
                },
                at: one.at,
                platform: one.platform.as_deref().unwrap_or_default(),
                user: one.user.as_deref(),
                device: one.device.as_deref(),
                ip: one.ip,
                user_agent: one.user_agent.as_deref(),
                size: one.size,
                prefetch: one.prefetch,
                place: one.place,
                source: Some(one.ad.as_deref().unwrap_or(&one.channel)),
                clicked_at: None,
                install: false,
            },
            Self::Converted(one) => Contact {
                id,
                what: What::Conversion,
                at: one.conversion.at,
                platform: one.conversion.platform.as_deref().unwrap_or_default(),
                user: one.conversion.user.as_deref(),
                device: one.device.as_deref(),
                ip: one.ip,
                user_agent: None,
                size: None,
                prefetch: false,
                place: None,
                source: one.conversion.ad.as_deref(),
                clicked_at: one.clicked_at,
                install: INSTALLS.contains(&one.conversion.kind.as_str()),
            },
        }
    }
}

/// Judges what is in a span, an hour at a time. What was before it goes through the gate as well, which remembers what is usual.
async fn judge(store: &(impl Hearing + Heard), span: &Span, mut gate: Gate) -> anyhow::Result<()> {
    store.clear_marks(span).await?;
    let mut known = Known::default();
    let mut from = span.from - TimeDelta::hours(i64::from(Bounds::default().hours));
    while from < span.to {
        let hour = Span { from, to: (from + TimeDelta::hours(1)).min(span.to) };
        let passing = passing(store, &hour).await?;
        let mut reasons: BTreeMap<u64, Vec<Reason>> = BTreeMap::new();
        for one in &passing {
            let id = known.take(one);
            let Judged { reasons: its, earlier } = gate.judge(&one.contact(id));
            for (id, reason) in its.into_iter().map(|reason| (id, reason)).chain(earlier) {
                reasons.entry(id).or_default().push(reason);
            }
        }
        known.say(store, reasons, span).await?;
        from = hour.to;
    }
    Ok(())
}

/// What was in an hour, in the order of time.
async fn passing(store: &impl Heard, hour: &Span) -> anyhow::Result<Vec<Passing>> {
    let (mut passing, all) = (Vec::new(), Sight::default());
    store.each_touchpoint(&all, hour, &mut |one| passing.push(Passing::Touchpoint(one))).await?;
    store.each_conversion(&all, hour, &mut |one| passing.push(Passing::Converted(one))).await?;
    passing.sort_by_key(|one| match one {
        Passing::Touchpoint(one) => one.at,
        Passing::Converted(one) => one.conversion.at,
    });
    Ok(passing)
}

/// The latest that passed, by their numbers: what comes later may give them away.
#[derive(Default)]
struct Known {
    /// The number of the first of them.
    first: u64,
    keys: VecDeque<(bool, Key, DateTime<Utc>, Vec<Reason>)>,
}

impl Known {
    fn take(&mut self, one: &Passing) -> u64 {
        let (conversion, at) = match one {
            Passing::Touchpoint(one) => (false, one.at),
            Passing::Converted(one) => (true, one.conversion.at),
        };
        self.keys.push_back((conversion, one.key(), at, Vec::new()));
        if self.keys.len() > MOST_KNOWN {
            self.keys.pop_front();
            self.first += 1;
        }
        self.first + self.keys.len() as u64 - 1
    }

    /// Writes down what is new of those within the span.
    async fn say(
        &mut self,
        store: &impl Hearing,
        reasons: BTreeMap<u64, Vec<Reason>>,
        span: &Span,
    ) -> anyhow::Result<()> {
        let (mut touchpoints, mut conversions) = (Vec::new(), Vec::new());
        for (id, new) in reasons {
            let Some(at) = id.checked_sub(self.first).and_then(|at| usize::try_from(at).ok()) else { continue };
            let Some((conversion, key, at, its)) = self.keys.get_mut(at) else { continue };
            new.into_iter().for_each(|reason| {
                if !its.contains(&reason) {
                    its.push(reason);
                }
            });
            if !(span.from..span.to).contains(at) {
                continue;
            }
            let mark = Mark { of: key.clone(), rules: its.iter().map(word).collect() };
            if *conversion { conversions.push(mark) } else { touchpoints.push(mark) }
        }
        for some in touchpoints.chunks(AT_ONCE) {
            store.mark_touchpoints(some).await?;
        }
        for some in conversions.chunks(AT_ONCE) {
            store.mark_conversions(some).await?;
        }
        Ok(())
    }
}

fn tell(counts: &[TrafficCount], as_json: bool) {
    if as_json {
        let told: Vec<_> = counts
            .iter()
            .map(|one| json!({ "kind": one.kind, "rule": one.rule, "before": one.before, "after": one.after }))
            .collect();
        println!("{}", json!({ "traffic": told }));
        return;
    }
    for TrafficCount { kind, rule, before, after } in counts {
        match rule {
            None => println!("{kind}: {before} before, {after} after"),
            Some(rule) => println!("  {rule}: {}", before - after),
        }
    }
}

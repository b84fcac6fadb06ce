//! `postlink attribute`: to which creative, ad, channel or hop conversions and complaints are due.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use console::rates::span;
use governance::attribution::{Credits, End, Model, Names, Path, Tally, Touch};
use model::account::Sight;
use model::line::CaseLine;
use model::touchpoint::Contact;
use serde_json::json;
use storage::desk::Desk;
use storage::hearing::{Ends, Heard, Span, Step, Way};
use storage::library::Library;
use storage::store::Store;

use super::ccr::weeks;
use super::complaints::clock;
use crate::cli::{Attribute, CreditOf, CreditTo};
use crate::config;
use crate::exit::{Ended, Refused};
use crate::stores::{self, on};

/// Half as much credit for each so long before the end, by convention.
const HALF_LIFE: TimeDelta = TimeDelta::days(7);
/// The channel that stands for no ad.
const DIRECT: &str = "direct";
/// What is not known.
const UNKNOWN: &str = "unknown";

/// Models by name, given the number of the channel that stands for no ad.
fn models(direct: u32) -> [(&'static str, Model); 8] {
    [
        ("last-touch", Model::LastTouch),
        ("last-non-direct", Model::LastNonDirect { direct }),
        ("last-per-channel", Model::LastPerChannel),
        ("first", Model::First),
        ("linear", Model::Linear),
        ("time-decay", Model::TimeDecay { half_life: HALF_LIFE }),
        ("position", Model::Position),
        ("markov", Model::Markov),
    ]
}

pub(crate) async fn run(attribute: Attribute) -> anyhow::Result<Ended> {
    let config = config::load(attribute.store.config.as_deref())?;
    let clock = clock();
    let (from, to) = weeks(attribute.from, attribute.to, clock(), &config);
    let ends = |week| span(week, config.hearing.time_zone);
    let asked = ends(from).zip(ends(to)).filter(|(first, last)| first.from < last.to);
    let (first, last) = asked.ok_or_else(|| Refused::Usage(format!("from {from} to {to} are no weeks")))?;
    let span = Span { from: first.from, to: last.to };
    let opened = stores::at(&attribute.store, &config, clock).await?;
    let done = on!(&opened, store => async {
        match attribute.by {
            CreditTo::Hop => hops(store, &span, &attribute).await,
            _ => credits(store, &span, &attribute).await,
        }
    }.await);
    opened.close().await;
    done
}

fn ends(of: CreditOf) -> Ends {
    match of {
        CreditOf::Conversions => Ends::Conversions,
        CreditOf::Complaints => Ends::Complaints,
        CreditOf::Refunds => Ends::Refunds,
    }
}

/// Ways are counted as they come: what is remembered is one number a key and model.
async fn credits(store: &(impl Heard + Library), span: &Span, asked: &Attribute) -> anyhow::Result<Ended> {
    let (mut keys, mut channels) = (Names::default(), Names::default());
    let chosen: Vec<_> = models(channels.number(DIRECT))
        .into_iter()
        .filter(|(name, _)| asked.model == "all" || asked.model == *name)
        .collect();
    if chosen.is_empty() {
        let known = models(0).map(|(name, _)| name).join(", ");
        return Err(Refused::Usage(format!("`{}` is no model: write {known}, or all", asked.model)).into());
    }
    let creatives = if asked.by == CreditTo::Creative { creatives(store, span, asked).await? } else { BTreeMap::new() };
    let mut tallies: Vec<_> = chosen.iter().map(|(name, model)| (*name, Tally::new(*model))).collect();
    let mut refused = 0_u64;
    let mut take = |way: Way| {
        let counts = |step: &&Step| asked.impressions || step.kind == Contact::Click;
        let touches: Vec<Touch> = way
            .steps
            .iter()
            .filter(counts)
            .map(|step| {
                let ad = step.ad.as_deref().unwrap_or(DIRECT);
                let key = match asked.by {
                    CreditTo::Channel => step.channel.as_str(),
                    CreditTo::Creative => creatives.get(ad).map_or(ad, String::as_str),
                    CreditTo::Ad | CreditTo::Hop => ad,
                };
                Touch { key: keys.number(key), channel: channels.number(&step.channel), at: step.at }
            })
            .collect();
        for (_, tally) in &mut tallies {
            let path = Path { touches: &touches, end: End::Converted(way.at), weight: 1.0 };
            refused += u64::from(tally.add(&path).is_err());
        }
    };
    store.each_path(&Sight::default(), span, ends(asked.of), &mut take).await?;
    let mut told = Vec::new();
    for (name, tally) in &tallies {
        match tally.credits() {
            Ok(credits) => told.push((*name, credits)),
            Err(error) => eprintln!("{name}: {error}"),
        }
    }
    if refused > 0 {
        eprintln!("{refused} ways could not be counted");
    }
    tell(&told, &keys, asked.json);
    Ok(Ended::Clean)
}

fn tell(told: &[(&str, Credits)], keys: &Names, as_json: bool) {
    let shares = |credits: &Credits| -> BTreeMap<String, f64> {
        let named = credits.by_key.iter().zip(0_u32..).filter(|(credit, _)| **credit != 0.0);
        named.map(|(credit, number)| (keys.name(number).unwrap_or_default().to_owned(), *credit)).collect()
    };
    if as_json {
        let models: serde_json::Map<String, serde_json::Value> = told
            .iter()
            .map(|(name, credits)| {
                let Credits { converted, without_contact, .. } = credits;
                let told = json!({ "credits": shares(credits), "ends": converted, "without_contact": without_contact });
                ((*name).to_owned(), told)
            })
            .collect();
        println!("{}", serde_json::Value::Object(models));
        return;
    }
    for (name, credits) in told {
        println!("{name}: {} with contacts, {} without", credits.converted, credits.without_contact);
        let mut shares: Vec<_> = shares(credits).into_iter().collect();
        shares.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        for (key, credit) in shares {
            println!("  {credit:>14.4}  {key}");
        }
    }
}

/// Of each ad on the ways, the first picture or video that it names, by its hash: ads that show the same share its credit.
async fn creatives(
    store: &(impl Heard + Library),
    span: &Span,
    asked: &Attribute,
) -> anyhow::Result<BTreeMap<String, String>> {
    let mut ads = std::collections::BTreeSet::new();
    let mut take = |way: Way| ads.extend(way.steps.into_iter().filter_map(|step| step.ad));
    store.each_path(&Sight::default(), span, ends(asked.of), &mut take).await?;
    let known = store.ads(&ads.into_iter().collect::<Vec<_>>()).await?;
    let creative = |ad: storage::library::KnownAd| {
        let first = ad.files.values().next().map(ToString::to_string);
        first.map(|creative| (ad.ad_id, creative))
    };
    Ok(known.into_iter().filter_map(creative).collect())
}

/// What complaints are about where a hop says so: that of the gravest violation in the latest case of their ad.
async fn hops(store: &(impl Heard + Desk + Store), span: &Span, asked: &Attribute) -> anyhow::Result<Ended> {
    if asked.of == CreditOf::Conversions {
        return Err(Refused::Usage("--by hop is of complaints or refunds: write --of complaints".into()).into());
    }
    let mut by_ad: BTreeMap<Option<String>, u64> = BTreeMap::new();
    let mut take = |way: Way| *by_ad.entry(way.ad).or_default() += 1;
    store.each_path(&Sight::default(), span, ends(asked.of), &mut take).await?;
    let mut hops: BTreeMap<String, u64> = BTreeMap::new();
    for (ad, many) in by_ad {
        let hop = match &ad {
            Some(ad) => hop_of(store, ad).await?,
            None => None,
        };
        *hops.entry(hop.unwrap_or_else(|| UNKNOWN.to_owned())).or_default() += many;
    }
    if asked.json {
        println!("{}", json!({ "hops": hops }));
        return Ok(Ended::Clean);
    }
    let mut hops: Vec<_> = hops.into_iter().collect();
    hops.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    hops.iter().for_each(|(hop, many)| println!("{many:>10}  {hop}"));
    Ok(Ended::Clean)
}

/// The hop at which an ad's latest case found what was not given: its number, level and host.
async fn hop_of(store: &(impl Desk + Store), ad: &str) -> anyhow::Result<Option<String>> {
    let Some(case) = store.cases_of_ad(&Sight::default(), ad, 1).await?.into_iter().next() else { return Ok(None) };
    let line: CaseLine = serde_json::from_str(&store.line(&case.case_id).await?)?;
    let gravest = line.violations.iter().max_by_key(|violation| violation.severity);
    Ok(gravest.map(|violation| {
        let delivered = &violation.delivered.place;
        let url = url::Url::parse(&delivered.url).ok();
        let host = url.as_ref().and_then(|url| url.host_str()).unwrap_or(UNKNOWN).to_owned();
        format!("hop {} (level {}) {host}", delivered.hop, delivered.level.0)
    }))
}

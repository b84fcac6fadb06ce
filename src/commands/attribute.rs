//! `postlink attribute`: to which creative, ad, channel or hop conversions and complaints are due.

use std::collections::BTreeMap;

use console::credits::{self, Credits, Due, Hop, MODELS, To};
use console::rates::span;
use model::account::Sight;
use serde_json::{Map, Value, json};
use storage::decisions::Decisions;
use storage::desk::Desk;
use storage::hearing::{Ends, Heard, Span};
use storage::library::Library;
use storage::store::Store;

use super::ccr::weeks;
use super::complaints::clock;
use crate::cli::{Attribute, CreditOf, CreditTo};
use crate::config;
use crate::exit::{Ended, Refused};
use crate::stores::{self, on};

/// What is not known.
const UNKNOWN: &str = "unknown";

pub(crate) async fn run(attribute: Attribute) -> anyhow::Result<Ended> {
    let config = config::load(attribute.store.config.as_deref())?;
    let clock = clock();
    let (from, to) = weeks(attribute.from, attribute.to, clock(), &config);
    let ends = |week| span(week, config.hearing.time_zone);
    let asked = ends(from).zip(ends(to)).filter(|(first, last)| first.from < last.to);
    let (first, last) = asked.ok_or_else(|| Refused::Usage(format!("from {from} to {to} are no weeks")))?;
    let span = Span { from: first.from, to: last.to };
    let opened = stores::at(&attribute.store, &config, clock).await?;
    let done = on!(&opened, store => shared_out(store, span, &attribute).await);
    opened.close().await;
    done
}

async fn shared_out(
    store: &(impl Heard + Library + Desk + Store + Decisions),
    span: Span,
    asked: &Attribute,
) -> anyhow::Result<Ended> {
    let to = match asked.by {
        CreditTo::Creative => To::Creative,
        CreditTo::Ad => To::Ad,
        CreditTo::Channel => To::Channel,
        CreditTo::Hop => return hops(store, &span, asked).await,
    };
    let chosen: Vec<usize> =
        (0..MODELS.len()).filter(|at| asked.model == "all" || asked.model == MODELS[*at]).collect();
    if chosen.is_empty() {
        let known = MODELS.join(", ");
        return Err(Refused::Usage(format!("`{}` is no model: write {known}, or all", asked.model)).into());
    }
    let wanted = credits::Asked { span, of: ends(asked.of), to, impressions: asked.impressions, ways: 0 };
    let told = credits::credits(store, &Sight::default(), &wanted).await?;
    for (model, why) in &told.unsolved {
        eprintln!("{model}: {why}");
    }
    if told.left_out > 0 {
        eprintln!("{} ways could not be counted", told.left_out);
    }
    tell(&told, &chosen, asked.json);
    Ok(Ended::Clean)
}

fn ends(of: CreditOf) -> Ends {
    match of {
        CreditOf::Conversions => Ends::Conversions,
        CreditOf::Complaints => Ends::Complaints,
        CreditOf::Refunds => Ends::Refunds,
    }
}

fn tell(told: &Credits, chosen: &[usize], as_json: bool) {
    let ends = told.ends - told.without_contact - told.left_out;
    let shares = |model: usize| {
        let due = told.keys.iter().filter(move |key| key.credits[model] != 0.0);
        due.map(move |key| (key.name.as_str(), key.credits[model]))
    };
    if as_json {
        let model = |model: &usize| {
            let credits: BTreeMap<&str, f64> = shares(*model).collect();
            let (ends, without_contact) = (ends as f64, told.without_contact as f64);
            let told = json!({ "credits": credits, "ends": ends, "without_contact": without_contact });
            (MODELS[*model].to_owned(), told)
        };
        println!("{}", Value::Object(chosen.iter().map(model).collect::<Map<_, _>>()));
        return;
    }
    for model in chosen {
        println!("{}: {ends} with contacts, {} without", MODELS[*model], told.without_contact);
        let mut shares: Vec<_> = shares(*model).collect();
        shares.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(other.0)));
        for (key, credit) in shares {
            println!("  {credit:>14.4}  {key}");
        }
    }
}

/// What complaints are about where a hop says so, by its number, level and host.
async fn hops(
    store: &(impl Heard + Desk + Store + Decisions),
    span: &Span,
    asked: &Attribute,
) -> anyhow::Result<Ended> {
    if asked.of == CreditOf::Conversions {
        return Err(Refused::Usage("--by hop is of complaints or refunds: write --of complaints".into()).into());
    }
    let name = |due: Due| match due {
        Due::Hop(Hop { hop, level, host, .. }) => {
            format!("hop {hop} (level {level}) {}", if host.is_empty() { UNKNOWN } else { &host })
        }
        Due::NoAd => UNKNOWN.to_owned(),
        Due::NotExamined => "(not examined)".to_owned(),
        Due::Inconclusive => "(inconclusive)".to_owned(),
        Due::Nothing => "(nothing found)".to_owned(),
    };
    let mut hops: BTreeMap<String, u64> = BTreeMap::new();
    for (hop, many) in credits::hops(store, &Sight::default(), span, ends(asked.of)).await? {
        *hops.entry(name(hop)).or_default() += many;
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

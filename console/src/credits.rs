//! Who gets the credit for conversions, and the blame for complaints: every model over the same paths, side by side.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::TimeDelta;
use governance::attribution::{End, Model, Names, Path, Tally, Touch};
use model::account::Sight;
use model::line::CaseLine;
use model::touchpoint::Contact;
use storage::decisions::{Decisions, is_rejected};
use storage::desk::Desk;
use storage::hearing::{Ends, Heard, Span, Step, Way};
use storage::library::Library;
use storage::store::{Store, StoreError};

/// What credit falls to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum To {
    /// The ad; what is by none stands as `direct`, what is by ads out of sight as `elsewhere`.
    #[default]
    Ad,
    /// The first picture or video that the ad names, by its hash: ads that show the same share its credit. Of one that names none, the ad.
    Creative,
    Channel,
}

impl To {
    pub const ALL: [Self; 3] = [Self::Ad, Self::Creative, Self::Channel];

    pub fn word(self) -> &'static str {
        match self {
            Self::Ad => "ad",
            Self::Creative => "creative",
            Self::Channel => "channel",
        }
    }
}

/// The channel that stands for no ad.
const DIRECT: &str = "direct";
/// What stands for all ads that are out of sight.
const ELSEWHERE: &str = "elsewhere";
/// By convention (law.md 9.1). Days.
const HALF_LIFE: i64 = 7;
/// Ways that are told apart; what is beyond them is counted as others.
const WAYS: usize = 100_000;
/// Steps of a way that are told.
const LONGEST: usize = 12;

/// The models, by the words that they have in addresses and files.
pub const MODELS: [&str; 8] =
    ["last-touch", "last-non-direct", "last-per-channel", "first", "linear", "time-decay", "position", "markov"];

/// What was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Credits {
    /// Ends, with contacts before them and without.
    pub ends: u64,
    pub without_contact: u64,
    /// Paths that could not be counted: their contacts are not in order.
    pub left_out: u64,
    /// Those with the most by the last touch first.
    pub keys: Vec<Key>,
    /// Of each model, all of it: more than there are ends where it counts twice.
    pub sums: [f64; 8],
    /// The ways that were gone most often, and by how many.
    pub ways: Vec<(Vec<String>, u64)>,
    /// By how many another one.
    pub other_ways: u64,
    /// Models that give nothing, and why.
    pub unsolved: Vec<(&'static str, String)>,
}

/// What one key gets.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    pub name: String,
    /// In the order of [`MODELS`].
    pub credits: [f64; 8],
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub span: Span,
    pub of: Ends,
    pub to: To,
    /// Whether impressions are contacts, too; clicks are.
    pub impressions: bool,
    /// Ways that are told.
    pub ways: usize,
}

/// Reads and counts. Memory: the keys, and a hundred thousand ways.
pub async fn credits(store: &(impl Heard + Library), sight: &Sight, asked: &Asked) -> Result<Credits, StoreError> {
    let creatives = if asked.to == To::Creative { creatives(store, sight, asked).await? } else { HashMap::new() };
    let mut fold = Fold::new(asked.to, creatives);
    let counts = |step: &Step| asked.impressions || step.kind == Contact::Click;
    let mut take = |mut way: Way| {
        way.steps.retain(counts);
        fold.add(&way);
    };
    store.each_path(sight, &asked.span, asked.of, &mut take).await?;
    Ok(fold.done(asked.ways))
}

/// What the ads on the ways show.
async fn creatives(
    store: &(impl Heard + Library),
    sight: &Sight,
    asked: &Asked,
) -> Result<HashMap<String, String>, StoreError> {
    let mut ads = BTreeSet::new();
    let mut take = |way: Way| ads.extend(way.steps.into_iter().filter_map(|step| step.ad));
    store.each_path(sight, &asked.span, asked.of, &mut take).await?;
    let known = store.ads(&ads.into_iter().collect::<Vec<_>>()).await?;
    let first = |ad: storage::library::KnownAd| Some((ad.ad_id, ad.files.values().next()?.to_string()));
    Ok(known.into_iter().filter_map(first).collect())
}

/// A hop of the chain of an ad that says what was not given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Hop {
    pub ad: String,
    pub case: String,
    pub hop: u32,
    pub level: u32,
    pub host: String,
}

/// What there is to say of where a complaint is due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Due {
    Hop(Hop),
    /// It belongs to no ad that is known.
    NoAd,
    /// Its ad has no case that is kept.
    NotExamined,
    /// The latest case of its ad is inconclusive.
    Inconclusive,
    /// The latest case of its ad found nothing that people let stand.
    Nothing,
}

impl Due {
    /// A word of `[paths]`, where it is no hop.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Hop(_) => "hop",
            Self::NoAd => "no_ad",
            Self::NotExamined => "not_examined",
            Self::Inconclusive => "inconclusive",
            Self::Nothing => "no_hop",
        }
    }
}

/// Which hop of its ad each complaint is due to: that of the gravest violation in the latest case of the ad that nobody rejected.
/// Those with the most first.
pub async fn hops(
    store: &(impl Heard + Desk + Store + Decisions),
    sight: &Sight,
    span: &Span,
    of: Ends,
) -> Result<Vec<(Due, u64)>, StoreError> {
    let mut by_ad: BTreeMap<Option<String>, u64> = BTreeMap::new();
    let mut take = |way: Way| *by_ad.entry(way.ad).or_default() += 1;
    store.each_path(sight, span, of, &mut take).await?;
    let mut hops: BTreeMap<Due, u64> = BTreeMap::new();
    for (ad, many) in by_ad {
        let hop = match &ad {
            Some(ad) => due_of(store, sight, ad).await?,
            None => Due::NoAd,
        };
        *hops.entry(hop).or_default() += many;
    }
    let mut hops: Vec<_> = hops.into_iter().collect();
    hops.sort_by_key(|(_, many)| std::cmp::Reverse(*many));
    Ok(hops)
}

async fn due_of(store: &(impl Desk + Store + Decisions), sight: &Sight, ad: &str) -> Result<Due, StoreError> {
    let Some(case) = store.cases_of_ad(sight, ad, 1).await?.into_iter().next() else { return Ok(Due::NotExamined) };
    let Ok(line) = serde_json::from_str::<CaseLine>(&store.line(&case.case_id).await?) else {
        return Ok(Due::NotExamined);
    };
    let decided = store.decisions_of(&case.case_id).await?;
    let standing = (1..).zip(&line.violations).filter(|(number, _)| !is_rejected(&decided, *number));
    let Some((_, gravest)) = standing.max_by_key(|(_, violation)| violation.severity) else {
        return Ok(if line.verdict == "inconclusive" { Due::Inconclusive } else { Due::Nothing });
    };
    let delivered = &gravest.delivered.place;
    let host = url::Url::parse(&delivered.url).ok().and_then(|url| url.host_str().map(ToOwned::to_owned));
    Ok(Due::Hop(Hop {
        ad: ad.to_owned(),
        case: case.case_id.to_string(),
        hop: u32::from(delivered.hop),
        level: u32::from(delivered.level.0),
        host: host.unwrap_or_default(),
    }))
}

struct Fold {
    to: To,
    /// By ad.
    creatives: HashMap<String, String>,
    keys: Names,
    channels: Names,
    tallies: [Tally; 8],
    ways: HashMap<Vec<u32>, u64>,
    other_ways: u64,
    ends: u64,
    left_out: u64,
}

impl Fold {
    fn new(to: To, creatives: HashMap<String, String>) -> Self {
        let mut channels = Names::default();
        let direct = channels.number(DIRECT);
        let models = [
            Model::LastTouch,
            Model::LastNonDirect { direct },
            Model::LastPerChannel,
            Model::First,
            Model::Linear,
            Model::TimeDecay { half_life: TimeDelta::days(HALF_LIFE) },
            Model::Position,
            Model::Markov,
        ];
        let (keys, tallies) = (Names::default(), models.map(Tally::new));
        Self { to, creatives, keys, channels, tallies, ways: HashMap::new(), other_ways: 0, ends: 0, left_out: 0 }
    }

    fn add(&mut self, way: &Way) {
        let all = way.steps.len();
        let touch = |fold: &mut Self, at: usize| {
            let step = &way.steps[at];
            let key = match fold.to {
                To::Ad | To::Creative if step.elsewhere => fold.keys.number(ELSEWHERE),
                To::Ad => fold.keys.number(step.ad.as_deref().unwrap_or(DIRECT)),
                To::Creative => {
                    let ad = step.ad.as_deref().unwrap_or(DIRECT);
                    fold.keys.number(fold.creatives.get(ad).map_or(ad, String::as_str))
                }
                To::Channel => fold.keys.number(&step.channel),
            };
            Touch { key, channel: fold.channels.number(&step.channel), at: step.at }
        };
        let touches: Vec<Touch> = (0..all).map(|at| touch(self, at)).collect();
        let path = Path { touches: &touches, end: End::Converted(way.at), weight: 1.0 };
        self.ends += 1;
        // Every model refuses the same paths: those whose contacts are not in order.
        let mut refused = false;
        for tally in &mut self.tallies {
            refused |= tally.add(&path).is_err();
        }
        if refused {
            self.left_out += 1;
        } else if !touches.is_empty() {
            self.went(touches.iter().map(|touch| touch.key).collect());
        }
    }

    /// Contacts of one key behind each other are one step of a way.
    fn went(&mut self, mut keys: Vec<u32>) {
        keys.dedup();
        keys.drain(..keys.len().saturating_sub(LONGEST));
        let room = self.ways.len() < WAYS;
        match self.ways.get_mut(&keys) {
            Some(count) => *count += 1,
            None if room => drop(self.ways.insert(keys, 1)),
            None => self.other_ways += 1,
        }
    }

    fn done(self, most: usize) -> Credits {
        let mut by_key: BTreeMap<u32, [f64; 8]> = BTreeMap::new();
        let (mut sums, mut without_contact, mut unsolved) = ([0.0; 8], 0.0, Vec::new());
        for (model, tally) in self.tallies.iter().enumerate() {
            let told = match tally.credits() {
                Ok(told) => told,
                Err(error) => {
                    unsolved.push((MODELS[model], error.to_string()));
                    continue;
                }
            };
            without_contact = told.without_contact;
            sums[model] = told.by_key.iter().sum();
            for (key, credit) in (0..).zip(told.by_key) {
                by_key.entry(key).or_default()[model] = credit;
            }
        }
        let name = |key: u32| self.keys.name(key).unwrap_or_default().to_owned();
        let mut keys: Vec<Key> = by_key.into_iter().map(|(key, credits)| Key { name: name(key), credits }).collect();
        keys.sort_by(|a, b| b.credits[0].total_cmp(&a.credits[0]).then_with(|| a.name.cmp(&b.name)));
        let mut ways: Vec<(Vec<String>, u64)> =
            self.ways.iter().map(|(keys, count)| (keys.iter().map(|key| name(*key)).collect(), *count)).collect();
        ways.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let beyond: u64 = ways.iter().skip(most).map(|(_, count)| count).sum();
        ways.truncate(most);
        Credits {
            ends: self.ends,
            without_contact: without_contact as u64,
            left_out: self.left_out,
            keys,
            sums,
            ways,
            other_ways: beyond + self.other_ways,
            unsolved,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use storage::hearing;

    use super::*;

    fn at(days: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(days)
    }

    /// Channel, ad and day of each contact; the end is on day 14.
    fn way(steps: &[(&str, Option<&str>, i64)]) -> Way {
        let step = |(number, (channel, ad, day)): (usize, &(&str, Option<&str>, i64))| Step {
            id: format!("t{number}"),
            kind: Contact::Click,
            at: at(*day),
            ad: ad.map(ToOwned::to_owned),
            elsewhere: false,
            channel: (*channel).to_owned(),
        };
        Way {
            end: hearing::Key { platform: String::new(), id: "e".into() },
            at: at(14),
            user: Some("u".into()),
            ad: None,
            via: None,
            value: None,
            kind: None,
            steps: steps.iter().enumerate().map(step).collect(),
        }
    }

    fn folded(to: To, ways: &[Way]) -> Credits {
        let mut fold = Fold::new(to, HashMap::from([("a".to_owned(), "picture".to_owned())]));
        ways.iter().for_each(|way| fold.add(way));
        fold.done(2)
    }

    /// By hand: two halves of 14 and 7 days are a quarter and a half, of 0 days one; together 1.75.
    #[test]
    fn every_model_gives_what_its_formula_says() {
        let told =
            folded(To::Channel, &[way(&[("feed", Some("a"), 0), ("search", Some("b"), 7), ("direct", None, 14)])]);
        let of = |name: &str| told.keys.iter().find(|key| key.name == name).expect("a key").credits;
        let near = |is: [f64; 8], wanted: [f64; 8]| {
            for (model, (is, wanted)) in MODELS.iter().zip(is.iter().zip(wanted)) {
                assert!((is - wanted).abs() < 1e-9, "{model}: {is}, not {wanted}");
            }
        };
        let third = 1.0 / 3.0;
        near(of("feed"), [0.0, 0.0, 1.0, 1.0, third, 0.25 / 1.75, 0.4, third]);
        near(of("search"), [0.0, 1.0, 1.0, 0.0, third, 0.5 / 1.75, 0.2, third]);
        near(of("direct"), [1.0, 0.0, 1.0, 0.0, third, 1.0 / 1.75, 0.4, third]);
        near(told.sums, [1.0, 1.0, 3.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
    }

    #[test]
    fn ways_are_counted_by_their_steps_and_those_without_contact_apart() {
        let feed = way(&[("feed", Some("a"), 1), ("feed", Some("a"), 2), ("direct", None, 3)]);
        let told = folded(
            To::Ad,
            &[feed.clone(), feed, way(&[("feed", Some("b"), 1)]), way(&[("feed", Some("c"), 1)]), way(&[])],
        );
        assert_eq!((told.ends, told.without_contact, told.left_out, told.other_ways), (5, 1, 0, 1));
        assert_eq!(told.ways[0], (vec!["a".to_owned(), "direct".to_owned()], 2));
        let told = folded(To::Creative, &[way(&[("feed", Some("a"), 1)]), way(&[("feed", Some("b"), 1)])]);
        assert_eq!(told.keys.iter().map(|key| key.name.as_str()).collect::<Vec<_>>(), ["b", "picture"]);
    }
}

//! What a pipeline works with, made ready once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use checker::Words;
use crawler::Crawler;
use crawler::guard::Pasted;
use model::evidence::EvidenceId;
use model::units::Clock;
use policies::Packs;
use reader::Reader;

use crate::config::Config;
use crate::exit::Refused;
use crate::hearing;
use crate::memory::Remembering;
use crate::packs;
use crate::second_opinion::{self, SecondOpinion};

/// Everything that examining an ad needs, shared by all that do so.
pub(crate) struct Tools {
    pub(crate) crawler: Crawler,
    pub(crate) reader: Reader,
    pub(crate) words: Words,
    pub(crate) packs: Packs,
    /// Where an ad runs that does not say so.
    pub(crate) markets: BTreeSet<String>,
    pub(crate) second_opinion: Option<SecondOpinion>,
    pub(crate) clock: Clock,
    /// How to look, where nobody says otherwise.
    pub(crate) looking: Looking,
    /// Names and versions of what was used, for the seal.
    pub(crate) versions: BTreeMap<String, String>,
    /// Changes when an ad examined anew could come out otherwise: another version, other words, other visitors, another
    /// one who hears or is asked for an opinion.
    pub(crate) fingerprint: String,
    /// Of all that looking rests on but how deep.
    eyes: String,
}

/// As whom to look, in this order, how deep, and for how long.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Looking {
    pub(crate) visitors: Vec<String>,
    /// Levels behind the landing page.
    pub(crate) levels: u8,
    /// When somebody else may begin to look: nothing goes out any more.
    pub(crate) until: Option<Instant>,
    /// The page that was given in place of an address.
    pub(crate) pasted: Option<Pasted>,
}

impl Looking {
    /// Names what decides what is seen, so that another look can say whether it is taken by the same eyes.
    pub(crate) fn eyes(&self, tools: &Tools) -> String {
        format!("{}, {} levels", tools.eyes, self.levels)
    }
}

impl Tools {
    pub(crate) async fn ready(
        config: &Config,
        visitors: Vec<String>,
        clock: Clock,
        memory: Remembering,
    ) -> anyhow::Result<Arc<Self>> {
        let lexicon = policies::lexicon().context("read the lexicons")?;
        let folder = (!config.policies.folder.as_os_str().is_empty()).then_some(config.policies.folder.as_path());
        let packs = packs::load(folder).map_err(|error| Refused::Configuration(error.to_string()))?;
        let words = Words::compile(&lexicon, policies::senses()).context("compile the lexicons")?;
        let reader = Reader::open(&config.reader).map_err(|error| Refused::Configuration(error.to_string()))?;
        let mut reader = reader.knowing(lexicon.clone()).remembering(Arc::new(memory));
        let service = hearing::service(config).map_err(|error| Refused::Configuration(error.to_string()))?;
        if let Some(service) = service {
            reader = reader.heard_by(service);
        }
        let second_opinion =
            second_opinion::service(config).map_err(|error| Refused::Configuration(error.to_string()))?;
        let crawler = Crawler::start(config.crawl.clone(), clock.clone())
            .await
            .map_err(|error| Refused::Configuration(error.to_string()))?;
        let versions = versions(&packs);
        let markets: BTreeSet<_> = config.policies.markets.iter().map(|market| market.to_uppercase()).collect();
        let used: BTreeMap<_, _> = visitors.iter().map(|name| (name, config.crawl.visitors.get(name))).collect();
        let heard = (
            config.reader.speech,
            &config.reader.speech_command,
            &config.reader.speech_url,
            &config.reader.speech_model,
        );
        let judged = (&config.judge.url, &config.judge.model);
        let fingerprint =
            EvidenceId::of(&serde_json::to_vec(&(&versions, &lexicon, used, heard, judged, &markets))?).hex();
        let crawler::Options { follow, capture, visitors: known, .. } = &config.crawl;
        let eyes = (&versions, &lexicon, heard, known, follow, capture, &config.reader);
        let eyes = EvidenceId::of(&serde_json::to_vec(&eyes)?).hex();
        Ok(Arc::new(Self {
            crawler,
            reader,
            words,
            packs,
            markets,
            second_opinion,
            clock,
            looking: Looking { visitors, levels: config.crawl.follow.next_levels, until: None, pasted: None },
            versions,
            fingerprint,
            eyes,
        }))
    }
}

fn versions(packs: &Packs) -> BTreeMap<String, String> {
    let mut versions = BTreeMap::from([("postlink".to_owned(), env!("CARGO_PKG_VERSION").to_owned())]);
    for pack in packs.about() {
        if let Some((name, version)) = pack.name.split_once('@') {
            versions.insert(format!("pack {name}"), version.to_owned());
        }
    }
    versions
}

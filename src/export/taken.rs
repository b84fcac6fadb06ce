//! A case out of the store, with as much of its evidence as documents tell of.

use std::collections::BTreeMap;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use model::case::{Case, Gap};
use model::chain::{Chain, Hop, Reconfirmed};
use model::evidence::EvidenceId;
use model::snapshot::{Part, Provenance, Snapshot};
use model::traffic::Traffic;
use model::units::{Level, Millis};
use storage::seal::Manifest;
use storage::store::{Store, StoredCase};

use crate::clock_offset::ClockOffset;
use crate::pipeline::LOOK;
use model::line::{CaseLine, ViolationLine};

/// A case as it is handed over.
pub(crate) struct Taken {
    pub(crate) stored: StoredCase,
    /// Its line as it was written, and read.
    pub(crate) text: String,
    pub(crate) line: CaseLine,
    pub(crate) manifest_text: String,
    pub(crate) manifest: Manifest,
    /// The pages that were captured, by their evidence.
    pub(crate) pages: BTreeMap<EvidenceId, SeenPage>,
    /// How many sentences of the ad were read.
    pub(crate) promised: usize,
    pub(crate) clock_offset: Option<ClockOffset>,
}

/// One captured page.
pub(crate) struct SeenPage {
    pub(crate) visitor: String,
    pub(crate) hop: u16,
    pub(crate) level: Level,
    pub(crate) part: Part,
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) at_ms: Millis,
    pub(crate) captured_at: DateTime<Utc>,
    pub(crate) viewport: (u32, u32),
    pub(crate) provenance: Provenance,
    /// What a person reads on it, in order.
    pub(crate) sentences: Vec<String>,
    /// Of these, as they were seen: it stays what it is where they are covered.
    pub(crate) text: EvidenceId,
    pub(crate) facts: Vec<model::statement::Fact>,
}

impl Taken {
    pub(crate) async fn take(store: &impl Store, stored: &StoredCase) -> anyhow::Result<Self> {
        let id = &stored.case_id;
        let text = store.line(id).await?;
        let line: CaseLine = serde_json::from_str(&text).with_context(|| format!("read back case {id}"))?;
        let manifest_text = store.manifest(id).await?;
        let manifest: Manifest =
            serde_json::from_str(&manifest_text).with_context(|| format!("read the manifest of case {id}"))?;
        let mut pages = BTreeMap::new();
        for id in snapshots(&line) {
            let snapshot: Snapshot = serde_json::from_slice(&store.read(id).await?)
                .with_context(|| format!("read the snapshot {id} of case {}", stored.case_id))?;
            pages.insert(id, SeenPage::of(snapshot));
        }
        let mut promised = 0;
        // Cases that were examined before looks were kept have none: what they say of pages is left out.
        if let Some(look) = manifest.evidence.iter().find(|kept| kept.what == LOOK) {
            let look: Case = serde_json::from_slice(&store.read(look.id).await?)
                .with_context(|| format!("read the look of case {id}"))?;
            promised = look.promised.len();
            for page in look.pages {
                if let Some(seen) = pages.get_mut(&page.snapshot) {
                    seen.sentences = page.statements.into_iter().map(|statement| statement.text).collect();
                    seen.text = EvidenceId::of(seen.sentences.join("\n").as_bytes());
                    seen.facts = page.facts;
                }
            }
        }
        let mut traffic: Vec<Traffic> = Vec::new();
        for id in line.chains.iter().filter_map(|chain| chain.traffic) {
            let read = serde_json::from_slice(&store.read(id).await?);
            traffic.push(read.with_context(|| format!("read the traffic {id} of case {}", stored.case_id))?);
        }
        let clock_offset = ClockOffset::of(&traffic);
        Ok(Self { stored: stored.clone(), text, line, manifest_text, manifest, pages, promised, clock_offset })
    }

    /// The cheap look that stood in for a visit of this case, if one did.
    pub(crate) fn reconfirmed(&self) -> Option<&Reconfirmed> {
        self.line.chains.iter().find_map(|chain| chain.reconfirmed.as_ref())
    }

    /// The cheap look that stood in for this visitor's.
    pub(crate) fn mark(&self, visitor: &str) -> Option<&Reconfirmed> {
        self.line.chains.iter().find(|chain| chain.visitor == visitor)?.reconfirmed.as_ref()
    }

    /// The pages that were looked at for this case: of a cheap look the landing pages, and nothing behind them.
    pub(crate) fn looked_at(&self) -> impl Iterator<Item = &SeenPage> {
        let now = |(id, page): (&'_ EvidenceId, &'_ SeenPage)| {
            self.mark(&page.visitor).is_none() || self.landing(&page.visitor).is_some_and(|(landing, _)| landing == id)
        };
        self.pages.iter().filter(move |(id, page)| now((id, page))).map(|(_, page)| page)
    }

    /// The pages of a visitor.
    pub(crate) fn seen_by(&self, visitor: &str) -> impl Iterator<Item = (&EvidenceId, &SeenPage)> {
        self.pages.iter().filter(move |(_, page)| page.visitor == visitor)
    }

    /// Where the click of a visitor led.
    pub(crate) fn landing(&self, visitor: &str) -> Option<(&EvidenceId, &SeenPage)> {
        self.seen_by(visitor).filter(|(_, page)| page.part == Part::Landing).max_by_key(|(_, page)| page.at_ms)
    }

    /// When a visitor clicked, as their pages tell it.
    pub(crate) fn clicked(&self, visitor: &str) -> Option<DateTime<Utc>> {
        let since = |page: &SeenPage| page.captured_at - TimeDelta::milliseconds(page.at_ms.0.min(1 << 40) as i64);
        self.seen_by(visitor).map(|(_, page)| since(page)).min()
    }

    /// When a hop was taken; the second says whether it is only about then, for want of a page that tells.
    pub(crate) fn at(&self, chain: &Chain, hop: &Hop) -> (DateTime<Utc>, bool) {
        let after = TimeDelta::milliseconds(hop.at_ms.0.min(1 << 40) as i64);
        match self.clicked(&chain.visitor) {
            Some(clicked) => (clicked + after, false),
            None => (self.line.opened_at + after, true),
        }
    }

    /// The violations that lie at a hop of a visitor.
    pub(crate) fn found_at<'a>(&'a self, visitor: &'a str, hop: u16) -> impl Iterator<Item = &'a ViolationLine> {
        let here =
            move |line: &&ViolationLine| line.delivered.place.visitor == visitor && line.delivered.place.hop == hop;
        self.line.violations.iter().filter(here)
    }

    pub(crate) fn gaps_at<'a>(&'a self, visitor: &'a str, hop: u16) -> impl Iterator<Item = &'a Gap> {
        self.line.gaps.iter().filter(move |gap| gap.visitor.as_deref() == Some(visitor) && gap.hop == Some(hop))
    }

    pub(crate) fn title(&self) -> String {
        let ad = &self.line.ad;
        [&ad.title, &ad.description].into_iter().flatten().next().cloned().unwrap_or_default()
    }

    pub(crate) fn advertiser(&self) -> Option<String> {
        let advertiser = self.line.ad.advertiser.as_ref()?;
        advertiser.legal_name.clone().or_else(|| advertiser.name.clone()).or_else(|| advertiser.id.clone())
    }

    /// The deepest level of which a page was looked at.
    pub(crate) fn deepest(&self) -> u8 {
        self.looked_at().map(|page| page.level.0).max().unwrap_or_default()
    }
}

impl SeenPage {
    fn of(snapshot: Snapshot) -> Self {
        let Snapshot { visitor, hop, level, part, url, title, at_ms, captured_at, viewport, provenance, .. } = snapshot;
        Self {
            visitor,
            hop,
            level,
            part,
            url,
            title,
            at_ms,
            captured_at,
            viewport,
            provenance,
            sentences: Vec::new(),
            text: EvidenceId::of(b""),
            facts: Vec::new(),
        }
    }
}

/// The snapshots that a case's line names, each once.
fn snapshots(line: &CaseLine) -> Vec<EvidenceId> {
    let of_chain = |chain: &Chain| -> Vec<EvidenceId> {
        let hops = chain.hops.iter().filter_map(|hop| hop.snapshot);
        hops.chain(chain.ways.iter().filter_map(|way| way.snapshot)).collect()
    };
    let mut ids: Vec<_> = line.chains.iter().flat_map(of_chain).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

//! Proposes what is done about advertisers: what people confirmed comes to a step of the ladder, and what rests on nothing any more is
//! taken back.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use governance::ladder::{Circumstance, Ladders, Offence, Proposal};
use model::account::Sight;
use model::ad::Ad;
use model::measure::{Measure, MeasureState};
use storage::appeals::Appeals;
use storage::hearing::{Heard, WantedComplaints};
use storage::kin::Kin;
use storage::measures::{Confirmed, KeptMeasure, Measures, Proposed, Turn, Turned};
use storage::store::{CaseId, Store};

mod circumstances;
mod kin;

/// A store that knows all that is looked at.
pub(crate) trait Acts: Store + Measures + Appeals + Heard + Kin {}

impl<S: Store + Measures + Appeals + Heard + Kin> Acts for S {}

/// How measures are proposed.
pub(crate) struct Proposing<'a> {
    pub(crate) ladders: &'a Ladders,
    pub(crate) ladder: &'a str,
    /// Of the reasons: `zh-CN` or `en`.
    pub(crate) language: &'a str,
    pub(crate) at: DateTime<Utc>,
    /// Only about this advertiser, and what a person knows of it.
    pub(crate) advertiser: Option<&'a str>,
    pub(crate) known: &'a [Circumstance],
    /// What a person knows to be otherwise than postlink suspects.
    pub(crate) left_out: &'a [Circumstance],
}

/// What became of it.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) proposed: Vec<KeptMeasure>,
    /// That were refused or lifted, as nothing that they rest on is confirmed any more.
    pub(crate) ended: Vec<KeptMeasure>,
    /// Confirmed cases whose ad names no advertiser: nothing can be done about it.
    pub(crate) nameless: Vec<Confirmed>,
}

impl Proposing<'_> {
    pub(crate) async fn go(&self, store: &impl Acts) -> anyhow::Result<Outcome> {
        let mut outcome = Outcome { ended: self.end_unfounded(store).await?, ..Outcome::default() };
        let mut of: BTreeMap<(Option<String>, String), Vec<Confirmed>> = BTreeMap::new();
        for case in store.unanswered(self.ladder).await? {
            match case.advertiser.clone() {
                Some(advertiser) if self.advertiser.is_none_or(|only| only == advertiser) => {
                    of.entry((case.platform.clone(), advertiser)).or_default().push(case);
                }
                Some(_) => {}
                None => outcome.nameless.push(case),
            }
        }
        for ((platform, advertiser), cases) in of {
            outcome.proposed.extend(self.about(store, platform, advertiser, &cases).await?);
        }
        Ok(outcome)
    }

    /// What was found of an advertiser since it was last answered is one offence: it was told of none of it in between.
    async fn about(
        &self,
        store: &impl Acts,
        platform: Option<String>,
        advertiser: String,
        cases: &[Confirmed],
    ) -> anyhow::Result<Option<KeptMeasure>> {
        let Some(Proposal { measure, decide }) = self.weighed(store, platform, advertiser, cases).await? else {
            return Ok(None);
        };
        Ok(store.propose(&Proposed { measure, to_decide: decide }).await?)
    }

    /// What the cases of one advertiser come to that nothing was done about yet; nothing is kept.
    pub(crate) async fn thought(
        &self,
        store: &impl Acts,
        platform: &Option<String>,
        advertiser: &str,
    ) -> anyhow::Result<Option<Proposal>> {
        let mut cases = store.unanswered(self.ladder).await?;
        cases.retain(|case| case.platform == *platform && case.advertiser.as_deref() == Some(advertiser));
        self.weighed(store, platform.clone(), advertiser.to_owned(), &cases).await
    }

    async fn weighed(
        &self,
        store: &impl Acts,
        platform: Option<String>,
        advertiser: String,
        cases: &[Confirmed],
    ) -> anyhow::Result<Option<Proposal>> {
        let Some(severity) = cases.iter().map(|case| case.severity).max() else { return Ok(None) };
        let mut circumstances: BTreeSet<Circumstance> = self.known.iter().copied().collect();
        for case in cases {
            circumstances.extend(circumstances::of_case(store, case).await?);
        }
        if circumstances::all_corrected(store, cases).await? {
            circumstances.insert(Circumstance::CorrectedInTime);
        }
        let kin = kin::confirmed(store, platform.as_deref(), &advertiser, self.at).await?;
        if !kin.is_empty() {
            circumstances.insert(Circumstance::SeveralAccounts);
        }
        self.left_out.iter().for_each(|left_out| _ = circumstances.remove(left_out));
        let is_several = circumstances.contains(&Circumstance::SeveralAccounts);
        let sight = Sight { platform: platform.clone(), advertiser: Some(advertiser.clone()), region: None };
        let before: Vec<Measure> = store.measures(&sight, None).await?.into_iter().map(|one| one.measure).collect();
        let offence = Offence {
            platform,
            advertiser,
            severity,
            cases: cases.iter().map(|case| case.case_id.clone()).collect(),
            at: self.at,
            circumstances: circumstances.into_iter().collect(),
        };
        let mut proposal = self.ladders.propose(self.ladder, &offence, &before, self.language)?;
        if is_several && !kin.is_empty() {
            proposal.measure.reasons.push(self.ladders.accounts(&kin::named(&kin), self.language));
        }
        Ok(Some(proposal))
    }

    /// People took back what these rest on: nobody has to say so twice.
    async fn end_unfounded(&self, store: &impl Acts) -> anyhow::Result<Vec<KeptMeasure>> {
        let mut ended = Vec::new();
        for KeptMeasure { measure, .. } in store.unfounded().await? {
            let state = match measure.state {
                MeasureState::Proposed => MeasureState::Refused,
                _ => MeasureState::Lifted,
            };
            let why = match self.language {
                "en" => "no violation that it rests on is confirmed any more",
                _ => "其依据的违规已无一被确认",
            };
            let turn = Turn { state, by: None, at: self.at, why: Some(why.to_owned()) };
            if let Turned::Done(done) = store.turn(&measure.id, &turn).await? {
                ended.push(done);
            }
        }
        Ok(ended)
    }
}

/// Later steps against the same advertiser that a lifted one made graver.
pub(crate) async fn resting_on(store: &impl Measures, lifted: &Measure) -> anyhow::Result<Vec<Measure>> {
    let sight = Sight { platform: lifted.platform.clone(), advertiser: Some(lifted.advertiser.clone()), region: None };
    let all: Vec<Measure> = store.measures(&sight, None).await?.into_iter().map(|one| one.measure).collect();
    Ok(Ladders::built_in().resting_on(lifted, &all)?.into_iter().cloned().collect())
}

/// The ad of a case, as its line has it.
async fn ad_of(store: &impl Store, case: &CaseId) -> anyhow::Result<Ad> {
    #[derive(serde::Deserialize)]
    struct Line {
        ad: Ad,
    }
    Ok(serde_json::from_str::<Line>(&store.line(case).await?)?.ad)
}

/// Whether money was paid back to somebody who converted by an ad and complained of it: then it had been charged.
async fn was_charged(store: &impl Heard, ad: &str, platform: Option<&str>) -> anyhow::Result<bool> {
    let wanted = WantedComplaints {
        ad: Some(ad.to_owned()),
        platform: platform.map(ToOwned::to_owned),
        refunded: Some(true),
        converted: Some(true),
        excluded: Some(false),
        ..WantedComplaints::default()
    };
    Ok(!store.complaints(&Sight::default(), &wanted, None, 1).await?.is_empty())
}

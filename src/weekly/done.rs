//! What was done in a week: accounts, items and media that steps were taken about, steps that were taken back, clues handed over.

use std::collections::{BTreeMap, BTreeSet};

use console::documents::LANGUAGES;
use console::documents::weekly::{Dispositions, StepTaken};
use governance::ladder::Ladders;
use model::account::Sight;
use model::measure::MeasureState;
use storage::measures::KeptMeasure;
use storage::weeks::Examined;

use super::{Counted, Place, Placed, Span, most_first};

/// Parts of an ad that are pictures, films or voices.
const MEDIA: [&str; 3] = ["image", "speech", "video"];

pub(super) async fn dispositions(
    store: &impl Counted,
    sight: &Sight,
    placed: Placed<'_>,
    span: Span,
    ladders: &Ladders,
) -> anyhow::Result<Dispositions> {
    let (mut accounts, mut items, mut media) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut steps: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut done = Dispositions::default();
    for kept in store.measures(sight, None).await? {
        let (taken, lifted) = (turned(&kept, MeasureState::Taken, span), turned(&kept, MeasureState::Lifted, span));
        if !taken && !lifted {
            continue;
        }
        let cases = within(store.examined_cases(&kept.measure.cases).await?, placed);
        if cases.is_empty() && placed.region.is_some() {
            continue;
        }
        done.lifted += u64::from(lifted);
        if !taken {
            continue;
        }
        let measure = kept.measure;
        *steps.entry((measure.ladder, measure.step)).or_default() += 1;
        accounts.insert((measure.platform, measure.advertiser));
        for case in cases {
            let confirmed = case.violations.iter().filter(|found| found.decision.as_deref() == Some("confirm"));
            let parts = confirmed.map(|found| &found.promised_source).filter(|part| MEDIA.contains(&part.as_str()));
            media.extend(parts.map(|part| (case.platform.clone(), case.ad_id.clone(), part.clone())));
            items.insert((case.platform, case.ad_id));
        }
    }
    for (_, transfer) in store.transfers(None).await? {
        if span.holds(transfer.at) {
            let case = store.examined_cases(&[transfer.case_id.to_string()]).await?;
            done.handed_over += u64::from(is_of(case, sight, placed));
        }
    }
    (done.accounts, done.items, done.media) = (accounts.len() as u64, items.len() as u64, media.len() as u64);
    done.steps =
        most_first(steps).into_iter().map(|((ladder, step), count)| named(ladders, ladder, step, count)).collect();
    Ok(done)
}

fn turned(kept: &KeptMeasure, state: MeasureState, span: Span) -> bool {
    kept.turns.iter().any(|turn| turn.state == state && span.holds(turn.at))
}

/// Whether a clue of a case is one of what is counted. Of a case that was deleted nobody knows any more where it was: it counts where
/// everything does.
fn is_of(case: Vec<Examined>, sight: &Sight, placed: Placed<'_>) -> bool {
    let lies = |case: &Examined, code: &String| case.region.as_ref().is_some_and(|region| region.starts_with(code));
    let in_sight = |case: &Examined| {
        (sight.platform.is_none() || sight.platform == case.platform)
            && sight.region.as_ref().is_none_or(|code| lies(case, code))
    };
    let everything = placed.region.is_none() && sight.region.is_none() && sight.platform.is_none();
    everything || within(case, placed).iter().any(in_sight)
}

fn within(cases: Vec<Examined>, placed: Placed<'_>) -> Vec<Examined> {
    cases.into_iter().filter(|case| placed.place(case.region.as_deref()) == Place::Within).collect()
}

fn named(ladders: &Ladders, ladder: String, step: String, count: u64) -> StepTaken {
    let name = |language: &str| Some((language.to_owned(), ladders.step_name(&ladder, &step, language)?.to_owned()));
    let name = LANGUAGES.into_iter().filter_map(name).collect();
    StepTaken { ladder, step, name, count }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clue_of_a_case_that_was_deleted_counts_where_everything_does() {
        let feed = Sight { platform: Some("feed".into()), ..Sight::default() };
        let (anywhere, somewhere) = (Placed { region: None }, Placed { region: Some("44") });
        assert!(is_of(Vec::new(), &Sight::default(), anywhere));
        assert!(!is_of(Vec::new(), &feed, anywhere));
        assert!(!is_of(Vec::new(), &Sight::default(), somewhere));
    }
}

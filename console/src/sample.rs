//! Complaints that people read so that a share of all of them is known: which, and what they say so far.

use std::collections::BTreeMap;

use governance::chance::Chance;
use governance::sample::{Estimate, Quota, Read, Stratum, drawn, estimate, plan};
use model::account::Sight;
use model::complaint::Kind;
use model::line::word;
use storage::hearing::{ComplaintRow, Heard, Key, Saying, WantedComplaints};
use storage::store::StoreError;

/// Read at once.
const AT_ONCE: u64 = 1_000;

/// What is drawn, and how sure one wants to be.
#[derive(Clone, Debug)]
pub struct Asked {
    /// All complaints of which a share is asked.
    pub wanted: WantedComplaints,
    /// How far a share may be off, each way: 0.05.
    pub error: f64,
    /// Of intervals: 0.95.
    pub level: f64,
    /// Who gives the same draws the same.
    pub seed: String,
}

/// What was drawn.
#[derive(Clone, Debug, Default)]
pub struct Drawn {
    /// Of each stratum: `comment / content`, a source and a kind.
    pub quotas: Vec<Quota>,
    /// Of each stratum, how many of those to read were read.
    pub read: BTreeMap<String, u64>,
    /// Those to read, stratum by stratum, in the order in which they are drawn.
    pub rows: Vec<ComplaintRow>,
    /// Of each kind, and of what does not count, the share of all; none as long as a stratum has none read. What was read counts as far
    /// as nothing before it in the order of drawing is unread: who reads what he likes first would bend the shares.
    pub estimates: Vec<(&'static str, Option<Estimate>)>,
}

/// Complaints that are told apart from others, by the name of their stratum.
type Strata = BTreeMap<String, Vec<Key>>;

/// Whether a person has said what it is about, or that it does not count.
pub fn is_read(row: &ComplaintRow) -> bool {
    let labelled = row.label.as_ref().is_some_and(|label| label.confidence >= 1.0);
    labelled || row.excluded.as_ref().is_some_and(|exclusion| exclusion.rule == "person")
}

/// Reads and draws. Memory: what names all that are wanted, and those that are drawn.
pub async fn draw(store: &impl Heard, sight: &Sight, asked: &Asked) -> Result<Drawn, StoreError> {
    let (mut strata, mut behind) = (Strata::new(), None);
    loop {
        let rows = store.complaints(sight, &asked.wanted, behind.as_ref(), AT_ONCE).await?;
        let whole = rows.len() as u64 == AT_ONCE;
        behind = rows.last().map(ComplaintRow::mark);
        for row in rows {
            strata.entry(stratum(store, &row).await?).or_default().push(row.key());
        }
        if !whole {
            break;
        }
    }
    let mut drawn = Vec::new();
    for (quota, keys) in chosen(strata, asked) {
        let mut rows = Vec::with_capacity(keys.len());
        for key in keys {
            let named = store.complaints_named(sight, &key.id).await?;
            rows.extend(named.into_iter().find(|row| row.key() == key));
        }
        drawn.push((quota, rows));
    }
    Ok(told(drawn, asked.level))
}

/// By its source and by what rules say it is about: what people say of those that were drawn must not move them.
async fn stratum(store: &impl Heard, row: &ComplaintRow) -> Result<String, StoreError> {
    let by_person = row.label.as_ref().is_some_and(|label| label.confidence >= 1.0);
    let words = if by_person { store.words_of(&row.key()).await? } else { Vec::new() };
    let by_rule = words.iter().rev().find_map(|word| match &word.word.saying {
        Saying::Label(label) if word.word.by_rule => Some(label.kind),
        _ => None,
    });
    let own = row.label.as_ref().filter(|_| !by_person).map(|label| label.kind);
    let kind = by_rule.or(own).unwrap_or(Kind::Other);
    Ok(format!("{} / {}", word(&row.complaint.source), word(&kind)))
}

/// Which of each stratum to read, in the order in which they are drawn.
fn chosen(strata: Strata, asked: &Asked) -> Vec<(Quota, Vec<Key>)> {
    let sizes: Vec<Stratum> =
        strata.iter().map(|(name, keys)| Stratum { name: name.clone(), size: keys.len() as u64 }).collect();
    let quotas = plan(&sizes, asked.error, asked.level);
    let chance = Chance::of(&asked.seed);
    // Ids are unique within a platform.
    let of_quota = |(quota, keys): (Quota, Vec<Key>)| {
        let mut by_id: BTreeMap<String, Key> =
            keys.into_iter().map(|key| (format!("{}/{}", key.platform, key.id), key)).collect();
        let ids: Vec<String> = by_id.keys().cloned().collect();
        let its = drawn(ids.iter().map(String::as_str), quota.read, &chance);
        let keys = its.into_iter().filter_map(|id| by_id.remove(id)).collect();
        (quota, keys)
    };
    quotas.into_iter().zip(strata.into_values()).map(of_quota).collect()
}

/// What those that were drawn say of all.
fn told(drawn: Vec<(Quota, Vec<ComplaintRow>)>, level: f64) -> Drawn {
    let share = |of: &dyn Fn(&ComplaintRow) -> bool| {
        let read = drawn.iter().map(|(quota, rows)| {
            let counts = rows.iter().take_while(|row| is_read(row));
            Read {
                name: quota.name.clone(),
                size: quota.size,
                read: counts.clone().count() as u64,
                yes: counts.filter(|row| of(row)).count() as u64,
            }
        });
        estimate(&read.collect::<Vec<_>>(), level)
    };
    let kind = |kind: Kind| {
        share(&move |row: &ComplaintRow| {
            row.excluded.is_none() && row.label.as_ref().is_some_and(|label| label.kind == kind)
        })
    };
    let estimates = vec![
        ("content", kind(Kind::Content)),
        ("fulfilment", kind(Kind::Fulfilment)),
        ("distribution", kind(Kind::Distribution)),
        ("other", kind(Kind::Other)),
        ("noise", share(&|row| row.excluded.is_some())),
    ];
    let count = |rows: &[ComplaintRow]| rows.iter().filter(|row| is_read(row)).count() as u64;
    let read = drawn.iter().map(|(quota, rows)| (quota.name.clone(), count(rows))).collect();
    let (quotas, rows): (Vec<Quota>, Vec<Vec<ComplaintRow>>) = drawn.into_iter().unzip();
    Drawn { read, rows: rows.into_iter().flatten().collect(), estimates, quotas }
}

#[cfg(test)]
pub(crate) mod tests {
    use chrono::{DateTime, TimeDelta};
    use model::complaint::{Complaint, Exclusion, Labelled, Source};
    use model::violation::Severity;

    use super::*;

    /// A complaint of one source, and what a person said of it.
    pub(crate) fn row(id: usize, source: Source, said: Option<Kind>) -> ComplaintRow {
        let path = ["unknown"; 4].map(ToOwned::to_owned);
        let label = |kind| Labelled {
            scenario: None,
            kind,
            path: path.clone(),
            severity: Severity::S2,
            confidence: 1.0,
            words: vec![],
        };
        let complaint = Complaint {
            id: format!("c{id}"),
            source,
            at: DateTime::UNIX_EPOCH + TimeDelta::minutes(id as i64),
            text: "text".into(),
            user: Some("u".into()),
            platform: Some("p".into()),
            ad: Some("a".into()),
            click: None,
            age: None,
            rating: None,
            refunded: None,
        };
        ComplaintRow {
            complaint,
            belongs: Some("a".into()),
            linked_by: Some("ad".into()),
            via: None,
            advertiser: Some("adv".into()),
            trade: None,
            known: true,
            label: said.map(label),
            excluded: None,
            doubted: None,
            converted_at: None,
            standing: "counts".into(),
            forgotten: false,
        }
    }

    fn asked(error: f64) -> Asked {
        Asked { wanted: WantedComplaints::default(), error, level: 0.95, seed: "s".into() }
    }

    /// As they are drawn by their sources.
    fn chosen_of(rows: &[ComplaintRow], asked: &Asked) -> Vec<(Quota, Vec<ComplaintRow>)> {
        let mut all = Strata::new();
        rows.iter().for_each(|row| all.entry(word(&row.complaint.source)).or_default().push(row.key()));
        let row = |key: Key| rows.iter().find(|row| row.key() == key).expect("it is one of them").clone();
        chosen(all, asked).into_iter().map(|(quota, keys)| (quota, keys.into_iter().map(row).collect())).collect()
    }

    fn drawn_of(rows: &[ComplaintRow], asked: &Asked) -> Drawn {
        told(chosen_of(rows, asked), asked.level)
    }

    #[test]
    fn the_same_seed_draws_the_same_and_reading_moves_nothing() {
        let rows = |said: Option<Kind>| {
            (0..400).map(|n| row(n, if n < 100 { Source::Refund } else { Source::Comment }, said)).collect::<Vec<_>>()
        };
        let drawn = |said| drawn_of(&rows(said), &asked(0.1));
        let ids = |drawn: &Drawn| drawn.rows.iter().map(|row| row.complaint.id.clone()).collect::<Vec<_>>();
        let (before, after) = (drawn(None), drawn(Some(Kind::Content)));
        assert_eq!(ids(&before), ids(&after));
        // 96.04 of no end of complaints are 77.6 of 400: by size, rounded up.
        let quotas: Vec<_> = before.quotas.iter().map(|quota| (quota.name.as_str(), quota.size, quota.read)).collect();
        assert_eq!(quotas, [("comment", 300, 59), ("refund", 100, 20)]);
        assert!(before.estimates.iter().all(|(_, estimate)| estimate.is_none()), "nothing is read");
        let share = |drawn: &Drawn, of: usize| drawn.estimates[of].1.map(|estimate| estimate.share);
        assert_eq!((share(&after, 0), share(&after, 1)), (Some(1.0), Some(0.0)));
    }

    #[test]
    fn what_was_read_out_of_turn_says_nothing_yet() {
        let rows: Vec<_> = (0..20).map(|n| row(n, Source::Comment, None)).collect();
        let mut drawn = chosen_of(&rows, &asked(0.0));
        let mut read = |at: usize, kind| drawn[0].1[at].label = row(0, Source::Comment, Some(kind)).label;
        // Whoever picks what looks like content.
        (5..15).for_each(|at| read(at, Kind::Content));
        let content =
            |drawn: &[(Quota, Vec<ComplaintRow>)]| told(drawn.to_vec(), 0.95).estimates[0].1.map(|one| one.share);
        assert_eq!(told(drawn.clone(), 0.95).read["comment"], 10);
        assert_eq!(content(&drawn), None);
        let mut read = |at: usize, kind| drawn[0].1[at].label = row(0, Source::Comment, Some(kind)).label;
        (0..5).for_each(|at| read(at, Kind::Other));
        assert_eq!(content(&drawn).map(|share| (share * 15.0).round()), Some(10.0), "with those before them they do");
    }

    #[test]
    fn a_share_is_of_all_when_all_are_read() {
        let mut rows: Vec<_> =
            (0..10).map(|n| row(n, Source::Comment, Some(if n < 4 { Kind::Content } else { Kind::Other }))).collect();
        rows[9].excluded = Some(Exclusion { rule: "person".into(), why: BTreeMap::new(), rests_on: vec![] });
        let drawn = drawn_of(&rows, &asked(0.0));
        let shares: Vec<_> =
            drawn.estimates.iter().map(|(name, estimate)| (*name, estimate.map(|it| it.share))).collect();
        assert_eq!(shares[0], ("content", Some(0.4)));
        assert_eq!(shares[3], ("other", Some(0.5)));
        assert_eq!(shares[4], ("noise", Some(0.1)));
    }
}

//! Labels complaints by their words, and leaves noise out, as the rules of `governance` say; what people said stands.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use governance::label::Labels;
use governance::noise::{Bounds, Heeded, Rules, Said, Stands, Watch};
use model::account::Sight;
use model::complaint::Exclusion;
use storage::hearing::{ComplaintRow, Heard, HeardMark, Hearing, Key, NewWord, Saying, WantedComplaints};

/// Complaints that are looked at between two transactions.
const AT_ONCE: u64 = 5_000;
/// Those that were looked at are read again so many at a time.
const PAGE: u64 = 2_000;
/// What is usual is told by so long before them.
const BEFORE: TimeDelta = TimeDelta::days(7);
/// So much more of the past is held: what comes late finds it there.
const LATE: TimeDelta = TimeDelta::days(1);
/// Complaints that are held, in about 100 MB: more say nothing new of what is usual.
const MOST_HELD: usize = 200_000;

static LABELS: LazyLock<Labels> = LazyLock::new(Labels::built_in);
static RULES: LazyLock<Rules> = LazyLock::new(Rules::built_in);

/// What rules said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) looked_at: u64,
    pub(crate) excluded: u64,
    pub(crate) doubted: u64,
}

/// Looks at every complaint that no rule has looked at yet.
pub(crate) async fn heed(store: &(impl Hearing + Heard)) -> anyhow::Result<Told> {
    Heeding::default().go_on(store).await
}

/// Goes through complaints in the order of time, and holds those of the days behind: each is read once, however many there are.
pub(crate) struct Heeding {
    watch: Watch<Key>,
    /// From when to when all that was looked at is held; none before the first.
    held: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Default for Heeding {
    fn default() -> Self {
        Self { watch: Watch::new(Bounds::default()), held: None }
    }
}

impl Heeding {
    /// Looks at every complaint that no rule has looked at yet.
    pub(crate) async fn go_on(&mut self, store: &(impl Hearing + Heard)) -> anyhow::Result<Told> {
        let told = self.all(store).await;
        if told.is_err() {
            // What was found and not said is found again.
            *self = Self::default();
        }
        told
    }

    async fn all(&mut self, store: &(impl Hearing + Heard)) -> anyhow::Result<Told> {
        let mut told = Told::default();
        loop {
            let some = store.unheeded(AT_ONCE).await?;
            let (Some(first), Some(last)) = (some.first(), some.last()) else { return Ok(told) };
            self.hold(store, first.complaint.at, last.complaint.at).await?;
            let heeded: Vec<Key> = some.iter().map(ComplaintRow::key).collect();
            let words = self.with(move |watch| words(watch, &some)).await?;
            told.excluded += words.iter().filter(|word| matches!(word.saying, Saying::Exclude(_))).count() as u64;
            told.doubted += words.iter().filter(|word| matches!(word.saying, Saying::Doubt(_))).count() as u64;
            store.say(&words).await?;
            store.heeded(&heeded).await?;
            told.looked_at += heeded.len() as u64;
        }
    }

    /// Has those at hand that were looked at before, from days before the first to the last; the newest where they are too many.
    async fn hold(&mut self, store: &impl Heard, first: DateTime<Utc>, last: DateTime<Utc>) -> anyhow::Result<()> {
        let from = first - BEFORE;
        let held = self.held.filter(|(begin, end)| (*begin..=*end).contains(&from));
        if held.is_none() {
            self.watch = Watch::new(Bounds::default());
        }
        let (begin, end) = held.unwrap_or((from - LATE, from - LATE));
        if end <= last {
            self.read(store, end, last).await?;
        }
        let begin = begin.max(from - LATE);
        self.with(move |watch| watch.forget(begin, MOST_HELD)).await?;
        self.held = Some((begin, end.max(last)));
        Ok(())
    }

    /// Reads those that were looked at before, the newest first.
    async fn read(&mut self, store: &impl Heard, from: DateTime<Utc>, to: DateTime<Utc>) -> anyhow::Result<()> {
        let (from, before) = (Some(from), Some(to + TimeDelta::milliseconds(1)));
        let wanted = WantedComplaints { heeded: Some(true), from, before, ..WantedComplaints::default() };
        let (mut behind, mut read): (Option<HeardMark>, usize) = (None, 0);
        while read < MOST_HELD {
            let page = store.complaints(&Sight::default(), &wanted, behind.as_ref(), PAGE).await?;
            let Some(oldest) = page.last() else { break };
            behind = Some(oldest.mark());
            read += page.len();
            self.with(move |watch| page.iter().for_each(|row| put(watch, row, false))).await?;
        }
        Ok(())
    }

    /// Does something with those that are held. It takes its time, and nobody else's.
    async fn with<T: Send + 'static>(
        &mut self,
        done: impl FnOnce(&mut Watch<Key>) -> T + Send + 'static,
    ) -> anyhow::Result<T> {
        let mut watch = std::mem::replace(&mut self.watch, Watch::new(Bounds::default()));
        let work = move || {
            let done = done(&mut watch);
            (watch, done)
        };
        let (watch, done) = tokio::task::spawn_blocking(work).await?;
        self.watch = watch;
        Ok(done)
    }
}

/// What is to be said of rows, and now that they came of those near them.
fn words(watch: &mut Watch<Key>, rows: &[ComplaintRow]) -> Vec<NewWord> {
    let mut words: Vec<NewWord> = rows.iter().filter(|row| row.label.is_none()).map(label).collect();
    let mut anew: BTreeSet<Key> = rows.iter().filter(|row| is_judged_anew(row)).map(ComplaintRow::key).collect();
    rows.iter().filter(|row| is_judged_anew(row)).for_each(|row| watch.take_out(&row.key(), row.complaint.at));
    rows.iter().for_each(|row| put(watch, row, is_judged_anew(row)));
    for (of, heeded) in watch.tell() {
        // What is excluded again stands as it is.
        if !(matches!(heeded, Heeded::Excluded(_)) && anew.remove(&of)) {
            words.extend(noise(of, heeded));
        }
    }
    let restored = anew.into_iter().map(|of| NewWord {
        of,
        saying: Saying::Restore,
        why: "its user turned out to have converted by the ad before".to_owned(),
        by: "converted".to_owned(),
        by_rule: true,
    });
    // What is doubted now is doubted after it was restored.
    restored.chain(words).collect()
}

fn has_converted(row: &ComplaintRow) -> bool {
    row.converted_at.is_some_and(|converted| converted <= row.complaint.at)
}

/// A rule left it out, and its user turns out to have converted: the rules say it anew.
fn is_judged_anew(row: &ComplaintRow) -> bool {
    row.excluded.is_some() && !row.forgotten && has_converted(row)
}

fn label(row: &ComplaintRow) -> NewWord {
    let label = LABELS.label(&row.complaint.text, row.complaint.age);
    let why = label.words.join(", ");
    NewWord { of: row.key(), saying: Saying::Label(label), why, by: "labels".to_owned(), by_rule: true }
}

fn put(watch: &mut Watch<Key>, row: &ComplaintRow, anew: bool) {
    let complaint = &row.complaint;
    let said = Said {
        id: &complaint.id,
        at: complaint.at,
        text: &complaint.text,
        user: complaint.user.as_deref(),
        ad: row.belongs.as_deref(),
        converted: has_converted(row),
    };
    let stands = match row {
        _ if anew => Stands::Kept,
        // What was said of it before stands, and its words are gone.
        _ if row.excluded.is_some() || row.forgotten => Stands::Excluded,
        _ if row.doubted.is_some() => Stands::Doubted,
        _ => Stands::Kept,
    };
    watch.put(row.key(), &said, stands, &RULES);
}

fn noise(of: Key, heeded: Heeded) -> Option<NewWord> {
    let (exclusion, saying): (_, fn(Exclusion) -> Saying) = match heeded {
        Heeded::Kept => return None,
        Heeded::Doubtful(exclusion) => (exclusion, Saying::Doubt),
        Heeded::Excluded(exclusion) => (exclusion, Saying::Exclude),
    };
    let why = exclusion.why.get("en").cloned().unwrap_or_default();
    let by = exclusion.rule.clone();
    Some(NewWord { of, saying: saying(exclusion), why, by, by_rule: true })
}

#[cfg(test)]
mod tests {
    use model::complaint::{Complaint, Source};
    use model::touchpoint::Conversion;
    use storage::sqlite;

    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_770_000_000 + minutes * 60, 0).expect("a moment")
    }

    /// The same letter, as a club of victims writes it, or whoever wants to harm a competitor.
    fn letter(n: i64) -> Complaint {
        Complaint {
            id: format!("c{n}"),
            source: Source::Comment,
            at: at(n),
            text: "广告里答应的那份新人大礼我们小区没有一户真的领到手".into(),
            user: Some(format!("u{n}")),
            platform: Some("feed".into()),
            ad: Some("a".into()),
            click: None,
            age: None,
            rating: None,
            refunded: None,
        }
    }

    #[tokio::test]
    async fn a_letter_of_many_counts_as_soon_as_they_turn_out_to_have_converted() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = sqlite::open(folder.path(), std::sync::Arc::new(|| at(9_000))).await.expect("opens");
        let letters: Vec<_> = (0..40).map(letter).collect();
        store.take_complaints(&letters, TimeDelta::days(900)).await.expect("takes");
        let mut heeding = Heeding::default();
        let told = heeding.go_on(&store).await.expect("heeds");
        assert_eq!(told.excluded, 40, "nobody of them is known to have bought anything: {told:?}");
        let bought = |n: i64| Conversion {
            id: format!("v{n}"),
            at: at(-60),
            kind: "order".into(),
            user: Some(format!("u{n}")),
            platform: Some("feed".into()),
            ad: Some("a".into()),
            click: None,
            value: None,
        };
        let orders: Vec<_> = (0..40).map(bought).collect();
        store.take_conversions(&orders).await.expect("takes");
        heeding.go_on(&store).await.expect("heeds");
        let left_out = WantedComplaints { excluded: Some(true), ..WantedComplaints::default() };
        let left_out = store.complaints(&Sight::default(), &left_out, None, 99).await.expect("lists");
        assert_eq!(left_out.len(), 0, "they bought it the night before: the orders came later");
        assert_eq!(heeding.go_on(&store).await.expect("heeds"), Told::default(), "and that is all");
    }
}

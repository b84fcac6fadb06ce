//! Labels complaints by their words, and leaves noise out, as the rules of `governance` say; what people said stands.

use std::sync::LazyLock;

use chrono::TimeDelta;
use governance::label::Labels;
use governance::noise::{self, Bounds, Heeded, Rules, Said};
use model::account::Sight;
use model::complaint::Exclusion;
use storage::hearing::{ComplaintRow, Heard, HeardMark, Hearing, Key, NewWord, Saying, WantedComplaints};

/// Complaints that are looked at between two transactions.
const AT_ONCE: u64 = 2_000;
/// What is usual is told by so long before them.
const BEFORE: TimeDelta = TimeDelta::days(7);
/// Of the same burst are complaints up to so long after them.
const AFTER: TimeDelta = TimeDelta::days(1);
/// Complaints around some that are compared with them: more say nothing new of what is usual.
const MOST_AROUND: usize = 100_000;

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
    let mut told = Told::default();
    loop {
        let some = store.unheeded(AT_ONCE).await?;
        let (Some(first), Some(last)) = (some.first(), some.last()) else { return Ok(told) };
        let around = around(store, first, last).await?;
        let heeded: Vec<Key> = some.iter().map(ComplaintRow::key).collect();
        // It takes its time, and nobody else's.
        let labels_and_noise = move || {
            let labels: Vec<NewWord> = some.iter().filter(|row| row.label.is_none()).map(label).collect();
            (labels, noise_of(&around))
        };
        let (labels, noise) = tokio::task::spawn_blocking(labels_and_noise).await?;
        told.excluded += noise.iter().filter(|word| matches!(word.saying, Saying::Exclude(_))).count() as u64;
        told.doubted += noise.iter().filter(|word| matches!(word.saying, Saying::Doubt(_))).count() as u64;
        store.say(&labels.into_iter().chain(noise).collect::<Vec<_>>()).await?;
        store.heeded(&heeded).await?;
        told.looked_at += heeded.len() as u64;
    }
}

/// The complaints of the days around some, whether they were looked at or not.
async fn around(store: &impl Heard, first: &ComplaintRow, last: &ComplaintRow) -> anyhow::Result<Vec<ComplaintRow>> {
    let (from, before) = (first.complaint.at - BEFORE, last.complaint.at + AFTER);
    let wanted = WantedComplaints { from: Some(from), before: Some(before), ..WantedComplaints::default() };
    let (mut around, mut behind): (Vec<ComplaintRow>, Option<HeardMark>) = (Vec::new(), None);
    while around.len() < MOST_AROUND {
        let page = store.complaints(&Sight::default(), &wanted, behind.as_ref(), AT_ONCE).await?;
        let Some(last) = page.last() else { break };
        behind = Some(last.mark());
        around.extend(page);
    }
    Ok(around)
}

fn label(row: &ComplaintRow) -> NewWord {
    let label = LABELS.label(&row.complaint.text, row.complaint.age);
    let why = label.words.join(", ");
    NewWord { of: row.key(), saying: Saying::Label(label), why, by: "labels".to_owned(), by_rule: true }
}

/// What rules say now that nobody has said.
fn noise_of(around: &[ComplaintRow]) -> Vec<NewWord> {
    let said: Vec<Said<'_>> = around
        .iter()
        .map(|row| Said {
            id: &row.complaint.id,
            at: row.complaint.at,
            text: &row.complaint.text,
            user: row.complaint.user.as_deref(),
            ad: row.belongs.as_deref(),
            converted: row.converted_at.is_some_and(|converted| converted <= row.complaint.at),
        })
        .collect();
    let heeded = noise::noise(&said, &RULES, &Bounds::default());
    around.iter().zip(heeded).filter_map(|(row, heeded)| word(row, heeded)).collect()
}

fn word(row: &ComplaintRow, heeded: Heeded) -> Option<NewWord> {
    let said = |exclusion: &Exclusion| {
        let why = exclusion.why.get("en").cloned().unwrap_or_default();
        (why, exclusion.rule.clone())
    };
    let (saying, (why, by)) = match heeded {
        // What was said of it before stands, and its words are gone.
        _ if row.excluded.is_some() || row.forgotten => return None,
        Heeded::Kept => return None,
        Heeded::Doubtful(_) if row.doubted.is_some() => return None,
        Heeded::Doubtful(exclusion) => (Saying::Doubt(exclusion.clone()), said(&exclusion)),
        Heeded::Excluded(exclusion) => (Saying::Exclude(exclusion.clone()), said(&exclusion)),
    };
    Some(NewWord { of: row.key(), saying, why, by, by_rule: true })
}

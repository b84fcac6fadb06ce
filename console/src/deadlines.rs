//! What waits for people, with the moment at which it is due.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use chrono_tz::Asia::Shanghai;
use governance::deadlines::{Calendar, Due, Urgency, decision_due, overdue_since, urgency};
use model::account::Sight;
use model::complaint::Age;
use serde::Serialize;
use storage::store::StoreError;
use storage::waiting::Waiting;

/// Items of each kind that are told.
pub const MOST: u64 = 10_000;

/// Something that waits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// `decision` of a case, or `complaint`.
    pub kind: &'static str,
    /// The case, or the complaint on its platform.
    pub id: String,
    pub ad: Option<String>,
    pub platform: Option<String>,
    pub advertiser: Option<String>,
    /// Of a case's gravest violation.
    pub severity: Option<String>,
    pub since: DateTime<Utc>,
    #[serde(flatten)]
    pub due: Due,
    pub urgency: Urgency,
}

/// What waits in sight, the first that is due first.
pub async fn items(
    store: &impl Waiting,
    sight: &Sight,
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Result<Vec<Item>, StoreError> {
    let mut items = Vec::new();
    for case in store.undecided_cases(sight, MOST).await? {
        let due = decision_due(case.found_since);
        items.push(Item {
            kind: "decision",
            id: case.case_id,
            ad: Some(case.ad_id),
            platform: case.platform,
            advertiser: case.advertiser,
            severity: case.severity,
            since: case.found_since,
            due,
            urgency: urgency(case.found_since, &due, now),
        });
    }
    for complaint in store.unsettled_complaints(sight, MOST).await? {
        let due = calendar.complaint_due(complaint.at, complaint.age);
        items.push(Item {
            kind: "complaint",
            id: complaint.id,
            ad: complaint.ad,
            platform: complaint.platform,
            advertiser: complaint.advertiser,
            severity: None,
            since: complaint.at,
            due,
            urgency: urgency(complaint.at, &due, now),
        });
    }
    items.sort_by(|one, other| (one.due.at, &one.id).cmp(&(other.due.at, &other.id)));
    Ok(items)
}

/// How many items are overdue, by kind.
pub async fn overdue(
    store: &impl Waiting,
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Result<Vec<(&'static str, u64)>, StoreError> {
    let cases = store.undecided_since(overdue_since(now)).await?;
    let complaints = overdue_complaints(store, &Sight::default(), calendar, now).await?;
    Ok(vec![("decision", cases), ("complaint", complaints)])
}

/// How many complaints in sight nobody has settled in time.
pub async fn overdue_complaints(
    store: &impl Waiting,
    sight: &Sight,
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let mut complaints = 0;
    for protected in [true, false] {
        let age = if protected { Age::Minor } else { Age::Adult };
        let before = overdue_before(now, |heard| calendar.complaint_due(heard, Some(age)).at);
        complaints += store.unsettled_before(sight, before, protected).await?;
    }
    Ok(complaints)
}

/// The end of the last day of which everything is overdue: whatever is heard on a day is due at one moment.
fn overdue_before(now: DateTime<Utc>, due: impl Fn(DateTime<Utc>) -> DateTime<Utc>) -> DateTime<Utc> {
    let mut day = now.with_timezone(&Shanghai).date_naive();
    loop {
        let midnight = day.and_time(NaiveTime::MIN).and_local_timezone(Shanghai);
        // China has one time all year long.
        let began = midnight.single().map_or(now, |moment| moment.to_utc());
        if due(began) <= now {
            return began + TimeDelta::days(1);
        }
        match day.checked_sub_days(Days::new(1)) {
            Some(before) => day = before,
            None => return DateTime::<Utc>::MIN_UTC,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> DateTime<Utc> {
        text.parse().expect("a moment")
    }

    /// Whatever the holidays: a complaint is before that moment exactly if it is overdue.
    #[test]
    fn what_is_counted_as_overdue_is_what_is_due() {
        let calendar = Calendar::cn();
        for now in ["2026-02-25T03:00:00Z", "2026-10-09T16:00:00Z", "2026-11-28T10:00:00Z"].map(moment) {
            for age in [Some(Age::Elderly), None] {
                let before = overdue_before(now, |heard| calendar.complaint_due(heard, age).at);
                for hours in -900..10 {
                    let heard = now + TimeDelta::hours(hours);
                    let overdue = calendar.complaint_due(heard, age).at <= now;
                    assert_eq!(heard < before, overdue, "{heard} at {now}");
                }
            }
        }
    }
}

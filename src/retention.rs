//! Until when a case is kept: as long as the law asks for after its ad's end, and as the operator wants after its own.

use chrono::{DateTime, Days, Months, NaiveDate, NaiveTime, Utc};
use model::ad::Ad;

use crate::config;

/// The field of an ad that says when it stops running: a moment by RFC 3339, or its last day.
pub(crate) const ENDS: &str = "ends_at";

/// The later of the two; an ad that does not say when it ends ended when it was seen last.
pub(crate) fn kept_until(
    ad: &Ad,
    last_seen: DateTime<Utc>,
    closed_at: DateTime<Utc>,
    years: &config::Retention,
) -> Result<DateTime<Utc>, String> {
    let ended = end_of(ad)?.unwrap_or(last_seen);
    let after = |moment: DateTime<Utc>, years: u32| {
        let months = years.checked_mul(12).map(Months::new);
        months.and_then(|months| moment.checked_add_months(months)).ok_or_else(|| format!("{years} years are too many"))
    };
    Ok(after(ended, years.after_ad_years)?.max(after(closed_at, years.after_case_years)?))
}

fn end_of(ad: &Ad) -> Result<Option<DateTime<Utc>>, String> {
    let Some(said) = ad.extra.get(ENDS).filter(|said| !said.is_null()) else { return Ok(None) };
    let wrong =
        || format!("its ad's `{ENDS}` is {said}: write a day as 2026-11-01, or a moment as 2026-11-01T08:00:00+08:00");
    let text = said.as_str().ok_or_else(wrong)?;
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Ok(Some(moment.to_utc()));
    }
    let day: NaiveDate = text.parse().map_err(|_| wrong())?;
    // At noon of the next day, UTC, the day has ended everywhere.
    let noon = NaiveTime::from_hms_opt(12, 0, 0).expect("internal error: noon is a time");
    day.checked_add_days(Days::new(1)).map(|next| Some(next.and_time(noon).and_utc())).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn until(ends: Value, seen: &str, closed: &str, years: (u32, u32)) -> Result<String, String> {
        let ad = json!({ "ad_id": "a", "click_url": "https://a.test/", ENDS: ends });
        let ad: Ad = serde_json::from_value(ad).expect("an ad");
        let years = config::Retention { after_ad_years: years.0, after_case_years: years.1 };
        let moment = |text: &str| text.parse().expect("a moment");
        kept_until(&ad, moment(seen), moment(closed), &years).map(|until| until.to_rfc3339())
    }

    const SEEN: &str = "2024-03-01T00:00:00Z";

    #[test]
    fn a_case_is_kept_for_years_after_the_end_of_its_ad_or_its_own_whichever_is_later() {
        let kept = |ends, closed, years| until(ends, SEEN, closed, years).expect("a date");
        assert_eq!(kept(json!("2026-11-01T08:00:00+08:00"), SEEN, (3, 3)), "2029-11-01T00:00:00+00:00");
        assert_eq!(kept(json!("2020-01-01T00:00:00Z"), SEEN, (3, 3)), "2027-03-01T00:00:00+00:00");
        assert_eq!(kept(json!("2020-01-01T00:00:00Z"), SEEN, (3, 0)), "2024-03-01T00:00:00+00:00");
        assert_eq!(kept(json!(null), "2024-02-29T00:00:00Z", (3, 1)), "2027-02-28T00:00:00+00:00");
    }

    #[test]
    fn a_day_ends_when_it_has_ended_everywhere() {
        assert_eq!(until(json!("2026-11-01"), SEEN, SEEN, (3, 3)).expect("a date"), "2029-11-02T12:00:00+00:00");
    }

    #[test]
    fn an_end_that_is_no_date_is_told_and_never_guessed() {
        for wrong in [json!("soon"), json!(20261101), json!("2026-13-01")] {
            let told = until(wrong.clone(), SEEN, SEEN, (3, 3)).expect_err("no date");
            assert!(told.contains(ENDS) && told.contains(&wrong.to_string()), "{told}");
        }
        assert!(until(json!(null), SEEN, SEEN, (u32::MAX, 3)).is_err());
    }
}

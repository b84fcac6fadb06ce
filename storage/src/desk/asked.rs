//! A question to the database, put together of what is asked for: both databases read it.

use chrono::{DateTime, Utc};
use model::account::Sight;

use super::{Decision, Wanted};

/// What stands in place of `$n`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bound {
    Text(String),
    Number(i64),
    Moment(DateTime<Utc>),
}

/// A question with its values.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Asked {
    pub(crate) sql: String,
    pub(crate) bound: Vec<Bound>,
}

impl Asked {
    /// Begins with what is selected, whatever conditions follow.
    pub(crate) fn select(sql: &str) -> Self {
        Self { sql: format!("{sql} WHERE cases.deleted_at IS NULL"), bound: Vec::new() }
    }

    /// One more condition; `?` in it is the value.
    pub(crate) fn and(mut self, condition: &str, value: Bound) -> Self {
        self.bound.push(value);
        let place = format!("${}", self.bound.len());
        self.sql.push_str(&format!(" AND {}", condition.replace('?', &place)));
        self
    }

    pub(crate) fn and_text(self, condition: &str, value: Option<&String>) -> Self {
        match value {
            Some(value) => self.and(condition, Bound::Text(value.clone())),
            None => self,
        }
    }

    /// What may be seen.
    pub(crate) fn in_sight(self, sight: &Sight) -> Self {
        self.and_text("facts.platform = ?", sight.platform.as_ref())
            .and_text("cases.advertiser = ?", sight.advertiser.as_ref())
    }

    /// What is wanted.
    pub(crate) fn wanted(self, wanted: &Wanted) -> Self {
        let moment = |asked: Self, condition: &str, at: Option<DateTime<Utc>>| match at {
            Some(at) => asked.and(condition, Bound::Moment(at)),
            None => asked,
        };
        let text = wanted.text.as_ref().map(|text| format!("%{}%", plain(&text.to_lowercase())));
        let mut asked = self
            .and_text("cases.verdict = ?", wanted.verdict.as_ref())
            .and_text("facts.severity = ?", wanted.severity.as_ref())
            .and_text("facts.platform = ?", wanted.platform.as_ref())
            .and_text("cases.advertiser = ?", wanted.advertiser.as_ref())
            .and_text("facts.trade = ?", wanted.trade.as_ref())
            .and_text("cases.ad_id = ?", wanted.ad.as_ref())
            .and_text(
                "EXISTS (SELECT 1 FROM violations WHERE violations.case_number = cases.number AND violations.check_id = ?)",
                wanted.check.as_ref(),
            )
            .and_text(
                "EXISTS (SELECT 1 FROM violations WHERE violations.case_number = cases.number AND violations.rule = ?)",
                wanted.rule.as_ref(),
            )
            .and_text(
                "(lower(cases.ad_id) LIKE ? ESCAPE '!' OR lower(facts.title) LIKE ? ESCAPE '!' OR lower(facts.advertiser_name) LIKE ? ESCAPE '!')",
                text.as_ref(),
            );
        asked = moment(asked, "cases.opened_at >= ?", wanted.since);
        asked = moment(asked, "cases.opened_at < ?", wanted.until);
        asked = match wanted.decision {
            None => asked,
            Some(Decision::Undecided) => asked.and_plain("latest.decision IS NULL"),
            Some(decision) => asked.and("latest.decision = ?", Bound::Text(decision.word().to_owned())),
        };
        if wanted.latest_only {
            asked = asked.and_plain(
                "NOT EXISTS (SELECT 1 FROM cases AS later WHERE later.ad_id = cases.ad_id AND later.number > cases.number AND later.deleted_at IS NULL)",
            );
        }
        asked
    }

    pub(crate) fn and_plain(mut self, condition: &str) -> Self {
        self.sql.push_str(&format!(" AND {condition}"));
        self
    }

    /// The latest first, so many.
    pub(crate) fn latest_first(mut self, most: u64) -> Self {
        self.bound.push(Bound::Number(i64::try_from(most).unwrap_or(i64::MAX)));
        let place = self.bound.len();
        self.sql.push_str(&format!(" ORDER BY cases.number DESC LIMIT ${place}"));
        self
    }
}

/// A text in which nothing stands for something else.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| *c != '\0')
        .flat_map(|c| matches!(c, '%' | '_' | '!').then_some('!').into_iter().chain([c]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_take_their_places_in_order() {
        let sight = Sight { platform: Some("p".into()), advertiser: None };
        let wanted = Wanted { verdict: Some("clean".into()), ..Wanted::default() };
        let asked = Asked::select("SELECT 1").in_sight(&sight).wanted(&wanted).latest_first(5);
        assert_eq!(
            asked.sql,
            "SELECT 1 WHERE cases.deleted_at IS NULL AND facts.platform = $1 AND cases.verdict = $2 ORDER BY cases.number DESC LIMIT $3"
        );
        assert_eq!(asked.bound, [Bound::Text("p".into()), Bound::Text("clean".into()), Bound::Number(5)]);
    }

    #[test]
    fn signs_of_patterns_are_signs() {
        assert_eq!(plain("50%_o!\0"), "50!%!_o!!");
    }
}

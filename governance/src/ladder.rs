//! Which step comes next against an advertiser or an account: ladders are data (`governance/data/ladders.toml`), people decide.

mod data;

use chrono::{DateTime, TimeDelta, Utc};
use model::measure::{Measure, MeasureState};
use model::violation::Severity;
use serde::{Deserialize, Serialize};

use data::Ladder;
pub use data::{LadderError, Ladders};

/// What was done wrong, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offence {
    pub platform: Option<String>,
    pub advertiser: String,
    pub severity: Severity,
    pub cases: Vec<String>,
    pub at: DateTime<Utc>,
    pub circumstances: Vec<Circumstance>,
}

/// What makes an offence graver, or less grave. Repetition is no circumstance: it is read from what was done before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Circumstance {
    /// Shown to minors or the elderly.
    Vulnerable,
    /// Another page for reviewers, written around filters.
    Evasion,
    /// Money was charged.
    Charged,
    /// The account was opened by false papers.
    CheatingRegistration,
    /// The same from several accounts.
    SeveralAccounts,
    /// Corrected before it was asked for, or within the time that was set.
    CorrectedInTime,
}

/// What is proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Reasons are in the language that was asked for. Its id is empty: whoever keeps it names it.
    pub measure: Measure,
    /// Whether a person has to decide it before it holds.
    pub decide: bool,
}

impl Ladders {
    /// The step that an offence comes to on a ladder. `before`: all measures against this advertiser, and against those that are taken
    /// for the same; what was lifted, refused or not yet decided, what rests on the same cases or is of another platform or ladder
    /// counts for nothing. `language`: `zh-CN` or `en`.
    pub fn propose(
        &self,
        ladder: &str,
        offence: &Offence,
        before: &[Measure],
        language: &str,
    ) -> Result<Proposal, LadderError> {
        let ladder = self.ladder(ladder)?;
        let (place, reasons) = self.place(ladder, offence, &counted(ladder, offence, before), language);
        let step = &ladder.steps[place];
        let measure = Measure {
            id: String::new(),
            platform: offence.platform.clone(),
            advertiser: offence.advertiser.clone(),
            ladder: ladder.id.clone(),
            step: step.id.clone(),
            severity: offence.severity,
            cases: offence.cases.clone(),
            reasons,
            proposed_at: offence.at,
            state: MeasureState::Proposed,
            by: None,
            decided_at: None,
            until: step.days.map(|days| offence.at + TimeDelta::days(i64::from(days))),
        };
        Ok(Proposal { measure, decide: step.decide || offence.severity >= ladder.people })
    }

    /// Steps that stand and that one of these made graver by being there before them: once it is lifted they rest on nothing in part, and
    /// people decide what becomes of them. `all`: the measures against the same advertiser.
    pub fn resting_on<'a>(&self, lifted: &Measure, all: &'a [Measure]) -> Result<Vec<&'a Measure>, LadderError> {
        let ladder = self.ladder(&lifted.ladder)?;
        let before = [Measure { state: MeasureState::Taken, ..lifted.clone() }];
        let rests = |measure: &&Measure| {
            let offence = Offence {
                platform: measure.platform.clone(),
                advertiser: measure.advertiser.clone(),
                severity: measure.severity,
                cases: measure.cases.clone(),
                at: measure.proposed_at,
                circumstances: Vec::new(),
            };
            measure.id != lifted.id
                && measure.ladder == lifted.ladder
                && matches!(measure.state, MeasureState::Proposed | MeasureState::Taken)
                && !counted(ladder, &offence, &before).is_empty()
        };
        Ok(all.iter().filter(rests).collect())
    }

    fn place(&self, ladder: &Ladder, offence: &Offence, before: &[&Measure], language: &str) -> (usize, Vec<String>) {
        let severity = offence.severity;
        let name = |place: usize| ladder.steps[place].name(language);
        let say = |id: &str, with: &[(&str, &str)]| self.reason(id, language, with);
        let days = ladder.window.to_string();
        let mut place = ladder.first(severity);
        let (word, code) = (self.word(severity, language), format!("{severity:?}"));
        let mut reasons = vec![say("first", &[("severity", word), ("code", &code), ("step", name(place))])];

        if let Some(gravest) = before.iter().filter_map(|measure| ladder.place(&measure.step)).max() {
            let count = before.len().to_string();
            reasons.push(say("repeated", &[("days", &days), ("count", &count), ("step", name(gravest))]));
            place = place.max(gravest + 1);
        }

        let mut up = 0;
        if before.len() + 1 >= ladder.often {
            let count = (before.len() + 1).to_string();
            reasons.push(say("often", &[("days", &days), ("count", &count)]));
            up += 1;
        }
        let mut circumstances = offence.circumstances.clone();
        circumstances.sort_unstable();
        circumstances.dedup();
        for id in circumstances.iter().filter_map(|circumstance| circumstance.worse()) {
            reasons.push(say(id, &[]));
            up += 1;
        }
        if up > ladder.most_up {
            reasons.push(say("most-up", &[("count", &ladder.most_up.to_string())]));
        }
        place += up.min(ladder.most_up);

        if before.is_empty() && circumstances.contains(&Circumstance::CorrectedInTime) {
            reasons.push(say("corrected-in-time", &[]));
            place = place.saturating_sub(1);
        }
        let highest = ladder.highest(severity);
        if place > highest {
            reasons.push(say("highest", &[("step", name(highest))]));
        }
        (place.min(highest), reasons)
    }
}

impl Circumstance {
    /// The reason that it makes an offence graver by; none where it does not.
    fn worse(self) -> Option<&'static str> {
        match self {
            Self::Vulnerable => Some("vulnerable"),
            Self::Evasion => Some("evasion"),
            Self::Charged => Some("charged"),
            Self::CheatingRegistration => Some("cheating-registration"),
            Self::SeveralAccounts => Some("several-accounts"),
            Self::CorrectedInTime => None,
        }
    }
}

/// Those of the measures before an offence that make it a repeated one.
fn counted<'a>(ladder: &Ladder, offence: &Offence, before: &'a [Measure]) -> Vec<&'a Measure> {
    let since = offence.at - TimeDelta::days(i64::from(ladder.window));
    let share = |one: &Measure, cases: &[String]| one.cases.iter().any(|case| cases.contains(case));
    let counted: Vec<&Measure> = before
        .iter()
        .filter(|measure| measure.state == MeasureState::Taken && measure.ladder == ladder.id)
        .filter(|measure| measure.platform == offence.platform)
        .filter(|measure| measure.proposed_at >= since && measure.proposed_at <= offence.at)
        .filter(|measure| !share(measure, &offence.cases))
        .collect();
    // A case that led to two steps is one offence all the same: the graver one counts.
    let weight = |at: usize| (ladder.place(&counted[at].step), at);
    let is_outweighed = |at: usize| {
        (0..counted.len()).any(|other| weight(other) > weight(at) && share(counted[other], &counted[at].cases))
    };
    (0..counted.len()).filter(|at| !is_outweighed(*at)).map(|at| counted[at]).collect()
}

#[cfg(test)]
mod tests;

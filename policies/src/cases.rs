//! The cases of a pack: findings in, violations out, written beside the rules that they are about.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use model::evidence::{AdPlace, AdSource, EvidenceId, PagePlace};
use model::finding::{Confidence, Exhibit, Finding, Scope};
use model::units::{Level, Millis};
use model::violation::{Severity, Violation};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::circumstances::{Circumstances, Group};
use crate::judge::judge;
use crate::pack::{Packs, day};
use crate::read::{PackError, Source};

/// `cases/<rule>.toml`
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseFile {
    pub(crate) case: Vec<Sample>,
}

/// What was found, under which circumstances, and what must come of it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sample {
    pub(crate) name: String,
    /// A day of the pack's country, at its noon.
    #[schemars(with = "String")]
    at: toml::value::Datetime,
    audience: Option<Group>,
    /// What the landing page offers, by kind or family.
    #[serde(default)]
    kinds: BTreeSet<String>,
    /// Other ads of the advertiser that were found violating before.
    #[serde(default)]
    earlier: usize,
    /// Checks whose finding was gone before anybody was told.
    #[serde(default)]
    corrected: BTreeSet<String>,
    pub(crate) findings: Vec<SampleFinding>,
    violations: Vec<Expected>,
}

#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SampleFinding {
    pub(crate) check: String,
    pub(crate) confidence: Confidence,
    pub(crate) promised: Promised,
    pub(crate) delivered: Delivered,
    #[serde(default)]
    pub(crate) facts: BTreeMap<String, serde_json::Value>,
}

#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Promised {
    #[schemars(with = "String")]
    pub(crate) source: AdSource,
    pub(crate) at_s: Option<f64>,
    pub(crate) quote: String,
}

#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Delivered {
    pub(crate) level: u8,
    pub(crate) hop: u16,
    pub(crate) at_ms: u64,
    pub(crate) quote: String,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Expected {
    rule: String,
    severity: Severity,
    scope: Scope,
    cite: Vec<String>,
}

/// How a case of a pack came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    pub pack: String,
    pub rule: String,
    pub case: String,
    /// What is wrong; none when it came out as it says.
    pub fault: Option<String>,
}

/// Puts every case of every pack through its pack alone, and asks of every rule for a case that fires and one that does not.
pub fn try_cases(packs: &Packs, files: &BTreeMap<String, String>) -> Result<Vec<Tried>, PackError> {
    let mut tried = Vec::new();
    for about in packs.about() {
        let pack = about.name.split('@').next().unwrap_or_default();
        let alone = packs.only(pack);
        for view in alone.rules() {
            let file = format!("{pack}/cases/{}.toml", view.id());
            let outcome = |case: &str, fault: Option<String>| Tried {
                pack: pack.to_owned(),
                rule: view.id().to_owned(),
                case: case.to_owned(),
                fault,
            };
            let Some(text) = files.get(&file) else {
                tried.push(outcome("", Some(format!("there is no {file}: every rule has cases"))));
                continue;
            };
            let cases: CaseFile = Source { file: &file, text }.parse()?;
            let (mut fires, mut stays_silent) = (false, false);
            for case in &cases.case {
                fires |= case.violations.iter().any(|expected| expected.rule == view.id());
                stays_silent |= case.violations.is_empty();
                tried.push(outcome(&case.name, case.fault(pack, &alone)));
            }
            // A rule that judges nothing yet, or no more, has nothing that fires.
            if view.stage() == "settled" && !(fires && stays_silent) {
                let missing = if fires { "in which it stays silent" } else { "in which it fires" };
                tried.push(outcome("", Some(format!("{file} has no case {missing}"))));
            }
        }
    }
    Ok(tried)
}

impl Sample {
    /// In what it comes out otherwise than it says.
    fn fault(&self, pack: &str, packs: &Packs) -> Option<String> {
        let Some(at) = self.noon(pack, packs) else { return Some(format!("`{}` is no day", self.at)) };
        let about = packs.about();
        let markets = about.iter().flat_map(|about| about.markets.iter().map(|market| (*market).to_owned()));
        let circumstances = Circumstances {
            at,
            markets: markets.collect(),
            platform: about.iter().find_map(|about| about.platforms.first().map(|platform| (*platform).to_owned())),
            elderly: self.audience == Some(Group::Elderly),
            minor: self.audience == Some(Group::Minor),
            kinds: self.kinds.clone(),
            earlier: vec![at; self.earlier],
            corrected: self.corrected.clone(),
            trial: false,
        };
        let findings: Vec<_> = self.findings.iter().map(SampleFinding::finding).collect();
        let found: Vec<_> = judge(&findings, packs, &circumstances).into_iter().map(Expected::of).collect();
        (found != self.violations).then(|| format!("expected {:?}, came {found:?}", self.violations))
    }

    fn noon(&self, pack: &str, packs: &Packs) -> Option<DateTime<Utc>> {
        packs.named(pack)?.noon(day(self.at)?)
    }
}

impl Expected {
    fn of(violation: Violation) -> Self {
        let Violation { rule, severity, scope, cite, .. } = violation;
        Self { rule, severity, scope, cite }
    }
}

impl SampleFinding {
    pub(crate) fn finding(&self) -> Finding {
        let evidence = EvidenceId::of(b"picture");
        let Promised { source, at_s, ref quote } = self.promised;
        let promised = Exhibit::new(quote.as_str(), AdPlace { source, at_s, until_s: None, area: None, evidence });
        let Delivered { level, hop, at_ms, ref quote } = self.delivered;
        let place = PagePlace {
            visitor: "android-douyin".into(),
            hop,
            level: Level(level),
            url: "https://landing.test/".into(),
            at_ms: Millis(at_ms),
            area: None,
            selector: None,
            evidence,
        };
        let finding = Finding::of(&self.check)
            .promised(promised)
            .delivered(Exhibit::new(quote.as_str(), place))
            .sure(self.confidence);
        self.facts.iter().fold(finding, |finding, (name, value)| finding.fact(name, value))
    }
}

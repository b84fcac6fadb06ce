//! What the cases of one job take of the evidence that their advertisers may use.

use std::collections::HashMap;

use model::ad::Whose;
use model::evidence::EvidenceId;
use storage::store::{Allowance, Kept};

use super::errand::AdOfErrand;

/// By advertiser, what this job keeps for it: artefacts that its cases share count once.
#[derive(Default)]
pub(super) struct Allowed(HashMap<Whose, HashMap<EvidenceId, u64>>);

impl Allowed {
    /// Why an ad is not examined: its advertiser uses as much as it may.
    pub(super) fn refuses(&self, one: &AdOfErrand) -> Option<String> {
        let (whose, allowance) = (one.ad.whose()?, one.allowance?);
        let taken = self.0.get(&whose).map_or(0, |kept| kept.values().sum());
        let used = allowance.used.saturating_add(taken);
        Allowance { used, ..allowance }.check(&whose.advertiser).err().map(|error| error.to_string())
    }

    /// Takes note of what a case rests on.
    pub(super) fn took(&mut self, one: &AdOfErrand, evidence: &[Kept]) {
        if let Some(whose) = one.ad.whose() {
            let of_it = self.0.entry(whose).or_default();
            of_it.extend(evidence.iter().map(|kept| (kept.id, kept.bytes)));
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::*;

    fn ad(advertiser: &str, allowance: Option<Allowance>) -> AdOfErrand {
        let ad = json!({"ad_id": "a", "click_url": "http://a.test/", "advertiser": {"id": advertiser}});
        AdOfErrand { allowance, ..serde_json::from_value(json!({"ad": ad})).expect("an ad") }
    }

    fn kept(bytes: &[u8]) -> Kept {
        Kept {
            id: EvidenceId::of(bytes),
            media_type: "text/plain".into(),
            bytes: bytes.len() as u64,
            what: "a text".into(),
            captured_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn an_advertiser_is_refused_once_what_it_used_before_and_in_this_job_is_as_much_as_it_may() {
        let greedy = ad("greedy", Some(Allowance { used: 90, max: 100 }));
        let (modest, free) = (ad("modest", Some(Allowance { used: 0, max: 100 })), ad("greedy", None));
        let mut allowed = Allowed::default();
        for _ in 0..9 {
            assert_eq!(allowed.refuses(&greedy), None, "what is kept once counts once");
            allowed.took(&greedy, &[kept(b"four")]);
        }
        allowed.took(&greedy, &[kept(b"six of")]);
        let why = allowed.refuses(&greedy).expect("it is over");
        assert!(
            why.contains("`greedy`") && why.contains("100 bytes") && why.contains("max_bytes_per_advertiser"),
            "{why}"
        );
        assert_eq!((allowed.refuses(&modest), allowed.refuses(&free)), (None, None));
    }
}

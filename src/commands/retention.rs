//! `postlink retention`: deletes the cases whose time is over.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use model::ad::Ad;
use model::units::Clock;
use serde::Deserialize;
use storage::hearing::{Forgotten, Hearing};
use storage::retention::Freed;
use storage::store::{Store, StoredCase};

use crate::cases_file;
use crate::cli::Retention;
use crate::config::{self, Config};
use crate::exit::{Ended, Refused};
use crate::ledger;
use crate::retention::kept_until;
use crate::stores::{self, on};

pub(crate) async fn run(retention: Retention) -> anyhow::Result<Ended> {
    let config = config::load(retention.store.config.as_deref())?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let today = clock();
    let at = retention.at.unwrap_or(today);
    if at > today && !retention.dry_run {
        let refusal = "--at is still to come: what the law keeps until then can only be asked for with --dry-run";
        return Err(Refused::Usage(refusal.into()).into());
    }
    let opened = stores::at(&retention.store, &config, clock).await?;
    let round = Round { config: &config, at, dry_run: retention.dry_run };
    let done = on!(&opened, store => async {
        if !retention.dry_run {
            // What is deleted with its case is in the ledger before.
            ledger::follow(store).await?;
        }
        let deleted = round.go(store).await?;
        round.forget(store).await?;
        if deleted > 0 && !retention.dry_run {
            tidy(store).await?;
        }
        Ok(Ended::Clean)
    }.await);
    opened.close().await;
    done
}

/// What a folder shows of its cases is written anew, or taken away where another command writes it.
trait Shown {
    async fn tidy(&self) -> anyhow::Result<()>;
}

impl Shown for storage::sqlite::SqliteStore {
    async fn tidy(&self) -> anyhow::Result<()> {
        cases_file::write(self).await?;
        for name in self.withdraw_outputs(cases_file::NAME).await? {
            println!("{name} told of deleted cases: it is taken away; `postlink check` writes the report anew");
        }
        Ok(())
    }
}

impl Shown for storage::postgres::PostgresStore {
    async fn tidy(&self) -> anyhow::Result<()> {
        Ok(())
    }
}

async fn tidy(store: &impl Shown) -> anyhow::Result<()> {
    store.tidy().await
}

struct Round<'a> {
    config: &'a Config,
    at: DateTime<Utc>,
    dry_run: bool,
}

impl Round<'_> {
    /// Gives back how many cases were, or would be, deleted.
    async fn go(&self, store: &impl Store) -> anyhow::Result<u64> {
        let cases = store.history(DateTime::UNIX_EPOCH).await?;
        let mut last_seen: BTreeMap<&str, DateTime<Utc>> = BTreeMap::new();
        for case in &cases {
            let seen = last_seen.entry(&case.ad_id).or_insert(case.opened_at);
            *seen = case.opened_at.max(*seen);
        }
        let holds = store.holds().await?;
        let held: BTreeSet<_> = holds.iter().filter(|hold| hold.released.is_none()).map(|hold| &hold.case_id).collect();
        let (mut kept, mut spared, mut freed, mut over) = (0_u64, 0_u64, Freed::default(), Vec::new());
        for case in &cases {
            let until = match self.until(store, case, last_seen[case.ad_id.as_str()]).await? {
                Ok(until) => until,
                Err(why) => {
                    println!("kept     {} (ad {}): {why}", case.case_id, case.ad_id);
                    kept += 1;
                    continue;
                }
            };
            if until > self.at {
                kept += 1;
            } else if held.contains(&case.case_id) {
                println!("held     {} (ad {}): its time was over at {until}", case.case_id, case.ad_id);
                spared += 1;
            } else {
                over.push((case, until));
            }
        }
        let deleted = over.len() as u64;
        for this in self.delete(store, &over).await? {
            (freed.artefacts, freed.bytes) = (freed.artefacts + this.artefacts, freed.bytes + this.bytes);
        }
        let done = if self.dry_run { "would be deleted" } else { "deleted" };
        println!(
            "{deleted} cases {done} ({} artefacts, {} bytes), {spared} held, {kept} kept",
            freed.artefacts, freed.bytes
        );
        Ok(deleted)
    }

    /// What users did and said, as far as its time is over; what was counted counts on.
    async fn forget(&self, store: &impl Hearing) -> anyhow::Result<()> {
        let whole = self.at - TimeDelta::days(i64::from(self.config.hearing.address_days));
        let (done, forgotten) = if self.dry_run {
            ("would be", store.would_forget_heard(self.at, whole).await?)
        } else {
            ("were", store.forget_heard(self.at, whole).await?)
        };
        let Forgotten { touchpoints, complaints, addresses } = forgotten;
        if forgotten != Forgotten::default() {
            println!(
                "{touchpoints} touchpoints {done} deleted, the words of {complaints} complaints {done} forgotten, {addresses} addresses {done} cut"
            );
        }
        Ok(())
    }

    async fn until(
        &self,
        store: &impl Store,
        case: &StoredCase,
        last_seen: DateTime<Utc>,
    ) -> anyhow::Result<Result<DateTime<Utc>, String>> {
        #[derive(Deserialize)]
        struct Of {
            ad: Ad,
        }
        let line = store.line(&case.case_id).await?;
        let Of { ad } = serde_json::from_str(&line).with_context(|| format!("read back case {}", case.case_id))?;
        Ok(kept_until(&ad, last_seen, case.sealed_at, &self.config.retention))
    }

    async fn delete(&self, store: &impl Store, over: &[(&StoredCase, DateTime<Utc>)]) -> anyhow::Result<Vec<Freed>> {
        let mut freed = Vec::new();
        if self.dry_run {
            let ids: Vec<_> = over.iter().map(|(case, _)| case.case_id.clone()).collect();
            freed = store.would_free(&ids).await?;
        }
        for (at, (case, until)) in over.iter().enumerate() {
            if !self.dry_run {
                let why = format!("retention: kept until {}", until.to_rfc3339());
                freed.push(store.delete(&case.case_id, &why).await?);
            }
            let (word, case_id, ad) = (if self.dry_run { "to go   " } else { "deleted " }, &case.case_id, &case.ad_id);
            let Freed { artefacts, bytes } = freed[at];
            println!("{word} {case_id} (ad {ad}): its time was over at {until}; {artefacts} artefacts, {bytes} bytes");
        }
        Ok(freed)
    }
}

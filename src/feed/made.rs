//! Webhooks that people made, as they are just now: each is told by itself, and none waits for another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use console::vault::Vault;
use crawler::guard::Rules;
use model::account::Account;
use storage::outbox::Subscription;
use storage::webhooks::{Webhook, Webhooks};
use tracing::warn;

use super::destination::{Destination, Way};
use crate::config::Config;

/// Those of the database, and what was made of them.
pub(super) struct Made {
    rules: Rules,
    http: bool,
    /// Where their secrets are sealed.
    vault: Vault,
    /// By id.
    known: Mutex<BTreeMap<String, Known>>,
}

/// One as it was read last, and whose it is.
type Known = (Webhook, Account, Arc<Destination>);

impl Made {
    pub(super) fn ready(config: &Config) -> Self {
        let (rules, vault) = (config.crawl.guard.clone(), Vault::new(config.console.key_file()));
        Self { rules, http: config.feed.allow_http, vault, known: Mutex::default() }
    }

    /// Reads them anew. One that is as it was keeps what is known of its patience.
    pub(super) async fn now(
        &self,
        store: &impl Webhooks,
        now: chrono::DateTime<chrono::Utc>,
    ) -> anyhow::Result<Vec<Arc<Destination>>> {
        let told = store.webhooks_to_tell().await?;
        let mut known = self.known.lock().expect("internal error: nothing panics holding it");
        let ids: BTreeSet<_> = told.iter().map(|(hook, _)| hook.id.clone()).collect();
        known.retain(|id, _| ids.contains(id));
        for (hook, account) in told {
            let same = |(its, of, _): &(Webhook, Account, _)| *its == hook && *of == account;
            // An earlier secret signs for a time only.
            if known.get(&hook.id).is_some_and(same) && hook.earlier.is_none() {
                continue;
            }
            match Way::made(&self.rules, &self.vault, &hook, self.http, now) {
                Ok(way) => {
                    let destination = Arc::new(Destination::made(way, &hook, account.sight()));
                    known.insert(hook.id.clone(), (hook, account, destination));
                }
                Err(why) => {
                    known.remove(&hook.id);
                    warn!(destination = %hook.id, why, "Webhook {} is not told", hook.id);
                }
            }
        }
        Ok(known.values().map(|(.., destination)| Arc::clone(destination)).collect())
    }

    /// What those that were read last want to hear.
    pub(super) fn subscriptions(&self) -> Vec<Subscription> {
        let known = self.known.lock().expect("internal error: nothing panics holding it");
        known.values().map(|(.., destination)| destination.subscription.clone()).collect()
    }
}

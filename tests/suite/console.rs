//! The console as it is served: real processes, real stores, people who click and people who forge.

mod advertiser;
mod api;
mod factor;
pub(crate) mod governing;
mod handed_over;
mod identity;
mod over_time;
mod person;
mod regions;
mod sights;
mod sweeps;
mod tries;
mod webhooks;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use model::account::{Account, Role};
use postlink_tests::postlink::{Postlink, Running};
use storage::accounts::{Accounts as _, Secrets};
use storage::sqlite;

pub(crate) use person::Person;

/// The password of every account that is made here.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A `postlink serve` with a console.
pub(crate) struct Served {
    running: Running,
    /// `http://127.0.0.1:40123`
    pub(crate) url: String,
}

impl Served {
    /// Serves a folder of the run's; `more` is what else stands on its command line.
    pub(crate) fn start(postlink: &Postlink, data: &str, more: &[&str]) -> Result<Self> {
        Self::start_at(postlink, data, "127.0.0.1:0", more)
    }

    /// The same at an address that others know beforehand.
    pub(crate) fn start_at(postlink: &Postlink, data: &str, listen: &str, more: &[&str]) -> Result<Self> {
        let mut arguments = vec!["serve", "--data", data, "--listen", listen];
        arguments.extend(more);
        let mut running = postlink.start(&arguments)?;
        running.says("The console is at ")?;
        let heard = running.heard_so_far();
        let (_, rest) = heard.split_once("The console is at ").context("it said so")?;
        let url = rest.split_whitespace().next().context("an address")?.trim_end_matches('/').to_owned();
        Ok(Self { running, url })
    }

    /// What it has written until it wrote these words.
    pub(crate) fn says(&mut self, words: &str) -> Result<String> {
        self.running.says(words)?;
        Ok(self.running.heard_so_far())
    }

    /// Somebody who signs in by the page for it.
    pub(crate) fn person(&self, name: &str) -> Result<Person> {
        Person::sign_in(&self.url, name, PASSWORD)
    }
}

/// The time that tests of a program that runs have, as it has.
#[expect(clippy::disallowed_methods, reason = "a program that runs beside them has the clock of the machine, too")]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Adds accounts to a folder that nobody works in: name, role, tenant, platform.
pub(crate) async fn accounts(dir: &Path, accounts: &[(&str, Role, &str, Option<&str>)]) -> Result<()> {
    let store = sqlite::open(dir, Arc::new(now)).await?;
    for (name, role, tenant, platform) in accounts {
        let account = Account::new(name, *role, tenant, platform.map(ToOwned::to_owned), DateTime::UNIX_EPOCH)?;
        let secrets = Secrets { password: Some(console::auth::password::hash(PASSWORD)), ..Secrets::default() };
        store.add_account(&account, &secrets).await?;
    }
    store.close().await;
    Ok(())
}

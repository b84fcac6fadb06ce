//! `postlink advertisers`: which accounts are taken for one advertiser's, and what shows it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use console::kin::LinkedGiven;
use model::account::Sight;
use model::units::Clock;
use storage::kin::Kin;

use crate::cli::{self, AdvertisersCommand};
use crate::config;
use crate::exit::Ended;
use crate::kin::follow;
use crate::stores::{self, on};

pub(crate) async fn run(cli::Advertisers { command }: cli::Advertisers) -> anyhow::Result<Ended> {
    let AdvertisersCommand::Linked { store: at, .. } = &command;
    let config = config::load(at.config.as_deref())?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let now = clock();
    let opened = stores::at(at, &config, clock).await?;
    let done = on!(&opened, store => linked(store, &command, now).await);
    opened.close().await;
    done
}

async fn linked(store: &impl Kin, command: &AdvertisersCommand, now: DateTime<Utc>) -> anyhow::Result<Ended> {
    let AdvertisersCommand::Linked { advertiser, anew, json, most, platform, .. } = command;
    if *anew {
        follow(store, now).await?;
    }
    let sight = Sight { platform: platform.clone(), advertiser: None, region: None };
    let all = store.linked(&sight, advertiser.as_deref(), *most).await?;
    for given in all.iter().map(LinkedGiven::of) {
        if *json {
            println!("{}", serde_json::to_string(&given)?);
        } else {
            print!("{}", told(&given));
        }
    }
    if !json {
        println!("{} times two accounts are taken for one advertiser's: a suspicion", all.len());
    }
    Ok(Ended::Clean)
}

fn told(given: &LinkedGiven) -> String {
    let account =
        |platform: &Option<String>, advertiser: &str| format!("{}/{advertiser}", platform.as_deref().unwrap_or("-"));
    let [a, b] = &given.accounts;
    let mut text = format!("{}  {}\n", account(&a.platform, &a.advertiser), account(&b.platform, &b.advertiser));
    for shared in &given.shared {
        let cases: Vec<&str> = shared.cases.iter().map(|case| case.as_deref().unwrap_or("-")).collect();
        text += &format!("    {} {}  cases {}\n", shared.what, shared.value, cases.join(" "));
    }
    text
}

//! `postlink outbox`: what has not come to the systems that are told of it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::units::Clock;
use storage::outbox::{self, Undelivered};

use crate::cli::{Outbox, OutboxCommand};
use crate::config;
use crate::exit::Ended;
use crate::stores::{self, on};

pub(crate) async fn run(outbox: Outbox) -> anyhow::Result<Ended> {
    let (OutboxCommand::List { store: at, .. } | OutboxCommand::Retry { store: at, .. }) = &outbox.command;
    let config = config::load(at.config.as_deref())?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let now = clock();
    let opened = stores::at(at, &config, clock).await?;
    let done = on!(&opened, store => go(store, &outbox.command, now).await);
    opened.close().await;
    done
}

async fn go(store: &impl outbox::Outbox, command: &OutboxCommand, now: DateTime<Utc>) -> anyhow::Result<Ended> {
    match command {
        OutboxCommand::List { dead, most, .. } => {
            for of in store.backlog().await? {
                println!("{}: {} waiting, {} dead", of.destination, of.waiting, of.dead);
            }
            store.undelivered(*dead, *most).await?.iter().for_each(tell);
        }
        OutboxCommand::Retry { event, to, .. } => {
            let revived = store.revive(event.as_deref(), to.as_deref(), now).await?;
            println!("{revived} deliveries are tried again");
        }
    }
    Ok(Ended::Clean)
}

fn tell(one: &Undelivered) {
    let Undelivered { event_id, destination, happened_at, attempts, .. } = one;
    let state = if one.dead { "dead".to_owned() } else { format!("waiting until {}", one.next_at) };
    let trouble = one.trouble.as_ref().map_or_else(String::new, |trouble| format!(": {trouble}"));
    println!("{event_id} for {destination}, of {happened_at}: {state} after {attempts} attempts{trouble}");
}

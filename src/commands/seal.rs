//! `postlink seal`: time stamps that wait, and a checkpoint of the log.

use std::sync::Arc;

use chrono::Utc;
use model::units::Clock;
use storage::stamp::{Listed, Which};
use storage::store::Store;

use crate::cli::Seal;
use crate::config;
use crate::exit::Ended;
use crate::sealing::{Sealing, Told};
use crate::stores::{self, on};

pub(crate) async fn run(seal: Seal) -> anyhow::Result<Ended> {
    let config = config::load(seal.store.config.as_deref())?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let sealing = Sealing::ready(&config, clock.clone())?;
    let opened = stores::at(&seal.store, &config, clock).await?;
    let ended = on!(&opened, store => close(&sealing, store).await);
    opened.close().await;
    ended
}

async fn close(sealing: &Sealing, store: &impl Store) -> anyhow::Result<Ended> {
    let Told { note, stamped, waiting, failed, listed, trouble } = sealing.close(store, Which::All).await?;
    match note {
        None => println!("log: nothing is in it yet"),
        Some(note) => {
            let signed = if note.is_signed() { "signed" } else { "NOT signed (`seal.log_key` names no key)" };
            println!("log: {} entries, root {}, {signed}", note.checkpoint.size, note.checkpoint.root);
            print!("{}", note.text());
        }
    }
    println!("time stamps: {stamped} there, {waiting} waited for, {failed} refused");
    if let Some(trouble) = trouble.filter(|_| waiting + failed > 0) {
        println!("the last try: {trouble}");
    }
    if listed.awaited > 0 {
        let Listed { awaited, kept, trouble } = listed;
        let why = trouble.map(|why| format!(": {why}")).unwrap_or_default();
        println!("lists of certificates that were taken back: {awaited} looked for, {kept} new ones kept{why}");
    }
    Ok(if waiting + failed > 0 { Ended::Inconclusive } else { Ended::Clean })
}

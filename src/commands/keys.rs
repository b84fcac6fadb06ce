//! `postlink keys`: keys that sign, made and followed by others.

use std::path::Path;
use std::sync::Arc;

use chrono::Utc;
use model::units::Clock;
use storage::keys::{self, KeyError, PublicKey};
use storage::log::sealing;

use crate::cli::{KeyKind, Keys, KeysCommand, StoreAt};
use crate::config;
use crate::exit::{Ended, Refused};
use crate::sealing::log_key;
use crate::stores::{self, on};

pub(crate) async fn run(keys: Keys) -> anyhow::Result<Ended> {
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    match keys.command {
        KeysCommand::New { kind, domain, out } => new(kind, domain.as_deref(), &out, &clock),
        KeysCommand::Rotate { store, next } => rotate(&store, &next, clock).await,
    }
}

fn new(kind: KeyKind, domain: Option<&str>, out: &Path, clock: &Clock) -> anyhow::Result<Ended> {
    let made = match (kind, domain) {
        (KeyKind::Log, _) => keys::log(out),
        (KeyKind::Domain, Some(domain)) => keys::domain(out, domain, clock()),
        (KeyKind::Domain, None) => return Err(Refused::Usage("name the domain with --domain".into()).into()),
    };
    let made = made.map_err(|error| match error {
        KeyError::There(_) | KeyError::InStore(_) | KeyError::Write { .. } | KeyError::Make { .. } => {
            anyhow::Error::new(Refused::Usage(error.to_string()))
        }
        other => anyhow::Error::new(other),
    })?;
    println!("private, for nobody else: {}", made.private.display());
    for shown in made.shown {
        println!("for everybody: {}", shown.display());
    }
    Ok(Ended::Clean)
}

async fn rotate(at: &StoreAt, next: &Path, clock: Clock) -> anyhow::Result<Ended> {
    let config = config::load(at.config.as_deref())?;
    let refused = |error: KeyError| Refused::Usage(error.to_string());
    let Some(before) = log_key(&config)? else {
        return Err(Refused::Configuration("`seal.log_key` names no key: there is none to follow".into()).into());
    };
    let next = PublicKey::read(next).map_err(refused)?;
    if !matches!(next, PublicKey::Ed25519(_)) {
        return Err(Refused::Usage("the key that follows is not Ed25519: `postlink keys new --kind log`".into()).into());
    }
    let opened = stores::at(at, &config, clock.clone()).await?;
    let announced = on!(&opened, store => sealing::rotate(store, &before, &next, clock()).await);
    opened.close().await;
    println!("entry {} of the log announces {}", announced?.index, next.base64());
    println!("name its private key as `seal.log_key` now, and publish the public one");
    Ok(Ended::Clean)
}

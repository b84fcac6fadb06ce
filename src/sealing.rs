//! Time stamps and checkpoints of a run: what the configuration names, and how it is told.

use std::collections::BTreeMap;
use std::time::Duration;

use crawler::fetch::fetch;
use crawler::guard::Rules;
use crawler::timestamp::Authority;
use model::units::Clock;
use storage::keys::{self, Kind};
use storage::log::checkpoint::Note;
use storage::log::sealing::{self, LogKey};
use storage::package::Closed;
use storage::signature::Domain;
use storage::stamp::{self, Listed, Post, Roots, Sender, State, ToStamp, Which, what};
use storage::store::{Kept, Store};

use crate::config::Config;
use crate::exit::Refused;

/// What the record of a visit is called among the artefacts of a case.
const RECORD: &str = "record of the chain";

/// Bytes of the longest list of certificates that is fetched.
const MOST_LISTED: u64 = 4 << 20;

/// Everything that seals.
pub(crate) struct Sealing {
    sender: Sender<Wire>,
    key: Option<LogKey>,
    domain: Option<Domain>,
    restamp_days: i64,
    clock: Clock,
}

/// The network, behind the guard.
struct Wire {
    authorities: BTreeMap<String, Authority>,
    guard: Rules,
    limit: Duration,
}

impl Post for Wire {
    async fn post(&self, url: &str, question: Vec<u8>) -> Result<Vec<u8>, String> {
        let authority = self.authorities.get(url).ok_or("it is not configured")?;
        authority.ask(question, self.limit).await.map_err(|error| error.to_string())
    }

    async fn get(&self, url: &str) -> Result<Vec<u8>, String> {
        let file = tempfile::NamedTempFile::new().map_err(|error| format!("make a temporary file: {error}"))?;
        let fetched = fetch(&self.guard, url, file.path(), MOST_LISTED, self.limit).await;
        fetched.map_err(|error| error.to_string())?;
        std::fs::read(file.path()).map_err(|error| format!("read what {url} sent: {error}"))
    }
}

impl Sealing {
    /// What the configuration names; refuses addresses, roots and keys that cannot be used before anything is examined.
    pub(crate) fn ready(config: &Config, clock: Clock) -> Result<Self, Refused> {
        let seal = &config.seal;
        let refused = |error: &dyn std::fmt::Display| Refused::Configuration(error.to_string());
        let mut authorities = BTreeMap::new();
        for url in &seal.tsa {
            let authority = Authority::new(&config.crawl.guard, url).map_err(|error| refused(&error))?;
            authorities.insert(url.clone(), authority);
        }
        let roots = Roots::read(&seal.tsa_roots).map_err(|error| refused(&error))?;
        let guard = config.crawl.guard.clone();
        let wire = Wire { authorities, guard, limit: Duration::from_secs(seal.tsa_timeout_secs) };
        let sender = Sender::new(seal.tsa.clone(), roots, wire, clock.clone());
        let (key, domain) = (log_key(config)?, domain(config)?);
        Ok(Self { sender, key, domain, restamp_days: seal.restamp_days, clock })
    }

    /// What is configured, in words.
    pub(crate) fn told(&self) -> String {
        let stamps = match self.sender.authorities().len() {
            0 => "no time stamps (`seal.tsa` names no authority)".to_owned(),
            count => format!("{count} time-stamping authorities"),
        };
        let log = match &self.key {
            None => "checkpoints are not signed (`seal.log_key` names no key)".to_owned(),
            Some(key) => format!("checkpoints are signed as {}", key.origin),
        };
        let packages = match &self.domain {
            None => "packages are not signed (`seal.domain_certificate` names none)".to_owned(),
            Some(domain) => format!("packages are signed as {}", domain.name),
        };
        format!("{stamps}; {log}; {packages}")
    }

    /// Signs a package in the name of the configured domain. One that cannot be signed is one without a signature.
    pub(crate) async fn sign<W>(&self, package: &Closed<W>) -> Option<serde_json::Value> {
        let software = concat!("postlink ", env!("CARGO_PKG_VERSION"));
        let sender = Some(&self.sender);
        match self.domain.as_ref()?.sign(&package.hash, &package.created, software, sender).await {
            Ok(signed) => Some(serde_json::to_value(signed).expect("internal error: a signature is plain data")),
            Err(error) => {
                tracing::warn!("A package is kept unsigned: {error}");
                None
            }
        }
    }

    /// What of a case is to be stamped: the record of each visit, and the package.
    pub(crate) fn to_stamp(&self, evidence: &[Kept]) -> Vec<ToStamp> {
        let stamped = |kept: &Kept| {
            let what = match kept.what.as_str() {
                "package" => what::PACKAGE,
                record if record.starts_with(RECORD) => what::CAPTURE,
                _ => return None,
            };
            Some(ToStamp { digest: kept.id, what: what.into() })
        };
        if self.stamps() { evidence.iter().filter_map(stamped).collect() } else { Vec::new() }
    }

    fn stamps(&self) -> bool {
        !self.sender.authorities().is_empty()
    }

    /// Sends what is due, after a case. That it cannot be sent harms no case: it waits.
    pub(crate) async fn after_case(&self, store: &impl Store) {
        if let Err(error) = self.sender.send(store, Which::Due).await {
            tracing::warn!("Could not look after time stamps: {error}");
        }
    }

    /// Sends what waits, makes a checkpoint and has it stamped. Gives back how far everything is.
    pub(crate) async fn close(&self, store: &impl Store, which: Which) -> Result<Told, sealing::SealError> {
        let now = (self.clock)();
        if self.stamps() {
            stamp::renew(store, now, self.restamp_days).await?;
        }
        let checkpoint = sealing::checkpoint(store, self.key.as_ref(), now).await?;
        if let Some(checkpoint) = checkpoint.as_ref().filter(|_| self.stamps()) {
            sealing::want_stamp(store, checkpoint).await?;
        }
        self.sender.send(store, which).await?;
        let listed = self.sender.fetch_lists(store, which).await?;
        let note = checkpoint.and_then(|kept| Note::parse(&kept.note).ok());
        let mut told = Told { note, listed, ..Told::default() };
        for stamp in store.stamps().await? {
            match stamp.state {
                State::Stamped => told.stamped += 1,
                State::Waiting => told.waiting += 1,
                State::Failed => told.failed += 1,
            }
            told.trouble = stamp.trouble.or(told.trouble);
        }
        Ok(told)
    }
}

/// The key of the log that is configured; none when it is not signed.
pub(crate) fn log_key(config: &Config) -> Result<Option<LogKey>, Refused> {
    let seal = &config.seal;
    if seal.log_key.as_os_str().is_empty() {
        return Ok(None);
    }
    if seal.log_origin.is_empty() {
        return Err(Refused::Configuration("`seal.log_key` is set and `seal.log_origin` is not: name the log".into()));
    }
    let signer = keys::open(Kind::Log, &seal.log_key, &seal.log_command);
    let signer = signer.map_err(|error| Refused::Configuration(error.to_string()))?;
    Ok(Some(LogKey { signer, origin: seal.log_origin.clone() }))
}

/// The domain that is configured; none when packages are not signed.
fn domain(config: &Config) -> Result<Option<Domain>, Refused> {
    let seal = &config.seal;
    if seal.domain_certificate.as_os_str().is_empty() {
        return Ok(None);
    }
    let opened = Domain::open(&seal.domain_certificate, &seal.domain_key, &seal.domain_command);
    opened.map(Some).map_err(|error| Refused::Configuration(error.to_string()))
}

/// How far everything is.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) note: Option<Note>,
    pub(crate) stamped: u64,
    pub(crate) waiting: u64,
    pub(crate) failed: u64,
    /// Of the certificates that stamped.
    pub(crate) listed: Listed,
    /// Why the last of those that wait was not stamped.
    pub(crate) trouble: Option<String>,
}

impl Told {
    /// One line for those who did not ask, where something is not as it should be.
    pub(crate) fn warning(&self) -> Option<String> {
        let open = self.waiting + self.failed;
        let why = self.trouble.as_deref().unwrap_or("no authority was asked yet");
        (open > 0).then(|| format!("{open} time stamps are waited for ({why}); `postlink seal` tries again"))
    }
}

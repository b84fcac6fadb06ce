//! What seals a bundle as a whole: the signature of the log's key over its sums, and a time stamp of them.

use std::time::Duration;

use anyhow::Context as _;
use crawler::timestamp::Authority;
use model::evidence::EvidenceId;
use storage::bundle::{SIGNATURE, STAMP};
use storage::log::sealing::LogKey;
use storage::stamp::{self, Roots};

use crate::config::Config;
use crate::exit::Refused;
use crate::sealing::log_key;

/// Who signs and stamps, as the configuration says.
pub(crate) struct Seals {
    key: Option<LogKey>,
    authorities: Vec<Authority>,
    roots: Roots,
    limit: Duration,
    /// The certificates of `seal.tsa_roots`, in PEM.
    certificates: String,
}

impl Seals {
    pub(crate) fn ready(config: &Config) -> anyhow::Result<Self> {
        let seal = &config.seal;
        let refused = |error: &dyn std::fmt::Display| Refused::Configuration(error.to_string());
        let authority = |url: &String| Authority::new(&config.crawl.guard, url).map_err(|error| refused(&error));
        let mut certificates = String::new();
        for path in &seal.tsa_roots {
            let pem = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
            certificates += pem.trim_end();
            certificates.push('\n');
        }
        Ok(Self {
            key: log_key(config)?,
            authorities: seal.tsa.iter().map(authority).collect::<Result<_, _>>()?,
            roots: Roots::read(&seal.tsa_roots).map_err(|error| refused(&error))?,
            limit: Duration::from_secs(seal.tsa_timeout_secs),
            certificates,
        })
    }

    /// The public key that will have signed; none when nobody signs.
    pub(super) fn key(&self) -> Option<String> {
        self.key.as_ref().map(|key| key.signer.public_key().pem())
    }

    pub(super) fn certificates(&self) -> Option<&str> {
        Some(self.certificates.as_str()).filter(|pem| !pem.is_empty())
    }

    pub(super) fn stamps(&self) -> bool {
        !self.authorities.is_empty()
    }

    /// The files that seal the sums. That no authority answers leaves the bundle without a stamp, and is told.
    pub(super) async fn seal(&self, sums: &str) -> anyhow::Result<Vec<(&'static str, Vec<u8>)>> {
        let mut seals = Vec::new();
        if let Some(key) = &self.key {
            seals.push((SIGNATURE, key.signer.sign(sums.as_bytes()).await?));
        }
        let mut why = None;
        for authority in &self.authorities {
            match self.stamp(authority, EvidenceId::of(sums.as_bytes())).await {
                Ok(answer) => {
                    seals.push((STAMP, answer));
                    return Ok(seals);
                }
                Err(error) => why = Some(error),
            }
        }
        if let Some(error) = why {
            tracing::warn!("The bundle carries no time stamp of its own: {error}; export it again to have one");
        }
        Ok(seals)
    }

    async fn stamp(&self, authority: &Authority, digest: EvidenceId) -> anyhow::Result<Vec<u8>> {
        let request = stamp::request(digest).context("no chance is to be had from the system")?;
        let answer = authority.ask(request.bytes.clone(), self.limit).await?;
        request.answered(&answer, &self.roots)?;
        Ok(answer)
    }
}

//! The signature of a package in the name of a domain (WACZ signing, by a certificate and a time stamp).
//!
//! What is signed is the text `sha256:…` that names `datapackage.json`; the signature stands in `datapackage-digest.json`, so
//! no other member of the package changes.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};
use model::evidence::EvidenceId;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use serde::{Deserialize, Serialize};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use crate::keys::{self, KeyError, Kind, PublicKey, Signer};
use crate::stamp::{self, Post, Roots, Sender, Stamp};

/// Of the form of what is signed.
const VERSION: &str = "0.1.0";

/// Who signs packages.
pub struct Domain {
    signer: Box<dyn Signer>,
    /// The name in the certificate.
    pub name: String,
    /// PEM, that of the domain first.
    certificates: Vec<String>,
}

/// `signedData` of `datapackage-digest.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedData {
    /// `sha256:…` of `datapackage.json`.
    pub hash: String,
    /// As in `datapackage.json`.
    pub created: String,
    pub software: String,
    /// ECDSA with SHA-256 over the text of `hash`, DER, base64.
    pub signature: String,
    pub domain: String,
    /// PEM blocks with an empty line between.
    pub domain_cert: String,
    /// The whole answer of an authority to the text of `signature`, base64. Absent when none answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_signature: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp_cert: Option<String>,
    pub version: String,
}

/// Why a signature does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("it is over {found}, and datapackage.json is {expected}")]
    OtherHash { expected: String, found: String },
    #[error("its {0} cannot be read")]
    Unreadable(&'static str),
    #[error("it is not the signature of the key in its certificate")]
    Wrong,
    #[error("its certificate is not for {domain}: {why}")]
    OtherDomain { domain: String, why: String },
    #[error("its certificate leads to none of the given roots: {0}")]
    Untrusted(String),
    #[error("its time stamp: {0}")]
    Stamp(#[from] stamp::StampError),
}

/// A signature that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub domain: String,
    /// Whether its certificate leads to a root that was given.
    pub to_root: bool,
    pub stamp: Option<Stamp>,
}

impl Domain {
    /// The certificates in a file (PEM, that of the domain first), and its key in another or with a program.
    pub fn open(certificates: &Path, key: &Path, command: &[String]) -> Result<Self, KeyError> {
        let wrong = |why| KeyError::Wrong { path: certificates.to_owned(), why };
        let (blocks, name) = {
            let read = CertificateDer::pem_file_iter(certificates).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            let read = read.map_err(|_| wrong("it should hold certificates in PEM, that of the domain first"))?;
            let first = read.first().ok_or_else(|| wrong("it holds no certificate"))?;
            let end = EndEntityCert::try_from(first).map_err(|_| wrong("its first certificate cannot be read"))?;
            let name = end.valid_dns_names().next().map(ToOwned::to_owned);
            let blocks: Vec<_> = read.iter().map(|der| keys::pem("CERTIFICATE", der)).collect();
            (blocks, name.ok_or_else(|| wrong("its first certificate names no domain"))?)
        };
        let signer = keys::open(Kind::Domain, if command.is_empty() { key } else { certificates }, command)?;
        if *signer.public_key() != PublicKey::read(certificates)? {
            return Err(wrong("its first certificate is not that of the key"));
        }
        Ok(Self { signer, name, certificates: blocks })
    }

    /// Signs the hash of a `datapackage.json`, and has the signature stamped where an authority answers.
    pub async fn sign<P: Post>(
        &self,
        hash: &str,
        created: &str,
        software: &str,
        sender: Option<&Sender<P>>,
    ) -> Result<SignedData, KeyError> {
        let signature = BASE64.encode(self.signer.sign(hash.as_bytes()).await?);
        let mut signed = SignedData {
            hash: hash.to_owned(),
            created: created.to_owned(),
            software: software.to_owned(),
            signature,
            domain: self.name.clone(),
            domain_cert: joined(&self.certificates),
            time_signature: None,
            timestamp_cert: None,
            version: VERSION.to_owned(),
        };
        if let Some(sender) = sender.filter(|sender| !sender.authorities().is_empty()) {
            match sender.stamp(EvidenceId::of(signed.signature.as_bytes())).await {
                Ok(answer) => {
                    let certificates = stamp::certificates(&answer.response).unwrap_or_default();
                    signed.time_signature = Some(BASE64.encode(&answer.response));
                    signed.timestamp_cert = Some(joined(&certificates));
                }
                Err(why) => tracing::warn!("The signature of a package has no time stamp: {why}"),
            }
        }
        Ok(signed)
    }
}

impl SignedData {
    /// Whether it signs this hash of `datapackage.json`. Without roots it is not asked whose the certificates are.
    pub fn check(&self, hash: &str, domains: &Roots, stamps: &Roots) -> Result<Held, SignatureError> {
        if self.hash != hash {
            return Err(SignatureError::OtherHash { expected: hash.to_owned(), found: self.hash.clone() });
        }
        let read = CertificateDer::pem_slice_iter(self.domain_cert.as_bytes()).collect::<Result<Vec<_>, _>>();
        let certificates = read.map_err(|_| SignatureError::Unreadable("certificate"))?;
        let first = certificates.first().ok_or(SignatureError::Unreadable("certificate"))?;
        let key = PublicKey::of_pem(&self.domain_cert).ok_or(SignatureError::Unreadable("key"))?;
        let bytes = BASE64.decode(&self.signature).map_err(|_| SignatureError::Unreadable("signature"))?;
        if !key.has_signed(self.hash.as_bytes(), &bytes) {
            return Err(SignatureError::Wrong);
        }
        let end = EndEntityCert::try_from(first).map_err(|_| SignatureError::Unreadable("certificate"))?;
        let other = |why: String| SignatureError::OtherDomain { domain: self.domain.clone(), why };
        let name = ServerName::try_from(self.domain.as_str()).map_err(|error| other(error.to_string()))?;
        end.verify_is_valid_for_subject_name(&name).map_err(|error| other(error.to_string()))?;
        let stamp = match &self.time_signature {
            None => None,
            Some(answer) => {
                let answer = BASE64.decode(answer).map_err(|_| SignatureError::Unreadable("time stamp"))?;
                Some(stamp::read(&answer, EvidenceId::of(self.signature.as_bytes()), stamps)?)
            }
        };
        if domains.is_empty() {
            return Ok(Held { domain: self.domain.clone(), to_root: false, stamp });
        }
        let created = self.created.parse::<DateTime<Utc>>().map_err(|_| SignatureError::Unreadable("date"))?;
        let at = stamp.as_ref().map_or(created, |stamp| stamp.at).timestamp().unsigned_abs();
        let anchors: Vec<_> =
            domains.certificates().iter().filter_map(|root| anchor_from_trusted_cert(root).ok()).collect();
        let (usage, at) = (KeyUsage::server_auth(), UnixTime::since_unix_epoch(Duration::from_secs(at)));
        end.verify_for_usage(stamp::CERTIFICATES, &anchors, &certificates[1..], at, usage, None, None)
            .map_err(|error| SignatureError::Untrusted(error.to_string()))?;
        Ok(Held { domain: self.domain.clone(), to_root: true, stamp })
    }
}

fn joined(blocks: &[String]) -> String {
    blocks.join("\n")
}

#[cfg(test)]
mod tests;

//! New keys, each in a file of its own that nobody else may read, beside what is shown to others.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_ECDSA_P256_SHA256};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair as _};

use super::{KeyError, PublicKey, public};

/// Where a new key lies.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// Not to be shown to anybody.
    pub private: PathBuf,
    /// For everybody: the public key, or the certificate and the request for one.
    pub shown: Vec<PathBuf>,
}

/// What stands before the seed in the form of PKCS#8 that every openssl reads.
const ED25519_BEFORE: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// How long a certificate of our own making is good.
const DAYS: i64 = 365;

/// Makes an Ed25519 key for a log: `log.key.pem` and `log.pub.pem`.
pub fn log(folder: &Path) -> Result<Made, KeyError> {
    let failed = |why: &str| KeyError::Make { name: "the log".into(), why: why.into() };
    let mut seed = [0; 32];
    SystemRandom::new().fill(&mut seed).map_err(|_| failed("the system gives no chance"))?;
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| failed("the seed is refused"))?;
    let public_key = pair.public_key().as_ref().try_into().map(PublicKey::Ed25519);
    let public_key = public_key.map_err(|_| failed("it has no public key"))?;
    let private = public::pem("PRIVATE KEY", &[&ED25519_BEFORE[..], &seed].concat());
    write(folder, ("log.key.pem", &private), &[("log.pub.pem", &public_key.pem())])
}

/// Makes a P-256 key for a domain: `domain.key.pem`, a certificate signed by itself, `domain.crt.pem`, and a request for one
/// that others believe, `domain.csr.pem`.
pub fn domain(folder: &Path, domain: &str, now: DateTime<Utc>) -> Result<Made, KeyError> {
    let failed = |error: rcgen::Error| KeyError::Make { name: domain.to_owned(), why: error.to_string() };
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
    let mut parameters = CertificateParams::new(vec![domain.to_owned()]).map_err(failed)?;
    parameters.distinguished_name = DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, domain);
    let request = parameters.serialize_request(&key).and_then(|request| request.pem()).map_err(failed)?;
    (parameters.not_before, parameters.not_after) = (day(now), day(now + TimeDelta::days(DAYS)));
    let certificate = parameters.self_signed(&key).map_err(failed)?;
    let shown = [("domain.crt.pem", certificate.pem()), ("domain.csr.pem", request)];
    let shown: Vec<_> = shown.iter().map(|(name, text)| (*name, text.as_str())).collect();
    write(folder, ("domain.key.pem", &key.serialize_pem()), &shown)
}

/// The midnight before.
fn day(at: DateTime<Utc>) -> time::OffsetDateTime {
    let number = |value: u32| u8::try_from(value).expect("internal error: months and days are small");
    rcgen::date_time_ymd(at.year(), number(at.month()), number(at.day()))
}

fn write(folder: &Path, private: (&str, &str), shown: &[(&str, &str)]) -> Result<Made, KeyError> {
    let store = folder.ancestors().find(|folder| folder.join(crate::sqlite::DATABASE).exists());
    if let Some(store) = store {
        return Err(KeyError::InStore(store.to_owned()));
    }
    std::fs::create_dir_all(folder).map_err(|source| KeyError::Write { path: folder.to_owned(), source })?;
    let file = |name: &str, text: &str, mode: u32| {
        let path = folder.join(name);
        let mut options = std::fs::OpenOptions::new();
        let written = options.write(true).create_new(true).mode(mode).open(&path);
        let written = written.and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
        match written {
            Ok(()) => Ok(path),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(KeyError::There(path)),
            Err(source) => Err(KeyError::Write { path, source }),
        }
    };
    let private = file(private.0, private.1, 0o600)?;
    let shown = shown.iter().map(|(name, text)| file(name, text, 0o644)).collect::<Result<_, _>>()?;
    Ok(Made { private, shown })
}

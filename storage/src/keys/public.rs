//! Public keys: by which strangers check a signature.

use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use der::{Decode as _, Encode as _};
use ring::signature::{ECDSA_P256_SHA256_ASN1, ED25519, UnparsedPublicKey};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, SubjectPublicKeyInfoDer};
use x509_cert::Certificate;

use crate::hash;
use crate::keys::{KeyError, Kind};

/// Bytes of a file with keys or certificates.
const LONGEST: u64 = 1 << 20;

/// What stands before the key itself in a SubjectPublicKeyInfo.
const ED25519_BEFORE: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const P256_BEFORE: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// A public key of a sort that signs here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    Ed25519([u8; 32]),
    /// The point, uncompressed.
    P256([u8; 65]),
}

impl PublicKey {
    /// From a file with a public key or a certificate, in PEM.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let text = text(path)?;
        Self::of_pem(&text).ok_or_else(|| KeyError::Wrong {
            path: path.to_owned(),
            why: "it should be a public key or a certificate of Ed25519 or P-256, in PEM",
        })
    }

    /// From a public key or a certificate, in PEM.
    pub fn of_pem(text: &str) -> Option<Self> {
        if let Ok(info) = SubjectPublicKeyInfoDer::from_pem_slice(text.as_bytes()) {
            return Self::of_info(&info);
        }
        let certificate = CertificateDer::from_pem_slice(text.as_bytes()).ok()?;
        let certificate = Certificate::from_der(&certificate).ok()?;
        Self::of_info(&certificate.tbs_certificate.subject_public_key_info.to_der().ok()?)
    }

    /// From a SubjectPublicKeyInfo in DER.
    fn of_info(der: &[u8]) -> Option<Self> {
        if let Some(key) = der.strip_prefix(&ED25519_BEFORE) {
            return Some(Self::Ed25519(key.try_into().ok()?));
        }
        Some(Self::P256(der.strip_prefix(&P256_BEFORE)?.try_into().ok()?))
    }

    /// From the raw key as entries of the log have it: Ed25519, base64.
    pub fn of_base64(text: &str) -> Option<Self> {
        Some(Self::Ed25519(BASE64.decode(text).ok()?.try_into().ok()?))
    }

    pub fn base64(&self) -> String {
        BASE64.encode(self.raw())
    }

    pub fn pem(&self) -> String {
        let der = match self {
            Self::Ed25519(key) => [&ED25519_BEFORE[..], key].concat(),
            Self::P256(key) => [&P256_BEFORE[..], key].concat(),
        };
        pem("PUBLIC KEY", &der)
    }

    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let right = match self {
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            Self::P256(key) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &key[..]).verify(message, signature),
        };
        right.is_ok()
    }

    /// The bytes of the key itself.
    pub fn raw(&self) -> &[u8] {
        match self {
            Self::Ed25519(key) => key,
            Self::P256(key) => key,
        }
    }

    pub(super) fn must_be(&self, kind: Kind, path: &Path) -> Result<(), KeyError> {
        let why = match (kind, self) {
            (Kind::Log, Self::Ed25519(_)) | (Kind::Domain, Self::P256(_)) => return Ok(()),
            (Kind::Log, Self::P256(_)) => "a key of the log is Ed25519; `postlink keys new --kind log` makes one",
            (Kind::Domain, Self::Ed25519(_)) => {
                "a key of a domain is P-256; `postlink keys new --kind domain` makes one"
            }
        };
        Err(KeyError::Wrong { path: path.to_owned(), why })
    }
}

/// A block of PEM, as openssl writes it.
pub(super) fn pem(label: &str, der: &[u8]) -> String {
    let encoded = BASE64.encode(der);
    let lines: Vec<_> = encoded.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// A file of keys or certificates, which is never long.
pub(super) fn text(path: &Path) -> Result<String, KeyError> {
    let mut text = String::new();
    let read = hash::open(path).and_then(|file| file.take(LONGEST).read_to_string(&mut text));
    read.map_err(|source| KeyError::Unreadable { path: path.to_owned(), source })?;
    Ok(text)
}

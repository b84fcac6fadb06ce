//! Who signed a stamp: the signature over its attributes, the certificate they name, and the way from it to a root.

use std::fmt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use cms::cert::CertificateChoices;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::OctetString;
use der::oid::{AssociatedOid as _, ObjectIdentifier};
use der::{Decode as _, Encode as _};
use ring::digest;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use webpki::{EndEntityCert, Error, KeyUsage, anchor_from_trusted_cert, ring as known};
use x509_cert::Certificate;
use x509_cert::attr::Attribute;
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectKeyIdentifier};

use super::answer::{Checked, Stamp, StampError};
use super::asn1::{
    CONTENT_TYPE, EssCertId, EssCertIdV2, MESSAGE_DIGEST, SHA_1, SHA_256, SHA_384, SHA_512, SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2, SigningCertificate, TIME_STAMPING, TST_INFO,
};

/// The same as `TIME_STAMPING`, as webpki takes it.
const TIME_STAMPING_BYTES: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08];

/// How certificates may be signed.
pub(crate) const CERTIFICATES: &[&dyn SignatureVerificationAlgorithm] = &[
    known::ECDSA_P256_SHA256,
    known::ECDSA_P256_SHA384,
    known::ECDSA_P384_SHA256,
    known::ECDSA_P384_SHA384,
    known::ED25519,
    known::RSA_PKCS1_2048_8192_SHA256,
    known::RSA_PKCS1_2048_8192_SHA384,
    known::RSA_PKCS1_2048_8192_SHA512,
    known::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    known::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
    known::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
];

/// The certificates that stamps must lead to; none where nobody was named.
#[derive(Clone, Default)]
pub struct Roots(Vec<CertificateDer<'static>>);

/// A file holds no certificates to lead to.
#[derive(Debug, thiserror::Error)]
#[error("read the certificates in {path}: {why}; name a file of certificates in PEM")]
pub struct RootsError {
    path: PathBuf,
    why: String,
}

impl Roots {
    /// From files of certificates in PEM.
    pub fn read(files: &[impl AsRef<Path>]) -> Result<Self, RootsError> {
        let mut roots = Vec::new();
        for path in files.iter().map(AsRef::as_ref) {
            let wrong = |why: String| RootsError { path: path.to_owned(), why };
            let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            let read = read.map_err(|error| wrong(error.to_string()))?;
            if read.is_empty() {
                return Err(wrong("it holds none".into()));
            }
            if let Some(error) = read.iter().find_map(|root| anchor_from_trusted_cert(root).err()) {
                return Err(wrong(error.to_string()));
            }
            roots.extend(read);
        }
        Ok(Self(roots))
    }

    pub(crate) fn certificates(&self) -> &[CertificateDer<'static>] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} roots", self.0.len())
    }
}

/// Whether what was signed holds, and whose it is.
pub(super) fn check(
    signed: &SignedData,
    content: &[u8],
    at: DateTime<Utc>,
    roots: &Roots,
) -> Result<Stamp, StampError> {
    let wrong = |why: &str| StampError::Signature(why.to_owned());
    let [info] = signed.signer_infos.0.as_slice() else { return Err(wrong("it is not signed by one signer")) };
    let certificates = certificates(signed)?;
    let own = certificates.iter().find(|(certificate, _)| is_by(info, certificate));
    let (own, own_der) = own.ok_or_else(|| wrong("the certificate of its signer is not in it"))?;
    attributes(info, content, own_der)?;
    may_stamp(own)?;
    let expires_at = own.tbs_certificate.validity.not_after.to_unix_duration().as_secs();
    let expires_at = DateTime::from_timestamp(expires_at.cast_signed(), 0);
    let stamp = |checked| Stamp {
        at,
        authority: own.tbs_certificate.subject.to_string(),
        expires_at: expires_at.unwrap_or(DateTime::<Utc>::MAX_UTC),
        checked,
    };
    let Some(algorithms) = algorithms(info) else {
        let (how, digest) = (info.signature_algorithm.oid, info.digest_alg.oid);
        return Ok(stamp(Checked::NotHere(format!("signature {how} with digest {digest}"))));
    };
    let end = EndEntityCert::try_from(own_der).map_err(|error| wrong(&error.to_string()))?;
    let message = info.signed_attrs.as_ref().and_then(|attributes| attributes.to_der().ok());
    let message = message.ok_or_else(|| wrong("it signs no attributes"))?;
    let signature = info.signature.as_bytes();
    let tried: Vec<_> =
        algorithms.into_iter().map(|algorithm| end.verify_signature(algorithm, &message, signature)).collect();
    if tried.iter().all(|right| matches!(right, Err(Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_)))) {
        let key = own.tbs_certificate.subject_public_key_info.algorithm.oid;
        return Ok(stamp(Checked::NotHere(format!("signature {} by a key {key}", info.signature_algorithm.oid))));
    }
    if !tried.iter().any(Result::is_ok) {
        return Err(wrong("it is not the signature of what it stands under"));
    }
    if roots.is_empty() {
        return Ok(stamp(Checked::NoRoots));
    }
    let anchors: Vec<_> = roots.0.iter().filter_map(|root| anchor_from_trusted_cert(root).ok()).collect();
    let between: Vec<_> = certificates.iter().map(|(_, der)| der.clone()).collect();
    let then = UnixTime::since_unix_epoch(std::time::Duration::from_secs(at.timestamp().unsigned_abs()));
    // Of its own purpose the signer was asked above; those between must have none that forbids it.
    let usage = KeyUsage::required_if_present(TIME_STAMPING_BYTES);
    match end.verify_for_usage(CERTIFICATES, &anchors, &between, then, usage, None, None) {
        Ok(_) => Ok(stamp(Checked::ToRoot)),
        Err(error) => Err(StampError::Untrusted(error.to_string())),
    }
}

/// The certificates that come along, in PEM, from that of the signer up.
pub(super) fn chain(signed: &SignedData) -> Result<Vec<String>, StampError> {
    let mut rest = certificates(signed)?;
    let info = signed.signer_infos.0.as_slice().first();
    let mut next = info.and_then(|info| rest.iter().position(|(certificate, _)| is_by(info, certificate)));
    let mut chain = Vec::new();
    while let Some(at) = next {
        let (certificate, der) = rest.swap_remove(at);
        chain.push(crate::keys::pem("CERTIFICATE", &der));
        let issuer = certificate.tbs_certificate.issuer;
        next = rest.iter().position(|(other, _)| other.tbs_certificate.subject == issuer);
    }
    Ok(chain)
}

/// A certificate as it is read, and as it is written.
pub(super) type Whole = (Certificate, CertificateDer<'static>);

/// The certificate of the signer, and those that come along with it.
pub(super) fn with_others(signed: &SignedData) -> Option<(Certificate, Vec<Whole>)> {
    let mut others = certificates(signed).ok()?;
    let info = signed.signer_infos.0.as_slice().first()?;
    let own = others.iter().position(|(certificate, _)| is_by(info, certificate))?;
    Some((others.swap_remove(own).0, others))
}

fn certificates(signed: &SignedData) -> Result<Vec<Whole>, StampError> {
    let all = signed.certificates.iter().flat_map(|set| set.0.iter());
    let read = |choice: &CertificateChoices| match choice {
        CertificateChoices::Certificate(certificate) => {
            let der = certificate.to_der().map_err(|error| StampError::Unreadable(error.to_string()));
            Some(der.map(|der| (certificate.clone(), CertificateDer::from(der))))
        }
        CertificateChoices::Other(_) => None,
    };
    all.filter_map(read).collect()
}

fn is_by(info: &SignerInfo, certificate: &Certificate) -> bool {
    let own = &certificate.tbs_certificate;
    match &info.sid {
        SignerIdentifier::IssuerAndSerialNumber(named) => {
            named.issuer == own.issuer && named.serial_number == own.serial_number
        }
        SignerIdentifier::SubjectKeyIdentifier(named) => {
            matches!(own.get::<SubjectKeyIdentifier>(), Ok(Some((_, id))) if id == *named)
        }
    }
}

/// What is signed names the content, and the certificate that signed.
fn attributes(info: &SignerInfo, content: &[u8], own: &[u8]) -> Result<(), StampError> {
    let wrong = |why: &str| StampError::Signature(why.to_owned());
    let find = |oid: ObjectIdentifier| -> Option<&Attribute> {
        info.signed_attrs.as_ref()?.iter().find(|attribute| attribute.oid == oid)
    };
    let first = |oid| find(oid).and_then(|attribute| attribute.values.iter().next());
    let kind = first(CONTENT_TYPE).and_then(|value| value.decode_as::<ObjectIdentifier>().ok());
    if kind != Some(TST_INFO) {
        return Err(wrong("it is not said to be over a time stamp"));
    }
    let told = first(MESSAGE_DIGEST).and_then(|value| value.decode_as::<OctetString>().ok());
    let found = digest_of(info.digest_alg.oid, content);
    if told.is_none() || told.as_ref().map(OctetString::as_bytes) != found.as_ref().map(AsRef::as_ref) {
        return Err(wrong("it is over something else"));
    }
    let named = match (first(SIGNING_CERTIFICATE_V2), first(SIGNING_CERTIFICATE)) {
        (Some(value), _) => value.decode_as::<SigningCertificate<EssCertIdV2>>().ok().and_then(|named| {
            let first = named.certificates.into_iter().next()?;
            let algorithm = first.hash_algorithm.map_or(SHA_256, |algorithm| algorithm.oid);
            Some((algorithm, first.hash))
        }),
        (None, Some(value)) => value
            .decode_as::<SigningCertificate<EssCertId>>()
            .ok()
            .and_then(|named| Some((SHA_1, named.certificates.into_iter().next()?.hash))),
        (None, None) => None,
    };
    let (algorithm, hash) = named.ok_or_else(|| wrong("it does not name its certificate"))?;
    if digest_of(algorithm, own).is_none_or(|found| found.as_ref() != hash.as_bytes()) {
        return Err(wrong("it names another certificate"));
    }
    Ok(())
}

/// An authority's certificate is for time stamps, says so where it may not be passed over, and is for nothing else.
fn may_stamp(certificate: &Certificate) -> Result<(), StampError> {
    let wrong = |why: &str| StampError::NotAllowed(why.to_owned());
    let extensions = certificate.tbs_certificate.extensions.iter().flatten();
    let mut usages = extensions.filter(|extension| extension.extn_id == ExtendedKeyUsage::OID);
    let usage = usages.next().ok_or_else(|| wrong("its certificate is not said to be for time stamps"))?;
    let purposes = ExtendedKeyUsage::from_der(usage.extn_value.as_bytes());
    let purposes = purposes.map_err(|error| wrong(&error.to_string()))?.0;
    if purposes != [TIME_STAMPING] || !usage.critical {
        return Err(wrong("its certificate is not for time stamps alone"));
    }
    Ok(())
}

fn digest_of(algorithm: ObjectIdentifier, bytes: &[u8]) -> Option<digest::Digest> {
    let algorithm = match algorithm {
        SHA_1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        SHA_256 => &digest::SHA256,
        SHA_384 => &digest::SHA384,
        SHA_512 => &digest::SHA512,
        _ => return None,
    };
    Some(digest::digest(algorithm, bytes))
}

/// How the attributes may be signed, by what the signer says; `None` where that is not known here.
fn algorithms(info: &SignerInfo) -> Option<Vec<&'static dyn SignatureVerificationAlgorithm>> {
    const RSA: &str = "1.2.840.113549.1.1.1";
    const RSA_PSS: &str = "1.2.840.113549.1.1.10";
    let digest = info.digest_alg.oid;
    let signature = info.signature_algorithm.oid.to_string();
    Some(match signature.as_str() {
        RSA if digest == SHA_256 => vec![known::RSA_PKCS1_2048_8192_SHA256],
        RSA if digest == SHA_384 => vec![known::RSA_PKCS1_2048_8192_SHA384],
        RSA if digest == SHA_512 => vec![known::RSA_PKCS1_2048_8192_SHA512],
        RSA_PSS if digest == SHA_256 => vec![known::RSA_PSS_2048_8192_SHA256_LEGACY_KEY],
        RSA_PSS if digest == SHA_384 => vec![known::RSA_PSS_2048_8192_SHA384_LEGACY_KEY],
        RSA_PSS if digest == SHA_512 => vec![known::RSA_PSS_2048_8192_SHA512_LEGACY_KEY],
        "1.2.840.113549.1.1.11" => vec![known::RSA_PKCS1_2048_8192_SHA256],
        "1.2.840.113549.1.1.12" => vec![known::RSA_PKCS1_2048_8192_SHA384],
        "1.2.840.113549.1.1.13" => vec![known::RSA_PKCS1_2048_8192_SHA512],
        "1.2.840.10045.4.3.2" => vec![known::ECDSA_P256_SHA256, known::ECDSA_P384_SHA256],
        "1.2.840.10045.4.3.3" => vec![known::ECDSA_P256_SHA384, known::ECDSA_P384_SHA384],
        "1.3.101.112" => vec![known::ED25519],
        _ => return None,
    })
}

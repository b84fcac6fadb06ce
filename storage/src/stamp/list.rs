//! Lists of certificates that were taken back (CRLs). With one that was issued after a stamp, the stamp can be judged when its
//! certificate has run out and nobody publishes anything of it any more.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use der::{Decode as _, Encode as _};
use rustls_pki_types::CertificateDer;
use webpki::EndEntityCert;
use x509_cert::Certificate;
use x509_cert::crl::CertificateList;
use x509_cert::ext::pkix::CrlDistributionPoints;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::time::Time;

use super::answer;
use super::kept::{KeptList, KeptStamp, Stamps};
use super::send::Post;
use super::signer::{self, CERTIFICATES, Roots, Whole};
use crate::store::StoreError;

/// Bytes of the longest list that is kept.
const LONGEST: usize = 4 << 20;

/// Why a list is none of a stamp's certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    #[error("it is longer than {LONGEST} bytes")]
    Long,
    #[error("it is no list of certificates that were taken back: {0}")]
    Unreadable(String),
    #[error("it is not signed by the issuer of the certificate, {0}")]
    OtherIssuer(String),
}

/// What the lists that are kept say of the certificate of a stamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The certificate names no list.
    NotListed,
    /// None was kept that was issued after the stamp; the newest was issued then.
    Awaited { newest: Option<DateTime<Utc>> },
    /// It was not taken back when this list was issued, after the stamp.
    Good { issued_at: DateTime<Utc> },
    /// It had been taken back before it stamped.
    TakenBack { at: DateTime<Utc> },
}

/// What came of asking for lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    pub kept: u64,
    /// Addresses of lists of which one is still to come that was issued after the stamps.
    pub awaited: u64,
    /// Why the last of those was not kept.
    pub trouble: Option<String>,
}

/// A list as it was fetched.
struct Read {
    list: CertificateList,
    issued_at: DateTime<Utc>,
    next_at: Option<DateTime<Utc>>,
}

/// The certificate of a stamp's signer, and of whoever may have issued it.
struct Signer {
    own: Certificate,
    others: Vec<Whole>,
}

/// What is known of the certificate that a stamp, which was read at this time, is signed with.
pub fn standing(
    response: &[u8],
    at: DateTime<Utc>,
    lists: &[KeptList],
    roots: &Roots,
) -> Result<Standing, (String, ListError)> {
    let Some(signer) = Signer::of(response, roots) else { return Ok(Standing::NotListed) };
    let urls = signer.urls();
    if urls.is_empty() {
        return Ok(Standing::NotListed);
    }
    let named = lists.iter().filter(|kept| urls.contains(&kept.url));
    let Some(kept) = named.max_by_key(|kept| kept.issued_at) else { return Ok(Standing::Awaited { newest: None }) };
    let read = signer.read(&kept.list).map_err(|error| (kept.url.clone(), error))?;
    let taken_back = signer.taken_back(&read.list).filter(|since| *since <= at);
    Ok(match taken_back {
        Some(at) => Standing::TakenBack { at },
        // A list tells whole seconds.
        None if read.issued_at.timestamp() < at.timestamp() => Standing::Awaited { newest: Some(read.issued_at) },
        None => Standing::Good { issued_at: read.issued_at },
    })
}

/// Fetches the lists that the certificates of stamps name, where none is kept that was issued after them. One that cannot be
/// had now is asked for again next time; one whose next issue is not due yet, only when `even_early`.
pub(super) async fn fetch(
    store: &impl Stamps,
    roots: &Roots,
    post: &impl Post,
    now: DateTime<Utc>,
    even_early: bool,
) -> Result<Listed, StoreError> {
    let (mut listed, lists) = (Listed::default(), store.lists().await?);
    for (url, response) in awaited(&store.stamps().await?, &lists, roots) {
        listed.awaited += 1;
        let newest = lists.iter().filter(|kept| kept.url == url).max_by_key(|kept| kept.issued_at);
        if !even_early && newest.is_some_and(|kept| kept.next_at.is_some_and(|next| now < next)) {
            continue;
        }
        let got = match post.get(&url).await {
            Ok(list) => Signer::of(response, roots).map(|signer| (signer.read(&list), list)),
            Err(why) => {
                listed.trouble = Some(format!("{url}: {why}"));
                continue;
            }
        };
        match got {
            Some((Ok(Read { issued_at, next_at, .. }), list)) => {
                let list = KeptList { url, list, issued_at, next_at, fetched_at: now };
                listed.kept += u64::from(store.keep_list(&list).await?);
            }
            Some((Err(error), _)) => listed.trouble = Some(format!("{url}: {error}")),
            None => {}
        }
    }
    Ok(listed)
}

/// Where lists are to be had that stamps wait for, each with the answer of such a stamp.
fn awaited<'s>(stamps: &'s [KeptStamp], lists: &[KeptList], roots: &Roots) -> BTreeMap<String, &'s [u8]> {
    let mut awaited = BTreeMap::new();
    for answer in stamps.iter().filter_map(|stamp| stamp.answer.as_ref()) {
        let standing = standing(&answer.response, answer.stamped_at, lists, roots);
        if !matches!(standing, Ok(Standing::Awaited { .. })) {
            continue;
        }
        let urls = Signer::of(&answer.response, roots).map(|signer| signer.urls()).unwrap_or_default();
        // Several addresses are of one list: the first is asked.
        awaited.extend(urls.into_iter().next().map(|url| (url, answer.response.as_slice())));
    }
    awaited
}

impl Signer {
    fn of(response: &[u8], roots: &Roots) -> Option<Self> {
        let (own, mut others) = signer::with_others(&answer::signed(response).ok()?)?;
        for root in roots.certificates() {
            others.extend(Certificate::from_der(root).ok().map(|read| (read, root.clone())));
        }
        Some(Self { own, others })
    }

    /// Where the certificate says that lists are, over the web.
    fn urls(&self) -> Vec<String> {
        let Ok(Some((_, CrlDistributionPoints(points)))) = self.own.tbs_certificate.get() else { return Vec::new() };
        let names = points.into_iter().filter_map(|point| match point.distribution_point? {
            DistributionPointName::FullName(names) => Some(names),
            DistributionPointName::NameRelativeToCRLIssuer(_) => None,
        });
        let url = |name| match name {
            GeneralName::UniformResourceIdentifier(url) => Some(url.to_string()).filter(|url| url.starts_with("http")),
            _ => None,
        };
        names.flatten().filter_map(url).collect()
    }

    /// The list, if the issuer of the certificate signed it.
    fn read(&self, list: &[u8]) -> Result<Read, ListError> {
        if list.len() > LONGEST {
            return Err(ListError::Long);
        }
        let unreadable = |error: der::Error| ListError::Unreadable(error.to_string());
        let list = CertificateList::from_der(list).map_err(unreadable)?;
        let issuer = &self.own.tbs_certificate.issuer;
        let message = list.tbs_cert_list.to_der().map_err(unreadable)?;
        let signature = list.signature.as_bytes().unwrap_or_default();
        let signed_by = |der: &CertificateDer<'_>| {
            let Ok(end) = EndEntityCert::try_from(der) else { return false };
            CERTIFICATES.iter().any(|algorithm| end.verify_signature(*algorithm, &message, signature).is_ok())
        };
        let mut issuers = self.others.iter().filter(|(other, _)| other.tbs_certificate.subject == *issuer);
        if list.tbs_cert_list.issuer != *issuer || !issuers.any(|(_, der)| signed_by(der)) {
            return Err(ListError::OtherIssuer(issuer.to_string()));
        }
        let (issued_at, next_at) = (moment(list.tbs_cert_list.this_update), list.tbs_cert_list.next_update.map(moment));
        Ok(Read { list, issued_at, next_at })
    }

    /// Since when the certificate is taken back, as the list says.
    fn taken_back(&self, list: &CertificateList) -> Option<DateTime<Utc>> {
        let own = &self.own.tbs_certificate.serial_number;
        let all = list.tbs_cert_list.revoked_certificates.iter().flatten();
        all.filter(|revoked| revoked.serial_number == *own).map(|revoked| moment(revoked.revocation_date)).min()
    }
}

fn moment(time: Time) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + time.to_unix_duration().min(Duration::from_secs(253_402_300_799))
}

#[cfg(test)]
mod tests;

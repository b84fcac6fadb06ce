//! What an authority answered: is it a stamp of this digest, for this question, signed by one that may stamp?

use chrono::{DateTime, NaiveDateTime, Utc};
use cms::signed_data::SignedData;
use der::Decode as _;
use der::asn1::{Int, OctetString};
use model::evidence::EvidenceId;

use super::asn1::{SHA_256, SIGNED_DATA, TST_INFO, TimeStampResp, TstInfo};
use super::request::Request;
use super::signer::{self, Roots};

/// Bytes of an answer: those of known authorities have some 6,000.
const LONGEST: usize = 256 << 10;

/// A time stamp that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// When the authority had the digest, by its own clock.
    pub at: DateTime<Utc>,
    /// Whose certificate signed.
    pub authority: String,
    /// Until when that certificate is good: after it the stamp must have been stamped itself.
    pub expires_at: DateTime<Utc>,
    pub checked: Checked,
}

/// How far a stamp's signature was followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// To a root that is configured.
    ToRoot,
    /// The signature is right, and no root is configured that says whose it is.
    NoRoots,
    /// It is signed in a way that is not known here.
    NotHere(String),
}

/// Why an answer is no stamp of the digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    #[error("it is no answer of a time-stamping authority: {0}")]
    Unreadable(String),
    #[error("the authority refused with status {status}{}", if .said.is_empty() { String::new() } else { format!(": {}", .said) })]
    Refused { status: u8, said: String },
    #[error("it is a stamp of {0}, not of what was asked")]
    OtherDigest(String),
    #[error("it is the answer to another question (its nonce differs)")]
    OtherQuestion,
    #[error("its time `{0}` is no time")]
    Time(String),
    #[error("its signature does not hold: {0}")]
    Signature(String),
    #[error("whoever signed may not stamp: {0}")]
    NotAllowed(String),
    #[error("its certificate leads to none of the configured roots: {0}")]
    Untrusted(String),
}

impl Request {
    /// The stamp in an answer to this question.
    pub fn answered(&self, answer: &[u8], roots: &Roots) -> Result<Stamp, StampError> {
        let (info, stamp) = look(answer, self.digest, roots)?;
        let nonce = Int::new(&self.nonce).ok();
        if info.nonce != nonce { Err(StampError::OtherQuestion) } else { Ok(stamp) }
    }
}

/// The stamp of a digest in an answer that was kept.
pub fn read(answer: &[u8], digest: EvidenceId, roots: &Roots) -> Result<Stamp, StampError> {
    look(answer, digest, roots).map(|(_, stamp)| stamp)
}

/// The certificates in an answer, in PEM, each block apart: that of its signer first.
pub fn certificates(answer: &[u8]) -> Result<Vec<String>, StampError> {
    signer::chain(&signed(answer)?)
}

/// What is signed in an answer, and by whom; nothing of it is checked.
pub(super) fn signed(answer: &[u8]) -> Result<SignedData, StampError> {
    let unreadable = |error: der::Error| StampError::Unreadable(error.to_string());
    let answer = TimeStampResp::from_der(answer).map_err(unreadable)?;
    let token = answer.token.ok_or_else(|| StampError::Unreadable("it has no token".into()))?;
    token.content.decode_as().map_err(unreadable)
}

fn look(answer: &[u8], digest: EvidenceId, roots: &Roots) -> Result<(TstInfo, Stamp), StampError> {
    if answer.len() > LONGEST {
        return Err(StampError::Unreadable(format!("it is longer than {LONGEST} bytes")));
    }
    let unreadable = |error: der::Error| StampError::Unreadable(error.to_string());
    let other = |what: &str| StampError::Unreadable(what.to_owned());
    let answer = TimeStampResp::from_der(answer).map_err(unreadable)?;
    let status = answer.status;
    // 0 granted, 1 granted with changes.
    if status.status > 1 {
        let mut said: String = status.text.unwrap_or_default().join(" ").chars().take(200).collect();
        if let Some(failure) = status.failure.and_then(|bits| bits.bits().position(|bit| bit)) {
            said = format!("{} {said}", failure_word(failure)).trim_end().to_owned();
        }
        return Err(StampError::Refused { status: status.status, said });
    }
    let token = answer.token.ok_or_else(|| other("it has no token"))?;
    if token.content_type != SIGNED_DATA {
        return Err(other("its token is not signed data"));
    }
    let signed: SignedData = token.content.decode_as().map_err(unreadable)?;
    if signed.encap_content_info.econtent_type != TST_INFO {
        return Err(other("what is signed is no time stamp"));
    }
    let content = signed.encap_content_info.econtent.as_ref().ok_or_else(|| other("what is signed is not in it"))?;
    let content = content.decode_as::<OctetString>().map_err(unreadable)?;
    let info = TstInfo::from_der(content.as_bytes()).map_err(unreadable)?;
    let imprint = &info.message_imprint;
    let same = imprint.hash_algorithm.oid == SHA_256 && imprint.hashed_message.as_bytes() == digest.bytes();
    if !same {
        let found = imprint.hashed_message.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        return Err(StampError::OtherDigest(found));
    }
    let at = time(info.gen_time.value())?;
    let stamp = signer::check(&signed, content.as_bytes(), at, roots)?;
    Ok((info, stamp))
}

/// A GeneralizedTime, with fractions of a second or without.
fn time(bytes: &[u8]) -> Result<DateTime<Utc>, StampError> {
    let text = String::from_utf8_lossy(bytes);
    let read = text.strip_suffix('Z').and_then(|text| NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M%S%.f").ok());
    read.map(|time| time.and_utc()).ok_or_else(|| StampError::Time(text.into_owned()))
}

/// The words of RFC 3161 for why a question was refused.
fn failure_word(bit: usize) -> &'static str {
    match bit {
        0 => "badAlg",
        2 => "badRequest",
        5 => "badDataFormat",
        14 => "timeNotAvailable",
        15 => "unacceptedPolicy",
        16 => "unacceptedExtension",
        17 => "addInfoNotAvailable",
        25 => "systemFailure",
        _ => "refused",
    }
}

#[cfg(test)]
mod tests;

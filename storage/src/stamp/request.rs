//! What an authority is asked: a digest, and a number that only the answer to this very question can repeat.

use der::Encode as _;
use der::asn1::{Int, OctetString};
use model::evidence::EvidenceId;
use ring::rand::{SecureRandom, SystemRandom};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::asn1::{MessageImprint, SHA_256, TimeStampReq};

/// A question on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub digest: EvidenceId,
    /// The bytes to be sent, as `application/timestamp-query`.
    pub bytes: Vec<u8>,
    pub(super) nonce: [u8; 8],
}

/// Asks for a stamp of a digest. `None` when the system gives no chance for the number.
pub fn request(digest: EvidenceId) -> Option<Request> {
    let mut nonce = [0; 8];
    SystemRandom::new().fill(&mut nonce).ok()?;
    // A positive number of just so many bytes, which is written in one way only.
    nonce[0] = nonce[0] & 0x7f | 0x40;
    let asked = TimeStampReq {
        version: 1,
        message_imprint: imprint(digest),
        nonce: Some(Int::new(&nonce).ok()?),
        cert_req: true,
    };
    Some(Request { digest, bytes: asked.to_der().ok()?, nonce })
}

pub(super) fn imprint(digest: EvidenceId) -> MessageImprint {
    let hash_algorithm = AlgorithmIdentifierOwned { oid: SHA_256, parameters: Some(der::Any::null()) };
    let hashed_message = OctetString::new(digest.bytes()).expect("internal error: a digest is short");
    MessageImprint { hash_algorithm, hashed_message }
}

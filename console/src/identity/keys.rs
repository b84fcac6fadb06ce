//! The keys of a provider (JWK, RFC 7517), and which signatures of them are believed (RFC 7518).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

/// More keys than this no provider has.
const MOST: usize = 50;

/// How a token may be signed: by a key pair that only the provider has. Neither `none` nor what rests on a shared secret is
/// among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Ps256,
    Es256,
    EdDsa,
}

impl Algorithm {
    pub(super) fn of(word: &str) -> Option<Self> {
        match word {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Keys {
    keys: Vec<Key>,
}

#[derive(Clone, Debug, Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    used_for: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// What a signature is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signed {
    Yes,
    No,
    /// By a key that is not there.
    Unknown,
}

impl Keys {
    /// Whether one of them, the named one where one is named, has signed this.
    pub(super) fn signed(&self, algorithm: Algorithm, kid: Option<&str>, message: &[u8], signature: &[u8]) -> Signed {
        let named = |key: &&Key| kid.is_none_or(|kid| key.kid.as_deref() == Some(kid));
        let mut fitting = self.keys.iter().take(MOST).filter(named).filter(|key| key.is_for(algorithm)).peekable();
        if fitting.peek().is_none() {
            return Signed::Unknown;
        }
        match fitting.find_map(|key| key.has_signed(algorithm, message, signature)) {
            Some(()) => Signed::Yes,
            None => Signed::No,
        }
    }
}

impl Key {
    /// Whether it signs, and so: a key of one sort is never used as one of another.
    fn is_for(&self, algorithm: Algorithm) -> bool {
        let sort = match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => self.kty == "RSA",
            Algorithm::Es256 => self.kty == "EC" && self.crv.as_deref() == Some("P-256"),
            Algorithm::EdDsa => self.kty == "OKP" && self.crv.as_deref() == Some("Ed25519"),
        };
        let signs = self.used_for.as_deref().is_none_or(|used_for| used_for == "sig");
        sort && signs && self.alg.as_deref().is_none_or(|alg| Algorithm::of(alg) == Some(algorithm))
    }

    /// None where it has not.
    fn has_signed(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Option<()> {
        let rsa = |by: &'static RsaParameters| {
            let (n, e) = (bytes(&self.n)?, bytes(&self.e)?);
            RsaPublicKeyComponents { n, e }.verify(by, message, signature).ok()
        };
        match algorithm {
            Algorithm::Rs256 => rsa(&RSA_PKCS1_2048_8192_SHA256),
            Algorithm::Ps256 => rsa(&RSA_PSS_2048_8192_SHA256),
            Algorithm::Es256 => {
                let point = [&[4][..], &bytes(&self.x)?, &bytes(&self.y)?].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).ok()
            }
            Algorithm::EdDsa => UnparsedPublicKey::new(&ED25519, bytes(&self.x)?).verify(message, signature).ok(),
        }
    }
}

fn bytes(part: &Option<String>) -> Option<Vec<u8>> {
    BASE64.decode(part.as_ref()?).ok()
}

//! A private key in a file that only its owner may read: PKCS#8 in PEM, as openssl writes it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;

use super::{KeyError, Kind, PublicKey, Signer, Signing, public};

pub(super) struct FileKey {
    public_key: PublicKey,
    pair: Pair,
}

enum Pair {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
}

pub(super) fn read(kind: Kind, path: &Path) -> Result<FileKey, KeyError> {
    let wrong = |why| KeyError::Wrong { path: path.to_owned(), why };
    let unreadable = |source| KeyError::Unreadable { path: path.to_owned(), source };
    let mode = std::fs::metadata(path).map_err(unreadable)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyError::OpenToOthers(path.to_owned()));
    }
    let text = public::text(path)?;
    let der = PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes()).map_err(|_| {
        wrong("it should begin with `BEGIN PRIVATE KEY`; `openssl pkcs8 -topk8 -nodes` makes that of other forms")
    })?;
    let der = der.secret_pkcs8_der();
    let of_another_sort = match kind {
        Kind::Log => "a key of the log is Ed25519; `postlink keys new --kind log` makes one",
        Kind::Domain => "a key of a domain is P-256; `postlink keys new --kind domain` makes one",
    };
    let pair = match kind {
        Kind::Log => Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map(Pair::Ed25519),
        Kind::Domain => {
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, der, &SystemRandom::new()).map(Pair::P256)
        }
    };
    let pair = pair.map_err(|_| wrong(of_another_sort))?;
    let public_key = match &pair {
        Pair::Ed25519(pair) => pair.public_key().as_ref().try_into().ok().map(PublicKey::Ed25519),
        Pair::P256(pair) => pair.public_key().as_ref().try_into().ok().map(PublicKey::P256),
    };
    Ok(FileKey { public_key: public_key.ok_or_else(|| wrong(of_another_sort))?, pair })
}

impl Signer for FileKey {
    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn sign<'a>(&'a self, message: &'a [u8]) -> Signing<'a> {
        let signed = match &self.pair {
            Pair::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Pair::P256(pair) => match pair.sign(&SystemRandom::new(), message) {
                Ok(signature) => Ok(signature.as_ref().to_vec()),
                Err(_) => Err(KeyError::Make { name: "a signature".into(), why: "the system gives no chance".into() }),
            },
        };
        Box::pin(std::future::ready(signed))
    }
}

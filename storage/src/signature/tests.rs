//! A signature as WACZ has it: made here, checked here and by openssl, piece by piece.

use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::stamp::authority::{Authority, Terms};

const HASH: &str = "sha256:7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";

/// The certificates that openssl makes are good from now on.
#[expect(clippy::disallowed_methods, reason = "openssl has no other clock")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

struct Wire(Arc<Authority>, bool);

impl Post for Wire {
    async fn post(&self, _: &str, question: Vec<u8>) -> Result<Vec<u8>, String> {
        if self.1 { Ok(self.0.answer(&question)) } else { Err("it is down".into()) }
    }
}

struct World {
    folder: TempDir,
    authority: Arc<Authority>,
}

impl World {
    /// With a root, and a certificate of a domain by it.
    fn new() -> Self {
        let world =
            Self { folder: tempfile::tempdir().unwrap(), authority: Arc::new(Authority::new(&Terms::default())) };
        keys::domain(world.folder.path(), "evidence.example", now()).unwrap();
        world.openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -subj /CN=Root -days 30 -out root.pem");
        world.openssl("x509 -req -in domain.csr.pem -copy_extensions copy -CA root.pem -CAkey root.key -CAcreateserial -days 7 -out issued.pem");
        let both = ["issued.pem", "root.pem"].map(|name| std::fs::read_to_string(world.path(name)).unwrap());
        std::fs::write(world.path("chain.pem"), both.concat()).unwrap();
        world
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn openssl(&self, arguments: &str) -> bool {
        let run = Command::new("openssl").args(arguments.split(' ')).current_dir(self.folder.path()).output().unwrap();
        run.status.success()
    }

    fn domain(&self) -> Domain {
        Domain::open(&self.path("chain.pem"), &self.path("domain.key.pem"), &[]).unwrap()
    }

    fn sender(&self, up: bool) -> Sender<Wire> {
        let wire = Wire(Arc::clone(&self.authority), up);
        Sender::new(vec!["https://tsa.test/".into()], Roots::default(), wire, Arc::new(now))
    }

    fn roots(&self) -> (Roots, Roots) {
        let (domains, stamps) = (self.path("root.pem"), self.authority.path("root.pem"));
        (Roots::read(&[domains]).unwrap(), Roots::read(&[stamps]).unwrap())
    }
}

async fn signed(world: &World, up: bool) -> SignedData {
    let created = now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    world.domain().sign(HASH, &created, "postlink 0.1.0", Some(&world.sender(up))).await.unwrap()
}

#[tokio::test]
async fn a_signature_holds_here_and_piece_by_piece_for_openssl() {
    let world = World::new();
    let data = signed(&world, true).await;
    let (domains, stamps) = world.roots();
    let held = data.check(HASH, &domains, &stamps).unwrap();
    assert_eq!((held.domain.as_str(), held.to_root), ("evidence.example", true));
    assert_eq!(held.stamp.unwrap().checked, stamp::Checked::ToRoot);
    let write = |name: &str, bytes: &[u8]| std::fs::write(world.path(name), bytes).unwrap();
    write("hash.txt", HASH.as_bytes());
    write("signature.der", &BASE64.decode(&data.signature).unwrap());
    write("domain.pem", data.domain_cert.as_bytes());
    let public = PublicKey::of_pem(&data.domain_cert).unwrap().pem();
    write("public.pem", public.as_bytes());
    assert!(world.openssl("dgst -sha256 -verify public.pem -signature signature.der hash.txt"));
    assert!(world.openssl("verify -CAfile root.pem domain.pem"));
    let answer = BASE64.decode(data.time_signature.as_ref().unwrap()).unwrap();
    assert!(world.authority.verifies(&answer, data.signature.as_bytes()));
    let blocks = data.timestamp_cert.unwrap();
    assert_eq!(blocks.matches("BEGIN CERTIFICATE").count(), 2);
    assert!(blocks.contains("-----END CERTIFICATE-----\n\n-----BEGIN CERTIFICATE-----"));
}

#[tokio::test]
async fn without_an_authority_there_is_a_signature_without_a_time() {
    let world = World::new();
    let data = signed(&world, false).await;
    assert_eq!((&data.time_signature, &data.timestamp_cert), (&None, &None));
    let (domains, stamps) = world.roots();
    assert_eq!(data.check(HASH, &domains, &stamps).unwrap().stamp, None);
    let written = serde_json::to_value(&data).unwrap();
    let names: Vec<_> = written.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["hash", "created", "software", "signature", "domain", "domainCert", "version"]);
}

#[tokio::test]
async fn what_was_changed_does_not_hold() {
    let world = World::new();
    let data = signed(&world, true).await;
    let (domains, stamps) = world.roots();
    let other = HASH.replace('7', "8");
    assert!(matches!(data.check(&other, &domains, &stamps), Err(SignatureError::OtherHash { .. })));
    let elsewhere = SignedData { domain: "other.example".into(), ..data.clone() };
    assert!(matches!(elsewhere.check(HASH, &domains, &stamps), Err(SignatureError::OtherDomain { .. })));
    let moved = SignedData { hash: other.clone(), ..data.clone() };
    assert_eq!(moved.check(&other, &domains, &stamps), Err(SignatureError::Wrong));
    let again = signed(&world, true).await;
    let unstamped = SignedData { time_signature: again.time_signature, ..data.clone() };
    assert!(matches!(unstamped.check(HASH, &domains, &stamps), Err(SignatureError::Stamp(_))));
    let bare = SignedData { domain_cert: String::new(), ..data.clone() };
    assert!(matches!(bare.check(HASH, &domains, &stamps), Err(SignatureError::Unreadable(_))));
    let untrusted = data.check(HASH, &stamps, &stamps);
    assert!(matches!(untrusted, Err(SignatureError::Untrusted(_))), "{untrusted:?}");
}

#[test]
fn a_certificate_that_is_not_the_keys_is_refused() {
    let (world, other) = (World::new(), World::new());
    let error = Domain::open(&other.path("chain.pem"), &world.path("domain.key.pem"), &[]).err().unwrap();
    assert!(error.to_string().contains("not that of the key"), "{error}");
    let error = Domain::open(&world.path("domain.key.pem"), &world.path("domain.key.pem"), &[]).err().unwrap();
    assert!(error.to_string().contains("certificate"), "{error}");
}

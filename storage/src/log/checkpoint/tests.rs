//! Checkpoints are notes as others write and read them: the example of the format, and openssl.

use std::process::Command;

use super::*;
use crate::keys::{self, Kind};

fn checkpoint() -> Checkpoint {
    Checkpoint { origin: "log.example/cases".into(), size: 7, root: Hash([7; 32]) }
}

async fn signed(folder: &std::path::Path) -> (Note, PublicKey) {
    let made = keys::log(folder).unwrap();
    let key = keys::open(Kind::Log, &made.private, &[]).unwrap();
    (checkpoint().sign(&*key).await.unwrap(), key.public_key().clone())
}

/// The example of the format (golang.org/x/mod/sumdb/note).
#[test]
fn keys_and_signatures_are_those_of_the_example() {
    let key = BASE64.decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
    let key = PublicKey::Ed25519(key[1..].try_into().unwrap());
    assert_eq!(key_hash("PeterNeumann", &key), [0xc7, 0x4f, 0x20, 0xa3]);
    let line = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
    let read = signature(line).unwrap();
    assert_eq!((read.name.as_str(), read.key), ("PeterNeumann", [0xc7, 0x4f, 0x20, 0xa3]));
    let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    assert!(key.has_signed(text.as_bytes(), &read.bytes));
}

#[tokio::test]
async fn a_signed_checkpoint_is_read_again_and_holds_for_its_key_alone() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (note, key) = signed(one.path()).await;
    let (foreign, stranger) = signed(other.path()).await;
    let read = Note::parse(&note.text()).unwrap();
    assert_eq!(read, note);
    assert_eq!((read.is_signed_by(&key), read.is_signed_by(&stranger)), (Some(true), None));
    for (from, to) in [("\n7\n", "\n8\n"), ("log.example/cases\n7", "log.example/other\n7")] {
        let changed = Note::parse(&note.text().replacen(from, to, 1)).unwrap();
        assert_ne!(changed.is_signed_by(&key), Some(true), "{to}");
    }
    let mut forged = note.clone();
    forged.signatures[0].bytes.clone_from(&foreign.signatures[0].bytes);
    assert_eq!(forged.is_signed_by(&key), Some(false));
}

#[tokio::test]
async fn openssl_verifies_the_body_with_the_public_key() {
    let folder = tempfile::tempdir().unwrap();
    let (note, key) = signed(folder.path()).await;
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let (public, body) = (file("pub.pem", key.pem().as_bytes()), file("body", checkpoint().body().as_bytes()));
    let signature = file("sig", &note.signatures[0].bytes);
    let verify = || {
        let mut openssl = Command::new("openssl");
        openssl.args(["pkeyutl", "-verify", "-pubin", "-rawin", "-inkey"]).arg(&public);
        openssl.arg("-in").arg(&body).arg("-sigfile").arg(&signature).output().unwrap()
    };
    assert!(verify().status.success(), "{:?}", verify());
    file("body", b"something else\n");
    assert!(!verify().status.success());
}

#[test]
fn an_unsigned_checkpoint_says_so_and_what_is_none_is_refused() {
    let note = checkpoint().unsigned();
    assert_eq!(note.text(), checkpoint().body());
    assert!(!Note::parse(&note.text()).unwrap().is_signed());
    let root = BASE64.encode([7; 32]);
    for text in [
        "",
        "\n",
        "log\n7\n",
        &format!("log\n07\n{root}\n"),
        &format!("log\n-7\n{root}\n"),
        &format!("log\n7\n{root}"),
        &format!("\n7\n{root}\n"),
        "log\n7\nAAAA\n",
        &format!("log\n7\n{root}\nmore\n"),
        &format!("log\n7\n{root}\n\nno signature\n"),
        &format!("log\n7\n{root}\n\n\u{2014} name AA==\n"),
        &"x".repeat(LONGEST + 1),
    ] {
        Note::parse(text).expect_err(text);
    }
}

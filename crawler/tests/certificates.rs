//! Certificates that servers show are kept byte for byte, whether the browser believes them or not.

#[path = "shared/setting.rs"]
mod setting;

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crawler::Visit;
use model::evidence::EvidenceId;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, PublicKeyData as _};
use setting::{ad, crawler, options, reasons};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// What the server shows, and the hash of its key.
struct Shown {
    at: SocketAddr,
    chain: Vec<Vec<u8>>,
    key: String,
}

/// A server whose certificate another one vouches for, which nobody knows.
async fn serve() -> Shown {
    let mut above = CertificateParams::new([]).expect("parameters");
    above.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let above_key = KeyPair::generate().expect("a key");
    let above_certificate = above.self_signed(&above_key).expect("a certificate");
    let key = KeyPair::generate().expect("a key");
    let own = CertificateParams::new(["land.test".to_owned()]).expect("parameters");
    let own = own.signed_by(&key, &Issuer::new(above, above_key)).expect("a certificate");
    let chain = vec![own.der().clone(), above_certificate.der().clone()];
    let spki = EvidenceId::of(&key.subject_public_key_info()).hex();
    let spki: Vec<u8> = (0..64).step_by(2).map(|at| u8::from_str_radix(&spki[at..at + 2], 16).expect("hex")).collect();
    let private = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain.clone(), private)
        .expect("a server");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut asked = [0; 8 << 10];
                let _read = stream.read(&mut asked).await.unwrap_or_default();
                let page = "<!doctype html><h1>云朵阅读</h1><p>海量好书，随时随地阅读。</p>";
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\nContent-Length: ";
                stream.write_all(format!("{head}{}\r\n\r\n{page}", page.len()).as_bytes()).await.ok();
                stream.shutdown().await.ok();
            });
        }
    });
    let chain = chain.iter().map(|one| one.to_vec()).collect();
    Shown { at, chain, key: STANDARD.encode(spki) }
}

/// A browser that believes this key.
fn believing(key: &str, folder: &Path) -> String {
    let program = crawler::find_program("").expect("Chromium is installed");
    let path = folder.join("chromium");
    let script =
        format!("#!/bin/sh\nexec '{}' --ignore-certificate-errors-spki-list={key} \"$@\"\n", program.display());
    std::fs::write(&path, script).expect("writes");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("makes it run");
    path.display().to_string()
}

/// The certificates of the last hop, byte for byte, and what they are called.
fn kept(visit: &Visit) -> Vec<(Vec<u8>, String)> {
    let hop = visit.chain.hops.last().expect("a hop");
    let of = |id: &EvidenceId| visit.evidence.iter().find(|one| one.id() == *id).expect("it is evidence");
    hop.certificates.iter().map(of).map(|one| (one.bytes().to_vec(), one.what.clone())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_server_shows_is_kept_whether_it_is_believed_or_not() {
    let (shown, folder) = (serve().await, tempfile::tempdir().expect("a folder"));
    let refusing = crawler(options(shown.at)).await;
    let visit = refusing.visit(&ad("https://land.test/"), "desktop-chrome").await;
    assert_eq!(reasons(&visit), ["tls-error"], "{:?}", visit.gaps);
    let refused = kept(&visit);
    assert_eq!(refused.first().map(|(der, _)| der), shown.chain.first(), "{}", refused.len());
    assert_eq!(refused[0].1, "certificate of land.test");
    refusing.stop().await;

    let mut options = options(shown.at);
    options.browser.path = believing(&shown.key, folder.path());
    let believing = crawler(options).await;
    let visit = believing.visit(&ad("https://land.test/"), "desktop-chrome").await;
    assert_eq!(reasons(&visit), [""; 0], "{:?}", visit.gaps);
    let whole: Vec<_> = kept(&visit).into_iter().map(|(der, _)| der).collect();
    assert_eq!(whole, shown.chain);
    let tls = visit.chain.hops[0].tls.as_ref().expect("what it says");
    assert!(tls.names.contains(&"land.test".to_owned()), "{tls:?}");
    believing.stop().await;
}
